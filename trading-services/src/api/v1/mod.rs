//! Version 1 of the API: what the page shows and does, as JSON.

mod alerts;
mod backtests;
mod configuration;
mod description;
mod etag;
mod filter;
mod logs;
mod market;
mod paging;
mod path;
mod platform;
mod preferences;
mod reports;
mod risk;
mod services;
mod strategies;
mod trading;

use std::sync::Arc;

use axum::http::StatusCode;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use di_core::dependency::Lazy;
use di_core::health::HealthMonitor;
use di_core::lifecycle::Registry;

use super::ApiSources;
use super::acts::once;
use super::along::Along;
use super::problem::Problem;
use super::session::Session;
use super::starts::Starts;
use crate::ports::IStateManager;

/// Where it stands.
pub(super) const BASE: &str = "/api/v1";

/// What the API is made of.
#[derive(Clone)]
pub(super) struct Api {
    pub(super) sources: Lazy<ApiSources>,
    pub(super) health: HealthMonitor,
    pub(super) registry: Registry,
    pub(super) session: Session,
    pub(super) along: Arc<Along>,
    pub(super) starts: Arc<Starts>,
}

impl Api {
    pub(super) fn sources(&self) -> Result<Arc<ApiSources>, Problem> {
        self.sources.get().map_err(|_| Problem::unavailable())
    }
}

/// The routes, with their own checks.
pub(super) fn router(api: Api) -> Router {
    Router::new()
        .route("/openapi.json", get(async || Json(description::description())))
        .route("/session", get(platform::session))
        .route("/overview", get(platform::overview))
        .route("/audit", get(platform::audit))
        .route("/live", get(platform::live))
        .route("/markets", get(market::markets))
        .route("/markets/{instrument}/book", get(market::book))
        .route("/markets/{instrument}/candles", get(market::candles))
        .route("/markets/{instrument}/trades", get(market::trades))
        .route("/positions", get(trading::positions))
        .route("/orders", get(trading::orders))
        .route("/fills", get(trading::fills))
        .route("/signals", get(trading::signals))
        .route("/round-trips", get(trading::round_trips))
        .route("/equity", get(trading::equity))
        .route("/funding", get(trading::funding))
        .route("/strategies", get(strategies::strategies))
        .route("/strategies/{name}/mode", put(strategies::set_mode))
        .route("/risk", get(risk::risk))
        .route("/risk/kill", post(risk::kill))
        .route("/alerts", get(alerts::alerts))
        .route("/alerts/{id}/acknowledge", post(alerts::acknowledge))
        .route("/alerts/{id}/resend", post(alerts::resend))
        .route("/logs", get(logs::logs))
        .route("/configuration", get(configuration::configuration))
        .route("/configuration/versions", get(configuration::versions))
        .route("/configuration/difference", get(configuration::difference))
        .route("/configuration/changes", get(configuration::changes))
        .route("/configuration/versions/{version}/rollback", post(configuration::roll_back))
        .route("/backtests", get(backtests::backtests).post(backtests::begin))
        .route("/backtests/{id}", get(backtests::backtest))
        .route("/backtests/{id}/cancel", post(backtests::cancel))
        .route("/reports", get(reports::reports).post(reports::begin))
        .route("/reports/{id}", get(reports::report))
        .route("/reports/{id}/content", get(reports::content))
        .route("/reports/{id}/cancel", post(reports::cancel))
        .route("/preferences", get(preferences::preferences))
        .route("/preferences/{name}", put(preferences::prefer))
        .route("/services", get(services::services))
        .route("/services/{name}/start", post(services::start))
        .route("/services/{name}/stop", post(services::stop))
        .fallback(async || Problem::unknown("expected a path of `/api/v1/openapi.json`"))
        .method_not_allowed_fallback(async || {
            Problem::new(StatusCode::METHOD_NOT_ALLOWED, "expected a method of `/api/v1/openapi.json`")
        })
        .layer(from_fn(etag::etag))
        .layer(from_fn_with_state(api.clone(), once))
        .with_state(api)
}

/// Asks a service where disks may be waited for.
async fn blocking<S, T>(service: &Arc<S>, ask: impl FnOnce(&S) -> T + Send + 'static) -> Result<T, Problem>
where
    S: ?Sized + Send + Sync + 'static,
    T: Send + 'static,
{
    let service = Arc::clone(service);
    let asked = tokio::task::spawn_blocking(move || ask(&*service)).await;
    asked.map_err(|error| Problem::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))
}

/// Waits until what was taken is on the disk: who is told that it is kept may rely on it.
async fn kept(state: &Arc<dyn IStateManager>) -> Result<(), Problem> {
    let kept = blocking(state, |state| state.flush()).await?;
    kept.map_err(|error| {
        let detail = format!("expected to keep it, and it waits for that: {error}");
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, detail)
    })
}
