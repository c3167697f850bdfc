//! The last lines of the log: a layer of `tracing` that collects them, and the service that answers them.

use std::collections::VecDeque;
use std::fmt::{self, Write};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::SystemTime;

use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;

use crate::ports::{IRecentLog, LogLevel, LogLine};
use crate::sync::lock;

/// So many lines are remembered.
const LINES: usize = 2_000;

/// So many bytes of a line at most.
const LENGTH: usize = 2_000;

/// Collects the last lines that are logged. A clone has the same lines.
///
/// A process has one log, and the containers in it have none of their own: who sets up the log adds this layer to it, and
/// shows it to the [`RecentLog`] of the container.
///
/// ```
/// use tracing_subscriber::layer::SubscriberExt;
/// use trading_services::monitoring::{LogTail, RecentLog};
/// use trading_services::ports::{IRecentLog, LogLevel};
///
/// let (tail, log) = (LogTail::default(), RecentLog::default());
/// log.show(tail.clone());
/// tracing::subscriber::with_default(tracing_subscriber::registry().with(tail), || {
///     tracing::info!("all is well");
///     tracing::warn!(left = 3, "the disk fills");
/// });
/// let lines = log.lines(LogLevel::Warn);
/// assert_eq!((lines.len(), lines[0].message.as_str()), (1, "the disk fills left=3"));
/// ```
#[derive(Debug, Clone, Default)]
pub struct LogTail {
    kept: Arc<Mutex<Kept>>,
}

#[derive(Debug, Default)]
struct Kept {
    count: u64,
    lines: VecDeque<LogLine>,
}

/// Answers the lines of the [`LogTail`] that it was shown; none without one.
#[di_core::service(provides = IRecentLog)]
#[derive(Debug, Default)]
pub struct RecentLog {
    #[inject(default)]
    tail: OnceLock<LogTail>,
}

impl RecentLog {
    /// Answers the lines of `tail` from now on; a second one is not taken.
    pub fn show(&self, tail: LogTail) {
        let _first = self.tail.set(tail);
    }
}

impl IRecentLog for RecentLog {
    fn lines(&self, least: LogLevel) -> Vec<LogLine> {
        let Some(tail) = self.tail.get() else { return Vec::new() };
        let kept = lock(&tail.kept);
        kept.lines.iter().rev().filter(|line| line.level >= least).cloned().collect()
    }
}

impl<S: Subscriber> Layer<S> for LogTail {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let (metadata, mut text) = (event.metadata(), Text::default());
        event.record(&mut text);
        let level = match *metadata.level() {
            Level::ERROR => LogLevel::Error,
            Level::WARN => LogLevel::Warn,
            Level::INFO => LogLevel::Info,
            Level::DEBUG => LogLevel::Debug,
            Level::TRACE => LogLevel::Trace,
        };
        let (time, target, message) = (SystemTime::now().into(), metadata.target().to_owned(), text.line());
        let mut kept = lock(&self.kept);
        kept.count += 1;
        let number = kept.count;
        if kept.lines.len() >= LINES {
            kept.lines.pop_front();
        }
        kept.lines.push_back(LogLine { number, time, level, target, message });
    }
}

/// The message of an event, and its fields after it.
#[derive(Debug, Default)]
struct Text {
    message: String,
    fields: String,
}

impl Text {
    fn line(self) -> String {
        let mut line = self.message + &self.fields;
        if line.len() > LENGTH {
            line.truncate(line.floor_char_boundary(LENGTH));
            line.push('…');
        }
        line
    }
}

impl Visit for Text {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.record_debug(field, &format_args!("{value}"));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        // A string takes all that is written.
        let _ = match field.name() {
            "message" => write!(self.message, "{value:?}"),
            name => write!(self.fields, " {name}={value:?}"),
        };
    }
}

#[cfg(test)]
mod tests {
    use tracing_subscriber::layer::SubscriberExt;

    use super::*;

    #[test]
    fn the_last_lines_are_remembered_and_a_long_one_is_cut() {
        let (tail, log) = (LogTail::default(), RecentLog::default());
        assert!(log.lines(LogLevel::Trace).is_empty());
        log.show(tail.clone());
        tracing::subscriber::with_default(tracing_subscriber::registry().with(tail), || {
            for number in 0..LINES {
                tracing::debug!("line {number}");
            }
            tracing::error!(name = "<b>", "{}", "ä".repeat(LENGTH));
        });
        let lines = log.lines(LogLevel::Trace);
        assert_eq!(lines.len(), LINES);
        assert_eq!((lines[0].number, lines[0].message.chars().last()), (LINES as u64 + 1, Some('…')));
        assert!(lines[0].message.len() <= LENGTH + '…'.len_utf8());
        assert_eq!(lines[LINES - 1].message, "line 1");
        assert_eq!(log.lines(LogLevel::Warn).len(), 1);
    }
}
