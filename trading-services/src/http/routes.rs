//! Which addresses are there, and what do they answer.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Json, Router};
use di_core::health::{HealthMonitor, HealthRecord, HealthStatus};
use serde::Serialize;

use crate::interfaces::IMetricsService;

/// What answers are made of.
#[derive(Clone)]
pub(super) struct Sources {
    pub(super) health: HealthMonitor,
    pub(super) metrics: Arc<dyn IMetricsService>,
}

/// The whole picture.
#[derive(Serialize)]
struct Overview {
    status: HealthStatus,
    ready: bool,
    live: bool,
    services: Vec<HealthRecord>,
}

pub(super) fn router(sources: Sources) -> Router {
    Router::new()
        .route("/healthz", get(live))
        .route("/readyz", get(ready))
        .route("/health", get(overview))
        .route("/metrics", get(metrics))
        .fallback(unknown)
        .with_state(sources)
}

/// Liveness: whether the process should be left alone.
async fn live(State(Sources { health, .. }): State<Sources>) -> impl IntoResponse {
    answer(health.live(), "live", || blockers(&health, |record| !record.external && is_unhealthy(record)))
}

/// Readiness: whether new work is welcome.
async fn ready(State(Sources { health, .. }): State<Sources>) -> impl IntoResponse {
    let is_up = |record: &HealthRecord| matches!(record.status, HealthStatus::Healthy | HealthStatus::Degraded);
    answer(health.ready(), "ready", || blockers(&health, |record| !is_up(record)))
}

/// How every service is, as JSON.
async fn overview(State(Sources { health, .. }): State<Sources>) -> impl IntoResponse {
    let (status, ready, live) = (health.overall(), health.ready(), health.live());
    Json(Overview { status, ready, live, services: health.current() })
}

/// What was counted, as Prometheus reads it.
async fn metrics(State(Sources { metrics, .. }): State<Sources>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], metrics.snapshot())
}

async fn unknown() -> impl IntoResponse {
    (StatusCode::NOT_FOUND, "expected one of /health, /healthz, /readyz, /metrics\n")
}

fn answer(holds: bool, word: &str, reasons: impl FnOnce() -> String) -> (StatusCode, String) {
    if holds {
        (StatusCode::OK, format!("{word}\n"))
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, format!("not {word}\n{}", reasons()))
    }
}

/// A line for each service that stands in the way.
fn blockers(health: &HealthMonitor, stands_in_the_way: impl Fn(&HealthRecord) -> bool) -> String {
    let records = health.current().into_iter().filter(stands_in_the_way);
    records.map(|record| format!("{}: {}{}\n", record.service, record.status, reasons(&record.errors))).collect()
}

fn reasons(errors: &[String]) -> String {
    if errors.is_empty() { String::new() } else { format!(", {}", errors.join("; ")) }
}

fn is_unhealthy(record: &HealthRecord) -> bool {
    record.status == HealthStatus::Unhealthy
}
