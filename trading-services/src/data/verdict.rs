//! Health of market data: silence, books that wait, and the share of messages that are not taken.

use std::sync::Mutex;
use std::time::Duration;

use di_core::health::Health;

use crate::ports::{Account, MarketCounters, MarketView, Rejections};
use crate::sync::lock;

/// More than one of so many messages that is not taken is worth a word.
const SHARE: u64 = 100;
/// Fewer than so many messages that are not taken are not, and of fewer messages nothing is concluded.
const FEW: u64 = 10;

/// What the verdict rests on besides the state of the market.
#[derive(Debug, Default)]
pub(super) struct Verdict {
    share: Mutex<Share>,
}

/// The share of messages that are not taken.
#[derive(Debug, Default)]
struct Share {
    /// Messages, and messages not taken, when there were last enough of them for a conclusion. However few come between two
    /// checks, they add up.
    before: (u64, u64),
    /// The conclusion, if it was a bad one: it holds until the next.
    reason: Option<String>,
}

impl Share {
    fn look(&mut self, events: u64, rejected: u64) -> Option<&str> {
        let new = events.saturating_sub(self.before.0);
        let new_rejected = rejected.saturating_sub(self.before.1);
        let is_small = new_rejected.saturating_mul(SHARE) <= new;
        if new >= FEW && (is_small || new_rejected >= FEW) {
            self.before = (events, rejected);
            self.reason = (!is_small).then(|| format!("{new_rejected} of {new} messages were not taken"));
        }
        self.reason.as_deref()
    }
}

/// What is known when somebody asks.
pub(super) struct Facts {
    pub(super) silence: Duration,
    pub(super) stale_after: Duration,
    pub(super) counters: MarketCounters,
    pub(super) views: Vec<MarketView>,
    pub(super) accounts: Vec<Account>,
}

impl Verdict {
    pub(super) fn of(&self, facts: &Facts) -> Health {
        let Facts { silence, counters, views, accounts, .. } = facts;
        let waiting: Vec<_> =
            views.iter().filter(|view| view.is_overdue).map(|view| view.instrument.to_string()).collect();
        let unknown: Vec<_> = views
            .iter()
            .filter_map(|view| view.unknown_candle.map(|timeframe| format!("{} {timeframe}", view.instrument)))
            .collect();
        let (events, rejected) = (counters.events, counters.rejected);
        let share = lock(&self.share).look(events, rejected).map(str::to_owned);
        let health = if *silence >= facts.stale_after {
            Health::degraded(format!("no message about the market for {}", humantime::format_duration(*silence)))
                .suggest("see whether the venue can be reached")
        } else if !waiting.is_empty() {
            Health::degraded(format!("these books wait for a snapshot: {}", waiting.join(", "))).suggest(
                "see whether the venue refuses requests, for example because of `exchange.requests_per_second`",
            )
        } else if !unknown.is_empty() {
            Health::degraded(format!("the beginning of these candles is not known: {}", unknown.join(", ")))
                .suggest("see whether the venue answers requests for candles, and has those of this time")
        } else if let Some(share) = share {
            let mut reasons = Vec::new();
            for Account { instrument, rejections, .. } in
                accounts.iter().filter(|a| a.rejections != Rejections::default())
            {
                reasons.push(format!("{instrument}: {rejections}"));
            }
            Health::degraded(format!("{share}; {}", reasons.join("; ")))
                .suggest("see the reasons in `trading_not_taken_total` and in the summary")
        } else {
            Health::healthy()
        };
        let health = health.with("symbols", views.len()).with("events", events).with("gaps", counters.gaps);
        let health =
            health.with("candles_told", counters.candles_told).with("candles_missing", counters.candles_missing);
        health.with("resyncs", counters.resyncs).with("rejected", rejected).with("waiting", waiting.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{BookTop, Timeframe, Timestamp};
    use crate::ports::Freshness;

    #[test]
    fn a_candle_without_its_beginning_degrades() {
        let view = MarketView {
            instrument: "binance:BTCUSDT".parse().unwrap(),
            top: BookTop::default(),
            synchronised: true,
            waiting: None,
            is_overdue: false,
            unknown_candle: Some(Timeframe::D1),
            last_trade: None,
            last_event: Timestamp::default(),
            age: Duration::ZERO,
            freshness: Freshness::Fresh,
            is_doubtful: false,
        };
        let (silence, stale_after, accounts) = (Duration::ZERO, Duration::from_secs(300), Vec::new());
        let facts = |views| {
            let (counters, accounts) = (MarketCounters::default(), accounts.clone());
            Facts { silence, stale_after, counters, views, accounts }
        };
        let said = |view: &MarketView| Verdict::default().of(&facts(vec![view.clone()])).reason().map(str::to_owned);
        assert_eq!(said(&view).unwrap(), "the beginning of these candles is not known: binance:BTCUSDT 1d");
        assert_eq!(said(&MarketView { unknown_candle: None, ..view }), None);
    }

    fn verdict(verdict: &Verdict, events: u64, rejected: u64) -> Option<String> {
        let counters = MarketCounters { events, rejected, ..MarketCounters::default() };
        let stale_after = Duration::from_secs(300);
        let (views, accounts) = (Vec::new(), Vec::new());
        let facts = Facts { silence: Duration::ZERO, stale_after, counters, views, accounts };
        verdict.of(&facts).reason().map(str::to_owned)
    }

    #[test]
    fn a_rising_share_of_what_is_not_taken_degrades_and_a_falling_one_recovers() {
        let health = Verdict::default();
        assert_eq!(verdict(&health, 1_000, 9), None, "few");
        assert_eq!(verdict(&health, 3_000, 29), None, "one of a hundred");
        let reason = verdict(&health, 4_000, 49).unwrap();
        assert!(reason.starts_with("20 of 1000 messages were not taken"), "{reason}");
        assert_eq!(verdict(&health, 9_000, 49), None);
    }

    #[test]
    fn messages_too_few_for_a_check_add_up_from_one_check_to_the_next() {
        let health = Verdict::default();
        // Nine messages in ten seconds, and none is taken.
        let said: Vec<_> = (1..=4).map(|check| verdict(&health, 9 * check, 9 * check)).collect();
        assert_eq!(said.iter().map(Option::is_some).collect::<Vec<_>>(), [false, true, true, true]);
        assert!(said[1].as_deref().unwrap().starts_with("18 of 18 messages were not taken"), "{said:?}");
        let rest = (36, 36);
        assert!(verdict(&health, rest.0 + 5, rest.1).is_some(), "five that were taken show nothing yet");
        assert_eq!(verdict(&health, rest.0 + 1_900, rest.1), None);
    }
}
