//! Back-tests on a platform of their own, beside the one that runs.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use di_core::lifecycle::Application;
use di_core::prelude::*;

use super::{TradingApp, TradingAppInputs};
use crate::config::{ConfigManager, Overrides, Settings};
use crate::engine::backtest::{AtEnd, CandleTest, MINUTES_OF_A_YEAR, Tested};
use crate::engine::{News, Platform};
use crate::model::{Candle, InstrumentId, Timeframe};
use crate::ports::{
    BacktestError, BacktestMarket, BacktestRequest, BacktestResult, IBacktestRunner, IMarketDataService,
    IOrderExecutor, IPortfolio, ISignalService, Progress,
};
use crate::sync::lock;

/// What may differ from the settings of the platform: what is decided, and not what is reached or written.
const TABLES: [&str; 5] = ["signals.", "risk.", "execution.", "portfolio.", "trading."];

/// The most messages of a simulated market.
const MESSAGES: u64 = 2_000_000;

/// The most candles.
const CANDLES: usize = 100_000;

/// How often it is looked whether the test is still wanted.
const LOOK: Duration = Duration::from_millis(20);

/// Builds a container per test, with the settings that hold and what the test has of its own.
///
/// Such a container has no server, no files, no state and no channel that reaches people; what it logs and counts is not
/// the platform's and goes nowhere.
#[di_core::service(provides = IBacktestRunner)]
pub struct BacktestRunner {
    config: Arc<ConfigManager>,
    market: Arc<dyn IMarketDataService>,
    signals: Arc<dyn ISignalService>,
}

impl BacktestRunner {
    fn settings(&self, request: &BacktestRequest) -> Result<Settings, BacktestError> {
        let BacktestRequest { strategies, parameters, market } = request;
        let mut overrides = Overrides::default();
        let known: Vec<_> = self.signals.strategies().iter().map(|strategy| strategy.name()).collect();
        if let Some(unknown) = strategies.iter().find(|name| !known.contains(&name.as_str())) {
            let (known, unknown) = (known.join(", "), unknown.escape_debug());
            return Err(BacktestError::Unfit(format!("expected a strategy, one of {known}, found `{unknown}`")));
        }
        for name in known.iter().filter(|_| !strategies.is_empty()) {
            let mode = if strategies.iter().any(|wanted| wanted == name) { "on" } else { "off" };
            overrides = overrides.with(format!("signals.{name}.mode"), mode);
        }
        for (key, value) in parameters {
            if !TABLES.iter().any(|table| key.starts_with(table)) {
                let (tables, key) = (TABLES.join(", "), key.escape_debug());
                return Err(BacktestError::Unfit(format!("expected a key that begins with {tables}, found `{key}`")));
            }
            overrides = overrides.with_text(key.clone(), value);
        }
        if !request.strategies.is_empty() {
            // Nor do modules trade that nobody has named.
            overrides = overrides.with("modules.every", "0s");
        }
        overrides = match market {
            BacktestMarket::Simulated { seed, messages } => {
                if !(1..=MESSAGES).contains(messages) {
                    return Err(BacktestError::Unfit(format!("expected 1 to {MESSAGES} messages, found {messages}")));
                }
                overrides
                    .with("exchange.order", vec!["simulated".to_owned()])
                    .with("simulation.seed", *seed)
                    .with("run.events", *messages)
            }
            // Candles have no seconds in between: what they say is acted on with the next one. The clock never goes back:
            // it has to stand before the first one.
            BacktestMarket::Candles { timeframe, .. } => overrides
                .with("signals.timeframe", timeframe.to_string())
                .with("signals.cool_down", "0s")
                .with("execution.latency", "0s")
                .with("simulation.start", "1970-01-01T00:00:00Z"),
        };
        let mut settings = self
            .config
            .settings()
            .with("the back-test", &overrides)
            .map_err(|error| BacktestError::Unfit(error.to_string()))?;
        settings.http.enabled = false;
        settings.store.folder = None;
        (settings.alerts.file.path, settings.alerts.webhook.url) = (None, None);
        settings.run.speed = crate::engine::Speed::Max;
        (settings.run.duration, settings.run.log) = (None, None);
        Ok(settings)
    }

    fn candles(&self, instrument: &InstrumentId, timeframe: Timeframe) -> Result<Vec<Candle>, BacktestError> {
        let unfit = |error: &dyn std::fmt::Display| BacktestError::Unfit(error.to_string());
        let candles = self.market.historical(instrument, timeframe, CANDLES).map_err(|error| unfit(&error))?;
        if candles.is_empty() {
            return Err(unfit(&format_args!("expected candles of {instrument} of {timeframe}, found none yet")));
        }
        Ok(candles)
    }

