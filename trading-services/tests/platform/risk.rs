//! The limits of risk, which no sequence of orders, prices and fills gets past.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use di_core::events::Bus;
use proptest::prelude::*;
use rust_decimal::{Decimal, dec};
use trading_services::prelude::*;
use trading_services::risk::RiskManager;

pub(crate) struct Desk {
    config: Arc<ConfigManager>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) portfolio: Arc<Portfolio>,
    pub(crate) executor: Arc<PaperExecutor>,
    market: Arc<MarketDataManager>,
    pub(crate) risk: RiskManager,
    _bus: Bus,
}

pub(crate) fn desk(settings: Settings) -> Desk {
    let cash = settings.portfolio.cash;
    desk_with(settings, Portfolio::with_cash(Currency::usdt(), cash))
}

fn desk_with(settings: Settings, portfolio: Portfolio) -> Desk {
    assembled(settings, portfolio, Arc::new(MemoryState::default()))
}

/// A desk whose limits are kept there.
pub(crate) fn desk_over(settings: Settings, kept: Arc<dyn IStateManager>) -> Desk {
    let cash = settings.portfolio.cash;
    assembled(settings, Portfolio::with_cash(Currency::usdt(), cash), kept)
}

fn assembled(settings: Settings, portfolio: Portfolio, kept: Arc<dyn IStateManager>) -> Desk {
    let (clock, bus) = (Arc::new(ManualClock::default()), Bus::new());
    let manager = Arc::new(ConfigManager::new(Arc::new(settings)));
    let config: Arc<dyn IConfigService> = Arc::clone(&manager) as _;
    let portfolio = Arc::new(portfolio);
    let (changed, filled) = (Arc::new(bus.topic()), Arc::new(bus.topic()));
    let market = MarketDataManager::new(Arc::clone(&config), Arc::clone(&clock) as _, Arc::clone(&kept));
    let market = Arc::new(market.unwrap());
    let executor = PaperExecutor::new(
        Arc::clone(&config),
        Arc::clone(&clock) as _,
        Arc::clone(&portfolio) as _,
        Arc::clone(&market) as _,
        Arc::clone(&kept),
        changed,
        filled,
    );
    let executor = Arc::new(executor.unwrap());
    let risk = RiskManager::new(
        config,
        Arc::clone(&clock) as _,
        Arc::clone(&portfolio) as _,
        Arc::clone(&executor) as _,
        Arc::clone(&market) as _,
        kept,
    );
    let risk = risk.unwrap();
    Desk { config: manager, clock, portfolio, executor, market, risk, _bus: bus }
}

/// Limits that a few small orders come to.
pub(crate) fn tight() -> Settings {
    let mut settings = Settings::default();
    settings.portfolio.cash = dec!(10000);
    settings.risk.max_order_notional = dec!(3000);
    settings.risk.max_position_notional = dec!(5000);
    settings.risk.max_leverage = dec!(0.8);
    settings.risk.orders_per_minute = 3;
    settings.risk.max_daily_loss_percent = dec!(3);
    settings.execution.latency = Duration::ZERO;
    settings
}

pub(crate) fn instrument(index: usize) -> InstrumentId {
    format!("binance:COIN{index}").parse().unwrap()
}

pub(crate) fn price(value: Decimal) -> Price {
    Price::new(value).unwrap()
}

pub(crate) fn order(
    id: usize,
    instrument: &InstrumentId,
    side: Side,
    quantity: Decimal,
    kind: OrderKind,
) -> OrderRequest {
    OrderRequest {
        id: format!("order-{id}").parse().unwrap(),
        instrument: instrument.clone(),
        side,
        quantity: Quantity::new(quantity).unwrap(),
        kind,
        time_in_force: TimeInForce::default(),
        reduce_only: false,
        correlation: CorrelationId::default(),
    }
}

impl Desk {
    /// Submits what is admitted.
    pub(crate) fn ask(&self, order: &OrderRequest, market: Decimal) -> RiskAnswer {
        let meant = if let OrderKind::Limit { price, .. } = order.kind { price } else { price(market) };
        let request =
            RiskRequest { order, price: meant, reference: Some(price(market)), is_doubtful: false, module: None };
        let answer = self.risk.check_risk_limits(&request);
        if answer.is_admitted() {
            self.executor.submit(order).unwrap();
        }
        answer
    }

