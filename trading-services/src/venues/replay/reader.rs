//! Market events in the lines of a recording.

use std::collections::{BTreeSet, VecDeque};
use std::path::{Path, PathBuf};

use super::{LineReader, RecordingError};
use crate::model::{MarketEvent, Symbol, Timestamp, VenueId, read_whole};
use crate::venues::parser::{READABLE, readable_venue, tells_more};
use crate::venues::recording::Header;
use crate::venues::wire::shorten;
use crate::venues::{MessageReader, is_about};

/// Receive times before this (2001-09-09) are not in nanoseconds.
const FIRST_NANOSECOND: u64 = 1_000_000_000_000_000_000;

/// Reads lines: a receive time in nanoseconds, a space, the raw message.
#[derive(Debug)]
pub(super) struct Decoder {
    path: PathBuf,
    reader: MessageReader,
    /// Whose messages they are, where somebody has said so beside the recording.
    named: Option<VenueId>,
    /// The symbols that the run had, where its venue told of others, too.
    only: Option<BTreeSet<Symbol>>,
    /// What the last line said and was not returned yet.
    ready: VecDeque<MarketEvent>,
}

impl Decoder {
    /// A decoder of the lines of that file, which has messages of the `named` venue. Where none is named, the first line may
    /// name it, and they are of Binance's spot market otherwise. What names no symbol is about `about`.
    pub(super) fn new(path: &Path, named: Option<VenueId>, about: Option<Symbol>) -> Self {
        let reader = named.map_or_else(MessageReader::default, MessageReader::new).about(about);
        Self { named, ..Self::of(path, reader) }
    }

    /// The same of messages of the reader's venue.
    fn of(path: &Path, reader: MessageReader) -> Self {
        let named = Some(reader.venue());
        Self { path: path.to_owned(), reader, named, only: None, ready: VecDeque::new() }
    }

    /// The venue of the messages.
    pub(super) fn venue(&self) -> VenueId {
        self.reader.venue()
    }

    /// The symbols that were named so far, but for those whose events are left out.
    pub(super) fn symbols(&self) -> impl Iterator<Item = &Symbol> {
        self.reader.symbols().iter().filter(|symbol| self.only.as_ref().is_none_or(|only| only.contains(symbol)))
    }

    /// The next event of the lines that were pushed.
    pub(super) fn pop(&mut self) -> Option<MarketEvent> {
        self.ready.pop_front()
    }

    /// The venue and the symbols that the first line names, where it is a header.
    fn header(&self, line: &str) -> Result<Option<(VenueId, Vec<Symbol>)>, RecordingError> {
        if !line.starts_with(Header::BEGIN) {
            return Ok(None);
        }
        let wrong = |expected| RecordingError::Line { path: self.path.clone(), line: 1, expected };
        let known = |header: Header| Some((readable_venue(&header.venue)?, header.symbols));
        let (venue, symbols) = Header::read(line)
            .and_then(known)
            .ok_or_else(|| wrong(format!("a header of version 1 that names {READABLE}, found {}", shorten(line))))?;
        match self.named.filter(|named| *named != venue) {
            None => Ok(Some((venue, symbols))),
            Some(named) => Err(wrong(format!(
                "a recording of {named}, as `replay.venue` or `--venue` says, found one of {venue}: leave that out, the \
                 recording says whose messages it has"
            ))),
        }
    }

    /// Takes the line with that number, from 1.
    ///
    /// # Errors
    /// [`RecordingError::Line`] when it does not begin with a receive time: then this is not a recording.
    pub(super) fn push(&mut self, number: u64, line: &str) -> Result<(), RecordingError> {
        if line.trim().is_empty() {
            return Ok(());
        }
        if number == 1
            && let Some((venue, symbols)) = self.header(line)?
        {
            self.reader.restart(venue, &symbols);
            self.only = tells_more(venue).then(|| symbols.into_iter().collect());
            return Ok(());
        }
        let (received, message) =
            split(line).map_err(|expected| RecordingError::Line { path: self.path.clone(), line: number, expected })?;
        let Self { path, reader, only, ready, .. } = self;
        reader.read(received, message, format_args!("{}:{number}", path.display()), |event| {
            if is_about(only.as_ref(), &event.instrument) {
                ready.push_back(event);
            }
        });
        Ok(())
    }
}

