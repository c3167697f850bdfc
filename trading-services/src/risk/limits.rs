//! The limits of an order: every one that it would break.

use rust_decimal::Decimal;

use super::Settings;
use crate::model::{Order, OrderRequest, Price, Side};
use crate::ports::{PositionView, RiskReason, RiskRequest};

/// The account as an order finds it.
#[derive(Debug)]
pub(super) struct Account<'a> {
    pub(super) equity: Decimal,
    pub(super) positions: &'a [PositionView],
    pub(super) open: &'a [Order],
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
    /// Whether an order can do nothing but make a position smaller, whatever else is filled.
    pub(super) fn is_reducing(&self, order: &OrderRequest) -> bool {
        let Reach { held, most, least } = self.reach(order);
        match order.side {
            Side::Buy => held.is_sign_negative() && !held.is_zero() && most + order.quantity.value() <= Decimal::ZERO,
            Side::Sell => held > Decimal::ZERO && least - order.quantity.value() >= Decimal::ZERO,
        }
    }

    /// Adds every limit of the account that an order would break at the price of the market.
    pub(super) fn check(&self, settings: &Settings, request: &RiskRequest<'_>, reasons: &mut Vec<RiskReason>) {
        let Some(reference) = request.reference else {
            reasons.push(RiskReason::StaleData);
            return;
        };
        if self.broken(settings, request, reference, reasons).is_none() {
            reasons.push(RiskReason::Unknown("a value does not fit 96 bits".to_owned()));
        }
    }

    /// `None` when a value does not fit.
    fn broken(
        &self,
        settings: &Settings,
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
        let mut reach = self.reach(order);
        match order.side {
            Side::Buy => reach.most = reach.most.checked_add(order.quantity.value())?,
            Side::Sell => reach.least = reach.least.checked_sub(order.quantity.value())?,
        }
        let position = reach.largest().checked_mul(price)?;
        if position > settings.max_position_notional {
            reasons.push(RiskReason::PositionNotional { value: position, limit: settings.max_position_notional });
        }
        let mut exposure = position;
        for other in self.positions.iter().filter(|other| other.instrument != order.instrument) {
            exposure = exposure.checked_add(other.position.quantity.abs().checked_mul(other.mark.value())?)?;
        }
        for other in self.open.iter().filter(|other| other.request.instrument != order.instrument) {
            let mark = self.positions.iter().find(|view| view.instrument == other.request.instrument);
            let mark = mark.map_or(price, |view| view.mark.value());
            exposure = exposure.checked_add(other.open_quantity().value().checked_mul(mark)?)?;
        }
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

    fn reach(&self, order: &OrderRequest) -> Reach {
        let view = self.positions.iter().find(|view| view.instrument == order.instrument);
        let held = view.map_or(Decimal::ZERO, |view| view.position.quantity);
        let mut reach = Reach { held, most: held, least: held };
        for open in self.open.iter().filter(|open| open.request.instrument == order.instrument) {
            let quantity = open.open_quantity().value();
            match open.request.side {
                Side::Buy => reach.most = reach.most.saturating_add(quantity),
                Side::Sell => reach.least = reach.least.saturating_sub(quantity),
            }
        }
        reach
    }
}
