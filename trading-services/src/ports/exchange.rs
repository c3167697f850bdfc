//! The interface of one venue.

use crate::model::{BookSnapshot, Instrument, MarketEvent, Symbol};
use crate::ports::ExchangeError;

/// One venue: simulated, replayed, later live.
#[di_core::interface]
pub trait IExchange {
    /// The venue's name, which is also its key in configuration.
    fn name(&self) -> &'static str;

    /// What can be traded there.
    ///
    /// # Errors
    /// [`ExchangeError`] when the venue cannot be asked.
    fn instruments(&self) -> Result<Vec<Instrument>, ExchangeError>;

    /// Whether the venue can be reached.
    ///
    /// # Errors
    /// [`ExchangeError`] with the reason when it cannot.
    fn check_connection(&self) -> Result<(), ExchangeError>;

    /// The whole book now, to begin with or after a gap.
    ///
    /// # Errors
    /// [`ExchangeError::UnknownSymbol`], or [`ExchangeError::Unsupported`] where a venue sends snapshots in its stream only.
    fn order_book(&self, symbol: &Symbol) -> Result<BookSnapshot, ExchangeError>;

    /// The messages about `symbols`, or about everything when the slice is empty.
    ///
    /// # Errors
    /// [`ExchangeError::UnknownSymbol`], or what prevents the stream from being opened.
    fn streams(&self, symbols: &[Symbol]) -> Result<Box<dyn EventStream>, ExchangeError>;
}

/// A venue whose stream has a type: from the venue to the order book, every call can be dispatched statically.
///
/// A service that is generic over it, like [`VenueBook`](crate::engine::VenueBook), is compiled once per venue, decorators
/// included; [`IExchange::streams`] is the same stream in a box.
pub trait TypedVenue: IExchange {
    /// The venue's own stream.
    type Stream: EventStream + 'static;

    /// As [`IExchange::streams`].
    ///
    /// # Errors
    /// As [`IExchange::streams`].
    fn open(&self, symbols: &[Symbol]) -> Result<Self::Stream, ExchangeError>;
}

/// The messages of a venue, one after the other.
pub trait EventStream: Send {
    /// The next message, or `None` when the venue has no more (a recording ends, a simulation does not).
    ///
    /// # Errors
    /// [`ExchangeError`]; what was returned before stays valid, and the stream is over.
    fn next_event(&mut self) -> Result<Option<MarketEvent>, ExchangeError>;
}
