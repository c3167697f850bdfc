//! The event log: the same bytes for the same events.

use std::fmt::Write as _;
use std::io::Write;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::engine::{News, RunError};
use crate::model::{BookTop, CorrelationId, EventKind, Level, MarketEvent};
use crate::output::OutputFile;
use crate::ports::{Alert, Ingested, Signal};

/// Lines of trades, tops of the book after each change, closed candles and those of before, signals, risk answers, orders, fills, funding, alerts; hashed,
/// and written where asked.
///
/// Lines for the file wait in memory until [`write`](Self::write) is called: a disk that is slow holds up this log, and no
/// other task.
///
/// Each line begins with the event's time in nanoseconds. What follows from a message, and the candles that it closed, end
/// with the message's name, by which `trace` finds the chain. Nothing in it comes from the machine's clock, and decimals are
/// without trailing zeros: the same events give the same bytes at any speed.
#[derive(Debug, Default)]
pub struct EventLog {
    hash: Sha256,
    lines: u64,
    buffer: String,
    file: Option<(PathBuf, OutputFile)>,
    /// Lines that the file does not have yet.
    waiting: Vec<u8>,
}

/// So many bytes are written at once.
const BLOCK: usize = 1 << 16;

impl EventLog {
    /// A log that is hashed, and written to `path` if there is one, which must be none of `inputs`.
    ///
    /// # Errors
    /// [`RunError::Log`] when the file cannot be created.
    pub fn create(path: Option<&Path>, inputs: &[&Path]) -> Result<Self, RunError> {
        let file = match path {
            None => None,
            Some(path) => match OutputFile::create(path, inputs) {
                Ok(file) => Some((path.to_owned(), file)),
                Err(source) => {
                    return Err(RunError::Log { path: path.to_owned(), source });
                }
            },
        };
        Ok(Self { file, ..Self::default() })
    }

    /// Adds what a message says and what came of it.
    pub fn event(&mut self, event: &MarketEvent, ingested: &Ingested, correlation: CorrelationId) {
        let (time, instrument) = (event.received.as_nanos(), &event.instrument);
        if let EventKind::Trade(trade) = &event.kind {
            let (id, price, quantity, side) = (&trade.id, trade.price, trade.quantity, trade.side);
            self.line(format_args!("{time} trade {instrument} {id} {price} {quantity} {side}"));
        }
        if let Some(gap) = &ingested.gap {
            self.line(format_args!("{time} gap {instrument} {} {}", gap.expected, gap.found));
        }
        if let Some(BookTop { bid, ask }) = &ingested.top {
            let (bid, ask) = (Side(bid), Side(ask));
            self.line(format_args!("{time} top {instrument} {bid} {ask}"));
        }
        for (timeframe, candles) in &ingested.history {
            let (Some(first), Some(last)) = (candles.first(), candles.last()) else { continue };
            let (count, first, opened, close) =
                (candles.len(), first.open_time.as_millis(), last.open_time.as_millis(), last.close);
            self.line(format_args!(
                "{time} history {instrument} {timeframe} {count} {first} {opened} {close} {correlation}"
            ));
        }
        for (timeframe, candle) in &ingested.candles {
            let crate::model::Candle { open_time, open, high, low, close, volume, trades, .. } = candle;
            let opened = open_time.as_millis();
            self.line(format_args!(
                "{time} candle {instrument} {timeframe} {opened} {open} {high} {low} {close} {volume} {trades} {correlation}"
            ));
        }
    }

