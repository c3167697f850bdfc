//! Books that are fetched from the venue because one waits for a snapshot.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use futures::stream::FuturesUnordered;
use futures::{FutureExt, StreamExt};

use super::condition::Condition;
use crate::model::{BookSnapshot, EventKind, InstrumentId, MarketEvent, Timestamp};
use crate::ports::{ExchangeError, IClock, IExchange};

/// How long the venue is left alone after it was asked, unless it says when to ask again.
const RESYNC_RETRY: Duration = Duration::from_secs(1);

/// How long it is left alone after it has refused. A refusal may end: a lock of a region, a maintenance that is not called
/// one, a proxy that answers in its place.
const REFUSED_RETRY: Duration = Duration::from_secs(60);

/// When the venue may be asked again for the book of an instrument.
#[derive(Debug, Default)]
pub(super) struct Pacing(BTreeMap<InstrumentId, Attempt>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Attempt {
    /// The answer is still to come.
    Asked,
    /// It has answered; a book that still waits is of no use, and the next one is asked for later.
    Answered(Timestamp),
    /// It could not answer, or said when to ask again.
    NotBefore(Timestamp),
    /// The venue cannot be asked for books.
    Never,
}

impl Pacing {
    /// Whether to ask now; if so, an answer is expected.
    pub(super) fn may_ask(&mut self, instrument: &InstrumentId, now: Timestamp) -> bool {
        match self.0.get(instrument) {
            Some(Attempt::Asked | Attempt::Never) => return false,
            Some(Attempt::NotBefore(time) | Attempt::Answered(time)) if now < *time => return false,
            _ => {}
        }
        self.0.insert(instrument.clone(), Attempt::Asked);
        true
    }

    /// Notes what the venue has answered.
    pub(super) fn answered(&mut self, instrument: &InstrumentId, now: Timestamp, error: Option<&ExchangeError>) {
        let turn = match error {
            Some(error) if error.is_final() => Attempt::Never,
            Some(error) => {
                let usual = if error.is_transient() { RESYNC_RETRY } else { REFUSED_RETRY };
                Attempt::NotBefore(now.saturating_add(error.retry_after().unwrap_or(usual)))
            }
            None => Attempt::Answered(now.saturating_add(RESYNC_RETRY)),
        };
        self.0.insert(instrument.clone(), turn);
    }

    /// A new gap: a venue that has answered may be asked at once.
    pub(super) fn begin(&mut self, instrument: &InstrumentId) {
        if let Some(Attempt::Answered(_)) = self.0.get(instrument) {
            self.0.remove(instrument);
        }
    }
}

/// A book, or nothing where it comes in the stream.
type Outcome = Result<Option<BookSnapshot>, ExchangeError>;

type Answer = (InstrumentId, Outcome);

/// Asks one venue for books, and hands them on as events at the time of the clock. Nobody waits for an answer: other events
/// go on meanwhile.
pub(super) struct Snapshots {
    venue: Arc<dyn IExchange>,
    clock: Arc<dyn IClock>,
    pacing: Pacing,
    pending: FuturesUnordered<BoxFuture<'static, Answer>>,
    condition: Arc<Condition>,
}

impl Snapshots {
    pub(super) fn new(venue: Arc<dyn IExchange>, clock: Arc<dyn IClock>, condition: Arc<Condition>) -> Self {
        Self { venue, clock, pacing: Pacing::default(), pending: FuturesUnordered::new(), condition }
    }

    /// Asks that venue from now on; what the one before answers would be a book that nobody changes any more.
    pub(super) fn change(&mut self, venue: Arc<dyn IExchange>) {
        (self.venue, self.pacing, self.pending) = (venue, Pacing::default(), FuturesUnordered::new());
    }

    /// The book of `instrument` waits for a snapshot; `is_gap` says that it has only just begun to.
    pub(super) fn ask(&mut self, instrument: &InstrumentId, is_gap: bool) {
        if is_gap {
            self.pacing.begin(instrument);
        }
        if self.pacing.may_ask(instrument, self.clock.now()) {
            let (venue, instrument) = (Arc::clone(&self.venue), instrument.clone());
            self.pending.push(async move { (venue.resync(&instrument.symbol).await, instrument) }.map(swap).boxed());
        }
    }

    /// The next book, if one has come.
    pub(super) fn ready(&mut self) -> Option<MarketEvent> {
        while !self.pending.is_empty() {
            let answer = self.pending.next().now_or_never()??;
            if let Some(event) = self.event(answer) {
                return Some(event);
            }
        }
        None
    }

    /// Waits for the next book; for ever when none was asked for.
    pub(super) async fn next(&mut self) -> MarketEvent {
        loop {
            match self.pending.next().await {
                Some(answer) => {
                    if let Some(event) = self.event(answer) {
                        return event;
                    }
                }
                None => std::future::pending().await,
            }
        }
    }

    fn event(&mut self, (instrument, answer): Answer) -> Option<MarketEvent> {
        let received = self.clock.now();
        let error = answer.as_ref().err();
        self.pacing.answered(&instrument, received, error);
        self.condition.asked_for_book(&instrument, error);
        match answer {
            Ok(None) => None,
            Ok(Some(snapshot)) => Some(MarketEvent { instrument, received, kind: EventKind::Snapshot(snapshot) }),
            Err(error) => {
                tracing::debug!(%instrument, %error, "the book waits on");
                None
            }
        }
    }
}

fn swap((answer, instrument): (Outcome, InstrumentId)) -> Answer {
    (instrument, answer)
}

impl std::fmt::Debug for Snapshots {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Snapshots").field("pending", &self.pending.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// When the venue was asked about a gap at 100 ms and messages thereafter, if its first answer is that.
    fn asked(error: Option<ExchangeError>) -> Vec<u64> {
        let instrument: InstrumentId = "binance:BTCUSDT".parse().unwrap();
        let at = |millis| Timestamp::from_millis(millis).unwrap();
        let (mut pacing, mut asked) = (Pacing::default(), Vec::new());
        for millis in [100, 600, 1_100, 1_200, 60_100] {
            if pacing.may_ask(&instrument, at(millis)) {
                let first = error.as_ref().filter(|_| asked.is_empty());
                pacing.answered(&instrument, at(millis), first);
                asked.push(millis);
            }
        }
        asked
    }

    #[test]
    fn a_venue_that_does_not_answer_is_asked_again_after_a_second() {
        let error = ExchangeError::Unavailable { exchange: "test", reason: "asleep".to_owned() };
        assert_eq!(asked(Some(error)), [100, 1_100, 60_100]);
    }

    #[test]
    fn a_venue_that_says_when_to_ask_again_is_asked_then() {
        let error = ExchangeError::RateLimited { exchange: "test", retry_after: Duration::from_millis(300) };
        assert_eq!(asked(Some(error)), [100, 600, 60_100]);
    }

    #[test]
    fn a_book_that_was_of_no_use_is_asked_for_again_after_a_second() {
        assert_eq!(asked(None), [100, 1_100, 60_100]);
    }

    #[test]
    fn a_venue_that_refuses_is_asked_again_after_a_minute() {
        let refused = ExchangeError::Refused { exchange: "test", code: -1003, reason: "no".to_owned() };
        assert_eq!(asked(Some(refused)), [100, 60_100]);
        let forbidden = ExchangeError::Forbidden { exchange: "test", reason: "your region".to_owned() };
        assert_eq!(asked(Some(forbidden)), [100, 60_100]);
    }

    #[test]
    fn a_venue_that_has_no_books_is_asked_once() {
        assert_eq!(asked(Some(ExchangeError::Unsupported { exchange: "test", what: "tell" })), [100]);
    }

    #[test]
    fn nobody_is_asked_twice_before_the_answer_has_come() {
        let instrument: InstrumentId = "binance:BTCUSDT".parse().unwrap();
        let mut pacing = Pacing::default();
        assert!(pacing.may_ask(&instrument, Timestamp::default()));
        pacing.begin(&instrument);
        assert!(!pacing.may_ask(&instrument, Timestamp::from_nanos(u64::MAX)));
    }
}
