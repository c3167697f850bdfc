//! The state of an order in whatever order its venue speaks, and fills on paper against a book.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use di_core::events::Bus;
use proptest::prelude::*;
use rust_decimal::{Decimal, dec};
use trading_services::execution::{EventOutcome, OrderMachine};
use trading_services::prelude::*;

use crate::common;

fn request(id: &str, side: Side, quantity: Decimal, kind: OrderKind) -> OrderRequest {
    OrderRequest {
        id: id.parse().unwrap(),
        instrument: common::btc_id(),
        side,
        quantity: Quantity::new(quantity).unwrap(),
        kind,
        time_in_force: TimeInForce::default(),
        reduce_only: false,
        correlation: CorrelationId(1),
    }
}

fn fill(id: usize, quantity: u32) -> Fill {
    Fill {
        id: format!("fill-{id}").into(),
        order: "order".parse().unwrap(),
        instrument: common::btc_id(),
        side: Side::Buy,
        quantity: Quantity::new(quantity.into()).unwrap(),
        price: "100".parse().unwrap(),
        currency: Currency::usdt(),
        fee: dec!(0),
        fee_currency: Currency::usdt(),
        liquidity: Liquidity::Taker,
        time: Timestamp::default(),
        correlation: CorrelationId(1),
    }
}

/// What a venue says of an order, in short.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Said {
    Accepted,
    Filled(usize, u32),
    Rejected,
    Expired,
    Cancelled,
}

fn event(said: Said) -> OrderEvent {
    match said {
        Said::Accepted => OrderEvent::Accepted,
        Said::Filled(id, quantity) => OrderEvent::Filled(fill(id, quantity)),
        Said::Rejected => OrderEvent::Rejected("no".to_owned()),
        Said::Expired => OrderEvent::Expired("late".to_owned()),
        Said::Cancelled => OrderEvent::Cancelled("asked for".to_owned()),
    }
}

/// The reference: a state that goes forward step by step, over what was said once and in its order. It shares no code with
/// the machine.
fn reference(quantity: u32, said: &[Said]) -> (OrderStatus, u32) {
    let mut said = said.to_vec();
    said.sort();
    said.dedup();
    let (mut status, mut filled) = (OrderStatus::Submitted, 0);
    for said in said {
        status = match (status, said) {
            (OrderStatus::Submitted, Said::Accepted) => OrderStatus::Accepted,
            (_, Said::Filled(_, part)) => {
                filled += part;
                if filled >= quantity { OrderStatus::Filled } else { OrderStatus::PartiallyFilled }
            }
            (OrderStatus::Filled, _) => OrderStatus::Filled,
            (OrderStatus::Submitted | OrderStatus::Accepted, Said::Rejected) => OrderStatus::Rejected,
            (OrderStatus::PartiallyFilled, Said::Rejected) => OrderStatus::PartiallyFilled,
            (_, Said::Expired) => OrderStatus::Expired,
            (_, Said::Cancelled) => OrderStatus::Cancelled,
            (status, _) => status,
        };
    }
    (status, filled)
}

fn machine(quantity: u32) -> OrderMachine {
    OrderMachine::new(request("order", Side::Buy, quantity.into(), OrderKind::Market), Timestamp::default())
}

/// A fill has one quantity, however often it is told.
fn said() -> impl Strategy<Value = Vec<Said>> {
    let one = prop_oneof![
        Just(Said::Accepted),
        (0_usize..6).prop_map(|id| Said::Filled(id, [3, 5, 2, 7, 1, 4][id])),
        Just(Said::Rejected),
        Just(Said::Expired),
        Just(Said::Cancelled),
    ];
    proptest::collection::vec(one, 0..14)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn events_late_twice_and_in_any_order_give_the_state_of_the_reference(said in said(), quantity in 1_u32..16) {
        let mut machine = machine(quantity);
        let mut before = Quantity::ZERO;
        for (index, one) in said.iter().enumerate() {
            machine.apply(event(*one), Timestamp::default());
            let order = machine.order();
            let (status, filled) = reference(quantity, &said[..=index]);
            prop_assert_eq!((order.status, order.filled.value()), (status, Decimal::from(filled)), "{:?}", &said[..=index]);
            prop_assert!(order.filled >= before, "what is traded stays traded");
            before = order.filled;
        }
    }

    #[test]
    fn what_was_said_before_changes_nothing(said in said(), quantity in 1_u32..16) {
        let mut machine = machine(quantity);
        for one in &said {
            machine.apply(event(*one), Timestamp::default());
        }
        let order = machine.order();
        for one in &said {
            prop_assert_eq!(machine.apply(event(*one), Timestamp::default()), EventOutcome::Known);
        }
        prop_assert_eq!(machine.order(), order);
    }
}

