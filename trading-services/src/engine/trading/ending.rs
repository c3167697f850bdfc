//! The end of trading: who is told of it, what is cancelled and closed, and what of that is left.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::Ordering;

use di_core::error::BoxError;
use di_core::health::{Health, HealthCheck};

use super::TradingEngine;
use super::wind_down::{Left, Trouble};
use crate::model::{CorrelationId, Order, OrderId, OrderRequest, Quantity, Side};
use crate::ports::{AlertContext, AlertLevel, AlertOutcome, EquityPoint, ITradingEngine, PositionView, StateFact};
use crate::risk;

/// The rule of the alert that trading has ended.
const ENDED: &str = "trading-ended";

impl TradingEngine {
    /// Looks at the account, whose value may be known already, and stops when the risk manager says so; after that, looks at what was to be
    /// closed.
    pub(super) fn look(&self, valued: Option<EquityPoint>) {
        if self.risk.observe(valued.map(|point| point.equity)) || self.is_untold.load(Ordering::Relaxed) {
            self.tell_ended();
        }
        self.wind_down_once();
        if self.risk.killed().is_some() {
            self.report();
        }
    }

    /// Tells people that trading has ended, and why; again with the next look while an alert of before holds this one back.
    pub(super) fn tell_ended(&self) {
        if let Some(reason) = self.risk.killed() {
            let context = AlertContext { rule: ENDED, instrument: None, service: None };
            let message = format!("trading has ended: {reason}");
            let outcome = self.alerts.send_alert(&message, AlertLevel::Critical, context);
            self.is_untold.store(outcome == AlertOutcome::CoolingDown, Ordering::Relaxed);
        }
    }

    /// Cancels and closes if trading has ended and this process has not done so; false while somebody else is at it.
    fn wind_down_once(&self) -> bool {
        let Some(reason) = self.risk.killed() else { return true };
        if self.wind_down.is_done() {
            return true;
        }
        // The task of the market does not wait for a disk that another thread writes to.
        let Some(_under_way) = self.wind_down.try_begin() else { return false };
        if !self.wind_down.is_done() {
            self.cancel_and_close(&reason);
        }
        true
    }

    /// Before the first order meets the market: cancels and closes what was not before the process ended, and tells people of
    /// the end of trading if they were not told.
    #[inline]
    pub(super) fn begin(&self) {
        if !self.has_begun.load(Ordering::Relaxed) {
            self.begin_once();
        }
    }

    /// Apart from `begin`, which runs with each message.
    #[cold]
    fn begin_once(&self) {
        if self.wind_down_once() {
            self.has_begun.store(true, Ordering::Relaxed);
            if self.risk.killed().is_some() && !self.was_told() {
                self.tell_ended();
            }
        }
    }

    /// Whether an alert of the last end of trading is kept. The end is durable before anybody is told of it, and a process may be
    /// killed in between; what cannot be read is told once more.
    fn was_told(&self) -> bool {
        let told = |told: bool, fact: &StateFact| match fact {
            StateFact::Killed { .. } => false,
            StateFact::Raised { alert, .. } => told || alert.rule == ENDED,
            _ => told,
        };
        self.kept.facts().is_ok_and(|facts| facts.iter().fold(false, told))
    }

    /// Tells people of what could not be done; while it is under way, nobody knows.
    pub(super) fn report(&self) {
        if let Some(troubles) = self.open_troubles() {
            self.wind_down.report(&*self.alerts, troubles);
        }
    }

    pub(super) fn cancel_and_close(&self, reason: &str) {
        let mut uncancelled = BTreeMap::new();
        for order in self.executor.open_orders() {
            let id = order.request.id;
            let why = match self.executor.cancel(&id, reason) {
                Ok(order) if order.status.is_final() => continue,
                Ok(order) => format!("it is {}", order.status),
                Err(error) => error.to_string(),
            };
            uncancelled.insert(id, why);
        }
        self.wind_down.set_uncancelled(uncancelled);
        if self.config.section::<risk::Settings>().flatten {
            self.close_all();
        }
        self.wind_down.done();
    }

