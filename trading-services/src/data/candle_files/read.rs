//! Candles out of a CSV file.

use std::path::{Path, PathBuf};

use csv::StringRecord;

use super::trades::describe;
use crate::data::CandleFileError;
use crate::model::{Candle, Price, Quantity, Timestamp};

/// The columns of a file of candles; their case does not matter, and the time may have another name or none.
const COLUMNS: [&str; 5] = ["open", "high", "low", "close", "volume"];

/// Names of the column of the time, when a candle began.
const TIMES: [&str; 5] = ["timestamp", "time", "date", "datetime", ""];

/// Reads a CSV of candles, oldest first: a time (milliseconds since 1970, `2004-08-19`, or `2004-08-19 13:30:00`), then
/// `open`, `high`, `low`, `close`, `volume`, under a header in any order; other columns are ignored.
///
/// A file does not say of how many trades a candle is: one with a volume has one, one without has none.
///
/// # Errors
/// [`CandleFileError`] with file, line and what was expected; also for candles out of order, and for one whose high or low
/// is not the highest or lowest of its prices.
pub fn read_candles(path: &Path) -> Result<Vec<Candle>, CandleFileError> {
    let mut file = File::open(path)?;
    let mut candles: Vec<Candle> = Vec::new();
    while let Some(candle) = file.next_candle()? {
        if let Some(last) = candles.last().filter(|last| last.open_time >= candle.open_time) {
            let message = format!("expected a candle after {}, found one of {}", last.open_time, candle.open_time);
            return Err(file.error(message));
        }
        candles.push(candle);
    }
    if candles.is_empty() {
        return Err(file.error("expected at least one candle, found nothing to read".to_owned()));
    }
    Ok(candles)
}

struct File {
    path: PathBuf,
    reader: csv::Reader<std::fs::File>,
    record: StringRecord,
    time: usize,
    columns: [usize; 5],
    line: u64,
}

impl File {
    fn open(path: &Path) -> Result<Self, CandleFileError> {
        let path = path.to_owned();
        let file = match std::fs::File::open(&path) {
            Ok(file) => file,
            Err(source) => return Err(CandleFileError::Read { path, source }),
        };
        let mut reader = csv::Reader::from_reader(file);
        let header = match reader.headers() {
            Ok(header) => header.clone(),
            Err(error) => return Err(describe(&path, 1, &error)),
        };
        let find = |wanted: &[&str]| {
            header.iter().position(|name| wanted.contains(&name.trim().to_ascii_lowercase().as_str())).ok_or_else(
                || {
                    let found = header.iter().collect::<Vec<_>>().join(",");
                    let message = format!(
                        "expected a header with the columns timestamp, open, high, low, close and volume, found `{}`",
                        found.escape_debug()
                    );
                    CandleFileError::Line { path: path.clone(), line: 1, message }
                },
            )
        };
        let (time, mut columns) = (find(&TIMES)?, [0; 5]);
        for (column, name) in columns.iter_mut().zip(COLUMNS) {
            *column = find(&[name])?;
        }
        Ok(Self { path, reader, record: StringRecord::new(), time, columns, line: 1 })
    }

    fn next_candle(&mut self) -> Result<Option<Candle>, CandleFileError> {
        match self.reader.read_record(&mut self.record) {
            Ok(false) => return Ok(None),
            Ok(true) => {}
            Err(error) => return Err(describe(&self.path, self.line + 1, &error)),
        }
        self.line = self.record.position().map_or(self.line + 1, csv::Position::line);
        let [open, high, low, close, volume] = self.columns;
        let time = self.field(self.time);
        let open_time = read_time(time).ok_or_else(|| {
            let time = time.escape_debug();
            self.error(format!("expected a time, milliseconds since 1970 or like `2004-08-19`, found `{time}`"))
        })?;
        let [open, high, low, close] = [
            self.price("open", open)?,
            self.price("high", high)?,
            self.price("low", low)?,
            self.price("close", close)?,
        ];
        if high < open.max(close) || low > open.min(close) || high < low {
            let message = format!("expected a high and a low around open and close, found {open} {high} {low} {close}");
            return Err(self.error(message));
        }
        let volume: Quantity = match self.field(volume).parse() {
            Ok(volume) => volume,
            Err(error) => return Err(self.error(format!("in `volume`: {error}"))),
        };
        let trades = u64::from(!volume.is_zero());
        Ok(Some(Candle { open_time, open, high, low, close, volume, trades, doubtful: 0 }))
    }

    fn field(&self, column: usize) -> &str {
        self.record.get(column).unwrap_or_default().trim()
    }

    fn price(&self, name: &str, column: usize) -> Result<Price, CandleFileError> {
        self.field(column).parse().map_err(|error| self.error(format!("in `{name}`: {error}")))
    }

    fn error(&self, message: String) -> CandleFileError {
        CandleFileError::Line { path: self.path.clone(), line: self.line, message }
    }
}

/// A time in milliseconds, as a day, or as a day with a time.
fn read_time(text: &str) -> Option<Timestamp> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.parse().ok().and_then(Timestamp::from_millis);
    }
    let has_time = text.len() > 10;
    if has_time { text.parse().ok() } else { format!("{text}T00:00:00Z").parse().ok() }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn read(text: &str) -> Result<Vec<Candle>, String> {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        read_candles(file.path()).map_err(|error| error.to_string().replace(&file.path().display().to_string(), "FILE"))
    }

    #[test]
    fn times_in_milliseconds_and_days_are_read_under_any_header() {
        let of_millis = read("timestamp,open,high,low,close,volume\n1092873600000,1,4,0.5,2,7\n").unwrap();
        let of_days = read(",Open,High,Low,Close,Volume\n2004-08-19,1.0,4.0,0.5,2.0,7\n").unwrap();
        let of_times = read("Date,Volume,Open,High,Low,Close\n2004-08-19 00:00:00,7,1,4,0.5,2\n").unwrap();
        assert_eq!((&of_millis, &of_millis), (&of_days, &of_times));
    }

    #[test]
    fn a_bad_line_is_named_with_what_was_expected() {
        let header = "timestamp,open,high,low,close,volume\n";
        for (lines, expected) in [
            ("", "FILE:1: expected at least one candle"),
            ("1,1,1,1,1,1\nx,1,1,1,1,1\n", "FILE:3: expected a time"),
            ("1,1,1,1,0,1\n", "FILE:2: in `close`: expected a price"),
            ("1,2,1,1,1,1\n", "FILE:2: expected a high and a low around"),
            ("2,1,1,1,1,1\n2,1,1,1,1,1\n", "FILE:3: expected a candle after"),
            ("2,1,1,1,1\n", "FILE:2: expected 6 fields, found 5"),
        ] {
            let error = read(&format!("{header}{lines}")).unwrap_err();
            assert!(error.starts_with(expected), "{error}");
        }
        assert!(read("a,b\n1,2\n").unwrap_err().contains("expected a header"));
    }
}
