//! The end of trading, while something else happens.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use di_core::events::{Bus, Topic};
use di_core::health::{HealthChanged, ServiceUnhealthy};
use di_core::lifecycle::Application;
use di_core::prelude::*;
use di_core::{container, service};
use rust_decimal::dec;
// The overrides repeat the fields of their originals: the names of their types have to be in scope.
use trading_services::prelude::*;

use crate::common;

/// How long to wait for what happens at once.
const PATIENCE: Duration = Duration::from_secs(30);

/// What happens within a call of the executor.
type Interruption = Mutex<Option<Box<dyn FnOnce() + Send>>>;

static BEFORE_SUBMIT: Interruption = Mutex::new(None);
static BEFORE_CANCEL: Interruption = Mutex::new(None);
/// Fills that wait to be kept.
static UNTOLD: Mutex<Option<Fill>> = Mutex::new(None);
/// How often orders that have ended were looked through.
static ASKED: AtomicUsize = AtomicUsize::new(0);
/// The tests that interrupt have their turn one after the other.
static TURN: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

fn interrupt(interruption: &Interruption) {
    let interruption = interruption.lock().unwrap().take();
    if let Some(interruption) = interruption {
        interruption();
    }
}

/// An executor that a test interrupts.
struct Interrupted(PaperExecutor);

#[service(provides = IOrderExecutor)]
impl Interrupted {
    #[constructor]
    fn new(
        config: Arc<dyn IConfigService>,
        clock: Arc<dyn IClock>,
        portfolio: Arc<dyn IPortfolio>,
        market: Arc<dyn IMarketDataService>,
        kept: Arc<dyn IStateManager>,
        changed: Arc<Topic<Order>>,
        filled: Arc<Topic<Fill>>,
    ) -> Result<Self, StateError> {
        PaperExecutor::new(config, clock, portfolio, market, kept, changed, filled).map(Self)
    }
}

impl IOrderExecutor for Interrupted {
    fn submit(&self, request: &OrderRequest) -> Result<Order, OrderError> {
        interrupt(&BEFORE_SUBMIT);
        self.0.submit(request)
    }

    fn cancel(&self, id: &OrderId, reason: &str) -> Result<Order, OrderError> {
        interrupt(&BEFORE_CANCEL);
        self.0.cancel(id, reason)
    }

    fn orders(&self) -> Vec<Order> {
        ASKED.fetch_add(1, Ordering::Relaxed);
        self.0.orders()
    }

    fn latest_orders(&self, limit: usize, offset: usize) -> Latest<Order> {
        self.0.latest_orders(limit, offset)
    }

    fn last_order(&self, is_wanted: &dyn Fn(&OrderRequest) -> bool) -> Option<Order> {
        ASKED.fetch_add(1, Ordering::Relaxed);
        self.0.last_order(is_wanted)
    }

    fn open_orders(&self) -> Vec<Order> {
        self.0.open_orders()
    }

    fn fills(&self) -> Vec<Fill> {
        self.0.fills()
    }

    fn latest_fills(&self, limit: usize, offset: usize) -> Latest<Fill> {
        self.0.latest_fills(limit, offset)
    }

    fn is_waiting(&self, instrument: &InstrumentId) -> bool {
        self.0.is_waiting(instrument)
    }

    fn held(&self, instrument: &InstrumentId) -> rust_decimal::Decimal {
        let untold = UNTOLD.lock().unwrap();
        let untold = untold.as_ref().filter(|fill| fill.instrument == *instrument).map(Fill::signed_quantity);
        self.0.held(instrument) + untold.unwrap_or_default()
    }

    fn has_untold(&self, instrument: &InstrumentId) -> bool {
        self.0.has_untold(instrument)
    }

    fn observe(&self, instrument: &InstrumentId, time: Timestamp, tick: MarketTick<'_>) {
        self.0.observe(instrument, time, tick);
    }
}

#[container(from = DeskModule, replace(executor = Interrupted))]
struct InterruptedDesk;

#[container(from = TradingApp, replace(desk = InterruptedDesk))]
struct InterruptedApp;

/// A run without trades that is over, with a crypto module that is sure of everything.
async fn app(change: impl FnOnce(&mut Settings)) -> InterruptedApp {
    let mut settings = common::settings();
    (settings.run.speed, settings.run.events) = (Speed::Max, Some(20_000));
    settings.signals.crossover.mode = StrategyMode::Off;
    settings.signals.breakout.mode = StrategyMode::Off;
    // A test asks the modules itself.
    settings.modules.every = Duration::ZERO;
    settings.modules.asia_confidence = dec!(50);
    settings.modules.europe_confidence = dec!(50);
    settings.modules.us_confidence = dec!(50);
    change(&mut settings);
    let app = InterruptedApp::build(InterruptedAppInputs { settings: Arc::new(settings) }).unwrap();
    common::play(Application::of(&app), app.get()).await;
    app
}

fn instrument() -> InstrumentId {
    "simulated:BTCUSDT".parse().unwrap()
}

