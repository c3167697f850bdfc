//! The price of the page's viewers for the pipeline, in work that is counted: they add nothing to what a message takes.

#![expect(clippy::unwrap_used, reason = "a test may unwrap: its failure is the message")]

use std::alloc::System;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use di_core::dependency::Many;
use di_core::events::{Bus, Topic};
use di_core::health::{HealthChanged, ServiceUnhealthy};
use di_core::lifecycle::Application;
use di_core::prelude::*;
use di_core::{container, service};
use futures::{SinkExt, StreamExt};
use stats_alloc::{INSTRUMENTED_SYSTEM, Stats, StatsAlloc};
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;
// The override repeats the fields of its original: the names of their types have to be in scope.
use trading_services::prelude::*;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const VIEWERS: usize = 200;

/// At fifty a second, eight times as fast as they are written.
const MESSAGES: usize = 1_000;

/// What had been asked for when the pipeline began with its message.
static BEGUN: Mutex<Option<Stats>> = Mutex::new(None);

/// What each message has cost, in its order: how often memory was asked for, and how much of it.
static COSTS: Mutex<Vec<(usize, usize)>> = Mutex::new(Vec::new());

/// All venues: the pipeline says first of all that one of them has sent something.
#[derive(Debug)]
struct MarkingManager(ExchangeManager);

#[service(provides = IExchangeManager)]
impl MarkingManager {
    #[constructor]
    fn new(
        config: Arc<dyn IConfigService>,
        clock: Arc<dyn IClock>,
        venues: Many<dyn IExchange>,
    ) -> Result<Self, ExchangeError> {
        ExchangeManager::new(config, clock, venues).map(Self)
    }
}

impl IExchangeManager for MarkingManager {
    fn available_exchanges(&self) -> Vec<&'static str> {
        self.0.available_exchanges()
    }

    fn exchange_status(&self, name: Option<&str>) -> Result<Vec<ExchangeStatus>, ExchangeError> {
        self.0.exchange_status(name)
    }

    fn primary(&self) -> Result<Arc<dyn IExchange>, ExchangeError> {
        self.0.primary()
    }

    fn exchange(&self, name: &str) -> Result<Arc<dyn IExchange>, ExchangeError> {
        self.0.exchange(name)
    }

    fn record_heartbeat(&self, name: &str) {
        self.0.record_heartbeat(name);
        *BEGUN.lock().unwrap() = Some(ALLOCATOR.stats());
    }

    fn record_error(&self, name: &str) {
        self.0.record_error(name);
    }
}

/// Is told of a message when the pipeline is done with it; no other task of this thread has run meanwhile.
#[service(provides = IRunObserver)]
struct Counter;

impl IRunObserver for Counter {
    fn event(&self, _: &MarketEvent, _: &Ingested) -> io::Result<()> {
        let now = ALLOCATOR.stats();
        if let Some(begun) = BEGUN.lock().unwrap().take() {
            let since = now - begun;
            COSTS.lock().unwrap().push((since.allocations + since.reallocations, since.bytes_allocated));
        }
        Ok(())
    }

    fn progress(&self, _: &Summary) -> io::Result<()> {
        Ok(())
    }
}

#[container(from = TradingApp, replace(exchange = MarkingManager, observer = Counter))]
struct CountedApp;

/// What a viewer of the market view looks at.
const TOPICS: &str = r#"{"v":1,"subscribe":{"overview":0,"equity":0,"orders":0,"fills":0,"signals":0,"alerts":0,
    "strategies":0,"market:simulated:BTCUSDT":0,"trades:simulated:BTCUSDT":0,"candles:simulated:BTCUSDT:1s":0}}"#;

/// Runs with so many viewers, all in one thread: the cost of each message, and how many messages the viewers got.
fn run(viewers: usize) -> (Vec<(usize, usize)>, u64) {
    *COSTS.lock().unwrap() = Vec::with_capacity(2 * MESSAGES);
    let mut settings = Settings::default();
    settings.http.address = Some(([127, 0, 0, 1], 0).into());
    settings.simulation.events_per_second = 50;
    (settings.run.speed, settings.run.events) = (Speed::Times(8.0), Some(MESSAGES as u64));
    let got = Arc::new(AtomicU64::new(0));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let app = CountedApp::build(CountedAppInputs { settings: Arc::new(settings) }).unwrap();
        let application = Application::of(&app);
        application.start().await.unwrap();
        let address = app.get::<HttpServer>().address().unwrap();
        for _ in 0..viewers {
            let got = Arc::clone(&got);
            tokio::spawn(async move {
                let (mut socket, _) = connect_async(format!("ws://{address}/api/v1/live")).await.unwrap();
                socket.send(Message::text(TOPICS)).await.unwrap();
                while let Some(Ok(Message::Text(_) | Message::Ping(_))) = socket.next().await {
                    got.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        application.finished().await.unwrap();
    });
    runtime.shutdown_timeout(Duration::from_secs(5));
    (std::mem::take(&mut COSTS.lock().unwrap()), got.load(Ordering::Relaxed))
}

fn p99(costs: &[(usize, usize)], of: impl Fn(&(usize, usize)) -> usize) -> usize {
    let mut sorted: Vec<_> = costs.iter().map(of).collect();
    sorted.sort_unstable();
    sorted[sorted.len() * 99 / 100]
}

// One test: the allocator counts for the whole process.
#[test]
fn two_hundred_viewers_add_nothing_to_the_work_of_a_message() {
    // What is made once in a process is made here.
    run(1);
    let ((alone, _), (watched, got)) = (run(0), run(VIEWERS));
    // The same seed, the same messages; the first few are about no market.
    assert!(alone.len() + 10 > MESSAGES && alone.len() == watched.len(), "{} and {}", alone.len(), watched.len());
    assert!(got > 10 * VIEWERS as u64, "{got} messages for {VIEWERS} viewers");
    for (what, of) in
        [("calls", (|cost: &(usize, usize)| cost.0) as fn(&(usize, usize)) -> usize), ("bytes", |cost| cost.1)]
    {
        let sum = |costs: &[(usize, usize)]| costs.iter().map(of).sum::<usize>();
        let (before, after) = ((sum(&alone), p99(&alone, of)), (sum(&watched), p99(&watched, of)));
        let is_same = |before: usize, after: usize| after * 10 <= before * 11;
        assert!(
            is_same(before.0, after.0) && is_same(before.1, after.1),
            "{what}, sum and p99: {before:?}, then {after:?}"
        );
    }
}
