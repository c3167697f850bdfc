//! Positions, orders, fills, signals, round trips and the equity.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};

use super::Api;
use super::paging::{Page, Paging, query};
use crate::api::problem::Problem;
use crate::api::views::{EquityRow, FillRow, OrderRow, PositionRow, RoundTripRow, SignalRow};

/// What a query for a list is.
type Asked = Result<Query<Paging>, QueryRejection>;

/// Every position that is or was, in order of the names.
#[utoipa::path(get, path = "/api/v1/positions", responses((status = 200, body = Vec<PositionRow>)))]
pub(super) async fn positions(State(api): State<Api>) -> Result<Json<Vec<PositionRow>>, Problem> {
    Ok(Json(api.sources()?.portfolio.positions().iter().map(PositionRow::from).collect()))
}

/// Orders, the last submitted first.
#[utoipa::path(get, path = "/api/v1/orders", params(Paging),
    responses((status = 200, body = Page<OrderRow>), (status = 400, body = Problem, content_type = "application/problem+json")))]
pub(super) async fn orders(State(api): State<Api>, paging: Asked) -> Result<Json<Page<OrderRow>>, Problem> {
    let (paging, sources) = (query(paging)?, api.sources()?);
    paging.latest(|limit, offset| sources.executor.latest_orders(limit, offset), |each| OrderRow::from(&each)).map(Json)
}

/// Fills, newest first.
#[utoipa::path(get, path = "/api/v1/fills", params(Paging),
    responses((status = 200, body = Page<FillRow>), (status = 400, body = Problem, content_type = "application/problem+json")))]
pub(super) async fn fills(State(api): State<Api>, paging: Asked) -> Result<Json<Page<FillRow>>, Problem> {
    let (paging, sources) = (query(paging)?, api.sources()?);
    paging.latest(|limit, offset| sources.executor.latest_fills(limit, offset), |each| FillRow::from(&each)).map(Json)
}

/// What was opened and closed again, the last closed first.
#[utoipa::path(get, path = "/api/v1/round-trips", params(Paging),
    responses((status = 200, body = Page<RoundTripRow>), (status = 400, body = Problem, content_type = "application/problem+json")))]
pub(super) async fn round_trips(State(api): State<Api>, paging: Asked) -> Result<Json<Page<RoundTripRow>>, Problem> {
    let (paging, sources) = (query(paging)?, api.sources()?);
    paging
        .latest(|limit, offset| sources.portfolio.latest_round_trips(limit, offset), |each| RoundTripRow::from(&each))
        .map(Json)
}

/// The value of the account at the end of each minute, newest first.
#[utoipa::path(get, path = "/api/v1/equity", params(Paging),
    responses((status = 200, body = Page<EquityRow>), (status = 400, body = Problem, content_type = "application/problem+json")))]
pub(super) async fn equity(State(api): State<Api>, paging: Asked) -> Result<Json<Page<EquityRow>>, Problem> {
    let (paging, sources) = (query(paging)?, api.sources()?);
    paging
        .latest(|limit, offset| sources.portfolio.latest_equity(limit, offset), |each| EquityRow::from(&each))
        .map(Json)
}

/// Signals, newest first.
#[utoipa::path(get, path = "/api/v1/signals", params(Paging),
    responses((status = 200, body = Page<SignalRow>), (status = 400, body = Problem, content_type = "application/problem+json")))]
pub(super) async fn signals(State(api): State<Api>, paging: Asked) -> Result<Json<Page<SignalRow>>, Problem> {
    let (paging, sources) = (query(paging)?, api.sources()?);
    let all = sources.signals.history(None, usize::MAX);
    paging.of(&all, |each| SignalRow::from(each)).map(Json)
}
