//! The platform under faults: each is named, and the rest goes on or stops as declared.

use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use di_core::dependency::Many;
use di_core::error::BoxError;
use di_core::events::{Bus, Topic};
use di_core::health::{Health, HealthChanged, HealthCheck, HealthStatus, ServiceUnhealthy};
use di_core::lifecycle::{Application, Context, Failure, Lifecycle, StartCause, State, Step, StopReason as Stopped};
use di_core::{container, interface, service};
// The overrides repeat the fields of their originals: the names of their types have to be in scope.
use trading_services::prelude::*;

use crate::common;

/// A channel whose start never ends.
#[service(provides = IAlertChannel, lifecycle)]
struct Hanging;

#[interface]
impl Lifecycle for Hanging {
    async fn start(&self, _: &Context) -> Result<(), BoxError> {
        std::future::pending().await
    }
}

#[interface]
impl IAlertChannel for Hanging {
    fn name(&self) -> &'static str {
        "hanging"
    }

    fn is_enabled(&self) -> bool {
        true
    }

    async fn deliver(&self, _: &Alert) -> Result<(), ChannelError> {
        Ok(())
    }
}

#[container(from = MonitoringModule, replace(file = Hanging))]
struct HangingMonitoring;

#[container(from = TradingApp, replace(monitoring = HangingMonitoring))]
struct HangingApp;

#[tokio::test(start_paused = true)]
async fn a_service_that_hangs_on_start_is_named_and_what_had_started_is_stopped() {
    let app = HangingApp::build(HangingAppInputs { settings: settings(|_| {}) }).unwrap();
    let application = Application::of(&app);
    let error = application.start().await.unwrap_err();
    let StartCause::Service(failure) = error.cause() else { panic!("{error}") };
    assert_eq!((failure.service(), failure.step(), failure.took()), ("Hanging", &Step::Start, Duration::from_secs(30)));
    assert!(matches!(failure.failure(), Failure::TimedOut { .. }));
    assert!(error.rollback().is_empty() && error.siblings().is_empty(), "{error}");
    let report = application.stop().await.unwrap();
    let stopped: Vec<_> = report.services().iter().map(|line| line.service).collect();
    assert!(stopped.contains(&"SimulatedExchange") && stopped.contains(&"MarketDataManager"), "{stopped:?}");
    assert!(!stopped.contains(&"AlertManager"), "it waited for the channel: {stopped:?}");
    assert_eq!((application.state(), app.get::<EventLoop>().summary()), (State::Stopped, None));
}

/// A channel that panics at its first alert.
#[service(provides = IAlertChannel)]
struct Panicking {
    #[inject(default)]
    alerts: AtomicU32,
}

#[interface]
impl IAlertChannel for Panicking {
    fn name(&self) -> &'static str {
        "panicking"
    }

    fn is_enabled(&self) -> bool {
        true
    }

    async fn deliver(&self, _: &Alert) -> Result<(), ChannelError> {
        assert!(self.alerts.fetch_add(1, Ordering::Relaxed) > 0, "the channel is out of order");
        Ok(())
    }
}

#[container(from = MonitoringModule, replace(file = Panicking))]
struct PanickingMonitoring;

#[container(from = TradingApp, replace(monitoring = PanickingMonitoring))]
struct PanickingApp;

#[tokio::test(start_paused = true)]
async fn a_channel_that_panics_loses_one_alert_to_the_dead_letters_and_the_rest_goes_on() {
    let settings = settings(|settings| settings.run.duration = Some(Duration::from_secs(600)));
    let app = PanickingApp::build(PanickingAppInputs { settings }).unwrap();
    let summary = common::play(Application::of(&app), app.get()).await;
    assert_eq!(summary.stopped, StopReason::Duration);
    assert!(summary.alerts > 5);
    let stats = app.get::<Platform>().alerts.stats();
    assert_eq!(
        (stats.failed, stats.delivered),
        (1, 2 * summary.alerts - 1),
        "all by the log, all but one by the other"
    );
    let dead = app.get::<Topic<Alert>>().dead_letters();
    let [letter] = &dead[..] else { panic!("{dead:?}") };
    assert_eq!((letter.event.id, letter.subscriber.as_ref()), (1, "panicking"));
    assert_eq!(letter.error, "it panicked: the channel is out of order");
}

/// How often alerts still panic; one test uses it.
static PANICS_LEFT: AtomicU32 = AtomicU32::new(0);

