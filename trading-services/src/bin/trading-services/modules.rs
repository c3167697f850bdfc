//! The command `modules`: what the trading modules see, and what they would order.

use std::io::{self, Write, stdout};
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use di_core::lifecycle::Application;
use di_core::prelude::*;
use trading_services::app::{TradingApp, TradingAppInputs};
use trading_services::config::{Overrides, load};
use trading_services::engine::Platform;
use trading_services::model::CorrelationId;
use trading_services::ports::{IOrchestrator, IOrderExecutor, IStateManager, MarketTick, ModuleReport, Opportunity};
use trading_services::store::Location;

use crate::commands::Failure;

#[derive(Debug, Args)]
pub(crate) struct ModulesArgs {
    /// The configuration file (TOML).
    #[arg(long, value_name = "FILE.toml")]
    config: Option<PathBuf>,
    /// The recording that the modules look at the end of; without it the simulation.
    #[arg(long, value_name = "FILE")]
    replay: Option<PathBuf>,
    /// The seed of the simulation.
    #[arg(long, conflicts_with = "replay")]
    seed: Option<u64>,
    /// Look after so many events; a simulation has no other end.
    #[arg(long, value_name = "COUNT", required_unless_present = "replay")]
    events: Option<u64>,
    /// Where what is seen, ordered and filled is kept, or `none` to forget it; `store.folder` of the settings says the same.
    #[arg(long, value_name = "DIR")]
    store: Option<Location>,
    /// Say what would be ordered, and order nothing.
    #[arg(long)]
    dry_run: bool,
}

pub(crate) async fn run(args: &ModulesArgs) -> Result<(), Failure> {
    // Only modules trade here: the strategies of the run would be in their way.
    let mut overrides = Overrides::default()
        .with("run.speed", "max")
        .with("http.enabled", false)
        .with("trading.enabled", false)
        .with("modules.every", "0s")
        .with_option("run.events", args.events)
        .with_option("simulation.seed", args.seed)
        .with_option("store.folder", args.store.as_ref().map(Location::to_string));
    if let Some(file) = &args.replay {
        overrides = overrides
            .with("exchange.order", vec!["replay".to_owned()])
            .with("replay.file", file.to_string_lossy().into_owned());
    }
    let settings = Arc::new(load(args.config.as_deref(), &overrides)?);
    let app = TradingApp::build(TradingAppInputs { settings: Arc::clone(&settings) })?;
    let outcome = Application::of(&app).with_settings(settings.budgets())?.run().await;
    if !outcome.is_success() {
        return Err(outcome.to_string().into());
    }
    let orchestrator: &dyn IOrchestrator = app.get();
    let reports = orchestrator.run_once(CorrelationId::default(), args.dry_run);
    let mut out = stdout().lock();
    for report in &reports {
        tell(&mut out, report)?;
    }
    if !args.dry_run {
        fill(&app, settings.execution.latency, settings.execution.book_levels);
        let executor: &dyn IOrderExecutor = app.get();
        for fill in executor.fills() {
            writeln!(out, "fill: {} {fill}", fill.order)?;
        }
    }
    // The platform has stopped before: what was kept since is written here.
    app.get::<dyn IStateManager>().flush()?;
    Ok(out.flush()?)
}

/// Lets what was ordered meet the books as they were left.
fn fill(app: &TradingApp, latency: std::time::Duration, levels: usize) {
    let (platform, executor): (&Platform, &dyn IOrderExecutor) = (app.get(), app.get());
    let time = app.get::<dyn trading_services::ports::IClock>().now().saturating_add(latency);
    for instrument in platform.market.supported_symbols() {
        if let Ok(Some(depth)) = platform.market.depth(&instrument, levels) {
            executor.observe(&instrument, time, MarketTick::Book(&depth));
        }
    }
}

fn tell(out: &mut impl Write, report: &ModuleReport) -> io::Result<()> {
    let ModuleReport { module, capital, opportunities, trades, error } = report;
    writeln!(out, "{module}: {} opportunities, {} to use", opportunities.len(), capital.round_dp(2))?;
    if let Some(error) = error {
        writeln!(out, "  failed: {error}")?;
    }
    for Opportunity { instrument, direction, confidence, price, reason } in opportunities {
        writeln!(out, "  {instrument} {direction} at {price}, confidence {confidence:.0}: {reason}")?;
    }
    for trade in trades {
        let order = &trade.order;
        writeln!(out, "  {} {} {} {}: {}", order.id, order.side, order.quantity, order.instrument, trade.outcome)?;
    }
    Ok(())
}
