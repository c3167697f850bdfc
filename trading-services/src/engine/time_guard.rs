//! Receive times that are out of line, which must not move the clock.

use std::time::Duration;

use crate::model::{MarketEvent, Timestamp};

/// A pause of so long is believed; a longer one needs a second opinion.
const LONG: Duration = Duration::from_secs(3_600);

/// Holds the time back when a single receive time jumps ahead: the clock never goes back, and every cool-down would hold
/// until then.
///
/// A jump is believed when the venue's own time in the same message agrees with it, or the next message's time does.
#[derive(Debug, Default)]
pub(super) struct TimeGuard {
    suspect: Option<Timestamp>,
    jumps: u64,
}

impl TimeGuard {
    /// The message with the time `last` in place of its own, if that is not to be believed.
    pub(super) fn bound(&mut self, event: &MarketEvent, last: Timestamp) -> Option<MarketEvent> {
        let received = event.received;
        if last == Timestamp::default() || received.since(last) <= LONG {
            self.suspect = None;
            return None;
        }
        let agrees = |time: Timestamp| received.since(time) <= LONG && time.since(received) <= LONG;
        if event.venue_time().is_some_and(agrees) || self.suspect.is_some_and(agrees) {
            self.suspect = None;
            return None;
        }
        self.suspect = Some(received);
        self.jumps += 1;
        Some(MarketEvent { received: last, ..event.clone() })
    }

    /// How often the time was held back.
    pub(super) fn jumps(&self) -> u64 {
        self.jumps
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{BookTicker, EventKind};

    /// Which of the receive times are held back, in hours, and the venue's time with each if there is one.
    fn held(times: &[(u64, Option<u64>)]) -> Vec<bool> {
        let at = |hours: u64| Timestamp::from_nanos(hours * 3_600_000_000_000 + 1);
        let (mut guard, mut last) = (TimeGuard::default(), Timestamp::default());
        let mut bound = |(hours, venue): &(u64, Option<u64>)| {
            let ticker = BookTicker { update_id: None, bid: None, ask: None, time: venue.map(at) };
            let (instrument, kind) = ("binance:X".parse().unwrap(), EventKind::BookTicker(ticker));
            let event = MarketEvent { instrument, received: at(*hours), kind };
            let bounded = guard.bound(&event, last);
            last = last.max(bounded.as_ref().unwrap_or(&event).received);
            bounded.is_some()
        };
        times.iter().map(&mut bound).collect()
    }

    #[test]
    fn one_time_that_is_out_of_line_is_held_back() {
        assert_eq!(held(&[(1, Some(1)), (24_000, Some(1)), (1, Some(1)), (2, None)]), [false, true, false, false]);
    }

    #[test]
    fn a_pause_is_believed_when_the_venue_or_the_next_message_says_so() {
        assert_eq!(held(&[(1, None), (9, Some(9)), (10, None)]), [false, false, false]);
        assert_eq!(held(&[(1, None), (9, None), (9, None), (9, None)]), [false, true, false, false]);
        assert_eq!(held(&[(1, None), (2, None)]), [false, false], "an hour is not long");
    }
}
