//! Candles out of a CSV file.

use std::path::Path;

use super::table::{Table, milliseconds};
use crate::data::CandleFileError;
use crate::input::FileRows;
use crate::model::{Candle, Price, Quantity, Timestamp};

/// The columns of a file of candles; their case does not matter, and the time may have another name or none.
const COLUMNS: [&str; 5] = ["open", "high", "low", "close", "volume"];

/// Names of the column of the time, when a candle began; the first one that is there has it.
const TIMES: [&str; 5] = ["timestamp", "time", "date", "datetime", ""];

/// Reads a CSV of candles, oldest first: a time (milliseconds since 1970, at least those of 1973, `2004-08-19`, or
/// `2004-08-19 13:30:00`), then `open`, `high`, `low`, `close`, `volume`, under a header in any order; other columns are
/// ignored.
///
/// A file does not say of how many trades a candle is: one with a volume has one, one without has none.
///
/// # Errors
/// [`CandleFileError`] with file, line and what was expected; also for candles out of order, and for one whose high or low
/// is not the highest or lowest of its prices.
pub fn read_candles(path: &Path) -> Result<FileRows<Candle>, CandleFileError> {
    let mut file = CandleFile::open(path)?;
    let mut rows: Vec<Candle> = Vec::new();
    while let Some(candle) = file.next_candle()? {
        if let Some(last) = rows.last().filter(|last| last.open_time >= candle.open_time) {
            let message = format!("expected a candle after {}, found one of {}", last.open_time, candle.open_time);
            return Err(file.table.line_error(message));
        }
        rows.push(candle);
    }
    if rows.is_empty() {
        return Err(file.table.line_error("expected at least one candle, found nothing to read".to_owned()));
    }
    Ok(FileRows { rows, is_cut: file.table.is_cut() })
}

struct CandleFile {
    table: Table,
    time: usize,
    columns: [usize; 5],
}

impl CandleFile {
    fn open(path: &Path) -> Result<Self, CandleFileError> {
        const ALL: &str = "timestamp, open, high, low, close and volume";
        let table = Table::open(path)?;
        let (time, mut columns) = (table.column(&TIMES, ALL)?, [0; 5]);
        for (column, name) in columns.iter_mut().zip(COLUMNS) {
            *column = table.column(&[name], ALL)?;
        }
        Ok(Self { table, time, columns })
    }

    fn next_candle(&mut self) -> Result<Option<Candle>, CandleFileError> {
        if !self.table.advance()? {
            return Ok(None);
        }
        let [open, high, low, close, volume] = self.columns;
        let time = self.table.field(self.time);
        let open_time = read_time(time).map_err(|seems| {
            let time = time.escape_debug();
            let message =
                format!("expected a time, milliseconds since 1970 or like `2004-08-19`, found `{time}`{seems}");
            self.table.line_error(message)
        })?;
        let price = |name, column| self.table.parsed::<Price>(name, column);
        let [open, high, low, close] =
            [price("open", open)?, price("high", high)?, price("low", low)?, price("close", close)?];
        if high < open.max(close) || low > open.min(close) || high < low {
            let message = format!("expected a high and a low around open and close, found {open} {high} {low} {close}");
            return Err(self.table.line_error(message));
        }
        let volume: Quantity = self.table.parsed("volume", volume)?;
        let trades = u64::from(!volume.is_zero());
        Ok(Some(Candle { open_time, open, high, low, close, volume, trades, doubtful: 0 }))
    }
}

/// A time in milliseconds, as a day, or as a day with a time; else a hint what it seems to be.
fn read_time(text: &str) -> Result<Timestamp, &'static str> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return milliseconds(text);
    }
    let has_time = text.len() > 10;
    let time = if has_time { text.parse() } else { format!("{text}T00:00:00Z").parse() };
    time.map_err(|_| "")
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn read(text: &str) -> Result<FileRows<Candle>, String> {
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
    fn a_number_of_the_row_is_not_taken_for_the_time() {
        let text = ",Date,Open,High,Low,Close,Volume\n0,2004-08-19,1,4,0.5,2,7\n";
        assert_eq!(read(text).unwrap().rows[0].open_time, "2004-08-19T00:00:00Z".parse().unwrap());
    }

    #[test]
    fn a_last_line_without_an_end_is_told_of() {
        let whole = "date,open,high,low,close,volume\n2004-08-19,1,4,0.5,2,70\n";
        assert_eq!([whole, whole.trim_end()].map(|text| read(text).unwrap().is_cut), [false, true]);
    }

    #[test]
    fn a_bad_line_is_named_with_what_was_expected() {
        let header = "timestamp,open,high,low,close,volume\n";
        for (lines, expected) in [
            ("", "FILE:1: expected at least one candle"),
            ("100000000001,1,1,1,1,1\nx,1,1,1,1,1\n", "FILE:3: expected a time"),
            ("100000000001,1,1,1,0,1\n", "FILE:2: in `close`: expected a price"),
            ("100000000001,2,1,1,1,1\n", "FILE:2: expected a high and a low around"),
            ("100000000002,1,1,1,1,1\n100000000002,1,1,1,1,1\n", "FILE:3: expected a candle after"),
            ("100000000002,1,1,1,1\n", "FILE:2: expected 6 fields, found 5"),
            ("7,1,1,1,1,1\n", "FILE:2: expected a time, milliseconds since 1970 or like `2004-08-19`, found `7`"),
            (
                "1092873600,1,1,1,1,1\n",
                "FILE:2: expected a time, milliseconds since 1970 or like `2004-08-19`, found \
                                        `1092873600`, which seems to be in seconds",
            ),
        ] {
            let error = read(&format!("{header}{lines}")).unwrap_err();
            assert!(error.starts_with(expected), "{error}");
        }
        assert!(read("a,b\n1,2\n").unwrap_err().contains("expected a header"));
        let two = read("date,open,high,low,close,Close,volume\n2004-08-19,1,4,0.5,2,3,7\n").unwrap_err();
        assert!(two.starts_with("FILE:1: expected a header with one column `close`"), "{two}");
    }
}
