//! The time source of the lifecycle, so that a test can hold the clock.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use tokio::time::Instant;

/// A future that ends at a moment.
pub type Sleep = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A clock that never goes back, and can wait.
///
/// Moments are durations since a beginning of the clock's own choice.
///
/// ```
/// use std::time::Duration;
/// use di_core::lifecycle::{Sleep, Time};
///
/// /// A clock that stands still: whoever waits for it waits for ever.
/// #[derive(Debug)]
/// struct Stopped;
///
/// impl Time for Stopped {
///     fn now(&self) -> Duration { Duration::ZERO }
///     fn sleep_until(&self, _moment: Duration) -> Sleep { Box::pin(std::future::pending()) }
/// }
/// ```
pub trait Time: fmt::Debug + Send + Sync + 'static {
    /// The present moment.
    fn now(&self) -> Duration;

    /// Ends at `moment`, or at once if that has passed.
    fn sleep_until(&self, moment: Duration) -> Sleep;
}

/// Tokio's clock, which `tokio::time::pause` stops for tests.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// use std::time::Duration;
/// use di_core::lifecycle::{Time, TokioTime};
///
/// let time = TokioTime::new();
/// let moment = time.now() + Duration::from_millis(1);
/// time.sleep_until(moment).await;
/// assert!(time.now() >= moment);
/// # }
/// ```
#[derive(Debug, Clone, Copy)]
pub struct TokioTime {
    beginning: Instant,
}

impl TokioTime {
    /// A clock that begins now.
    pub fn new() -> Self {
        Self { beginning: Instant::now() }
    }
}

impl Default for TokioTime {
    fn default() -> Self {
        Self::new()
    }
}

impl Time for TokioTime {
    fn now(&self) -> Duration {
        self.beginning.elapsed()
    }

    fn sleep_until(&self, moment: Duration) -> Sleep {
        match self.beginning.checked_add(moment) {
            Some(moment) => Box::pin(tokio::time::sleep_until(moment)),
            // A moment beyond what the platform can express never comes.
            None => Box::pin(std::future::pending()),
        }
    }
}
