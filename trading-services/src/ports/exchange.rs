//! The interface of one venue.

use std::future::Future;
use std::time::Duration;

use futures::Stream;
use futures::stream::BoxStream;

use crate::model::{BookSnapshot, Candle, Instrument, MarketEvent, Symbol, Ticker, Timestamp, Trade};
use crate::ports::ExchangeError;

/// The events of a venue, one after the other, in the order in which it sent them.
///
/// It ends when the venue has no more (a recording ends, a simulation does not), and with its first error; what came
/// before stays valid.
pub type EventStream = BoxStream<'static, Result<MarketEvent, ExchangeError>>;

/// One venue: simulated, replayed or live.
///
/// A network may stand behind every request: it is awaited, and nobody holds a lock meanwhile. What a venue does not offer
/// is [`ExchangeError::Unsupported`].
#[di_core::interface]
pub trait IExchange {
    /// The venue's name, which is also its key in configuration.
    fn name(&self) -> &'static str;

    /// What can be traded there.
    ///
    /// # Errors
    /// [`ExchangeError`] when the venue cannot be asked.
    async fn instruments(&self) -> Result<Vec<Instrument>, ExchangeError>;

    /// Whether the venue can be reached.
    ///
    /// # Errors
    /// [`ExchangeError`] with the reason when it cannot.
    async fn check_connection(&self) -> Result<(), ExchangeError>;

    /// What the venue's clock says, by the venue itself.
    ///
    /// # Errors
    /// [`ExchangeError`] when the venue cannot be asked, or [`ExchangeError::Unsupported`] where it has no clock of its own.
    async fn server_time(&self) -> Result<Timestamp, ExchangeError> {
        Err(ExchangeError::Unsupported { exchange: self.name(), what: "be asked for its time" })
    }

    /// The whole book now, to begin with or after a gap.
    ///
    /// # Errors
    /// [`ExchangeError::UnknownSymbol`], or [`ExchangeError::Unsupported`] where a venue sends snapshots in its stream only.
    async fn order_book(&self, symbol: &Symbol) -> Result<BookSnapshot, ExchangeError>;

    /// Gives the book a new beginning, after a gap: the whole book, or `None` where it comes in the stream of
    /// [`subscribe`](Self::subscribe).
    ///
    /// # Errors
    /// As [`order_book`](Self::order_book).
    async fn resync(&self, symbol: &Symbol) -> Result<Option<BookSnapshot>, ExchangeError> {
        self.order_book(symbol).await.map(Some)
    }

    /// Statistics of the last day.
    ///
    /// # Errors
    /// As [`order_book`](Self::order_book).
    async fn ticker(&self, symbol: &Symbol) -> Result<Ticker, ExchangeError> {
        let _ = symbol;
        Err(ExchangeError::Unsupported { exchange: self.name(), what: "be asked for tickers" })
    }

    /// The last trades, at most `limit`, oldest first.
    ///
    /// # Errors
    /// As [`order_book`](Self::order_book).
    async fn trades(&self, symbol: &Symbol, limit: usize) -> Result<Vec<Trade>, ExchangeError> {
        let _ = (symbol, limit);
        Err(ExchangeError::Unsupported { exchange: self.name(), what: "be asked for trades" })
    }

    /// Closed candles of that length from `since` on, at most `limit`, oldest first.
    ///
    /// # Errors
    /// As [`order_book`](Self::order_book).
    async fn candles(
        &self,
        symbol: &Symbol,
        interval: Duration,
        since: Timestamp,
        limit: usize,
    ) -> Result<Vec<Candle>, ExchangeError> {
        let _ = (symbol, interval, since, limit);
        Err(ExchangeError::Unsupported { exchange: self.name(), what: "be asked for candles" })
    }

    /// The events about `symbols`, or about everything when the slice is empty.
    ///
    /// # Errors
    /// [`ExchangeError::UnknownSymbol`], or what prevents the stream from being opened.
    async fn subscribe(&self, symbols: &[Symbol]) -> Result<EventStream, ExchangeError>;
}

/// A venue whose stream has a type: from the venue to the order book, every call can be dispatched statically.
///
/// A service that is generic over it, like `VenueBook`, is compiled once per venue, decorators
/// included; [`IExchange::subscribe`] is the same stream in a box.
pub trait TypedVenue: IExchange {
    /// The venue's own stream.
    type Stream: Stream<Item = Result<MarketEvent, ExchangeError>> + Send + Unpin + 'static;

    /// As [`IExchange::subscribe`].
    ///
    /// # Errors
    /// As [`IExchange::subscribe`].
    fn open(&self, symbols: &[Symbol]) -> impl Future<Output = Result<Self::Stream, ExchangeError>> + Send;
}
