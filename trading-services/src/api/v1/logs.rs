//! The last lines of the log.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Api;
use super::paging::{Page, Paging, query};
use crate::api::problem::Problem;
use crate::ports::{LogLevel, LogLine};

/// Which lines.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct LogQuery {
    /// At least of that level: `trace`, `debug`, `info`, `warn`, `error`.
    #[param(value_type = Option<String>)]
    level: Option<LogLevel>,
    /// Only those with these words, in any case.
    words: Option<String>,
    /// How many, at most 500.
    #[param(minimum = 1, maximum = 500, default = 50)]
    limit: Option<usize>,
    /// How many newer ones are left out.
    #[param(minimum = 0, maximum = 4294967295_u32, default = 0)]
    offset: Option<usize>,
}

/// A line of the log.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct LogRow {
    id: u64,
    /// By the clock of the machine.
    time: String,
    level: String,
    /// Which part of the program says it.
    target: String,
    message: String,
}

/// The last lines that were logged, newest first. What is older is on standard error only.
#[utoipa::path(get, path = "/api/v1/logs", params(LogQuery),
    responses((status = 200, body = Page<LogRow>), (status = 400, body = Problem, content_type = "application/problem+json")))]
pub(super) async fn logs(
    State(api): State<Api>,
    asked: Result<Query<LogQuery>, QueryRejection>,
) -> Result<Json<Page<LogRow>>, Problem> {
    let asked = query(asked)?;
    let mut lines = api.sources()?.log.lines(asked.level.unwrap_or(LogLevel::Trace));
    if let Some(words) = asked.words.map(|words| words.to_lowercase()) {
        let has = |text: &str| text.to_lowercase().contains(&words);
        lines.retain(|line| has(&line.message) || has(&line.target));
    }
    let paging = Paging::of_query(asked.limit, asked.offset);
    let row = |line: &LogLine| LogRow {
        id: line.number,
        time: line.time.to_string(),
        level: line.level.to_string(),
        target: line.target.clone(),
        message: line.message.clone(),
    };
    paging.of(&lines, row).map(Json)
}
