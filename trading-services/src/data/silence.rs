//! Time on the wall without any message about the market.

use std::sync::Mutex;
use std::time::Duration;

use di_core::lifecycle::Time;

use crate::sync::lock;

/// How often it looks.
const INTERVAL: Duration = Duration::from_secs(1);

/// The time since the number of messages last changed. It counts from outside, so that a message costs no look at the
/// machine's clock.
#[derive(Debug, Default)]
pub(super) struct Silence(Mutex<Duration>);

impl Silence {
    /// How long it has lasted; zero while messages come, and before anybody looks.
    pub(super) fn duration(&self) -> Duration {
        *lock(&self.0)
    }

    /// Looks at the number of messages until it is dropped, and says once when there were none for `limit`.
    pub(super) async fn watch(&self, time: &dyn Time, limit: Duration, messages: impl Fn() -> u64) {
        let (mut last, mut since) = (messages(), time.now());
        loop {
            let before = self.duration();
            time.sleep_until(time.now() + INTERVAL).await;
            let (now, count) = (time.now(), messages());
            if count != last {
                (last, since) = (count, now);
            }
            let silence = now.saturating_sub(since);
            *lock(&self.0) = silence;
            if silence >= limit && before < limit {
                tracing::warn!("no message about the market for {}", humantime::format_duration(limit));
            } else if before >= limit && silence < limit {
                tracing::info!("messages about the market come again");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};

    use di_core::lifecycle::TokioTime;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn silence_lasts_until_the_next_message() {
        let (silence, messages) = (Arc::new(Silence::default()), Arc::new(AtomicU64::new(0)));
        let (watched, count) = (Arc::clone(&silence), Arc::clone(&messages));
        let watching = tokio::spawn(async move {
            watched.watch(&TokioTime::new(), Duration::from_secs(5), || count.load(Ordering::Relaxed)).await;
        });
        tokio::time::sleep(Duration::from_millis(7_500)).await;
        assert_eq!(silence.duration(), Duration::from_secs(7));
        messages.store(1, Ordering::Relaxed);
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert_eq!(silence.duration(), Duration::ZERO);
        watching.abort();
    }
}
