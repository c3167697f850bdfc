//! Routes of the HTTP server, and their answers.

use std::sync::Arc;

use axum::extract::{ConnectInfo, Path, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use di_core::events::IEventBus;
use di_core::health::{HealthMonitor, HealthRecord, HealthStatus};
use di_core::lifecycle::Context;

use super::EventTail;
use super::events::Events;
use super::guard::{Guard, guard};
use super::health::{Details, Overview, Wall};
use super::page;
use super::patience::Peer;
use super::v1::{self, Api};
use crate::ports::IMetricsService;

/// What answers are made of.
#[derive(Clone)]
pub(super) struct Sources {
    pub(super) health: HealthMonitor,
    pub(super) metrics: Arc<dyn IMetricsService>,
    pub(super) bus: Arc<dyn IEventBus>,
    pub(super) told: Arc<EventTail>,
    /// Whose clock the moments of records are of.
    pub(super) context: Context,
}

/// The routes; `api` is what the page and its API are made of, where they are served.
pub(super) fn router(sources: Sources, api: Option<Api>, own: Guard) -> Router {
    let mut router = Router::new();
    router = match api {
        None => router.fallback(unknown),
        Some(api) => {
            let graph = Router::new().route("/graph", get(page::graph)).route("/graph/{part}", get(page::graph_part));
            router.merge(graph.with_state(api.clone())).nest(v1::BASE, v1::router(api)).fallback(page::file)
        }
    };
    let probes = Router::new()
        .route("/healthz", get(live))
        .route("/readyz", get(ready))
        .route("/health", get(overview))
        .route("/health/{service}", get(details))
        .route("/events", get(events))
        .route("/metrics", get(metrics))
        .with_state(sources);
    router.merge(probes).layer(from_fn_with_state(own, guard)).layer(from_fn(asked))
}

/// Notes that the client has asked something: it does not only hold the line.
async fn asked(ConnectInfo(peer): ConnectInfo<Peer>, request: Request, next: Next) -> Response {
    peer.asks();
    next.run(request).await
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
async fn overview(State(Sources { health, context, .. }): State<Sources>) -> impl IntoResponse {
    Json(Overview::of(&health, Wall::now(&context)))
}

/// How one service is and was, as JSON.
async fn details(State(Sources { health, context, .. }): State<Sources>, Path(name): Path<String>) -> Response {
    match Details::of(&health, Wall::now(&context), &name) {
        Some(details) => Json(details).into_response(),
        None => {
            let known: Vec<_> = health.current().iter().map(|record| record.service).collect();
            let message = format!("unknown service `{name}`: expected one of {}\n", known.join(", "));
            (StatusCode::NOT_FOUND, message).into_response()
        }
    }
}

/// Who listens to what, what was told last, and what could not be delivered, as JSON.
async fn events(State(Sources { bus, told, .. }): State<Sources>) -> impl IntoResponse {
    Json(Events::of(&*bus, &told))
}

/// What was counted, as Prometheus reads it.
async fn metrics(State(Sources { metrics, bus, .. }): State<Sources>) -> impl IntoResponse {
    bus.bus().record_metrics();
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], metrics.snapshot())
}

async fn unknown() -> impl IntoResponse {
    (StatusCode::NOT_FOUND, "expected one of /health, /health/SERVICE, /healthz, /readyz, /events, /metrics\n")
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
