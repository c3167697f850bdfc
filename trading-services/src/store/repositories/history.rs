//! The repository of what is kept for people: how services were, and candles.

use std::fmt::Display;
use std::str::FromStr;

use futures::TryStreamExt;
use sqlx::Connection as _;

use super::rows::{integer, nanos, number, parsed, time, word};
use super::{Connection, Row};
use crate::model::{Candle, InstrumentId, Timeframe, Timestamp};
use crate::store::error::Fault;

/// So many candles are read at once.
pub(in crate::store) const PAGE: usize = 1_024;

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

/// The candles of an instrument, oldest first, as they were at one moment.
pub(in crate::store) async fn candles(
    connection: &mut Connection,
    instrument: &InstrumentId,
    timeframe: Timeframe,
) -> Result<Vec<Candle>, Fault> {
    let mut transaction = connection.begin().await?;
    let (mut found, mut after) = (Vec::new(), -1);
    loop {
        let before = found.len();
        page(&mut transaction, instrument, timeframe, after, &mut found).await?;
        match found.last() {
            Some(last) if found.len() - before == PAGE => after = nanos(last.open_time),
            _ => break,
        }
    }
    transaction.commit().await?;
    Ok(found)
}

/// Adds the first candles after a time, at most [`PAGE`]. They come as one row: each row and each of its values costs more
/// than all that is in it, for it goes from the thread of the database to this one.
async fn page(
    connection: &mut Connection,
    instrument: &InstrumentId,
    timeframe: Timeframe,
    after: i64,
    found: &mut Vec<Candle>,
) -> Result<(), Fault> {
    let statement = "SELECT string_agg(line, ';') FROM (SELECT open_time || ' ' || open || ' ' || high || ' ' || low \
                     || ' ' || close || ' ' || volume || ' ' || trades || ' ' || doubtful AS line FROM candles \
                     WHERE instrument = $1 AND timeframe = $2 AND open_time > $3 ORDER BY open_time LIMIT $4) AS page";
    let lines: Option<String> = sqlx::query_scalar(statement)
        .bind(instrument.to_string())
        .bind(timeframe.as_str())
        .bind(after)
        .bind(i64::try_from(PAGE).unwrap_or(i64::MAX))
        .fetch_one(connection)
        .await?;
    let lines = lines.unwrap_or_default();
    let mut candles = lines.split_terminator(';').map(parse).collect::<Result<Vec<_>, _>>()?;
    // They come in the order of the inner statement, but no database promises that.
    candles.sort_by_key(|candle| candle.open_time);
    found.append(&mut candles);
    Ok(())
}

/// A candle as a line of [`page`] has it.
fn parse(line: &str) -> Result<Candle, Fault> {
    let mut values = line.split(' ');
    let candle = Candle {
        open_time: Timestamp::from_nanos(value("open_time", &mut values)?),
        open: value("open", &mut values)?,
        high: value("high", &mut values)?,
        low: value("low", &mut values)?,
        close: value("close", &mut values)?,
        volume: value("volume", &mut values)?,
        trades: value("trades", &mut values)?,
        doubtful: value("doubtful", &mut values)?,
    };
    match values.next() {
        None => Ok(candle),
        Some(more) => {
            Err(Fault::Row { column: "doubtful", expected: "nothing after it".to_owned(), found: more.to_owned() })
        }
    }
}

fn value<'a, T>(column: &'static str, values: &mut impl Iterator<Item = &'a str>) -> Result<T, Fault>
where
    T: FromStr,
    T::Err: Display,
{
    let text = values.next().unwrap_or_default();
    text.parse().map_err(|error: T::Err| Fault::Row { column, expected: error.to_string(), found: text.to_owned() })
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
