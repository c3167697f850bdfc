//! The log on standard error.

use std::io::{IsTerminal, stderr};

use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use trading_services::monitoring::LogTail;

/// What an operator has to know. Why a start failed is told at its end, with all that belongs to it; what does not work is
/// an alert.
const USUAL: &str = "info,di_core=warn,di_core::lifecycle::ascent=off,di_core::health=off";

/// Each service that starts and stops, too.
const VERBOSE: &str = "info";

/// Logs to standard error; `RUST_LOG` decides what, and if it does not, `verbose`. Returns what has the last lines.
pub(crate) fn begin(verbose: bool) -> LogTail {
    let usual = if verbose { VERBOSE } else { USUAL };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(usual));
    // Alerts have the event's own time; the machine's time beside it would only confuse.
    let lines = tracing_subscriber::fmt::layer().without_time().with_ansi(stderr().is_terminal()).with_writer(stderr);
    let tail = LogTail::default();
    tracing_subscriber::registry().with(filter).with(lines).with(tail.clone()).init();
    tail
}
