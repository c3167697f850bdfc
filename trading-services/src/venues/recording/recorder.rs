//! Recordings of live runs: a header, then every message with its receive time, compressed and written by a thread.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use flate2::Compression;
use flate2::write::GzEncoder;
use futures::FutureExt;
use futures::future::{BoxFuture, FusedFuture as _, Shared};
use tokio::sync::mpsc::error::{SendError, TrySendError};
use tokio::sync::mpsc::{self, OwnedPermit};
use tokio::sync::oneshot;

use super::{Header, Note};
use crate::model::Timestamp;
use crate::output::OutputFile;

/// Messages that wait for the disk; beyond them the venue has to wait.
const WAITING: usize = 16_384;

/// Why a recording cannot be written.
#[derive(Debug, thiserror::Error)]
#[error("{}: expected to write a recording: {source}", path.display())]
pub struct RecorderError {
    /// The file.
    pub path: PathBuf,
    /// What the system said.
    pub source: std::io::Error,
}

/// What has become of a recording, once it has its name or cannot have it.
pub(in crate::venues) type Outcome = Shared<BoxFuture<'static, Result<(), Arc<RecorderError>>>>;

type Room<T> = BoxFuture<'static, Result<OwnedPermit<(Timestamp, T)>, SendError<()>>>;

/// Hands messages to the thread that writes a recording. The file gets its name when this ends, and [`Outcome`] tells of it.
pub(in crate::venues) struct Recorder<T> {
    /// `None` once the recording is to end.
    messages: Option<mpsc::Sender<(Timestamp, T)>>,
    /// Room for one more message, when it has to be waited for.
    room: Option<Room<T>>,
    outcome: Outcome,
}

impl<T: AsRef<str> + Clone + Send + 'static> Recorder<T> {
    /// Begins a recording with its header.
    pub(in crate::venues) async fn create(path: PathBuf, header: Header) -> Result<Self, RecorderError> {
        let (messages, waiting) = mpsc::channel(WAITING);
        let (began, beginning) = oneshot::channel();
        let (ended, end) = oneshot::channel();
        let wrong = |path: &Path, source| RecorderError { path: path.to_owned(), source };
        let place = path.clone();
        let thread = std::thread::Builder::new().name("recorder".to_owned()).spawn(move || {
            match Writer::create(&path, &header) {
                Ok(writer) => {
                    let _ = began.send(Ok(()));
                    let _ = ended.send(writer.write_all(waiting).map_err(Arc::new));
                }
                Err(error) => drop(began.send(Err(error))),
            }
        });
        thread.map_err(|error| wrong(&place, error))?;
        let panicked = || std::io::Error::other("its thread has panicked");
        beginning.await.unwrap_or_else(|_| Err(wrong(&place, panicked())))?;
        let outcome = async move { end.await.unwrap_or_else(|_| Err(Arc::new(wrong(&place, panicked())))) };
        Ok(Self { messages: Some(messages), room: None, outcome: outcome.boxed().shared() })
    }

    /// What becomes of the recording, for those who wait until it has ended.
    pub(in crate::venues) fn outcome(&self) -> Outcome {
        self.outcome.clone()
    }

    /// Adds a message, when there is room for it; the caller comes again with the same one until then.
    ///
    /// # Errors
    /// What keeps the thread from writing.
    pub(in crate::venues) fn poll_write(
        &mut self,
        context: &mut Context<'_>,
        received: Timestamp,
        text: &T,
    ) -> Poll<Result<(), Arc<RecorderError>>> {
        let Some(messages) = &self.messages else {
            // It has ended, or is about to say why.
            return if self.outcome.is_terminated() { Poll::Ready(Ok(())) } else { self.poll_end(context) };
        };
        if self.room.is_none() {
            match messages.try_send((received, text.clone())) {
                Ok(()) => return Poll::Ready(Ok(())),
                Err(TrySendError::Full(_)) => self.room = Some(messages.clone().reserve_owned().boxed()),
                Err(TrySendError::Closed(_)) => return self.poll_end(context),
            }
        }
        let Some(room) = &mut self.room else { return Poll::Ready(Ok(())) };
        let permit = ready!(room.poll_unpin(context));
        self.room = None;
        match permit {
            Ok(permit) => {
                permit.send((received, text.clone()));
                Poll::Ready(Ok(()))
            }
            Err(SendError(())) => self.poll_end(context),
        }
    }

    /// Ends the recording, and waits until it has its name.
    ///
    /// # Errors
    /// What keeps it from it.
    pub(in crate::venues) fn poll_end(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Arc<RecorderError>>> {
        (self.messages, self.room) = (None, None);
        self.outcome.poll_unpin(context)
    }
}