#[test]
fn a_fill_before_its_acknowledgement_and_one_that_meets_a_cancellation_count() {
    let mut order = machine(10);
    order.apply(event(Said::Filled(0, 3)), Timestamp::default());
    assert_eq!(order.status(), OrderStatus::PartiallyFilled);
    assert_eq!(order.apply(event(Said::Accepted), Timestamp::default()), EventOutcome::Applied);
    order.apply(event(Said::Cancelled), Timestamp::default());
    order.apply(event(Said::Filled(3, 7)), Timestamp::default());
    assert_eq!(order.status(), OrderStatus::Filled);
    assert_eq!(
        order.apply(event(Said::Filled(1, 5)), Timestamp::default()),
        EventOutcome::Overfilled,
        "it is owned, and it is said"
    );
}

/// An executor alone, with a portfolio.
struct Desk {
    clock: Arc<ManualClock>,
    portfolio: Arc<Portfolio>,
    executor: PaperExecutor,
    bus: Bus,
}

fn desk(latency: Duration) -> Desk {
    desk_over(MemoryState::default(), latency)
}

/// The executor and the portfolio of the next process, if something is kept.
fn desk_over(kept: MemoryState, latency: Duration) -> Desk {
    let mut settings = Settings::default();
    (settings.execution.maker_fee, settings.execution.taker_fee) = (dec!(0.001), dec!(0.002));
    settings.execution.latency = latency;
    let (clock, bus) = (Arc::new(ManualClock::default()), Bus::new());
    let config: Arc<dyn IConfigService> = Arc::new(ConfigManager::new(Arc::new(settings)));
    let portfolio = Arc::new(Portfolio::with_cash(Currency::usdt(), dec!(100000)));
    for fact in &*kept.facts().unwrap() {
        if let StateFact::Reported { event, .. } = fact
            && let OrderEvent::Filled(fill) = &**event
        {
            portfolio.apply(fill).unwrap();
        }
    }
    let kept = Arc::new(kept);
    let market = MarketDataManager::new(Arc::clone(&config), Arc::clone(&clock) as _, Arc::clone(&kept) as _);
    let market = Arc::new(market.unwrap());
    let (changed, filled) = (Arc::new(bus.topic()), Arc::new(bus.topic()));
    let executor =
        PaperExecutor::new(config, Arc::clone(&clock) as _, Arc::clone(&portfolio) as _, market, kept, changed, filled);
    Desk { clock, portfolio, executor: executor.unwrap(), bus }
}

fn book(bids: &[(&str, &str)], asks: &[(&str, &str)]) -> BookDepth {
    let side = |levels: &[(&str, &str)]| {
        let level = |(price, quantity): &(&str, &str)| Level {
            price: price.parse().unwrap(),
            quantity: quantity.parse().unwrap(),
        };
        levels.iter().map(level).collect()
    };
    BookDepth { bids: side(bids), asks: side(asks) }
}

impl Desk {
    fn now() -> Self {
        desk(Duration::ZERO)
    }

    fn submit(&self, request: &OrderRequest) {
        self.executor.submit(request).unwrap();
    }

    fn book(&self, book: &BookDepth) {
        self.executor.observe(&common::btc_id(), self.clock.now(), MarketTick::Book(book));
    }

