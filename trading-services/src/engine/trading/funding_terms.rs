//! The funding terms of one perpetual as its venue tells them, and when funding is due by them.

use std::time::Duration;

use rust_decimal::Decimal;

use crate::model::{EventKind, Funding, Price, Ticker, Timestamp};

/// How old rate and mark price may be when funding is due. Venues tell them every few seconds; what is older is from before a break.
const FRESH: Duration = Duration::from_secs(60);

/// No venue settles more often than that.
const SHORTEST_PERIOD: Duration = Duration::from_secs(3_600);

/// How often most perpetuals are settled: this holds until a venue has told two times in a row.
const USUAL_PERIOD: Duration = Duration::from_secs(8 * 3_600);

/// The clocks of one venue's servers differ by no more.
const SKEW: Duration = Duration::from_secs(1);

/// What a venue has told last of one instrument; every time is the venue's own.
#[derive(Debug, Default)]
pub(super) struct Terms {
    due: Option<Due>,
    /// The last time at which it was due since the process began.
    passed: Option<Timestamp>,
    /// The last one that a process before has settled.
    settled: Option<Timestamp>,
    /// From one time to the next, once it is known.
    period: Option<Duration>,
    /// Who says when it is due and said it before that does not know better.
    said: Timestamp,
    rate: Option<Told<Decimal>>,
    mark: Option<Told<Price>>,
}

#[derive(Debug, Clone, Copy)]
struct Due {
    time: Timestamp,
    /// Whether this process has it from the venue, and has not reckoned or restored it.
    is_told: bool,
}

#[derive(Debug, Clone, Copy)]
struct Told<T> {
    value: T,
    time: Timestamp,
    /// Whether it stood in a ticker of this connection: then one without it says that it has not changed.
    is_in_tickers: bool,
}

/// Funding that is due no more.
#[derive(Debug)]
pub(super) struct Gone {
    pub(super) first: Timestamp,
    /// How many times have passed, the first among them.
    pub(super) count: u64,
    pub(super) period: Duration,
    /// Rate and mark price of the first, where they are known; those of later ones never are.
    pub(super) terms: Option<(Decimal, Price)>,
    /// To when the venue has put it off before it was due.
    pub(super) put_off: Option<Timestamp>,
}

impl Gone {
    /// When the one of this number was due.
    pub(super) fn due(&self, number: u64) -> Timestamp {
        self.first.saturating_add(times(self.period, number))
    }
}

impl Terms {
    /// Takes a settlement of before into account.
    pub(super) fn restore_passed(&mut self, due: Timestamp) {
        if let Some(settled) = self.settled {
            let period = due.since(settled);
            if period >= SHORTEST_PERIOD {
                self.period = Some(self.period.unwrap_or(USUAL_PERIOD).min(period));
            }
        }
        self.settled = self.settled.max(Some(due));
    }

    /// Goes on with what was due when the process before ended, which nobody before `said` contradicts.
    pub(super) fn restore_due(&mut self, due: Timestamp, said: Timestamp) {
        (self.due, self.said) = (Some(Due { time: due, is_told: false }), said);
    }

    pub(super) fn due(&self) -> Option<Timestamp> {
        self.due.map(|due| due.time)
    }

    /// What has become due until now. The next one is reckoned until the venue tells it.
    pub(super) fn pass(&mut self, now: Timestamp) -> Option<Gone> {
        let Due { time: first, is_told } = self.due.filter(|due| due.time <= now)?;
        let period = self.period.unwrap_or(USUAL_PERIOD);
        let later = u64::try_from(now.since(first).as_nanos() / period.as_nanos()).unwrap_or(u64::MAX);
        let rate = self.rate.and_then(|rate| rate.at(first));
        let terms = rate.zip(self.mark.and_then(|mark| mark.at(first))).filter(|_| is_told);
        let gone = Gone { first, count: later.saturating_add(1), period, terms, put_off: None };
        self.passed = Some(gone.due(later));
        self.due = Some(Due { time: gone.due(gone.count), is_told: false });
        Some(gone)
    }

    /// Remembers what a message says of funding; what is older than what is known changes nothing. What it says that is due no more
    /// comes back.
    pub(super) fn hear(&mut self, kind: &EventKind) -> Option<Gone> {
        match kind {
            EventKind::MarkPrice(mark) => {
                tell(&mut self.mark, mark.price, mark.time);
                None
            }
            EventKind::Funding(Funding { rate, next, time }) => {
                let gone = next.and_then(|next| self.hear_due(next, *time));
                tell(&mut self.rate, *rate, *time);
                gone
            }
            EventKind::Ticker(ticker) => self.hear_ticker(ticker),
            // What is left out of the next ticker may have changed meanwhile.
            EventKind::Interrupted | EventKind::Left => {
                self.rate.iter_mut().for_each(|rate| rate.is_in_tickers = false);
                self.mark.iter_mut().for_each(|mark| mark.is_in_tickers = false);
                None
            }
            _ => None,
        }
    }

    fn hear_ticker(&mut self, ticker: &Ticker) -> Option<Gone> {
        let time = ticker.time?;
        let gone = ticker.funding_time.and_then(|next| self.hear_due(next, time));
        tell_in_ticker(&mut self.rate, ticker.funding_rate, time);
        tell_in_ticker(&mut self.mark, ticker.mark, time);
        gone
    }

    /// A venue that goes on to a later time has settled the one before if that has come by its own clock; else it has put it off.
    fn hear_due(&mut self, next: Timestamp, now: Timestamp) -> Option<Gone> {
        if next <= now || self.passed.max(self.settled) >= Some(next) {
            return None;
        }
        let mut gone = None;
        if let Some(Due { time: before, is_told }) = self.due.filter(|due| due.time != next) {
            if now < self.said {
                return None;
            }
            if is_told && before < next {
                let has_come = before.since(now) <= SKEW && next.since(before) >= SHORTEST_PERIOD;
                let put_off = Gone { first: before, count: 1, period: USUAL_PERIOD, terms: None, put_off: Some(next) };
                gone = if has_come { self.pass(before) } else { Some(put_off) };
            }
        }
        let period = self.passed.map(|passed| next.since(passed));
        self.period = period.filter(|period| *period >= SHORTEST_PERIOD).or(self.period);
        self.due = Some(Due { time: next, is_told: true });
        self.said = self.said.max(now);
        gone
    }
}

impl<T: Copy> Told<T> {
    /// What held then, if that is known.
    fn at(&self, time: Timestamp) -> Option<T> {
        (self.time <= time && time.since(self.time) <= FRESH).then_some(self.value)
    }
}

fn tell<T>(known: &mut Option<Told<T>>, value: T, time: Timestamp) {
    if known.as_ref().is_none_or(|known| known.time <= time) {
        let is_in_tickers = known.as_ref().is_some_and(|known| known.is_in_tickers);
        *known = Some(Told { value, time, is_in_tickers });
    }
}

fn tell_in_ticker<T>(known: &mut Option<Told<T>>, value: Option<T>, time: Timestamp) {
    match (known, value) {
        (known, Some(value)) if known.as_ref().is_none_or(|known| known.time <= time) => {
            *known = Some(Told { value, time, is_in_tickers: true });
        }
        (Some(known), None) if known.is_in_tickers => known.time = known.time.max(time),
        _ => {}
    }
}

fn times(period: Duration, count: u64) -> Duration {
    let nanos = period.as_nanos().saturating_mul(u128::from(count));
    Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
}
