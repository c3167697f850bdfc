//! Market events in a recording.

use std::collections::BTreeSet;
use std::path::Path;

use crate::model::{EventKind, InstrumentId, MarketEvent, Symbol, Timestamp};
use crate::venues::binance;
use crate::venues::binance::parse::{self, Message};
use crate::venues::replay::{LineReader, RecordingError};

/// Receive times before this (2001-09-09) are not in nanoseconds.
const FIRST_NANOSECOND: u64 = 1_000_000_000_000_000_000;

/// The events of a recording: per line a receive time in nanoseconds, a space, the raw message.
#[derive(Debug)]
pub struct RecordingReader {
    lines: LineReader,
    seen: BTreeSet<Symbol>,
    only: Option<Symbol>,
}

impl RecordingReader {
    /// Opens a recording. A snapshot names no symbol; when the recording has several, it belongs to `only`.
    ///
    /// # Errors
    /// [`RecordingError::Open`].
    pub fn open(path: &Path, only: Option<Symbol>) -> Result<Self, RecordingError> {
        Ok(Self { lines: LineReader::open(path)?, seen: BTreeSet::new(), only })
    }

    /// The symbols that were named so far.
    pub fn symbols(&self) -> &BTreeSet<Symbol> {
        &self.seen
    }

    /// The next event, or `None` after the last.
    ///
    /// # Errors
    /// [`RecordingError`] with file, line and what was expected; what came before stays valid.
    pub fn next_event(&mut self) -> Result<Option<MarketEvent>, RecordingError> {
        loop {
            let Some(line) = self.lines.next_line()? else {
                return Ok(None);
            };
            if line.trim().is_empty() {
                continue;
            }
            let parsed = parse_line(line);
            let event = match parsed {
                Ok((received, Message::Event(symbol, kind))) => Ok((received, symbol, kind)),
                Ok((_, Message::Ignored)) => continue,
                Ok((received, Message::Snapshot(snapshot))) => {
                    self.symbol_of_snapshot().map(|symbol| (received, symbol, EventKind::Snapshot(snapshot.book())))
                }
                Err(expected) => Err(expected),
            };
            let (received, symbol, kind) = event.map_err(|expected| RecordingError::Line {
                path: self.lines.path().to_owned(),
                line: self.lines.line(),
                expected,
            })?;
            let event = MarketEvent { instrument: InstrumentId::new(binance::VENUE, symbol), received, kind };
            if !self.seen.contains(&event.instrument.symbol) {
                self.seen.insert(event.instrument.symbol.clone());
            }
            return Ok(Some(event));
        }
    }

    fn symbol_of_snapshot(&self) -> Result<Symbol, String> {
        let mut seen = self.seen.iter();
        match (seen.next(), seen.next(), &self.only) {
            (Some(symbol), None, _) | (_, _, Some(symbol)) => Ok(symbol.clone()),
            (None, ..) => {
                Err("a message that names its symbol before the first snapshot, or one symbol to be chosen".to_owned())
            }
            (Some(_), Some(_), None) => {
                Err("one symbol to be chosen: a snapshot does not say which it belongs to".to_owned())
            }
        }
    }
}

fn parse_line(line: &str) -> Result<(Timestamp, Message), String> {
    let (time, message) = line
        .split_once(' ')
        .ok_or_else(|| format!("a receive time in nanoseconds, a space and a raw message, found `{line:.60}`"))?;
    let received: u64 = time
        .parse()
        .ok()
        .filter(|nanos| *nanos >= FIRST_NANOSECOND)
        .ok_or_else(|| format!("a receive time in nanoseconds since 1970 (19 digits), found `{time:.60}`"))?;
    Ok((Timestamp::from_nanos(received), parse::parse(message)?))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    const TICKER: &str = r#"1723161254087891268 {"u":12,"s":"BTCUSDT","b":"1","B":"2","a":"3","A":"4"}"#;
    const SNAPSHOT: &str = r#"1723161254206652067 {"lastUpdateId":12,"bids":[["1","2"]],"asks":[["3","4"]]}"#;

    fn read(lines: &[&str], only: Option<&str>) -> Result<Vec<MarketEvent>, String> {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(lines.join("\n").as_bytes()).unwrap();
        let only = only.map(|symbol| symbol.parse().unwrap());
        let mut reader = RecordingReader::open(file.path(), only).unwrap();
        let mut events = Vec::new();
        loop {
            match reader.next_event() {
                Ok(Some(event)) => events.push(event),
                Ok(None) => return Ok(events),
                Err(error) => {
                    return Err(error.to_string().replace(&file.path().display().to_string(), "FILE"));
                }
            }
        }
    }

    #[test]
    fn a_snapshot_belongs_to_the_only_symbol_of_the_recording() {
        let events = read(&[TICKER, "", SNAPSHOT], None).unwrap();
        assert_eq!(events[1].instrument.symbol.as_str(), "BTCUSDT");
    }

    #[test]
    fn a_snapshot_of_nobody_knows_whom_is_an_error_unless_one_symbol_was_chosen() {
        assert!(read(&[SNAPSHOT], None).unwrap_err().starts_with("FILE:1: expected a message that names its symbol"));
        let other = TICKER.replace("BTC", "ETH");
        assert!(read(&[TICKER, &other, SNAPSHOT], None).unwrap_err().starts_with("FILE:3: expected one symbol"));
        assert_eq!(read(&[SNAPSHOT], Some("ETHUSDT")).unwrap()[0].instrument.symbol.as_str(), "ETHUSDT");
    }

    #[test]
    fn a_line_without_time_and_a_time_in_milliseconds_are_errors() {
        assert!(read(&["hello"], None).unwrap_err().starts_with("FILE:1: expected a receive time"));
        assert!(read(&["1723161254206 {}"], None).unwrap_err().contains("19 digits"));
    }
}