    fn trade(&self, side: Side, price: &str, quantity: &str) {
        let trade = Trade { side, ..common::trade(1, price, quantity) };
        self.executor.observe(&common::btc_id(), self.clock.now(), MarketTick::Trade(&trade));
    }

    /// Quantity and price of each fill, and whether the order waited.
    fn fills(&self) -> Vec<(String, String, Liquidity)> {
        let short = |fill: &Fill| (fill.quantity.to_string(), fill.price.to_string(), fill.liquidity);
        self.executor.fills().iter().map(short).collect()
    }

    fn status(&self) -> BTreeMap<String, (OrderStatus, Option<String>)> {
        let short = |order: Order| (order.request.id.to_string(), (order.status, order.reason));
        self.executor.orders().into_iter().map(short).collect()
    }
}

fn limit(price: &str, post_only: bool) -> OrderKind {
    OrderKind::Limit { price: price.parse().unwrap(), post_only }
}

fn taken(quantity: &str, price: &str) -> (String, String, Liquidity) {
    (quantity.to_owned(), price.to_owned(), Liquidity::Taker)
}

fn made(quantity: &str, price: &str) -> (String, String, Liquidity) {
    (quantity.to_owned(), price.to_owned(), Liquidity::Maker)
}

#[test]
fn a_market_order_takes_the_levels_in_their_order_and_what_is_not_there_expires() {
    let desk = Desk::now();
    desk.submit(&request("a", Side::Buy, dec!(5), OrderKind::Market));
    desk.book(&book(&[("99", "9")], &[("100", "2"), ("101", "1")]));
    assert_eq!(desk.fills(), [taken("2", "100"), taken("1", "101")]);
    assert_eq!(desk.status()["a"], (OrderStatus::Expired, Some("the book has no more at this price".to_owned())));
    assert_eq!(desk.portfolio.held(&common::btc_id()), dec!(3));
    assert_eq!(desk.portfolio.pnl().unwrap().fees, dec!(0.602), "the fee of who takes");
}

#[test]
fn a_limit_waits_behind_a_hundred_and_trades_of_80_30_and_50_fill_0_10_and_40() {
    let desk = Desk::now();
    desk.submit(&request("a", Side::Buy, dec!(50), limit("100", false)));
    desk.book(&book(&[("100", "100")], &[("101", "7")]));
    let mut filled = Vec::new();
    for quantity in ["80", "30", "50"] {
        desk.trade(Side::Sell, "100", quantity);
        filled.push(desk.portfolio.held(&common::btc_id()));
    }
    assert_eq!(filled, [dec!(0), dec!(10), dec!(50)], "0, then 10, then 40 more");
    assert_eq!(desk.fills(), [made("10", "100"), made("40", "100")]);
    assert_eq!(desk.portfolio.pnl().unwrap().fees, dec!(5), "the fee of who waited");
}

#[test]
fn a_limit_takes_what_is_there_at_its_price_and_waits_with_the_rest() {
    let desk = Desk::now();
    desk.submit(&request("a", Side::Sell, dec!(5), limit("99", false)));
    desk.book(&book(&[("100", "1"), ("99", "1"), ("98", "9")], &[]));
    assert_eq!(desk.fills(), [taken("1", "100"), taken("1", "99")]);
    desk.trade(Side::Buy, "99.5", "1");
    assert_eq!(desk.fills().last(), Some(&made("3", "99")), "a trade beyond the price fills the rest");
    assert_eq!(desk.status()["a"].0, OrderStatus::Filled);
}

