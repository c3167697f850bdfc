//! Trading within the first minute, the same with the same seed, each trade with its trace.

use std::process::Output;
use std::sync::Arc;

use di_core::health::HealthStatus;
use di_core::lifecycle::Application;
use di_core::prelude::*;
use rust_decimal::{Decimal, dec};
use serde_json::Value;
use trading_services::prelude::*;
use trading_services::risk::SizingMethod;

use crate::common;

/// How long to wait for what happens at once.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(30);

fn run(arguments: &[&str]) -> (Value, String, Output) {
    let folder = tempfile::tempdir().unwrap();
    let (summary, log) = (folder.path().join("s.json"), folder.path().join("e.log"));
    let output = common::binary(arguments).arg("--summary").arg(&summary).arg("--log").arg(&log).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let summary = serde_json::from_slice(&std::fs::read(summary).unwrap()).unwrap();
    (summary, std::fs::read_to_string(log).unwrap(), output)
}

#[test]
fn within_the_first_minute_there_are_signals_orders_fills_and_their_profit() {
    // Twenty events a second: the first minute.
    let (summary, _, output) = run(&["--events", "1200", "--speed", "100x"]);
    let (_, printed, _) = common::said(&output);
    for part in [" signal: simulated:", " order: signal-1 ", " fill: signal-1 ", "profit "] {
        assert!(printed.contains(part), "expected `{part}` in: {printed}");
    }
    assert!(summary["event_time_ms"].as_u64().unwrap() <= 61_000, "{summary}");
    let trading = &summary["trading"];
    assert!(trading["fills"].as_u64().unwrap() >= 1, "{trading}");
    assert!(printed.contains("the account is worth"), "{printed}");
}

#[test]
fn the_same_seed_trades_the_same() {
    let (one, first_log, _) = run(&["--seed", "7", "--events", "20000", "--speed", "max"]);
    let (other, second_log, _) = run(&["--seed", "7", "--events", "20000", "--speed", "max"]);
    assert!(first_log.contains(" fill signal-"), "it trades");
    assert_eq!(first_log, second_log);
    assert_eq!((&one["trading"], &one["log_sha256"]), (&other["trading"], &other["log_sha256"]));
}

#[tokio::test]
async fn every_order_of_a_run_is_one_that_its_venue_takes() {
    let mut settings = common::settings();
    (settings.run.speed, settings.run.events) = (Speed::Max, Some(20_000));
    // A number with more digits than any lot has.
    settings.risk.sizing.notional = dec!(1234.567);
    let app = TradingApp::build(TradingAppInputs { settings: Arc::new(settings) }).unwrap();
    common::play(Application::of(&app), app.get()).await;
    let market: &dyn IMarketDataService = app.get();
    let (engine, executor): (&dyn ITradingEngine, &dyn IOrderExecutor) = (app.get(), app.get());
    engine.halt("the test is over");
    let orders = executor.orders();
    assert!(orders.len() > 4, "{orders:?}");
    for Order { request, .. } in &orders {
        let rules = market.rules(&request.instrument).expect("the venue has told them first");
        let price = market.market_data(&request.instrument).unwrap().top.middle().unwrap();
        // What flattens may be worth less than what opens.
        let against = if request.side == Side::Sell { request.quantity.value() } else { -request.quantity.value() };
        let held = if request.reduce_only { against } else { dec!(0) };
        assert_eq!(rules.check(request, price, held), Ok(()), "{request:?}");
        assert_eq!(rules.whole_lots(request.quantity), request.quantity, "{request:?}");
    }
}

