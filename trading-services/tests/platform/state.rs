//! A second container over the same state, with its orders, positions and limits.

use std::sync::{Arc, OnceLock};

use di_core::events::{Bus, Topic};
use di_core::health::{HealthChanged, ServiceUnhealthy};
use di_core::lifecycle::Application;
use di_core::prelude::*;
use di_core::{container, service};
// The override repeats the fields of its original: the names of their types have to be in scope.
use trading_services::prelude::*;

use crate::common;

/// The state of all containers of this file.
static STATE: OnceLock<MemoryState> = OnceLock::new();

/// The same state in each container.
#[derive(Debug)]
struct SharedState(MemoryState);

#[service(provides = IStateManager)]
impl SharedState {
    #[constructor]
    fn new() -> Self {
        Self(STATE.get_or_init(MemoryState::default).clone())
    }
}

impl IStateManager for SharedState {
    fn append(&self, fact: StateFact) -> Result<(), StateError> {
        self.0.append(fact)
    }

    fn facts(&self) -> Result<Arc<[StateFact]>, StateError> {
        self.0.facts()
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

#[container(from = TradingApp, replace(state = SharedState))]
struct LastingApp;

fn build() -> LastingApp {
    let mut settings = common::settings();
    (settings.run.speed, settings.run.events) = (Speed::Max, Some(20_000));
    LastingApp::build(LastingAppInputs { settings: Arc::new(settings) }).unwrap()
}

/// What has to outlive a container.
#[derive(Debug, PartialEq)]
struct Kept {
    orders: Vec<Order>,
    fills: Vec<Fill>,
    held: Vec<(InstrumentId, Position)>,
    equity: rust_decimal::Decimal,
    trips: Vec<RoundTrip>,
    killed: Option<String>,
    peak: rust_decimal::Decimal,
}

fn kept(app: &LastingApp) -> Kept {
    let (executor, portfolio, risk): (&dyn IOrderExecutor, &dyn IPortfolio, &dyn IRiskManager) =
        (app.get(), app.get(), app.get());
    // At the last fills: the marks are the market's, and are not kept.
    let cash = portfolio.balances().into_values().sum();
    let held = portfolio.positions().into_iter().map(|view| (view.instrument, view.position)).collect();
    Kept {
        orders: executor.orders(),
        fills: executor.fills(),
        held,
        equity: cash,
        trips: portfolio.round_trips(),
        killed: risk.killed(),
        peak: risk.risk_metrics().peak,
    }
}

#[tokio::test]
async fn a_second_container_over_the_same_state_goes_on_with_orders_positions_and_limits() {
    let first = build();
    common::play(Application::of(&first), first.get()).await;
    let limit = OrderRequest {
        id: "waits".parse().unwrap(),
        instrument: "simulated:BTCUSDT".parse().unwrap(),
        side: Side::Buy,
        quantity: "1".parse().unwrap(),
        kind: OrderKind::Limit { price: "10".parse().unwrap(), post_only: false },
        time_in_force: TimeInForce::default(),
        reduce_only: false,
        correlation: CorrelationId::default(),
    };
    first.get::<dyn IOrderExecutor>().submit(&limit).unwrap();
    first.get::<dyn IRiskManager>().kill("by the test");
    let before = kept(&first);
    assert!(before.fills.len() > 5 && before.killed.is_some());
    let last = first.get::<dyn ISignalService>().history(None, 1)[0].id;
    drop(first);

    let second = build();
    assert_eq!(kept(&second), before);
    let executor: &dyn IOrderExecutor = second.get();
    assert!(executor.is_waiting(&limit.instrument));
    assert_eq!(executor.submit(&limit).unwrap().status, OrderStatus::Submitted, "the same order is the same one");
    assert_eq!(executor.orders().len(), before.orders.len());

    // It goes on: nothing is ordered, for trading has ended, and names are not given again.
    common::play(Application::of(&second), second.get()).await;
    let signals: &dyn ISignalService = second.get();
    let given = signals.history(None, usize::MAX);
    assert!(given.is_sorted_by(|newer, older| newer.id > older.id), "{given:?}");
    assert!(given[0].id > last, "{last}, then {:?}", given[0]);
    assert!(executor.orders().len() >= before.orders.len());
}