#[test]
fn a_limit_takes_a_level_once_and_pays_the_taker_for_what_it_takes_later() {
    let desk = Desk::now();
    desk.submit(&request("a", Side::Buy, dec!(10), limit("100", false)));
    let small = book(&[("99", "9")], &[("100", "2"), ("101", "9")]);
    (0..5).for_each(|_| desk.book(&small));
    assert_eq!(desk.fills(), [taken("2", "100")], "the same two are not sold again");
    desk.book(&book(&[("99", "9")], &[("100", "5")]));
    assert_eq!(desk.fills().last(), Some(&taken("3", "100")), "three more came");
    desk.book(&book(&[("99", "9")], &[]));
    desk.book(&book(&[("99", "9")], &[("99.5", "1")]));
    assert_eq!(desk.fills().last(), Some(&taken("1", "100")), "at its own price");
    assert_eq!(desk.portfolio.held(&common::btc_id()), dec!(6));
    assert_eq!(desk.portfolio.pnl().unwrap().fees, dec!(1.2));
}

#[test]
fn orders_end_by_their_time_in_force_and_post_only_does_not_take() {
    let book = book(&[("99", "9")], &[("100", "2")]);
    for (in_force, kind, status, filled) in [
        (TimeInForce::ImmediateOrCancel, limit("100", false), OrderStatus::Expired, 1),
        (TimeInForce::FillOrKill, limit("100", false), OrderStatus::Expired, 0),
        (TimeInForce::GoodTillCancelled, limit("100", true), OrderStatus::Rejected, 0),
        (TimeInForce::GoodTillCancelled, limit("99.5", true), OrderStatus::Accepted, 0),
        (TimeInForce::GoodTillCancelled, limit("100", false), OrderStatus::PartiallyFilled, 1),
    ] {
        let desk = Desk::now();
        desk.submit(&OrderRequest { time_in_force: in_force, ..request("a", Side::Buy, dec!(5), kind) });
        desk.book(&book);
        assert_eq!((desk.status()["a"].0, desk.fills().len()), (status, filled), "{in_force:?} {kind:?}");
    }
}

#[test]
fn a_stop_is_set_off_by_a_trade_and_takes_the_book() {
    let desk = Desk::now();
    desk.submit(&request("a", Side::Sell, dec!(1), OrderKind::Stop { trigger: "95".parse().unwrap() }));
    let book = book(&[("94", "9")], &[]);
    desk.book(&book);
    desk.trade(Side::Sell, "95.1", "1");
    desk.book(&book);
    assert_eq!(desk.fills(), []);
    desk.trade(Side::Sell, "95", "1");
    desk.book(&book);
    assert_eq!(desk.fills(), [taken("1", "94")]);
}

#[test]
fn an_order_that_may_only_reduce_never_turns_a_position() {
    let desk = Desk::now();
    let book = book(&[("99", "9")], &[("100", "9")]);
    let reduce = |id, side| OrderRequest { reduce_only: true, ..request(id, side, dec!(5), OrderKind::Market) };
    desk.submit(&reduce("none", Side::Sell));
    desk.book(&book);
    assert_eq!(desk.status()["none"].0, OrderStatus::Rejected);
    desk.submit(&request("open", Side::Buy, dec!(2), OrderKind::Market));
    desk.book(&book);
    desk.submit(&reduce("close", Side::Sell));
    desk.book(&book);
    desk.book(&book);
    assert_eq!(desk.portfolio.held(&common::btc_id()), dec!(0));
    assert_eq!(desk.status()["close"].0, OrderStatus::Cancelled, "of five, two were there to be sold");
}

