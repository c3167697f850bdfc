//! The direct, statically dispatched way from a venue's stream to its order books.

use std::sync::Arc;

use futures::StreamExt;

use super::snapshots::Pacing;

use crate::data::{self, Markets, OrderBook};
use crate::engine::ManualClock;
use crate::model::{BookTop, EventKind, InstrumentId, MarketEvent, Symbol};
use crate::ports::MarketCounters;
use crate::ports::{ExchangeError, IConfigService, IEventClock, Ingested, TypedVenue};

/// The way from a venue to its order books that is dispatched statically.
///
/// `V` is known where the container lists it, decorators included: `VenueBook<Retrying<RateLimited<ReplayExchange>>>`.
/// Reading a message, validating it and changing the book is then one piece of code without a virtual call, a lock or a
/// task; there are no candles, alerts or logs. What a message changes is decided by the same code as in
/// [`MarketDataManager`](data::MarketDataManager), so that the figures are the same.
pub struct VenueBook<V: TypedVenue> {
    venue: Arc<V>,
    clock: Arc<ManualClock>,
    settings: data::Settings,
}

/// What a stream has built.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BookReport {
    /// Every instrument that something was received about, in order of the names.
    pub books: Vec<BookState>,
    /// What was counted; no candles are built, and none counted.
    pub counters: MarketCounters,
}

/// The book of one instrument after the last message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookState {
    /// Which.
    pub instrument: InstrumentId,
    /// The best of both sides.
    pub top: BookTop,
    /// The number of the last change; `None` while the book waits for a snapshot.
    pub last_update_id: Option<u64>,
}

#[di_core::service]
impl<V: TypedVenue> VenueBook<V> {
    /// The books of `venue`; events move the clock, for the venue's rate limit is by it.
    #[constructor]
    pub fn new(venue: Arc<V>, clock: Arc<ManualClock>, config: Arc<dyn IConfigService>) -> Self {
        Self { venue, clock, settings: (*config.section::<data::Settings>()).clone() }
    }

    /// Reads the stream of `symbols` (all of them when empty), at most `events` messages.
    ///
    /// # Errors
    /// [`ExchangeError`] when the stream cannot be opened or breaks; the report holds up to there.
    pub async fn build(&self, symbols: &[Symbol], events: Option<u64>) -> (BookReport, Result<(), ExchangeError>) {
        let mut markets = Markets::new(&self.settings, &[]);
        let outcome = self.read(symbols, events, &mut markets).await;
        let state = |(instrument, book): (&InstrumentId, &OrderBook)| BookState {
            instrument: instrument.clone(),
            top: book.top(),
            last_update_id: book.last_update_id(),
        };
        (BookReport { books: markets.books().map(state).collect(), counters: markets.counters }, outcome)
    }

    async fn read(&self, symbols: &[Symbol], events: Option<u64>, markets: &mut Markets) -> Result<(), ExchangeError> {
        let (mut stream, mut pacing, mut read) = (self.venue.open(symbols).await?, Pacing::default(), 0);
        while events.is_none_or(|limit| read < limit) {
            let Some(event) = stream.next().await else {
                break;
            };
            let event = event?;
            read += 1;
            self.clock.advance_to(event.received);
            // A message that is rejected is in the counters.
            let Ok(Ingested { needs_snapshot: true, gap, .. }) = markets.ingest(&event) else {
                continue;
            };
            let (instrument, received) = (event.instrument, event.received);
            if gap.is_some() {
                pacing.begin(&instrument);
            }
            if pacing.may_ask(&instrument, received) {
                let answer = self.venue.resync(&instrument.symbol).await;
                pacing.answered(&instrument, received, answer.as_ref().err());
                if let Ok(Some(snapshot)) = answer {
                    let _ = markets.ingest(&MarketEvent { instrument, received, kind: EventKind::Snapshot(snapshot) });
                }
            }
        }
        Ok(())
    }
}

impl<V: TypedVenue> std::fmt::Debug for VenueBook<V> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("VenueBook").field("exchange", &self.venue.name()).finish_non_exhaustive()
    }
}