    /// Adds what services have told.
    pub fn news(&mut self, news: &News) {
        match news {
            News::Signal(signal) => {
                let Signal { time, bar, correlation, .. } = signal;
                self.line(format_args!("{} signal {} {signal} {correlation}", time.as_nanos(), bar.as_millis()));
            }
            News::Risk(answer) => {
                let (time, order, correlation) = (answer.time.as_nanos(), &answer.request.id, answer.correlation());
                self.line(format_args!("{time} risk {order} {answer} {correlation}"));
            }
            News::Order(order) => {
                let (time, correlation) = (order.changed.as_nanos(), order.request.correlation);
                self.line(format_args!("{time} order {order} {correlation}"));
            }
            News::Fill(fill) => {
                let (time, order, correlation) = (fill.time.as_nanos(), &fill.order, fill.correlation);
                self.line(format_args!("{time} fill {order} {fill} {correlation}"));
            }
            News::Funding(settlement) => {
                self.line(format_args!("{} funding {settlement}", settlement.settled.as_nanos()));
            }
            News::Alert(alert) => self.alert(alert),
        }
    }

    /// Adds an alert.
    pub fn alert(&mut self, alert: &Alert) {
        let Alert { time, level, rule, message, .. } = alert;
        self.line(format_args!("{} alert {level} {rule} {message}", time.as_nanos()));
    }

    /// How many lines there are.
    pub fn lines(&self) -> u64 {
        self.lines
    }

    /// The hash of all lines so far, each with its line end, in lower-case hexadecimal.
    pub fn sha256(&self) -> String {
        let digest = self.hash.clone().finalize();
        digest.iter().fold(String::with_capacity(64), |mut text, byte| {
            // Writing to a string cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
    }

    /// Whether so much waits that it should be written.
    pub fn is_full(&self) -> bool {
        self.waiting.len() >= BLOCK
    }

    /// Writes what waits.
    ///
    /// # Errors
    /// [`RunError::Log`].
    pub async fn write(&mut self) -> Result<(), RunError> {
        let Some((path, mut file)) = self.file.take() else { return Ok(()) };
        let mut lines = std::mem::take(&mut self.waiting);
        let writing = tokio::task::spawn_blocking(move || {
            let written = file.write_all(&lines);
            lines.clear();
            (file, lines, written)
        });
        let (file, lines, written) =
            writing.await.map_err(|error| RunError::Log { path: path.clone(), source: error.into() })?;
        self.waiting = lines;
        let done = written.map_err(|source| RunError::Log { path: path.clone(), source });
        self.file = Some((path, file));
        done
    }

    /// Writes what waits, and gives the file its name; there are no more lines in it after that.
    ///
    /// # Errors
    /// [`RunError::Log`].
    pub async fn finish(&mut self) -> Result<(), RunError> {
        self.write().await?;
        let Some((path, file)) = self.file.take() else { return Ok(()) };
        let finished = tokio::task::spawn_blocking(|| file.finish()).await.unwrap_or_else(|error| Err(error.into()));
        finished.map_err(|source| RunError::Log { path, source })
    }

    fn line(&mut self, line: std::fmt::Arguments<'_>) {
        self.buffer.clear();
        // Writing to a string cannot fail.
        let _ = writeln!(self.buffer, "{line}");
        self.hash.update(self.buffer.as_bytes());
        self.lines += 1;
        if self.file.is_some() {
            self.waiting.extend_from_slice(self.buffer.as_bytes());
        }
    }
}

struct Side<'a>(&'a Option<Level>);

impl std::fmt::Display for Side<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            Some(Level { price, quantity }) => write!(f, "{price} {quantity}"),
            None => f.write_str("- -"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Timestamp;
    use crate::ports::AlertLevel;

    #[tokio::test]
    async fn the_hash_is_that_of_the_written_file() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("events.log");
        let mut log = EventLog::create(Some(&path), &[]).unwrap();
        let (time, level, rule) = (Timestamp::from_nanos(5), AlertLevel::Info, "test");
        let (message, escalated) = ("hello".to_owned(), false);
        log.alert(&Alert { id: 1, time, level, rule, instrument: None, service: None, message, escalated });
        log.finish().await.unwrap();
        let written = std::fs::read(&path).unwrap();
        assert_eq!(written, b"5 alert info test hello\n");
        let expected: String = Sha256::digest(&written).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(log.sha256(), expected);
    }
}
