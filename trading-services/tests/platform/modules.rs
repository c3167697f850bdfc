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
    let reports = app.get::<dyn IOrchestrator>().run_once(CorrelationId::default(), true);
    let names: Vec<_> = reports.iter().map(|report| report.module).collect();
    assert_eq!(names, ["crypto", "guard"]);
    let crypto = &reports[0];
    assert_eq!((crypto.capital, crypto.opportunities.len(), crypto.trades.len()), (dec!(20000), 3, 3));
    assert!(crypto.opportunities.is_sorted_by(|one, other| one.confidence >= other.confidence));
    assert!(crypto.trades.iter().all(|trade| trade.outcome == ModuleOutcome::DryRun));
    let all: Decimal = crypto.trades.iter().map(|trade| worth(trade, &crypto.opportunities)).sum();
    // What is bought is counted at two percent above the market; what is left is less than a lot of each.
    assert!(all <= crypto.capital && all > dec!(19595), "{all}");
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
    let first = orchestrator.run_once(CorrelationId::default(), false);
    assert!(first[0].trades.iter().all(|trade| trade.outcome == ModuleOutcome::Submitted), "{first:?}");
    let asked_again = orchestrator.run_once(CorrelationId::default(), true);
    assert!(asked_again[0].capital < dec!(1000), "what is open uses the share, too: {}", asked_again[0].capital);
    later();
    let held: Vec<_> = portfolio.positions().into_iter().filter(|view| !view.position.quantity.is_zero()).collect();
    assert!(!held.is_empty());
    let second = orchestrator.run_once(CorrelationId::default(), true);
    assert!(second[0].capital < dec!(1000), "most of the share is used: {}", second[0].capital);
    assert!(second[1].capital > dec!(19000), "it is no share of the guard's: {}", second[1].capital);

    // A price that goes far against a position sets off the guard, which opens nothing.
    let view = &held[0];
    let factor = if view.position.quantity.is_sign_negative() { dec!(1.1) } else { dec!(0.9) };
    portfolio.mark(&view.instrument, Price::new(view.mark.value() * factor).unwrap());
    let third = orchestrator.run_once(CorrelationId::default(), false);
    let guarded = &third[1];
    assert_eq!(guarded.trades.len(), 1, "{guarded:?}");
    assert!(guarded.trades[0].order.reduce_only && guarded.opportunities[0].reason.contains("has lost"));
    later();
    assert!(portfolio.held(&view.instrument).is_zero());
}

#[tokio::test]
async fn an_old_book_is_no_price_for_a_module() {
    let app = played().await;
    let orchestrator: &dyn IOrchestrator = app.get();
    assert_eq!(orchestrator.run_once(CorrelationId::default(), true)[0].opportunities.len(), 3);
    let clock = &app.get::<Platform>().clock;
    clock.advance_to(clock.now().saturating_add(std::time::Duration::from_secs(3_600)));
    assert_eq!(orchestrator.run_once(CorrelationId::default(), true)[0].opportunities, []);
}

