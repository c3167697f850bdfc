//! Signals: where they come from, and what the first and the second do.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;

use super::forced_exit::ForcedExit;
use super::shared_state::SharedState;
use super::stop_reason::StopReason;
use crate::error::BoxError;

/// Where signals come from: the operating system, or a test.
///
/// ```
/// use di_core::lifecycle::Signals;
/// use di_core::error::BoxError;
/// use di_core::interface;
/// use tokio::sync::mpsc;
///
/// struct Sent(mpsc::UnboundedReceiver<&'static str>);
///
/// #[interface]
/// impl Signals for Sent {
///     fn arm(&mut self) -> Result<(), BoxError> { Ok(()) }
///
///     async fn next(&mut self) -> &'static str {
///         match self.0.recv().await {
///             Some(name) => name,
///             None => std::future::pending().await,
///         }
///     }
/// }
/// ```
#[async_trait]
pub trait Signals: Send + 'static {
    /// From now on no signal is lost. It is called before anything is started.
    ///
    /// # Errors
    ///
    /// Whatever keeps signals from being received: then nothing is started.
    fn arm(&mut self) -> Result<(), BoxError>;

    /// The name of the next signal.
    async fn next(&mut self) -> &'static str;
}

/// Signals of the operating system that ask a program to end: SIGINT (Ctrl-C) and, on Unix, SIGTERM.
///
/// ```no_run
/// # use di_core::lifecycle::{Application, OsSignals, Outcome};
/// # async fn run(application: Application) -> Outcome {
/// application.run_with(OsSignals::default()).await // the same as `application.run()`
/// # }
/// ```
#[derive(Default)]
pub struct OsSignals {
    armed: Option<platform::Armed>,
}

#[async_trait]
impl Signals for OsSignals {
    fn arm(&mut self) -> Result<(), BoxError> {
        self.armed = Some(platform::Armed::new()?);
        Ok(())
    }

    async fn next(&mut self) -> &'static str {
        match &mut self.armed {
            Some(armed) => armed.next().await,
            None => std::future::pending().await,
        }
    }
}

impl fmt::Debug for OsSignals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OsSignals").field("is_armed", &self.armed.is_some()).finish()
    }
}

/// Asks to stop at the first signal, and exits at the second.
pub(super) async fn listen(
    mut signals: impl Signals,
    shared: Arc<SharedState>,
    exit: Arc<dyn Fn(ForcedExit) + Send + Sync>,
) {
    let signal = signals.next().await;
    tracing::warn!(signal, "stopping; a second signal exits at once");
    shared.request(StopReason::Signal(signal));
    let signal = signals.next().await;
    let forced = ForcedExit { signal, code: ForcedExit::CODE, still_running: shared.still_running() };
    super::outcome::say_loudly(&forced);
    exit(forced);
}

#[cfg(unix)]
mod platform {
    use tokio::signal::unix::{Signal, SignalKind, signal};

    pub(super) struct Armed {
        interrupt: Signal,
        terminate: Signal,
    }

    impl Armed {
        pub(super) fn new() -> std::io::Result<Self> {
            Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
        }

        pub(super) async fn next(&mut self) -> &'static str {
            tokio::select! {
                _ = self.interrupt.recv() => "SIGINT",
                _ = self.terminate.recv() => "SIGTERM",
            }
        }
    }
}

#[cfg(windows)]
mod platform {
    use tokio::signal::windows::{CtrlBreak, CtrlC, ctrl_break, ctrl_c};

    pub(super) struct Armed {
        interrupt: CtrlC,
        terminate: CtrlBreak,
    }

    impl Armed {
        pub(super) fn new() -> std::io::Result<Self> {
            Ok(Self { interrupt: ctrl_c()?, terminate: ctrl_break()? })
        }

        pub(super) async fn next(&mut self) -> &'static str {
            tokio::select! {
                _ = self.interrupt.recv() => "Ctrl-C",
                _ = self.terminate.recv() => "Ctrl-Break",
            }
        }
    }
}
