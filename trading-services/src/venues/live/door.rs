//! The connections that a host lets in: so many in a time, and none while it bans us.

use std::sync::Mutex;
use std::time::Duration;

use tokio::time::Instant;

use super::budget::Budget;
use super::{Limit, LiveError};
use crate::sync::lock;

/// The way into one host, whoever connects: it outlives connections, so that a venue that is tried again and again is not asked
/// more often than one connection would ask it.
#[derive(Debug, Default)]
pub(super) struct Door {
    /// Until when nobody may connect.
    blocked: Mutex<Option<Instant>>,
    made: Mutex<Budget>,
}

impl Door {
    /// Counts a connection that is about to be made.
    ///
    /// # Errors
    /// [`LiveError::Limited`] when the host lets nobody in now.
    pub(super) fn enter(&self, limit: Limit) -> Result<(), LiveError> {
        let left = lock(&self.blocked).and_then(|until| until.checked_duration_since(Instant::now()));
        match left.filter(|left| !left.is_zero()) {
            Some(retry_after) => Err(LiveError::Limited { retry_after }),
            None => lock(&self.made).spend(1, limit).map_err(|retry_after| LiveError::Limited { retry_after }),
        }
    }

    /// The host has said that it is not to be asked for so long; a shorter time does not end a longer one.
    pub(super) fn block(&self, pause: Duration) {
        let until = Instant::now().checked_add(pause);
        let mut blocked = lock(&self.blocked);
        *blocked = (*blocked).max(until);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Limit = Limit { weight: 300, window: Duration::from_secs(300) };

    #[tokio::test(start_paused = true)]
    async fn no_five_minutes_have_more_connections_than_the_host_lets_in() {
        let door = Door::default();
        let made = (0..1_000).take_while(|_| door.enter(LIMIT).is_ok()).count();
        assert_eq!(made, 270, "nine tenths of them");
        let error = door.enter(LIMIT).unwrap_err();
        assert_eq!(error.retry_after(), Some(LIMIT.window));
        tokio::time::sleep(LIMIT.window).await;
        assert!(door.enter(LIMIT).is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn a_ban_holds_for_whoever_connects_until_it_is_over() {
        let door = Door::default();
        door.block(Duration::from_secs(3_600));
        door.block(Duration::from_secs(1));
        assert_eq!(door.enter(LIMIT).unwrap_err().retry_after(), Some(Duration::from_secs(3_600)));
        tokio::time::sleep(Duration::from_secs(3_600)).await;
        assert!(door.enter(LIMIT).is_ok());
    }
}
