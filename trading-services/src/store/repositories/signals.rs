//! The repository of signals.

use sqlx::Row as _;

use super::rows::{correlation, integer, nanos, number, parsed, time, word};
use super::{Connection, Row};
use crate::ports::{Direction, Reason, Signal, StateFact};
use crate::store::error::Fault;
use crate::store::names::interned;

const DIRECTIONS: [(&str, Direction); 2] = [("long", Direction::Long), ("short", Direction::Short)];

pub(in crate::store) async fn insert(connection: &mut Connection, seq: i64, signal: &Signal) -> Result<(), Fault> {
    let Signal { id, time, correlation, instrument, timeframe, bar, direction, price, doubtful, reasons } = signal;
    let reasons: Vec<_> = reasons.iter().map(|reason| (reason.strategy, &reason.text)).collect();
    // A number that was lost with the process before it was written may be given again; orders have names of their own.
    let statement = "INSERT INTO signals (seq, id, time, correlation, instrument, timeframe, bar, direction, price, \
                     doubtful, reasons) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    sqlx::query(statement)
        .bind(seq)
        .bind(integer(*id))
        .bind(nanos(*time))
        .bind(integer(correlation.0))
        .bind(instrument.to_string())
        .bind(timeframe.as_str())
        .bind(nanos(*bar))
        .bind(direction.to_string())
        .bind(price.to_string())
        .bind(i64::from(*doubtful))
        .bind(serde_json::to_string(&reasons).unwrap_or_default())
        .execute(connection)
        .await?;
    Ok(())
}

/// The last signals, each with its place in the order of all facts.
pub(in crate::store) async fn facts(connection: &mut Connection, most: i64) -> Result<Vec<(i64, StateFact)>, Fault> {
    let statement = "SELECT * FROM signals ORDER BY seq DESC LIMIT $1";
    let rows = sqlx::query(statement).bind(most).fetch_all(connection).await?;
    rows.iter().map(|row| Ok((row.try_get("seq")?, StateFact::Signalled(Box::new(read(row)?))))).collect()
}

fn read(row: &Row) -> Result<Signal, Fault> {
    let text: String = row.try_get("reasons")?;
    let reasons: Vec<(String, String)> = serde_json::from_str(&text).map_err(|_| Fault::Row {
        column: "reasons",
        expected: "a JSON array of pairs".to_owned(),
        found: text.clone(),
    })?;
    let reason = |(strategy, text): (String, String)| Reason { strategy: interned(&strategy), text };
    Ok(Signal {
        id: number(row, "id")?,
        time: time(row, "time")?,
        correlation: correlation(row)?,
        instrument: parsed(row, "instrument")?,
        timeframe: parsed(row, "timeframe")?,
        bar: time(row, "bar")?,
        direction: word(row, "direction", &DIRECTIONS)?,
        price: parsed(row, "price")?,
        doubtful: number(row, "doubtful")? != 0,
        reasons: reasons.into_iter().map(reason).collect(),
    })
}
