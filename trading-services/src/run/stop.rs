//! Who may end a run, and why did it end.

use std::fmt;

use tokio::sync::watch;

/// Why a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum StopReason {
    /// The venue has no more messages.
    EndOfStream,
    /// Somebody asked for it (Ctrl-C).
    Requested,
    /// The time of `--for` is over.
    Duration,
    /// The number of `--events` is reached.
    EventLimit,
    /// Something failed.
    Failure,
}

/// Asks a run to end. Dropping it does not.
#[derive(Debug, Clone)]
pub struct StopHandle(watch::Sender<bool>);

/// Hears that a run is to end.
#[derive(Debug, Clone)]
pub struct StopSignal(watch::Receiver<bool>);

/// Both ends of a request to stop.
///
/// ```
/// let (stop, signal) = trading_services::stop_signal();
/// assert!(!signal.is_requested());
/// stop.request();
/// assert!(signal.is_requested());
/// ```
pub fn stop_signal() -> (StopHandle, StopSignal) {
    let (sender, receiver) = watch::channel(false);
    (StopHandle(sender), StopSignal(receiver))
}

impl StopHandle {
    /// Asks; asking again changes nothing.
    pub fn request(&self) {
        self.0.send_replace(true);
    }
}

impl StopSignal {
    /// Whether somebody asked.
    pub fn is_requested(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits until somebody asks; forever when nobody can any more.
    pub async fn requested(&mut self) {
        if self.0.wait_for(|requested| *requested).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

impl fmt::Display for StopReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::EndOfStream => "end of stream",
            Self::Requested => "stop requested",
            Self::Duration => "duration reached",
            Self::EventLimit => "event limit reached",
            Self::Failure => "failure",
        })
    }
}
