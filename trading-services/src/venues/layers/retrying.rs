//! Repeated requests to a venue that does not answer at once.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use crate::model::{BookSnapshot, Candle, Instrument, Symbol, Ticker, Timestamp, Trade};
use crate::ports::{EventStream, ExchangeError, IConfigService, IExchange, TypedVenue};
use crate::venues;

/// A venue that is asked again while its errors are [transient](ExchangeError::is_transient), `exchange.attempts` times
/// in all.
///
/// Time is the injected clock's, so that nothing here can wait: a request is made again at once. An error that says [when](ExchangeError::retry_after) it makes sense to ask again would be the same at once;
/// it goes to the caller, who knows how time passes. A stream that is open is not opened again: what it has said must
/// not be said twice.
///
/// It goes around the rate limit, not into it, so that every attempt counts.
pub struct Retrying<E: IExchange> {
    inner: Arc<E>,
    config: Arc<dyn IConfigService>,
}

#[di_core::service(provides = IExchange)]
impl<E: IExchange> Retrying<E> {
    /// The venue `inner`, with retries.
    #[constructor]
    pub fn new(inner: Arc<E>, config: Arc<dyn IConfigService>) -> Self {
        Self { inner, config }
    }

    async fn attempt<'a, T, F>(&'a self, request: impl Fn(&'a E) -> F + Send) -> Result<T, ExchangeError>
    where
        F: Future<Output = Result<T, ExchangeError>> + Send,
    {
        let attempts = self.config.section::<venues::Settings>().attempts;
        let mut made = 1;
        loop {
            let error = match request(&self.inner).await {
                Err(error) if error.is_transient() => error,
                done => return done,
            };
            if made >= attempts || error.retry_after().is_some() {
                return Err(error);
            }
            tracing::debug!(exchange = self.inner.name(), made, %error, "asking again");
            made += 1;
        }
    }
}

#[di_core::interface]
impl<E: IExchange> IExchange for Retrying<E> {
    fn name(&self) -> &'static str {
        self.inner.name()
    }

    async fn instruments(&self) -> Result<Vec<Instrument>, ExchangeError> {
        self.attempt(|venue| venue.instruments()).await
    }

    async fn check_connection(&self) -> Result<(), ExchangeError> {
        self.attempt(|venue| venue.check_connection()).await
    }

    async fn order_book(&self, symbol: &Symbol) -> Result<BookSnapshot, ExchangeError> {
        self.attempt(|venue| venue.order_book(symbol)).await
    }

    async fn resync(&self, symbol: &Symbol) -> Result<Option<BookSnapshot>, ExchangeError> {
        self.attempt(|venue| venue.resync(symbol)).await
    }

    async fn server_time(&self) -> Result<Timestamp, ExchangeError> {
        self.attempt(|venue| venue.server_time()).await
    }

    async fn ticker(&self, symbol: &Symbol) -> Result<Ticker, ExchangeError> {
        self.attempt(|venue| venue.ticker(symbol)).await
    }

    async fn trades(&self, symbol: &Symbol, limit: usize) -> Result<Vec<Trade>, ExchangeError> {
        self.attempt(|venue| venue.trades(symbol, limit)).await
    }

    async fn candles(
        &self,
        symbol: &Symbol,
        interval: Duration,
        since: Timestamp,
        limit: usize,
    ) -> Result<Vec<Candle>, ExchangeError> {
        self.attempt(|venue| venue.candles(symbol, interval, since, limit)).await
    }

    async fn subscribe(&self, symbols: &[Symbol]) -> Result<EventStream, ExchangeError> {
        self.attempt(|venue| venue.subscribe(symbols)).await
    }
}

impl<E: TypedVenue> TypedVenue for Retrying<E> {
    type Stream = E::Stream;

    async fn open(&self, symbols: &[Symbol]) -> Result<E::Stream, ExchangeError> {
        self.attempt(|venue| venue.open(symbols)).await
    }
}

impl<E: IExchange> std::fmt::Debug for Retrying<E> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Retrying").field("exchange", &self.inner.name()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;
    use crate::config::{ConfigManager, Settings};

    /// Answers with these errors, then with success, and counts.
    struct Moody {
        asked: AtomicU32,
        fails: u32,
        error: fn() -> ExchangeError,
    }

    #[di_core::interface]
    impl IExchange for Moody {
        fn name(&self) -> &'static str {
            "moody"
        }

        async fn instruments(&self) -> Result<Vec<Instrument>, ExchangeError> {
            Ok(Vec::new())
        }

        async fn check_connection(&self) -> Result<(), ExchangeError> {
            let asked = self.asked.fetch_add(1, Ordering::Relaxed);
            if asked < self.fails { Err((self.error)()) } else { Ok(()) }
        }

        async fn order_book(&self, _: &Symbol) -> Result<BookSnapshot, ExchangeError> {
            Err((self.error)())
        }

        async fn subscribe(&self, _: &[Symbol]) -> Result<EventStream, ExchangeError> {
            Err((self.error)())
        }
    }

    /// How often a venue was asked that fails so often, and whether the request succeeded.
    fn asked(fails: u32, error: fn() -> ExchangeError) -> (u32, bool) {
        let config = Arc::new(ConfigManager::new(Arc::new(Settings::default())));
        let venue = Arc::new(Moody { asked: AtomicU32::new(0), fails, error });
        let retrying = Retrying::new(Arc::clone(&venue), config);
        let succeeded = futures::executor::block_on(retrying.check_connection()).is_ok();
        (venue.asked.load(Ordering::Relaxed), succeeded)
    }

    fn unavailable() -> ExchangeError {
        ExchangeError::Unavailable { exchange: "moody", reason: "asleep".to_owned() }
    }

    #[test]
    fn a_venue_that_answers_late_is_asked_until_it_does() {
        assert_eq!(asked(0, unavailable), (1, true));
        assert_eq!(asked(2, unavailable), (3, true));
    }

    #[test]
    fn after_the_configured_attempts_the_error_is_the_venues() {
        assert_eq!(asked(3, unavailable), (3, false));
    }

    #[test]
    fn an_error_that_stays_is_not_asked_about_again() {
        let error = || ExchangeError::Unsupported { exchange: "moody", what: "smile" };
        assert_eq!(asked(1, error), (1, false));
    }

    #[test]
    fn an_error_that_says_when_goes_to_the_caller_at_once() {
        let error = || ExchangeError::RateLimited { exchange: "moody", retry_after: Duration::from_secs(1) };
        assert_eq!(asked(1, error), (1, false));
    }
}