    /// The venue tells that an instrument is traded in lots of 0.05, at least 0.1 of it for at least 10.
    fn rule(&self, instrument: &InstrumentId) -> Instrument {
        let named = Instrument::named(instrument.clone());
        let (lot_size, min_quantity, min_notional) = (Some(dec!(0.05)), Some(dec!(0.1)), Some(dec!(10)));
        let rules = Instrument { lot_size, min_quantity, min_notional, ..named };
        self.tell(instrument, rules.clone());
        rules
    }

    fn tell(&self, instrument: &InstrumentId, rules: Instrument) {
        let (kind, received) = (EventKind::Instrument(Box::new(rules)), self.clock.now());
        self.market.ingest(&MarketEvent { instrument: instrument.clone(), received, kind }).unwrap();
    }

    /// A book around a price that has plenty.
    pub(crate) fn book(&self, instrument: &InstrumentId, market: Decimal) {
        let level = |price: Decimal| Level { price: Price::new(price).unwrap(), quantity: "1000000".parse().unwrap() };
        let depth = BookDepth { bids: vec![level(market)], asks: vec![level(market)] };
        self.executor.observe(instrument, self.clock.now(), MarketTick::Book(&depth));
        self.portfolio.mark(instrument, price(market));
    }
}

#[derive(Debug, Clone)]
enum Step {
    Order { instrument: usize, buy: bool, hundredths: i64, limit: Option<i64> },
    Move { instrument: usize, percent: i64 },
    Book { instrument: usize },
    Wait { seconds: u64 },
    CancelAll,
    Kill,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => (0_usize..3, any::<bool>(), 1_i64..5000, proptest::option::of(-4_i64..5))
            .prop_map(|(instrument, buy, hundredths, limit)| Step::Order { instrument, buy, hundredths, limit }),
        3 => (0_usize..3, -9_i64..10).prop_map(|(instrument, percent)| Step::Move { instrument, percent }),
        5 => (0_usize..3).prop_map(|instrument| Step::Book { instrument }),
        4 => (0_u64..40).prop_map(|seconds| Step::Wait { seconds }),
        1 => Just(Step::CancelAll),
        1 => Just(Step::Kill),
    ]
}

/// How far a position could go either way if everything that is open were filled on one side.
fn reach(desk: &Desk, instrument: &InstrumentId) -> Decimal {
    let (held, open) = (desk.portfolio.held(instrument), |side| open(desk, instrument, side));
    (held + open(Side::Buy)).abs().max((held - open(Side::Sell)).abs())
}

