//! The share of a trading module, which no sequence of orders and fills gets past, whoever closes what it has opened.

use std::time::Duration;

use proptest::prelude::*;
use rust_decimal::{Decimal, dec};
use trading_services::prelude::*;

use crate::risk::{Desk, desk, instrument, open, order, price, tight};

#[test]
fn a_module_has_its_share_of_the_equity() {
    let limits = desk(tight()).risk.portfolio_limits("crypto");
    assert_eq!((limits.share_percent, limits.notional, limits.used), (dec!(20), dec!(2000), Some(dec!(0))));
}

#[test]
fn what_others_hold_does_not_count_against_a_module_and_what_it_has_open_does() {
    let desk = desk(tight());
    let id = instrument(0);
    let used = |module| desk.risk.portfolio_limits(module).used;
    let ask = |order: &OrderRequest| {
        let price = price(dec!(100));
        let request = RiskRequest { order, price, reference: Some(price), is_doubtful: false, module: Some("crypto") };
        let answer = desk.risk.check_risk_limits(&request);
        if answer.is_admitted() {
            desk.executor.submit(order).unwrap();
        }
        answer.to_string()
    };
    let of_module = |index, quantity, kind| OrderRequest {
        id: OrderId::of_module("crypto", desk.clock.now(), index).unwrap(),
        ..order(0, &id, Side::Buy, quantity, kind)
    };
    desk.ask(&order(1, &id, Side::Buy, dec!(25), OrderKind::Market), dec!(100));
    desk.book(&id, dec!(100));
    assert_eq!(used("crypto"), Some(dec!(0)), "a signal has bought it");
    let limit = OrderKind::Limit { price: price(dec!(99)), post_only: false };
    assert_eq!(ask(&of_module(0, dec!(12), limit)), "admitted");
    assert_eq!((used("crypto"), used("guard")), (Some(dec!(1200)), Some(dec!(0))), "at the mark");
    assert_eq!(
        ask(&of_module(1, dec!(9), OrderKind::Market)),
        "refused: the positions of the module would be worth 2100, of at most 1999.75"
    );
    desk.book(&id, dec!(99));
    assert_eq!(used("crypto"), Some(dec!(1188)));
    // Somebody else closes the position: the module has nothing left, whatever it has bought.
    let close = OrderRequest { reduce_only: true, ..order(2, &id, Side::Sell, dec!(37), OrderKind::Market) };
    assert!(desk.ask(&close, dec!(99)).is_admitted());
    desk.book(&id, dec!(99));
    assert_eq!(used("crypto"), Some(dec!(0)));
}

#[test]
fn what_closes_a_position_of_a_module_leaves_room_to_turn_it_and_none_to_turn_it_further() {
    let desk = desk(tight());
    let id = instrument(0);
    let trade = |index, side, quantity, reduce_only| {
        let order = OrderRequest {
            id: OrderId::of_module("crypto", desk.clock.now(), index).unwrap(),
            reduce_only,
            ..order(0, &id, side, quantity, OrderKind::Market)
        };
        let price = price(dec!(100));
        let module = Some("crypto");
        let request = RiskRequest { order: &order, price, reference: Some(price), is_doubtful: false, module };
        let answer = desk.risk.check_risk_limits(&request);
        if answer.is_admitted() {
            desk.executor.submit(&order).unwrap();
        }
        answer.to_string()
    };
    assert_eq!(trade(0, Side::Buy, dec!(15), false), "admitted");
    desk.book(&id, dec!(100));
    // What is sold closes 15 and opens as many, of the 20 that the share has.
    assert_eq!(trade(1, Side::Sell, dec!(15), true), "admitted");
    assert_eq!(trade(2, Side::Sell, dec!(15), false), "admitted");
    let refused = trade(3, Side::Sell, dec!(8), false);
    assert!(refused.contains("the positions of the module would be worth 2300"), "{refused}");
}

