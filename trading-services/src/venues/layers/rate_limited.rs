//! The rate limit of a venue.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::model::{BookSnapshot, Candle, Instrument, Symbol, Ticker, Timestamp, Trade};
use crate::ports::{EventStream, ExchangeError, IClock, IConfigService, IExchange, TypedVenue};
use crate::sync::lock;
use crate::venues;

/// The span in which requests are counted.
const WINDOW: Duration = Duration::from_secs(1);

/// A venue that is asked at most `exchange.requests_per_second` times within any second of the injected clock.
///
/// A request more is not made: it fails with [`ExchangeError::RateLimited`], which says how long to wait. Opening a
/// stream is one request; what is read from it is none.
///
/// ```
/// use std::sync::Arc;
/// use trading_services::config::Settings;
/// use trading_services::config::ConfigManager;
/// use trading_services::engine::ManualClock;
/// use trading_services::ports::IExchange;
/// use trading_services::venues::layers::RateLimited;
/// use trading_services::venues::simulated::SimulatedExchange;
///
/// let mut settings = Settings::default();
/// settings.exchange.requests_per_second = 1;
/// let (config, clock) = (Arc::new(ConfigManager::new(Arc::new(settings))), Arc::new(ManualClock::default()));
/// let venue = Arc::new(SimulatedExchange::new(config.clone(), clock.clone()));
/// let limited = RateLimited::new(venue, clock, config);
/// # futures::executor::block_on(async {
/// assert!(limited.check_connection().await.is_ok());
/// let error = limited.check_connection().await.unwrap_err();
/// assert_eq!(error.to_string(), "`simulated` may not be asked again within 1s");
/// # });
/// ```
pub struct RateLimited<E: IExchange> {
    inner: Arc<E>,
    clock: Arc<dyn IClock>,
    config: Arc<dyn IConfigService>,
    requests: Mutex<VecDeque<Timestamp>>,
}

#[di_core::service(provides = IExchange)]
impl<E: IExchange> RateLimited<E> {
    /// The venue `inner`, not asked yet.
    #[constructor]
    pub fn new(inner: Arc<E>, clock: Arc<dyn IClock>, config: Arc<dyn IConfigService>) -> Self {
        Self { inner, clock, config, requests: Mutex::default() }
    }

    fn request(&self) -> Result<&E, ExchangeError> {
        let limit =
            usize::try_from(self.config.section::<venues::Settings>().requests_per_second).unwrap_or(usize::MAX);
        let now = self.clock.now();
        let mut requests = lock(&self.requests);
        if requests.back().is_some_and(|last| *last > now) {
            // The machine's clock was set back: what was asked in its future counts as asked now.
            requests.iter_mut().for_each(|time| *time = now.min(*time));
        }
        while requests.front().is_some_and(|first| now.since(*first) >= WINDOW) {
            requests.pop_front();
        }
        match requests.front() {
            Some(first) if requests.len() >= limit => {
                let retry_after = WINDOW.saturating_sub(now.since(*first));
                Err(ExchangeError::RateLimited { exchange: self.inner.name(), retry_after })
            }
            _ => {
                requests.push_back(now);
                Ok(&self.inner)
            }
        }
    }
}

#[di_core::interface]
impl<E: IExchange> IExchange for RateLimited<E> {
    fn name(&self) -> &'static str {
        self.inner.name()
    }

    async fn instruments(&self) -> Result<Vec<Instrument>, ExchangeError> {
        self.request()?.instruments().await
    }

    async fn check_connection(&self) -> Result<(), ExchangeError> {
        self.request()?.check_connection().await
    }

    async fn order_book(&self, symbol: &Symbol) -> Result<BookSnapshot, ExchangeError> {
        self.request()?.order_book(symbol).await
    }

    async fn resync(&self, symbol: &Symbol) -> Result<Option<BookSnapshot>, ExchangeError> {
        self.request()?.resync(symbol).await
    }

    async fn server_time(&self) -> Result<Timestamp, ExchangeError> {
        self.request()?.server_time().await
    }

    async fn ticker(&self, symbol: &Symbol) -> Result<Ticker, ExchangeError> {
        self.request()?.ticker(symbol).await
    }

    async fn trades(&self, symbol: &Symbol, limit: usize) -> Result<Vec<Trade>, ExchangeError> {
        self.request()?.trades(symbol, limit).await
    }

    async fn candles(
        &self,
        symbol: &Symbol,
        interval: Duration,
        since: Timestamp,
        limit: usize,
    ) -> Result<Vec<Candle>, ExchangeError> {
        self.request()?.candles(symbol, interval, since, limit).await
    }

    async fn subscribe(&self, symbols: &[Symbol]) -> Result<EventStream, ExchangeError> {
        self.request()?.subscribe(symbols).await
    }
}

