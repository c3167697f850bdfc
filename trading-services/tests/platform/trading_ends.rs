//! Ends of trading: their causes, who is told of them, and the way back.

use std::path::Path;
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use di_core::lifecycle::Application;
use di_core::prelude::*;
use rust_decimal::{Decimal, dec};
use trading_services::prelude::*;
use trading_services::store::Location;

use crate::common;

/// How long to wait for what happens at once.
const PATIENCE: Duration = Duration::from_secs(30);

/// A run that is over and in which no strategy traded, with the limits at a tenth of a percent.
struct Quiet {
    app: TradingApp,
    instrument: InstrumentId,
    number: std::cell::Cell<u64>,
}

impl Quiet {
    /// The platform over the state in a folder, before it runs.
    fn build(folder: &Path) -> Self {
        let mut settings = common::settings();
        (settings.run.speed, settings.run.events) = (Speed::Max, Some(5_000));
        settings.signals.crossover.mode = StrategyMode::Off;
        settings.signals.breakout.mode = StrategyMode::Off;
        settings.store.folder = Some(Location::Folder(folder.to_owned()));
        (settings.risk.max_drawdown_percent, settings.risk.max_daily_loss_percent) = (dec!(0.1), dec!(0.1));
        let app = TradingApp::build(TradingAppInputs { settings: Arc::new(settings) }).unwrap();
        Self { app, instrument: "simulated:SOLUSDT".parse().unwrap(), number: std::cell::Cell::new(10_000_000) }
    }

    async fn over(folder: &Path) -> Self {
        let one = Self::build(folder);
        common::play(Application::of(&one.app), one.app.get()).await;
        one
    }

    /// The same platform in the next process.
    fn again(self, folder: &Path) -> Self {
        self.app.get::<dyn IStateManager>().flush().unwrap();
        drop(self);
        Self::build(folder)
    }

    fn submit(&self, id: &str, side: Side, kind: OrderKind) {
        let order = OrderRequest {
            id: id.parse().unwrap(),
            instrument: self.instrument.clone(),
            side,
            quantity: "5".parse().unwrap(),
            kind,
            time_in_force: TimeInForce::default(),
            reduce_only: false,
            correlation: CorrelationId::default(),
        };
        self.app.get::<dyn IOrderExecutor>().submit(&order).unwrap();
    }

    fn middle(&self) -> Decimal {
        let platform: &Platform = self.app.get();
        platform.market.market_data(&self.instrument).unwrap().top.middle().unwrap().value()
    }

    /// A second later, a trade at so much of the price of the market; whether it is doubtful.
    fn print(&self, share: Decimal) -> bool {
        let received = self.app.get::<Platform>().clock.now().saturating_add(Duration::from_secs(1));
        let ingested = self.trade(received, self.middle() * share);
        assert!(!ingested.candles.is_empty(), "it begins another second");
        ingested.doubtful
    }

    fn trade(&self, received: Timestamp, price: Decimal) -> Ingested {
        let platform: &Platform = self.app.get();
        platform.clock.advance_to(received);
        self.number.set(self.number.get() + 1);
        let price = Price::new(price.round_dp(2)).unwrap();
        let trade = Trade { time: received, price, ..common::trade(self.number.get(), "1", "1") };
        let event = MarketEvent { instrument: self.instrument.clone(), received, kind: EventKind::Trade(trade) };
        let ingested = platform.market.ingest(&event).unwrap();
        platform.trading.observe(&event, &ingested);
        ingested
    }

    fn mark(&self) -> Price {
        let positions = self.app.get::<dyn IPortfolio>().positions();
        positions.into_iter().find(|view| view.instrument == self.instrument).unwrap().mark
    }

    fn status(&self, id: &str) -> OrderStatus {
        let orders = self.app.get::<dyn IOrderExecutor>().orders();
        orders.into_iter().find(|order| order.request.id.as_str() == id).unwrap().status
    }

    fn criticals(&self) -> Vec<String> {
        let alerts: &dyn IAlertService = self.app.get();
        alerts.alerts(Some(AlertLevel::Critical), 100, None).into_iter().rev().map(|alert| alert.message).collect()
    }
}