/// How much of an instrument is open on a side.
pub(crate) fn open(desk: &Desk, instrument: &InstrumentId, side: Side) -> Decimal {
    let orders = desk.executor.open_orders().into_iter();
    let mine = orders.filter(|order| order.request.instrument == *instrument && order.request.side == side);
    mine.map(|order| order.open_quantity().value()).sum()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn no_sequence_of_orders_prices_and_fills_gets_past_a_limit(
        steps in proptest::collection::vec(step(), 1..80),
    ) {
        let (settings, desk) = (tight().risk, desk(tight()));
        let rules = desk.rule(&instrument(2));
        let mut prices = [dec!(100), dec!(50), dec!(200)];
        let (mut now, mut admitted, mut is_killed) = (0_u64, VecDeque::new(), false);
        for (id, step) in steps.into_iter().enumerate() {
            match step {
                Step::Order { instrument: index, buy, hundredths, limit } => {
                    let (instrument, market) = (instrument(index), prices[index]);
                    let side = if buy { Side::Buy } else { Side::Sell };
                    let kind = limit.map_or(OrderKind::Market, |percent| OrderKind::Limit {
                        price: price(market * (dec!(100) + Decimal::from(percent)) / dec!(100)),
                        post_only: false,
                    });
                    let before = reach(&desk, &instrument);
                    let open = open(&desk, &instrument, side);
                    let met = desk.portfolio.held(&instrument) + if buy { open } else { -open };
                    let order = order(id, &instrument, side, Decimal::new(hundredths, 2), kind);
                    let answer = desk.ask(&order, market);
                    let after = reach(&desk, &instrument);
                    if !answer.is_admitted() {
                        prop_assert_eq!(before, after);
                        continue;
                    }
                    if index == 2 {
                        prop_assert_eq!(rules.check(&order, price(market), met), Ok(()), "nothing gets past a rule of the venue");
                    }
                    let is_larger = after > before || desk.portfolio.held(&instrument).is_zero();
                    if !is_larger {
                        continue;
                    }
                    prop_assert!(!is_killed, "trading has ended");
                    prop_assert!(order.quantity.value() * market <= settings.max_order_notional);
                    prop_assert!(after * market <= settings.max_position_notional, "{after} at {market}");
                    let exposure: Decimal = (0..3).map(|other| reach_exposure(&desk, other, &prices)).sum();
                    let equity = desk.portfolio.equity().unwrap();
                    prop_assert!(exposure <= settings.max_leverage * equity * dec!(1.000001), "{exposure} of {equity}");
                    if let Some(percent) = limit {
                        prop_assert!(Decimal::from(percent.abs()) <= settings.price_collar_percent);
                    }
                    admitted.push_back(now);
                    admitted.retain(|time| now - time < 60);
                    prop_assert!(admitted.len() <= settings.orders_per_minute);
                }
                Step::Move { instrument: index, percent } => {
                    prices[index] = prices[index] * (dec!(100) + Decimal::from(percent)) / dec!(100);
                    desk.portfolio.mark(&instrument(index), price(prices[index]));
                    desk.risk.observe(None);
                    is_killed = desk.risk.killed().is_some();
                }
                Step::Book { instrument: index } => desk.book(&instrument(index), prices[index]),
                Step::Wait { seconds } => {
                    now += seconds;
                    desk.clock.advance_to(Timestamp::from_nanos(now * 1_000_000_000));
                }
                Step::CancelAll => {
                    for order in desk.executor.open_orders() {
                        desk.executor.cancel(&order.request.id, "test").unwrap();
                    }
                }
                Step::Kill => {
                    desk.risk.kill("by the test");
                    is_killed = true;
                }
            }
        }
    }
}

/// What is or may come to be held of one instrument, at its price.
fn reach_exposure(desk: &Desk, index: usize, prices: &[Decimal; 3]) -> Decimal {
    // An instrument that is not held is valued by its orders alone.
    let held = desk.portfolio.held(&instrument(index)).abs();
    held * prices[index]
}

fn refused(settings: Settings, ask: impl Fn(&Desk) -> RiskAnswer) -> String {
    ask(&desk(settings)).to_string()
}

fn one(desk: &Desk, quantity: Decimal, kind: OrderKind) -> RiskAnswer {
    desk.ask(&order(1, &instrument(0), Side::Buy, quantity, kind), dec!(100))
}

#[test]
fn each_limit_says_what_it_is_about() {
    let limit = OrderKind::Limit { price: price(dec!(103)), post_only: false };
    for (quantity, kind, expected) in [
        (dec!(40), OrderKind::Market, "refused: the order is worth 4000, of at most 3000"),
        (dec!(1), limit, "refused: the price is 3 percent from the market, of at most 2"),
    ] {
        assert_eq!(refused(tight(), |desk| one(desk, quantity, kind)), expected);
    }
    let doubtful = |desk: &Desk| {
        let order = order(1, &instrument(0), Side::Buy, dec!(1), OrderKind::Market);
        let request =
            RiskRequest { order: &order, price: price(dec!(100)), reference: None, is_doubtful: true, module: None };
        desk.risk.check_risk_limits(&request)
    };
    assert_eq!(refused(tight(), doubtful), "refused: it rests on a doubtful price; there is no recent price");
    let many = |desk: &Desk| {
        (0..4)
            .map(|id| desk.ask(&order(id, &instrument(id), Side::Buy, dec!(1), OrderKind::Market), dec!(100)))
            .last()
            .unwrap()
    };
    assert_eq!(refused(tight(), many), "refused: there were 3 orders within a minute");
    let position = |desk: &Desk| {
        desk.ask(&order(1, &instrument(0), Side::Buy, dec!(29), OrderKind::Market), dec!(100));
        desk.ask(&order(2, &instrument(0), Side::Buy, dec!(29), OrderKind::Market), dec!(100))
    };
    assert_eq!(refused(tight(), position), "refused: the position would be worth 5800, of at most 5000");
}

