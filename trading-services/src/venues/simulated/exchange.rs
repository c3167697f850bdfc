//! The venue of a seed.

use std::pin::Pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{self, Poll};

use di_core::error::BoxError;
use di_core::health::{Health, HealthCheck};
use di_core::lifecycle::{Context, Lifecycle};
use futures::{Stream, StreamExt};

use super::Settings;
use super::VENUE;
use super::book::SimulatedBook;
use super::simulation::{LastPrices, MARKETS, Simulation};
use crate::model::{BookSnapshot, Instrument, MarketEvent, Symbol};
use crate::ports::ExchangeError;
use crate::ports::{EventStream, IClock, IConfigService, IExchange, IStateManager, StateError, StateFact, TypedVenue};
use crate::sync::lock;
use crate::venues;
use crate::venues::names::list;

const NAME: &str = VENUE.as_str();

/// A venue with three symbols whose prices walk at random; the same seed gives the same messages.
///
/// ```
/// use std::sync::Arc;
/// use futures::StreamExt;
/// use trading_services::config::Settings;
/// use trading_services::config::ConfigManager;
/// use trading_services::engine::ManualClock;
/// use trading_services::ports::IExchange;
/// use trading_services::venues::simulated::SimulatedExchange;
///
/// let config = Arc::new(ConfigManager::new(Arc::new(Settings::default())));
/// let venue = SimulatedExchange::new(config, Arc::new(ManualClock::default()));
/// # futures::executor::block_on(async {
/// let mut stream = venue.subscribe(&["BTCUSDT".parse()?]).await?;
/// assert!(stream.next().await.is_some());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
pub struct SimulatedExchange {
    settings: Settings,
    config: Arc<dyn IConfigService>,
    clock: Arc<dyn IClock>,
    requests: AtomicU32,
    last: LastPrices,
    /// The market behind the last stream, so that a book can be asked for; before that, one that stands still.
    current: Mutex<Arc<Mutex<Simulation>>>,
}

#[di_core::service(provides = IExchange, lifecycle, health)]
impl SimulatedExchange {
    /// The venue of `simulation.seed`, which goes on at the prices that are kept.
    ///
    /// # Errors
    /// [`StateError`] when what is kept cannot be read: to begin again would be to forget it.
    #[constructor]
    pub fn resumed(
        config: Arc<dyn IConfigService>,
        clock: Arc<dyn IClock>,
        kept: Arc<dyn IStateManager>,
    ) -> Result<Self, StateError> {
        let mark = |fact: &StateFact| match fact {
            StateFact::Marked { instrument, price, .. } if instrument.venue == VENUE => {
                Some((instrument.symbol.clone(), *price))
            }
            _ => None,
        };
        Ok(Self::at(config, clock, kept.facts()?.iter().filter_map(mark).collect()))
    }

    /// The venue of `simulation.seed`; its time begins with the clock's when a stream is opened.
    pub fn new(config: Arc<dyn IConfigService>, clock: Arc<dyn IClock>) -> Self {
        Self::at(config, clock, LastPrices::new())
    }

    fn at(config: Arc<dyn IConfigService>, clock: Arc<dyn IClock>, last: LastPrices) -> Self {
        let settings = (*config.section::<Settings>()).clone();
        let current = Simulation::new(&settings, clock.now(), &[], &last);
        let current = Mutex::new(Arc::new(Mutex::new(current)));
        Self { settings, config, clock, requests: AtomicU32::new(0), last, current }
    }

    /// Counts a request; every `simulation.fail_every`-th fails.
    fn request(&self) -> Result<(), ExchangeError> {
        let number = self.requests.fetch_add(1, Ordering::Relaxed).wrapping_add(1);
        if number.checked_rem(self.settings.fail_every) == Some(0) {
            let reason = "it was told to fail by `simulation.fail_every`".to_owned();
            return Err(ExchangeError::Unavailable { exchange: NAME, reason });
        }
        Ok(())
    }
}

#[di_core::interface]
impl Lifecycle for SimulatedExchange {
    /// Looks whether it has the symbols, if it is asked for any; that is no request, or seeds would give other logs.
    async fn start(&self, _context: &Context) -> Result<(), BoxError> {
        let settings = self.config.section::<venues::Settings>();
        if settings.names(NAME) {
            require(&settings.symbols)?;
        }
        Ok(())
    }
}

#[di_core::interface]
impl HealthCheck for SimulatedExchange {
    /// It cannot fail but on purpose; it is not asked, because each request would move when it does.
    async fn check(&self) -> Result<Health, BoxError> {
        Ok(Health::healthy().with("requests", self.requests.load(Ordering::Relaxed)))
    }
}

