//! Trades in a CSV file.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use csv::{ErrorKind, StringRecord};

use crate::data::CandleFileError;
use crate::model::{Price, Quantity, Timestamp};

/// What a candle needs of a trade.
#[derive(Debug, Clone)]
pub(super) struct FileTrade {
    pub(super) time: Timestamp,
    pub(super) price: Price,
    pub(super) quantity: Quantity,
}

/// A number of milliseconds below this (1973) is one of seconds.
const FIRST_MILLISECOND: u64 = 100_000_000_000;

/// A reader that remembers the last byte.
struct Tail<R> {
    inner: R,
    last: Arc<AtomicU8>,
}

impl<R: Read> Read for Tail<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.inner.read(buffer)?;
        if let Some(last) = buffer.get(..read).and_then(<[u8]>::last) {
            self.last.store(*last, Ordering::Relaxed);
        }
        Ok(read)
    }
}

/// A file of trades, read line by line.
pub(super) struct TradeFile {
    path: PathBuf,
    reader: csv::Reader<Tail<File>>,
    last_byte: Arc<AtomicU8>,
    record: StringRecord,
    columns: Columns,
    line: u64,
}

struct Columns {
    time: usize,
    price: usize,
    amount: usize,
}

impl TradeFile {
    pub(super) fn open(path: &Path) -> Result<Self, CandleFileError> {
        let path = path.to_owned();
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(source) => return Err(CandleFileError::Read { path, source }),
        };
        let last_byte = Arc::new(AtomicU8::new(b'\n'));
        let mut reader = csv::Reader::from_reader(Tail { inner: file, last: Arc::clone(&last_byte) });
        let header = match reader.headers() {
            Ok(header) => header.clone(),
            Err(error) => return Err(describe(&path, 1, &error)),
        };
        let wrong = |expected: &str| CandleFileError::Line {
            path: path.clone(),
            line: 1,
            message: format!(
                "expected {expected}, found `{}`",
                header.iter().collect::<Vec<_>>().join(",").escape_debug()
            ),
        };
        let column = |name: &str| {
            let mut found = header.iter().enumerate().filter(|(_, column)| column.trim() == name);
            match (found.next(), found.next()) {
                (Some((index, _)), None) => Ok(index),
                (None, _) => Err(wrong("a header with the columns timestamp, price and amount")),
                (Some(_), Some(_)) => Err(wrong(&format!("a header with one column `{name}`"))),
            }
        };
        let columns = Columns { time: column("timestamp")?, price: column("price")?, amount: column("amount")? };
        Ok(Self { path, reader, last_byte, record: StringRecord::new(), columns, line: 1 })
    }

    pub(super) fn next_trade(&mut self) -> Result<Option<FileTrade>, CandleFileError> {
        match self.reader.read_record(&mut self.record) {
            Ok(false) => return Ok(None),
            Ok(true) => {}
            Err(error) => return Err(describe(&self.path, self.line + 1, &error)),
        }
        let position = self.record.position();
        self.line = position.map_or(self.line + 1, csv::Position::line);
        let field = |column: usize| self.record.get(column).unwrap_or_default().trim();
        let time = field(self.columns.time);
        let millis = time.parse().ok().filter(|millis| *millis >= FIRST_MILLISECOND).and_then(Timestamp::from_millis);
        let time = millis.ok_or_else(|| {
            let hint = if time.len() == 10 { ", which seems to be in seconds" } else { "" };
            let time = time.escape_debug();
            self.line_error(format!("expected a timestamp in milliseconds since 1970, found `{time}`{hint}"))
        })?;
        let price =
            field(self.columns.price).parse().map_err(|error| self.line_error(format!("in `price`: {error}")))?;
        let amount = field(self.columns.amount).parse();
        let quantity = amount.map_err(|error| self.line_error(format!("in `amount`: {error}")))?;
        Ok(Some(FileTrade { time, price, quantity }))
    }

    /// Whether the last line has no end.
    pub(super) fn is_cut(&self) -> bool {
        self.last_byte.load(Ordering::Relaxed) != b'\n'
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

pub(super) fn describe(path: &Path, line: u64, error: &csv::Error) -> CandleFileError {
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