#[test]
fn the_last_order_says_what_is_used_of_its_distance_from_the_market() {
    let desk = desk(tight());
    let used = || desk.risk.risk_metrics().last_distance_percent;
    let limit = |at| OrderKind::Limit { price: price(at), post_only: false };
    assert_eq!(used(), None, "nobody has ordered anything");
    assert!(desk.ask(&order(1, &instrument(0), Side::Buy, dec!(1), limit(dec!(99))), dec!(100)).is_admitted());
    assert_eq!(used(), Some(dec!(1)));
    assert!(!desk.ask(&order(2, &instrument(0), Side::Buy, dec!(1), limit(dec!(103))), dec!(100)).is_admitted());
    assert_eq!(used(), Some(dec!(3)), "one that is refused for it shows why");
    desk.ask(&order(3, &instrument(0), Side::Buy, dec!(1), OrderKind::Market), dec!(100));
    assert_eq!(used(), Some(dec!(0)));
}

#[test]
fn all_positions_together_are_worth_no_more_than_the_leverage_allows() {
    let mut settings = tight();
    settings.risk.orders_per_minute = 100;
    let desk = desk(settings);
    let ask = |id, index, quantity| {
        desk.ask(&order(id, &instrument(index), Side::Buy, quantity, OrderKind::Market), dec!(100))
    };
    for index in 0..2 {
        assert!(ask(index, index, dec!(30)).is_admitted());
        desk.book(&instrument(index), dec!(100));
    }
    let refused = ask(2, 2, dec!(20.5)).to_string();
    assert!(
        refused.starts_with("refused: the leverage would be 0.8") && refused.ends_with(", of at most 0.8"),
        "{refused}"
    );
    assert!(ask(3, 2, dec!(19)).is_admitted());
}

#[test]
fn the_drawdown_ends_trading_over_days_of_which_none_loses_enough() {
    let mut settings = tight();
    settings.risk.max_drawdown_percent = dec!(5);
    let desk = desk(settings);
    one(&desk, dec!(29), OrderKind::Market);
    desk.book(&instrument(0), dec!(100));
    desk.risk.observe(None);
    for (day, mark) in [("02", dec!(93)), ("03", dec!(86))] {
        desk.clock.advance_to(format!("1970-01-{day}T00:00:00Z").parse().unwrap());
        desk.risk.observe(None);
        desk.portfolio.mark(&instrument(0), price(mark));
        assert!(!desk.risk.observe(None), "two percent of a day, {mark}");
    }
    desk.clock.advance_to("1970-01-04T00:00:00Z".parse().unwrap());
    desk.risk.observe(None);
    desk.portfolio.mark(&instrument(0), price(dec!(82)));
    assert!(desk.risk.observe(None));
    assert_eq!(desk.risk.killed().as_deref(), Some("the equity is 5.23 percent below its peak"));
}

#[test]
fn an_order_that_its_venue_would_not_take_is_refused_and_a_size_is_in_whole_lots() {
    let mut settings = tight();
    settings.risk.sizing.notional = dec!(1234);
    let desk = desk(settings);
    let id = instrument(0);
    let size = |desk: &Desk| desk.risk.position_size(&id, price(dec!(90)), &SizingFacts::default()).value();
    assert_eq!(size(&desk), dec!(13.711111), "no rule is known");
    desk.rule(&id);
    assert_eq!(size(&desk), dec!(13.70));
    let ask =
        |quantity, name| desk.ask(&order(name, &id, Side::Buy, quantity, OrderKind::Market), dec!(90)).to_string();
    assert_eq!(ask(dec!(0.07), 1), "refused: the quantity 0.07 is no multiple of the lot 0.05");
    assert_eq!(ask(dec!(0.05), 2), "refused: the quantity 0.05 is below the smallest, 0.1");
    assert_eq!(ask(dec!(0.1), 3), "refused: the order is worth 9, at least 10 is asked for");
    assert_eq!(ask(dec!(0.15), 4), "admitted");
}

