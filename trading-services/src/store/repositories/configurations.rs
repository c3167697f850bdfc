//! The repository of the configurations that were accepted.

use sqlx::Row as _;

use super::rows::{integer, nanos, number, time};
use super::{Connection, Row};
use crate::model::Timestamp;
use crate::ports::KeptConfiguration;
use crate::store::error::Fault;

/// Keeps a configuration under the next number, unless it is the one that is kept last.
pub(in crate::store) async fn insert(
    connection: &mut Connection,
    time: Timestamp,
    reason: &str,
    settings: &str,
    text: Option<&str>,
) -> Result<(), Fault> {
    let statement = "SELECT * FROM configurations ORDER BY version DESC LIMIT 1";
    let last = sqlx::query(statement).fetch_optional(&mut *connection).await?;
    let last = last.as_ref().map(read).transpose()?;
    if last.as_ref().is_some_and(|last| last.settings == settings && last.text.as_deref() == text) {
        return Ok(());
    }
    let version = last.map_or(0, |last| last.version) + 1;
    sqlx::query("INSERT INTO configurations (version, time, reason, settings, text) VALUES ($1, $2, $3, $4, $5)")
        .bind(integer(version))
        .bind(nanos(time))
        .bind(reason)
        .bind(settings)
        .bind(text)
        .execute(connection)
        .await?;
    Ok(())
}

/// All of them, the oldest first.
pub(in crate::store) async fn list(connection: &mut Connection) -> Result<Vec<KeptConfiguration>, Fault> {
    let rows = sqlx::query("SELECT * FROM configurations ORDER BY version").fetch_all(connection).await?;
    rows.iter().map(read).collect()
}

fn read(row: &Row) -> Result<KeptConfiguration, Fault> {
    Ok(KeptConfiguration {
        version: number(row, "version")?,
        time: time(row, "time")?,
        reason: row.try_get("reason")?,
        settings: row.try_get("settings")?,
        text: row.try_get("text")?,
    })
}
