//! Orders by the rules of their instrument: lots, ticks, smallest sizes.

use rust_decimal::Decimal;

use crate::model::{Instrument, InstrumentStatus, OrderKind, OrderRequest, Price, Quantity, Side};

/// Why a venue would not take an order.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnfitOrder {
    /// The instrument is not matched now.
    #[error("the instrument is not traded now")]
    Halted,
    /// Its quantities and its profit are in other currencies than those that the books are kept in.
    #[error("inverse contracts are not traded: their quantities are in quote currency")]
    Inverse,
    /// The quantity lies between two lots.
    #[error("the quantity {quantity} is no multiple of the lot {lot}")]
    Lot {
        /// What was wanted.
        quantity: Quantity,
        /// The smallest step.
        lot: Decimal,
    },
    /// A price lies between two ticks.
    #[error("the price {price} is no multiple of the tick {tick}")]
    Tick {
        /// The limit or the trigger.
        price: Price,
        /// The smallest step.
        tick: Decimal,
    },
    /// The quantity is too small.
    #[error("the quantity {quantity} is below the smallest, {least}")]
    Quantity {
        /// What was wanted.
        quantity: Quantity,
        /// The smallest that is taken.
        least: Decimal,
    },
    /// The order is worth too little.
    #[error("the order is worth {}, at least {least} is asked for", value.round_dp(2).normalize())]
    Notional {
        /// What it is worth, in quote currency.
        value: Decimal,
        /// What it has to be worth.
        least: Decimal,
    },
}

