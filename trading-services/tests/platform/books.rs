//! The statically dispatched way from venue to book, beside the platform's.

use di_core::prelude::*;
use serde_json::Value;
use tokio::runtime::Runtime;
use trading_services::app::{TradingApp, TradingAppInputs};
use trading_services::config::Settings;
use trading_services::engine::{BookReport, ManualClock, VenueBook};
use trading_services::venues::layers::{RateLimited, Retrying};
use trading_services::venues::replay::ReplayExchange;
use trading_services::venues::simulated::SimulatedExchange;

use crate::common::{self, fails};

/// The summary of a run of the platform.
fn summary(arguments: &[&str]) -> Value {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("summary.json");
    let mut command = common::binary(&["--speed", "max", "--summary", file.to_str().unwrap()]);
    let (code, _, stderr) = common::said(&command.args(arguments).output().unwrap());
    assert_eq!(code, 0, "{stderr}");
    serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap()
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    Runtime::new().unwrap().block_on(future)
}

fn compare(report: &BookReport, summary: &Value) {
    let counters = &report.counters;
    let figures = [
        ("events", counters.events),
        ("trades", counters.trades),
        ("diffs", counters.diffs),
        ("snapshots", counters.snapshots),
        ("book_tickers", counters.book_tickers),
        ("gaps", counters.gaps),
        ("resyncs", counters.resyncs),
        ("book_top_checks", counters.book_top_checks),
        ("book_top_mismatches", counters.book_top_mismatches),
        ("crossed_books", counters.crossed_books),
        ("rejected", counters.rejected),
    ];
    for (key, value) in figures {
        assert_eq!(summary[key], value, "{key}");
    }
}

#[test]
fn a_real_recording_gives_the_same_figures_as_the_platform() {
    let Some(recording) = common::data(common::RECORDING) else {
        return;
    };
    let mut settings = Settings::default();
    settings.exchange.order = vec!["replay".to_owned()];
    settings.replay.file = Some(recording.clone());
    let app = TradingApp::build(TradingAppInputs { settings: settings.into() }).unwrap();
    let book: &VenueBook<Retrying<RateLimited<ReplayExchange>>> = app.get();
    let (report, result) = block_on(book.build(&[], None));
    result.unwrap();
    assert_eq!((report.counters.book_top_checks, report.counters.book_top_mismatches), (564, 0));
    compare(&report, &summary(&["--replay", recording.to_str().unwrap()]));
}

#[test]
fn a_simulation_with_gaps_gives_the_same_figures_as_the_platform() {
    let directory = tempfile::tempdir().unwrap();
    let config = directory.path().join("gaps.toml");
    std::fs::write(&config, "[simulation]\ngap_every = 50\n").unwrap();
    let mut settings = Settings::default();
    settings.simulation.gap_every = 50;
    let app = TradingApp::build(TradingAppInputs { settings: settings.into() }).unwrap();
    let book: &VenueBook<Retrying<RateLimited<SimulatedExchange>>> = app.get();
    let (report, result) = block_on(book.build(&[], Some(10_000)));
    result.unwrap();
    assert!(report.counters.gaps > 20);
    compare(&report, &summary(&["--events", "10000", "--config", config.to_str().unwrap()]));
}

#[test]
fn the_static_path_goes_around_no_decorator() {
    let mut settings = Settings::default();
    settings.exchange.requests_per_second = 1;
    let app = TradingApp::build(TradingAppInputs { settings: settings.into() }).unwrap();
    let book: &VenueBook<Retrying<RateLimited<SimulatedExchange>>> = app.get();
    let clock: &ManualClock = app.get();
    let before = trading_services::ports::IClock::now(clock);
    block_on(book.build(&[], Some(0))).1.unwrap();
    assert_eq!(before, trading_services::ports::IClock::now(clock), "no message, no time");
    let error = block_on(book.build(&[], Some(0))).1.unwrap_err().to_string();
    assert_eq!(error, "`simulated` may not be asked again within 1s");
}

#[test]
fn the_command_prints_the_best_prices_and_the_counts() {
    let (code, stdout, stderr) = common::said(&common::binary(&["book", "--events", "5000"]).output().unwrap());
    assert_eq!(code, 0, "{stderr}");
    for part in
        ["simulated:BTCUSDT bid ", "simulated:SOLUSDT bid ", "  events      5000 (", " 0 gaps (0 healed), 0 of "]
    {
        assert!(stdout.contains(part), "expected `{part}` in: {stdout}");
    }
}

#[test]
fn a_recording_that_is_missing_is_named_and_a_book_without_an_end_is_refused() {
    let error = fails(&["book", "--replay", "no/such/file.gz"]);
    assert!(error.contains("no/such/file.gz: expected a recording"), "{error}");
    assert!(error.contains("0 events were read before"), "{error}");
    let (code, _, stderr) = common::said(&common::binary(&["book"]).output().unwrap());
    assert!(code == 2 && stderr.contains("--events"), "{stderr}");
}
