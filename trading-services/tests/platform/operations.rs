//! Operation of single services: stopped and started while the rest goes on.

use di_core::prelude::*;
use std::sync::Arc;
use std::time::Duration;

use di_core::health::HealthStatus;
use di_core::lifecycle::{Application, State};
use trading_services::api::HttpServer;
use trading_services::app::{TradingApp, TradingAppInputs};
use trading_services::config::Settings;
use trading_services::engine::{EventLoop, Platform, StopReason};
use trading_services::ports::MonitorState;

use crate::common;

fn minute() -> impl Future<Output = ()> {
    tokio::time::sleep(Duration::from_secs(60))
}

/// Settings of a platform that listens at any free port, or not at all.
fn listening(enabled: bool) -> Settings {
    let mut settings = common::settings();
    (settings.http.enabled, settings.http.address) = (enabled, Some(([127, 0, 0, 1], 0).into()));
    settings
}

#[tokio::test(start_paused = true)]
async fn alerts_are_stopped_with_all_that_need_them_and_the_platform_goes_on_when_they_are_started_again() {
    let app = TradingApp::build(TradingAppInputs { settings: Arc::new(common::settings()) }).unwrap();
    let (application, platform) = (Application::of(&app), app.get::<Platform>());
    let (registry, events) = (application.registry(), || platform.market.counters().events);
    application.start().await.unwrap();
    minute().await;

    registry.stop("AlertManager").await.unwrap();
    assert_eq!(registry.get("EventLoop").unwrap().status, HealthStatus::Stopped);
    assert_eq!(
        (application.state(), platform.monitor.monitoring_status().state),
        (State::Running, MonitorState::Stopped)
    );
    let before = events();
    assert!(before > 1_000, "{before}");
    minute().await;
    assert_eq!(events(), before);

    registry.start("EventLoop").await.unwrap();
    minute().await;
    assert!(events() > before + 1_000);
    assert_eq!(platform.monitor.monitoring_status().state, MonitorState::Running);

    application.stop().await.unwrap();
    assert_eq!(app.get::<EventLoop>().summary().unwrap().stopped, StopReason::Requested);
}

#[tokio::test(start_paused = true)]
async fn the_server_alone_is_stopped_without_waiting_for_the_others() {
    let app = TradingApp::build(TradingAppInputs { settings: Arc::new(listening(true)) }).unwrap();
    let application = Application::of(&app);
    application.start().await.unwrap();
    let report = application.registry().stop("HttpServer").await.unwrap();
    assert!(report.total() < Duration::from_secs(1), "{report}");
    application.registry().start("HttpServer").await.unwrap();
    application.stop().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn the_server_listens_only_between_start_and_stop_and_not_at_all_when_it_is_switched_off() {
    for enabled in [true, false] {
        let app = TradingApp::build(TradingAppInputs { settings: Arc::new(listening(enabled)) }).unwrap();
        let (application, server) = (Application::of(&app), app.get::<HttpServer>());
        assert_eq!(server.address(), None);
        application.start().await.unwrap();
        assert_eq!(server.address().is_some(), enabled);
        application.stop().await.unwrap();
        assert_eq!(server.address(), None);
    }
}
