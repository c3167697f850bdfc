//! The signal that asks for a reload: SIGHUP, where there are such signals.

#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Hears the signal; from then on it does not end the process any more.
pub(super) struct Hangup {
    #[cfg(unix)]
    signal: Signal,
}

#[cfg(unix)]
impl Hangup {
    pub(super) fn listen() -> std::io::Result<Self> {
        Ok(Self { signal: signal(SignalKind::hangup())? })
    }

    /// Waits for the next one; `false` if none can come.
    pub(super) async fn heard(&mut self) -> bool {
        self.signal.recv().await.is_some()
    }
}

#[cfg(not(unix))]
impl Hangup {
    pub(super) fn listen() -> std::io::Result<Self> {
        Ok(Self {})
    }

    /// There is no such signal.
    pub(super) async fn heard(&mut self) -> bool {
        false
    }
}
