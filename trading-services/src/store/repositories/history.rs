//! The repository of what is kept for people: how services were, and candles.

use super::rows::{integer, nanos, number, parsed, time, word};
use super::{Connection, Row, backtests};
use crate::store::error::Fault;
use futures::TryStreamExt;

use crate::model::{Candle, InstrumentId, Timeframe, Timestamp};

/// As a service is by the lifecycle and by its checks.
const STATUSES: [(&str, ()); 6] =
    [("starting", ()), ("healthy", ()), ("degraded", ()), ("unhealthy", ()), ("stopping", ()), ("stopped", ())];

pub(in crate::store) async fn insert_health(
    connection: &mut Connection,
    seq: i64,
    time: Timestamp,
    service: &str,
    status: &str,
    reason: Option<&str>,
) -> Result<(), Fault> {
    sqlx::query("INSERT INTO health_changes (seq, time, service, status, reason) VALUES ($1, $2, $3, $4, $5)")
        .bind(seq)
        .bind(nanos(time))
        .bind(service)
        .bind(status)
        .bind(reason)
        .execute(connection)
        .await?;
    Ok(())
}

/// Keeps a candle; a later one of the same time is a correction.
pub(in crate::store) async fn set_candle(
    connection: &mut Connection,
    instrument: &InstrumentId,
    timeframe: Timeframe,
    candle: &Candle,
) -> Result<(), Fault> {
    let statement = "INSERT INTO candles (instrument, timeframe, open_time, open, high, low, close, volume, trades, \
                     doubtful) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
                     ON CONFLICT (instrument, timeframe, open_time) DO UPDATE SET open = excluded.open, \
                     high = excluded.high, low = excluded.low, close = excluded.close, volume = excluded.volume, \
                     trades = excluded.trades, doubtful = excluded.doubtful";
    sqlx::query(statement)
        .bind(instrument.to_string())
        .bind(timeframe.as_str())
        .bind(nanos(candle.open_time))
        .bind(candle.open.to_string())
        .bind(candle.high.to_string())
        .bind(candle.low.to_string())
        .bind(candle.close.to_string())
        .bind(candle.volume.to_string())
        .bind(integer(candle.trades))
        .bind(integer(candle.doubtful))
        .execute(connection)
        .await?;
    Ok(())
}

/// The candles of an instrument, oldest first.
pub(in crate::store) async fn candles(
    connection: &mut Connection,
    instrument: &InstrumentId,
    timeframe: Timeframe,
) -> Result<Vec<Candle>, Fault> {
    let statement = "SELECT * FROM candles WHERE instrument = $1 AND timeframe = $2 ORDER BY open_time";
    let rows =
        sqlx::query(statement).bind(instrument.to_string()).bind(timeframe.as_str()).fetch_all(connection).await?;
    rows.iter().map(read).collect()
}

/// Forgets candles, values of the account, changes of health, opportunities and back-tests from before a time; returns how
/// many there were.
pub(in crate::store) async fn forget(connection: &mut Connection, before: Timestamp) -> Result<u64, Fault> {
    let mut gone = 0;
    for statement in [
        "DELETE FROM candles WHERE open_time < $1",
        "DELETE FROM equity WHERE time < $1",
        "DELETE FROM health_changes WHERE time < $1",
        "DELETE FROM opportunities WHERE time < $1",
    ] {
        gone += sqlx::query(statement).bind(nanos(before)).execute(&mut *connection).await?.rows_affected();
    }
    Ok(gone + backtests::forget(connection, before).await?)
}

/// Reads every row.
pub(in crate::store) async fn check(connection: &mut Connection) -> Result<(), Fault> {
    let mut candles = sqlx::query("SELECT * FROM candles").fetch(&mut *connection);
    while let Some(row) = candles.try_next().await? {
        let (_instrument, _timeframe): (InstrumentId, Timeframe) =
            (parsed(&row, "instrument")?, parsed(&row, "timeframe")?);
        read(&row)?;
    }
    drop(candles);
    let mut changes = sqlx::query("SELECT * FROM health_changes").fetch(connection);
    while let Some(row) = changes.try_next().await? {
        word(&row, "status", &STATUSES)?;
        time(&row, "time")?;
    }
    Ok(())
}

fn read(row: &Row) -> Result<Candle, Fault> {
    Ok(Candle {
        open_time: time(row, "open_time")?,
        open: parsed(row, "open")?,
        high: parsed(row, "high")?,
        low: parsed(row, "low")?,
        close: parsed(row, "close")?,
        volume: parsed(row, "volume")?,
        trades: number(row, "trades")?,
        doubtful: number(row, "doubtful")?,
    })
}