#[test]
fn after_a_restart_what_opens_at_once_or_not_at_all_has_expired_and_what_closes_goes_on() {
    let (kept, next_price) = (MemoryState::default(), book(&[("899", "9")], &[("900", "9")]));
    let open = desk_over(kept.clone(), Duration::ZERO);
    open.submit(&request("open", Side::Buy, dec!(2), OrderKind::Market));
    open.book(&book(&[("99", "9")], &[("100", "9")]));
    let in_force = |id, kind, time_in_force| OrderRequest { time_in_force, ..request(id, Side::Buy, dec!(1), kind) };
    // It takes any price, and names none.
    open.submit(&request("market", Side::Buy, dec!(1), OrderKind::Market));
    open.submit(&in_force("ioc", limit("1000", false), TimeInForce::ImmediateOrCancel));
    open.submit(&in_force("fok", limit("1000", false), TimeInForce::FillOrKill));
    open.submit(&in_force("stop", OrderKind::Stop { trigger: "950".parse().unwrap() }, TimeInForce::ImmediateOrCancel));
    open.submit(&OrderRequest { reduce_only: true, ..request("close", Side::Sell, dec!(2), OrderKind::Market) });

    let next = desk_over(kept.clone(), Duration::ZERO);
    next.book(&next_price);
    let (status, reason) = (next.status(), "the process ended before it met the market".to_owned());
    for id in ["market", "ioc", "fok"] {
        assert_eq!(status[id], (OrderStatus::Expired, Some(reason.clone())), "{id}");
    }
    assert_eq!((status["stop"].0, status["close"].0), (OrderStatus::Accepted, OrderStatus::Filled));
    assert_eq!(next.portfolio.held(&common::btc_id()), dec!(0));
    assert_eq!(desk_over(kept, Duration::ZERO).status(), status, "it is kept");
}

#[test]
fn after_a_restart_what_was_filled_in_part_and_can_go_on_no_more_is_cancelled() {
    let kept = MemoryState::default();
    let before = desk_over(kept.clone(), Duration::ZERO);
    before.submit(&request("open", Side::Buy, dec!(2), OrderKind::Market));
    before.book(&book(&[("99", "9")], &[("100", "9")]));
    let reduce = |id, kind| OrderRequest { reduce_only: true, ..request(id, Side::Sell, dec!(2), kind) };
    before.submit(&reduce("part", limit("100", false)));
    before.book(&book(&[("99", "9")], &[("101", "9")]));
    before.trade(Side::Buy, "100", "1");
    before.submit(&reduce("rest", OrderKind::Market));
    before.book(&book(&[("99", "9")], &[("101", "9")]));
    assert_eq!(before.status()["part"].0, OrderStatus::PartiallyFilled);
    let next = desk_over(kept, Duration::ZERO);
    next.book(&book(&[("99", "9")], &[("101", "9")]));
    assert_eq!(next.status()["part"].0, OrderStatus::Cancelled, "nothing is left to be sold");

    let kept = MemoryState::default();
    let before = desk_over(kept.clone(), Duration::ZERO);
    before.submit(&request("maker", Side::Buy, dec!(5), limit("98", true)));
    before.book(&book(&[("97", "9")], &[("101", "9")]));
    before.trade(Side::Sell, "98", "1");
    assert_eq!(before.status()["maker"].0, OrderStatus::PartiallyFilled);
    let next = desk_over(kept, Duration::ZERO);
    next.book(&book(&[("96", "9")], &[("97", "9")]));
    assert_eq!(next.status()["maker"].0, OrderStatus::Cancelled, "it would take");
}

#[test]
fn an_order_meets_the_first_message_after_its_latency() {
    let desk = desk(Duration::from_millis(20));
    let book = book(&[], &[("100", "9")]);
    desk.submit(&request("a", Side::Buy, dec!(1), OrderKind::Market));
    desk.clock.advance_to(Timestamp::from_nanos(19_999_999));
    desk.book(&book);
    assert_eq!(desk.status()["a"].0, OrderStatus::Submitted);
    desk.clock.advance_to(Timestamp::from_nanos(20_000_000));
    desk.book(&book);
    assert_eq!(desk.status()["a"].0, OrderStatus::Filled);
}