fn order(id: &str, kind: OrderKind) -> OrderRequest {
    OrderRequest {
        id: id.parse().unwrap(),
        instrument: instrument(),
        side: Side::Buy,
        quantity: "1".parse().unwrap(),
        kind,
        time_in_force: TimeInForce::default(),
        reduce_only: false,
        correlation: CorrelationId::default(),
    }
}

fn far_limit(id: &str) -> OrderRequest {
    order(id, OrderKind::Limit { price: "1".parse().unwrap(), post_only: false })
}

fn press_before_submit(app: &InterruptedApp) {
    let trading = Arc::clone(&app.get::<Platform>().trading);
    *BEFORE_SUBMIT.lock().unwrap() = Some(Box::new(move || trading.halt("by the test")));
}

/// The engine sees a message that closes a candle.
fn look(app: &InterruptedApp) {
    let received = app.get::<Platform>().clock.now();
    let kind = EventKind::Trade(Trade { time: received, ..common::trade(0, "600", "1") });
    let candle = Candle::flat(received, "600".parse().unwrap());
    let ingested = Ingested { candles: vec![(Timeframe::S1, candle)], ..Ingested::default() };
    let event = MarketEvent { instrument: "simulated:ETHUSDT".parse().unwrap(), received, kind };
    app.get::<Platform>().trading.observe(&event, &ingested);
}

fn later(app: &InterruptedApp, seconds: u64) {
    let clock = &app.get::<Platform>().clock;
    clock.advance_to(clock.now().saturating_add(Duration::from_secs(seconds)));
}

/// What people were told that could not be done.
fn criticals(app: &InterruptedApp) -> Vec<String> {
    let alerts = app.get::<Platform>().alerts.alerts(Some(AlertLevel::Critical), 100, None);
    alerts.into_iter().rev().filter(|alert| alert.rule == "kill-switch").map(|alert| alert.message).collect()
}

#[tokio::test]
async fn an_order_that_the_kill_switch_overtakes_is_cancelled() {
    let _turn = TURN.lock().await;
    let app = app(|_| {}).await;
    let (platform, executor): (&Platform, &dyn IOrderExecutor) = (app.get(), app.get());
    let signal = Signal {
        id: 1,
        time: platform.clock.now(),
        correlation: CorrelationId::default(),
        instrument: instrument(),
        timeframe: Timeframe::S1,
        bar: platform.clock.now(),
        direction: Direction::Long,
        price: platform.market.market_data(&instrument()).unwrap().top.middle().unwrap(),
        doubtful: false,
        reasons: Vec::new(),
    };
    press_before_submit(&app);
    let decision = platform.trading.execute_trade(&signal);
    let TradeDecision::Refused(answer) = &decision else { panic!("{decision:?}") };
    assert_eq!(answer.reasons, [RiskReason::Killed("by the test".to_owned())]);
    let orders = executor.orders();
    assert_eq!((orders.len(), orders[0].status, executor.open_orders()), (1, OrderStatus::Cancelled, vec![]));
    assert_eq!(platform.trading.performance_metrics().unwrap().refused, 1, "it is counted");
}

#[tokio::test]
async fn what_a_fill_that_waits_to_be_kept_has_bought_is_closed() {
    let _turn = TURN.lock().await;
    let app = app(|_| {}).await;
    let (platform, executor): (&Platform, &dyn IOrderExecutor) = (app.get(), app.get());
    executor.submit(&far_limit("waits")).unwrap();
    *UNTOLD.lock().unwrap() = Some(common::fill(1, &instrument(), dec!(2), dec!(1)));
    platform.trading.flatten();
    *UNTOLD.lock().unwrap() = None;
    let last = executor.orders().pop().unwrap().request;
    assert_eq!((last.id.as_str(), &last.instrument), ("flatten-1-0", &instrument()));
    assert_eq!((last.side, last.quantity.value(), last.reduce_only), (Side::Sell, dec!(2), true));
}

#[tokio::test]
async fn an_order_of_a_module_that_the_kill_switch_overtakes_is_cancelled() {
    let _turn = TURN.lock().await;
    let app = app(|_| {}).await;
    let executor: &dyn IOrderExecutor = app.get();
    press_before_submit(&app);
    let reports = app.get::<dyn IOrchestrator>().run_once(CorrelationId::default(), false);
    let trades = &reports[0].trades;
    assert!(!trades.is_empty());
    for trade in trades {
        let ModuleOutcome::Refused(answer) = &trade.outcome else { panic!("{trade:?}") };
        assert!(answer.reasons.contains(&RiskReason::Killed("by the test".to_owned())), "{answer:?}");
    }
    let orders = executor.orders();
    assert_eq!((orders.len(), orders[0].status, executor.open_orders()), (1, OrderStatus::Cancelled, vec![]));
}

