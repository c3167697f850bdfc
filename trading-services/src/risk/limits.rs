//! The limits of an order: every one that it would break.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use super::Settings;
use crate::model::{InstrumentId, Order, OrderKind, OrderRequest, Quantity, Side};
use crate::ports::{PositionView, RiskReason, RiskRequest};

/// The account as an order finds it.
pub(super) struct Account<'a> {
    pub(super) equity: Decimal,
    pub(super) positions: &'a [PositionView],
    pub(super) open: &'a [Order],
    /// The price of the market, where there is one.
    pub(super) market: &'a dyn Fn(&InstrumentId) -> Option<Decimal>,
    /// What so much of what an instrument is paid in is worth in the currency of the account.
    pub(super) worth: &'a dyn Fn(&InstrumentId, Decimal) -> Option<Decimal>,
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
#[derive(Debug, Clone, Copy, Default)]
struct Reach {
    held: Decimal,
    most: Decimal,
    least: Decimal,
}

impl Reach {
    /// Counts an order.
    fn add(&mut self, side: Side, quantity: Quantity) {
        match side {
            Side::Buy => self.most = self.most.saturating_add(quantity.value()),
            Side::Sell => self.least = self.least.saturating_sub(quantity.value()),
        }
    }

    /// Counts an order that may only make the position smaller: at most down to nothing.
    fn add_reducing(&mut self, side: Side, quantity: Quantity) {
        match side {
            Side::Buy if self.most < Decimal::ZERO => {
                self.most = self.most.saturating_add(quantity.value()).min(Decimal::ZERO);
            }
            Side::Sell if self.least > Decimal::ZERO => {
                self.least = self.least.saturating_sub(quantity.value()).max(Decimal::ZERO);
            }
            _ => {}
        }
    }

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
        if request.reference.is_none() {
            return vec![RiskReason::StaleData];
        }
        let mut reasons = Vec::new();
        if self.broken(settings, exposure, request, &mut reasons).is_none() {
            let what = "a value does not fit 96 bits, or a currency of what is held or open has no rate";
            reasons.push(RiskReason::Unknown(what.to_owned()));
        }
        reasons
    }

    /// `None` when a value does not fit.
    fn broken(
        &self,
        settings: &Settings,
        counted: Exposure,
        request: &RiskRequest<'_>,
        reasons: &mut Vec<RiskReason>,
    ) -> Option<()> {
        let (order, price) = (request.order, request.highest_price());
        let collar = request.distance_percent()?;
        if collar > settings.price_collar_percent {
            reasons.push(RiskReason::Collar { value: collar, limit: settings.price_collar_percent });
        }
        let value = self.worth(&order.instrument, order.quantity.value(), price)?;
        if value > settings.max_order_notional {
            reasons.push(RiskReason::OrderNotional { value, limit: settings.max_order_notional });
        }
        let mut reach = self.reach(&order.instrument);
        match order.side {
            Side::Buy => reach.most = reach.most.checked_add(order.quantity.value())?,
            Side::Sell => reach.least = reach.least.checked_sub(order.quantity.value())?,
        }
        let position = self.worth(&order.instrument, reach.largest(), price)?;
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
            let value = self.worth(&other.instrument, other.position.quantity.abs(), other.mark.value())?;
            exposure = exposure.checked_add(value)?;
        }
        for other in self.open.iter().filter(|other| other.request.instrument != order.instrument) {
            let mark = self.price(&other.request.instrument).unwrap_or(price);
            let value = self.worth(&other.request.instrument, other.open_quantity().value(), mark)?;
            exposure = exposure.checked_add(value)?;
        }
        Some(exposure)
    }

    /// What could become of all other instruments; `None` when it does not fit, or when nobody knows a price.
    fn others_by_reach(&self, order: &OrderRequest) -> Option<Decimal> {
        let held = self.positions.iter().map(|view| &view.instrument);
        let instruments: BTreeSet<_> = held.chain(self.open.iter().map(|open| &open.request.instrument)).collect();
        let mut exposure = Decimal::ZERO;
        for instrument in instruments.into_iter().filter(|other| **other != order.instrument) {
            let price = self.price(instrument)?;
            exposure = exposure.checked_add(self.worth(instrument, self.reach(instrument).largest(), price)?)?;
        }
        Some(exposure)
    }

    /// What the positions of a module are worth at most, with everything that it has open and what it asks for; `None` when it
    /// does not fit, or when nobody knows a price. `owned` is what the portfolio says is of it.
    pub(super) fn used_by(
        &self,
        module: &str,
        owned: &BTreeMap<InstrumentId, Decimal>,
        asked: Option<&RiskRequest<'_>>,
    ) -> Option<Decimal> {
        let reach = |(instrument, own): (_, &Decimal)| (instrument, Reach { held: *own, most: *own, least: *own });
        let mut reaches: BTreeMap<&InstrumentId, Reach> = owned.iter().map(reach).collect();
        let open = || self.open.iter().filter(|open| open.request.id.is_of_module(module));
        // First what closes: it leaves nothing to close of what the others open.
        for open in open().filter(|open| open.request.reduce_only) {
            let reach = reaches.entry(&open.request.instrument).or_default();
            reach.add_reducing(open.request.side, open.open_quantity());
        }
        for open in open().filter(|open| !open.request.reduce_only) {
            reaches.entry(&open.request.instrument).or_default().add(open.request.side, open.open_quantity());
        }
        if let Some(RiskRequest { order, .. }) = asked {
            reaches.entry(&order.instrument).or_default().add(order.side, order.quantity);
        }
        let mut used = Decimal::ZERO;
        for (instrument, reach) in reaches.into_iter().filter(|(_, reach)| !reach.largest().is_zero()) {
            let known = asked.filter(|asked| asked.order.instrument == *instrument).map(RiskRequest::highest_price);
            let price = known.or_else(|| self.price(instrument))?;
            used = used.checked_add(self.worth(instrument, reach.largest(), price)?)?;
        }
        Some(used)
    }

    /// What a quantity is worth at a price, in the currency of the account; `None` when it does not fit, or when nobody knows a
    /// rate.
    fn worth(&self, instrument: &InstrumentId, quantity: Decimal, price: Decimal) -> Option<Decimal> {
        (self.worth)(instrument, quantity.checked_mul(price)?)
    }

    fn held(&self, instrument: &InstrumentId) -> Decimal {
        let view = self.positions.iter().find(|view| view.instrument == *instrument);
        view.map_or(Decimal::ZERO, |view| view.position.quantity)
    }

    /// The price at which an instrument is counted: its mark, what the market asks, or that of an order which waits.
    fn price(&self, instrument: &InstrumentId) -> Option<Decimal> {
        let orders = || self.open.iter().filter(|open| open.request.instrument == *instrument);
        let waiting = || {
            orders()
                .filter_map(|open| match open.request.kind {
                    OrderKind::Limit { price, .. } | OrderKind::Stop { trigger: price } => Some(price.value()),
                    OrderKind::Market => None,
                })
                .max()
        };
        self.mark(instrument).or_else(|| (self.market)(instrument)).or_else(waiting)
    }

    fn mark(&self, instrument: &InstrumentId) -> Option<Decimal> {
        self.positions.iter().find(|view| view.instrument == *instrument).map(|view| view.mark.value())
    }

    fn reach(&self, instrument: &InstrumentId) -> Reach {
        let held = self.held(instrument);
        let mut reach = Reach { held, most: held, least: held };
        for open in self.open.iter().filter(|open| open.request.instrument == *instrument) {
            reach.add(open.request.side, open.open_quantity());
        }
        reach
    }
}
