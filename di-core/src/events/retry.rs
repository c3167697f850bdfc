//! Retries of a delivery: how often, and after which pauses.

use std::fmt::Write;
use std::future::Future;
use std::time::Duration;

use crate::error::BoxError;
use crate::panics::caught_async;

/// The retries of a handler: after each failure a pause, twice as long as the one before.
///
/// The pauses are those of tokio's clock, so that tests can skip them. Later events wait meanwhile, because a handler
/// sees events in their order.
///
/// ```
/// use std::time::Duration;
/// use di_core::events::Retry;
///
/// let pauses: Vec<Duration> = Retry::default().pauses().collect();
/// assert_eq!(pauses, [100, 200, 400].map(Duration::from_millis));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retry {
    /// How often it is tried again after the first failure: three times by default.
    pub times: u32,
    /// The first pause: 100 ms by default.
    pub first: Duration,
}

impl Default for Retry {
    fn default() -> Self {
        Self { times: 3, first: Duration::from_millis(100) }
    }
}

impl Retry {
    /// No second attempt.
    pub const NEVER: Self = Self { times: 0, first: Duration::ZERO };

    /// The pauses between attempts.
    pub fn pauses(self) -> impl Iterator<Item = Duration> + Send {
        (0..self.times).map(move |nth| self.first.saturating_mul(1_u32.checked_shl(nth).unwrap_or(u32::MAX)))
    }
}

/// What the last of several attempts said.
#[derive(Debug)]
pub(super) struct GivenUp {
    pub(super) attempts: u32,
    pub(super) error: String,
}

/// Tries until it succeeds or the pauses are used up.
pub(super) async fn attempt<R>(retry: Retry, mut once: impl FnMut() -> R) -> Result<(), GivenUp>
where
    R: Future<Output = Result<(), BoxError>>,
{
    let mut pauses = retry.pauses();
    let mut attempts = 0;
    loop {
        attempts += 1;
        // The call is inside the caught future too: what makes the future may panic as well.
        let error = match caught_async(async { once().await }).await {
            Ok(Ok(())) => return Ok(()),
            Ok(Err(error)) => with_causes(&error),
            Err(panic) => format!("it panicked: {panic}"),
        };
        let Some(pause) = pauses.next() else { return Err(GivenUp { attempts, error }) };
        tokio::time::sleep(pause).await;
    }
}

/// An error in one line, as it is to be read in a report.
fn with_causes(error: &BoxError) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        // Writing to a `String` cannot fail.
        let _ = write!(text, ": {next}");
        cause = next.source();
    }
    text
}
