//! The event log: the same bytes for the same events.

use std::fmt::Write as _;
use std::io::Write;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::engine::{News, RunError};
use crate::model::{BookTop, CorrelationId, EventKind, Level, MarketEvent};
use crate::output::OutputFile;
use crate::ports::{Alert, Ingested, Signal};

/// Lines of trades, tops of the book after each change, closed candles, signals, risk answers, orders, fills, alerts; hashed,
/// and written where asked.
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
}

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
    ///
    /// # Errors
    /// [`RunError::Log`].
    pub fn event(
        &mut self,
        event: &MarketEvent,
        ingested: &Ingested,
        correlation: CorrelationId,
    ) -> Result<(), RunError> {
        let (time, instrument) = (event.received.as_nanos(), &event.instrument);
        if let EventKind::Trade(trade) = &event.kind {
            let (id, price, quantity, side) = (&trade.id, trade.price, trade.quantity, trade.side);
            self.line(format_args!("{time} trade {instrument} {id} {price} {quantity} {side}"))?;
        }
        if let Some(gap) = &ingested.gap {
            self.line(format_args!("{time} gap {instrument} {} {}", gap.expected, gap.found))?;
        }
        if let Some(BookTop { bid, ask }) = &ingested.top {
            let (bid, ask) = (Side(bid), Side(ask));
            self.line(format_args!("{time} top {instrument} {bid} {ask}"))?;
        }
        for (timeframe, candle) in &ingested.candles {
            let crate::model::Candle { open_time, open, high, low, close, volume, trades, .. } = candle;
            let opened = open_time.as_millis();
            self.line(format_args!(
                "{time} candle {instrument} {timeframe} {opened} {open} {high} {low} {close} {volume} {trades} {correlation}"
            ))?;
        }
        Ok(())
    }

    /// Adds what services have told.
    ///
    /// # Errors
    /// [`RunError::Log`].
    pub fn news(&mut self, news: &News) -> Result<(), RunError> {
        match news {
            News::Signal(signal) => {
                let Signal { time, bar, correlation, .. } = signal;
                self.line(format_args!("{} signal {} {signal} {correlation}", time.as_nanos(), bar.as_millis()))
            }
            News::Risk(answer) => {
                let (time, order, correlation) = (answer.time.as_nanos(), &answer.request.id, answer.correlation());
                self.line(format_args!("{time} risk {order} {answer} {correlation}"))
            }
            News::Order(order) => {
                let (time, correlation) = (order.changed.as_nanos(), order.request.correlation);
                self.line(format_args!("{time} order {order} {correlation}"))
            }
            News::Fill(fill) => {
                let (time, order, correlation) = (fill.time.as_nanos(), &fill.order, fill.correlation);
                self.line(format_args!("{time} fill {order} {fill} {correlation}"))
            }
            News::Alert(alert) => self.alert(alert),
        }
    }

    /// Adds an alert.
    ///
    /// # Errors
    /// [`RunError::Log`].
    pub fn alert(&mut self, alert: &Alert) -> Result<(), RunError> {
        let Alert { time, level, rule, message, .. } = alert;
        self.line(format_args!("{} alert {level} {rule} {message}", time.as_nanos()))
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

    /// Gives the file its name; there are no more lines in it after that.
    ///
    /// # Errors
    /// [`RunError::Log`].
    pub fn finish(&mut self) -> Result<(), RunError> {
        match self.file.take() {
            Some((path, file)) => file.finish().map_err(|source| RunError::Log { path, source }),
            None => Ok(()),
        }
    }

    fn line(&mut self, line: std::fmt::Arguments<'_>) -> Result<(), RunError> {
        self.buffer.clear();
        // Writing to a string cannot fail.
        let _ = writeln!(self.buffer, "{line}");
        self.hash.update(self.buffer.as_bytes());
        self.lines += 1;
        match &mut self.file {
            Some((path, file)) => {
                file.write_all(self.buffer.as_bytes()).map_err(|source| RunError::Log { path: path.clone(), source })
            }
            None => Ok(()),
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

    #[test]
    fn the_hash_is_that_of_the_written_file() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("events.log");
        let mut log = EventLog::create(Some(&path), &[]).unwrap();
        let (time, level, rule) = (Timestamp::from_nanos(5), AlertLevel::Info, "test");
        log.alert(&Alert { id: 1, time, level, rule, instrument: None, service: None, message: "hello".to_owned() })
            .unwrap();
        log.finish().unwrap();
        let written = std::fs::read(&path).unwrap();
        assert_eq!(written, b"5 alert info test hello\n");
        let expected: String = Sha256::digest(&written).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(log.sha256(), expected);
    }
}
