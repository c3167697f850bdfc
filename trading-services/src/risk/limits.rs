//! The limits of an order: every one that it would break.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use super::Settings;
use crate::model::{InstrumentId, Order, OrderKind, OrderRequest, Price, Side};
use crate::ports::{PositionView, RiskReason, RiskRequest};

/// The account as an order finds it.
#[derive(Debug)]
pub(super) struct Account<'a> {
    pub(super) equity: Decimal,
    pub(super) positions: &'a [PositionView],
    pub(super) open: &'a [Order],
}

/// How the exposure of other instruments is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Exposure {
    /// What is held, and on top of it every open order.
    ByOrder,
    /// What could become of each instrument: an order that makes a position smaller adds nothing.
    ByReach,
}

/// How much of an instrument is held, and would be if everything that is open were filled on one side.
#[derive(Debug, Clone, Copy)]
struct Reach {
    held: Decimal,
    most: Decimal,
    least: Decimal,
}

impl Reach {
    /// The largest position either way.
    fn largest(&self) -> Decimal {
        self.most.abs().max(self.least.abs())
    }
}

impl Account<'_> {
    /// The position that an order meets at worst: what the open orders of its side leave of it. One that may only reduce
    /// cannot turn what they leave, and meets all that is held.
    pub(super) fn met_by(&self, order: &OrderRequest) -> Decimal {
        let Reach { held, most, least } = self.reach(&order.instrument);
        match order.side {
            _ if order.reduce_only => held,
            Side::Buy => most,
            Side::Sell => least,
        }
    }

    /// Adds every limit of the account that an order would break at the price of the market.
    pub(super) fn check(&self, settings: &Settings, exposure: Exposure, request: &RiskRequest<'_>) -> Vec<RiskReason> {
        let Some(reference) = request.reference else { return vec![RiskReason::StaleData] };
        let mut reasons = Vec::new();
        if self.broken(settings, exposure, request, reference, &mut reasons).is_none() {
            reasons.push(RiskReason::Unknown("a value does not fit 96 bits".to_owned()));
        }
        reasons
    }

    /// `None` when a value does not fit.
    fn broken(
        &self,
        settings: &Settings,
        counted: Exposure,
        request: &RiskRequest<'_>,
        reference: Price,
        reasons: &mut Vec<RiskReason>,
    ) -> Option<()> {
        let (order, price) = (request.order, reference.value().max(request.price.value()));
        let difference = (request.price.value() - reference.value()).abs();
        let collar = difference.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(reference.value())?;
        if collar > settings.price_collar_percent {
            reasons.push(RiskReason::Collar { value: collar, limit: settings.price_collar_percent });
        }
        let value = order.quantity.value().checked_mul(price)?;
        if value > settings.max_order_notional {
            reasons.push(RiskReason::OrderNotional { value, limit: settings.max_order_notional });
        }
        let mut reach = self.reach(&order.instrument);
        match order.side {
            Side::Buy => reach.most = reach.most.checked_add(order.quantity.value())?,
            Side::Sell => reach.least = reach.least.checked_sub(order.quantity.value())?,
        }
        let position = reach.largest().checked_mul(price)?;
        if position > settings.max_position_notional {
            reasons.push(RiskReason::PositionNotional { value: position, limit: settings.max_position_notional });
        }
        let others = match counted {
            Exposure::ByOrder => self.others_by_order(order, price)?,
            Exposure::ByReach => self.others_by_reach(order)?,
        };
        let exposure = position.checked_add(others)?;
        if self.equity <= Decimal::ZERO {
            reasons.push(RiskReason::Unknown("there is no equity".to_owned()));
            return Some(());
        }
        let leverage = exposure.checked_div(self.equity)?;
        if leverage > settings.max_leverage {
            reasons.push(RiskReason::Leverage { value: leverage, limit: settings.max_leverage });
        }
        Some(())
    }

    /// What all other instruments are worth, with every open order on top; `None` when it does not fit.
    fn others_by_order(&self, order: &OrderRequest, price: Decimal) -> Option<Decimal> {
        let mut exposure = Decimal::ZERO;
        for other in self.positions.iter().filter(|other| other.instrument != order.instrument) {
            exposure = exposure.checked_add(other.position.quantity.abs().checked_mul(other.mark.value())?)?;
        }
        for other in self.open.iter().filter(|other| other.request.instrument != order.instrument) {
            let mark = self.mark(&other.request.instrument).unwrap_or(price);
            exposure = exposure.checked_add(other.open_quantity().value().checked_mul(mark)?)?;
        }
        Some(exposure)
    }

    /// What could become of all other instruments; `None` when it does not fit, or when nobody knows a price.
    fn others_by_reach(&self, order: &OrderRequest) -> Option<Decimal> {
        let held = self.positions.iter().map(|view| &view.instrument);
        let instruments: BTreeSet<_> = held.chain(self.open.iter().map(|open| &open.request.instrument)).collect();
        let mut exposure = Decimal::ZERO;
        for instrument in instruments.into_iter().filter(|other| **other != order.instrument) {
            // An order that waits says itself at which price it trades.
            let waiting = || {
                let orders = self.open.iter().filter(|open| open.request.instrument == *instrument);
                orders
                    .filter_map(|open| match open.request.kind {
                        OrderKind::Limit { price, .. } | OrderKind::Stop { trigger: price } => Some(price.value()),
                        OrderKind::Market => None,
                    })
                    .max()
            };
            let price = self.mark(instrument).or_else(waiting)?;
            exposure = exposure.checked_add(self.reach(instrument).largest().checked_mul(price)?)?;
        }
        Some(exposure)
    }

    fn mark(&self, instrument: &InstrumentId) -> Option<Decimal> {
        self.positions.iter().find(|view| view.instrument == *instrument).map(|view| view.mark.value())
    }

    fn reach(&self, instrument: &InstrumentId) -> Reach {
        let view = self.positions.iter().find(|view| view.instrument == *instrument);
        let held = view.map_or(Decimal::ZERO, |view| view.position.quantity);
        let mut reach = Reach { held, most: held, least: held };
        for open in self.open.iter().filter(|open| open.request.instrument == *instrument) {
            let quantity = open.open_quantity().value();
            match open.request.side {
                Side::Buy => reach.most = reach.most.saturating_add(quantity),
                Side::Sell => reach.least = reach.least.saturating_sub(quantity),
            }
        }
        reach
    }
}