fn split(line: &str) -> Result<(Timestamp, &str), String> {
    let (time, message) = line
        .split_once(' ')
        .ok_or_else(|| format!("a receive time in nanoseconds, a space and a raw message, found {}", shorten(line)))?;
    let received: u64 = read_whole(time)
        .filter(|nanos| *nanos >= FIRST_NANOSECOND)
        .ok_or_else(|| format!("a receive time in nanoseconds since 1970 (19 digits), found {}", shorten(time)))?;
    Ok((Timestamp::from_nanos(received), message))
}

/// The events of a recording, read where it does not matter that a file is waited for.
#[derive(Debug)]
pub struct RecordingReader {
    lines: LineReader,
    decoder: Decoder,
}

impl RecordingReader {
    /// Opens a recording of the venue that its first line names, or of Binance's spot market. A snapshot names no symbol; when
    /// none was named before it, it belongs to `only`.
    ///
    /// # Errors
    /// [`RecordingError::Open`].
    pub fn open(path: &Path, only: Option<Symbol>) -> Result<Self, RecordingError> {
        Self::new(path, None, only)
    }

    /// Opens a recording of the messages that `reader` understands. One that says in its first line that they are another
    /// venue's is an error when that is read.
    ///
    /// # Errors
    /// [`RecordingError::Open`].
    pub fn of(path: &Path, reader: MessageReader) -> Result<Self, RecordingError> {
        Ok(Self { lines: LineReader::open(path)?, decoder: Decoder::of(path, reader) })
    }

    /// The same of the `named` venue, if one is named.
    pub(super) fn new(path: &Path, named: Option<VenueId>, only: Option<Symbol>) -> Result<Self, RecordingError> {
        Ok(Self { lines: LineReader::open(path)?, decoder: Decoder::new(path, named, only) })
    }

    /// The venue of the messages.
    pub fn venue(&self) -> VenueId {
        self.decoder.venue()
    }

    /// The symbols that were named so far. Where the first line names those of the run, and its venue has told of others,
    /// too, the others are not among them.
    pub fn symbols(&self) -> impl Iterator<Item = &Symbol> {
        self.decoder.symbols()
    }