#[tokio::test]
async fn one_doubtful_print_values_nothing_and_sets_nothing_off_and_the_one_that_confirms_it_does() {
    let folder = tempfile::tempdir().unwrap();
    let one = Quiet::over(folder.path()).await;
    one.submit("open", Side::Buy, OrderKind::Market);
    assert!(!one.print(dec!(1)));
    assert_eq!(one.status("open"), OrderStatus::Filled);
    let at = |share: Decimal| Price::new((one.middle() * share).round_dp(2)).unwrap();
    one.submit("stop", Side::Sell, OrderKind::Stop { trigger: at(dec!(0.9)) });
    one.submit("limit", Side::Sell, OrderKind::Limit { price: at(dec!(1.2)), post_only: false });
    assert!(!one.print(dec!(1)));
    let before = one.mark();

    let (engine, orchestrator): (&dyn ITradingEngine, &dyn IOrchestrator) = (one.app.get(), one.app.get());
    let guarded = || {
        orchestrator
            .run_once(CorrelationId::default(), true)
            .into_iter()
            .find(|report| report.module == "guard")
            .unwrap()
    };
    for share in [dec!(0.6), dec!(1.5)] {
        assert!(one.print(share), "it is doubtful");
        assert_eq!((one.mark(), engine.ended()), (before, None), "{share}");
        assert_eq!(
            (one.status("stop"), one.status("limit")),
            (OrderStatus::Accepted, OrderStatus::Accepted),
            "{share}"
        );
        assert_eq!(guarded().opportunities, [], "{share}");
    }
    assert!(one.print(dec!(0.6)));
    assert!(!one.print(dec!(0.6)), "it is confirmed");
    assert_eq!(one.status("stop"), OrderStatus::Filled);
}

#[tokio::test]
async fn after_a_restart_a_position_is_valued_as_before_a_doubtful_print() {
    let folder = tempfile::tempdir().unwrap();
    let one = Quiet::over(folder.path()).await;
    one.submit("open", Side::Buy, OrderKind::Market);
    assert!(!one.print(dec!(1)));
    assert!(!one.print(dec!(1)));
    let before = one.mark();
    assert!(one.print(dec!(0.6)));
    assert!(one.print(dec!(1.5)), "the candle of the other one is closed");
    assert_eq!(one.again(folder.path()).mark(), before);
}

#[tokio::test]
async fn after_a_restart_the_first_trade_is_measured_by_the_price_that_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let one = Quiet::over(folder.path()).await;
    one.submit("open", Side::Buy, OrderKind::Market);
    assert!(!one.print(dec!(1)));
    assert!(!one.print(dec!(1)));
    let (before, then) = (one.mark(), one.app.get::<Platform>().clock.now());
    let after = |seconds: u64| then.saturating_add(Duration::from_secs(seconds));
    let doubts = |one: &Quiet, trades: &[(u64, Decimal)]| -> Vec<bool> {
        trades.iter().map(|(at, share)| one.trade(after(*at), before.value() * share).doubtful).collect()
    };

    let one = one.again(folder.path());
    assert_eq!(doubts(&one, &[(60, dec!(0.5))]), [true], "no other trade confirms it");
    assert_eq!((one.mark(), one.app.get::<dyn ITradingEngine>().ended()), (before, None));
    assert_eq!(doubts(&one, &[(61, dec!(1.01))]), [false]);

    // The market has moved while nobody looked: the second trade says so.
    let one = one.again(folder.path());
    assert_eq!(doubts(&one, &[(120, dec!(0.5)), (121, dec!(0.5))]), [true, false]);

    const DAYS: u64 = 2 * 24 * 3_600;
    let one = one.again(folder.path());
    assert_eq!(doubts(&one, &[(DAYS, dec!(1.5)), (DAYS + 1, dec!(1.5))]), [false, false], "an old price says nothing");
}