#[test]
fn a_chain_is_traced_from_the_message_to_its_fills() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("e.log");
    let output = common::binary(&["--events", "5000", "--speed", "max"]).arg("--log").arg(&log).output().unwrap();
    assert!(output.status.success());
    let text = std::fs::read_to_string(&log).unwrap();
    let fill = text.lines().find(|line| line.contains(" fill ")).unwrap();
    let id = fill.rsplit(' ').next().unwrap();
    let (code, chain, _) =
        common::said(&common::binary(&["trace", id, "--log", log.to_str().unwrap()]).output().unwrap());
    assert_eq!(code, 0);
    let kinds: Vec<_> = chain.lines().map(|line| line.split(' ').nth(1).unwrap()).collect();
    let mut expected = ["candle", "signal", "risk", "order", "fill"].into_iter().peekable();
    for kind in &kinds {
        if expected.peek() == Some(kind) {
            expected.next();
        }
    }
    assert_eq!(expected.next(), None, "{chain}");
    let error = common::fails(&["trace", "#99999999", "--log", log.to_str().unwrap()]);
    assert!(error.contains("expected lines that follow from message #99999999, found none"), "{error}");
}

/// A run whose strategies are silent, with `held` of an instrument that has lots of 0.01, as a state from before there were
/// lots may have it.
struct OffLot {
    app: TradingApp,
    instrument: InstrumentId,
    orders: std::cell::Cell<u64>,
}

impl OffLot {
    async fn with(held: &str, long_only: bool) -> Self {
        let app = app(|settings| {
            settings.signals.crossover.mode = StrategyMode::Off;
            settings.signals.breakout.mode = StrategyMode::Off;
            settings.trading.long_only = long_only;
        });
        common::play(Application::of(&app), app.get()).await;
        let instrument: InstrumentId = "simulated:SOLUSDT".parse().unwrap();
        let one = Self { app, instrument, orders: std::cell::Cell::new(0) };
        assert_eq!(one.rules().lot_size, Some(dec!(0.01)));
        let (side, quantity) = held.strip_prefix('-').map_or((Side::Buy, held), |quantity| (Side::Sell, quantity));
        one.app.get::<dyn IOrderExecutor>().submit(&one.order(side, quantity)).unwrap();
        one.fill();
        assert_eq!(one.held().to_string(), held);
        one
    }

    fn rules(&self) -> Instrument {
        self.app.get::<dyn IMarketDataService>().rules(&self.instrument).unwrap()
    }

    fn order(&self, side: Side, quantity: &str) -> OrderRequest {
        self.orders.set(self.orders.get() + 1);
        OrderRequest {
            id: format!("test-{}", self.orders.get()).parse().unwrap(),
            instrument: self.instrument.clone(),
            side,
            quantity: quantity.parse().unwrap(),
            kind: OrderKind::Market,
            time_in_force: TimeInForce::default(),
            reduce_only: false,
            correlation: CorrelationId::default(),
        }
    }

    fn held(&self) -> Decimal {
        self.app.get::<dyn IPortfolio>().held(&self.instrument)
    }

    /// The orders that wait meet the book.
    fn fill(&self) {
        let (platform, executor): (&Platform, &dyn IOrderExecutor) = (self.app.get(), self.app.get());
        platform.clock.advance_to(platform.clock.now().saturating_add(std::time::Duration::from_secs(1)));
        let depth = platform.market.depth(&self.instrument, 1_000).unwrap().unwrap();
        executor.observe(&self.instrument, platform.clock.now(), MarketTick::Book(&depth));
        assert_eq!(executor.open_orders(), []);
    }

    fn signal(&self, direction: Direction) -> TradeDecision {
        self.signal_at(direction, false)
    }

    /// A signal that rests on a doubtful price, or on a good one.
    fn signal_at(&self, direction: Direction, doubtful: bool) -> TradeDecision {
        let platform: &Platform = self.app.get();
        self.orders.set(self.orders.get() + 1);
        let signal = Signal {
            id: self.orders.get(),
            time: platform.clock.now(),
            correlation: CorrelationId::default(),
            instrument: self.instrument.clone(),
            timeframe: Timeframe::S1,
            bar: platform.clock.now(),
            direction,
            price: platform.market.market_data(&self.instrument).unwrap().top.middle().unwrap(),
            doubtful,
            reasons: Vec::new(),
        };
        let decision = self.app.get::<dyn ITradingEngine>().execute_trade(&signal);
        if matches!(decision, TradeDecision::Ordered(_)) {
            self.fill();
        }
        decision
    }
}

