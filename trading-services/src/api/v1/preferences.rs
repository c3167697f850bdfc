//! Preferences: what people have chosen on the page.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

use super::paging::json;
use super::path::Path;
use super::{Api, blocking, kept};
use crate::api::problem::Problem;

/// What somebody prefers.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Preference {
    /// `null` to forget it.
    #[schema(max_length = 1000)]
    value: Option<String>,
}

/// What was chosen on the page, by name. It means nothing to the platform.
#[utoipa::path(get, path = "/api/v1/preferences", responses((status = 200, body = BTreeMap<String, String>)))]
pub(super) async fn preferences(State(api): State<Api>) -> Result<Json<BTreeMap<String, String>>, Problem> {
    Ok(Json(api.sources()?.preferences.preferences()))
}

/// Remembers a choice; it is on the disk before the answer, where the state is kept.
#[utoipa::path(put, path = "/api/v1/preferences/{name}", request_body = Preference,
    params(("name" = String, Path, description = "1 to 64 letters, digits, `.`, `-` and `_`"), ("x-csrf-token" = String, Header)),
    responses((status = 200, body = BTreeMap<String, String>), (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 413, body = Problem, content_type = "application/problem+json"),
        (status = 415, body = Problem, content_type = "application/problem+json"),
        (status = 422, body = Problem, content_type = "application/problem+json"),
        (status = 503, body = Problem, content_type = "application/problem+json")))]
pub(super) async fn prefer(
    State(api): State<Api>,
    Path(name): Path<String>,
    asked: Result<Json<Preference>, JsonRejection>,
) -> Result<Json<BTreeMap<String, String>>, Problem> {
    let Preference { value } = json(asked)?;
    let sources = api.sources()?;
    // The state may be slow to take it.
    let taken = blocking(&sources.preferences, move |chosen| chosen.prefer(&name, value.as_deref())).await?;
    taken.map_err(|error| Problem::new(StatusCode::UNPROCESSABLE_ENTITY, error.to_string()))?;
    kept(&sources.state).await?;
    Ok(Json(sources.preferences.preferences()))
}
