//! Trading modules: each stands alone, within its share, and one that fails holds up no other.

use std::sync::Arc;

use di_core::events::{Bus, Topic};
use di_core::health::{HealthChanged, ServiceUnhealthy};
use di_core::lifecycle::Application;
use di_core::prelude::*;
use di_core::{container, service};
use rust_decimal::{Decimal, dec};
// The overrides repeat the fields of their originals: the names of their types have to be in scope.
use trading_services::modules::Orchestrator;
use trading_services::prelude::*;

use crate::common;

/// The platform after some events, of which nobody made trades, with a crypto module that is sure of everything.
fn settings() -> Arc<Settings> {
    let mut settings = common::settings();
    (settings.run.speed, settings.run.events) = (Speed::Max, Some(20_000));
    settings.trading.enabled = false;
    let sure = dec!(50);
    settings.modules.asia_confidence = sure;
    settings.modules.europe_confidence = sure;
    settings.modules.us_confidence = sure;
    Arc::new(settings)
}

async fn played() -> TradingApp {
    let app = TradingApp::build(TradingAppInputs { settings: settings() }).unwrap();
    common::play(Application::of(&app), app.get()).await;
    app
}

fn worth(trade: &ModuleTrade, opportunities: &[Opportunity]) -> Decimal {
    let one = opportunities.iter().find(|one| one.instrument == trade.order.instrument).unwrap();
    trade.order.quantity.value() * one.price.value()
}

#[tokio::test]
async fn a_dry_run_says_what_would_be_ordered_within_the_share_and_orders_nothing() {
    let app = played().await;
    let reports = app.get::<dyn IOrchestrator>().run_once(true);
    let names: Vec<_> = reports.iter().map(|report| report.module).collect();
    assert_eq!(names, ["crypto", "guard"]);
    let crypto = &reports[0];
    assert_eq!((crypto.capital, crypto.opportunities.len(), crypto.trades.len()), (dec!(20000), 3, 3));
    assert!(crypto.opportunities.is_sorted_by(|one, other| one.confidence >= other.confidence));
    assert!(crypto.trades.iter().all(|trade| trade.outcome == ModuleOutcome::DryRun));
    let all: Decimal = crypto.trades.iter().map(|trade| worth(trade, &crypto.opportunities)).sum();
    // What is left is less than a lot of each: 0.00001, 0.0001 and 0.01 of what is worth 600, 30 and 200 or so.
    assert!(all <= crypto.capital && all > dec!(19995), "{all}");
    for trade in &crypto.trades {
        let rules = app.get::<dyn IMarketDataService>().rules(&trade.order.instrument).unwrap();
        assert_eq!(rules.whole_lots(trade.order.quantity), trade.order.quantity, "{trade:?}");
    }
    assert_eq!(app.get::<dyn IOrderExecutor>().orders(), []);
    assert_eq!((reports[1].opportunities.len(), &reports[1].error), (0, &None));
}

#[tokio::test]
async fn what_is_ordered_is_filled_counts_against_the_share_and_is_guarded() {
    let app = played().await;
    let (orchestrator, executor, portfolio): (&dyn IOrchestrator, &dyn IOrderExecutor, &dyn IPortfolio) =
        (app.get(), app.get(), app.get());
    let platform: &Platform = app.get();
    let later = || {
        platform.clock.advance_to(platform.clock.now().saturating_add(std::time::Duration::from_secs(1)));
        for instrument in platform.market.supported_symbols() {
            if let Ok(Some(depth)) = platform.market.depth(&instrument, 1_000) {
                executor.observe(&instrument, platform.clock.now(), MarketTick::Book(&depth));
            }
        }
    };
    let first = orchestrator.run_once(false);
    assert!(first[0].trades.iter().all(|trade| trade.outcome == ModuleOutcome::Submitted), "{first:?}");
    let asked_again = orchestrator.run_once(true);
    assert!(asked_again[0].capital < dec!(1000), "what is open uses the share, too: {}", asked_again[0].capital);
    later();
    let held: Vec<_> = portfolio.positions().into_iter().filter(|view| !view.position.quantity.is_zero()).collect();
    assert!(!held.is_empty());
    let second = orchestrator.run_once(true);
    assert!(second[0].capital < dec!(1000), "most of the share is used: {}", second[0].capital);
    assert!(second[1].capital > dec!(19000), "it is no share of the guard's: {}", second[1].capital);

    // A price that goes far against a position sets off the guard, which opens nothing.
    let view = &held[0];
    let factor = if view.position.quantity.is_sign_negative() { dec!(1.1) } else { dec!(0.9) };
    portfolio.mark(&view.instrument, Price::new(view.mark.value() * factor).unwrap());
    let third = orchestrator.run_once(false);
    let guarded = &third[1];
    assert_eq!(guarded.trades.len(), 1, "{guarded:?}");
    assert!(guarded.trades[0].order.reduce_only && guarded.opportunities[0].reason.contains("has lost"));
    later();
    assert!(portfolio.held(&view.instrument).is_zero());
}

