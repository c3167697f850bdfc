//! Receive times that are out of line, which must not move the clock.

use std::time::Duration;

use crate::model::{EventKind, MarketEvent, Timestamp};

/// A pause of so long is believed; a longer one needs a second opinion.
const LONG: Duration = Duration::from_secs(3_600);

/// A step back of so long is one of the receiver's clock: messages of several connections are not so far apart.
pub(super) const BACK: Duration = Duration::from_secs(60);

/// 2001-09-09: a venue's time before it is no time.
const FIRST: Timestamp = Timestamp::from_nanos(1_000_000_000_000_000_000);

/// Holds the time back when receive times jump: the clock never goes back, and every cool-down would hold until then.
///
/// A jump ahead is believed when the venue's own time in a message agrees with it. Where the venue tells no times at all,
/// the receive time of the next message has to do; else that is of the same clock, and is no second opinion. A jump back is
/// never followed. While receive times are out of line the venue's own time goes on in their place.
#[derive(Debug, Default)]
pub(super) struct TimeGuard {
    suspect: Option<Timestamp>,
    /// Whether the venue has told a time yet.
    is_told: bool,
    jumps: u64,
    trouble: Option<String>,
}

impl TimeGuard {
    /// The time that holds in place of the message's own, if that is not to be believed; `last` is the time until now.
    pub(super) fn bound(&mut self, event: &MarketEvent, last: Timestamp) -> Option<Timestamp> {
        let (received, told) = (event.received, told_time(event));
        self.is_told |= told.is_some();
        let (ahead, behind) = (received.since(last), last.since(received));
        // Before the first message there is nothing to measure by.
        let is_in_line = last == Timestamp::default() || (ahead <= LONG && behind <= BACK);
        let agrees = |time: Timestamp| is_near(time, received);
        let is_believed = match told {
            Some(time) => agrees(time),
            None => !self.is_told && self.suspect.is_some_and(agrees),
        };
        if is_in_line || (ahead > LONG && is_believed) {
            (self.suspect, self.trouble) = (None, None);
            return None;
        }
        self.suspect = (ahead > LONG).then_some(received);
        self.jumped(if ahead > LONG { (ahead, "ahead of") } else { (behind, "behind") });
        Some(told.filter(|time| is_near(*time, last)).map_or(last, |time| time.max(last)))
    }

    fn jumped(&mut self, (by, direction): (Duration, &str)) {
        self.jumps += 1;
        let by = humantime::format_duration(Duration::from_secs(by.as_secs()));
        self.trouble = Some(format!("receive times are {by} {direction} those before; they do not move the clock"));
    }

    /// How often the time was held back.
    pub(super) fn jumps(&self) -> u64 {
        self.jumps
    }

    /// How the last receive time was out of line, if it was.
    pub(super) fn trouble(&self) -> Option<&str> {
        self.trouble.as_deref()
    }
}

/// What time it is, as the venue says in a message.
pub(super) fn told_time(event: &MarketEvent) -> Option<Timestamp> {
    // The time of a funding is when it is due.
    let is_of_now = !matches!(event.kind, EventKind::Funding(_));
    event.venue_time().filter(|time| is_of_now && *time >= FIRST)
}

fn is_near(one: Timestamp, other: Timestamp) -> bool {
    one.since(other) <= LONG && other.since(one) <= LONG
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::BookTicker;

    const HOUR: u64 = 3_600_000_000_000;

    fn at(hours: u64) -> Timestamp {
        FIRST.saturating_add(Duration::from_nanos(hours * HOUR))
    }

    fn event(hours: u64, venue: Option<u64>) -> MarketEvent {
        let ticker = BookTicker { update_id: None, bid: None, ask: None, time: venue.map(at) };
        MarketEvent {
            instrument: "binance:X".parse().unwrap(),
            received: at(hours),
            kind: EventKind::BookTicker(ticker),
        }
    }

    /// The time after each of these receive times, in hours, with the venue's time if there is one; `None` where the receive
    /// time was not believed.
    fn times(times: &[(u64, Option<u64>)]) -> (Vec<u64>, Vec<bool>) {
        let (mut guard, mut last) = (TimeGuard::default(), Timestamp::default());
        let mut bound = |(hours, venue): &(u64, Option<u64>)| {
            let event = event(*hours, *venue);
            let bounded = guard.bound(&event, last);
            assert_eq!(guard.trouble().is_some(), bounded.is_some());
            last = last.max(bounded.unwrap_or(event.received));
            (last.since(FIRST).as_nanos() as u64 / HOUR, bounded.is_some())
        };
        times.iter().map(&mut bound).unzip()
    }

    fn held(told: &[(u64, Option<u64>)]) -> Vec<bool> {
        times(told).1
    }

    #[test]
    fn one_time_that_is_out_of_line_is_held_back() {
        assert_eq!(held(&[(1, Some(1)), (24_000, Some(1)), (1, Some(1)), (2, None)]), [false, true, false, false]);
    }

    #[test]
    fn a_pause_is_believed_when_the_venue_says_so_or_where_it_says_nothing_the_next_message() {
        assert_eq!(held(&[(1, None), (9, Some(9)), (10, None)]), [false, false, false]);
        assert_eq!(held(&[(1, None), (9, None), (9, None), (9, None)]), [false, true, false, false]);
        assert_eq!(held(&[(1, None), (2, None)]), [false, false], "an hour is not long");
        assert_eq!(held(&[(1, Some(1)), (9, None), (9, None), (9, Some(9))]), [false, true, true, false]);
    }

    #[test]
    fn a_jump_ahead_that_lasts_is_not_followed_while_the_venue_says_otherwise() {
        let told =
            [(1, Some(1)), (50_000, Some(1)), (50_000, None), (50_001, Some(2)), (50_002, Some(3)), (3, Some(3))];
        assert_eq!(times(&told), (vec![1, 1, 1, 2, 3, 3], vec![false, true, true, true, true, false]));
    }

    #[test]
    fn a_jump_back_is_named_and_the_venues_time_goes_on() {
        let told = [(100, Some(100)), (1, Some(100)), (2, Some(101)), (3, None), (102, Some(102))];
        assert_eq!(times(&told), (vec![100, 100, 101, 101, 102], vec![false, true, true, true, false]));
    }
}