#[tokio::test]
async fn a_position_between_two_lots_is_sold_to_the_last() {
    let one = OffLot::with("1.666666", true).await;
    assert!(matches!(one.signal(Direction::Long), TradeDecision::Nothing("the position is there")));
    let sold = one.signal(Direction::Short);
    assert!(matches!(sold, TradeDecision::Ordered(_)), "{sold:?}");
    assert_eq!(one.held(), dec!(0));
    assert!(matches!(one.signal(Direction::Short), TradeDecision::Nothing("there is nothing to sell")));
}

#[tokio::test]
async fn a_signal_that_rests_on_a_doubtful_price_closes_nothing() {
    let one = OffLot::with("1.666666", true).await;
    let sold = one.signal_at(Direction::Short, true);
    assert!(matches!(sold, TradeDecision::Nothing("it rests on a doubtful price")), "{sold:?}");
    assert_eq!(one.held(), dec!(1.666666));
}

#[tokio::test]
async fn a_rest_below_one_lot_is_sold_and_keeps_nobody_from_buying() {
    let one = OffLot::with("0.006666", true).await;
    let sold = one.signal(Direction::Short);
    assert!(matches!(sold, TradeDecision::Ordered(_)), "{sold:?}");
    assert_eq!(one.held(), dec!(0));

    let one = OffLot::with("0.006666", true).await;
    let bought = one.signal(Direction::Long);
    assert!(matches!(bought, TradeDecision::Ordered(_)), "{bought:?}");
    assert!(one.held() > dec!(1) && one.held() % dec!(0.01) == dec!(0.006666), "{}", one.held());
    one.signal(Direction::Short);
    assert_eq!(one.held(), dec!(0));

    // Where selling may open a position, it is turned in whole lots.
    let one = OffLot::with("-0.006666", false).await;
    let sold = one.signal(Direction::Short);
    assert!(matches!(sold, TradeDecision::Ordered(_)), "{sold:?}");
    assert!(one.held() < dec!(-1), "{}", one.held());
    one.signal(Direction::Long);
    assert!(one.held() > dec!(1) && one.held() % dec!(0.01) == dec!(0), "{}", one.held());
}

#[tokio::test]
async fn a_reload_of_how_a_size_is_found_holds_after_the_next_start_and_not_by_half() {
    let app = app(|settings| {
        settings.signals.crossover.mode = StrategyMode::Off;
        settings.signals.breakout.mode = StrategyMode::Off;
        settings.risk.sizing.method = SizingMethod::Volatility;
        settings.risk.max_order_notional = dec!(1000000000);
        settings.risk.max_position_notional = dec!(1000000000);
        settings.risk.max_leverage = dec!(1000000);
    });
    common::play(Application::of(&app), app.get()).await;
    let config: &ConfigManager = app.get();
    let mut settings = (*config.settings()).clone();
    settings.risk.sizing.method = SizingMethod::Notional;
    config.replace(settings).unwrap();
    let one = OffLot { app, instrument: "simulated:SOLUSDT".parse().unwrap(), orders: std::cell::Cell::default() };
    let bought = one.signal(Direction::Long);
    assert!(matches!(bought, TradeDecision::Ordered(_)), "{bought:?}");
}

#[tokio::test]
async fn the_curve_has_one_point_a_minute_however_many_instruments_have_a_candle_of_it() {
    let app = app(|_| {});
    common::play(Application::of(&app), app.get()).await;
    let curve = app.get::<dyn IPortfolio>().equity_curve();
    let minutes: Vec<_> = curve.iter().map(|point| Timeframe::M1.open_of(point.time)).collect();
    assert!(app.get::<dyn IMarketDataService>().supported_symbols().len() > 1 && minutes.len() > 5, "{minutes:?}");
    assert!(minutes.windows(2).all(|pair| pair[0] < pair[1]), "{minutes:?}");
}

