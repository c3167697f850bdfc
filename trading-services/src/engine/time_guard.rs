//! Receive times that are out of line, which must not move the clock.

use std::time::Duration;

use crate::model::{EventKind, MarketEvent, Timestamp};

/// Where a venue tells no times at all, a pause of so long is believed; a longer one needs a second opinion.
const LONG: Duration = Duration::from_secs(3_600);

/// Receive times of several connections, and the times that a venue tells of them, are not so far apart: a step back of more is
/// one of the receiver's clock, and a step ahead of more needs the word of the venue.
pub(super) const BACK: Duration = Duration::from_secs(60);

/// 2001-09-09: a venue's time before it is no time.
const FIRST: Timestamp = Timestamp::from_nanos(1_000_000_000_000_000_000);

/// Holds the time back when receive times jump: the clock never goes back, and every cool-down would hold until then.
///
/// A jump ahead is believed when the venue's own time in a message agrees with it, or is as far from it as before: the
/// receiver's clock may be wrong all the time. A message without such a time waits for one that has it, a minute at most unless the
/// jump is a long one. Where the venue tells no times at all, only a long jump is held back, and the receive time of the next
/// message has to do; else that is of the same clock, and is no second opinion. A jump back is never followed. While receive times are out of line the venue's
/// own time goes on in their place.
#[derive(Debug, Default)]
pub(super) struct TimeGuard {
    /// Whether the venue has told a time yet.
    is_told: bool,
    /// The last receive time that was believed of a message with a time of the venue, and that.
    known: Option<(Timestamp, Timestamp)>,
    /// A receive time that is out of line, and about which the venue has not said a word.
    suspect: Option<Timestamp>,
    /// Messages that wait for that word. They are counted when it is against them.
    waiting: u64,
    jumps: u64,
    trouble: Option<String>,
}

/// What is to be thought of a receive time.
enum Verdict {
    Right,
    Wrong(Duration, &'static str),
    /// Later messages will show.
    Open,
}

impl TimeGuard {
    /// The time that holds in place of the message's own, if that is not to be believed; `last` is the time until now.
    pub(super) fn bound(&mut self, event: &MarketEvent, last: Timestamp) -> Option<Timestamp> {
        let (received, told) = (event.received, told_time(event));
        self.is_told |= told.is_some();
        match self.judge(received, told, last) {
            Verdict::Right => {
                (self.suspect, self.waiting, self.trouble) = (None, 0, None);
                self.known = told.map(|told| (received, told)).or(self.known);
                return None;
            }
            Verdict::Wrong(by, direction) => self.jumped(by, direction),
            Verdict::Open => self.waiting += 1,
        }
        let told = told.map(|told| self.by_our_clock(told)).filter(|time| is_near(*time, last, LONG));
        Some(told.map_or(last, |time| time.max(last)))
    }

    fn judge(&mut self, received: Timestamp, told: Option<Timestamp>, last: Timestamp) -> Verdict {
        let (ahead, behind) = (received.since(last), last.since(received));
        // Before the first message there is nothing to measure by.
        if last == Timestamp::default() || (ahead <= BACK && behind <= BACK) {
            // Those that have waited were wrong.
            self.jumps += self.waiting;
            return Verdict::Right;
        }
        if behind > BACK {
            self.suspect = None;
            return Verdict::Wrong(behind, "behind");
        }
        // What happened long before something that is known says nothing of now.
        let is_news = |told: &Timestamp| self.known.is_none_or(|(_, known)| known.since(*told) <= BACK);
        let before = self.suspect.take();
        if let Some(told) = told.filter(is_news) {
            let agrees = [told, self.by_our_clock(told)].into_iter().any(|time| is_near(time, received, BACK));
            // Without anything to compare it with, the distance of the two clocks may be what it always is.
            let is_usual = self.known.is_none() && ahead <= LONG;
            return if agrees || is_usual { Verdict::Right } else { Verdict::Wrong(ahead, "ahead of") };
        }
        if ahead > LONG {
            self.suspect = Some(received);
            let is_seconded = !self.is_told && before.is_some_and(|before| is_near(before, received, LONG));
            return if is_seconded { Verdict::Right } else { Verdict::Wrong(ahead, "ahead of") };
        }
        let suspect = before.filter(|before| *before <= received).unwrap_or(received);
        self.suspect = Some(suspect);
        // Where the venue tells times, it has a minute to say that this one is wrong.
        if !self.is_told || received.since(suspect) > BACK { Verdict::Right } else { Verdict::Open }
    }

    /// What a time of the venue is by the clock that receives its messages.
    fn by_our_clock(&self, told: Timestamp) -> Timestamp {
        self.known.map_or(told, |(received, known)| received.saturating_add(told.since(known)))
    }