#[test]
fn what_makes_a_position_smaller_is_admitted_when_nothing_else_is() {
    let desk = desk(tight());
    one(&desk, dec!(20), OrderKind::Market);
    desk.book(&instrument(0), dec!(100));
    assert!(desk.risk.kill("enough"));
    assert!(!desk.risk.kill("again"), "it has ended");
    assert_eq!(desk.risk.killed().as_deref(), Some("enough"));
    assert_eq!(one(&desk, dec!(1), OrderKind::Market).to_string(), "refused: trading has ended: enough");
    let sell = |id, quantity| order(id, &instrument(0), Side::Sell, quantity, OrderKind::Market);
    assert!(!desk.ask(&sell(2, dec!(21)), dec!(100)).is_admitted(), "it would turn the position");
    assert!(desk.ask(&sell(3, dec!(15)), dec!(100)).is_admitted());
    assert!(!desk.ask(&sell(4, dec!(6)), dec!(100)).is_admitted(), "with the one that is open it would");
}

#[test]
fn what_only_reduces_is_of_any_size_and_is_not_refused_for_a_halt() {
    let desk = desk(tight());
    let id = instrument(0);
    let ask = |name, side, quantity, reduce_only| {
        let order = OrderRequest { reduce_only, ..order(name, &id, side, quantity, OrderKind::Market) };
        desk.ask(&order, dec!(100)).to_string()
    };
    assert_eq!(ask(1, Side::Buy, dec!(1.016666), false), "admitted", "no rule is known");
    desk.book(&id, dec!(100));
    let halted = Instrument { status: InstrumentStatus::Halted, ..desk.rule(&id) };
    desk.tell(&id, halted);
    assert_eq!(ask(2, Side::Buy, dec!(1), false), "refused: the instrument is not traded now");
    assert_eq!(ask(3, Side::Sell, dec!(0.05), false), "admitted", "below the smallest");
    let part = "refused: the quantity 0.016666 is no multiple of the lot 0.05";
    assert_eq!(ask(4, Side::Sell, dec!(0.016666), false), part);
    // All but what is open already, and then all that is held: what may only reduce does not turn it.
    assert_eq!(ask(5, Side::Sell, dec!(0.966666), false), "admitted");
    assert_eq!(ask(6, Side::Sell, dec!(1.016666), true), "admitted");
    assert!(ask(7, Side::Sell, dec!(1), false).starts_with("refused: "), "it would turn the position");
    desk.book(&id, dec!(100));
    assert_eq!(desk.portfolio.held(&id), dec!(0));
}

#[test]
fn the_daily_loss_ends_trading_and_begins_again_at_midnight_while_the_drawdown_does_not() {
    let desk = desk(tight());
    one(&desk, dec!(29), OrderKind::Market);
    desk.book(&instrument(0), dec!(100));
    desk.risk.observe(None);
    desk.portfolio.mark(&instrument(0), price(dec!(95)));
    assert!(!desk.risk.observe(None), "1.45 percent and the fee");
    let metrics = desk.risk.risk_metrics();
    assert_eq!((metrics.exposure, metrics.is_killed), (dec!(2755), false));
    assert_eq!(metrics.day_profit, metrics.equity - metrics.peak, "the day began at the peak");
    assert!(metrics.day_profit <= dec!(-145), "{metrics:?}");
    desk.clock.advance_to("1970-01-02T00:00:00Z".parse().unwrap());
    assert!(!desk.risk.observe(None));
    assert!(desk.risk.risk_metrics().daily_loss_percent.is_zero() && desk.risk.risk_metrics().day_profit.is_zero());
    assert!(desk.risk.risk_metrics().drawdown_percent > dec!(1.4));
    desk.portfolio.mark(&instrument(0), price(dec!(84)));
    assert!(desk.risk.observe(None));
    assert!(desk.risk.killed().unwrap().ends_with("percent of the equity were lost within the day"));
    assert!(!desk.risk.observe(None), "it has ended once");
}

/// Everything is worth one, and each question is counted.
#[derive(Default)]
struct Counted(std::sync::atomic::AtomicUsize);

