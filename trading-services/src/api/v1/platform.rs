//! The session, the overview, the audit log, and the WebSocket.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{ConnectInfo, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use super::Api;
use super::filter::ActQuery;
use super::paging::{Page, query};
use crate::api::live::{Live, health, upgrade};
use crate::api::patience::Peer;
use crate::api::problem::Problem;
use crate::api::views::{ActRow, Overview};

/// This run of the platform.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SessionView {
    /// Its name; another run has another one.
    run: String,
    /// The token that a request that acts needs in `X-CSRF-Token`.
    token: String,
    /// The version of the platform.
    version: &'static str,
    /// The process, as the system numbers it; the lock of the state folder names it, too.
    process: u32,
}

/// This run, and the token of what acts.
#[utoipa::path(get, path = "/api/v1/session", responses((status = 200, body = SessionView)))]
pub(super) async fn session(State(api): State<Api>) -> Json<SessionView> {
    let (run, token) = (api.session.run.to_string(), api.session.token.to_string());
    Json(SessionView { run, token, version: env!("CARGO_PKG_VERSION"), process: std::process::id() })
}

/// The platform at a glance.
#[utoipa::path(get, path = "/api/v1/overview", responses((status = 200, body = Overview)))]
pub(super) async fn overview(State(api): State<Api>) -> Result<Json<Overview>, Problem> {
    let data = api.sources()?.dashboard.update_cache();
    Ok(Json(Overview::new(&data, health(&api.health))))
}

/// What was done through the API, also in earlier runs, newest first.
#[utoipa::path(get, path = "/api/v1/audit", params(ActQuery),
    responses((status = 200, body = Page<ActRow>), (status = 400, body = Problem, content_type = "application/problem+json")))]
pub(super) async fn audit(
    State(api): State<Api>,
    asked: Result<Query<ActQuery>, QueryRejection>,
) -> Result<Json<Page<ActRow>>, Problem> {
    let (asked, mut acts) = (query(asked)?, api.sources()?.acts.log());
    acts.retain(|act| asked.admits(act));
    asked.paging().of(&acts, |act| ActRow::from(act)).map(Json)
}

/// The live topics, by WebSocket.
pub(super) async fn live(
    State(api): State<Api>,
    ConnectInfo(peer): ConnectInfo<Peer>,
    socket: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Problem> {
    let socket = socket.map_err(|error| Problem::new(StatusCode::UPGRADE_REQUIRED, error.body_text()))?;
    let hub = Arc::clone(api.sources()?.feed.hub());
    peer.stays();
    Ok(upgrade(socket, Live { hub, run: Arc::clone(&api.session.run) }))
}
