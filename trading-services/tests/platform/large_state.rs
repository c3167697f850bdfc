//! A platform that has traded for years: what people ask it for costs as little as on its first day.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use di_core::events::{Bus, Topic};
use di_core::health::{HealthChanged, ServiceUnhealthy};
use di_core::lifecycle::Application;
use di_core::prelude::*;
use di_core::{container, service};
use rust_decimal::dec;
// The override repeats the fields of its original: the names of their types have to be in scope.
use trading_services::prelude::*;

use crate::common;

/// So many orders, each filled by one fill, and every second one closes what the one before it has opened.
const ORDERS: u64 = 300_000;

/// How long a person may wait for an answer.
const PATIENCE: Duration = Duration::from_millis(100);

/// How many orders the next platform has behind it.
static BEHIND: AtomicU64 = AtomicU64::new(0);

/// A state with that many orders behind it.
#[derive(Debug, Default)]
struct LongState(MemoryState);

#[service(provides = IStateManager)]
impl LongState {
    #[constructor]
    fn new() -> Self {
        Self::default()
    }
}

impl IStateManager for LongState {
    fn append(&self, fact: StateFact) -> Result<(), StateError> {
        self.0.append(fact)
    }

    fn facts(&self) -> Result<Arc<[StateFact]>, StateError> {
        Ok((0..BEHIND.load(Ordering::Relaxed)).flat_map(traded).collect())
    }

    fn has_alert(&self, id: u64) -> Result<bool, StateError> {
        self.0.has_alert(id)
    }

    fn configurations(&self) -> Result<Vec<KeptConfiguration>, StateError> {
        self.0.configurations()
    }

    fn switches(&self) -> Result<Vec<ModeSwitch>, StateError> {
        self.0.switches()
    }

    fn backtests(&self) -> Result<Vec<BacktestJob>, StateError> {
        self.0.backtests()
    }

    fn backtest_result(&self, id: u64) -> Result<Option<Arc<BacktestResult>>, StateError> {
        self.0.backtest_result(id)
    }

    fn flush(&self) -> Result<(), StateError> {
        self.0.flush()
    }

    fn fault(&self) -> Option<String> {
        self.0.fault()
    }
}

/// An order and its fill: bought at 100, sold at 101 half of the time and at 99 the other half.
fn traded(number: u64) -> [StateFact; 2] {
    let (instrument, correlation) = (common::btc_id(), CorrelationId(number));
    let (side, price) = match number % 4 {
        0 | 2 => (Side::Buy, "100"),
        1 => (Side::Sell, "101"),
        _ => (Side::Sell, "99"),
    };
    let (id, quantity, time): (OrderId, Quantity, _) =
        (format!("kept-{number}").parse().unwrap(), "1".parse().unwrap(), Timestamp::from_nanos(number + 1));
    let currency: Currency = "USDT".parse().unwrap();
    let request = OrderRequest {
        id: id.clone(),
        instrument: instrument.clone(),
        side,
        quantity,
        kind: OrderKind::Market,
        time_in_force: TimeInForce::default(),
        reduce_only: false,
        correlation,
    };
    let fill = Fill {
        id: format!("fill-{number}").into(),
        order: id.clone(),
        instrument,
        side,
        quantity,
        price: price.parse().unwrap(),
        currency: currency.clone(),
        fee: dec!(0),
        fee_currency: currency,
        liquidity: Liquidity::Taker,
        time,
        correlation,
    };
    let event = Box::new(OrderEvent::Filled(fill));
    [StateFact::Submitted { request: Box::new(request), time }, StateFact::Reported { order: id, event, time }]
}

#[container(from = TradingApp, replace(state = LongState))]
struct LongApp;

/// A platform that has read some messages, with so many orders behind it.
async fn app(behind: u64) -> LongApp {
    BEHIND.store(behind, Ordering::Relaxed);
    let mut settings = common::settings();
    (settings.run.speed, settings.run.events) = (Speed::Max, Some(2_000));
    let app = LongApp::build(LongAppInputs { settings: Arc::new(settings) }).unwrap();
    common::play(Application::of(&app), app.get()).await;
    app
}

/// The fastest of several: what else the machine does is not what is measured.
fn best(mut ask: impl FnMut()) -> Duration {
    let took = (0..5).map(|_| {
        let begin = Instant::now();
        ask();
        begin.elapsed()
    });
    took.min().unwrap()
}

/// How long each of the answers takes that people and the page ask for.
fn answers(app: &LongApp) -> Vec<(&'static str, Duration)> {
    let (dashboard, monitor): (&dyn IDashboardService, &dyn IMonitoringService) = (app.get(), app.get());
    let (executor, portfolio): (&dyn IOrderExecutor, &dyn IPortfolio) = (app.get(), app.get());
    let trading: &dyn ITradingEngine = app.get();
    vec![
        ("update_cache", best(|| drop(dashboard.update_cache()))),
        ("dashboard_data", best(|| drop(dashboard.dashboard_data()))),
        ("monitoring_data", best(|| drop(monitor.monitoring_data(None).unwrap()))),
        ("monitoring_status", best(|| drop(monitor.monitoring_status()))),
        ("performance_metrics", best(|| drop(trading.performance_metrics()))),
        ("a page of orders", best(|| drop(executor.latest_orders(500, 1_000)))),
        ("a page of fills", best(|| drop(executor.latest_fills(500, 1_000)))),
        ("a page of round trips", best(|| drop(portfolio.latest_round_trips(500, 1_000)))),
        ("a page of the curve", best(|| drop(portfolio.latest_equity(500, 1_000)))),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn with_three_hundred_thousand_orders_and_fills_each_answer_comes_as_fast_as_with_a_few() {
    let few = answers(&app(2_000).await);
    let app = app(ORDERS).await;
    let performance = app.get::<dyn ITradingEngine>().performance_metrics().unwrap();
    assert!(performance.orders >= ORDERS && performance.fills >= ORDERS, "{performance:?}");
    assert!(performance.round_trips >= ORDERS / 2 && performance.won >= ORDERS / 4, "{performance:?}");
    for ((name, few), (_, many)) in few.into_iter().zip(answers(&app)) {
        assert!(many < PATIENCE, "{name}: {many:?}");
        // What takes no time at all has no ratio.
        assert!(many < few * 10 + Duration::from_millis(5), "{name}: {few:?} with a few, {many:?} with many");
    }
    // Pages reach the first of all, and the newest are first.
    let executor: &dyn IOrderExecutor = app.get();
    let all = executor.latest_orders(1, 0);
    let first = executor.latest_orders(10, all.total - 1);
    assert_eq!((first.items.len(), first.items[0].request.id.as_str()), (1, "kept-0"));
    assert!(all.items[0].submitted > first.items[0].submitted, "{all:?}");
}