impl Instrument {
    /// The quantity in whole lots, rounded down: nobody gets more than was asked for. As it is where the venue names no lot.
    ///
    /// ```
    /// use trading_services::model::{Instrument, Quantity};
    /// use rust_decimal::dec;
    ///
    /// let named = Instrument::named("binance:BTCUSDT".parse()?);
    /// let instrument = Instrument { lot_size: Some(dec!(0.001)), ..named };
    /// assert_eq!(instrument.whole_lots("0.0329999".parse()?), "0.032".parse()?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn whole_lots(&self, quantity: Quantity) -> Quantity {
        let rounded = step(self.lot_size).and_then(|lot| multiple(quantity.value(), lot, Towards::Zero));
        rounded.and_then(|rounded| Quantity::new(rounded).ok()).unwrap_or(quantity)
    }

    /// What is different from the rules that held before, for people: `tick 0.01 -> 0.1, lot none -> 0.001`.
    ///
    /// ```
    /// use trading_services::model::Instrument;
    /// use rust_decimal::dec;
    ///
    /// let old = Instrument::named("binance:BTCUSDT".parse()?);
    /// let new = Instrument { lot_size: Some(dec!(0.001)), ..old.clone() };
    /// assert_eq!(new.changes_since(&old), "lot none -> 0.001");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn changes_since(&self, old: &Self) -> String {
        let size = |size: Option<Decimal>| size.map_or_else(|| "none".to_owned(), |size| size.normalize().to_string());
        let sizes =
            |one: &Self| [one.tick_size, one.lot_size, one.min_quantity, one.min_notional, one.contract_size].map(size);
        let mut changes = Vec::new();
        let names = ["tick", "lot", "smallest quantity", "smallest value", "contract"];
        for ((name, was), is) in names.into_iter().zip(sizes(old)).zip(sizes(self)) {
            if was != is {
                changes.push(format!("{name} {was} -> {is}"));
            }
        }
        match (old.status, self.status) {
            (InstrumentStatus::Trading, InstrumentStatus::Halted) => changes.push("it is halted".to_owned()),
            (InstrumentStatus::Halted, InstrumentStatus::Trading) => changes.push("it is traded again".to_owned()),
            _ => {}
        }
        if changes.is_empty() { "its description".to_owned() } else { changes.join(", ") }
    }

    /// Whether that much held is a position: one lot of it at least. A smaller rest can be closed, but is no reason not to
    /// open a position.
    ///
    /// ```
    /// use trading_services::model::Instrument;
    /// use rust_decimal::dec;
    ///
    /// let named = Instrument::named("binance:SOLUSDT".parse()?);
    /// let instrument = Instrument { lot_size: Some(dec!(0.01)), ..named };
    /// assert!(instrument.is_position(dec!(-1.666666)) && !instrument.is_position(dec!(0.006666)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn is_position(&self, held: Decimal) -> bool {
        Quantity::new(held.abs()).is_ok_and(|held| !self.whole_lots(held).is_zero())
    }

    /// The order as the venue can take it while so much is held: in whole lots, its price on a tick that is no worse than
    /// the one that was wanted.
    ///
    /// What is less than one lot becomes nothing, but what [closes](OrderRequest::closes) a position closes all of it: a rest
    /// between two lots could never be closed. What turns a position closes all of it, too, and opens the other one in whole
    /// lots. A limit is rounded away from the market, and a stop is not set off before the
    /// price that was wanted.
    #[must_use]
    pub fn fitted(&self, order: OrderRequest, held: Decimal) -> OrderRequest {
        let (up, down) = (Towards::Infinity, Towards::Zero);
        let kind = match (order.kind, order.side) {
            (OrderKind::Market, _) => OrderKind::Market,
            (OrderKind::Limit { price, post_only }, Side::Buy) => {
                OrderKind::Limit { price: self.on_tick(price, down), post_only }
            }
            (OrderKind::Limit { price, post_only }, Side::Sell) => {
                OrderKind::Limit { price: self.on_tick(price, up), post_only }
            }
            (OrderKind::Stop { trigger }, Side::Buy) => OrderKind::Stop { trigger: self.on_tick(trigger, up) },
            (OrderKind::Stop { trigger }, Side::Sell) => OrderKind::Stop { trigger: self.on_tick(trigger, down) },
        };
        let quantity = if order.closes(held) {
            order.quantity
        } else {
            let (closed, opened) = order.legs(held);
            let sum = closed.checked_add(self.whole_lots(opened).value());
            sum.and_then(|sum| Quantity::new(sum).ok()).unwrap_or(order.quantity)
        };
        OrderRequest { quantity, kind, ..order }
    }

    /// Whether the order can be placed while so much is held; it is worth `price` a unit if it is one of the market.
    ///
    /// What [only reduces](OrderRequest::only_reduces) the position can be of any size and value, and is not refused for a
    /// halt, which may be over by now; what [closes](OrderRequest::closes) it need not be in whole lots, and of what turns
    /// it only the part that opens the other one. Nobody has to sit on a rest.
    ///
    /// # Errors
    /// [`UnfitOrder`] with the first rule that it breaks.
    pub fn check(&self, order: &OrderRequest, price: Price, held: Decimal) -> Result<(), UnfitOrder> {
        let (quantity, only_reduces) = (order.quantity, order.only_reduces(held));
        if self.is_inverse && !only_reduces {
            return Err(UnfitOrder::Inverse);
        }
        if self.status == InstrumentStatus::Halted && !only_reduces {
            return Err(UnfitOrder::Halted);
        }
        let (_, in_lots) = order.legs(held);
        let lot = step(self.lot_size).filter(|lot| !is_multiple(in_lots.value(), *lot));
        if let Some(lot) = lot.filter(|_| !order.closes(held)) {
            return Err(UnfitOrder::Lot { quantity, lot });
        }
        let own = match order.kind {
            OrderKind::Market => None,
            OrderKind::Limit { price, .. } | OrderKind::Stop { trigger: price } => Some(price),
        };
        if let (Some(price), Some(tick)) = (own, step(self.tick_size))
            && !is_multiple(price.value(), tick)
        {
            return Err(UnfitOrder::Tick { price, tick });
        }
        if only_reduces {
            return Ok(());
        }
        if let Some(least) = self.min_quantity.filter(|least| quantity.value() < *least) {
            return Err(UnfitOrder::Quantity { quantity, least });
        }
        let value = own.unwrap_or(price).notional(quantity);
        match (self.min_notional, value) {
            (Some(least), Some(value)) if value < least => Err(UnfitOrder::Notional { value, least }),
            _ => Ok(()),
        }
    }

    /// The price on a tick; as it is where the venue names none, or where there is none above zero.
    fn on_tick(&self, price: Price, towards: Towards) -> Price {
        let rounded = step(self.tick_size).and_then(|tick| multiple(price.value(), tick, towards));
        rounded.and_then(|rounded| Price::new(rounded).ok()).unwrap_or(price)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Towards {
    Zero,
    Infinity,
}

/// A step that a number can be a multiple of.
fn step(size: Option<Decimal>) -> Option<Decimal> {
    size.filter(|size| *size > Decimal::ZERO)
}

/// The next multiple of a step; `None` when it does not fit 96 bits.
fn multiple(value: Decimal, step: Decimal, towards: Towards) -> Option<Decimal> {
    // The remainder is exact, a quotient may not be: 1 / 3 * 3 would be less than 1.
    let below = value.checked_sub(value.checked_rem(step)?)?;
    if below == value || towards == Towards::Zero { Some(below) } else { below.checked_add(step) }
}

fn is_multiple(value: Decimal, step: Decimal) -> bool {
    value.checked_rem(step).is_some_and(|rest| rest.is_zero())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rust_decimal::dec;

    use super::*;
    use crate::model::{CorrelationId, TimeInForce};

    fn instrument(lot: Decimal, tick: Decimal) -> Instrument {
        let named = Instrument::named("binance:BTCUSDT".parse().unwrap());
        Instrument { lot_size: Some(lot), tick_size: Some(tick), ..named }
    }

    fn order(side: Side, quantity: Decimal, kind: OrderKind) -> OrderRequest {
        OrderRequest {
            id: "one".parse().unwrap(),
            instrument: "binance:BTCUSDT".parse().unwrap(),
            side,
            quantity: Quantity::new(quantity).unwrap(),
            kind,
            time_in_force: TimeInForce::default(),
            reduce_only: false,
            correlation: CorrelationId::default(),
        }
    }

    fn price(value: Decimal) -> Price {
        Price::new(value).unwrap()
    }

    fn limit(value: Decimal) -> OrderKind {
        OrderKind::Limit { price: price(value), post_only: false }
    }

    #[test]
    fn each_rule_that_is_broken_is_named() {
        let instrument = Instrument {
            min_quantity: Some(dec!(0.02)),
            min_notional: Some(dec!(5)),
            ..instrument(dec!(0.01), dec!(0.5))
        };
        for (order, expected) in [
            (order(Side::Buy, dec!(0.025), OrderKind::Market), "the quantity 0.025 is no multiple of the lot 0.01"),
            (order(Side::Buy, dec!(1), limit(dec!(99.7))), "the price 99.7 is no multiple of the tick 0.5"),
            (order(Side::Buy, dec!(0.01), OrderKind::Market), "the quantity 0.01 is below the smallest, 0.02"),
            (order(Side::Buy, dec!(0.04), OrderKind::Market), "the order is worth 4, at least 5 is asked for"),
            (order(Side::Buy, dec!(0.05), limit(dec!(99.5))), "the order is worth 4.98, at least 5 is asked for"),
        ] {
            assert_eq!(instrument.check(&order, price(dec!(100)), Decimal::ZERO).unwrap_err().to_string(), expected);
        }
        let halted = Instrument { status: InstrumentStatus::Halted, ..instrument };
        let fine = order(Side::Sell, dec!(1), OrderKind::Market);
        assert_eq!(halted.check(&fine, price(dec!(100)), Decimal::ZERO), Err(UnfitOrder::Halted));
    }

    #[test]
    fn an_inverse_contract_is_not_traded_whether_its_rules_are_told_or_not() {
        let named = Instrument::named("bybit:BTCUSD".parse().unwrap());
        let told = Instrument { is_inverse: true, ..instrument(dec!(1), dec!(0.5)) };
        let buy = order(Side::Buy, dec!(1), OrderKind::Market);
        for instrument in [named, told] {
            assert_eq!(instrument.check(&buy, price(dec!(100)), Decimal::ZERO), Err(UnfitOrder::Inverse));
            assert_eq!(instrument.check(&buy, price(dec!(100)), dec!(-1)), Ok(()), "it can be got rid of");
        }
    }

    #[test]
    fn what_only_makes_a_position_smaller_is_refused_between_two_lots_or_ticks_alone() {
        let halted = Instrument {
            status: InstrumentStatus::Halted,
            min_quantity: Some(dec!(0.1)),
            min_notional: Some(dec!(50)),
            ..instrument(dec!(0.01), dec!(0.5))
        };
        let check = |order: &OrderRequest, held| halted.check(order, price(dec!(100)), held);
        let sell =
            |quantity, reduce_only| OrderRequest { reduce_only, ..order(Side::Sell, quantity, OrderKind::Market) };
        for reduce_only in [false, true] {
            assert_eq!(check(&sell(dec!(0.04), reduce_only), dec!(1.666666)), Ok(()), "below the smallest");
            assert_eq!(check(&sell(dec!(1.666666), reduce_only), dec!(1.666666)), Ok(()), "all of it");
            assert_eq!(check(&sell(dec!(0.006666), reduce_only), dec!(0.006666)), Ok(()), "a rest");
            let part = check(&sell(dec!(0.006666), reduce_only), dec!(1));
            assert!(matches!(part, Err(UnfitOrder::Lot { .. })), "{part:?}");
            // Nothing is there that it could make smaller.
            for held in [dec!(0), dec!(-1)] {
                assert_eq!(check(&sell(dec!(1), reduce_only), held), Err(UnfitOrder::Halted));
            }
        }
        assert_eq!(check(&sell(dec!(2), false), dec!(1)), Err(UnfitOrder::Halted), "it turns the position");
        assert_eq!(check(&sell(dec!(2), true), dec!(1)), Ok(()), "it cannot turn the position");
        let buy = OrderRequest { side: Side::Buy, ..sell(dec!(0.006666), true) };
        assert_eq!(check(&buy, dec!(-0.006666)), Ok(()));
        let off_tick = OrderRequest { kind: limit(dec!(99.7)), ..sell(dec!(1), true) };
        assert!(matches!(check(&off_tick, dec!(1)), Err(UnfitOrder::Tick { .. })));
    }

    #[test]
    fn what_closes_a_position_stays_whole_and_the_rest_is_in_lots() {
        let instrument = instrument(dec!(0.01), dec!(0.5));
        let fitted = |side, quantity, reduce_only, held| {
            let asked = OrderRequest { reduce_only, ..order(side, quantity, OrderKind::Market) };
            instrument.fitted(asked, held).quantity.value()
        };
        let held = dec!(1.666666);
        assert_eq!(fitted(Side::Sell, held, true, held), held);
        assert_eq!(fitted(Side::Buy, held, false, -held), held);
        assert_eq!(fitted(Side::Sell, dec!(0.006666), true, dec!(0.006666)), dec!(0.006666));
        assert_eq!(fitted(Side::Sell, dec!(1.006666), true, held), dec!(1), "a part of it");
        assert_eq!(fitted(Side::Buy, held, false, held), dec!(1.66), "more of it");
        assert_eq!(fitted(Side::Sell, dec!(3.326666), false, held), dec!(3.326666), "it turns the position");
        assert_eq!(
            fitted(Side::Sell, dec!(3.331), false, held),
            dec!(3.326666),
            "and opens whole lots of the other one"
        );
        assert_eq!(fitted(Side::Buy, dec!(1.67), false, -held), held, "less than one lot of it is not opened");
        assert_eq!(fitted(Side::Buy, dec!(0.006666), false, dec!(0)), dec!(0));
    }

    #[test]
    fn an_instrument_without_rules_takes_every_order_as_it_is() {
        let named = Instrument::named("binance:BTCUSDT".parse().unwrap());
        let order = order(Side::Buy, dec!(0.0123456789), limit(dec!(99.123456)));
        let flat = Decimal::ZERO;
        for instrument in [named, instrument(Decimal::ZERO, Decimal::ZERO)] {
            assert_eq!(instrument.check(&order, price(dec!(1)), flat), Ok(()));
            assert_eq!(instrument.fitted(order.clone(), flat), order);
            assert!(instrument.is_position(dec!(0.0000001)) && !instrument.is_position(flat));
        }
    }

    #[test]
    fn what_has_changed_of_the_rules_is_named() {
        let old = instrument(dec!(0.010), dec!(0.5));
        let halted = Instrument { status: InstrumentStatus::Halted, tick_size: Some(dec!(0.1)), ..old.clone() };
        assert_eq!(halted.changes_since(&old), "tick 0.5 -> 0.1, it is halted");
        let back = Instrument { min_notional: Some(dec!(5)), lot_size: Some(dec!(0.01)), ..old };
        assert_eq!(back.changes_since(&halted), "tick 0.1 -> 0.5, smallest value none -> 5, it is traded again");
    }

    proptest! {
        #[test]
        fn each_leg_of_an_order_is_rounded_for_itself(
            (held, quantity) in (-10_000_000_i64..10_000_000, 1_i64..10_000_000),
            (lot, scale) in (1_i64..50_000, 0_u32..9),
            (is_buy, reduce_only) in (any::<bool>(), any::<bool>()),
        ) {
            let decimal = |value| Decimal::new(value, scale);
            let (held, lot) = (decimal(held), decimal(lot));
            let rules = Instrument { tick_size: None, ..instrument(lot, lot) };
            let side = if is_buy { Side::Buy } else { Side::Sell };
            let asked = OrderRequest { reduce_only, ..order(side, decimal(quantity), OrderKind::Market) };
            let fitted = rules.fitted(asked.clone(), held);
            prop_assert!(fitted.quantity <= asked.quantity);
            prop_assert_eq!(rules.fitted(fitted.clone(), held), fitted.clone(), "once is enough");
            prop_assert_eq!(rules.check(&fitted, price(dec!(1)), held), Ok(()));
            // Where the position is after the order: one that may only reduce ends at nothing.
            let after = |order: &OrderRequest| {
                let after = held + side.signed(order.quantity.value());
                let turns = !held.is_zero() && !after.is_zero() && held.is_sign_negative() != after.is_sign_negative();
                if reduce_only && turns { Decimal::ZERO } else { after }
            };
            let (wanted, is) = (after(&asked), after(&fitted));
            prop_assert!((wanted - is).abs() < lot, "{} for {}", is, wanted);
            let is_against = !held.is_zero() && held.is_sign_negative() == is_buy;
            if is_against && asked.quantity.value() >= held.abs() {
                // All of it is closed, whatever it was; what is opened is in whole lots, and no more than was wanted.
                prop_assert!(is_multiple(is, lot), "{} of {}", is, lot);
                prop_assert!(is.abs() <= wanted.abs() && (is.is_zero() || is.is_sign_negative() != held.is_sign_negative()));
            } else {
                prop_assert!(is_multiple(fitted.quantity.value(), lot));
            }
        }

        #[test]
        fn a_fitted_order_is_taken_and_is_never_larger_earlier_or_at_a_worse_price(
            (quantity, wanted) in (1_i64..10_000_000_000, 1_i64..10_000_000_000),
            (lot, tick) in (1_i64..50_000, 1_i64..50_000),
            (scale, is_buy, is_stop) in (0_u32..9, any::<bool>(), any::<bool>()),
        ) {
            let decimal = |value| Decimal::new(value, scale);
            let instrument = instrument(decimal(lot), decimal(tick));
            let side = if is_buy { Side::Buy } else { Side::Sell };
            let wanted = decimal(wanted);
            let kind = if is_stop { OrderKind::Stop { trigger: price(wanted) } } else { limit(wanted) };
            let asked = order(side, decimal(quantity), kind);
            let fitted = instrument.fitted(asked.clone(), Decimal::ZERO);
            let (OrderKind::Limit { price: own, .. } | OrderKind::Stop { trigger: own }) = fitted.kind else {
                unreachable!("a price is not lost")
            };
            let own = own.value();
            if own < decimal(tick) {
                // No tick is below it: it stays as it was, and is refused.
                prop_assert_eq!(own, wanted);
                prop_assert!(instrument.check(&fitted, price(wanted), Decimal::ZERO).is_err());
                return Ok(());
            }
            prop_assert_eq!(instrument.check(&fitted, price(wanted), Decimal::ZERO), Ok(()));
            prop_assert!(fitted.quantity <= asked.quantity);
            prop_assert!(asked.quantity.value() - fitted.quantity.value() < decimal(lot));
            prop_assert!((own - wanted).abs() < decimal(tick));
            let is_below = is_buy != is_stop;
            prop_assert!(if is_below { own <= wanted } else { own >= wanted }, "{} for {}", own, wanted);
            prop_assert_eq!(instrument.fitted(fitted.clone(), Decimal::ZERO), fitted);
        }
    }
}
