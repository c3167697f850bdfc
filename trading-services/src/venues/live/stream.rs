//! The events of live connections, in the order in which their messages are read.

use std::collections::{BTreeSet, VecDeque};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures::Stream;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::session::Line;
use super::socket::Text;
use crate::model::{MarketEvent, Symbol, Timestamp};
use crate::ports::ExchangeError;
use crate::venues::recording::Recorder;
use crate::venues::{MessageReader, is_about};

/// Messages of two connections are so far apart at most. One that is received longer before the last shows that the machine's
/// clock was set back, and is recorded as it is.
const APART: Duration = Duration::from_secs(5);

/// The events of a venue's connections. What is read here is what the platform sees: it is handed to the recording here, too,
/// so that that has everything in the same order.
#[derive(Debug)]
pub struct LiveStream {
    pub(super) lines: mpsc::Receiver<Line>,
    pub(super) reader: MessageReader,
    pub(super) recorder: Option<Recorder<Text>>,
    /// A message that the recording has no room for yet.
    pub(super) unrecorded: Option<Line>,
    /// The symbols that were subscribed to, where the venue tells of others, too.
    pub(super) only: Option<BTreeSet<Symbol>>,
    pub(super) ready: VecDeque<MarketEvent>,
    /// Messages of two connections meet here: time does not go back, unless the machine's clock does.
    pub(super) last: Timestamp,
    /// The connections; they end with the stream.
    pub(super) _connections: Arc<JoinSet<()>>,
}

impl LiveStream {
    fn poll_line(&mut self, context: &mut Context<'_>) -> Poll<Option<Line>> {
        if let Some(line) = self.unrecorded.take() {
            return Poll::Ready(Some(line));
        }
        let Some(Line { received, text }) = ready!(self.lines.poll_recv(context)) else { return Poll::Ready(None) };
        self.last = if self.last.since(received) <= APART { self.last.max(received) } else { received };
        // A line end within it would end the line of the recording; what is read is what is recorded.
        let is_split = self.recorder.is_some() && text.contains(['\n', '\r']);
        let text = if is_split { text.replace(['\n', '\r'], " ").into() } else { text };
        Poll::Ready(Some(Line { received: self.last, text }))
    }
}

impl Stream for LiveStream {
    type Item = Result<MarketEvent, ExchangeError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        loop {
            if let Some(event) = this.ready.pop_front() {
                return Poll::Ready(Some(Ok(event)));
            }
            let line = ready!(this.poll_line(context));
            let recorded = match (&mut this.recorder, &line) {
                (Some(recorder), Some(line)) => recorder.poll_write(context, line.received, &line.text),
                (Some(recorder), None) => recorder.poll_end(context),
                (None, _) => Poll::Ready(Ok(())),
            };
            match recorded {
                Poll::Ready(Ok(())) => {}
                Poll::Ready(Err(error)) => {
                    this.recorder = None;
                    return Poll::Ready(Some(Err(ExchangeError::Source(Box::new(error)))));
                }
                Poll::Pending => {
                    this.unrecorded = line;
                    return Poll::Pending;
                }
            }
            let Some(Line { received, text }) = line else { return Poll::Ready(None) };
            let venue = this.reader.venue();
            let Self { reader, ready, only, .. } = this;
            reader.read(received, &text, format_args!("{venue}"), |event| {
                if is_about(only.as_ref(), &event.instrument) {
                    ready.push_back(event);
                }
            });
        }
    }

    /// At least what the message that was read last still says.
    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.ready.len(), None)
    }
}
