//! Trades in a CSV file.

use std::fs::File;
use std::path::{Path, PathBuf};

use csv::{ErrorKind, StringRecord};

use crate::data::CandleFileError;
use crate::model::{Price, Quantity, Timestamp};

/// What a candle needs of a trade.
pub(super) struct FileTrade {
    pub(super) time: Timestamp,
    pub(super) price: Price,
    pub(super) quantity: Quantity,
}

/// A file of trades, read line by line.
pub(super) struct TradeFile {
    path: PathBuf,
    reader: csv::Reader<File>,
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
        let mut reader = csv::Reader::from_reader(file);
        let header = match reader.headers() {
            Ok(header) => header.clone(),
            Err(error) => return Err(describe(&path, 1, &error)),
        };
        let column = |name: &str| {
            header.iter().position(|column| column.trim() == name).ok_or_else(|| CandleFileError::Line {
                path: path.clone(),
                line: 1,
                message: format!(
                    "expected a header with the columns timestamp, price and amount, found `{}`",
                    header.iter().collect::<Vec<_>>().join(",")
                ),
            })
        };
        let columns = Columns { time: column("timestamp")?, price: column("price")?, amount: column("amount")? };
        Ok(Self { path, reader, record: StringRecord::new(), columns, line: 1 })
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
        let millis = time.parse().ok().and_then(Timestamp::from_millis);
        let time = millis.ok_or_else(|| {
            self.line_error(format!("expected a timestamp in milliseconds since 1970, found `{time}`"))
        })?;
        let price =
            field(self.columns.price).parse().map_err(|error| self.line_error(format!("in `price`: {error}")))?;
        let amount = field(self.columns.amount).parse();
        let quantity = amount.map_err(|error| self.line_error(format!("in `amount`: {error}")))?;
        Ok(Some(FileTrade { time, price, quantity }))
    }

    /// An error in the line that was read last.
    pub(super) fn line_error(&self, message: String) -> CandleFileError {
        CandleFileError::Line { path: self.path.clone(), line: self.line, message }
    }
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