#[tokio::test]
async fn a_fill_deep_in_the_book_is_no_price_of_the_market() {
    let one = OffLot::with("1.00", true).await;
    let (platform, portfolio): (&Platform, &dyn IPortfolio) = (one.app.get(), one.app.get());
    one.app.get::<dyn IOrderExecutor>().submit(&one.order(Side::Buy, "300")).unwrap();
    let received = platform.clock.now().saturating_add(std::time::Duration::from_millis(100));
    platform.clock.advance_to(received);
    // A doubtful trade is no price, either.
    let kind = EventKind::Trade(Trade { time: received, ..common::trade(0, "600", "1") });
    let event = MarketEvent { instrument: one.instrument.clone(), received, kind };
    platform.trading.observe(&event, &Ingested { doubtful: true, ..Ingested::default() });
    let view = portfolio.positions().into_iter().find(|view| view.instrument == one.instrument).unwrap();
    let last = one.app.get::<dyn IOrderExecutor>().fills().pop().unwrap();
    assert!(view.position.quantity > dec!(1) && last.price != view.mark, "{view:?}");
    assert_eq!(Some(view.mark), platform.market.reference(&one.instrument));
}

#[tokio::test]
async fn what_turns_a_position_between_two_lots_closes_it_exactly_and_opens_whole_lots() {
    for (held, direction) in [("1.666666", Direction::Short), ("-1.666666", Direction::Long)] {
        let one = OffLot::with(held, false).await;
        let turned = one.signal(direction);
        assert!(matches!(turned, TradeDecision::Ordered(_)), "{turned:?}");
        let is_turned = one.held().is_sign_negative() != held.starts_with('-');
        assert!(is_turned && one.held().abs() > dec!(1) && one.held() % dec!(0.01) == dec!(0), "{}", one.held());
    }
}

impl OffLot {
    /// The orders that were made of the last signal.
    fn made(&self) -> Vec<Order> {
        let (name, closing) = (format!("signal-{}", self.orders.get()), format!("signal-{}-close", self.orders.get()));
        let orders = self.app.get::<dyn IOrderExecutor>().orders().into_iter();
        orders.filter(|order| [name.as_str(), closing.as_str()].contains(&order.request.id.as_str())).collect()
    }

    /// Another book, with so many lots of 1 at each price, in shares of the middle of now.
    fn rebook(&self, bids: &[(Decimal, Decimal)], asks: &[(Decimal, Decimal)]) {
        let platform: &Platform = self.app.get();
        let middle = platform.market.market_data(&self.instrument).unwrap().top.middle().unwrap().value();
        let level = |(share, quantity): &(Decimal, Decimal)| Level {
            price: Price::new((middle * share).round_dp(2)).unwrap(),
            quantity: Quantity::new(*quantity).unwrap(),
        };
        let side = |levels: &[(Decimal, Decimal)]| levels.iter().map(level).collect::<Vec<_>>().into();
        let (last_update_id, time, origin) = (u64::MAX / 2, None, SnapshotOrigin::Stream);
        let book = BookSnapshot { last_update_id, bids: side(bids), asks: side(asks), time, origin };
        let (instrument, received) = (self.instrument.clone(), platform.clock.now());
        platform.market.ingest(&MarketEvent { instrument, received, kind: EventKind::Snapshot(book) }).unwrap();
    }
}

