//! Positions, orders, fills, signals, round trips, funding and the equity.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};

use super::filter::{FundingQuery, OrderQuery, SignalQuery, TradeQuery};
use super::paging::{Page, Paging, query};
use super::{Api, blocking};
use crate::api::problem::Problem;
use crate::api::views::{EquityRow, FillRow, FundingRow, OrderRow, PositionRow, RoundTripRow, SignalRow};
use crate::model::{Fill, Order, OrderRequest, RoundTrip};

/// What a query for a list is.
type Asked = Result<Query<Paging>, QueryRejection>;

/// Every position that is or was, in order of the names.
#[utoipa::path(get, path = "/api/v1/positions", responses((status = 200, body = Vec<PositionRow>)))]
pub(super) async fn positions(State(api): State<Api>) -> Result<Json<Vec<PositionRow>>, Problem> {
    Ok(Json(api.sources()?.portfolio.positions().iter().map(PositionRow::from).collect()))
}

/// Orders, the last submitted first.
#[utoipa::path(get, path = "/api/v1/orders", params(OrderQuery),
    responses((status = 200, body = Page<OrderRow>), (status = 400, body = Problem, content_type = "application/problem+json")))]
pub(super) async fn orders(
    State(api): State<Api>,
    asked: Result<Query<OrderQuery>, QueryRejection>,
) -> Result<Json<Page<OrderRow>>, Problem> {
    let (asked, sources) = (query(asked)?, api.sources()?);
    let (paging, state, which) = (asked.paging(), asked.state, asked.which(&*sources.signals));
    blocking(&sources.executor, move |executor| {
        let ask = |limit, offset| executor.latest_orders(limit, offset);
        if which.is_everything() && state.is_none() {
            paging.latest(ask, |each| OrderRow::from(&each))
        } else {
            let is_wanted = |order: &Order| {
                let OrderRequest { id, instrument, side, .. } = &order.request;
                which.admits(instrument, *side, id.signal(), order.submitted)
                    && state.is_none_or(|state| state.admits(order))
            };
            paging.filtered(ask, is_wanted, |each| OrderRow::from(each))
        }
    })
    .await?
    .map(Json)
}

/// Fills, newest first.
#[utoipa::path(get, path = "/api/v1/fills", params(TradeQuery),
    responses((status = 200, body = Page<FillRow>), (status = 400, body = Problem, content_type = "application/problem+json")))]
pub(super) async fn fills(
    State(api): State<Api>,
    asked: Result<Query<TradeQuery>, QueryRejection>,
) -> Result<Json<Page<FillRow>>, Problem> {
    let (asked, sources) = (query(asked)?, api.sources()?);
    let (paging, which) = (asked.paging(), asked.which(&*sources.signals));
    blocking(&sources.executor, move |executor| {
        let ask = |limit, offset| executor.latest_fills(limit, offset);
        if which.is_everything() {
            paging.latest(ask, |each| FillRow::from(&each))
        } else {
            let is_wanted = |fill: &Fill| which.admits(&fill.instrument, fill.side, fill.order.signal(), fill.time);
            paging.filtered(ask, is_wanted, |each| FillRow::from(each))
        }
    })
    .await?
    .map(Json)
}

/// What was opened and closed again, the last closed first.
#[utoipa::path(get, path = "/api/v1/round-trips", params(TradeQuery),
    responses((status = 200, body = Page<RoundTripRow>), (status = 400, body = Problem, content_type = "application/problem+json")))]
pub(super) async fn round_trips(
    State(api): State<Api>,
    asked: Result<Query<TradeQuery>, QueryRejection>,
) -> Result<Json<Page<RoundTripRow>>, Problem> {
    let (asked, sources) = (query(asked)?, api.sources()?);
    let (paging, which) = (asked.paging(), asked.which(&*sources.signals));
    blocking(&sources.portfolio, move |portfolio| {
        let ask = |limit, offset| portfolio.latest_round_trips(limit, offset);
        if which.is_everything() {
            paging.latest(ask, |each| RoundTripRow::from(&each))
        } else {
            let is_wanted =
                |trip: &RoundTrip| which.admits(&trip.instrument, trip.side, trip.order.signal(), trip.exit_time);
            paging.filtered(ask, is_wanted, |each| RoundTripRow::from(each))
        }
    })
    .await?
    .map(Json)
}

/// Settlements of funding, newest first.
#[utoipa::path(get, path = "/api/v1/funding", params(FundingQuery),
    responses((status = 200, body = Page<FundingRow>), (status = 400, body = Problem, content_type = "application/problem+json")))]
pub(super) async fn funding(
    State(api): State<Api>,
    asked: Result<Query<FundingQuery>, QueryRejection>,
) -> Result<Json<Page<FundingRow>>, Problem> {
    let (asked, sources) = (query(asked)?, api.sources()?);
    blocking(&sources.portfolio, move |portfolio| {
        let ask = |limit, offset| portfolio.latest_funding(limit, offset);
        asked.paging().filtered(ask, |each| asked.admits(each), |each| FundingRow::from(each))
    })
    .await?
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

/// Signals, newest first, as far back as `signals.history` says.
#[utoipa::path(get, path = "/api/v1/signals", params(SignalQuery),
    responses((status = 200, body = Page<SignalRow>), (status = 400, body = Problem, content_type = "application/problem+json")))]
pub(super) async fn signals(
    State(api): State<Api>,
    asked: Result<Query<SignalQuery>, QueryRejection>,
) -> Result<Json<Page<SignalRow>>, Problem> {
    let (asked, sources) = (query(asked)?, api.sources()?);
    let paging = asked.paging();
    let ask = |limit, offset| sources.signals.latest_signals(limit, offset);
    if asked.is_everything() {
        paging.latest(ask, |each| SignalRow::from(&each))
    } else {
        paging.filtered(ask, |signal| asked.admits(signal), |each| SignalRow::from(each))
    }
    .map(Json)
}
