//! Strategies: what they are, and whether they count.

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use serde::Deserialize;
use utoipa::ToSchema;

use super::Api;
use super::paging::json;
use super::path::Path;
use crate::api::problem::Problem;
use crate::api::views::StrategyRow;
use crate::ports::{StrategyMode, SwitchError};

/// Whether the opinions of a strategy count.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewMode {
    mode: Mode,
    /// Why, for the history of the key `signals.NAME.mode`.
    #[schema(max_length = 500)]
    reason: Option<String>,
}

/// The most letters of a reason.
const REASON: usize = 500;

/// `on`, `off`, or `shadow`: asked and counted without effect.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Mode {
    On,
    Off,
    Shadow,
}

/// Every strategy, in their declared order.
#[utoipa::path(get, path = "/api/v1/strategies", responses((status = 200, body = Vec<StrategyRow>)))]
pub(super) async fn strategies(State(api): State<Api>) -> Result<Json<Vec<StrategyRow>>, Problem> {
    let sources = api.sources()?;
    Ok(Json(StrategyRow::all(&*sources.signals, &*sources.executor, &*sources.portfolio)))
}

/// Switches a strategy on, off or to shadow until the end of the run.
#[utoipa::path(put, path = "/api/v1/strategies/{name}/mode", request_body = NewMode,
    params(("name" = String, Path, description = "A name of `/api/v1/strategies`"), ("x-csrf-token" = String, Header)),
    responses((status = 200, body = Vec<StrategyRow>), (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 413, body = Problem, content_type = "application/problem+json"),
        (status = 415, body = Problem, content_type = "application/problem+json"),
        (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(super) async fn set_mode(
    State(api): State<Api>,
    Path(name): Path<String>,
    asked: Result<Json<NewMode>, JsonRejection>,
) -> Result<Json<Vec<StrategyRow>>, Problem> {
    let NewMode { mode, reason } = json(asked)?;
    let reason = reason.unwrap_or_else(|| "through the API".to_owned());
    if reason.chars().count() > REASON || reason.chars().any(char::is_control) {
        return Err(Problem::bad(format!("expected a reason of at most {REASON} letters on one line")));
    }
    let mode = match mode {
        Mode::On => StrategyMode::On,
        Mode::Off => StrategyMode::Off,
        Mode::Shadow => StrategyMode::Shadow,
    };
    api.sources()?.signals.set_mode(&name, mode, &reason).map_err(|error| match error {
        SwitchError::Unknown(_) => Problem::unknown(error),
        SwitchError::Candles { .. } => Problem::bad(error),
    })?;
    strategies(State(api)).await
}
