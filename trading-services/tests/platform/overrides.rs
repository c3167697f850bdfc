//! Parts of the platform replaced in a test.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use di_core::events::{Bus, Topic};
use di_core::health::{HealthChanged, ServiceUnhealthy};
use di_core::lifecycle::Application;
use di_core::{container, interface, service};
use futures::{StreamExt, stream};
// The override repeats the fields of its original: the names of their types have to be in scope.
use trading_services::prelude::*;

use crate::common;

/// A venue that says what a test wants, and is asleep the first two times that it is asked for something.
#[service(provides = IExchange)]
struct Scripted {
    #[inject(default)]
    asked: AtomicU32,
}

impl Scripted {
    fn answer<T>(&self, answer: T) -> Result<T, ExchangeError> {
        if self.asked.fetch_add(1, Ordering::Relaxed) < 2 {
            return Err(ExchangeError::Unavailable { exchange: "scripted", reason: "asleep".to_owned() });
        }
        Ok(answer)
    }
}

#[interface]
impl IExchange for Scripted {
    fn name(&self) -> &'static str {
        // Under the name by which the configuration prefers it.
        "simulated"
    }

    async fn instruments(&self) -> Result<Vec<Instrument>, ExchangeError> {
        self.answer(Vec::new())
    }

    async fn check_connection(&self) -> Result<(), ExchangeError> {
        self.answer(())
    }

    async fn order_book(&self, _: &Symbol) -> Result<BookSnapshot, ExchangeError> {
        self.answer(common::snapshot(20, "100", "101"))
    }

    async fn subscribe(&self, symbols: &[Symbol]) -> Result<EventStream, ExchangeError> {
        Ok(self.open(symbols).await?.boxed())
    }
}

impl TypedVenue for Scripted {
    type Stream = stream::Iter<std::vec::IntoIter<Result<MarketEvent, ExchangeError>>>;

    async fn open(&self, _: &[Symbol]) -> Result<Self::Stream, ExchangeError> {
        // A gap from 6 to 15, which the book above heals, and a trade that is worth an alert.
        let script = vec![
            Ok(common::event(1, EventKind::Snapshot(common::snapshot(5, "98", "99")))),
            Ok(common::event(2, EventKind::Diff(common::diff(15, 20, "100")))),
            Ok(common::event(3, EventKind::Trade(common::trade(3, "100", "1000")))),
        ];
        self.answer(stream::iter(script))
    }
}

/// An alert channel that remembers.
#[service(provides = IAlertChannel)]
struct Recorder {
    #[inject(default)]
    rules: Mutex<Vec<&'static str>>,
}

#[interface]
impl IAlertChannel for Recorder {
    fn name(&self) -> &'static str {
        "recorder"
    }

    fn is_enabled(&self) -> bool {
        true
    }

    async fn deliver(&self, alert: &Alert) -> Result<(), ChannelError> {
        self.rules.lock().unwrap().push(alert.rule);
        Ok(())
    }
}

#[container(from = TradingApp, replace(
    simulated = Scripted,
    limited_simulated = RateLimited<Scripted>,
    retrying_simulated = Retrying<RateLimited<Scripted>>,
    simulated_book = VenueBook<Retrying<RateLimited<Scripted>>>,
))]
struct ScriptedApp;

#[container(from = MonitoringModule, replace(file = Recorder))]
struct RecordedMonitoring;

#[container(from = TradingApp, replace(monitoring = RecordedMonitoring))]
struct RecordedApp;

fn settings(events: Option<u64>) -> Arc<Settings> {
    let mut settings = common::settings();
    settings.simulation.start = Timestamp::default();
    (settings.run.speed, settings.run.events) = (Speed::Max, events);
    Arc::new(settings)
}

#[tokio::test]
async fn a_scripted_venue_is_seen_by_the_run_the_book_and_the_monitor_through_its_decorators() {
    let app = ScriptedApp::build(ScriptedAppInputs { settings: settings(None) }).unwrap();
    let summary = common::play(Application::of(&app), app.get()).await;
    let platform: &Platform = app.get();
    assert_eq!((summary.events, summary.gaps, summary.resyncs), (4, 1, 1));
    // Asleep twice, then the stream, then the book after the gap: the decorator in between asked three times.
    assert_eq!(app.get::<Scripted>().asked.load(Ordering::Relaxed), 4);
    let view = platform.market.market_data(&common::btc_id()).unwrap();
    assert_eq!(view.top.bid.unwrap().price.to_string(), "100");
    assert_eq!(platform.monitor.monitoring_data(Some(&common::btc())).unwrap()[0].gaps, 1);
    let rules: Vec<_> = platform.alerts.alerts(None, 9, None).iter().map(|alert| alert.rule).collect();
    assert_eq!(rules, ["large-trade", "gap"]);
}

#[tokio::test]
async fn the_static_path_sees_the_scripted_venue_too() {
    let app = ScriptedApp::build(ScriptedAppInputs { settings: settings(Some(2_000)) }).unwrap();
    let book: &VenueBook<Retrying<RateLimited<Scripted>>> = app.get();
    let (report, result) = book.build(&[], None).await;
    result.unwrap();
    assert_eq!((report.counters.events, report.counters.gaps, report.counters.resyncs), (4, 1, 1));
    assert_eq!(report.books[0].last_update_id, Some(20));
}

#[tokio::test]
async fn a_channel_that_is_replaced_inside_a_module_gets_every_alert() {
    let app = RecordedApp::build(RecordedAppInputs { settings: settings(Some(2_000)) }).unwrap();
    let platform: &Platform = app.get();
    assert_eq!(platform.alerts.channels(), ["log", "recorder"]);
    let summary = common::play(Application::of(&app), app.get()).await;
    assert!(summary.alerts > 0);
    assert_eq!(platform.alerts.stats().delivered, 2 * summary.alerts, "by the log and by the recorder");
}
