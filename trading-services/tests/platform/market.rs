//! Exchange manager, market data and monitor together: gaps, silence, price moves.

use di_core::prelude::*;
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use trading_services::app::{TradingApp, TradingAppInputs};
use trading_services::config::Settings;
use trading_services::engine::{ManualClock, Platform};
use trading_services::model::{
    BookDiff, EventKind, Instrument, InstrumentId, InstrumentStatus, MarketEvent, Side, Symbol, Timeframe, Timestamp,
    Trade,
};
use trading_services::ports::{
    Alert, Freshness, IClock, IEventClock, Ingested, MarketDataError, MonitorError, MonitorState,
};

struct Fixture {
    clock: Arc<ManualClock>,
    platform: Platform,
}

fn fixture() -> Fixture {
    let mut settings = Settings::default();
    settings.simulation.start = Timestamp::default();
    let app = TradingApp::build(TradingAppInputs { settings: Arc::new(settings) }).unwrap();
    let clock: Arc<ManualClock> = app.shared();
    let platform: Platform = app.get::<Platform>().clone();
    platform.monitor.start_monitoring(&[]);
    Fixture { clock, platform }
}

impl Fixture {
    fn trade(&self, second: u64, price: &str, quantity: &str) -> Result<Ingested, MarketDataError> {
        let time = Timestamp::from_nanos(second * 1_000_000_000);
        let (price, quantity) = (price.parse().unwrap(), quantity.parse().unwrap());
        let (id, side) = (second.into(), Side::Buy);
        self.take(time, EventKind::Trade(Trade { id, price, quantity, side, time, aggregated: false }))
    }

    fn take(&self, received: Timestamp, kind: EventKind) -> Result<Ingested, MarketDataError> {
        self.clock.advance_to(received);
        let event = MarketEvent { instrument: instrument(), received, kind };
        let ingested = self.platform.market.ingest(&event)?;
        self.platform.monitor.observe(&event, &ingested);
        Ok(ingested)
    }

    fn rules(&self) -> Vec<&'static str> {
        let alerts = self.platform.alerts.alerts(None, 100, None);
        alerts.iter().rev().map(|alert: &Alert| alert.rule).collect()
    }
}

fn symbol() -> Symbol {
    "BTCUSDT".parse().unwrap()
}

fn instrument() -> InstrumentId {
    "simulated:BTCUSDT".parse().unwrap()
}

#[test]
fn a_silent_symbol_is_degraded_and_recovers() {
    let fixture = fixture();
    let monitor = &fixture.platform.monitor;
    fixture.trade(1, "100", "1").unwrap();
    monitor.check();
    assert_eq!(monitor.monitoring_status().state, MonitorState::Running);

    fixture.clock.advance_to(fixture.clock.now().saturating_add(Duration::from_secs(301)));
    monitor.check();
    monitor.check();
    assert_eq!(monitor.monitoring_status().state, MonitorState::Degraded);
    assert!(monitor.monitoring_data(Some(&symbol())).unwrap()[0].is_stale);
    assert_eq!(fixture.platform.market.market_data(&instrument()).unwrap().freshness, Freshness::Degraded);

    fixture.trade(303, "100", "1").unwrap();
    monitor.check();
    assert_eq!(monitor.monitoring_status().state, MonitorState::Running);
    assert_eq!(fixture.rules(), ["stale", "recovered"]);
}

#[test]
fn a_price_move_is_measured_from_the_price_at_the_begin_of_the_window() {
    let fixture = fixture();
    fixture.trade(1, "1000", "1").unwrap();
    fixture.trade(200, "1000", "1").unwrap();
    assert!(fixture.rules().is_empty());
    fixture.trade(201, "1001", "1").unwrap();
    assert_eq!(fixture.rules(), ["price-move"], "the price of second 1 still held when the window began");
    let message = &fixture.platform.alerts.alerts(None, 1, None)[0].message;
    assert_eq!(message, "simulated:BTCUSDT: moved 0.1 % within 1m, now 1001");
}

