//! Common parts of the tests: recorded data, the built binary, and small messages.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output};

use di_core::lifecycle::Application;
use rust_decimal::Decimal;
use trading_services::config::Settings;
use trading_services::engine::{EventLoop, Summary};
use trading_services::model::{
    BookDiff, BookSnapshot, CorrelationId, Currency, EventKind, Fill, InstrumentId, Level, Levels, Liquidity,
    MarketEvent, Price, Quantity, Side, SnapshotOrigin, Symbol, Timestamp, Trade,
};

/// The path of a recorded file, or `None` with a clear word when it is not there.
pub(crate) fn data(name: &str) -> Option<PathBuf> {
    let default = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    let path = std::env::var_os("TRADING_DATA").map_or_else(default, PathBuf::from).join(name);
    if path.exists() {
        Some(path)
    } else {
        // Not `println!`: the test harness would hide it.
        let missing = path.display();
        let mut terminal = std::io::stderr();
        writeln!(terminal, "skipped: recorded data are missing at {missing}; set TRADING_DATA").unwrap();
        None
    }
}

pub(crate) const RECORDING: &str = "recordings/binance-spot/btcusdt_20240808.gz";

/// The binary, with nothing of the caller's environment that would configure it.
pub(crate) fn binary(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_trading-services"));
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("TRADING_")) {
        command.env_remove(name);
    }
    // Tests run side by side: each platform has a port of its own. Nobody opens the user's state.
    let nowhere = std::env::temp_dir().join("trading-services-tests-have-no-state");
    command.env("XDG_STATE_HOME", nowhere).env("TRADING_STORE__FOLDER", "none");
    command.env_remove("RUST_LOG").env("TRADING_HTTP__ADDRESS", "127.0.0.1:0").args(arguments);
    command
}

/// What the binary said: exit code, standard output, standard error.
pub(crate) fn said(output: &Output) -> (i32, String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap_or(-1), text(&output.stdout), text(&output.stderr))
}

/// Runs the binary, expects exit code 1 without a panic, and returns what it wrote to standard error.
pub(crate) fn fails(arguments: &[&str]) -> String {
    let (code, _, stderr) = said(&binary(arguments).output().unwrap());
    assert_eq!(code, 1, "{stderr}");
    assert!(!stderr.contains("panicked"), "{stderr}");
    stderr
}

/// Settings of a platform within a test: nobody asks it anything over the network.
pub(crate) fn settings() -> Settings {
    let mut settings = Settings::default();
    settings.http.enabled = false;
    settings
}

/// Runs a platform until its messages end and everything has stopped, without signals; nothing may fail.
pub(crate) async fn play(application: Application, events: &EventLoop) -> Summary {
    application.start().await.unwrap();
    application.finished().await.unwrap();
    events.summary().unwrap()
}

pub(crate) fn btc() -> Symbol {
    "BTCUSDT".parse().unwrap()
}

pub(crate) fn btc_id() -> InstrumentId {
    "binance:BTCUSDT".parse().unwrap()
}

/// A message that is received so many seconds after 1970.
pub(crate) fn event(second: u64, kind: EventKind) -> MarketEvent {
    MarketEvent { instrument: btc_id(), received: Timestamp::from_nanos(second * 1_000_000_000), kind }
}

pub(crate) fn level(price: &str) -> Level {
    Level { price: price.parse().unwrap(), quantity: "1".parse().unwrap() }
}

pub(crate) fn snapshot(last_update_id: u64, bid: &str, ask: &str) -> BookSnapshot {
    let (bids, asks, origin) = (vec![level(bid)].into(), vec![level(ask)].into(), SnapshotOrigin::Request);
    BookSnapshot { last_update_id, bids, asks, time: None, origin }
}

pub(crate) fn diff(first_update_id: u64, last_update_id: u64, bid: &str) -> BookDiff {
    let (bids, asks, time, previous_update_id) = (vec![level(bid)].into(), Levels::new(), Timestamp::default(), None);
    BookDiff { first_update_id, last_update_id, previous_update_id, bids, asks, time }
}

/// A fill without a fee, of something bought where the quantity is above zero.
pub(crate) fn fill(number: usize, instrument: &InstrumentId, quantity: Decimal, price: Decimal) -> Fill {
    Fill {
        id: number.to_string().into(),
        order: "test".parse().unwrap(),
        instrument: instrument.clone(),
        side: if quantity.is_sign_negative() { Side::Sell } else { Side::Buy },
        quantity: Quantity::new(quantity.abs()).unwrap(),
        price: Price::new(price).unwrap(),
        currency: Currency::usdt(),
        fee: Decimal::ZERO,
        fee_currency: Currency::usdt(),
        liquidity: Liquidity::Taker,
        time: Timestamp::default(),
        correlation: CorrelationId::default(),
    }
}

pub(crate) fn trade(second: u64, price: &str, quantity: &str) -> Trade {
    let (price, quantity) = (price.parse().unwrap(), quantity.parse().unwrap());
    let time = Timestamp::from_nanos(second * 1_000_000_000);
    Trade { id: second.into(), price, quantity, side: Side::Buy, time, aggregated: false }
}
