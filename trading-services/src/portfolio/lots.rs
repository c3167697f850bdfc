//! Lots of a position, the first one in the first one out, which closed make round trips.

use std::collections::VecDeque;

use rust_decimal::Decimal;

use crate::model::{Fill, OrderId, Price, Quantity, RoundTrip, Side, Timestamp};

/// What is open of one instrument.
#[derive(Debug, Clone, Default)]
pub(super) struct Lots(VecDeque<Lot>);

#[derive(Debug, Clone)]
struct Lot {
    side: Side,
    quantity: Decimal,
    price: Price,
    /// The fee of what is left of it.
    fee: Decimal,
    time: Timestamp,
    /// The order that has opened it.
    order: OrderId,
}

impl Lots {
    /// What a fill closes, with numbers after `last`; what it does not close is a lot of its own. A sum that does not fit closes
    /// nothing.
    pub(super) fn apply(&mut self, fill: &Fill, last: u64) -> Vec<RoundTrip> {
        let (mut left, mut closed) = (fill.quantity.value(), Vec::new());
        let fee = if fill.fee_currency == fill.currency { fill.fee } else { Decimal::ZERO };
        let share = |part: Decimal, whole: Decimal, fee: Decimal| {
            fee.checked_mul(part).and_then(|fee| fee.checked_div(whole)).unwrap_or_default()
        };
        while left > Decimal::ZERO
            && let Some(lot) = self.0.front_mut().filter(|lot| lot.side != fill.side)
        {
            let part = lot.quantity.min(left);
            let entry_fee = share(part, lot.quantity, lot.fee);
            let fees = entry_fee.saturating_add(share(part, fill.quantity.value(), fee));
            let difference = fill.price.value().saturating_sub(lot.price.value());
            let profit = lot.side.signed(difference).saturating_mul(part).saturating_sub(fees);
            closed.push(RoundTrip {
                id: last.saturating_add(closed.len() as u64 + 1),
                instrument: fill.instrument.clone(),
                side: lot.side,
                quantity: Quantity::new(part).unwrap_or(Quantity::ZERO),
                entry_time: lot.time,
                entry_price: lot.price,
                exit_time: fill.time,
                exit_price: fill.price,
                currency: fill.currency.clone(),
                fees,
                profit,
                order: lot.order.clone(),
            });
            left -= part;
            lot.quantity -= part;
            lot.fee = lot.fee.saturating_sub(entry_fee);
            if lot.quantity.is_zero() {
                self.0.pop_front();
            }
        }
        if left > Decimal::ZERO {
            let (side, price, time, order) = (fill.side, fill.price, fill.time, fill.order.clone());
            let fee = share(left, fill.quantity.value(), fee);
            self.0.push_back(Lot { side, quantity: left, price, fee, time, order });
        }
        closed
    }
}