#[test]
fn a_large_trade_and_a_late_message_are_worth_an_alert() {
    let fixture = fixture();
    fixture.trade(1, "50000", "1").unwrap();
    let (time, received) = (Timestamp::from_nanos(2_000_000_000), Timestamp::from_nanos(8_000_000_000));
    let diff = BookDiff {
        first_update_id: 1,
        last_update_id: 1,
        previous_update_id: None,
        bids: vec![].into(),
        asks: vec![].into(),
        time,
    };
    fixture.take(received, EventKind::Diff(diff)).unwrap();
    assert_eq!(fixture.rules(), ["large-trade", "lag"]);
    assert_eq!(fixture.platform.monitor.monitoring_data(Some(&symbol())).unwrap()[0].lag_nanos, Some(6_000_000_000));
}

#[tokio::test]
async fn a_gap_asks_for_a_snapshot_and_the_one_that_comes_as_an_event_heals_it() {
    let fixture = fixture();
    let venue = fixture.platform.exchanges.primary().unwrap();
    let mut stream = venue.subscribe(&[symbol()]).await.unwrap();
    let mut lost = 0;
    let mut diffs = 0;
    for _ in 0..2_000 {
        let event = stream.next().await.unwrap().unwrap();
        diffs += u32::from(matches!(event.kind, EventKind::Diff(_)));
        if matches!(event.kind, EventKind::Diff(_)) && diffs.is_multiple_of(100) {
            lost += 1;
            continue;
        }
        let received = event.received;
        if fixture.take(received, event.kind).unwrap().needs_snapshot {
            let book = venue.order_book(&symbol()).await.unwrap();
            fixture.take(received, EventKind::Snapshot(book)).unwrap();
        }
    }
    let counters = fixture.platform.market.counters();
    assert!(lost > 3);
    assert_eq!((counters.gaps, counters.resyncs, counters.book_top_mismatches), (lost, lost, 0));
    assert!(counters.book_top_checks > 0);
    assert!(fixture.platform.market.market_data(&instrument()).unwrap().synchronised);
    assert!(fixture.rules().contains(&"gap"));
}

#[test]
fn a_trade_far_away_is_doubtful_until_a_second_one_confirms_the_price_and_counts_all_the_same() {
    let fixture = fixture();
    assert!(!fixture.trade(1, "100", "1").unwrap().doubtful);
    assert!(fixture.trade(2, "200", "1").unwrap().doubtful);
    let message = &fixture.platform.alerts.alerts(None, 1, None)[0].message;
    assert!(message.ends_with("now 200 (the price is doubtful)"), "{message}");
    let last = fixture.platform.market.market_data(&instrument()).unwrap().last_trade.unwrap();
    assert_eq!(last.price.to_string(), "200");
    assert!(!fixture.trade(3, "201", "1").unwrap().doubtful);
    let candles = &fixture.trade(70, "201", "1").unwrap().candles;
    let (_, minute) = candles.iter().find(|(timeframe, _)| *timeframe == Timeframe::M1).unwrap();
    assert_eq!((minute.volume.to_string().as_str(), minute.doubtful), ("3", 1));
    let counters = fixture.platform.market.counters();
    assert_eq!((counters.rejected, counters.doubtful), (0, 1));
}

#[test]
fn no_price_is_measured_by_a_doubtful_one() {
    let fixture = fixture();
    fixture.trade(1, "100", "1").unwrap();
    assert!(fixture.trade(2, "200", "1").unwrap().doubtful);
    assert_eq!(fixture.rules(), ["price-move"], "of the doubtful price itself");
    // The doubtful price is the last of the window before.
    fixture.trade(70, "100", "1").unwrap();
    assert_eq!(fixture.rules(), ["price-move"]);
}