#[tokio::test]
async fn nobody_waits_while_the_kill_switch_waits_for_a_disk_and_nobody_is_told_of_what_is_under_way() {
    let _turn = TURN.lock().await;
    let app = Arc::new(app(|_| {}).await);
    let executor: &dyn IOrderExecutor = (*app).get();
    executor.submit(&far_limit("waits")).unwrap();
    let ((reached, has_reached), (go_on, may_go_on)) = (mpsc::channel(), mpsc::channel());
    *BEFORE_CANCEL.lock().unwrap() = Some(Box::new(move || {
        reached.send(()).unwrap();
        may_go_on.recv_timeout(2 * PATIENCE).unwrap();
    }));
    let trading = Arc::clone(&(*app).get::<Platform>().trading);
    let halting = std::thread::spawn(move || trading.halt("by the test"));
    has_reached.recv_timeout(PATIENCE).unwrap();

    let (looked, has_looked) = mpsc::channel();
    let asked = Arc::clone(&app);
    let looking = std::thread::spawn(move || {
        look(&asked);
        looked.send((*asked).get::<Platform>().trading.troubles()).unwrap();
    });
    let troubles = has_looked.recv_timeout(PATIENCE);
    go_on.send(()).unwrap();
    assert_eq!((troubles, criticals(&app)), (Ok(vec![]), vec![]));
    halting.join().unwrap();
    looking.join().unwrap();
    assert_eq!((executor.open_orders(), (*app).get::<Platform>().trading.troubles()), (vec![], vec![]));
}

#[tokio::test]
async fn as_long_as_nothing_was_to_be_done_nobody_asks_for_all_orders() {
    let _turn = TURN.lock().await;
    let app = app(|_| {}).await;
    let trading = &app.get::<Platform>().trading;
    let before = ASKED.load(Ordering::Relaxed);
    assert_eq!(trading.troubles(), [""; 0]);
    assert_eq!(ASKED.load(Ordering::Relaxed), before);
    // Also after trading has ended, as long as nothing is held.
    app.get::<dyn IRiskManager>().kill("by the test");
    assert_eq!(trading.troubles(), [""; 0]);
    assert_eq!(ASKED.load(Ordering::Relaxed), before);
}

#[tokio::test]
async fn an_open_order_is_a_trouble_after_the_end_of_trading_and_is_cancelled_before_it_meets_the_market() {
    let _turn = TURN.lock().await;
    let app = app(|_| {}).await;
    let (platform, executor): (&Platform, &dyn IOrderExecutor) = (app.get(), app.get());
    executor.submit(&order("open", OrderKind::Market)).unwrap();
    app.get::<dyn IRiskManager>().kill("by the test");
    assert_eq!(
        platform.trading.troubles(),
        ["the order open of simulated:BTCUSDT is open, which was to be cancelled: nobody has cancelled it"]
    );
    later(&app, 1);
    look(&app);
    assert_eq!((executor.open_orders(), executor.fills(), platform.trading.troubles()), (vec![], vec![], vec![]));
}

#[cfg(feature = "store")]
#[tokio::test]
async fn troubles_of_one_instrument_are_one_alert_and_what_the_cool_down_holds_back_is_told_after_it() {
    let _turn = TURN.lock().await;
    let folder = tempfile::tempdir().unwrap();
    let app = app(|settings| {
        settings.store.folder = Some(trading_services::store::Location::Folder(folder.path().to_owned()));
        settings.alerts.cool_down = Duration::from_secs(3_600);
    })
    .await;
    let (platform, executor): (&Platform, &dyn IOrderExecutor) = (app.get(), app.get());
    let trading = &platform.trading;
    executor.submit(&order("held", OrderKind::Market)).unwrap();
    later(&app, 1);
    let depth = platform.market.depth(&instrument(), 1_000).unwrap().unwrap();
    executor.observe(&instrument(), platform.clock.now(), MarketTick::Book(&depth));
    executor.submit(&far_limit("waits")).unwrap();
    app.get::<dyn IStateManager>().flush().unwrap();

    let (here, away) = (folder.path().join("state.db"), folder.path().join("away.db"));
    std::fs::rename(&here, &away).unwrap();
    trading.halt("by the test");
    let troubles = trading.troubles();
    let [fault, open, held] = &troubles[..] else { panic!("{troubles:?}") };
    assert!(open.starts_with("the order waits of simulated:BTCUSDT is open, "), "{open}");
    assert!(held.starts_with("1 of simulated:BTCUSDT stay held, "), "{held}");
    let both = [held.as_str(), open.as_str()];
    let told = criticals(&app);
    let is_both = |message: &String| both.iter().all(|text| message.contains(text));
    assert!(told.len() == 2 && told.contains(fault) && told.iter().any(is_both), "{told:?}");

    std::fs::rename(&away, &here).unwrap();
    app.get::<dyn IStateManager>().flush().unwrap();
    trading.halt("again");
    assert_eq!(trading.troubles(), [""; 0]);
    later(&app, 60);
    look(&app);
    let [waits] = &trading.troubles()[..] else { panic!("{:?}", trading.troubles()) };
    assert!(waits.contains(" waits since "), "{waits}");
    assert_eq!(criticals(&app).len(), 2, "the cool-down holds it back");
    later(&app, 3_600);
    look(&app);
    look(&app);
    assert_eq!(criticals(&app)[2..], *std::slice::from_ref(waits), "told once");
}
