//! Reports as jobs: begin one, look how far it is, give it up, read it.

use axum::Json;
use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::ToSchema;

use super::paging::{Page, Paging, json, query};
use super::path::Path;
use super::{Api, BASE};
use crate::api::problem::Problem;
use crate::api::views::ReportRow;
use crate::ports::{JobState, ReportAbout, ReportFormat, ReportJob, ReportRefused, ReportRequest};

/// As the policy of the page, for a file of its own: it has styles and pictures within it, and nothing that runs.
const CONTENT: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; \
                       frame-ancestors 'none'; sandbox";

/// A report that somebody wants.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewReport {
    about: About,
    #[serde(default)]
    #[schema(inline)]
    format: Format,
}

/// Of what it is made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
enum About {
    /// The account of the platform, as it is now.
    Account,
    /// A back-test that is done, by its number of `/api/v1/backtests`.
    Backtest(u64),
}

/// How it is written.
#[derive(Debug, Default, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Format {
    /// One page for a browser.
    #[default]
    Html,
    /// The same figures as data.
    Json,
}

/// The last reports of this run, newest first.
#[utoipa::path(get, path = "/api/v1/reports", params(Paging),
    responses((status = 200, body = Page<ReportRow>), (status = 400, body = Problem, content_type = "application/problem+json")))]
pub(super) async fn reports(
    State(api): State<Api>,
    paging: Result<Query<Paging>, QueryRejection>,
) -> Result<Json<Page<ReportRow>>, Problem> {
    query(paging)?.of(&api.sources()?.reports.jobs(), |job| ReportRow::new(job, BASE)).map(Json)
}

/// Begins a report as a job; `location` has where it can be looked at.
#[utoipa::path(post, path = "/api/v1/reports", request_body = NewReport, params(("x-csrf-token" = String, Header)),
    responses((status = 202, body = ReportRow), (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 409, body = Problem, content_type = "application/problem+json"),
        (status = 413, body = Problem, content_type = "application/problem+json"),
        (status = 415, body = Problem, content_type = "application/problem+json"),
        (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(super) async fn begin(
    State(api): State<Api>,
    asked: Result<Json<NewReport>, JsonRejection>,
) -> Result<Response, Problem> {
    let NewReport { about, format } = json(asked)?;
    let about = match about {
        About::Account => ReportAbout::Account,
        About::Backtest(id) => ReportAbout::Backtest(id),
    };
    let format = match format {
        Format::Html => ReportFormat::Html,
        Format::Json => ReportFormat::Json,
    };
    let job = api.sources()?.reports.begin(ReportRequest { about, format }).map_err(|error| {
        let is_unfit = matches!(error, ReportRefused::NoResult(_));
        Problem::new(if is_unfit { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::CONFLICT }, error.to_string())
    })?;
    let mut response = (StatusCode::ACCEPTED, Json(ReportRow::new(&job, BASE))).into_response();
    if let Ok(place) = HeaderValue::from_str(&format!("{BASE}/reports/{}", job.id)) {
        response.headers_mut().insert(header::LOCATION, place);
    }
    Ok(response)
}

/// How far a report is.
#[utoipa::path(get, path = "/api/v1/reports/{id}",
    params(("id" = u64, Path, description = "A number of `/api/v1/reports`")),
    responses((status = 200, body = ReportRow), (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(super) async fn report(State(api): State<Api>, Path(id): Path<String>) -> Result<Json<ReportRow>, Problem> {
    Ok(Json(ReportRow::new(&named(&api, &id)?, BASE)))
}

/// The report itself, once it is done: a page, or JSON.
#[utoipa::path(get, path = "/api/v1/reports/{id}/content",
    params(("id" = u64, Path, description = "A number of `/api/v1/reports`")),
    responses((status = 200, content((String = "text/html"), (Object = "application/json"))),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 409, body = Problem, content_type = "application/problem+json")))]
pub(super) async fn content(State(api): State<Api>, Path(id): Path<String>) -> Result<Response, Problem> {
    let job = named(&api, &id)?;
    let text = api.sources()?.reports.text(job.id);
    let Some(text) = text.filter(|_| job.state == JobState::Done) else {
        let detail = format!("expected a report that is done, found one that is {}", job.state);
        return Err(Problem::new(StatusCode::CONFLICT, detail));
    };
    let kind = match job.request.format {
        ReportFormat::Html => "text/html; charset=utf-8",
        ReportFormat::Json => "application/json",
    };
    let headers = [(header::CONTENT_TYPE, kind), (header::CONTENT_SECURITY_POLICY, CONTENT)];
    Ok((headers, text.to_string()).into_response())
}

/// Gives a report up; what has ended stays as it is.
#[utoipa::path(post, path = "/api/v1/reports/{id}/cancel",
    params(("id" = u64, Path, description = "A number of `/api/v1/reports`"), ("x-csrf-token" = String, Header)),
    responses((status = 200, body = ReportRow), (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(super) async fn cancel(State(api): State<Api>, Path(id): Path<String>) -> Result<Json<ReportRow>, Problem> {
    let id: u64 = id.parse().map_err(|_| unknown())?;
    let job = api.sources()?.reports.cancel(id).ok_or_else(unknown)?;
    Ok(Json(ReportRow::new(&job, BASE)))
}

fn named(api: &Api, id: &str) -> Result<ReportJob, Problem> {
    let id: Option<u64> = id.parse().ok();
    api.sources()?.reports.jobs().into_iter().find(|job| Some(job.id) == id).ok_or_else(unknown)
}

fn unknown() -> Problem {
    Problem::unknown("expected the number of a report of `/api/v1/reports`")
}
