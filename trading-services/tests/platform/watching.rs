//! The scope of each watched symbol, on the platform's shared services.

use di_core::prelude::*;
use std::sync::Arc;

use di_core::events::Topic;
use trading_services::app::{TradingApp, TradingAppInputs};
use trading_services::config::Settings;
use trading_services::engine::Platform;
use trading_services::model::{EventKind, MarketEvent, Symbol};
use trading_services::ports::{Alert, Ingested, MonitorError};

use crate::common;

fn build() -> TradingApp {
    TradingApp::build(TradingAppInputs { settings: Arc::new(Settings::default()) }).unwrap()
}

#[test]
fn each_symbol_is_counted_in_its_own_scope() {
    let app = build();
    let platform: &Platform = app.get();
    let eth: Symbol = "ETHUSDT".parse().unwrap();
    platform.monitor.start_monitoring(&[common::btc(), eth.clone()]);
    let event = common::event(1, EventKind::Trade(common::trade(1, "100", "1")));
    platform.monitor.observe(&event, &Ingested::default());
    assert_eq!(platform.monitor.monitoring_data(Some(&common::btc())).unwrap()[0].events, 1);
    assert!(platform.monitor.monitoring_data(Some(&eth)).unwrap().is_empty(), "nothing was sent about it");
}

#[test]
fn a_symbol_that_is_removed_and_added_again_begins_anew() {
    let app = build();
    let platform: &Platform = app.get();
    let (monitor, btc) = (&platform.monitor, common::btc());
    monitor.start_monitoring(std::slice::from_ref(&btc));
    monitor.observe(&common::event(1, EventKind::Trade(common::trade(1, "100", "1"))), &Ingested::default());
    assert_eq!(monitor.add_symbol(btc.clone()), Err(MonitorError::AlreadyMonitored(btc.clone())));
    monitor.remove_symbol(&btc).unwrap();
    assert!(monitor.monitoring_data(Some(&btc)).is_err());
    monitor.add_symbol(btc.clone()).unwrap();
    assert_eq!(monitor.monitoring_data(Some(&btc)).unwrap(), []);
    // The price from which a move is measured went with the scope: this one would be a move of 100 %.
    monitor.observe(&common::event(2, EventKind::Trade(common::trade(2, "200", "1"))), &Ingested::default());
    assert_eq!(platform.alerts.stats().sent, 0);
}

/// A trade of that instrument.
fn trade_of(symbol: &str) -> MarketEvent {
    let instrument = format!("binance:{symbol}").parse().unwrap();
    MarketEvent { instrument, ..common::event(1, EventKind::Trade(common::trade(1, "100", "1"))) }
}

fn names(symbols: &[Symbol]) -> Vec<&str> {
    symbols.iter().map(Symbol::as_str).collect()
}

#[test]
fn to_start_again_replaces_what_is_watched() {
    let app = build();
    let monitor = &app.get::<Platform>().monitor;
    let symbol = |name: &str| name.parse::<Symbol>().unwrap();
    monitor.start_monitoring(&[symbol("BTCUSDT"), symbol("ETHUSDT")]);
    monitor.observe(&trade_of("BTCUSDT"), &Ingested::default());
    monitor.start_monitoring(&[symbol("ETHUSDT"), symbol("XRPUSDT")]);
    assert_eq!(names(&monitor.monitored_symbols()), ["ETHUSDT", "XRPUSDT"]);
    assert_eq!(monitor.monitoring_data(None).unwrap(), [], "what was known of the other one is gone");
}

#[test]
fn where_all_are_watched_the_others_still_are_when_one_is_removed() {
    let app = build();
    let monitor = &app.get::<Platform>().monitor;
    monitor.start_monitoring(&[]);
    for symbol in ["BTCUSDT", "ETHUSDT"] {
        monitor.observe(&trade_of(symbol), &Ingested::default());
    }
    monitor.remove_symbol(&common::btc()).unwrap();
    for symbol in ["BTCUSDT", "ETHUSDT", "XRPUSDT"] {
        monitor.observe(&trade_of(symbol), &Ingested::default());
    }
    assert_eq!(names(&monitor.monitored_symbols()), ["ETHUSDT", "XRPUSDT"]);
    let counts: Vec<_> = monitor.monitoring_data(None).unwrap().iter().map(|health| health.events).collect();
    assert_eq!(counts, [2, 1]);
}

#[test]
fn who_hears_of_an_alert_may_ask_the_monitor() {
    let app = build();
    let platform: &Platform = app.get();
    platform.monitor.start_monitoring(&[]);
    let (monitor, (sender, seen)) = (Arc::clone(&platform.monitor), std::sync::mpsc::channel());
    let _listening = app.get::<Topic<Alert>>().observe("test", move |alert| {
        let instrument = alert.instrument.as_ref().unwrap();
        let health = &monitor.monitoring_data(Some(&instrument.symbol)).unwrap()[0];
        sender.send((alert.rule, health.events, monitor.monitored_symbols().len())).unwrap();
    });
    let event = common::event(1, EventKind::Trade(common::trade(1, "100", "1000")));
    platform.monitor.observe(&event, &Ingested::default());
    assert_eq!(seen.try_recv(), Ok(("large-trade", 1, 1)));
}

#[test]
fn what_is_known_of_a_symbol_has_its_analysis() {
    let app = build();
    let platform: &Platform = app.get();
    platform.monitor.start_monitoring(&[]);
    let look = |second: u64, kind: EventKind| {
        let event = common::event(second, kind);
        let ingested = platform.market.ingest(&event).unwrap();
        platform.monitor.observe(&event, &ingested);
        platform.monitor.monitoring_data(Some(&common::btc())).unwrap()[0].analysis.clone()
    };
    assert_eq!(look(1, EventKind::Trade(common::trade(1, "100", "1"))), None, "there is neither a book nor a candle");
    let analysis = look(2, EventKind::Snapshot(common::snapshot(5, "99", "101"))).unwrap();
    assert_eq!(analysis, platform.analysis.analyze(&common::btc_id()).unwrap());
    assert!((0.0..=100.0).contains(&analysis.score));
}
