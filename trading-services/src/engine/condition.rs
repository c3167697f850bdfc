//! The condition of a run: books that its venue refuses, and receive times that are out of line.

use std::collections::BTreeMap;
use std::sync::Mutex;

use di_core::health::Health;

use crate::model::InstrumentId;
use crate::ports::ExchangeError;
use crate::sync::lock;

/// What is wrong with a run that goes on all the same, for those who ask for its health.
#[derive(Debug, Default)]
pub(super) struct Condition(Mutex<Troubles>);

#[derive(Debug, Default)]
struct Troubles {
    /// Why the venue does not hand out the book of an instrument.
    refused: BTreeMap<InstrumentId, String>,
    /// How the receive times are out of line.
    time: Option<String>,
}

impl Condition {
    /// The venue was asked for a book. That it did not answer is no trouble yet: it is asked again in a second.
    pub(super) fn asked_for_book(&self, instrument: &InstrumentId, error: Option<&ExchangeError>) {
        let mut troubles = lock(&self.0);
        match error {
            // A recording cannot be asked; the market data say that the book waits.
            Some(ExchangeError::Unsupported { .. }) => {}
            Some(error) if error.is_transient() => {}
            Some(error) => drop(troubles.refused.insert(instrument.clone(), error.to_string())),
            None => drop(troubles.refused.remove(instrument)),
        }
    }

    /// The messages come from another venue: what the one before refused does not matter any more.
    pub(super) fn left_venue(&self) {
        lock(&self.0).refused.clear();
    }

    /// Receive times are out of line, or are not any more.
    pub(super) fn told_time(&self, trouble: Option<String>) {
        lock(&self.0).time = trouble;
    }

    pub(super) fn health(&self) -> Health {
        let Troubles { refused, time } = &*lock(&self.0);
        let health = if let Some(trouble) = time {
            Health::degraded(trouble.clone()).suggest("set the machine's clock, or see how the recording was made")
        } else if let Some((instrument, reason)) = refused.first_key_value() {
            let more = match refused.len() - 1 {
                0 => String::new(),
                others => format!(" (and {others} more)"),
            };
            Health::degraded(format!("the venue does not hand out the book of {instrument}{more}: {reason}"))
                .suggest("see what the venue says; it is asked again in a minute")
        } else {
            Health::healthy()
        };
        health.with("books_refused", refused.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(condition: &Condition) -> Option<String> {
        condition.health().reason().map(str::to_owned)
    }

    #[test]
    fn a_book_that_is_refused_degrades_with_the_venues_reason_until_it_comes() {
        let (condition, instrument) = (Condition::default(), "binance:BTCUSDT".parse().unwrap());
        let forbidden = ExchangeError::Forbidden { exchange: "binance", reason: "your region".to_owned() };
        condition.asked_for_book(&instrument, Some(&forbidden));
        let said = reason(&condition).unwrap();
        assert_eq!(
            said,
            "the venue does not hand out the book of binance:BTCUSDT: `binance` does not serve us: your region"
        );
        let other = "binance:ETHUSDT".parse().unwrap();
        condition.asked_for_book(&other, Some(&forbidden));
        let said = reason(&condition).unwrap();
        assert!(said.starts_with("the venue does not hand out the book of binance:BTCUSDT (and 1 more): "), "{said}");
        condition.asked_for_book(&other, None);
        condition.asked_for_book(&instrument, None);
        assert_eq!(reason(&condition), None);
    }

    #[test]
    fn a_venue_that_is_only_slow_or_that_has_no_books_degrades_nothing() {
        let (condition, instrument) = (Condition::default(), "binance:BTCUSDT".parse().unwrap());
        let away = ExchangeError::Unavailable { exchange: "binance", reason: "asleep".to_owned() };
        condition.asked_for_book(&instrument, Some(&away));
        let none = ExchangeError::Unsupported { exchange: "replay", what: "hand out books" };
        condition.asked_for_book(&instrument, Some(&none));
        assert_eq!(reason(&condition), None);
    }
}