/// Alerts that panic in the thread of the watch that raises them, and then are as usual, but for their delivery.
struct OutOfOrder(AlertManager);

#[service(provides = IAlertService)]
impl OutOfOrder {
    #[constructor]
    fn new(
        config: Arc<dyn IConfigService>,
        clock: Arc<dyn IClock>,
        channels: Many<dyn IAlertChannel>,
        raised: Arc<Topic<Alert>>,
        kept: Arc<dyn IStateManager>,
    ) -> Result<Self, StateError> {
        AlertManager::new(config, clock, channels, raised, kept).map(Self)
    }
}

#[di_core::interface]
impl IAlertService for OutOfOrder {
    fn send_alert(&self, message: &str, level: AlertLevel, context: AlertContext) -> AlertOutcome {
        let left = PANICS_LEFT.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
        assert!(left.is_err(), "the alerts are out of order");
        self.0.send_alert(message, level, context)
    }

    fn batch_send(&self, alerts: Vec<(String, AlertLevel, AlertContext)>) -> Vec<AlertOutcome> {
        self.0.batch_send(alerts)
    }

    fn thresholds(&self) -> AlertThresholds {
        self.0.thresholds()
    }

    fn alerts(&self, level: Option<AlertLevel>, limit: usize, since: Option<Timestamp>) -> Vec<Alert> {
        self.0.alerts(level, limit, since)
    }

    fn open(&self, level: AlertLevel, limit: usize) -> OpenAlerts {
        self.0.open(level, limit)
    }

    fn acknowledge(&self, id: u64, by: &str) -> bool {
        self.0.acknowledge(id, by)
    }

    fn is_acknowledged(&self, id: u64) -> bool {
        self.0.is_acknowledged(id)
    }

    async fn resend(&self, id: u64) -> Option<Vec<AlertDelivery>> {
        self.0.resend(id).await
    }

    fn deliveries(&self, id: u64) -> Vec<AlertDelivery> {
        self.0.deliveries(id)
    }

    fn stats(&self) -> AlertStats {
        self.0.stats()
    }

    fn channels(&self) -> Vec<&'static str> {
        self.0.channels()
    }
}

#[container(from = MonitoringModule, replace(alerts = OutOfOrder))]
struct OutOfOrderMonitoring;

#[container(from = TradingApp, replace(monitoring = OutOfOrderMonitoring))]
struct OutOfOrderApp;

#[tokio::test(start_paused = true)]
async fn a_watch_that_panics_in_the_background_is_made_anew_until_it_has_panicked_too_often() {
    for (panics, survives) in [(3, true), (4, false)] {
        let settings = settings(|settings| {
            settings.exchange.symbols = vec![common::btc()];
            settings.run.duration = Some(Duration::from_secs(50));
            // Every trade raises an alert.
            settings.monitor.large_trade = 1.into();
        });
        PANICS_LEFT.store(panics, Ordering::Relaxed);
        let app = OutOfOrderApp::build(OutOfOrderAppInputs { settings }).unwrap();
        let platform: &Platform = app.get();
        let application = Application::of(&app);
        application.start().await.unwrap();
        let stopped = application.finished().await;
        let summary = app.get::<EventLoop>().summary().unwrap();
        if survives {
            assert_eq!((stopped.unwrap().reason(), summary.stopped), (&Stopped::Asked, StopReason::Duration));
            let health = platform.monitor.monitoring_data(Some(&common::btc())).unwrap();
            let health = &health[0];
            assert!(health.restarts == 3 && health.events > 0, "{health:?}");
        } else {
            let error = stopped.unwrap_err();
            let expected = "the task `watch simulated:BTCUSDT` of `MarketMonitor` died: the watch of `simulated:BTCUSDT` panicked: the \
                            alerts are out of order";
            assert!(error.to_string().starts_with(expected), "{error}");
            let task = "watch simulated:BTCUSDT".into();
            assert_eq!(error.report().unwrap().reason(), &Stopped::TaskDied { service: "MarketMonitor", task });
            assert_eq!(summary.stopped, StopReason::Requested, "the rest was stopped in order");
        }
    }
}

/// A channel that does not work from the 30th to the 60th second.
#[service(provides = IAlertChannel, health)]
struct Failing {
    #[inject(default)]
    checks: AtomicU32,
}

