//! The repository of modes that an operator has switched.

use sqlx::Row as _;

use super::rows::{nanos, time};
use super::{Connection, Row};
use crate::ports::ModeSwitch;
use crate::store::error::Fault;

pub(in crate::store) async fn insert(connection: &mut Connection, seq: i64, switch: &ModeSwitch) -> Result<(), Fault> {
    let ModeSwitch { time, key, before, after, reason } = switch;
    let statement = "INSERT INTO switches (seq, time, setting, mode_before, mode_after, reason) \
                     VALUES ($1, $2, $3, $4, $5, $6)";
    sqlx::query(statement)
        .bind(seq)
        .bind(nanos(*time))
        .bind(key)
        .bind(before)
        .bind(after)
        .bind(reason)
        .execute(connection)
        .await?;
    Ok(())
}

/// All of them, the oldest first.
pub(in crate::store) async fn list(connection: &mut Connection) -> Result<Vec<ModeSwitch>, Fault> {
    let rows = sqlx::query("SELECT * FROM switches ORDER BY seq").fetch_all(connection).await?;
    rows.iter().map(read).collect()
}

fn read(row: &Row) -> Result<ModeSwitch, Fault> {
    Ok(ModeSwitch {
        time: time(row, "time")?,
        key: row.try_get("setting")?,
        before: row.try_get("mode_before")?,
        after: row.try_get("mode_after")?,
        reason: row.try_get("reason")?,
    })
}
