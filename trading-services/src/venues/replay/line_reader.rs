//! Lines of a plain or compressed file.

use std::fs::File;
use std::io::{BufRead, BufReader, Error, ErrorKind, Read};
use std::path::{Path, PathBuf};

use flate2::bufread::MultiGzDecoder;

use crate::venues::replay::RecordingError;

/// No message is longer; a file without line ends must not fill the memory.
const MAX_LINE: u64 = 64 * 1024 * 1024;

/// The lines of a plain or gzip file, whichever its first bytes say.
pub struct LineReader {
    path: PathBuf,
    input: Input,
    buffer: Vec<u8>,
    line: u64,
}

/// What the lines are read from; a type of its own, so that no virtual call is made per line.
enum Input {
    Plain(BufReader<File>),
    Gzip(BufReader<MultiGzDecoder<BufReader<File>>>),
}

impl LineReader {
    /// Opens the file.
    ///
    /// # Errors
    /// [`RecordingError::Open`].
    pub fn open(path: &Path) -> Result<Self, RecordingError> {
        let path = path.to_owned();
        match open(&path) {
            Ok(input) => Ok(Self { path, input, buffer: Vec::new(), line: 0 }),
            Err(source) => Err(RecordingError::Open { path, source }),
        }
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The number of the line that was read last, from 1.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// Whether more bytes are in memory, so that the next line may come without waiting.
    pub(super) fn has_more_at_hand(&self) -> bool {
        match &self.input {
            Input::Plain(file) => !file.buffer().is_empty(),
            Input::Gzip(file) => !file.buffer().is_empty(),
        }
    }

    /// The next line without its end, or `None` after the last; the end of the last line may be missing.
    ///
    /// # Errors
    /// [`RecordingError::Cut`] when the file cannot be read on, or a line is not text.
    pub fn next_line(&mut self) -> Result<Option<&str>, RecordingError> {
        self.line += 1;
        self.buffer.clear();
        let read = match &mut self.input {
            Input::Plain(file) => file.take(MAX_LINE).read_until(b'\n', &mut self.buffer),
            Input::Gzip(file) => file.take(MAX_LINE).read_until(b'\n', &mut self.buffer),
        };
        let reason = match read {
            Ok(0) => {
                self.line -= 1;
                return Ok(None);
            }
            Ok(_) => {
                while let Some(b'\n' | b'\r') = self.buffer.last() {
                    self.buffer.pop();
                }
                match std::str::from_utf8(&self.buffer) {
                    Ok(line) => return Ok(Some(line)),
                    Err(error) => error.to_string(),
                }
            }
            Err(error) => describe(&error),
        };
        let expected = "a complete line of text";
        Err(RecordingError::Cut { path: self.path.clone(), line: self.line, expected, reason })
    }
}

impl std::fmt::Debug for LineReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LineReader").field("path", &self.path).field("line", &self.line).finish_non_exhaustive()
    }
}

fn open(path: &Path) -> Result<Input, Error> {
    let mut file = BufReader::with_capacity(1 << 16, File::open(path)?);
    if file.fill_buf()?.starts_with(&[0x1f, 0x8b]) {
        Ok(Input::Gzip(BufReader::with_capacity(1 << 16, MultiGzDecoder::new(file))))
    } else {
        Ok(Input::Plain(file))
    }
}

fn describe(error: &Error) -> String {
    match error.kind() {
        ErrorKind::UnexpectedEof => "the compressed file ends too early".to_owned(),
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write::GzEncoder};

    use super::*;

    fn lines(content: &[u8]) -> (Vec<String>, Option<String>) {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(content).unwrap();
        let mut reader = LineReader::open(file.path()).unwrap();
        let mut lines = Vec::new();
        loop {
            match reader.next_line() {
                Ok(Some(line)) => lines.push(line.to_owned()),
                Ok(None) => return (lines, None),
                Err(error) => return (lines, Some(error.to_string())),
            }
        }
    }

    fn gzip(text: &str) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn plain_and_compressed_files_have_the_same_lines() {
        let expected = (vec!["one".to_owned(), "two".to_owned(), "three".to_owned()], None);
        assert_eq!(lines(b"one\r\ntwo\nthree"), expected);
        assert_eq!(lines(&gzip("one\ntwo\nthree\n")), expected);
    }

    #[test]
    fn a_cut_compressed_file_names_the_line_where_it_ends() {
        let text: String = (0..5_000).map(|i| format!("line {i} {}\n", i * 7_919 % 10_007)).collect();
        let whole = gzip(&text);
        let (lines, error) = lines(&whole[..whole.len() / 2]);
        let error = error.unwrap();
        assert!(!lines.is_empty());
        assert!(error.contains(&format!(":{}: expected a complete line", lines.len() + 1)), "{error}");
        assert!(error.contains("ends too early"), "{error}");
    }
}
