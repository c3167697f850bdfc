//! Alerts: what was raised, and who knows of it.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use serde::Deserialize;

use super::paging::{Page, Paging, query};
use super::path::Path;
use super::{Api, kept};
use crate::api::problem::Problem;
use crate::api::views::{AlertRow, DeliveryView};
use crate::ports::AlertLevel;

/// Which alerts.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct AlertQuery {
    /// At least of that level: `info`, `warning`, `error`, `critical`.
    #[param(value_type = Option<String>)]
    level: Option<AlertLevel>,
    /// Only those that nobody has acknowledged, or only the others.
    acknowledged: Option<bool>,
    /// How many, at most 500.
    #[param(minimum = 1, maximum = 500, default = 50)]
    limit: Option<usize>,
    /// How many newer ones are left out.
    #[param(minimum = 0, maximum = 4294967295_u32, default = 0)]
    offset: Option<usize>,
}

/// Alerts that were sent, newest first.
#[utoipa::path(get, path = "/api/v1/alerts", params(AlertQuery),
    responses((status = 200, body = Page<AlertRow>), (status = 400, body = Problem, content_type = "application/problem+json")))]
pub(super) async fn alerts(
    State(api): State<Api>,
    asked: Result<Query<AlertQuery>, QueryRejection>,
) -> Result<Json<Page<AlertRow>>, Problem> {
    let (asked, sources) = (query(asked)?, api.sources()?);
    let mut all = sources.alerts.alerts(asked.level, usize::MAX, None);
    all.retain(|alert| asked.acknowledged.is_none_or(|wanted| wanted == sources.alerts.is_acknowledged(alert.id)));
    let paging = Paging::of_query(asked.limit, asked.offset);
    paging.of(&all, |alert| AlertRow::new(alert, &*sources.alerts)).map(Json)
}

/// Somebody knows of an alert; it is on the disk before the answer.
#[utoipa::path(post, path = "/api/v1/alerts/{id}/acknowledge",
    params(("id" = u64, Path, description = "A number of `/api/v1/alerts`"), ("x-csrf-token" = String, Header)),
    responses((status = 200, body = AlertRow), (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 503, body = Problem, content_type = "application/problem+json")))]
pub(super) async fn acknowledge(State(api): State<Api>, Path(id): Path<String>) -> Result<Json<AlertRow>, Problem> {
    let sources = api.sources()?;
    let id: Option<u64> = id.parse().ok();
    let known = id.filter(|id| sources.alerts.acknowledge(*id, "the page"));
    let alert =
        known.and_then(|id| sources.alerts.alerts(None, usize::MAX, None).into_iter().find(|alert| alert.id == id));
    let alert = alert.ok_or_else(|| Problem::unknown("expected the number of an alert of `/api/v1/alerts`"))?;
    sources.feed.alert_changed(alert.id);
    kept(&sources.state).await?;
    Ok(Json(AlertRow::new(&alert, &*sources.alerts)))
}

/// Delivers an alert again by every channel that is enabled.
#[utoipa::path(post, path = "/api/v1/alerts/{id}/resend",
    params(("id" = u64, Path, description = "A number of `/api/v1/alerts`"), ("x-csrf-token" = String, Header)),
    responses((status = 200, body = Vec<DeliveryView>), (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(super) async fn resend(State(api): State<Api>, Path(id): Path<String>) -> Result<Json<Vec<DeliveryView>>, Problem> {
    let sources = api.sources()?;
    let unknown = || Problem::unknown("expected the number of an alert of `/api/v1/alerts`");
    let id: u64 = id.parse().map_err(|_| unknown())?;
    let said = sources.alerts.resend(id).await.ok_or_else(unknown)?;
    sources.feed.alert_changed(id);
    Ok(Json(said.into_iter().map(DeliveryView::from).collect()))
}
