//! The repository of back-tests.

use std::sync::Arc;

use futures::TryStreamExt;
use sqlx::Row as _;

use super::rows::{integer, json, json_if_any, nanos, number, time, word};
use super::{Connection, Row};
use crate::ports::{BacktestJob, BacktestResult, JobState};
use crate::store::error::Fault;

const STATES: [(&str, JobState); 6] = [
    (JobState::Waiting.as_str(), JobState::Waiting),
    (JobState::Running.as_str(), JobState::Running),
    (JobState::Done.as_str(), JobState::Done),
    (JobState::Failed.as_str(), JobState::Failed),
    (JobState::Cancelled.as_str(), JobState::Cancelled),
    (JobState::Interrupted.as_str(), JobState::Interrupted),
];

/// Takes the last word about a back-test.
pub(in crate::store) async fn set(
    connection: &mut Connection,
    job: &BacktestJob,
    result: Option<&BacktestResult>,
) -> Result<(), Fault> {
    let BacktestJob { id, request, state, permille: _, created, ended, error, figures } = job;
    let written = |error: serde_json::Error| Fault::Sql(sqlx::Error::Encode(error.into()));
    let statement = "INSERT INTO backtests (id, created, ended, state, request, error, figures, result) \
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
                     ON CONFLICT (id) DO UPDATE SET ended = excluded.ended, state = excluded.state, \
                     error = excluded.error, figures = excluded.figures, result = excluded.result";
    sqlx::query(statement)
        .bind(integer(*id))
        .bind(nanos(*created))
        .bind(ended.map(nanos))
        .bind(state.as_str())
        .bind(serde_json::to_string(request).map_err(written)?)
        .bind(error)
        .bind(figures.as_ref().map(serde_json::to_string).transpose().map_err(written)?)
        .bind(result.map(serde_json::to_string).transpose().map_err(written)?)
        .execute(connection)
        .await?;
    Ok(())
}

pub(in crate::store) async fn remove(connection: &mut Connection, id: u64) -> Result<(), Fault> {
    sqlx::query("DELETE FROM backtests WHERE id = $1").bind(integer(id)).execute(connection).await?;
    Ok(())
}

/// All of them, the oldest first.
pub(in crate::store) async fn list(connection: &mut Connection) -> Result<Vec<BacktestJob>, Fault> {
    let statement = "SELECT id, created, ended, state, request, error, figures FROM backtests ORDER BY id";
    let rows = sqlx::query(statement).fetch_all(connection).await?;
    rows.iter().map(read).collect()
}

/// What came of one.
pub(in crate::store) async fn result(
    connection: &mut Connection,
    id: u64,
) -> Result<Option<Arc<BacktestResult>>, Fault> {
    let statement = "SELECT result FROM backtests WHERE id = $1";
    let row = sqlx::query(statement).bind(integer(id)).fetch_optional(connection).await?;
    let Some(row) = row else { return Ok(None) };
    let result: Option<BacktestResult> = json_if_any(&row, "result")?;
    // Nothing is kept whole; what was kept before results said so does not say it.
    Ok(result.map(|result| Arc::new(BacktestResult { is_shortened: true, ..result })))
}

/// Reads every row.
pub(in crate::store) async fn check(connection: &mut Connection) -> Result<(), Fault> {
    let mut rows = sqlx::query("SELECT * FROM backtests").fetch(connection);
    while let Some(row) = rows.try_next().await? {
        read(&row)?;
        let _result: Option<BacktestResult> = json_if_any(&row, "result")?;
    }
    Ok(())
}

fn read(row: &Row) -> Result<BacktestJob, Fault> {
    let ended: Option<i64> = row.try_get("ended")?;
    Ok(BacktestJob {
        id: number(row, "id")?,
        request: json(row, "request")?,
        state: word(row, "state", &STATES)?,
        permille: 0,
        created: time(row, "created")?,
        ended: if ended.is_some() { Some(time(row, "ended")?) } else { None },
        error: row.try_get("error")?,
        figures: json_if_any(row, "figures")?,
    })
}
