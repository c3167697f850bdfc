//! A CSV file with a header: its columns, and one line after the other.

use std::fs::File;
use std::path::{Path, PathBuf};

use csv::{ErrorKind, StringRecord};

use crate::data::CandleFileError;
use crate::input::{LastByte, Tail};
use crate::model::Timestamp;

/// A number of milliseconds below this (1973) is one of seconds, or of something else.
const FIRST_MILLISECOND: u64 = 100_000_000_000;

/// A file that is read line by line.
pub(super) struct Table {
    path: PathBuf,
    reader: csv::Reader<Tail<File>>,
    last_byte: LastByte,
    header: StringRecord,
    record: StringRecord,
    line: u64,
}

impl Table {
    pub(super) fn open(path: &Path) -> Result<Self, CandleFileError> {
        let path = path.to_owned();
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(source) => return Err(CandleFileError::Read { path, source }),
        };
        let (tail, last_byte) = Tail::of(file);
        let mut reader = csv::Reader::from_reader(tail);
        let header = match reader.headers() {
            Ok(header) => header.clone(),
            Err(error) => return Err(describe(&path, 1, &error)),
        };
        Ok(Self { path, reader, last_byte, header, record: StringRecord::new(), line: 1 })
    }

    /// The place of a column by the first of its names that the header has; `all` says what a header has.
    pub(super) fn column(&self, names: &[&str], all: &str) -> Result<usize, CandleFileError> {
        let wrong = |expected: &str| {
            let found = self.header.iter().collect::<Vec<_>>().join(",");
            self.error_in(1, format!("expected {expected}, found `{}`", found.escape_debug()))
        };
        for name in names {
            let columns = self.header.iter().enumerate();
            let mut found = columns.filter(|(_, column)| column.trim().eq_ignore_ascii_case(name));
            match (found.next(), found.next()) {
                (None, _) => {}
                (Some((index, _)), None) => return Ok(index),
                (Some(_), Some(_)) => return Err(wrong(&format!("a header with one column `{name}`"))),
            }
        }
        Err(wrong(&format!("a header with the columns {all}")))
    }

    /// Goes to the next line; false after the last one.
    pub(super) fn advance(&mut self) -> Result<bool, CandleFileError> {
        match self.reader.read_record(&mut self.record) {
            Ok(false) => Ok(false),
            Ok(true) => {
                self.line = self.record.position().map_or(self.line + 1, csv::Position::line);
                Ok(true)
            }
            Err(error) => Err(describe(&self.path, self.line + 1, &error)),
        }
    }

    pub(super) fn field(&self, column: usize) -> &str {
        self.record.get(column).unwrap_or_default().trim()
    }

    /// A value as its type reads it.
    pub(super) fn parsed<T>(&self, name: &str, column: usize) -> Result<T, CandleFileError>
    where
        T: std::str::FromStr,
        T::Err: std::fmt::Display,
    {
        self.field(column).parse().map_err(|error| self.line_error(format!("in `{name}`: {error}")))
    }

    /// Whether the last line has no end.
    pub(super) fn is_cut(&self) -> bool {
        self.last_byte.is_cut()
    }

    /// An error in the line that was read last.
    pub(super) fn line_error(&self, message: String) -> CandleFileError {
        self.error_in(self.line, message)
    }

    /// An error in that line.
    pub(super) fn error_in(&self, line: u64, message: String) -> CandleFileError {
        CandleFileError::Line { path: self.path.clone(), line, message }
    }

    /// The number of the line that was read last, from 1.
    pub(super) fn line(&self) -> u64 {
        self.line
    }
}

/// Milliseconds since 1970, or a hint what else the number seems to be.
pub(super) fn milliseconds(text: &str) -> Result<Timestamp, &'static str> {
    let number = text.parse().ok().filter(|millis| *millis >= FIRST_MILLISECOND);
    let seems = if text.len() == 10 { ", which seems to be in seconds" } else { "" };
    number.and_then(Timestamp::from_millis).ok_or(seems)
}

fn describe(path: &Path, line: u64, error: &csv::Error) -> CandleFileError {
    let line = error.position().map_or(line, csv::Position::line);
    let message = match error.kind() {
        ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("expected {expected_len} fields, found {len}: the line is cut or has too many")
        }
        ErrorKind::Utf8 { .. } => "expected text in UTF-8".to_owned(),
        _ => format!("expected a line of CSV: {error}"),
    };
    CandleFileError::Line { path: path.to_owned(), line, message }
}