#[tokio::test]
async fn an_end_of_trading_that_people_were_not_told_of_is_told_by_the_next_process_and_once() {
    let folder = tempfile::tempdir().unwrap();
    let reason = || "the process was killed before it said so".to_owned();
    let told = format!("trading has ended: {}", reason());
    let next = |one: &Quiet| {
        let now = one.app.get::<Platform>().clock.now();
        one.trade(now.saturating_add(Duration::from_secs(1)), dec!(100));
        one.criticals()
    };
    // The end alone is kept, as it is before the alert of it.
    let end = |one: &Quiet| one.app.get::<dyn IStateManager>().append(StateFact::Killed { reason: reason() }).unwrap();
    let one = Quiet::build(folder.path());
    end(&one);
    let one = one.again(folder.path());
    assert_eq!(one.criticals(), [""; 0]);
    assert_eq!(next(&one), [told.as_str()]);
    let one = one.again(folder.path());
    assert_eq!(next(&one), [told.as_str()], "it is kept that they were told");
    // Another end is another alert, even for the same reason.
    one.app.get::<dyn IStateManager>().append(StateFact::Resumed { reason: "seen".to_owned() }).unwrap();
    end(&one);
    let one = one.again(folder.path());
    assert_eq!(next(&one), [told.as_str(), told.as_str()]);
}

#[tokio::test]
async fn whoever_resumes_after_a_loss_begins_peak_and_day_again() {
    let folder = tempfile::tempdir().unwrap();
    let one = Quiet::over(folder.path()).await;
    one.submit("open", Side::Buy, OrderKind::Market);
    assert!(!one.print(dec!(1)));
    one.print(dec!(0.6));
    one.print(dec!(0.6));
    let reason = one.app.get::<dyn ITradingEngine>().ended().unwrap();
    assert!(reason.ends_with("percent of the equity were lost within the day"), "{reason}");
    assert_eq!(one.criticals().first(), Some(&format!("trading has ended: {reason}")), "people are told");
    one.app.get::<dyn IStateManager>().flush().unwrap();
    drop(one);
    let admin = trading_services::store::StoreAdmin::of(folder.path(), &Default::default());
    assert!(admin.resume("the test has seen it").await.unwrap());

    let one = Quiet::build(folder.path());
    let risk: &dyn IRiskManager = one.app.get();
    assert!(!risk.observe(None) && risk.killed().is_none(), "it was {reason}, and is accepted");
    let RiskMetrics { equity, peak, drawdown_percent, daily_loss_percent, .. } = risk.risk_metrics();
    assert_eq!((peak, drawdown_percent, daily_loss_percent), (equity, dec!(0), dec!(0)));
    let (mark, metrics) = (one.mark(), risk.risk_metrics());
    let one = one.again(folder.path());
    let (risk, portfolio): (&dyn IRiskManager, &dyn IPortfolio) = (one.app.get(), one.app.get());
    assert_eq!(risk.risk_metrics(), metrics, "the next process agrees");
    // From there on the limits hold as before.
    portfolio.mark(&one.instrument, Price::new(mark.value() * dec!(0.5)).unwrap());
    assert!(risk.observe(None));
}

#[test]
fn a_run_that_a_limit_ends_says_so_in_its_log_its_lines_and_its_summary() {
    let folder = tempfile::tempdir().unwrap();
    let (summary, log) = (folder.path().join("s.json"), folder.path().join("e.log"));
    let mut command = common::binary(&["--events", "20000", "--speed", "max", "--seed", "42"]);
    command.env("TRADING_RISK__MAX_DRAWDOWN_PERCENT", "0.001").arg("--summary").arg(&summary).arg("--log").arg(&log);
    let (code, printed, stderr) = common::said(&command.output().unwrap());
    assert_eq!(code, 0, "{stderr}");
    let summary: serde_json::Value = serde_json::from_slice(&std::fs::read(summary).unwrap()).unwrap();
    let reason = summary["trading_ended"].as_str().unwrap();
    assert!(reason.starts_with("the equity is ") && reason.ends_with(" percent below its peak"), "{reason}");
    let log = std::fs::read_to_string(log).unwrap();
    let message = format!("trading has ended: {reason}");
    assert_eq!(log.lines().filter(|line| line.contains(" alert ") && line.contains(&message)).count(), 1, "once");
    assert!(printed.contains(&format!(" critical: trading has ended: {reason}")), "{printed}");
    assert!(printed.contains(&format!("  trading     has ended: {reason}")), "{printed}");
    // What is refused from then on is counted, whoever asks, and under its reasons.
    let refused: Vec<_> = log.lines().filter(|line| line.contains(" risk ") && line.contains(" refused: ")).collect();
    let ended = refused.iter().filter(|line| line.contains(&message)).count();
    assert!(ended > 0, "{log}");
    assert_eq!(summary["trading"]["refused"], refused.len());
    assert_eq!(summary["orders_refused"]["trading_ended"], ended);
    assert!(printed.contains(&format!("{ended} refused: trading ended\n")), "{printed}");
}