#[test]
fn a_later_trade_ends_a_halt_and_an_earlier_one_does_not() {
    let fixture = fixture();
    let status = || fixture.platform.market.rules(&instrument()).unwrap().status;
    let told = |second: u64| {
        let halted = Instrument { status: InstrumentStatus::Halted, ..Instrument::named(instrument()) };
        let received = Timestamp::from_millis(second * 1_000).unwrap();
        fixture.take(received, EventKind::Instrument(Box::new(halted))).unwrap();
    };
    fixture.trade(9, "100", "1").unwrap();
    told(10);
    fixture.trade(10, "100", "1").unwrap();
    assert_eq!(status(), InstrumentStatus::Halted, "it was traded before the venue said so");
    fixture.trade(11, "100", "1").unwrap();
    assert_eq!(status(), InstrumentStatus::Trading);
    told(12);
    assert_eq!(status(), InstrumentStatus::Halted, "the newest answer counts");
}

#[test]
fn closed_candles_can_be_asked_for_and_unknown_ones_are_named() {
    let fixture = fixture();
    for (second, price) in [(1, "100"), (61, "101"), (181, "102")] {
        fixture.trade(second, price, "1").unwrap();
    }
    let market = &fixture.platform.market;
    let closes = |limit| -> Vec<String> {
        let candles = market.historical(&instrument(), Timeframe::M1, limit).unwrap();
        candles.iter().map(|candle| candle.close.to_string()).collect()
    };
    assert_eq!(closes(10), ["100", "101", "101"]);
    assert_eq!(closes(1), ["101"]);
    assert_eq!(market.supported_symbols(), [instrument()]);
    let unknown = market.market_data(&"simulated:FOO".parse().unwrap()).unwrap_err().to_string();
    assert_eq!(unknown, "unknown instrument `simulated:FOO`: expected one of simulated:BTCUSDT");
}

#[test]
fn symbols_can_be_added_and_removed_while_it_runs() {
    let fixture = fixture();
    let monitor = &fixture.platform.monitor;
    monitor.add_symbol(symbol()).unwrap();
    assert_eq!(monitor.add_symbol(symbol()), Err(MonitorError::AlreadyMonitored(symbol())));
    fixture.trade(1, "100", "1").unwrap();
    assert_eq!(monitor.monitoring_data(Some(&symbol())).unwrap()[0].events, 1);
    monitor.remove_symbol(&symbol()).unwrap();
    fixture.trade(2, "100", "1").unwrap();
    assert!(monitor.monitored_symbols().is_empty());
    assert_eq!(monitor.remove_symbol(&symbol()), Err(MonitorError::NotMonitored(symbol())));
    monitor.stop_monitoring();
    assert_eq!(monitor.monitoring_status().state, MonitorState::Stopped);
}

#[test]
fn rules_of_orders_that_change_are_an_alert_and_those_that_are_told_again_are_none() {
    let fixture = fixture();
    let told = |second: u64, tick: &str, status| {
        let rules = Instrument { tick_size: Some(tick.parse().unwrap()), status, ..Instrument::named(instrument()) };
        fixture.take(Timestamp::from_nanos(second * 1_000_000_000), EventKind::Instrument(Box::new(rules))).unwrap()
    };
    for second in 1..4 {
        assert_eq!(told(second, "0.01", InstrumentStatus::Trading).old_rules, None);
    }
    assert_eq!(fixture.rules(), Vec::<&str>::new());
    let old = told(4, "0.1", InstrumentStatus::Halted).old_rules.unwrap();
    assert_eq!(old.tick_size, Some("0.01".parse().unwrap()));
    let alert = fixture.platform.alerts.alerts(None, 1, None).remove(0);
    let expected = "simulated:BTCUSDT: the rules of its orders have changed: tick 0.01 -> 0.1, it is halted";
    assert_eq!((alert.rule, alert.message.as_str()), ("order-rules", expected));
}