#[tokio::test]
async fn what_rests_on_a_doubtful_price_is_refused_and_every_answer_is_heard_with_its_message() {
    let app = played().await;
    let platform: &Platform = app.get();
    let instrument: InstrumentId = "simulated:BTCUSDT".parse().unwrap();
    let received = platform.clock.now();
    let price = platform.market.reference(&instrument).unwrap().value() * dec!(1.5);
    let trade = Trade { time: received, ..common::trade(10_000_000, &price.round_dp(2).to_string(), "1") };
    let event = MarketEvent { instrument: instrument.clone(), received, kind: EventKind::Trade(trade) };
    assert!(platform.market.ingest(&event).unwrap().doubtful);
    let heard = Arc::new(std::sync::Mutex::new(Vec::new()));
    let sink = Arc::clone(&heard);
    let _listening =
        platform.risk_answered.observe("the test", move |answer| sink.lock().unwrap().push(answer.clone()));
    let before = platform.trading.refusals();
    let reports = app.get::<dyn IOrchestrator>().run_once(CorrelationId(7), false);
    for ModuleTrade { order, outcome } in &reports[0].trades {
        let expected = if order.instrument == instrument { "refused: it rests on a doubtful price" } else { "ordered" };
        assert_eq!(outcome.to_string(), expected, "{order:?}");
    }
    let heard = heard.lock().unwrap();
    assert_eq!(heard.len(), 3);
    assert!(heard.iter().all(|answer| answer.correlation() == CorrelationId(7)), "{heard:?}");
    // It is counted like that of a signal.
    let (after, why) = (platform.trading.refusals(), "doubtful_data");
    let times = |refusals: &Refusals| refusals.reasons.get(why).copied().unwrap_or_default();
    assert_eq!((after.orders - before.orders, times(&after) - times(&before)), (1, 1));
    assert_eq!(platform.trading.performance_metrics().unwrap().refused, after.orders);
}

#[tokio::test]
async fn an_order_that_the_executor_does_not_take_has_failed_and_says_why() {
    let app = played().await;
    let (platform, executor): (&Platform, &dyn IOrderExecutor) = (app.get(), app.get());
    let taken = OrderRequest {
        id: OrderId::of_module("crypto", platform.clock.now(), 0).unwrap(),
        instrument: "simulated:OTHER".parse().unwrap(),
        side: Side::Buy,
        quantity: "1".parse().unwrap(),
        kind: OrderKind::Limit { price: "1".parse().unwrap(), post_only: false },
        time_in_force: TimeInForce::default(),
        reduce_only: false,
        correlation: CorrelationId::default(),
    };
    executor.submit(&taken).unwrap();
    let reports = app.get::<dyn IOrchestrator>().run_once(CorrelationId::default(), false);
    let outcomes: Vec<_> = reports[0].trades.iter().map(|trade| trade.outcome.to_string()).collect();
    let reason = format!(
        "failed: order {}: expected the order of that name, found another; a new order has a new name",
        taken.id
    );
    assert_eq!(outcomes, [reason.as_str(), "ordered", "ordered"]);
}

#[tokio::test]
async fn a_module_looks_after_its_own_positions_and_does_not_order_twice_what_waits() {
    let app = played().await;
    let (orchestrator, executor): (&dyn IOrchestrator, &dyn IOrderExecutor) = (app.get(), app.get());
    let first = orchestrator.run_once(CorrelationId::default(), false);
    assert_eq!((first[0].trades.len(), executor.open_orders().len()), (3, 3));
    assert_eq!(orchestrator.run_once(CorrelationId::default(), false)[0].trades, [], "all three wait");
}

/// A run or a replay in which the guard closes everything that loses a hundredth of a percent, and its log.
fn guarded(arguments: &[&str]) -> (serde_json::Value, String) {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    let mut command = common::binary(arguments);
    command.env("TRADING_MODULES__EVERY", "10s").env("TRADING_MODULES__STOP_LOSS_PERCENT", "0.01");
    command.arg("--summary").arg(file("s.json")).arg("--log").arg(file("e.log"));
    let (code, _, stderr) = common::said(&command.output().unwrap());
    assert_eq!(code, 0, "{stderr}");
    let summary = serde_json::from_slice(&std::fs::read(file("s.json")).unwrap()).unwrap();
    (summary, std::fs::read_to_string(file("e.log")).unwrap())
}

#[test]
fn in_a_run_the_guard_closes_what_loses_by_the_time_of_the_messages() {
    let run = |speed| guarded(&["--seed", "42", "--events", "10000", "--speed", speed]);
    let ((one, log), (other, _)) = (run("max"), run("200x"));
    let closes = |line: &&str| line.contains(" fill guard-");
    assert!(log.lines().any(|line| closes(&line)), "it has closed a loss");
    assert_eq!(one["log_sha256"], other["log_sha256"], "at any speed");
}

