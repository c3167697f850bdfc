//! A slow venue, which holds up nobody, on a runtime of one thread.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use di_core::events::{Bus, Topic};
use di_core::health::{HealthChanged, ServiceUnhealthy};
use di_core::lifecycle::Application;
use di_core::{container, interface, service};
use futures::stream::BoxStream;
use futures::{StreamExt, stream};
use trading_services::prelude::*;

use crate::common;

/// A venue that answers after a second, and sends a message every tenth of one.
#[service(provides = IExchange)]
struct Slow;

impl Slow {
    async fn second() {
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

#[interface]
impl IExchange for Slow {
    fn name(&self) -> &'static str {
        "simulated"
    }

    async fn instruments(&self) -> Result<Vec<Instrument>, ExchangeError> {
        Self::second().await;
        Ok(Vec::new())
    }

    async fn check_connection(&self) -> Result<(), ExchangeError> {
        Self::second().await;
        Ok(())
    }

    async fn order_book(&self, _: &Symbol) -> Result<BookSnapshot, ExchangeError> {
        Self::second().await;
        Ok(common::snapshot(20, "100", "101"))
    }

    async fn subscribe(&self, symbols: &[Symbol]) -> Result<EventStream, ExchangeError> {
        self.open(symbols).await
    }
}

impl TypedVenue for Slow {
    type Stream = BoxStream<'static, Result<MarketEvent, ExchangeError>>;

    async fn open(&self, _: &[Symbol]) -> Result<Self::Stream, ExchangeError> {
        Self::second().await;
        let begin =
            [EventKind::Snapshot(common::snapshot(5, "98", "99")), EventKind::Diff(common::diff(15, 20, "100"))];
        let trades = (3..23).map(|second| EventKind::Trade(common::trade(second, "100", "1")));
        let script = begin.into_iter().chain(trades).enumerate();
        let paced = stream::iter(script).then(|(index, kind)| async move {
            tokio::time::sleep(Duration::from_millis(100)).await;
            Ok(common::event(index as u64 + 1, kind))
        });
        Ok(paced.boxed())
    }
}

/// Who looks on, and remembers the kinds of events.
#[service(provides = IRunObserver)]
struct Witness {
    #[inject(default)]
    kinds: Mutex<Vec<&'static str>>,
}

impl IRunObserver for Witness {
    fn event(&self, event: &MarketEvent, _: &Ingested) -> std::io::Result<()> {
        self.kinds.lock().unwrap().push(event.kind.as_str());
        Ok(())
    }

    fn progress(&self, _: &Summary) -> std::io::Result<()> {
        Ok(())
    }
}

#[container(from = TradingApp, replace(
    simulated = Slow,
    limited_simulated = RateLimited<Slow>,
    retrying_simulated = Retrying<RateLimited<Slow>>,
    simulated_book = VenueBook<Retrying<RateLimited<Slow>>>,
    observer = Witness,
))]
struct SlowApp;

#[tokio::test(flavor = "current_thread", start_paused = true)]
async fn while_a_snapshot_is_fetched_messages_go_on_and_so_does_everybody_else() {
    let mut settings = common::settings();
    (settings.run.speed, settings.simulation.start) = (Speed::Max, Timestamp::default());
    let app = SlowApp::build(SlowAppInputs { settings: Arc::new(settings) }).unwrap();
    let ticks = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&ticks);
    let ticking = tokio::spawn(async move {
        loop {
            tokio::time::sleep(Duration::from_millis(10)).await;
            count.fetch_add(1, Ordering::Relaxed);
        }
    });
    let summary = common::play(Application::of(&app), app.get()).await;
    ticking.abort();
    assert_eq!((summary.gaps, summary.resyncs, summary.trades), (1, 1, 20));
    let kinds = app.get::<Witness>().kinds.lock().unwrap().clone();
    assert_eq!(kinds[..2], ["snapshot", "diff"]);
    let healed = 2 + kinds[2..].iter().position(|kind| *kind == "snapshot").unwrap();
    assert!((8..=14).contains(&(healed - 2)), "trades went on for the second that the book took: {kinds:?}");
    assert!(ticks.load(Ordering::Relaxed) > 250, "another task ran all the while");
}
