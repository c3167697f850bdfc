//! A state folder from one process to the next.

use std::path::Path;
use std::sync::{Arc, Mutex};

use di_core::lifecycle::Application;
use di_core::prelude::*;
use trading_services::prelude::*;
use trading_services::store::{DurableState, Location};

use crate::common;
use crate::process::Running;

/// Settings of a platform that keeps its state there.
pub(crate) fn settings(folder: &Path, events: u64) -> Settings {
    let mut settings = common::settings();
    (settings.run.speed, settings.run.events) = (Speed::Max, Some(events));
    settings.store.folder = Some(Location::Folder(folder.to_owned()));
    settings
}

pub(crate) fn build(folder: &Path, events: u64) -> TradingApp {
    build_with(settings(folder, events))
}

/// A platform on a state that one of this process may have had before it.
pub(crate) fn build_with(settings: Settings) -> TradingApp {
    let settings = Arc::new(settings);
    let error = |error: &di_core::error::BuildError| error.to_string();
    when_free(|| TradingApp::build(TradingAppInputs { settings: Arc::clone(&settings) }), error)
}

pub(crate) fn open(folder: &Path) -> DurableState {
    when_free(|| DurableState::open(folder, &Default::default()), ToString::to_string)
}

/// Opens a state that a platform of this process has had: its last task may still be about to let go of it, or a process
/// that another test starts has inherited the lock for a moment.
fn when_free<T, E>(open: impl Fn() -> Result<T, E>, said: impl Fn(&E) -> String) -> T {
    for _ in 0..500 {
        match open() {
            Ok(opened) => return opened,
            Err(error) => {
                let said = said(&error);
                assert!(said.contains("nobody else writes"), "{said}");
            }
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    panic!("the state is still held");
}

/// Plays on a state until there are orders, fills and alerts.
pub(crate) async fn play(folder: &Path) {
    let app = build(folder, 20_000);
    common::play(Application::of(&app), app.get()).await;
}

/// Everything that has to outlive a process.
#[derive(Debug, PartialEq)]
struct Kept {
    orders: Vec<Order>,
    fills: Vec<Fill>,
    positions: Vec<PositionView>,
    balances: Vec<(Currency, rust_decimal::Decimal)>,
    equity: rust_decimal::Decimal,
    curve: Vec<EquityPoint>,
    trips: Vec<RoundTrip>,
    peak: rust_decimal::Decimal,
    signals: Vec<Signal>,
    alerts: Vec<Alert>,
    now: Timestamp,
}

fn kept(app: &TradingApp) -> Kept {
    let (executor, portfolio, risk): (&dyn IOrderExecutor, &dyn IPortfolio, &dyn IRiskManager) =
        (app.get(), app.get(), app.get());
    let (signals, alerts, clock): (&dyn ISignalService, &dyn IAlertService, &dyn IClock) =
        (app.get(), app.get(), app.get());
    Kept {
        orders: executor.orders(),
        fills: executor.fills(),
        positions: portfolio.positions(),
        balances: portfolio.balances().into_iter().collect(),
        equity: portfolio.equity().unwrap(),
        curve: portfolio.equity_curve(),
        trips: portfolio.round_trips(),
        peak: risk.risk_metrics().peak,
        signals: signals.history(None, usize::MAX),
        alerts: alerts.alerts(None, usize::MAX, None),
        now: clock.now(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_platform_goes_on_where_the_one_before_it_was_and_the_same_start_twice_gives_the_same_state() {
    let folder = tempfile::tempdir().unwrap();
    play(folder.path()).await;
    let first = kept(&build(folder.path(), 0));
    assert!(first.fills.len() > 5 && first.alerts.len() > 1 && first.signals.len() > 5, "{first:?}");
    assert!(!first.curve.is_empty() && !first.trips.is_empty());
    assert_eq!(kept(&build(folder.path(), 0)), first);

    play(folder.path()).await;
    let second = kept(&build(folder.path(), 0));
    assert_eq!(second.orders[..first.orders.len()], first.orders, "what was, is");
    assert_eq!(second.fills[..first.fills.len()], first.fills);
    assert!(second.fills.len() > first.fills.len(), "it goes on");
    assert!(second.fills[first.fills.len()].time > first.fills.last().unwrap().time, "time, too");
    let ids: std::collections::BTreeSet<_> = second.fills.iter().map(|fill| &fill.id).collect();
    assert_eq!(ids.len(), second.fills.len(), "no name is given again");
    assert!(second.alerts[0].id > first.alerts[0].id);
    // A simulated price goes on, too: it does not jump to where the first run began.
    let price = |fills: &[Fill], instrument: &InstrumentId| {
        fills.iter().find(|fill| fill.instrument == *instrument).map(|fill| fill.price.value())
    };
    for view in &first.positions {
        let Some(next) = price(&second.fills[first.fills.len()..], &view.instrument) else { continue };
        let jump = (next - view.mark.value()).abs() / view.mark.value();
        assert!(jump < rust_decimal::dec!(0.02), "{}: {} then {next}", view.instrument, view.mark);
    }
}

/// The database as it is on the disk now, as a power cut would leave it.
fn cut(folder: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for name in ["state.db", "state.db-wal"] {
        if folder.join(name).exists() {
            std::fs::copy(folder.join(name), to.join(name)).unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_and_a_fill_are_on_the_disk_before_anybody_is_told() {
    let (folder, cuts) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let app = build(folder.path(), 3_000);
    let platform: &Platform = app.get();
    let told = Arc::new(Mutex::new(Vec::new()));
    let at = |told: &Mutex<Vec<String>>| cuts.path().join(told.lock().unwrap().len().to_string());
    let (orders, fills) = (Arc::clone(&told), Arc::clone(&told));
    let (from, to) = (folder.path().to_owned(), cuts.path().to_owned());
    let place = move |told: &Mutex<Vec<String>>, name: String| {
        let mut told = told.lock().unwrap();
        if told.len() < 20 {
            cut(&from, &to.join(told.len().to_string()));
            told.push(name);
        }
    };
    let other = place.clone();
    let _orders = platform.orders_changed.observe("cut", move |order| place(&orders, order.request.id.to_string()));
    let _fills = platform.orders_filled.observe("cut", move |fill| other(&fills, fill.id.to_string()));
    common::play(Application::of(&app), app.get()).await;

    assert!(!at(&told).exists());
    let told = told.lock().unwrap();
    assert!(told.len() > 5, "{told:?}");
    for (index, name) in told.iter().enumerate() {
        let state = open(&cuts.path().join(index.to_string()));
        let is_there = state.facts().unwrap().iter().any(|fact| match fact {
            StateFact::Submitted { request, .. } => request.id.as_str() == name,
            StateFact::Reported { order, event, .. } => match &**event {
                OrderEvent::Filled(fill) => &*fill.id == name,
                _ => order.as_str() == name,
            },
            _ => false,
        });
        assert!(is_there, "{name} was told before it was kept");
    }
}

#[test]
fn a_plain_run_has_a_folder_of_its_own_and_a_repeatable_one_leaves_it_alone() {
    let home = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        let mut command = common::binary(arguments);
        command.env_remove("TRADING_STORE__FOLDER").env("XDG_STATE_HOME", home.path());
        let (code, stdout, stderr) = common::said(&command.output().unwrap());
        assert_eq!(code, 0, "{stderr}");
        stdout
    };
    let hash = |said: &str| said.lines().find(|line| line.contains("log_sha256")).unwrap().to_owned();
    let before = hash(&run(&["--seed", "7", "--events", "2000", "--speed", "max"]));
    assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 0, "a seeded run keeps nothing");
    let other = tempfile::tempdir().unwrap();
    let kept = run(&["--seed", "7", "--events", "2000", "--speed", "max", "--store", other.path().to_str().unwrap()]);
    assert_eq!(hash(&kept), before, "to remember changes nothing of what is decided");

    let first = run(&["--for", "3s", "--speed", "max"]);
    let folder = home.path().join("trading-services");
    assert!(first.contains(&format!("state: kept in {}; nothing was traded yet", folder.display())), "{first}");
    assert!(folder.join("state.db").is_file());
    let second = run(&["--for", "1s"]);
    assert!(second.contains("; goes on after 2024-01-01T") && second.contains(" fills\n"), "{second}");

    assert_eq!(hash(&run(&["--seed", "7", "--events", "2000", "--speed", "max"])), before);
}

#[test]
fn a_second_process_is_told_who_writes_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    let mut first = Running::start(&["--store", path]);
    first.started();
    let error = common::fails(&["--store", path, "--for", "1s"]);
    assert!(error.contains("expected a state that nobody else writes, but process "), "{error}");
    assert!(error.contains(" does; stop it, or choose another folder with `--store`"), "{error}");
    first.signal("-INT");
    assert_eq!(first.end().0, 0);
    let (code, ..) = common::said(&common::binary(&["--store", path, "--for", "100ms"]).output().unwrap());
    assert_eq!(code, 0);
}

#[tokio::test]
async fn candles_of_before_that_a_venue_has_told_are_kept_with_those_that_have_closed() {
    let folder = tempfile::tempdir().unwrap();
    let app = build(folder.path(), 0);
    let platform: &Platform = app.get();
    let minute = |minute: u64| Timestamp::from_nanos(minute * 60_000_000_000);
    let take = |kind| {
        let event = MarketEvent { instrument: common::btc_id(), received: minute(200), kind };
        let ingested = platform.market.ingest(&event).unwrap();
        platform.trading.observe(&event, &ingested);
    };
    take(EventKind::TradesBegin);
    for second in [100 * 60 + 5, 101 * 60, 102 * 60] {
        take(EventKind::Trade(common::trade(second, "100", "1")));
    }
    let candles: Vec<_> = (90..=100).map(|opened| Candle::flat(minute(opened), "90".parse().unwrap())).collect();
    let told = CandleHistory { timeframe: Timeframe::M1, since: minute(90), time: minute(103), candles };
    take(EventKind::History(Box::new(told)));
    app.get::<dyn IStateManager>().flush().unwrap();
    let admin = trading_services::store::StoreAdmin::of(folder.path(), &Default::default());
    let kept = admin.candles(&common::btc_id(), Timeframe::M1).await.unwrap();
    let opened: Vec<_> = kept.iter().map(|candle| candle.open_time.as_nanos() / 60_000_000_000).collect();
    assert_eq!(opened, (90..=101).collect::<Vec<_>>());
}