/// A state that a test holds up, or takes away: then nothing urgent can be kept, and what is not waits for it to come back.
#[derive(Default)]
pub(crate) struct Gated {
    kept: MemoryState,
    is_away: std::sync::atomic::AtomicBool,
    /// What runs while the first of such facts is written.
    meanwhile: Mutex<Option<Meanwhile>>,
}

type Meanwhile = (fn(&StateFact) -> bool, Box<dyn FnOnce() + Send>);

impl Gated {
    /// One that goes on from these facts.
    pub(crate) fn over(facts: Arc<[StateFact]>) -> Self {
        let gated = Self::default();
        facts.iter().for_each(|fact| gated.kept.append(fact.clone()).unwrap());
        gated
    }

    fn is_away(&self) -> bool {
        self.is_away.load(std::sync::atomic::Ordering::SeqCst)
    }

    pub(crate) fn set_away(&self, is_away: bool) {
        self.is_away.store(is_away, std::sync::atomic::Ordering::SeqCst);
    }

    /// Lets something happen while the first of such facts is written.
    pub(crate) fn meanwhile(&self, is_it: fn(&StateFact) -> bool, run: impl FnOnce() + Send + 'static) {
        *self.meanwhile.lock().unwrap() = Some((is_it, Box::new(run)));
    }
}

impl IStateManager for Gated {
    fn append(&self, fact: StateFact) -> Result<(), StateError> {
        let meanwhile = self.meanwhile.lock().unwrap().take_if(|(is_it, _)| is_it(&fact));
        if let Some((_, meanwhile)) = meanwhile {
            meanwhile();
        }
        if self.is_away() && fact.is_urgent() {
            Err(StateError("it is away".to_owned()))
        } else {
            self.kept.append(fact)
        }
    }

    fn facts(&self) -> Result<Arc<[StateFact]>, StateError> {
        self.kept.facts()
    }

    fn has_alert(&self, id: u64) -> Result<bool, StateError> {
        self.kept.has_alert(id)
    }

    fn configurations(&self) -> Result<Vec<KeptConfiguration>, StateError> {
        self.kept.configurations()
    }

    fn switches(&self) -> Result<Vec<ModeSwitch>, StateError> {
        self.kept.switches()
    }

    fn backtests(&self) -> Result<Vec<BacktestJob>, StateError> {
        self.kept.backtests()
    }

    fn backtest_result(&self, id: u64) -> Result<Option<Arc<BacktestResult>>, StateError> {
        self.kept.backtest_result(id)
    }

    fn flush(&self) -> Result<(), StateError> {
        self.kept.flush()
    }

    fn fault(&self) -> Option<String> {
        self.is_away().then(|| "it is away".to_owned())
    }
}

#[test]
fn nobody_waits_for_the_disk_to_hear_that_trading_has_ended() {
    let state = Arc::new(Gated::default());
    let risk = Arc::new(crate::risk::desk_over(Settings::default(), Arc::clone(&state) as _).risk);
    let asked = Arc::clone(&risk);
    let (tell, told) = mpsc::channel();
    state.meanwhile(
        |fact| matches!(fact, StateFact::Killed { .. }),
        move || {
            let (answer, heard) = mpsc::channel();
            std::thread::spawn(move || answer.send(asked.killed()));
            tell.send(heard.recv_timeout(PATIENCE)).unwrap();
        },
    );
    assert!(risk.kill("by the test"));
    assert_eq!(told.recv().unwrap(), Ok(Some("by the test".to_owned())), "before it is kept");
}

#[test]
fn an_end_of_trading_that_could_not_be_kept_is_kept_as_soon_as_the_store_is_back() {
    let state = Arc::new(Gated::default());
    let risk = crate::risk::desk_over(Settings::default(), Arc::clone(&state) as _).risk;
    state.set_away(true);
    assert!(risk.kill("by the test"));
    risk.observe(None);
    let killed = StateFact::Killed { reason: "by the test".to_owned() };
    assert!(risk.fault().is_some() && !state.facts().unwrap().contains(&killed));
    state.set_away(false);
    risk.observe(None);
    assert!(risk.fault().is_none() && state.facts().unwrap().contains(&killed), "nobody has pressed the switch again");
}
