//! The repository of what people have done through the page and the API.

use sqlx::Row as _;

use super::rows::{integer, nanos, number, time};
use super::{Connection, Row};
use crate::ports::{Act, StateFact};
use crate::store::error::Fault;

pub(in crate::store) async fn insert(connection: &mut Connection, act: &Act) -> Result<(), Fault> {
    let statement = "INSERT INTO acts (id, time, act, body, status) VALUES ($1, $2, $3, $4, $5)";
    sqlx::query(statement)
        .bind(integer(act.id))
        .bind(nanos(act.time))
        .bind(&act.act)
        .bind(&act.body)
        .bind(i64::from(act.status))
        .execute(connection)
        .await?;
    Ok(())
}

/// The last of them, with the last place in the order of all facts.
pub(in crate::store) async fn facts(connection: &mut Connection, most: i64) -> Result<Vec<(i64, StateFact)>, Fault> {
    let statement = "SELECT * FROM acts ORDER BY id DESC LIMIT $1";
    let mut rows = sqlx::query(statement).bind(most).fetch_all(connection).await?;
    rows.reverse();
    rows.iter().map(|row| Ok((i64::MAX, StateFact::Acted(Box::new(read(row)?))))).collect()
}

fn read(row: &Row) -> Result<Act, Fault> {
    Ok(Act {
        id: number(row, "id")?,
        time: time(row, "time")?,
        act: row.try_get("act")?,
        body: row.try_get("body")?,
        // What is no status was none.
        status: number(row, "status")?.try_into().unwrap_or_default(),
    })
}
