//! The repository of what is kept for people: how services were, and candles.

use sqlx::SqliteConnection;

use super::error::Fault;
use super::rows::{integer, nanos};
use crate::model::{Candle, InstrumentId, Timeframe, Timestamp};

pub(super) async fn insert_health(
    connection: &mut SqliteConnection,
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
pub(super) async fn set_candle(
    connection: &mut SqliteConnection,
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
