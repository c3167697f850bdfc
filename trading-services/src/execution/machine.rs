//! The states of an order, from what its venue says in whatever order.

use std::collections::BTreeMap;
use std::sync::Arc;

use rust_decimal::Decimal;

use crate::model::{Fill, Order, OrderRequest, OrderStatus, Quantity, Timestamp};
use crate::ports::OrderEvent;

/// What an event has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventOutcome {
    /// The order is another than before.
    Applied,
    /// Nothing: it was known, or something later was.
    Known,
    /// The venue has traded more than was ordered. It counts all the same, for it is owned.
    Overfilled,
}

/// One order. Its state is a function of the *set* of what was said: an event may come late, twice and in any order, and
/// the state is the same as if all had come once and in their order.
///
/// A fill before its acknowledgement is an acknowledgement. A fill that met a cancellation counts: what is traded is traded.
/// A rejection of an order that was traded was wrong, and counts for nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderMachine {
    request: OrderRequest,
    submitted: Timestamp,
    /// When something was said last that was new.
    changed: Timestamp,
    is_accepted: bool,
    end: Option<End>,
    fills: BTreeMap<Arc<str>, Fill>,
}

/// How an order has ended without being filled. The later variant holds where a venue says several.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum End {
    Rejected(String),
    Expired(String),
    Cancelled(String),
}

impl OrderMachine {
    /// An order that was just submitted.
    pub fn new(request: OrderRequest, submitted: Timestamp) -> Self {
        Self { request, submitted, changed: submitted, is_accepted: false, end: None, fills: BTreeMap::new() }
    }

    /// What was wanted.
    pub fn request(&self) -> &OrderRequest {
        &self.request
    }

    /// Takes what the venue says, at a time by our clock.
    pub fn apply(&mut self, event: OrderEvent, time: Timestamp) -> EventOutcome {
        let before = self.facts();
        self.take(event);
        if self.facts() == before {
            return EventOutcome::Known;
        }
        self.changed = self.changed.max(time);
        let is_too_much = self.filled() > self.request.quantity.value() && self.fills.len() > before.2;
        if is_too_much { EventOutcome::Overfilled } else { EventOutcome::Applied }
    }

    /// Where the order stands.
    pub fn status(&self) -> OrderStatus {
        let filled = self.filled();
        match &self.end {
            _ if filled >= self.request.quantity.value() => OrderStatus::Filled,
            Some(End::Cancelled(_)) => OrderStatus::Cancelled,
            Some(End::Expired(_)) => OrderStatus::Expired,
            Some(End::Rejected(_)) if filled.is_zero() => OrderStatus::Rejected,
            _ if !filled.is_zero() => OrderStatus::PartiallyFilled,
            _ if self.is_accepted => OrderStatus::Accepted,
            _ => OrderStatus::Submitted,
        }
    }

    /// The order with what has become of it.
    pub fn order(&self) -> Order {
        let status = self.status();
        let reason = match (&self.end, status) {
            (
                Some(End::Cancelled(reason) | End::Expired(reason) | End::Rejected(reason)),
                OrderStatus::Cancelled | OrderStatus::Expired | OrderStatus::Rejected,
            ) => Some(reason.clone()),
            _ => None,
        };
        let filled = Quantity::new(self.filled()).unwrap_or(Quantity::ZERO);
        Order {
            request: self.request.clone(),
            submitted: self.submitted,
            changed: self.changed,
            status,
            filled,
            reason,
        }
    }

    /// Its fills, in order of their names.
    pub fn fills(&self) -> impl Iterator<Item = &Fill> {
        self.fills.values()
    }

    fn take(&mut self, event: OrderEvent) {
        match event {
            OrderEvent::Accepted => self.is_accepted = true,
            OrderEvent::Rejected(reason) => self.end_with(End::Rejected(reason)),
            OrderEvent::Expired(reason) => self.end_with(End::Expired(reason)),
            OrderEvent::Cancelled(reason) => self.end_with(End::Cancelled(reason)),
            OrderEvent::Filled(fill) => {
                self.fills.entry(Arc::clone(&fill.id)).or_insert(fill);
            }
        }
    }

    fn filled(&self) -> Decimal {
        self.fills.values().map(|fill| fill.quantity.value()).sum()
    }

    fn end_with(&mut self, end: End) {
        self.end = self.end.take().max(Some(end));
    }

    fn facts(&self) -> (bool, Option<End>, usize) {
        (self.is_accepted, self.end.clone(), self.fills.len())
    }
}
