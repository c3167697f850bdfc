//! The log on standard error.

use std::io::{IsTerminal, stderr};

use tracing_subscriber::EnvFilter;

/// What an operator has to know. Why a start failed is told at its end, with all that belongs to it; what does not work is
/// an alert.
const USUAL: &str = "info,di_core=warn,di_core::lifecycle::ascent=off,di_core::health=off";

/// Each service that starts and stops, too.
const VERBOSE: &str = "info";

/// Logs to standard error; `RUST_LOG` decides what, and if it does not, `verbose`.
pub(crate) fn begin(verbose: bool) {
    let usual = if verbose { VERBOSE } else { USUAL };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(usual));
    // Alerts have the event's own time; the machine's time beside it would only confuse.
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .without_time()
        .with_ansi(stderr().is_terminal())
        .with_writer(stderr)
        .init();
}