#[tokio::test]
async fn the_guard_closes_what_lies_between_two_lots_to_the_last() {
    let instrument: InstrumentId = "simulated:SOLUSDT".parse().unwrap();
    for quantity in ["1.666666", "0.006666"] {
        let mut settings = (*settings()).clone();
        settings.modules.asia_confidence = dec!(100);
        settings.modules.europe_confidence = dec!(100);
        settings.modules.us_confidence = dec!(100);
        let app = TradingApp::build(TradingAppInputs { settings: Arc::new(settings) }).unwrap();
        common::play(Application::of(&app), app.get()).await;
        let (platform, executor, portfolio): (&Platform, &dyn IOrderExecutor, &dyn IPortfolio) =
            (app.get(), app.get(), app.get());
        let fill = || {
            platform.clock.advance_to(platform.clock.now().saturating_add(std::time::Duration::from_secs(1)));
            let depth = platform.market.depth(&instrument, 1_000).unwrap().unwrap();
            executor.observe(&instrument, platform.clock.now(), MarketTick::Book(&depth));
        };
        let bought = OrderRequest {
            id: "bought".parse().unwrap(),
            instrument: instrument.clone(),
            side: Side::Buy,
            quantity: quantity.parse().unwrap(),
            kind: OrderKind::Market,
            time_in_force: TimeInForce::default(),
            reduce_only: false,
            correlation: CorrelationId::default(),
        };
        executor.submit(&bought).unwrap();
        fill();
        let mark = portfolio.positions().iter().find(|view| view.instrument == instrument).unwrap().mark;
        portfolio.mark(&instrument, Price::new(mark.value() * dec!(0.9)).unwrap());
        let reports = app.get::<dyn IOrchestrator>().run_once(false);
        let trades = &reports[1].trades;
        assert_eq!((reports[0].trades.len(), trades.len()), (0, 1), "{quantity}: {reports:?}");
        assert_eq!(trades[0].outcome, ModuleOutcome::Submitted, "{quantity}");
        fill();
        assert_eq!(portfolio.held(&instrument), dec!(0), "{quantity}");
    }
}

/// A module that panics.
#[service(provides = ITradingModule)]
struct Broken {
    #[inject(key)]
    name: &'static str,
}

impl ITradingModule for Broken {
    fn module_name(&self) -> &'static str {
        self.name
    }

    fn analyze_opportunities(&self) -> Result<Vec<Opportunity>, ModuleError> {
        panic!("out of order")
    }

    fn execute_trades(&self, _: &[Opportunity], _: Decimal, _: bool) -> Vec<ModuleTrade> {
        Vec::new()
    }

    fn monitor_positions(&self) -> Vec<PositionView> {
        Vec::new()
    }
}

#[container(from = GuardModule, replace(guard = Broken))]
struct BrokenGuard;

#[container(from = TradingModules, replace(guard = BrokenGuard))]
struct BrokenModules;

#[container(from = TradingApp, replace(modules = BrokenModules))]
struct BrokenApp;

#[tokio::test]
async fn a_module_that_panics_is_told_of_and_holds_up_no_other() {
    let app = BrokenApp::build(BrokenAppInputs { settings: settings() }).unwrap();
    common::play(Application::of(&app), app.get()).await;
    let reports = app.get::<dyn IOrchestrator>().run_once(true);
    assert_eq!(reports[0].trades.len(), 3);
    assert_eq!(reports[1].error.as_deref(), Some("guard: it panicked: out of order"));
}

