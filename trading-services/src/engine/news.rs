//! Events for the bus while a message is processed, in their order.

use std::sync::{Arc, Mutex};

use di_core::events::Subscription;

use crate::engine::Platform;
use crate::model::{Fill, FundingSettlement, Order};
use crate::ports::{Alert, RiskAnswer, Signal};
use crate::sync::lock;

/// One thing that services have told.
#[derive(Debug, Clone, PartialEq)]
pub enum News {
    /// A call to act.
    Signal(Signal),
    /// What the risk manager says of an order.
    Risk(RiskAnswer),
    /// An order is in another state.
    Order(Order),
    /// A part of an order was traded.
    Fill(Fill),
    /// The funding of a position was settled.
    Funding(FundingSettlement),
    /// Somebody is told of something.
    Alert(Alert),
}

impl News {
    /// The signal, if it is one.
    pub fn signal(&self) -> Option<&Signal> {
        if let Self::Signal(signal) = self { Some(signal) } else { None }
    }

    /// The order, if more of it was traded than was wanted.
    pub(super) fn overfilled(&self) -> Option<&Order> {
        let Self::Order(order) = self else { return None };
        Some(order).filter(|order| order.filled > order.request.quantity)
    }
}

/// Listens until the subscriptions are dropped. Observers run in the thread that publishes: what a message leads to is here
/// before the message is done with.
pub(super) fn listen(platform: &Platform, heard: &Arc<Mutex<Vec<News>>>) -> Vec<Subscription> {
    const NAME: &str = "event log";
    let sink = || Arc::clone(heard);
    let (signals, risks, orders, fills, funding, alerts) = (sink(), sink(), sink(), sink(), sink(), sink());
    vec![
        platform.signals_given.observe(NAME, move |signal| lock(&signals).push(News::Signal(signal.clone()))),
        platform.risk_answered.observe(NAME, move |answer| lock(&risks).push(News::Risk(answer.clone()))),
        platform.orders_changed.observe(NAME, move |order| lock(&orders).push(News::Order(order.clone()))),
        platform.orders_filled.observe(NAME, move |fill| lock(&fills).push(News::Fill(fill.clone()))),
        platform.funding_settled.observe(NAME, move |settled| lock(&funding).push(News::Funding(settled.clone()))),
        platform.alerts_raised.observe(NAME, move |alert| {
            // How a service is depends on the machine: the log of the same events must be the same on another.
            if alert.service.is_none() {
                lock(&alerts).push(News::Alert(alert.clone()));
            }
        }),
    ]
}