#[test]
fn a_replay_asks_the_modules_at_the_same_messages_each_time() {
    let Some(recording) = common::data(common::RECORDING) else { return };
    let replay = |speed| guarded(&["--replay", recording.to_str().unwrap(), "--speed", speed]);
    let ((one, log), (other, _)) = (replay("max"), replay("200x"));
    let orders: Vec<_> = log.lines().filter(|line| line.contains(" fill guard-")).collect();
    assert!(!orders.is_empty(), "the guard closes a loss in it");
    assert_eq!(one["log_sha256"], other["log_sha256"]);
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
        // An order of somebody else must not hold the guard up.
        let kind = OrderKind::Limit { price: "1".parse().unwrap(), post_only: false };
        let resting = OrderRequest { id: "resting".parse().unwrap(), quantity: "1".parse().unwrap(), kind, ..bought };
        executor.submit(&resting).unwrap();
        let mark = portfolio.positions().iter().find(|view| view.instrument == instrument).unwrap().mark;
        portfolio.mark(&instrument, Price::new(mark.value() * dec!(0.9)).unwrap());
        let reports = app.get::<dyn IOrchestrator>().run_once(CorrelationId::default(), false);
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

    fn execute_trades(&self, _: &[Opportunity], _: &ModuleTurn) -> Vec<ModuleTrade> {
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
    let reports = app.get::<dyn IOrchestrator>().run_once(CorrelationId::default(), true);
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
    #[input]
    risk_answered: Arc<Topic<RiskAnswer>>,
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
    #[input]
    risk_answered: Arc<Topic<RiskAnswer>>,
    #[module]
    #[many(dyn ITradingModule)]
    guard: GuardModule,
    #[entry]
    orchestrator: Orchestrator,
}

#[tokio::test]
async fn each_module_runs_alone_as_it_does_beside_the_other() {
    let app = played().await;
    let together = app.get::<dyn IOrchestrator>().run_once(CorrelationId::default(), true);
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
        risk_answered: app.shared(),
    });
    let guard = GuardAlone::build(GuardAloneInputs {
        config: app.shared(),
        clock: app.shared(),
        kept: app.shared(),
        market: app.shared(),
        portfolio: app.shared(),
        risk: app.shared(),
        executor: app.shared(),
        risk_answered: app.shared(),
    });
    let alone: Vec<_> = [crypto.get::<dyn IOrchestrator>(), guard.get::<dyn IOrchestrator>()]
        .into_iter()
        .flat_map(|orchestrator| orchestrator.run_once(CorrelationId::default(), true))
        .collect();
    assert_eq!(alone, together);
}

/// An analysis that is sure of what it is told.
#[derive(Debug)]
struct Told(std::sync::Mutex<f64>);

impl IAnalysisService for Told {
    fn analyze(&self, instrument: &InstrumentId) -> Result<Confluence, AnalysisError> {
        let score = self.confluence_score(instrument)?;
        Ok(Confluence {
            instrument: instrument.clone(),
            score,
            direction: None,
            components: Vec::new(),
            doubtful: false,
        })
    }

    fn confluence_score(&self, _: &InstrumentId) -> Result<f64, AnalysisError> {
        Ok(*self.0.lock().unwrap())
    }

    fn components(&self) -> Vec<(&'static str, Decimal)> {
        Vec::new()
    }

    fn set_weights(&self, _: &[(&str, Decimal)]) -> Result<(), AnalysisError> {
        Ok(())
    }

    fn observe(&self, _: &InstrumentId, _: &Trade) {}
}