    /// Orders what closes every position, as it is at the venue.
    pub(super) fn close_all(&self) {
        let mut unordered = BTreeMap::new();
        // A later round has a higher number.
        let last = self.executor.last_order(&|request| flattening(&request.id).is_some());
        let round = last.and_then(|order| flattening(&order.request.id)).unwrap_or(0) + 1;
        // A fill that waits to be kept is held and not in the portfolio yet; until then its order is open.
        let positions = self.portfolio.positions().into_iter().map(|view| view.instrument);
        let open = self.executor.open_orders().into_iter().map(|order| order.request.instrument);
        let instruments: BTreeSet<_> = positions.chain(open).collect();
        for (index, instrument) in instruments.into_iter().enumerate() {
            let held = self.executor.held(&instrument);
            if held.is_zero() {
                continue;
            }
            let side = if held.is_sign_negative() { Side::Buy } else { Side::Sell };
            let why = match (Quantity::new(held.abs()), format!("flatten-{round}-{index}").parse()) {
                (Ok(quantity), Ok(id)) => {
                    let order = OrderRequest::market(id, &instrument, side, quantity, true, CorrelationId::default());
                    match self.executor.submit(&self.market.fitted(order, held)) {
                        Ok(_) => continue,
                        Err(error) => error.to_string(),
                    }
                }
                (Err(error), _) => error.to_string(),
                (_, Err(error)) => error.to_string(),
            };
            unordered.insert(instrument, why);
        }
        self.wind_down.set_unordered(unordered);
    }

    /// Everything that was to be done and is not; `None` while somebody does it. Most of it follows from the orders and the
    /// positions, and so is the same after a restart.
    pub(super) fn open_troubles(&self) -> Option<Vec<Trouble>> {
        let settled = self.wind_down.settled()?;
        let (is_killed, fault) = (self.risk.killed().is_some(), self.risk.fault());
        let left = self.wind_down.left();
        let mut found = Vec::new();
        if is_killed || fault.is_some() || !left.unordered.is_empty() || !left.uncancelled.is_empty() {
            let text = |fault| format!("trading has ended until the end of this process only: {fault}");
            found.extend(fault.map(|fault| Trouble { instrument: None, text: text(fault) }));
            found.extend(self.uncancelled_orders(&left, is_killed));
            found.extend(self.unclosed_positions(&left, is_killed));
        }
        // What was read while somebody began to cancel and close is neither how it was nor how it is.
        (self.wind_down.settled() == Some(settled)).then_some(found)
    }

    /// The orders that wait although they were to be cancelled.
    fn uncancelled_orders(&self, left: &Left, is_killed: bool) -> Vec<Trouble> {
        let orders = self.executor.open_orders().into_iter();
        let trouble = |Order { request: OrderRequest { id, instrument, reduce_only, .. }, .. }| {
            let why = match left.uncancelled.get(&id) {
                Some(why) => why,
                None if is_killed && !reduce_only => "nobody has cancelled it",
                None => return None,
            };
            let text = format!("the order {id} of {instrument} is open, which was to be cancelled: {why}");
            Some(Trouble { instrument: Some(instrument), text })
        };
        orders.filter_map(trouble).collect()
    }

    /// The positions that are held although they were to be closed.
    fn unclosed_positions(&self, left: &Left, is_killed: bool) -> Vec<Trouble> {
        let mut found = Vec::new();
        let settings = self.config.section::<risk::Settings>();
        for PositionView { instrument, position, .. } in self.portfolio.positions() {
            let held = position.quantity;
            if !self.market.is_position(&instrument, held) {
                continue;
            }
            if let Some(why) = left.unordered.get(&instrument) {
                found.push(Trouble::held(&instrument, held, why));
                continue;
            }
            if !is_killed || !settings.flatten {
                continue;
            }
            let is_closing =
                |request: &OrderRequest| request.instrument == instrument && flattening(&request.id).is_some();
            let why = match self.executor.last_order(&is_closing) {
                None => "nobody has ordered it".to_owned(),
                Some(Order { status, request, reason, .. }) if status.is_final() => match reason {
                    Some(reason) => format!("{} has ended: {reason}", request.id),
                    None => format!("{} is {status}, and was not enough", request.id),
                },
                Some(Order { request, submitted, .. }) => {
                    let waited = self.clock.now().since(submitted).max(self.wind_down.since_closing());
                    if waited < settings.flatten_within {
                        continue;
                    }
                    format!("{} waits since {submitted}", request.id)
                }
            };
            found.push(Trouble::held(&instrument, held, &why));
        }
        found
    }
}

#[di_core::interface]
impl HealthCheck for TradingEngine {
    async fn check(&self) -> Result<Health, BoxError> {
        // Nothing else looks while a feed is dead, and what waits for it is what people have to know.
        self.report();
        let troubles = self.troubles();
        Ok(match troubles.first() {
            None => Health::healthy(),
            Some(first) => Health::unhealthy(first.clone())
                .with("troubles", troubles.len())
                .suggest("stop all trading again, which cancels and closes again; or close at the venue"),
        })
    }
}

/// In which round an order was made that flattens; names are not given again after a restart.
fn flattening(id: &OrderId) -> Option<u64> {
    id.as_str().strip_prefix("flatten-")?.split('-').next()?.parse().ok()
}
