//! The repository of what trading modules have seen.

use sqlx::Row as _;

use super::rows::{nanos, parsed, time, word};
use super::{Connection, Row};
use crate::model::Timestamp;
use crate::ports::{Direction, KeptOpportunity, Opportunity};
use crate::store::error::Fault;

const DIRECTIONS: [(&str, Direction); 2] = [("long", Direction::Long), ("short", Direction::Short)];

pub(in crate::store) async fn insert(
    connection: &mut Connection,
    seq: i64,
    module: &str,
    opportunity: &Opportunity,
    time: Timestamp,
) -> Result<(), Fault> {
    let Opportunity { instrument, direction, confidence, price, reason } = opportunity;
    let statement = "INSERT INTO opportunities (seq, time, module, instrument, direction, confidence, price, reason) \
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    sqlx::query(statement)
        .bind(seq)
        .bind(nanos(time))
        .bind(module)
        .bind(instrument.to_string())
        .bind(direction.to_string())
        // The shortest text that reads as the same number.
        .bind(confidence.to_string())
        .bind(price.to_string())
        .bind(reason)
        .execute(connection)
        .await?;
    Ok(())
}

/// The last ones, the newest first.
pub(in crate::store) async fn list(connection: &mut Connection, most: i64) -> Result<Vec<KeptOpportunity>, Fault> {
    let statement = "SELECT * FROM opportunities ORDER BY seq DESC LIMIT $1";
    let rows = sqlx::query(statement).bind(most).fetch_all(connection).await?;
    rows.iter().map(read).collect()
}

fn read(row: &Row) -> Result<KeptOpportunity, Fault> {
    let opportunity = Opportunity {
        instrument: parsed(row, "instrument")?,
        direction: word(row, "direction", &DIRECTIONS)?,
        confidence: parsed(row, "confidence")?,
        price: parsed(row, "price")?,
        reason: row.try_get("reason")?,
    };
    Ok(KeptOpportunity { module: row.try_get("module")?, time: time(row, "time")?, opportunity })
}