impl ICurrencyRates for Counted {
    fn rate(&self, _: &Currency, _: &Currency) -> Option<Price> {
        self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        Some(price(Decimal::ONE))
    }
}

#[test]
fn a_rate_is_asked_for_as_often_with_many_positions_as_with_a_few() {
    let asked = |positions: usize| {
        let rates = Arc::new(Counted::default());
        let asked = || rates.0.swap(0, std::sync::atomic::Ordering::Relaxed);
        let mut settings = tight();
        settings.risk.max_leverage = dec!(50);
        let portfolio = Portfolio::with_cash(Currency::usdt(), dec!(10000));
        let desk = desk_with(settings, portfolio.with_rates(Arc::clone(&rates) as _));
        for number in 0..positions {
            let fill = Fill {
                id: number.to_string().into(),
                order: "test".parse().unwrap(),
                instrument: instrument(number),
                side: Side::Buy,
                quantity: "1".parse().unwrap(),
                price: price(dec!(10)),
                currency: "EUR".parse().unwrap(),
                fee: dec!(0),
                fee_currency: "EUR".parse().unwrap(),
                liquidity: Liquidity::Taker,
                time: Timestamp::default(),
                correlation: CorrelationId::default(),
            };
            desk.portfolio.apply(&fill).unwrap();
        }
        asked();
        assert_eq!(desk.risk.risk_metrics().exposure, Decimal::from(positions * 10));
        let of_metrics = asked();
        assert_eq!(one(&desk, dec!(1), OrderKind::Market).to_string(), "admitted");
        (of_metrics, asked())
    };
    assert_eq!(asked(3), asked(30));
}

#[tokio::test]
async fn a_new_way_is_compared_in_shadow_taken_when_it_is_on_and_left_again_by_a_reload() {
    use di_core::health::HealthCheck;

    let desk = desk(tight());
    let (held, other) = (instrument(0), instrument(1));
    desk.book(&held, dec!(100));
    assert!(desk.ask(&order(1, &held, Side::Buy, dec!(30), OrderKind::Market), dec!(100)).is_admitted());
    desk.book(&held, dec!(100));
    let limit = OrderKind::Limit { price: price(dec!(101)), post_only: false };
    assert!(desk.ask(&order(2, &held, Side::Sell, dec!(30), limit), dec!(100)).is_admitted());

    // With 3000 held and an order that would sell them, 2000 more are 8000 one way, more than 0.8 of
    // the equity after the fee, and 5000 the other.
    let switch = |mode| {
        let mut settings = (*desk.config.settings()).clone();
        settings.features.new_risk = mode;
        desk.config.replace(settings).unwrap();
        let order = order(3, &other, Side::Buy, dec!(40), OrderKind::Market);
        let request = RiskRequest {
            order: &order,
            price: price(dec!(50)),
            reference: Some(price(dec!(50))),
            is_doubtful: false,
            module: None,
        };
        desk.risk.check_risk_limits(&request).reasons
    };
    let is_refused =
        |reasons: Vec<RiskReason>| reasons.iter().any(|reason| matches!(reason, RiskReason::Leverage { .. }));
    assert!(is_refused(switch(FeatureMode::Off)));
    assert!(is_refused(switch(FeatureMode::Shadow)), "the old way answers");
    let health = desk.risk.check().await.unwrap();
    assert!(format!("{health:?}").contains("1 of 1 answers would be others"), "{health:?}");
    assert_eq!(switch(FeatureMode::On), []);
    assert!(is_refused(switch(FeatureMode::Off)));
}

#[test]
fn an_order_for_an_inverse_contract_is_refused_before_its_rules_are_told() {
    let desk = desk(Settings::default());
    let ask = |instrument: &str| {
        let order = order(1, &instrument.parse().unwrap(), Side::Buy, dec!(1), OrderKind::Market);
        let price = price(dec!(100));
        let request = RiskRequest { order: &order, price, reference: Some(price), is_doubtful: false, module: None };
        desk.risk.check_risk_limits(&request)
    };
    let unfit = RiskReason::Unfit(UnfitOrder::Inverse);
    assert!(ask("bybit:BTCUSD").reasons.contains(&unfit));
    assert!(!ask("bybit:BTCUSDT").reasons.contains(&unfit));
}
