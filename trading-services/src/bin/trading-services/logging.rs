//! The log on standard error.

use std::io::{IsTerminal, stderr};

use clap::ValueEnum;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use trading_services::monitoring::LogTail;

/// What a line of the log looks like.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// Lines for people, with the machine's time in UTC.
    #[default]
    Human,
    /// One JSON object a line, with `timestamp`, `level`, `target` and `fields`.
    Json,
}

/// What an operator has to know. Why a start failed is told at its end, with all that belongs to it; what does not work is
/// an alert.
const USUAL: &str = "info,di_core=warn,di_core::lifecycle::ascent=off,di_core::health=off";

/// Each service that starts and stops, too.
const VERBOSE: &str = "info";

/// Logs to standard error; `RUST_LOG` decides what, and if it does not, `verbose`. Returns what has the last lines.
///
/// Each line has the machine's time. What an alert is about has a time of its own, in the field `time`: that of the event.
pub(crate) fn begin(verbose: bool, format: LogFormat) -> LogTail {
    let usual = if verbose { VERBOSE } else { USUAL };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(usual));
    let tail = LogTail::default();
    let log = tracing_subscriber::registry().with(filter).with(tail.clone());
    let lines = tracing_subscriber::fmt::layer().with_writer(stderr);
    match format {
        LogFormat::Human => log.with(lines.with_ansi(stderr().is_terminal())).init(),
        LogFormat::Json => log.with(lines.json()).init(),
    }
    tail
}