#[interface]
impl HealthCheck for Failing {
    async fn check(&self) -> Result<Health, BoxError> {
        // It is asked every ten seconds.
        match self.checks.fetch_add(1, Ordering::Relaxed) {
            3..6 => Err("the disk is full".into()),
            _ => Ok(Health::healthy()),
        }
    }
}

#[interface]
impl IAlertChannel for Failing {
    fn name(&self) -> &'static str {
        "failing"
    }

    fn is_enabled(&self) -> bool {
        true
    }

    async fn deliver(&self, _: &Alert) -> Result<(), ChannelError> {
        Ok(())
    }
}

#[container(from = MonitoringModule, replace(file = Failing))]
struct FailingMonitoring;

#[container(from = TradingApp, replace(monitoring = FailingMonitoring))]
struct FailingApp;

#[tokio::test(start_paused = true)]
async fn a_service_that_fails_its_health_check_is_named_affects_who_needs_it_and_the_rest_goes_on() {
    let settings = settings(|settings| settings.run.duration = Some(Duration::from_secs(90)));
    let app = FailingApp::build(FailingAppInputs { settings: Arc::clone(&settings) }).unwrap();
    let application = Application::of(&app);
    let health = application.health();
    application.start().await.unwrap();
    tokio::time::sleep(Duration::from_secs(45)).await;

    let (failing, alerts) = (health.of("Failing").unwrap(), health.of("AlertManager").unwrap());
    assert_eq!((failing.status, &failing.errors[..]), (HealthStatus::Unhealthy, &["the disk is full".to_owned()][..]));
    assert_eq!((alerts.status, alerts.effective), (HealthStatus::Healthy, HealthStatus::Degraded));
    assert!(alerts.because_of.contains(&"Failing"), "{alerts:?}");
    assert!(!health.ready());

    application.finished().await.unwrap();
    let raised = app.get::<Platform>().alerts.alerts(None, 1_000, None);
    let raised: Vec<_> = raised.iter().rev().filter(|alert| alert.service == Some("Failing")).collect();
    let [unhealthy, recovered] = &raised[..] else { panic!("{raised:?}") };
    assert!(unhealthy.message.starts_with("Failing: unhealthy: the disk is full; "), "{unhealthy:?}");
    assert_eq!((unhealthy.level, recovered.level), (AlertLevel::Error, AlertLevel::Info));
    assert_eq!(recovered.message, "Failing: healthy again");

    let calm = TradingApp::build(TradingAppInputs { settings }).unwrap();
    let calm = common::play(Application::of(&calm), calm.get()).await;
    let summary = app.get::<EventLoop>().summary().unwrap();
    assert_eq!(
        (summary.log_sha256, summary.alerts),
        (calm.log_sha256, calm.alerts + 2),
        "the same events, the same log"
    );
}

/// An address at which somebody accepts connections and never answers.
fn silent() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    (listener, url)
}

#[tokio::test(start_paused = true)]
async fn a_webhook_that_times_out_holds_up_nobody_and_its_alerts_count_as_undelivered() {
    let (_listener, url) = silent();
    let settings = settings(|settings| {
        settings.run.duration = Some(Duration::from_secs(600));
        settings.alerts.webhook.url = Some(url);
    });
    let app = TradingApp::build(TradingAppInputs { settings }).unwrap();
    let application = Application::of(&app);
    let health = application.health();
    application.start().await.unwrap();
    tokio::time::sleep(Duration::from_secs(300)).await;

    let (webhook, alerts) = (health.of("WebhookChannel").unwrap(), health.of("AlertManager").unwrap());
    assert_eq!((webhook.status, webhook.external), (HealthStatus::Unhealthy, true));
    assert_eq!(webhook.errors, ["the check did not answer within 2s"]);
    assert!(alerts.errors[0].starts_with("`webhook` lost the last "), "{alerts:?}");
    assert!(health.live() && !health.ready(), "a restart would not mend it");

    application.finished().await.unwrap();
    let summary = app.get::<EventLoop>().summary().unwrap();
    assert_eq!(summary.stopped, StopReason::Duration);
    assert!(summary.alerts > 5 && summary.alerts_undelivered == summary.alerts, "{summary:?}");
    let stats = app.get::<Platform>().alerts.stats();
    assert_eq!(stats.delivered, summary.alerts, "all by the log");
}