    fn test(&self, request: &BacktestRequest, progress: &Progress) -> Result<BacktestResult, BacktestError> {
        let settings = Arc::new(self.settings(request)?);
        let strategies = match request.strategies.as_slice() {
            [] => "the configured strategies".to_owned(),
            some => some.join(", "),
        };
        let (cash, parameters) = (settings.portfolio.cash, request.parameters.clone());
        match &request.market {
            BacktestMarket::Simulated { seed, messages } => {
                let title = format!("{strategies} on simulation {seed}, {messages} messages");
                let tested = Tested { title, parameters, periods: MINUTES_OF_A_YEAR, cash };
                on_simulation(&settings, *messages, tested, progress)
            }
            BacktestMarket::Candles { instrument, timeframe } => {
                let title = format!("{strategies} on {instrument}, candles of {timeframe}");
                let candles = self.candles(instrument, *timeframe)?;
                let tested = Tested { title, parameters, periods: periods(*timeframe), cash };
                on_candles(&settings, instrument, &candles, tested, progress)
            }
        }
    }
}

impl IBacktestRunner for BacktestRunner {
    fn check(&self, request: &BacktestRequest) -> Result<(), BacktestError> {
        self.settings(request)?;
        match &request.market {
            BacktestMarket::Simulated { .. } => Ok(()),
            BacktestMarket::Candles { instrument, timeframe } => self.candles(instrument, *timeframe).map(drop),
        }
    }

    fn run(&self, request: &BacktestRequest, progress: &Progress) -> Result<BacktestResult, BacktestError> {
        // What it logs and counts is not what the platform does.
        tracing::subscriber::with_default(tracing::subscriber::NoSubscriber::default(), || {
            metrics::with_local_recorder(&metrics::NoopRecorder, || self.test(request, progress))
        })
    }
}

/// How many candles a year has of a market that is always open.
fn periods(timeframe: Timeframe) -> u32 {
    let year = Duration::from_secs(365 * 24 * 60 * 60).as_secs();
    u32::try_from(year / timeframe.duration().as_secs().max(1)).unwrap_or(MINUTES_OF_A_YEAR).max(1)
}

fn failed(error: impl std::fmt::Display) -> BacktestError {
    BacktestError::Failed(error.to_string())
}

fn on_candles(
    settings: &Arc<Settings>,
    instrument: &InstrumentId,
    candles: &[Candle],
    tested: Tested,
    progress: &Progress,
) -> Result<BacktestResult, BacktestError> {
    let app = TradingApp::build(TradingAppInputs { settings: Arc::clone(settings) }).map_err(failed)?;
    let (platform, executor, portfolio): (&Platform, &dyn IOrderExecutor, &dyn IPortfolio) =
        (app.get(), app.get(), app.get());
    let test = CandleTest::new(platform, executor, portfolio, instrument.clone());
    let news = test.run_while(candles, AtEnd::Close, |done| {
        progress.set(done as u64, candles.len() as u64);
        !progress.is_cancelled()
    });
    if progress.is_cancelled() {
        return Err(BacktestError::Cancelled);
    }
    tested.result(platform, portfolio, Some(candles), &news).map_err(failed)
}

/// Runs within a runtime of this thread: the platform's own has other things to do.
fn on_simulation(
    settings: &Arc<Settings>,
    messages: u64,
    tested: Tested,
    progress: &Progress,
) -> Result<BacktestResult, BacktestError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(failed)?;
    runtime.block_on(async {
        let app = TradingApp::build(TradingAppInputs { settings: Arc::clone(settings) }).map_err(failed)?;
        let platform: &Platform = app.get();
        let application = Application::of(&app).with_settings(settings.budgets()).map_err(failed)?;
        let heard = Arc::new(Mutex::new(Vec::new()));
        let sink = Arc::clone(&heard);
        let _listening = platform.risk_answered.observe("back-test", move |answer| {
            lock(&sink).push(News::Risk(answer.clone()));
        });
        application.start().await.map_err(failed)?;
        let looking = async {
            loop {
                progress.set(platform.market.counters().events, messages);
                if progress.is_cancelled() {
                    application.request_stop();
                }
                tokio::time::sleep(LOOK).await;
            }
        };
        let ended = tokio::select! {
            ended = application.finished() => ended,
            () = looking => return Err(BacktestError::Cancelled),
        };
        if progress.is_cancelled() {
            return Err(BacktestError::Cancelled);
        }
        ended.map_err(failed)?;
        let news = std::mem::take(&mut *lock(&heard));
        tested.result(platform, app.get(), None, &news).map_err(failed)
    })
}

impl std::fmt::Debug for BacktestRunner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BacktestRunner").finish_non_exhaustive()
    }
}