/// One module, and what gives it capital; nothing else trades.
#[container]
struct CryptoAlone {
    #[input]
    config: Arc<dyn IConfigService>,
    #[input]
    clock: Arc<dyn IClock>,
    #[input]
    kept: Arc<dyn IStateManager>,
    #[input]
    market: Arc<dyn IMarketDataService>,
    #[input]
    analysis: Arc<dyn IAnalysisService>,
    #[input]
    rankings: Arc<dyn ITopSymbolsService>,
    #[input]
    portfolio: Arc<dyn IPortfolio>,
    #[input]
    risk: Arc<dyn IRiskManager>,
    #[input]
    executor: Arc<dyn IOrderExecutor>,
    #[module]
    #[many(dyn ITradingModule)]
    crypto: CryptoModule,
    #[entry]
    orchestrator: Orchestrator,
}

/// The other one, which has no use for an analysis.
#[container]
struct GuardAlone {
    #[input]
    config: Arc<dyn IConfigService>,
    #[input]
    clock: Arc<dyn IClock>,
    #[input]
    kept: Arc<dyn IStateManager>,
    #[input]
    market: Arc<dyn IMarketDataService>,
    #[input]
    portfolio: Arc<dyn IPortfolio>,
    #[input]
    risk: Arc<dyn IRiskManager>,
    #[input]
    executor: Arc<dyn IOrderExecutor>,
    #[module]
    #[many(dyn ITradingModule)]
    guard: GuardModule,
    #[entry]
    orchestrator: Orchestrator,
}

#[tokio::test]
async fn each_module_runs_alone_as_it_does_beside_the_other() {
    let app = played().await;
    let together = app.get::<dyn IOrchestrator>().run_once(true);
    let crypto = CryptoAlone::build(CryptoAloneInputs {
        config: app.shared(),
        clock: app.shared(),
        kept: app.shared(),
        market: app.shared(),
        analysis: app.shared(),
        rankings: app.shared(),
        portfolio: app.shared(),
        risk: app.shared(),
        executor: app.shared(),
    });
    let guard = GuardAlone::build(GuardAloneInputs {
        config: app.shared(),
        clock: app.shared(),
        kept: app.shared(),
        market: app.shared(),
        portfolio: app.shared(),
        risk: app.shared(),
        executor: app.shared(),
    });
    let alone: Vec<_> = [crypto.get::<dyn IOrchestrator>(), guard.get::<dyn IOrchestrator>()]
        .into_iter()
        .flat_map(|orchestrator| orchestrator.run_once(true))
        .collect();
    assert_eq!(alone, together);
}

#[test]
fn the_command_says_what_each_module_would_do() {
    let arguments = ["modules", "--seed", "42", "--events", "20000", "--dry-run"];
    let (code, printed, stderr) = common::said(&common::binary(&arguments).output().unwrap());
    assert_eq!(code, 0, "{stderr}");
    assert!(printed.starts_with("crypto: ") && printed.contains("\nguard: 0 opportunities"), "{printed}");
    assert!(!printed.contains("fill:"), "{printed}");
}

#[test]
fn what_modules_have_seen_is_kept_and_listed() {
    let folder = tempfile::tempdir().unwrap();
    let (config, state) = (folder.path().join("settings.toml"), folder.path().join("state"));
    let sure = "[modules]\nasia_confidence = \"50\"\neurope_confidence = \"50\"\nus_confidence = \"50\"\n";
    std::fs::write(&config, sure).unwrap();
    let (config, state) = (config.to_str().unwrap(), state.to_str().unwrap());
    let said = |arguments: &[&str]| {
        let (code, printed, stderr) =
            common::said(&common::binary(arguments).args(["--store", state]).output().unwrap());
        assert_eq!(code, 0, "{arguments:?}: {stderr}");
        printed
    };
    let printed = said(&["modules", "--seed", "42", "--events", "20000", "--dry-run", "--config", config]);
    let seen = printed.lines().filter(|line| line.contains(", confidence ")).count();
    assert!(seen > 0, "{printed}");
    let kept = said(&["db", "opportunities"]);
    assert_eq!(kept.lines().count(), seen, "{kept}");
    for line in kept.lines() {
        let reason = line.split_once(" of 100: ").unwrap().1;
        assert!(line.contains(" crypto: ") && printed.contains(reason), "{line} of {printed}");
    }
    let one = said(&["db", "opportunities", "--limit", "1"]);
    assert_eq!(one.lines().collect::<Vec<_>>(), [kept.lines().next().unwrap()], "the newest first");
    assert!(said(&["db", "check"]).starts_with("in order: "));
}
