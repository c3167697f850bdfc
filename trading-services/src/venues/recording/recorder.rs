//! Recordings of live runs: a header, then every message with its receive time, compressed.

use std::io::Write;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;

use super::Header;
use crate::model::Timestamp;
use crate::output::OutputFile;

/// Why a recording cannot be written.
#[derive(Debug, thiserror::Error)]
#[error("{}: expected to write a recording: {source}", path.display())]
pub struct RecorderError {
    /// The file.
    pub path: PathBuf,
    /// What the system said.
    pub source: std::io::Error,
}

/// A file to which a run is recorded. It gets its name when the stream ends.
#[derive(Debug)]
pub(in crate::venues) struct Recorder {
    path: PathBuf,
    file: Option<GzEncoder<OutputFile>>,
}

impl Recorder {
    /// Begins a recording with its header.
    pub(in crate::venues) fn create(path: &Path, header: &Header) -> Result<Self, RecorderError> {
        let wrong = |source| RecorderError { path: path.to_owned(), source };
        let file = OutputFile::create(path, &[]).map_err(wrong)?;
        let mut file = GzEncoder::new(file, Compression::fast());
        let written = serde_json::to_writer(&mut file, header).map_err(Into::into).and_then(|()| file.write_all(b"\n"));
        written.map_err(wrong)?;
        Ok(Self { path: path.to_owned(), file: Some(file) })
    }

    /// Adds a message, which is one line.
    pub(in crate::venues) fn write(&mut self, received: Timestamp, text: &str) -> Result<(), RecorderError> {
        let Some(file) = &mut self.file else { return Ok(()) };
        let written = writeln!(file, "{} {text}", received.as_nanos());
        written.map_err(|source| RecorderError { path: self.path.clone(), source })
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        let finished = self.file.take().map_or(Ok(()), |file| file.finish().and_then(OutputFile::finish));
        if let Err(error) = finished {
            tracing::error!(path = %self.path.display(), %error, "the recording is not whole");
        }
    }
}