/// The module over the services of a platform, with what it is told of the markets.
fn alone(app: &TradingApp, analysis: &Arc<Told>) -> CryptoAlone {
    CryptoAlone::build(CryptoAloneInputs {
        config: app.shared(),
        clock: app.shared(),
        kept: app.shared(),
        market: app.shared(),
        analysis: Arc::clone(analysis) as _,
        rankings: app.shared(),
        portfolio: app.shared(),
        risk: app.shared(),
        executor: app.shared(),
        risk_answered: app.shared(),
    })
}

#[tokio::test]
async fn a_module_closes_all_that_it_holds_against_an_opportunity_whatever_its_share_has_left() {
    let app = played().await;
    let (platform, executor): (&Platform, &dyn IOrderExecutor) = (app.get(), app.get());
    let analysis = Arc::new(Told(std::sync::Mutex::new(95.0)));
    let crypto = alone(&app, &analysis);
    let orchestrator: &dyn IOrchestrator = crypto.get();
    let fill = |trades: &[ModuleTrade]| {
        platform.clock.advance_to(platform.clock.now().saturating_add(std::time::Duration::from_secs(1)));
        for ModuleTrade { order, outcome } in trades {
            assert_eq!(*outcome, ModuleOutcome::Submitted, "{order:?}");
            let depth = platform.market.depth(&order.instrument, 1_000).unwrap().unwrap();
            executor.observe(&order.instrument, platform.clock.now(), MarketTick::Book(&depth));
        }
    };
    fill(&orchestrator.run_once(CorrelationId::default(), false)[0].trades);
    let held = app.get::<dyn IPortfolio>().owned("crypto");
    assert_eq!((held.len(), held.values().all(|held| *held > Decimal::ZERO)), (3, true), "{held:?}");

    *analysis.0.lock().unwrap() = 5.0;
    let reversed = orchestrator.run_once(CorrelationId::default(), false).remove(0).trades;
    for (instrument, held) in &held {
        let orders: Vec<_> =
            reversed.iter().map(|trade| &trade.order).filter(|one| one.instrument == *instrument).collect();
        assert_eq!((orders[0].side, orders[0].reduce_only), (Side::Sell, true));
        assert_eq!(orders[0].quantity.value(), *held, "all of it, and no more");
        assert!(orders[1..].iter().all(|order| order.side == Side::Sell && !order.reduce_only), "{orders:?}");
    }
    fill(&reversed);
    assert!(app.get::<dyn IPortfolio>().owned("crypto").values().all(|held| *held <= Decimal::ZERO));
}

#[tokio::test]
async fn where_nobody_goes_short_a_module_sells_only_what_it_has_bought() {
    let mut settings = (*settings()).clone();
    settings.trading.long_only = true;
    let app = TradingApp::build(TradingAppInputs { settings: Arc::new(settings) }).unwrap();
    common::play(Application::of(&app), app.get()).await;
    let (platform, executor): (&Platform, &dyn IOrderExecutor) = (app.get(), app.get());
    let analysis = Arc::new(Told(std::sync::Mutex::new(5.0)));
    let crypto = alone(&app, &analysis);
    let trades = |score: f64| {
        *analysis.0.lock().unwrap() = score;
        let trades = crypto.get::<dyn IOrchestrator>().run_once(CorrelationId::default(), false).remove(0).trades;
        platform.clock.advance_to(platform.clock.now().saturating_add(std::time::Duration::from_secs(1)));
        for instrument in platform.market.supported_symbols() {
            if let Ok(Some(depth)) = platform.market.depth(&instrument, 1_000) {
                executor.observe(&instrument, platform.clock.now(), MarketTick::Book(&depth));
            }
        }
        trades.into_iter().map(|trade| (trade.order.side, trade.order.reduce_only)).collect::<Vec<_>>()
    };
    assert_eq!(trades(5.0), []);
    assert_eq!(trades(95.0), [(Side::Buy, false); 3]);
    assert_eq!(trades(5.0), [(Side::Sell, true); 3]);
    assert!(app.get::<dyn IPortfolio>().positions().iter().all(|view| view.position.quantity.is_zero()));
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
