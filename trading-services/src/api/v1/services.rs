//! The services of the platform: how each is, and starting and stopping one.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use di_core::health::HealthStatus;
use di_core::lifecycle::{RegisteredService, Registry, RegistryError};
use serde::Serialize;
use utoipa::ToSchema;

use super::Api;
use super::path::Path;
use crate::api::problem::Problem;

/// How one service is.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ServiceRow {
    name: String,
    /// Its place in the picture of `/graph`; `null` for one that is not drawn.
    path: Option<String>,
    interfaces: Vec<String>,
    /// What it needs, in start order.
    needs: Vec<String>,
    /// What needs it, in start order.
    needed_by: Vec<String>,
    /// Whether there is something to start and to stop.
    has_hooks: bool,
    /// `starting`, `healthy`, `degraded`, `unhealthy`, `stopping`, `stopped`.
    status: String,
    /// What it waits for while it starts.
    waits_for: Vec<String>,
    errors: Vec<String>,
    suggested_actions: Vec<String>,
    /// What its check tells beside.
    metadata: BTreeMap<String, String>,
    /// How long its start took, in milliseconds; `null` until it has started.
    start_ms: Option<u64>,
}

/// Every service, in start order.
#[utoipa::path(get, path = "/api/v1/services", responses((status = 200, body = Vec<ServiceRow>)))]
pub(super) async fn services(State(api): State<Api>) -> Result<Json<Vec<ServiceRow>>, Problem> {
    let paths = api.sources()?.wiring.paths();
    let services = api.registry.services();
    let starting = |name: &&'static str| {
        services.iter().any(|other| other.name == *name && other.status == HealthStatus::Starting)
    };
    let text = |names: &[&'static str]| names.iter().map(ToString::to_string).collect();
    let row = |service: &RegisteredService| {
        let waits = service.status == HealthStatus::Starting;
        let waits_for = service.dependencies.iter().filter(|name| waits && starting(name));
        ServiceRow {
            name: service.name.to_owned(),
            path: paths.get(service.name).cloned(),
            interfaces: service.contracts.iter().map(|name| name.trim_start_matches("dyn ").to_owned()).collect(),
            needs: text(&service.dependencies),
            needed_by: text(&service.dependents),
            has_hooks: service.has_lifecycle,
            status: service.health.status.to_string(),
            waits_for: waits_for.map(ToString::to_string).collect(),
            errors: service.health.errors.iter().chain(&service.trouble).cloned().collect(),
            suggested_actions: service.health.suggested_actions.clone(),
            metadata: service.health.metadata.clone(),
            start_ms: api.starts.of(&api.health, service.name),
        }
    };
    Ok(Json(services.iter().map(row).collect()))
}

/// Starts a service, before it what it needs, and after it what was stopped along with what it needs.
#[utoipa::path(post, path = "/api/v1/services/{name}/start",
    params(("name" = String, Path, description = "A name of `/api/v1/services`"), ("x-csrf-token" = String, Header)),
    responses((status = 200, body = Vec<ServiceRow>), (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 409, body = Problem, content_type = "application/problem+json")))]
pub(super) async fn start(State(api): State<Api>, Path(name): Path<String>) -> Result<Json<Vec<ServiceRow>>, Problem> {
    api.along.start(&api.registry, &name).await.map_err(problem)?;
    services(State(api)).await
}

/// Stops a service, and before it what needs it.
#[utoipa::path(post, path = "/api/v1/services/{name}/stop",
    params(("name" = String, Path, description = "A name of `/api/v1/services`"), ("x-csrf-token" = String, Header)),
    responses((status = 200, body = Vec<ServiceRow>), (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 409, body = Problem, content_type = "application/problem+json")))]
pub(super) async fn stop(State(api): State<Api>, Path(name): Path<String>) -> Result<Json<Vec<ServiceRow>>, Problem> {
    let name = check(&api.registry, &name)?.name;
    let mut needed = vec![name];
    while let Some(next) = needed.pop() {
        if next == "HttpServer" {
            let detail = "expected a service that this answer does not depend on: stop the platform with Ctrl-C";
            return Err(Problem::new(StatusCode::CONFLICT, detail));
        }
        needed.extend(check(&api.registry, next)?.dependents);
    }
    api.along.stop(&api.registry, name).await.map_err(problem)?;
    services(State(api)).await
}

fn check(registry: &Registry, name: &str) -> Result<RegisteredService, Problem> {
    registry.get(name).map_err(problem)
}

fn problem(error: RegistryError) -> Problem {
    match error {
        RegistryError::Unknown(unknown) => Problem::unknown(unknown),
        other => Problem::new(StatusCode::CONFLICT, other.to_string()),
    }
}