#[test]
fn what_others_have_closed_is_not_the_modules_again_whichever_way_the_next_position_goes() {
    let desk = desk(tight());
    let id = instrument(0);
    let used = || desk.risk.portfolio_limits("crypto").used;
    let trade = |module: Option<&'static str>, index, side, quantity| {
        let mut order = order(index, &id, side, quantity, OrderKind::Market);
        if let Some(module) = module {
            order.id = OrderId::of_module(module, desk.clock.now(), index).unwrap();
        }
        desk.clock.advance_to(desk.clock.now().saturating_add(Duration::from_secs(61)));
        let price = price(dec!(100));
        let request = RiskRequest { order: &order, price, reference: Some(price), is_doubtful: false, module };
        let answer = desk.risk.check_risk_limits(&request);
        if answer.is_admitted() {
            desk.executor.submit(&order).unwrap();
            desk.book(&id, dec!(100));
        }
        answer.to_string()
    };
    // The guard sells at the stop what the module has bought; the module goes short, and that is all its share.
    assert_eq!(trade(Some("crypto"), 0, Side::Buy, dec!(10)), "admitted");
    assert_eq!(trade(Some("guard"), 1, Side::Sell, dec!(10)), "admitted");
    assert_eq!(used(), Some(dec!(0)));
    assert_eq!(trade(Some("crypto"), 2, Side::Sell, dec!(15)), "admitted");
    assert_eq!((desk.portfolio.held(&id), used()), (dec!(-15), Some(dec!(1500))));
    let refused = trade(Some("crypto"), 3, Side::Sell, dec!(10));
    assert!(refused.starts_with("refused: the positions of the module would be worth 2500"), "{refused}");
    // A signal that turns the position has one of its own, and one that goes on after a close, too.
    assert_eq!(trade(None, 4, Side::Buy, dec!(20)), "admitted");
    assert_eq!((desk.portfolio.held(&id), used()), (dec!(5), Some(dec!(0))));
    assert_eq!(trade(Some("crypto"), 5, Side::Buy, dec!(8)), "admitted");
    assert_eq!(trade(None, 6, Side::Sell, dec!(13)), "admitted");
    assert_eq!(trade(None, 7, Side::Buy, dec!(20)), "admitted");
    assert_eq!(used(), Some(dec!(0)), "the signal has bought it");
    // Others who close a part leave the module what is still held.
    assert_eq!(trade(Some("crypto"), 8, Side::Buy, dec!(10)), "admitted");
    assert_eq!(trade(None, 9, Side::Sell, dec!(24)), "admitted");
    assert_eq!(used(), Some(dec!(600)));
    assert_eq!(trade(None, 10, Side::Buy, dec!(24)), "admitted");
    assert_eq!(used(), Some(dec!(600)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn no_sequence_of_orders_and_fills_gets_a_module_past_its_share(
        steps in proptest::collection::vec((0_usize..3, any::<bool>(), any::<bool>(), any::<bool>(), 1_i64..1500, 0_usize..4), 1..60),
    ) {
        let mut settings = tight();
        (settings.risk.orders_per_minute, settings.risk.max_daily_loss_percent) = (1000, dec!(100));
        let desk = desk(settings);
        let prices = [dec!(100), dec!(50), dec!(200)];
        let mut owners = <[Owners; 3]>::default();
        for (number, (index, is_buy, is_of_module, reduce_only, hundredths, filled)) in steps.into_iter().enumerate() {
            let (id, market) = (instrument(index), prices[index]);
            let side = if is_buy { Side::Buy } else { Side::Sell };
            let mut order = order(number, &id, side, Decimal::new(hundredths, 2), OrderKind::Market);
            if is_of_module {
                order.id = OrderId::of_module("crypto", desk.clock.now(), number).unwrap();
            }
            order.reduce_only = reduce_only;
            let price = price(market);
            let module = is_of_module.then_some("crypto");
            let request = RiskRequest { order: &order, price, reference: Some(price), is_doubtful: false, module };
            let before = desk.portfolio.held(&id) + signed_open(&desk, &id);
            if desk.risk.check_risk_limits(&request).is_admitted() {
                desk.executor.submit(&order).unwrap();
                let is_smaller = order.only_reduces(before);
                // What may only reduce keeps nobody from anything; what is asked for after it counts it.
                if is_of_module && !is_smaller && !reduce_only {
                    let share = desk.portfolio.equity().unwrap() * dec!(0.2);
                    let worth: Decimal = (0..3).map(|other| {
                        let kept = owners[other].of_module();
                        let open = |side, reduce_only| -> Decimal {
                            let orders = desk.executor.open_orders();
                            let mine = orders.iter().filter(|open| {
                                let request = &open.request;
                                request.id.as_str().starts_with("crypto-")
                                    && request.instrument == instrument(other)
                                    && (request.side, request.reduce_only) == (side, reduce_only)
                            });
                            mine.map(|open| open.open_quantity().value()).sum()
                        };
                        let none = Decimal::ZERO;
                        let bought = open(Side::Buy, false) + open(Side::Buy, true).min((-kept).max(none));
                        let sold = open(Side::Sell, false) + open(Side::Sell, true).min(kept.max(none));
                        (kept + bought).abs().max((kept - sold).abs()) * prices[other]
                    }).sum();
                    prop_assert!(worth <= share, "{worth} of {share}");
                }
            }
            let fills = desk.executor.fills().len();
            // Sometimes nobody trades.
            let Some(market) = prices.get(filled) else { continue };
            desk.book(&instrument(filled), *market);
            for fill in desk.executor.fills().iter().skip(fills) {
                owners[filled].trade(fill);
            }
            for (other, owners) in owners.iter().enumerate() {
                prop_assert_eq!(owners.held(), desk.portfolio.held(&instrument(other)));
                let owned = desk.portfolio.owned("crypto").get(&instrument(other)).copied().unwrap_or_default();
                prop_assert_eq!(owners.of_module(), owned);
            }
        }
    }
}

/// Who has what of an instrument, one hundredth after the other: the module's, and those of others; both short, or both long.
#[derive(Debug, Default)]
struct Owners {
    is_short: bool,
    module: u32,
    others: u32,
}

impl Owners {
    /// Each hundredth closes one of its own owner first, then one of somebody else, and opens one where there is none to close.
    fn trade(&mut self, fill: &Fill) {
        let is_of_module = fill.order.as_str().starts_with("crypto-");
        let hundredths = u32::try_from(fill.quantity.value() * dec!(100)).unwrap();
        for _ in 0..hundredths {
            let Self { is_short, module, others } = self;
            if *module + *others == 0 {
                *is_short = fill.side == Side::Sell;
            }
            let (own, foreign) = if is_of_module { (module, others) } else { (others, module) };
            if *is_short == (fill.side == Side::Sell) {
                *own += 1;
            } else if *own > 0 {
                *own -= 1;
            } else {
                *foreign -= 1;
            }
        }
    }

    fn signed(&self, hundredths: u32) -> Decimal {
        let quantity = Decimal::new(i64::from(hundredths), 2);
        if self.is_short { -quantity } else { quantity }
    }

    fn of_module(&self) -> Decimal {
        self.signed(self.module)
    }

    fn held(&self) -> Decimal {
        self.signed(self.module + self.others)
    }
}

/// What is open of an instrument, with its sign.
fn signed_open(desk: &Desk, instrument: &InstrumentId) -> Decimal {
    open(desk, instrument, Side::Buy) - open(desk, instrument, Side::Sell)
}