#[tokio::test]
async fn what_opens_a_position_takes_nothing_beyond_the_collar_of_the_market() {
    let one = OffLot::with("0.006666", false).await;
    let before = one.held();
    let bought = |one: &OffLot| one.made()[0].request.kind;
    // Of ten or so that are wanted, one is there at a price near the middle.
    one.rebook(&[(dec!(0.999), dec!(100))], &[(dec!(1.001), dec!(1)), (dec!(1.5), dec!(100))]);
    assert!(matches!(one.signal(Direction::Long), TradeDecision::Ordered(_)));
    assert_eq!(one.held(), before + dec!(1), "nobody pays half more than the market");
    let order = &one.made()[0];
    assert_eq!(order.status, OrderStatus::Expired);
    let OrderKind::Limit { price, .. } = bought(&one) else { panic!("{order:?}") };
    let fills = one.app.get::<dyn IOrderExecutor>().fills();
    assert!(fills.last().unwrap().price <= price);
}

#[tokio::test]
async fn an_order_that_opens_is_counted_at_the_worst_price_that_it_may_pay() {
    let one = OffLot::with("0.006666", false).await;
    let middle = one.app.get::<dyn IMarketDataService>().reference(&one.instrument).unwrap();
    let risk: &dyn IRiskManager = one.app.get();
    let quantity = Quantity::new((risk.limits().order_notional / middle.value()).trunc_with_scale(2)).unwrap();
    let limit = Price::new((middle.value() * dec!(1.02)).trunc_with_scale(2)).unwrap();
    let order = OrderRequest {
        quantity,
        kind: OrderKind::Limit { price: limit, post_only: false },
        ..one.order(Side::Buy, "1")
    };
    let request =
        RiskRequest { order: &order, price: middle, reference: Some(middle), is_doubtful: false, module: None };
    let answer = risk.check_risk_limits(&request).to_string();
    assert!(answer.starts_with("refused: the order is worth 20"), "{answer}");
}

#[tokio::test]
async fn a_reversal_whose_opening_is_refused_closes_all_the_same() {
    let one = OffLot::with("1.666666", false).await;
    // An end of trading refuses whatever opens.
    one.app.get::<dyn IRiskManager>().kill("by the test");
    let decision = one.signal(Direction::Short);
    assert!(
        matches!(&decision, TradeDecision::Refused(answer) if answer.to_string() == "refused: trading has ended: by the test"),
        "{decision:?}"
    );
    one.fill();
    assert_eq!(one.held(), dec!(0));
    let made = one.made();
    assert_eq!((made.len(), made[0].status, made[0].request.reduce_only), (1, OrderStatus::Filled, true));
}

#[tokio::test]
async fn the_kill_switch_flattens_what_lies_between_two_lots() {
    for held in ["1.666666", "0.006666", "-1.666666", "-0.006666"] {
        let one = OffLot::with(held, false).await;
        one.app.get::<dyn ITradingEngine>().halt("by the test");
        one.fill();
        assert_eq!(one.held(), dec!(0), "{held}");
    }
}

impl OffLot {
    /// The engine sees a message of another instrument, which closes a candle.
    fn look(&self) {
        let received = self.app.get::<Platform>().clock.now();
        let instrument: InstrumentId = "simulated:BTCUSDT".parse().unwrap();
        let kind = EventKind::Trade(Trade { time: received, ..common::trade(0, "600", "1") });
        let candle = Candle::flat(received, "600".parse().unwrap());
        let ingested = Ingested { candles: vec![(Timeframe::S1, candle)], ..Ingested::default() };
        self.app.get::<dyn ITradingEngine>().observe(&MarketEvent { instrument, received, kind }, &ingested);
    }
}

/// What people were told that could not be done.
fn criticals(app: &TradingApp) -> Vec<String> {
    let alerts = app.get::<dyn IAlertService>().alerts(Some(AlertLevel::Critical), 100, None);
    alerts.into_iter().rev().filter(|alert| alert.rule == "kill-switch").map(|alert| alert.message).collect()
}

