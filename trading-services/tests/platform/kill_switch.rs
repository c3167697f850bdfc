//! The kill switch: what it cancels and closes, and who is told of what it could not.

use std::collections::BTreeSet;
use std::time::Duration;

use di_core::health::HealthStatus;
use di_core::lifecycle::Application;
use di_core::prelude::*;
use rust_decimal::dec;
use trading_services::prelude::*;
use trading_services::store::Location;

use crate::common;
use crate::signal_orders::OffLot;
use crate::trading::app;

/// How long to wait for what happens at once.
const PATIENCE: Duration = Duration::from_secs(30);

/// What people were told that could not be done.
fn criticals(app: &TradingApp) -> Vec<String> {
    let alerts = app.get::<dyn IAlertService>().alerts(Some(AlertLevel::Critical), 100, None);
    alerts.into_iter().rev().filter(|alert| alert.rule == "kill-switch").map(|alert| alert.message).collect()
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
    platform.clock.advance_to(platform.clock.now().saturating_add(Duration::from_secs(1)));
    for view in portfolio.positions() {
        let depth = platform.market.depth(&view.instrument, 50).unwrap().unwrap();
        executor.observe(&view.instrument, platform.clock.now(), MarketTick::Book(&depth));
    }
    assert!(portfolio.positions().iter().all(|view| view.position.quantity.is_zero()), "{:?}", portfolio.positions());
    assert_eq!(executor.open_orders(), []);
    let risk: &dyn IRiskManager = app.get();
    assert_eq!(risk.killed().as_deref(), Some("by the test"));
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
    pub(crate) fn look(&self) {
        let received = self.app.get::<Platform>().clock.now();
        let instrument: InstrumentId = "simulated:BTCUSDT".parse().unwrap();
        let kind = EventKind::Trade(Trade { time: received, ..common::trade(0, "600", "1") });
        let candle = Candle::flat(received, "600".parse().unwrap());
        let ingested = Ingested { candles: vec![(Timeframe::S1, candle)], ..Ingested::default() };
        self.app.get::<dyn ITradingEngine>().observe(&MarketEvent { instrument, received, kind }, &ingested);
    }
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
        platform.clock.advance_to(platform.clock.now().saturating_add(Duration::from_secs(seconds)));
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
        settings.store.folder = Some(Location::Folder(folder.path().to_owned()));
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
    assert_eq!(criticals(&app).into_iter().collect::<BTreeSet<_>>(), troubles.into_iter().collect());

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
        settings.store.folder = Some(Location::Folder(folder.path().to_owned()));
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
        settings.risk.flatten_within = Duration::from_millis(100);
    });
    let application = Application::of(&app);
    application.start().await.unwrap();
    let (executor, instrument): (&dyn IOrderExecutor, InstrumentId) = (app.get(), "simulated:XYZUSDT".parse().unwrap());
    let one: Quantity = "1".parse().unwrap();
    let id = "held".parse().unwrap();
    executor.submit(&OrderRequest::market(id, &instrument, Side::Buy, one, false, CorrelationId::default())).unwrap();
    let asks = vec![Level { price: "100".parse().unwrap(), quantity: one }];
    let later = app.get::<Platform>().clock.now().saturating_add(Duration::from_secs(1));
    executor.observe(&instrument, later, MarketTick::Book(&BookDepth { bids: Vec::new(), asks }));
    let engine: &dyn ITradingEngine = app.get();
    engine.halt("by the test");
    let health = application.health();
    let is_told = async {
        while criticals(&app).is_empty() {
            health.check_now().await;
            tokio::time::sleep(Duration::from_millis(10)).await;
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
    let store = Location::Folder(folder.path().to_owned());
    let before = app(|settings| settings.store.folder = Some(store.clone()));
    common::play(Application::of(&before), before.get()).await;
    let open = OrderRequest {
        id: "open".parse().unwrap(),
        instrument: "simulated:SOLUSDT".parse().unwrap(),
        side: Side::Buy,
        quantity: "1".parse().unwrap(),
        kind: OrderKind::Limit { price: "1".parse().unwrap(), post_only: false },
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
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, is_done).await.expect("it is cancelled and closed");
    let order = executor.orders().into_iter().find(|order| order.request == open).unwrap();
    assert_eq!((order.status, order.filled), (OrderStatus::Cancelled, Quantity::ZERO));
    application.stop().await.unwrap();
}
