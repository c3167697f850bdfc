//! The first messages of a run, held until one of them says what time it is.

use std::time::Duration;

use tokio::time::Instant;

use super::time_guard::{BACK, told_time};
use crate::model::{MarketEvent, Timestamp};

/// The most messages that are held. Where the venue tells no times, those that follow have to show that the first is wrong.
const MOST: u64 = 16;

/// How long messages of a live venue are held.
const PATIENCE: Duration = Duration::from_secs(1);

/// Holds the first messages until one has a time of the venue, for nothing else shows that a receive time is wrong when
/// there is none before it. Receive times that are ahead of it are bounded by it: the clock could not go back, and all that
/// follows would be out of line until it is as late as that. A receiver's clock that is right and far ahead of the venue's
/// costs one message: the next one moves the time.
#[derive(Debug)]
pub(super) struct Opening {
    held: Vec<MarketEvent>,
    /// How many are held at most; none when it is over.
    most: u64,
    /// Whether time on the wall counts: a recording gives the same events at any speed.
    is_live: bool,
    deadline: Option<Instant>,
    /// What receive times were bounded by, and how many.
    bound: Timestamp,
    jumps: u64,
}

impl Opening {
    /// An opening of a run of that venue, which is over after so many events at most.
    pub(super) fn of(exchange: &str, limit: Option<u64>) -> Self {
        let (is_true, is_live) = match exchange {
            // Its times are made, and right.
            "simulated" => (true, false),
            "replay" => (false, false),
            _ => (false, true),
        };
        let most = if is_true { 0 } else { limit.unwrap_or(MOST).min(MOST) };
        Self { held: Vec::new(), most, is_live, deadline: None, bound: Timestamp::default(), jumps: 0 }
    }

    pub(super) fn is_over(&self) -> bool {
        self.most == 0
    }

    /// When it is over for want of more messages.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.deadline
    }

    /// How many receive times were bounded.
    pub(super) fn jumps(&self) -> u64 {
        self.jumps
    }

    /// Whether the receive time of that message is one that was bounded: nothing is to be measured by it.
    pub(super) fn has_bounded(&self, event: &MarketEvent) -> bool {
        self.jumps > 0 && event.received == self.bound
    }

    /// What was wrong with the first receive times, if they were bounded.
    pub(super) fn trouble(&self) -> Option<String> {
        let trouble = "the first receive times are ahead of the venue's own time, which holds";
        (self.jumps > 0).then(|| trouble.to_owned())
    }

    /// Takes a message; returns all that were held once it is known what time it is.
    pub(super) fn admit(&mut self, event: MarketEvent) -> Vec<MarketEvent> {
        let told = told_time(&event);
        self.held.push(event);
        if self.is_live && self.deadline.is_none() {
            self.deadline = Instant::now().checked_add(PATIENCE);
        }
        match told {
            Some(time) => self.release(time),
            None if self.held.len() as u64 >= self.most => self.end(),
            None => Vec::new(),
        }
    }

    /// What is held, when nothing more comes that could say what time it is: the last message has to do.
    pub(super) fn end(&mut self) -> Vec<MarketEvent> {
        let last = self.held.last().map(|event| event.received).unwrap_or_default();
        self.release(last)
    }

    fn release(&mut self, time: Timestamp) -> Vec<MarketEvent> {
        (self.most, self.deadline, self.bound) = (0, None, time);
        let mut held = std::mem::take(&mut self.held);
        for event in held.iter_mut().filter(|event| event.received.since(time) > BACK) {
            event.received = time;
            self.jumps += 1;
        }
        held
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{BookTicker, EventKind};

    const DAY: u64 = 86_400;

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_millis(1_700_000_000_000 + seconds * 1_000).unwrap()
    }

    fn event(received: u64, told: Option<u64>) -> MarketEvent {
        let ticker = BookTicker { update_id: None, bid: None, ask: None, time: told.map(at) };
        let (instrument, kind) = ("binance:X".parse().unwrap(), EventKind::BookTicker(ticker));
        MarketEvent { instrument, received: at(received), kind }
    }

    /// The receive times of each group that is let go, in seconds, and how many were bounded.
    fn opened(exchange: &str, told: &[(u64, Option<u64>)]) -> (Vec<Vec<u64>>, u64) {
        let mut opening = Opening::of(exchange, None);
        let mut groups = Vec::new();
        let seconds =
            |events: Vec<MarketEvent>| events.iter().map(|event| event.received.since(at(0)).as_secs()).collect();
        for (received, told) in told {
            if !opening.is_over() {
                groups.push(seconds(opening.admit(event(*received, *told))));
            }
        }
        if !opening.is_over() {
            groups.push(seconds(opening.end()));
        }
        (groups, opening.jumps())
    }

    #[test]
    fn first_receive_times_ahead_of_the_first_time_of_the_venue_are_bounded_by_it() {
        let first = opened("replay", &[(DAY, Some(5))]);
        assert_eq!(first, (vec![vec![5]], 1));
        let notes = opened("binance", &[(DAY, None), (DAY, None), (DAY, Some(7)), (8, None)]);
        assert_eq!(notes, (vec![vec![], vec![], vec![7, 7, 7]], 3));
    }

    #[test]
    fn where_the_venue_tells_no_time_the_first_is_bounded_by_those_that_follow() {
        assert_eq!(
            opened("replay", &[(DAY, None), (1, None), (2, None)]),
            (vec![vec![], vec![], vec![], vec![2, 1, 2]], 1)
        );
    }

    #[test]
    fn a_first_receive_time_that_is_further_ahead_than_time_may_step_back_is_bounded() {
        // The next one is right: were the first one believed, it would be half an hour behind.
        assert_eq!(opened("replay", &[(1_800, Some(2)), (3, Some(3))]), (vec![vec![2]], 1));
        assert_eq!(opened("replay", &[(62, Some(2))]), (vec![vec![62]], 0), "connections are so far apart");
        assert_eq!(opened("replay", &[(1_800, None), (3, None)]), (vec![vec![], vec![], vec![3, 3]], 1));
    }

    #[test]
    fn times_that_agree_and_a_venue_that_is_ahead_change_nothing() {
        assert_eq!(opened("replay", &[(1, None), (2, Some(1))]), (vec![vec![], vec![1, 2]], 0));
        assert_eq!(opened("replay", &[(1, Some(DAY))]), (vec![vec![1]], 0));
        assert_eq!(opened("simulated", &[(DAY, Some(1))]), (vec![], 0), "it is over before it begins");
    }
}
