//! The interface of the executor of orders.

use di_core::events::Event;
use rust_decimal::Decimal;

use super::{Latest, StateError};
use crate::model::{BookDepth, Candle, Fill, InstrumentId, Order, OrderId, OrderRequest, Price, Timestamp, Trade};

/// What an executor on paper learns of the market, in place of a venue that has the orders.
#[derive(Debug, Clone, Copy)]
pub enum MarketTick<'a> {
    /// The book as it stands.
    Book(&'a BookDepth),
    /// A trade of others.
    Trade(&'a Trade),
    /// The first price of a candle.
    Open(Price),
    /// A candle as a whole, of which the first price was told before.
    Bar(&'a Candle),
}

impl Event for Order {
    const TOPIC: &'static str = "order.changed";
    // `IOrderExecutor::orders` has them all.
    const HISTORY: usize = 0;
}

impl Event for Fill {
    const TOPIC: &'static str = "order.filled";
    // `IOrderExecutor::fills` has them all.
    const HISTORY: usize = 0;
}

/// Why an order is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OrderError {
    /// Another order has that name.
    #[error("order {0}: expected the order of that name, found another; a new order has a new name")]
    OtherOrder(OrderId),
    /// There is no order of that name.
    #[error("expected the name of an order, found `{0}`, which was not submitted")]
    Unknown(OrderId),
    /// Nothing is wanted.
    #[error("order {0}: expected a quantity above zero")]
    NoQuantity(OrderId),
    /// It cannot be kept, and so was not sent.
    #[error("order {0}: {1}")]
    NotKept(OrderId, StateError),
}

/// Carries orders to a venue, and keeps what becomes of them.
#[di_core::interface]
pub trait IOrderExecutor {
    /// Submits an order. The same order twice is one order; what has become of it is answered.
    ///
    /// # Errors
    /// [`OrderError`].
    fn submit(&self, request: &OrderRequest) -> Result<Order, OrderError>;

    /// Cancels what is open of an order; one that has ended stays as it is.
    ///
    /// # Errors
    /// [`OrderError::Unknown`].
    fn cancel(&self, id: &OrderId, reason: &str) -> Result<Order, OrderError>;

    /// Every order, in the order of their submission.
    fn orders(&self) -> Vec<Order>;

    /// The orders that were submitted last.
    fn latest_orders(&self, limit: usize, offset: usize) -> Latest<Order>;

    /// The last order that is of this kind.
    fn last_order(&self, is_wanted: &dyn Fn(&OrderRequest) -> bool) -> Option<Order>;

    /// The orders that wait, in the order of their submission.
    fn open_orders(&self) -> Vec<Order>;

    /// Every fill, in the order in which they came.
    fn fills(&self) -> Vec<Fill>;

    /// The fills that came last.
    fn latest_fills(&self, limit: usize, offset: usize) -> Latest<Fill>;

    /// Whether a tick of this instrument could change an order.
    fn is_waiting(&self, instrument: &InstrumentId) -> bool;

    /// What is held of an instrument at the venue, in one reading: what the portfolio has, and the fills of which nobody is told
    /// yet since they cannot be kept.
    fn held(&self, instrument: &InstrumentId) -> Decimal;

    /// Whether a fill of an instrument cannot be kept yet, whatever it comes to with others.
    fn has_untold(&self, instrument: &InstrumentId) -> bool;

    /// Lets orders meet the market. Fills and changes are told on their topics before this returns, unless another thread is
    /// telling of others: it goes on with these, so that all are told in the order in which they were kept.
    fn observe(&self, instrument: &InstrumentId, time: Timestamp, tick: MarketTick<'_>);
}
