//! Which venues are there, how are they, and which one counts.

use std::sync::Arc;

use crate::exchange::{ExchangeError, ExchangeStatus};
use crate::interfaces::IExchange;

/// All venues together.
#[di_core::interface]
pub trait IExchangeManager {
    /// The names of all venues, in declaration order.
    fn available_exchanges(&self) -> Vec<&'static str>;

    /// How the venue `name` is, or how all are.
    ///
    /// # Errors
    /// [`ExchangeError::UnknownExchange`].
    fn exchange_status(&self, name: Option<&str>) -> Result<Vec<ExchangeStatus>, ExchangeError>;

    /// The first venue in the configured order that is not unhealthy; when all are, the first.
    ///
    /// # Errors
    /// [`ExchangeError::UnknownExchange`] when the configured order names a venue that does not exist.
    fn primary(&self) -> Result<Arc<dyn IExchange>, ExchangeError>;

    /// The venue with that name.
    ///
    /// # Errors
    /// [`ExchangeError::UnknownExchange`].
    fn exchange(&self, name: &str) -> Result<Arc<dyn IExchange>, ExchangeError>;

    /// Notes that the venue sent something, by the injected clock.
    fn record_heartbeat(&self, name: &str);

    /// Notes that the venue failed at something.
    fn record_error(&self, name: &str);
}