#[tokio::test]
async fn what_a_thin_book_leaves_held_is_a_critical_alert_told_once_until_it_is_closed() {
    let one = OffLot::with("5.00", false).await;
    let engine: &dyn ITradingEngine = one.app.get();
    engine.halt("by the test");
    one.look();
    assert_eq!((engine.troubles(), criticals(&one.app)), (vec![], vec![]), "it is under way");
    let (platform, executor): (&Platform, &dyn IOrderExecutor) = (one.app.get(), one.app.get());
    let later = |seconds| {
        platform.clock.advance_to(platform.clock.now().saturating_add(std::time::Duration::from_secs(seconds)));
    };
    later(1);
    let thin = BookDepth { bids: vec![common::level("200")], asks: vec![common::level("201")] };
    executor.observe(&one.instrument, platform.clock.now(), MarketTick::Book(&thin));
    let expected = "4 of simulated:SOLUSDT stay held, which were to be closed: flatten-1-0 has ended: the book has no more at this price";
    assert_eq!(engine.troubles(), [expected]);
    for _ in 0..3 {
        one.look();
        later(3_600);
    }
    assert_eq!(criticals(&one.app), [expected], "told once");

    engine.halt("again");
    later(59);
    one.look();
    assert_eq!(criticals(&one.app).len(), 1);
    later(1);
    one.look();
    let criticals = criticals(&one.app);
    assert!(criticals.len() == 2 && criticals[1].contains("flatten-2-0 waits since"), "{criticals:?}");
    one.fill();
    assert_eq!((one.held(), engine.troubles()), (dec!(0), vec![]));
}

#[tokio::test]
async fn what_the_kill_switch_cannot_keep_or_order_is_a_critical_alert_and_is_done_when_it_is_pressed_again() {
    let folder = tempfile::tempdir().unwrap();
    let app = app(|settings| {
        settings.store.folder = Some(trading_services::store::Location::Folder(folder.path().to_owned()));
    });
    common::play(Application::of(&app), app.get()).await;
    let (engine, portfolio, risk): (&dyn ITradingEngine, &dyn IPortfolio, &dyn IRiskManager) =
        (app.get(), app.get(), app.get());
    let held: Vec<_> = portfolio.positions().into_iter().filter(|view| !view.position.quantity.is_zero()).collect();
    assert!(!held.is_empty());
    let (here, away) = (folder.path().join("state.db"), folder.path().join("away.db"));
    std::fs::rename(&here, &away).unwrap();
    engine.halt("by the test");
    let troubles = engine.troubles();
    assert_eq!(troubles.len(), held.len() + 1, "{troubles:?}");
    assert!(troubles[0].starts_with("trading has ended until the end of this process only: "), "{troubles:?}");
    for view in &held {
        let named = format!(
            "{} of {} stay held, which were to be closed: ",
            view.position.quantity.normalize(),
            view.instrument
        );
        assert!(troubles.iter().any(|trouble| trouble.starts_with(&named)), "{named} in {troubles:?}");
    }
    assert_eq!(criticals(&app).into_iter().collect::<std::collections::BTreeSet<_>>(), troubles.into_iter().collect());

    std::fs::rename(&away, &here).unwrap();
    app.get::<dyn IStateManager>().flush().unwrap();
    engine.halt("again");
    assert_eq!((engine.troubles(), risk.fault()), (vec![], None));
    let facts = app.get::<dyn IStateManager>().facts().unwrap();
    assert!(facts.contains(&StateFact::Killed { reason: "by the test".to_owned() }), "the first reason holds");
}