    /// The next event, or `None` after the last.
    ///
    /// # Errors
    /// [`RecordingError`] with file, line and what was expected; what came before stays valid.
    pub fn next_event(&mut self) -> Result<Option<MarketEvent>, RecordingError> {
        loop {
            if let Some(event) = self.decoder.pop() {
                return Ok(Some(event));
            }
            let number = self.lines.line() + 1;
            let Some(line) = self.lines.next_line()? else {
                return Ok(None);
            };
            self.decoder.push(number, line)?;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;
    use crate::model::{EventKind, NotTaken, Rejection};

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

    fn refused(event: &MarketEvent) -> Option<Rejection> {
        if let EventKind::NotTaken(NotTaken { why, .. }) = &event.kind { Some(*why) } else { None }
    }

    #[test]
    fn a_snapshot_belongs_to_the_only_symbol_of_the_recording() {
        let events = read(&[TICKER, "", SNAPSHOT], None).unwrap();
        assert_eq!(events[1].instrument.symbol.as_str(), "BTCUSDT");
    }

    #[test]
    fn a_snapshot_of_nobody_knows_whom_is_refused_also_when_a_symbol_was_chosen() {
        let unknown = Some(Rejection::UnknownInstrument);
        assert_eq!(refused(&read(&[SNAPSHOT], None).unwrap()[0]), unknown);
        let other = TICKER.replace("BTC", "ETH");
        assert_eq!(refused(&read(&[TICKER, &other, SNAPSHOT], None).unwrap()[2]), unknown);
        assert_eq!(refused(&read(&[TICKER, &other, SNAPSHOT], Some("BTCUSDT")).unwrap()[2]), unknown);
        assert_eq!(refused(&read(&[&other, SNAPSHOT], Some("BTCUSDT")).unwrap()[1]), unknown);
        assert_eq!(read(&[SNAPSHOT], Some("ETHUSDT")).unwrap()[0].instrument.symbol.as_str(), "ETHUSDT");
    }

    #[test]
    fn a_recording_of_options_has_the_symbols_of_its_header_and_no_others() {
        let trade = |symbol: &str| {
            format!(
                r#"1723161254087891268 {{"topic":"publicTrade.BTC","type":"snapshot","ts":1680652922102,"data":[{{"p":"985","v":"0.01","i":"{symbol}","T":1680652922081,"BT":false,"s":"{symbol}","S":"Sell"}}]}}"#
            )
        };
        let header =
            r#"{"recording":1,"venue":"bybit-options","symbols":["BTC-28APR23-30000-C"],"topics":["publicTrade.BTC"]}"#;
        let lines = [header.to_owned(), trade("BTC-28APR23-29500-C"), trade("BTC-28APR23-30000-C")];
        let events = read(&lines.each_ref().map(String::as_str), None).unwrap();
        let symbols: Vec<_> = events.iter().map(|event| event.instrument.symbol.as_str()).collect();
        assert_eq!(symbols, ["BTC-28APR23-30000-C"]);
    }

    #[test]
    fn a_recording_of_another_venue_than_the_named_one_is_an_error_that_names_both() {
        let header = r#"{"recording":1,"venue":"bybit","symbols":["BTCUSDT"],"topics":[]}"#;
        let mut file = tempfile::NamedTempFile::new().unwrap();
        write!(file, "{header}\n1723161254087891268 {{\"success\":true}}").unwrap();
        let first =
            |venue: &str| RecordingReader::of(file.path(), MessageReader::of(venue).unwrap()).unwrap().next_event();
        for same in ["bybit", "bybit-linear"] {
            assert_eq!(first(same).unwrap().unwrap().instrument.venue.as_str(), "bybit", "{same}");
        }
        for other in ["bybit-spot", "binance"] {
            let error = first(other).unwrap_err().to_string();
            let expected =
                format!(":1: expected a recording of {other}, as `replay.venue` or `--venue` says, found one of bybit");
            assert!(error.contains(&expected), "{error}");
        }
    }

    #[test]
    fn a_line_without_time_and_a_time_in_milliseconds_are_errors() {
        assert!(read(&["hello"], None).unwrap_err().starts_with("FILE:1: expected a receive time"));
        assert!(read(&["1723161254206 {}"], None).unwrap_err().contains("19 digits"));
        assert!(read(&["+1723161254087891268 {}"], None).unwrap_err().contains("19 digits"));
    }

    #[test]
    fn a_message_that_is_not_understood_has_its_place_among_the_events() {
        let events = read(&[TICKER, "1723161254087891268 {\"e\":\"new\"}", TICKER], None).unwrap();
        let EventKind::NotTaken(NotTaken { why, kind, detail, place }) = &events[1].kind else { panic!("{events:?}") };
        assert_eq!((*why, kind.as_deref()), (Rejection::UnknownKind, Some("new")));
        assert!(place.ends_with(":2") && detail.starts_with("expected a trade"), "{place}: {detail}");
        assert_eq!(events.len(), 3);
    }

    #[test]
    fn what_a_terminal_would_obey_is_escaped() {
        let error = read(&["\u{1b}[31mRED\u{1b}]0;pwned\u{7} {\"e\":1}"], None).unwrap_err();
        assert!(!error.contains('\u{1b}') && error.contains("\\u{1b}[31mRED"), "{error}");
    }
}