impl<E: TypedVenue> TypedVenue for RateLimited<E> {
    type Stream = E::Stream;

    async fn open(&self, symbols: &[Symbol]) -> Result<E::Stream, ExchangeError> {
        self.request()?.open(symbols).await
    }
}

impl<E: IExchange> std::fmt::Debug for RateLimited<E> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RateLimited").field("exchange", &self.inner.name()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use futures::StreamExt;
    use futures::executor::block_on;

    use super::*;
    use crate::config::{ConfigManager, Settings};
    use crate::engine::ManualClock;
    use crate::ports::IEventClock;
    use crate::venues::simulated::SimulatedExchange;

    fn limited(requests_per_second: u32) -> (Arc<ManualClock>, RateLimited<SimulatedExchange>) {
        let mut settings = Settings::default();
        settings.exchange.requests_per_second = requests_per_second;
        let config = Arc::new(ConfigManager::new(Arc::new(settings)));
        let clock = Arc::new(ManualClock::default());
        let venue = SimulatedExchange::new(Arc::clone(&config) as _, Arc::clone(&clock) as _);
        let limited = RateLimited::new(Arc::new(venue), Arc::clone(&clock) as _, config);
        (clock, limited)
    }

    fn at(clock: &ManualClock, millis: u64) {
        clock.advance_to(Timestamp::from_millis(millis).unwrap());
    }

    #[test]
    fn one_request_too_many_says_how_long_to_wait_and_succeeds_after_it() {
        let (clock, venue) = limited(2);
        block_on(venue.check_connection()).unwrap();
        at(&clock, 400);
        block_on(venue.check_connection()).unwrap();
        at(&clock, 700);
        let error = block_on(venue.check_connection()).unwrap_err();
        assert_eq!(error.retry_after(), Some(Duration::from_millis(300)));
        assert!(error.is_transient());
        at(&clock, 1_000);
        block_on(venue.check_connection()).unwrap();
        assert_eq!(block_on(venue.check_connection()).unwrap_err().retry_after(), Some(Duration::from_millis(400)));
    }

    #[test]
    fn a_clock_that_is_set_back_costs_a_second_at_most() {
        struct Wrong(AtomicU64);
        impl IClock for Wrong {
            fn now(&self) -> Timestamp {
                Timestamp::from_nanos(self.0.load(Ordering::Relaxed))
            }
        }
        let clock = Arc::new(Wrong(AtomicU64::new(3_600_000_000_000)));
        let (_, RateLimited { inner, config, .. }) = limited(20);
        let venue = RateLimited::new(inner, Arc::clone(&clock) as _, config);
        (0..20).for_each(|_| block_on(venue.check_connection()).unwrap());
        clock.0.store(0, Ordering::Relaxed);
        assert_eq!(block_on(venue.check_connection()).unwrap_err().retry_after(), Some(WINDOW));
        clock.0.store(1_000_000_000, Ordering::Relaxed);
        block_on(venue.check_connection()).unwrap();
    }

    #[test]
    fn every_kind_of_request_counts_and_what_a_stream_sends_does_not() {
        let (_, venue) = limited(5);
        let mut stream = block_on(venue.subscribe(&[])).unwrap();
        block_on(venue.open(&[])).unwrap();
        block_on(venue.instruments()).unwrap();
        block_on(venue.order_book(&"BTCUSDT".parse().unwrap())).unwrap();
        for _ in 0..100 {
            block_on(stream.next()).unwrap().unwrap();
        }
        block_on(venue.check_connection()).unwrap();
        assert!(block_on(venue.check_connection()).is_err());
    }

    #[test]
    fn no_second_has_more_requests_than_allowed() {
        let (clock, venue) = limited(3);
        let mut granted = VecDeque::new();
        for millis in (0..10_000).step_by(70) {
            at(&clock, millis);
            if block_on(venue.check_connection()).is_ok() {
                granted.push_back(millis);
            }
        }
        assert!(granted.iter().zip(granted.iter().skip(3)).all(|(first, fourth)| fourth - first >= 1_000));
        assert!(granted.len() >= 27, "{}", granted.len());
    }
}
