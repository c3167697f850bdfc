//! The interface of the state that outlives a container.

use rust_decimal::Decimal;

use crate::model::{Fill, OrderId, OrderRequest, Timestamp};

/// What a venue says of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OrderEvent {
    /// It has the order.
    Accepted,
    /// It does not want it, for this reason.
    Rejected(String),
    /// A part was traded.
    Filled(Fill),
    /// It waits no more, for this reason.
    Cancelled(String),
    /// Its time is over, for this reason.
    Expired(String),
}

/// Something that has happened, from which the state follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StateFact {
    /// A signal was given; the next one has the next number.
    Signalled {
        /// Its number.
        id: u64,
    },
    /// An order was submitted.
    Submitted {
        /// Which.
        request: Box<OrderRequest>,
        /// When.
        time: Timestamp,
    },
    /// A venue has said something of an order.
    Reported {
        /// Of which.
        order: OrderId,
        /// What.
        event: Box<OrderEvent>,
        /// When.
        time: Timestamp,
    },
    /// A day has begun with this equity.
    Day {
        /// When it began.
        time: Timestamp,
        /// The value of the account then.
        equity: Decimal,
    },
    /// The equity was never higher.
    Peak {
        /// How high.
        equity: Decimal,
    },
    /// All trading has ended.
    Killed {
        /// Why.
        reason: String,
    },
}

/// Keeps what has happened, so that a container that is built over it goes on with orders, positions and limits.
///
/// Services append a fact before they tell anybody of it, and read them all when they are constructed.
#[di_core::interface]
pub trait IStateManager {
    /// Adds a fact.
    fn append(&self, fact: StateFact);

    /// Every fact, in the order in which they were added.
    fn facts(&self) -> Vec<StateFact>;
}