    fn jumped(&mut self, by: Duration, direction: &str) {
        self.jumps += 1 + std::mem::take(&mut self.waiting);
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
    // The time of a row of a history of funding is when that was paid.
    let is_of_now = !matches!(event.kind, EventKind::Funding(_));
    event.venue_time().filter(|time| is_of_now && *time >= FIRST)
}

fn is_near(one: Timestamp, other: Timestamp, most: Duration) -> bool {
    one.since(other) <= most && other.since(one) <= most
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::BookTicker;

    const MINUTE: u64 = 60;
    const HOUR: u64 = 3_600;

    fn at(seconds: u64) -> Timestamp {
        FIRST.saturating_add(Duration::from_secs(seconds))
    }

    fn event(seconds: u64, told: Option<u64>) -> MarketEvent {
        let ticker = BookTicker { update_id: None, bid: None, ask: None, time: told.map(at) };
        MarketEvent {
            instrument: "binance:X".parse().unwrap(),
            received: at(seconds),
            kind: EventKind::BookTicker(ticker),
        }
    }

    /// What the guard says of messages with these receive times and times of the venue, in units of so many seconds: the time after
    /// each, whether it was held back, and how many jumps there were.
    fn guarded(unit: u64, told: &[(u64, Option<u64>)]) -> (Vec<u64>, Vec<bool>, u64) {
        let (mut guard, mut last) = (TimeGuard::default(), Timestamp::default());
        let mut bound = |(received, told): &(u64, Option<u64>)| {
            let event = event(received * unit, told.map(|told| told * unit));
            let bounded = guard.bound(&event, last);
            last = last.max(bounded.unwrap_or(event.received));
            (last.since(FIRST).as_secs() / unit, bounded.is_some())
        };
        let (times, held) = told.iter().map(&mut bound).unzip();
        (times, held, guard.jumps())
    }

    fn held(told: &[(u64, Option<u64>)]) -> Vec<bool> {
        guarded(HOUR, told).1
    }

    #[test]
    fn one_time_that_is_out_of_line_is_held_back() {
        assert_eq!(held(&[(1, Some(1)), (24_000, Some(1)), (1, Some(1)), (1, None)]), [false, true, false, false]);
        let minutes = [(1, Some(1)), (1, Some(1)), (11, Some(1)), (2, Some(2))];
        assert_eq!(guarded(MINUTE, &minutes), (vec![1, 1, 1, 2], vec![false, false, true, false], 1));
    }

    #[test]
    fn a_pause_is_believed_when_the_venue_says_so_or_where_it_says_nothing_the_next_message() {
        assert_eq!(held(&[(1, None), (9, Some(9)), (10, Some(10))]), [false, false, false]);
        assert_eq!(held(&[(1, None), (9, None), (9, None), (9, None)]), [false, true, false, false]);
        assert_eq!(held(&[(1, None), (2, None)]), [false, false], "an hour is not long");
        assert_eq!(held(&[(1, Some(1)), (9, None), (9, None), (9, Some(9))]), [false, true, true, false]);
        let minutes = [(1, Some(1)), (1, Some(1)), (11, Some(11)), (22, Some(22))];
        assert_eq!(guarded(MINUTE, &minutes), (vec![1, 1, 11, 22], vec![false; 4], 0));
    }

    #[test]
    fn a_message_without_a_time_of_the_venue_waits_for_one_that_has_it() {
        // A pause; a receive time that is wrong, by the venue's word and by the next message.
        let told = [(1, Some(1)), (11, None), (11, Some(11))];
        assert_eq!(guarded(MINUTE, &told), (vec![1, 1, 11], vec![false, true, false], 0));
        let told = [(1, Some(1)), (11, None), (11, Some(1)), (1, Some(1))];
        assert_eq!(guarded(MINUTE, &told), (vec![1, 1, 1, 1], vec![false, true, true, false], 2));
        let told = [(1, Some(1)), (11, None), (1, None)];
        assert_eq!(guarded(MINUTE, &told), (vec![1, 1, 1], vec![false, true, false], 1));
    }

    #[test]
    fn a_venue_that_tells_no_time_for_a_minute_has_no_say() {
        let told = [(1, Some(1)), (11, None), (12, None), (13, None), (14, None)];
        assert_eq!(guarded(MINUTE, &told), (vec![1, 1, 1, 13, 14], vec![false, true, true, false, false], 0));
    }

    #[test]
    fn what_happened_before_the_pause_says_nothing_of_its_length() {
        let told = [(1, Some(1)), (9, Some(9)), (19, Some(5)), (19, Some(19))];
        assert_eq!(guarded(MINUTE, &told), (vec![1, 9, 9, 19], vec![false, false, true, false], 0));
    }

    #[test]
    fn a_clock_that_is_wrong_all_the_time_measures_pauses_as_well_as_another_one() {
        for wrong in [[7, 8, 18], [2, 3, 13]] {
            let [first, second, third] = wrong;
            let told = [(first, Some(4)), (second, Some(5)), (third, Some(15)), (third + 1, Some(16))];
            assert_eq!(guarded(MINUTE, &told).2, 0, "{told:?}");
        }
        // And it may be set right meanwhile.
        let told = [(2, Some(7)), (2, Some(7)), (17, Some(17))];
        assert_eq!(guarded(MINUTE, &told), (vec![2, 2, 17], vec![false; 3], 0));
    }

    #[test]
    fn a_jump_ahead_that_lasts_is_not_followed_while_the_venue_says_otherwise() {
        let told =
            [(1, Some(1)), (50_000, Some(1)), (50_000, None), (50_001, Some(2)), (50_002, Some(3)), (3, Some(3))];
        assert_eq!(guarded(HOUR, &told), (vec![1, 1, 1, 2, 3, 3], vec![false, true, true, true, true, false], 4));
        let told = [(1, Some(1)), (11, Some(1)), (11, None), (12, Some(2)), (12, None), (13, Some(3)), (3, Some(3))];
        let held = vec![false, true, true, true, true, true, false];
        assert_eq!(guarded(MINUTE, &told), (vec![1, 1, 1, 2, 2, 3, 3], held, 5));
    }

    #[test]
    fn a_jump_back_is_named_and_the_venues_time_goes_on() {
        let told = [(100, Some(100)), (1, Some(100)), (2, Some(101)), (3, None), (102, Some(102))];
        assert_eq!(guarded(HOUR, &told), (vec![100, 100, 101, 101, 102], vec![false, true, true, true, false], 3));
    }
}