impl<T> std::fmt::Debug for Recorder<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Recorder").field("is_open", &self.messages.is_some()).finish_non_exhaustive()
    }
}

/// The file, in the thread.
struct Writer {
    path: PathBuf,
    file: GzEncoder<OutputFile>,
    /// Whether anything of the venue's is in it: notes of connections are ours.
    has_messages: bool,
}

impl Writer {
    fn create(path: &Path, header: &Header) -> Result<Self, RecorderError> {
        let wrong = |source| RecorderError { path: path.to_owned(), source };
        let file = OutputFile::create(path, &[]).map_err(wrong)?;
        let mut file = GzEncoder::new(file, Compression::fast());
        let written = serde_json::to_writer(&mut file, header).map_err(Into::into).and_then(|()| file.write_all(b"\n"));
        written.map_err(wrong)?;
        Ok(Self { path: path.to_owned(), file, has_messages: false })
    }

    /// Writes until nobody can hand over more, and gives the file its name. One that has nothing of the venue's is a failure.
    fn write_all<T: AsRef<str>>(mut self, mut messages: mpsc::Receiver<(Timestamp, T)>) -> Result<(), RecorderError> {
        let written = loop {
            let Some((received, text)) = messages.blocking_recv() else { break Ok(()) };
            if let Err(error) = self.write(received, text.as_ref()) {
                break Err(error);
            }
        };
        let Self { path, file, has_messages } = self;
        let is_empty = || std::io::Error::other("no message came from the venue, and none is in it");
        let finished = written.and_then(|()| file.finish()).and_then(OutputFile::finish);
        let finished = finished.and_then(|()| if has_messages { Ok(()) } else { Err(is_empty()) });
        finished.map_err(|source| RecorderError { path, source })
    }

    /// A message is one line.
    fn write(&mut self, received: Timestamp, text: &str) -> std::io::Result<()> {
        self.has_messages |= Note::read(text).is_none();
        writeln!(self.file, "{} {text}", received.as_nanos())
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::io::Read;

    use flate2::read::GzDecoder;

    use super::*;

    fn header() -> Header {
        Header::new("binance", &[], Vec::new())
    }

    #[tokio::test]
    async fn a_recording_has_its_name_and_every_message_when_it_has_ended() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.gz");
        let mut recorder = Recorder::create(path.clone(), header()).await.unwrap();
        let count = WAITING * 2;
        for nanos in 0..count as u64 {
            let text = format!("message {nanos}");
            poll_fn(|context| recorder.poll_write(context, Timestamp::from_nanos(nanos), &text)).await.unwrap();
        }
        assert!(!path.exists());
        let outcome = recorder.outcome();
        drop(recorder);
        outcome.await.unwrap();
        let mut text = String::new();
        GzDecoder::new(std::fs::File::open(path).unwrap()).read_to_string(&mut text).unwrap();
        assert_eq!(text.lines().count(), count + 1);
        assert!(text.lines().nth(8).unwrap() == "7 message 7", "{text}");
    }

    #[tokio::test]
    async fn a_recording_that_cannot_begin_or_end_says_why() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("gone").join("run.gz");
        let error = Recorder::<String>::create(path.clone(), header()).await.unwrap_err().to_string();
        assert!(error.contains("run.gz: expected to write a recording"), "{error}");
        std::fs::create_dir(folder.path().join("gone")).unwrap();
        let mut recorder = Recorder::create(path, header()).await.unwrap();
        let text = String::from("message");
        poll_fn(|context| recorder.poll_write(context, Timestamp::default(), &text)).await.unwrap();
        std::fs::remove_dir_all(folder.path().join("gone")).unwrap();
        let error = poll_fn(|context| recorder.poll_end(context)).await.unwrap_err().to_string();
        assert!(error.contains("run.gz: expected to write a recording"), "{error}");
    }
}
