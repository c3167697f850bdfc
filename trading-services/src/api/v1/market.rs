//! Markets: prices, books, candles, trades.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use serde::Deserialize;

use super::Api;
use super::paging::query;
use super::path::Path;
use crate::api::instruments::named;
use crate::api::problem::Problem;
use crate::api::views::{BookView, CandleView, MarketRow, TradeRow};
use crate::model::{InstrumentId, Timeframe};
use crate::ports::IMarketDataService;

/// How many.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Count {
    /// How many, at most 1000.
    #[param(minimum = 1, maximum = 1000, default = 20)]
    limit: usize,
}

/// Which candles.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct CandleQuery {
    /// One of 1s, 1m, 5m, 30m, 4h, 1d.
    #[param(default = "1m")]
    timeframe: String,
    /// How many, at most 1000.
    #[param(minimum = 1, maximum = 1000, default = 500)]
    limit: usize,
}

impl Default for Count {
    fn default() -> Self {
        Self { limit: 20 }
    }
}

impl Default for CandleQuery {
    fn default() -> Self {
        Self { timeframe: "1m".to_owned(), limit: 500 }
    }
}

fn limited(limit: usize) -> Result<usize, Problem> {
    let is_fine = (1..=1_000).contains(&limit);
    is_fine.then_some(limit).ok_or_else(|| Problem::bad(format!("expected a `limit` of 1 to 1000, found {limit}")))
}

fn instrument(market: &dyn IMarketDataService, name: &str) -> Result<InstrumentId, Problem> {
    let found = || format!("expected an instrument of `/api/v1/markets`, found `{}`", name.escape_debug());
    named(market, name).ok_or_else(|| Problem::unknown(found()))
}

/// The market of every instrument, in order of their names.
#[utoipa::path(get, path = "/api/v1/markets", responses((status = 200, body = Vec<MarketRow>)))]
pub(super) async fn markets(State(api): State<Api>) -> Result<Json<Vec<MarketRow>>, Problem> {
    Ok(Json(api.sources()?.market.all_market_data().iter().map(MarketRow::from).collect()))
}

/// The best levels of a book; none while it is not complete.
#[utoipa::path(get, path = "/api/v1/markets/{instrument}/book",
    params(("instrument" = String, Path, description = "Venue and symbol: `simulated:BTCUSDT`"), Count),
    responses((status = 200, body = BookView), (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(super) async fn book(
    State(api): State<Api>,
    Path(name): Path<String>,
    count: Result<Query<Count>, QueryRejection>,
) -> Result<Json<BookView>, Problem> {
    let (limit, market) = (limited(query(count)?.limit)?, &api.sources()?.market);
    let instrument = instrument(&**market, &name)?;
    let depth = market.depth(&instrument, limit).map_err(Problem::unknown)?;
    Ok(Json(depth.map(BookView::from).unwrap_or_default()))
}

/// Candles, oldest first; the last one may still form.
#[utoipa::path(get, path = "/api/v1/markets/{instrument}/candles",
    params(("instrument" = String, Path, description = "Venue and symbol: `simulated:BTCUSDT`"), CandleQuery),
    responses((status = 200, body = Vec<CandleView>), (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(super) async fn candles(
    State(api): State<Api>,
    Path(name): Path<String>,
    asked: Result<Query<CandleQuery>, QueryRejection>,
) -> Result<Json<Vec<CandleView>>, Problem> {
    let asked = query(asked)?;
    let (limit, timeframe) = (limited(asked.limit)?, asked.timeframe.parse::<Timeframe>().map_err(Problem::bad)?);
    let market = &api.sources()?.market;
    let instrument = instrument(&**market, &name)?;
    Ok(Json(CandleView::last(&**market, &instrument, timeframe, limit).map_err(Problem::unknown)?))
}

/// The last trades, oldest first.
#[utoipa::path(get, path = "/api/v1/markets/{instrument}/trades",
    params(("instrument" = String, Path, description = "Venue and symbol: `simulated:BTCUSDT`"), Count),
    responses((status = 200, body = Vec<TradeRow>), (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(super) async fn trades(
    State(api): State<Api>,
    Path(name): Path<String>,
    count: Result<Query<Count>, QueryRejection>,
) -> Result<Json<Vec<TradeRow>>, Problem> {
    let (limit, market) = (limited(query(count)?.limit)?, &api.sources()?.market);
    let instrument = instrument(&**market, &name)?;
    let trades = market.recent_trades(&instrument, limit).map_err(Problem::unknown)?;
    Ok(Json(trades.iter().map(TradeRow::from).collect()))
}