#[tokio::test(start_paused = true)]
async fn a_webhook_that_is_still_waited_for_at_the_stop_is_given_up_and_named() {
    let (_listener, url) = silent();
    let settings = settings(|settings| {
        settings.run.duration = Some(Duration::from_secs(600));
        (settings.alerts.webhook.url, settings.alerts.webhook.timeout) = (Some(url), Duration::from_secs(86_400));
    });
    let app = TradingApp::build(TradingAppInputs { settings }).unwrap();
    let application = Application::of(&app);
    application.start().await.unwrap();
    let error = application.finished().await.unwrap_err();
    let [failure] = error.failures() else { panic!("{error}") };
    assert_eq!((failure.service(), failure.took()), ("AlertManager", Duration::from_secs(5)));
    assert_eq!(failure.step(), &Step::Task("deliver to webhook".into()));
    let services = error.report().unwrap().services();
    assert!(services.iter().any(|line| line.service == "FileChannel"), "the rest was stopped: {services:?}");
    let summary = app.get::<EventLoop>().summary().unwrap();
    assert_eq!((summary.alerts_undelivered, summary.stopped), (summary.alerts, StopReason::Duration));
}

/// A strategy that panics at its fifth candle.
#[service(provides = IStrategy)]
struct Reckless {
    #[inject(default)]
    bars: AtomicU32,
}

impl IStrategy for Reckless {
    fn name(&self) -> &'static str {
        "reckless"
    }

    fn required_data(&self) -> Vec<CandleNeed> {
        vec![CandleNeed::bars(1)]
    }

    fn evaluate(&self, _: &[Candle]) -> Option<Opinion> {
        assert!(self.bars.fetch_add(1, Ordering::Relaxed) < 4, "the strategy is out of its mind");
        None
    }
}

#[container(from = SignalModule, replace(breakout = Reckless))]
struct RecklessSignals;

#[container(from = TradingApp, replace(signals = RecklessSignals))]
struct RecklessApp;

#[tokio::test(start_paused = true)]
async fn a_strategy_that_panics_stops_the_platform_which_reports_what_was_read_before() {
    let app = RecklessApp::build(RecklessAppInputs { settings: settings(|_| {}) }).unwrap();
    let application = Application::of(&app);
    application.start().await.unwrap();
    let error = application.finished().await.unwrap_err().to_string();
    let expected = "the task `messages` of `EventLoop` died: expected to take a message, but a service panicked: the \
                    strategy is out of its mind";
    assert!(error.starts_with(expected), "{error}");
    let summary = app.get::<EventLoop>().summary().unwrap();
    assert_eq!(summary.stopped, StopReason::Failure);
    assert!(summary.events > 50 && summary.candles >= 4, "{summary:?}");
}

#[container(from = MonitoringModule, replace(log = Panicking, file = Failing))]
struct ChaoticMonitoring;

#[container(from = TradingApp, replace(monitoring = ChaoticMonitoring))]
struct ChaoticApp;

#[tokio::test(start_paused = true)]
async fn a_panic_a_failing_check_and_a_silent_webhook_at_once_are_each_named_and_change_no_line_of_the_event_log() {
    let (_listener, url) = silent();
    let settings = settings(|settings| {
        settings.run.duration = Some(Duration::from_secs(600));
        settings.alerts.webhook.url = Some(url);
    });
    let app = ChaoticApp::build(ChaoticAppInputs { settings: Arc::clone(&settings) }).unwrap();
    let summary = common::play(Application::of(&app), app.get()).await;
    assert_eq!(summary.stopped, StopReason::Duration);
    let raised = app.get::<Platform>().alerts.alerts(Some(AlertLevel::Error), 1_000, None);
    for service in ["Failing", "WebhookChannel"] {
        assert!(raised.iter().any(|alert| alert.service == Some(service)), "{service} in {raised:?}");
    }
    let stats = app.get::<Platform>().alerts.stats();
    // One alert was lost to the panic, and the webhook lost them all; the other deliveries arrived.
    assert_eq!((stats.failed + stats.pending, stats.delivered), (summary.alerts + 1, 2 * summary.alerts - 1));

    let calm = TradingApp::build(TradingAppInputs { settings }).unwrap();
    let calm = common::play(Application::of(&calm), calm.get()).await;
    assert_eq!((summary.events, summary.log_sha256), (calm.events, calm.log_sha256));
}

/// Settings of a platform that runs at the pace of its events, which takes no time while the clock is paused.
fn settings(configure: impl FnOnce(&mut Settings)) -> Arc<Settings> {
    let mut settings = common::settings();
    configure(&mut settings);
    Arc::new(settings)
}
