//! The scope of each watched symbol, on the platform's shared services.

use di_core::prelude::*;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use di_core::events::Topic;
use rust_decimal::Decimal;
use trading_services::app::{TradingApp, TradingAppInputs};
use trading_services::config::Settings;
use trading_services::engine::{ManualClock, Platform};
use trading_services::model::{EventKind, InstrumentId, MarketEvent, Symbol, Trade};
use trading_services::monitoring::watch::MarketMonitor;
use trading_services::ports::{
    Alert, AnalysisError, Confluence, IAnalysisService, IEventClock, IMonitoringService, ISymbolWatch, ISymbolWatches,
    Ingested, MarketView, MonitorError, SymbolHealth,
};

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
    let (monitor, (sender, seen)) = (Arc::clone(&platform.monitor), channel());
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
        platform.clock.advance_to(platform.clock.now().saturating_add(Duration::from_secs(1)));
        let ingested = platform.market.ingest(&event).unwrap();
        platform.monitor.observe(&event, &ingested);
        platform.monitor.monitoring_data(Some(&common::btc())).unwrap()[0].analysis.clone()
    };
    assert_eq!(look(1, EventKind::Trade(common::trade(1, "100", "1"))), None, "there is neither a book nor a candle");
    let analysis = look(2, EventKind::Snapshot(common::snapshot(5, "99", "101"))).unwrap();
    assert_eq!(analysis, platform.analysis.analyze(&common::btc_id()).unwrap());
    assert!((0.0..=100.0).contains(&analysis.score));
}

/// Analyses by a function.
struct Asked<A>(A);

impl<A> IAnalysisService for Asked<A>
where
    A: Fn(&InstrumentId) -> Result<Confluence, AnalysisError> + Send + Sync + 'static,
{
    fn analyze(&self, instrument: &InstrumentId) -> Result<Confluence, AnalysisError> {
        (self.0)(instrument)
    }

    fn confluence_score(&self, instrument: &InstrumentId) -> Result<f64, AnalysisError> {
        self.analyze(instrument).map(|confluence| confluence.score)
    }

    fn components(&self) -> Vec<(&'static str, Decimal)> {
        Vec::new()
    }

    fn set_weights(&self, _: &[(&str, Decimal)]) -> Result<(), AnalysisError> {
        Ok(())
    }

    fn observe(&self, _: &InstrumentId, _: &Trade) {}
}

#[test]
fn messages_and_changes_of_what_is_watched_wait_for_no_analysis() {
    let (app, clock) = (build(), Arc::new(ManualClock::default()));
    let ((begins, begun), (go_on, may_go_on)) = (channel(), channel());
    let may_go_on = Mutex::new(may_go_on);
    // It begins, says so, and waits until it may go on.
    let analysis = Arc::new(Asked(move |instrument: &InstrumentId| {
        begins.send(()).unwrap();
        may_go_on.lock().unwrap().recv().unwrap();
        Err(AnalysisError::NothingKnown(instrument.clone()))
    }));
    let market = Arc::clone(&app.get::<Platform>().market);
    let monitor = Arc::new(MarketMonitor::new(clock, market, Arc::new(Named), analysis));
    monitor.start_monitoring(&[]);
    ["AUSDT", "BUSDT"].iter().for_each(|symbol| monitor.observe(&trade_of(symbol), &Ingested::default()));
    let asking = Arc::clone(&monitor);
    let asking = thread::spawn(move || asking.monitoring_data(Some(&"AUSDT".parse().unwrap())).unwrap().len());
    begun.recv().unwrap();
    let (ends, ended) = channel();
    thread::spawn(move || {
        monitor.remove_symbol(&"BUSDT".parse().unwrap()).unwrap();
        monitor.observe(&trade_of("CUSDT"), &Ingested::default());
        ends.send(monitor.monitored_symbols().len()).unwrap();
    });
    assert_eq!(ended.recv_timeout(Duration::from_secs(60)), Ok(2));
    go_on.send(()).unwrap();
    assert_eq!(asking.join().unwrap(), 1);
}

/// Watches that only say of which instrument they are.
struct Named;

struct NamedWatch(InstrumentId);

impl ISymbolWatches for Named {
    fn make(&self, instrument: &InstrumentId) -> Arc<dyn ISymbolWatch> {
        Arc::new(NamedWatch(instrument.clone()))
    }
}

impl ISymbolWatch for NamedWatch {
    fn observe(&self, _: &MarketEvent, _: &Ingested) {}

    fn check(&self, _: &MarketView, _: bool) {}

    fn health(&self) -> SymbolHealth {
        SymbolHealth {
            instrument: self.0.clone(),
            events: 0,
            last_event: None,
            lag_nanos: None,
            is_stale: false,
            gaps: 0,
            restarts: 0,
            analysis: None,
        }
    }
}

#[test]
fn each_symbol_is_analysed_once_in_a_second_however_often_people_ask() {
    const SYMBOLS: u64 = 100;
    let (app, clock, count) = (build(), Arc::new(ManualClock::default()), Arc::new(AtomicU64::new(0)));
    let counted = Arc::clone(&count);
    let analysis = Asked(move |instrument: &InstrumentId| {
        counted.fetch_add(1, Ordering::Relaxed);
        let (instrument, components) = (instrument.clone(), Vec::new());
        Ok(Confluence { instrument, score: 50.0, direction: None, components, doubtful: false })
    });
    let market = Arc::clone(&app.get::<Platform>().market);
    let monitor = MarketMonitor::new(Arc::clone(&clock) as _, market, Arc::new(Named), Arc::new(analysis));
    monitor.start_monitoring(&[]);
    (0..SYMBOLS).for_each(|n| monitor.observe(&trade_of(&format!("S{n}USDT")), &Ingested::default()));
    let one: Symbol = "S7USDT".parse().unwrap();
    let ask = |millis: u64| {
        clock.advance_to(common::event(1, EventKind::Control).received.saturating_add(Duration::from_millis(millis)));
        let known = monitor.monitoring_data(None).unwrap();
        assert!(known.len() as u64 == SYMBOLS && known.iter().all(|health| health.analysis.is_some()));
        monitor.monitoring_data(Some(&one)).unwrap();
        count.load(Ordering::Relaxed)
    };
    assert_eq!([0, 0, 500, 999].map(ask), [SYMBOLS; 4]);
    assert_eq!([1_000, 1_001].map(ask), [2 * SYMBOLS; 2]);
    // With the symbol goes its analysis.
    monitor.remove_symbol(&one).unwrap();
    monitor.add_symbol(one.clone()).unwrap();
    monitor.observe(&trade_of("S7USDT"), &Ingested::default());
    assert_eq!(ask(1_002), 2 * SYMBOLS + 1);
}
