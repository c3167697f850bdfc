//! Back-tests as jobs: begin one, look how far it is, give it up, see what came of it.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::ToSchema;

use super::paging::{Page, Paging, json, query};
use super::path::Path;
use super::{Api, BASE, blocking};
use crate::api::instruments::named;
use crate::api::problem::Problem;
use crate::api::views::{BacktestRow, BacktestView};
use crate::model::Timeframe;
use crate::ports::{BacktestError, BacktestJob, BacktestMarket, BacktestRequest};

/// A back-test that somebody wants.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewBacktest {
    /// The strategies that decide, by their names; none for those that the settings have on.
    #[serde(default)]
    #[schema(max_items = 64)]
    strategies: Vec<String>,
    /// Settings that differ from those of the platform, by their keys: `{"signals.crossover.fast": "10"}`. Keys begin with
    /// `signals.`, `risk.`, `execution.`, `portfolio.` or `trading.`.
    #[serde(default)]
    parameters: BTreeMap<String, String>,
    market: Market,
}

/// What it trades on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
enum Market {
    /// The simulated market.
    Simulated(Simulated),
    /// The candles of an instrument that the platform has.
    Candles(Candles),
}

/// A simulated market.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Simulated {
    /// Another seed is another market.
    #[schema(maximum = 9007199254740991_u64)]
    seed: u64,
    /// So many messages of it.
    #[schema(minimum = 1, maximum = 2000000)]
    messages: u64,
}

/// Candles that the platform has.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Candles {
    /// Venue and symbol: `simulated:BTCUSDT`.
    instrument: String,
    /// One of 1s, 1m, 5m, 30m, 4h, 1d.
    timeframe: String,
}

/// The back-tests that are kept, newest first: the last ones, as many as `store.backtests` says.
#[utoipa::path(get, path = "/api/v1/backtests", params(Paging),
    responses((status = 200, body = Page<BacktestRow>), (status = 400, body = Problem, content_type = "application/problem+json")))]
pub(super) async fn backtests(
    State(api): State<Api>,
    paging: Result<Query<Paging>, QueryRejection>,
) -> Result<Json<Page<BacktestRow>>, Problem> {
    query(paging)?.of(&api.sources()?.backtests.jobs(), |job| BacktestRow::from(job)).map(Json)
}

/// Begins a back-test as a job; `location` has where it can be looked at.
#[utoipa::path(post, path = "/api/v1/backtests", request_body = NewBacktest, params(("x-csrf-token" = String, Header)),
    responses((status = 202, body = BacktestRow), (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 409, body = Problem, content_type = "application/problem+json"),
        (status = 413, body = Problem, content_type = "application/problem+json"),
        (status = 415, body = Problem, content_type = "application/problem+json"),
        (status = 422, body = Problem, content_type = "application/problem+json"),
        (status = 503, body = Problem, content_type = "application/problem+json")))]
pub(super) async fn begin(
    State(api): State<Api>,
    asked: Result<Json<NewBacktest>, JsonRejection>,
) -> Result<Response, Problem> {
    let NewBacktest { strategies, parameters, market } = json(asked)?;
    let unfit = |error: String| Problem::new(StatusCode::UNPROCESSABLE_ENTITY, error);
    let market = match market {
        Market::Simulated(Simulated { seed, messages }) => BacktestMarket::Simulated { seed, messages },
        Market::Candles(Candles { instrument, timeframe }) => BacktestMarket::Candles {
            instrument: named(&*api.sources()?.market, &instrument).ok_or_else(|| {
                unfit(format!("expected an instrument of `/api/v1/markets`, found `{}`", instrument.escape_debug()))
            })?,
            timeframe: timeframe.parse::<Timeframe>().map_err(|error| unfit(error.to_string()))?,
        },
    };
    let wanted = BacktestRequest { strategies, parameters, market };
    let job = blocking(&api.sources()?.backtests, move |backtests| backtests.begin(wanted)).await?;
    let job = job.map_err(|error| match error {
        BacktestError::Unfit(error) => unfit(error),
        BacktestError::State(error) => Problem::new(StatusCode::SERVICE_UNAVAILABLE, error.to_string()),
        other => Problem::new(StatusCode::CONFLICT, other.to_string()),
    })?;
    let mut response = (StatusCode::ACCEPTED, Json(BacktestRow::from(&job))).into_response();
    if let Ok(place) = HeaderValue::from_str(&format!("{BASE}/backtests/{}", job.id)) {
        response.headers_mut().insert(header::LOCATION, place);
    }
    Ok(response)
}

/// One back-test with its curve and its trades.
#[utoipa::path(get, path = "/api/v1/backtests/{id}",
    params(("id" = u64, Path, description = "A number of `/api/v1/backtests`")),
    responses((status = 200, body = BacktestView), (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 503, body = Problem, content_type = "application/problem+json")))]
pub(super) async fn backtest(State(api): State<Api>, Path(id): Path<String>) -> Result<Json<BacktestView>, Problem> {
    let backtests = &api.sources()?.backtests;
    let id: Option<u64> = id.parse().ok();
    let job = backtests.jobs().into_iter().find(|job| Some(job.id) == id).ok_or_else(unknown)?;
    let (id, has_result) = (job.id, job.figures.is_some());
    let result = blocking(backtests, move |backtests| if has_result { backtests.result(id) } else { Ok(None) }).await?;
    let result = result.map_err(|error| Problem::new(StatusCode::SERVICE_UNAVAILABLE, error.to_string()))?;
    if has_result && result.is_none() {
        let detail =
            "its curve and its trades are not kept: the state could not write them yet, or was told to forget them";
        return Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, detail));
    }
    Ok(Json(BacktestView::new(&job, result.as_deref())))
}

/// Gives a back-test up; what has ended stays as it is.
#[utoipa::path(post, path = "/api/v1/backtests/{id}/cancel",
    params(("id" = u64, Path, description = "A number of `/api/v1/backtests`"), ("x-csrf-token" = String, Header)),
    responses((status = 200, body = BacktestRow), (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(super) async fn cancel(State(api): State<Api>, Path(id): Path<String>) -> Result<Json<BacktestRow>, Problem> {
    let id: u64 = id.parse().map_err(|_| unknown())?;
    let job = blocking(&api.sources()?.backtests, move |backtests| backtests.cancel(id)).await?;
    let job: BacktestJob = job.ok_or_else(unknown)?;
    Ok(Json(BacktestRow::from(&job)))
}

fn unknown() -> Problem {
    Problem::unknown("expected the number of a back-test of `/api/v1/backtests`")
}
