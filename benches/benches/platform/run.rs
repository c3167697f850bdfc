//! Runs of the whole platform, as `cargo run` has it but for the page, and mostly for the file of its state.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use di_core::lifecycle::Application;
use di_core::prelude::*;
use serde_json::{Value, json};
use trading_services::app::{TradingApp, TradingAppInputs};
use trading_services::config::Settings;
use trading_services::engine::backtest::{AtEnd, CandleTest};
use trading_services::engine::{EventLoop, Speed};
use trading_services::model::{Candle, Price, Quantity, Timeframe, Timestamp, ValueError};
use trading_services::ports::{IOrderExecutor, IPortfolio, IStateManager, StrategyMode};
use trading_services::store::{DurableState, Location};

use crate::recorded::{self, RECORDING};

/// Over the recording of Binance's spot market.
pub(crate) fn replay() -> Result<Value, Box<dyn Error>> {
    run(recorded())
}

/// The same, with its state in a folder. A store that keeps nothing would cost nothing: there is something in it afterwards.
pub(crate) fn kept() -> Result<Value, Box<dyn Error>> {
    let (mut settings, folder) = (recorded(), tempfile::tempdir()?);
    settings.store.folder = Some(Location::Folder(folder.path().to_owned()));
    let said = run(settings.clone())?;
    let facts = DurableState::open(folder.path(), &settings.store)?.facts()?;
    if facts.is_empty() { Err("the run has kept nothing".into()) } else { Ok(said) }
}

fn recorded() -> Settings {
    let mut settings = Settings::default();
    settings.exchange.order = vec!["replay".to_owned()];
    settings.replay.file = Some(recorded::data(RECORDING));
    settings
}

/// Over so many messages of the simulated exchange, with every strategy on.
pub(crate) fn trading(events: u64) -> Result<Value, Box<dyn Error>> {
    let mut settings = Settings::default();
    settings.run.events = Some(events);
    let signals = &mut settings.signals;
    signals.crossover.mode = StrategyMode::On;
    signals.breakout.mode = StrategyMode::On;
    signals.mean_reversion.mode = StrategyMode::On;
    signals.momentum.mode = StrategyMode::On;
    signals.confluence.mode = StrategyMode::On;
    run(settings)
}

/// A back-test of so many minutes with the strategies that trade on candles, as the command `backtest` sets it up. The price goes up and
/// down, so that there is something to trade.
pub(crate) fn backtest(minutes: u64) -> Result<Value, Box<dyn Error>> {
    let mut settings = Settings::default();
    (settings.http.enabled, settings.simulation.start) = (false, Timestamp::default());
    (settings.execution.latency, settings.signals.cool_down) = (Duration::ZERO, Duration::ZERO);
    settings.signals.timeframe = Timeframe::M1;
    settings.modules.every = Duration::ZERO;
    let signals = &mut settings.signals;
    signals.crossover.mode = StrategyMode::On;
    signals.breakout.mode = StrategyMode::On;
    signals.mean_reversion.mode = StrategyMode::On;
    signals.momentum.mode = StrategyMode::On;
    let app = TradingApp::build(TradingAppInputs { settings: Arc::new(settings) })?;
    let candles = (0..minutes).map(candle).collect::<Result<Vec<_>, _>>()?;
    let (executor, portfolio): (&dyn IOrderExecutor, &dyn IPortfolio) = (app.get(), app.get());
    let test = CandleTest::new(app.get(), executor, portfolio, "simulated:BTCUSDT".parse()?);
    let told = test.run(&candles, AtEnd::Close).len();
    Ok(json!({ "frames": minutes, "told": told, "fills": executor.latest_fills(0, 0).total }))
}

/// The candle of a minute: waves of two hours and of five days around 60,000.
fn candle(minute: u64) -> Result<Candle, ValueError> {
    let wave = |at: u64, length: u64, height: u64| {
        let (half, at) = (length / 2, at % length);
        height * (if at < half { at } else { length - at }) / half
    };
    let price = |minute| 60_000 + wave(minute, 120, 300) + wave(minute, 7_200, 2_000) + minute * 7_919 % 13;
    let (open, close) = (price(minute.saturating_sub(1)), price(minute));
    let of = |price: u64| Price::new(price.into());
    let open_time = Timestamp::from_nanos(minute * 60_000_000_000);
    let candle = Candle::flat(open_time, of(open)?);
    let (high, low) = (of(open.max(close) + 5)?, of(open.min(close) - 5)?);
    Ok(Candle { high, low, close: of(close)?, volume: Quantity::new(10.into())?, trades: 10, ..candle })
}

/// Starts a platform, waits until its messages end, and says what there was.
fn run(mut settings: Settings) -> Result<Value, Box<dyn Error>> {
    settings.run.speed = Speed::Max;
    settings.http.enabled = false;
    // How services are is asked by the machine's time, of which callgrind takes a lot.
    settings.health.interval = Duration::from_secs(3_600);
    let settings = Arc::new(settings);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let app = TradingApp::build(TradingAppInputs { settings: Arc::clone(&settings) })?;
        let application = Application::of(&app).with_settings(settings.budgets())?;
        application.start().await?;
        application.finished().await?;
        let summary = app.get::<EventLoop>().summary().ok_or("the run has no summary")?;
        let (frames, signals, log) = (summary.events, summary.signals, summary.log_sha256);
        let fills = summary.trading.map_or(0, |trading| trading.fills);
        Ok(json!({ "frames": frames, "signals": signals, "fills": fills, "log_sha256": log }))
    })
}