#[tokio::test]
async fn what_the_kill_switch_cannot_do_makes_the_engine_unhealthy() {
    let folder = tempfile::tempdir().unwrap();
    let app = app(|settings| {
        settings.store.folder = Some(trading_services::store::Location::Folder(folder.path().to_owned()));
        (settings.run.speed, settings.run.events) = (Speed::Times(10.0), None);
    });
    let application = Application::of(&app);
    application.start().await.unwrap();
    app.get::<dyn IStateManager>().flush().unwrap();
    let (here, away) = (folder.path().join("state.db"), folder.path().join("away.db"));
    std::fs::rename(&here, &away).unwrap();
    app.get::<dyn ITradingEngine>().halt("by the test");
    let health = application.health();
    health.check_now().await;
    let record = health.of("TradingEngine").unwrap();
    std::fs::rename(&away, &here).unwrap();
    assert_eq!(record.status, HealthStatus::Unhealthy, "{record:?}");
    assert!(record.errors[0].starts_with("trading has ended until the end of this process only: "), "{record:?}");
    application.stop().await.unwrap();
}

#[tokio::test]
async fn what_a_dead_feed_keeps_open_is_told_of_by_the_time_on_the_wall() {
    let app = app(|settings| {
        // Hardly any message comes, and none of what is held.
        (settings.run.speed, settings.run.events) = (Speed::Times(0.001), None);
        settings.risk.flatten_within = std::time::Duration::from_millis(100);
    });
    let application = Application::of(&app);
    application.start().await.unwrap();
    let (executor, instrument): (&dyn IOrderExecutor, InstrumentId) = (app.get(), "simulated:XYZUSDT".parse().unwrap());
    let one: Quantity = "1".parse().unwrap();
    let id = "held".parse().unwrap();
    executor.submit(&OrderRequest::market(id, &instrument, Side::Buy, one, false, CorrelationId::default())).unwrap();
    let asks = vec![Level { price: "100".parse().unwrap(), quantity: one }];
    let later = app.get::<Platform>().clock.now().saturating_add(std::time::Duration::from_secs(1));
    executor.observe(&instrument, later, MarketTick::Book(&BookDepth { bids: Vec::new(), asks }));
    let engine: &dyn ITradingEngine = app.get();
    engine.halt("by the test");
    let health = application.health();
    let is_told = async {
        while criticals(&app).is_empty() {
            health.check_now().await;
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(PATIENCE, is_told).await.expect("it is told of");
    assert!(criticals(&app)[0].contains("1 of simulated:XYZUSDT stay held, "), "{:?}", criticals(&app));
    assert!(criticals(&app)[0].contains(" waits since "), "{:?}", criticals(&app));
    application.stop().await.unwrap();
}

#[tokio::test]
async fn what_was_never_cancelled_or_closed_is_told_of_after_a_restart_and_done_before_any_order_meets_the_market() {
    let folder = tempfile::tempdir().unwrap();
    let store = trading_services::store::Location::Folder(folder.path().to_owned());
    let before = app(|settings| settings.store.folder = Some(store.clone()));
    common::play(Application::of(&before), before.get()).await;
    let open = OrderRequest {
        id: "open".parse().unwrap(),
        instrument: "simulated:SOLUSDT".parse().unwrap(),
        side: Side::Buy,
        quantity: "1".parse().unwrap(),
        kind: OrderKind::Market,
        time_in_force: TimeInForce::default(),
        reduce_only: false,
        correlation: CorrelationId::default(),
    };
    before.get::<dyn IOrderExecutor>().submit(&open).unwrap();
    // The process ends between the two: nobody cancels what is open, and nobody closes what is held.
    before.get::<dyn IRiskManager>().kill("by the test");
    before.get::<dyn IStateManager>().flush().unwrap();
    drop(before);

    let after = app(|settings| {
        settings.store.folder = Some(store);
        (settings.run.speed, settings.run.events) = (Speed::Times(10.0), None);
    });
    let (engine, executor): (&dyn ITradingEngine, &dyn IOrderExecutor) = (after.get(), after.get());
    let troubles = engine.troubles();
    let [order, positions @ ..] = &troubles[..] else { panic!("{troubles:?}") };
    assert!(order.starts_with("the order open of ") && order.ends_with(": nobody has cancelled it"), "{troubles:?}");
    assert!(positions.iter().all(|trouble| trouble.ends_with("to be closed: nobody has ordered it")), "{troubles:?}");
    assert!(!positions.is_empty());
    let application = Application::of(&after);
    application.start().await.unwrap();
    let is_done = async {
        while !engine.troubles().is_empty()
            || engine.positions().iter().any(|view| !view.position.quantity.is_zero())
            || !executor.open_orders().is_empty()
        {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, is_done).await.expect("it is cancelled and closed");
    let order = executor.orders().into_iter().find(|order| order.request == open).unwrap();
    assert_eq!((order.status, order.filled), (OrderStatus::Cancelled, Quantity::ZERO));
    application.stop().await.unwrap();
}

fn app(change: impl FnOnce(&mut Settings)) -> TradingApp {
    let mut settings = common::settings();
    (settings.run.speed, settings.run.events) = (Speed::Max, Some(20_000));
    change(&mut settings);
    TradingApp::build(TradingAppInputs { settings: Arc::new(settings) }).unwrap()
}

#[tokio::test]
async fn what_is_owned_is_what_was_bought_and_sold() {
    let app = app(|_| {});
    let summary = common::play(Application::of(&app), app.get()).await;
    let (executor, portfolio): (&dyn IOrderExecutor, &dyn IPortfolio) = (app.get(), app.get());
    let fills = executor.fills();
    assert_eq!(u64::try_from(fills.len()).unwrap(), summary.trading.unwrap().fills);
    for view in portfolio.positions() {
        let mine = fills.iter().filter(|fill| fill.instrument == view.instrument);
        assert_eq!(view.position.quantity, mine.map(Fill::signed_quantity).sum());
    }
    let pnl = portfolio.pnl().unwrap();
    let difference = portfolio.equity().unwrap() - (dec!(100000) + pnl.realised + pnl.unrealised - pnl.fees);
    assert!(difference.abs() < dec!(0.0000001), "{difference}");
}

#[tokio::test]
async fn when_trading_is_off_nothing_is_ordered_and_strategies_that_are_off_are_not_asked() {
    let quiet = app(|settings| settings.trading.enabled = false);
    let summary = common::play(Application::of(&quiet), quiet.get()).await;
    assert!(summary.signals > 0);
    assert_eq!(summary.trading.unwrap().orders, 0);

    let off = app(|settings| {
        settings.signals.crossover.mode = StrategyMode::Off;
        settings.signals.breakout.mode = StrategyMode::Shadow;
    });
    let summary = common::play(Application::of(&off), off.get()).await;
    assert_eq!(summary.signals, 0);
    let signals: &dyn ISignalService = off.get();
    assert!(signals.statistics().shadowed > 0, "those in shadow are asked and counted");
}

#[tokio::test]
async fn the_kill_switch_cancels_and_flattens() {
    let app = app(|_| {});
    common::play(Application::of(&app), app.get()).await;
    let (trading, executor, portfolio): (&dyn ITradingEngine, &dyn IOrderExecutor, &dyn IPortfolio) =
        (app.get(), app.get(), app.get());
    assert!(portfolio.positions().iter().any(|view| !view.position.quantity.is_zero()), "something is held");
    trading.halt("by the test");
    let platform: &Platform = app.get();
    platform.clock.advance_to(platform.clock.now().saturating_add(std::time::Duration::from_secs(1)));
    for view in portfolio.positions() {
        let depth = platform.market.depth(&view.instrument, 50).unwrap().unwrap();
        executor.observe(&view.instrument, platform.clock.now(), MarketTick::Book(&depth));
    }
    assert!(portfolio.positions().iter().all(|view| view.position.quantity.is_zero()), "{:?}", portfolio.positions());
    assert_eq!(executor.open_orders(), []);
    let risk: &dyn IRiskManager = app.get();
    assert_eq!(risk.killed().as_deref(), Some("by the test"));
}