#[di_core::interface]
impl IExchange for SimulatedExchange {
    fn name(&self) -> &'static str {
        NAME
    }

    async fn instruments(&self) -> Result<Vec<Instrument>, ExchangeError> {
        self.request()?;
        let all = Simulation::new(&self.settings, self.clock.now(), &[], &self.last);
        Ok(all.books.iter().map(SimulatedBook::instrument).collect())
    }

    async fn check_connection(&self) -> Result<(), ExchangeError> {
        self.request()
    }

    async fn order_book(&self, symbol: &Symbol) -> Result<BookSnapshot, ExchangeError> {
        self.request()?;
        let current = Arc::clone(&lock(&self.current));
        let simulation = lock(&current);
        let book = simulation.books.iter().find(|book| book.symbol() == symbol);
        book.map(SimulatedBook::snapshot).ok_or_else(|| unknown(symbol))
    }

    async fn subscribe(&self, symbols: &[Symbol]) -> Result<EventStream, ExchangeError> {
        Ok(self.open(symbols).await?.boxed())
    }
}

impl TypedVenue for SimulatedExchange {
    type Stream = SimulatedStream;

    async fn open(&self, symbols: &[Symbol]) -> Result<SimulatedStream, ExchangeError> {
        self.request()?;
        require(symbols)?;
        let (now, mut current) = (self.clock.now(), lock(&self.current));
        let before = lock(&current);
        let simulation = if before.has_begun() {
            before.reopened(&self.settings, now, symbols, &self.last)
        } else {
            Simulation::new(&self.settings, now, symbols, &self.last)
        };
        drop(before);
        let simulation = Arc::new(Mutex::new(simulation));
        *current = Arc::clone(&simulation);
        Ok(SimulatedStream(simulation))
    }
}

impl std::fmt::Debug for SimulatedExchange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SimulatedExchange").field("settings", &self.settings).finish_non_exhaustive()
    }
}

fn require(symbols: &[Symbol]) -> Result<(), ExchangeError> {
    match symbols.iter().find(|symbol| !MARKETS.iter().any(|market| market.name == symbol.as_str())) {
        Some(symbol) => Err(unknown(symbol)),
        None => Ok(()),
    }
}

fn unknown(symbol: &Symbol) -> ExchangeError {
    let known = list(MARKETS.iter().map(|market| market.name));
    ExchangeError::UnknownSymbol { symbol: symbol.clone(), exchange: NAME, known }
}

/// The messages of a simulation, without an end.
#[derive(Debug)]
pub struct SimulatedStream(Arc<Mutex<Simulation>>);

impl Stream for SimulatedStream {
    type Item = Result<MarketEvent, ExchangeError>;

    /// The next message is always there: who paces the run decides when it comes.
    fn poll_next(self: Pin<&mut Self>, _: &mut task::Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(lock(&self.0).next().map(Ok))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use futures::executor::block_on;

    use super::*;
    use crate::config::{ConfigManager, Settings};
    use crate::engine::ManualClock;
    use crate::model::EventKind;
    use crate::ports::IEventClock as _;

    fn events(seed: u64, symbols: &[&str], count: usize) -> Vec<MarketEvent> {
        let mut settings = Settings::default();
        settings.simulation.seed = seed;
        let config = Arc::new(ConfigManager::new(Arc::new(settings)));
        let venue = SimulatedExchange::new(config, Arc::new(ManualClock::default()));
        let symbols: Vec<Symbol> = symbols.iter().map(|symbol| symbol.parse().unwrap()).collect();
        let stream = block_on(venue.subscribe(&symbols)).unwrap();
        block_on(stream.take(count).map(Result::unwrap).collect())
    }

    #[test]
    fn the_same_seed_gives_the_same_messages_and_another_seed_others() {
        assert_eq!(events(1, &[], 500), events(1, &[], 500));
        assert_ne!(events(1, &[], 500), events(2, &[], 500));
    }

    #[test]
    fn a_stream_that_is_opened_again_goes_on_with_the_market_and_repeats_no_trade() {
        let config = Arc::new(ConfigManager::new(Arc::new(Settings::default())));
        let clock = Arc::new(ManualClock::default());
        let venue = SimulatedExchange::new(config, Arc::clone(&clock) as _);
        let read = || {
            let stream = block_on(venue.subscribe(&[])).unwrap();
            block_on(stream.take(2_000).map(Result::unwrap).collect::<Vec<_>>())
        };
        let first = read();
        // Who comes back meanwhile finds the time of the last message that was taken.
        clock.advance_to(first[1_500].received);
        let again = read();
        assert!(again.iter().all(|event| event.received >= first[1_999].received), "time goes on");
        let trades = |events: &[MarketEvent]| {
            let trade = |event: &MarketEvent| match &event.kind {
                EventKind::Trade(trade) => Some((event.instrument.clone(), trade.id.clone())),
                _ => None,
            };
            events.iter().filter_map(trade).collect::<HashSet<_>>()
        };
        let (before, after) = (trades(&first), trades(&again));
        assert!(!before.is_empty() && !after.is_empty());
        assert_eq!(before.intersection(&after).next(), None);
    }

    #[test]
    fn only_the_chosen_symbols_are_simulated() {
        assert!(events(1, &["ETHUSDT"], 200).iter().all(|event| event.instrument.symbol.as_str() == "ETHUSDT"));
    }

    #[test]
    fn times_never_go_back() {
        assert!(events(3, &[], 500).is_sorted_by_key(|event| event.received));
    }
}