#[test]
fn on_candles_limits_and_stops_trade_at_their_price_or_at_a_first_price_beyond_and_stops_come_first() {
    let candle = |open: &str, high: &str, low: &str| Candle {
        open: open.parse().unwrap(),
        high: high.parse().unwrap(),
        low: low.parse().unwrap(),
        ..Candle::flat(Timestamp::default(), open.parse().unwrap())
    };
    let meet = |desk: &Desk, candle: &Candle| {
        let instrument = common::btc_id();
        desk.executor.observe(&instrument, desk.clock.now(), MarketTick::Open(candle.open));
        desk.executor.observe(&instrument, desk.clock.now(), MarketTick::Bar(candle));
    };
    let stop = |trigger: &str| OrderKind::Stop { trigger: trigger.parse().unwrap() };
    for (side, kind, open, high, low, expected) in [
        (Side::Buy, limit("95", false), "100", "101", "94", Some("95")),
        (Side::Buy, limit("95", false), "100", "101", "96", None),
        (Side::Buy, limit("95", false), "93", "101", "92", Some("93")),
        (Side::Sell, stop("95"), "100", "101", "94", Some("95")),
        (Side::Sell, stop("95"), "93", "101", "92", Some("93")),
    ] {
        let desk = Desk::now();
        desk.submit(&request("a", side, dec!(1), kind));
        meet(&desk, &candle(open, high, low));
        assert_eq!(desk.fills().first().map(|fill| fill.1.as_str()), expected, "{side} {kind} {open}");
    }
    let desk = Desk::now();
    desk.submit(&request("open", Side::Buy, dec!(1), OrderKind::Market));
    meet(&desk, &candle("100", "100", "100"));
    let reduce = |id, kind| OrderRequest { reduce_only: true, ..request(id, Side::Sell, dec!(1), kind) };
    desk.submit(&reduce("target", limit("110", false)));
    desk.submit(&reduce("stop", stop("90")));
    meet(&desk, &candle("100", "120", "80"));
    assert_eq!(desk.fills().last(), Some(&taken("1", "90")), "nobody knows which came first: the worse one");
}

#[test]
fn the_same_order_twice_is_one_and_another_under_its_name_is_refused() {
    let desk = Desk::now();
    let order = request("a", Side::Buy, dec!(1), OrderKind::Market);
    desk.submit(&order);
    desk.submit(&order);
    desk.book(&book(&[], &[("100", "9")]));
    assert_eq!(desk.executor.submit(&order).unwrap().status, OrderStatus::Filled);
    assert_eq!((desk.executor.orders().len(), desk.fills().len()), (1, 1));
    let other = request("a", Side::Sell, dec!(1), OrderKind::Market);
    assert_eq!(desk.executor.submit(&other), Err(OrderError::OtherOrder("a".parse().unwrap())));
    assert_eq!(
        desk.executor.submit(&request("b", Side::Buy, dec!(0), OrderKind::Market)).unwrap_err().to_string(),
        "order b: expected a quantity above zero"
    );
}

#[test]
fn what_is_cancelled_does_not_trade_and_what_has_ended_stays() {
    let desk = Desk::now();
    desk.submit(&request("a", Side::Buy, dec!(1), limit("100", false)));
    desk.book(&book(&[("100", "5")], &[]));
    let cancelled = desk.executor.cancel(&"a".parse().unwrap(), "changed my mind").unwrap();
    assert_eq!((cancelled.status, cancelled.reason.as_deref()), (OrderStatus::Cancelled, Some("changed my mind")));
    desk.trade(Side::Sell, "90", "9");
    assert_eq!(desk.fills(), []);
    assert!(!desk.executor.is_waiting(&common::btc_id()));
    assert_eq!(desk.executor.cancel(&"a".parse().unwrap(), "again").unwrap(), cancelled);
    assert!(desk.executor.cancel(&"nobody".parse().unwrap(), "").is_err());
}

#[test]
fn whoever_panics_while_it_is_told_keeps_nobody_from_being_told_of_the_next_order() {
    let (desk, told) = (Desk::now(), Arc::new(Mutex::new(Vec::new())));
    let (orders, hears) = (desk.bus.topic::<Order>(), Arc::clone(&told));
    let broken = orders.observe("broken", |_| panic!("as the test wants"));
    let hearing =
        orders.observe("hears", move |order: &Order| hears.lock().unwrap().push(order.request.id.to_string()));
    for name in ["a", "b"] {
        desk.submit(&request(name, Side::Buy, dec!(1), OrderKind::Market));
    }
    assert_eq!(*told.lock().unwrap(), ["a", "b"]);
    drop((broken, hearing));
}
