//! The pace of requests that nobody waits for.

use std::time::Duration;

use backon::ExponentialBackoff;

use super::Settings;
use super::session::pauses;
use crate::ports::ExchangeError;

/// However long a venue is not to be asked, whether the stream is still read is looked at so often.
pub(super) const LONGEST: Duration = Duration::from_secs(60);

/// The pauses after requests: the first one after an answer, longer ones as long as the venue does not answer. Whoever waits for
/// a book has waited as long, and is first.
#[derive(Debug)]
pub(super) struct Pace {
    first: Duration,
    longest: Duration,
    longer: ExponentialBackoff,
}

impl Pace {
    pub(super) fn new(settings: &Settings) -> Self {
        Self { first: settings.first_pause, longest: settings.longest_pause, longer: pauses(settings) }
    }

    /// After an answer, or an error with which nothing more can be expected.
    pub(super) fn after_answer(&self) -> Duration {
        self.first.min(LONGEST)
    }

    /// After an error with which it is to be asked again.
    pub(super) fn after_error(&mut self, error: &ExchangeError) -> Duration {
        let pause = self.after_unread();
        error.retry_after().map_or(pause, |wish| wish.saturating_add(self.first)).min(LONGEST)
    }

    /// After an answer that is not understood, and is to be asked for again.
    pub(super) fn after_unread(&mut self) -> Duration {
        self.longer.next().unwrap_or(self.longest).min(LONGEST)
    }
}
