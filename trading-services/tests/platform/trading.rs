//! Trading within the first minute, the same with the same seed, each trade with its trace.

use std::process::Output;
use std::sync::Arc;

use di_core::lifecycle::Application;
use di_core::prelude::*;
use rust_decimal::dec;
use serde_json::Value;
use trading_services::prelude::*;

use crate::common;

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

pub(crate) fn app(change: impl FnOnce(&mut Settings)) -> TradingApp {
    let mut settings = common::settings();
    (settings.run.speed, settings.run.events) = (Speed::Max, Some(20_000));
    change(&mut settings);
    TradingApp::build(TradingAppInputs { settings: Arc::new(settings) }).unwrap()
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
