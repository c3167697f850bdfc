//! The repository of the account: its limits, its value over time, and the last prices.

use rust_decimal::Decimal;
use sqlx::Row as _;

use super::Connection;
use super::rows::{decimal, nanos, parsed, time};
use crate::model::{Currency, InstrumentId, Price, Timestamp};
use crate::ports::{EquityPoint, StateFact};
use crate::store::error::Fault;

/// One fact about the limits, as its row has it.
pub(in crate::store) struct Limit<'a> {
    pub(in crate::store) kind: &'static str,
    pub(in crate::store) time: Option<Timestamp>,
    pub(in crate::store) equity: Option<Decimal>,
    pub(in crate::store) reason: Option<&'a str>,
}

/// Keeps with what the account was opened; it was opened once.
pub(in crate::store) async fn open(
    connection: &mut Connection,
    currency: &Currency,
    cash: Decimal,
) -> Result<(), Fault> {
    let statement = "INSERT INTO account (id, currency, cash) VALUES (1, $1, $2) ON CONFLICT (id) DO NOTHING";
    sqlx::query(statement).bind(currency.to_string()).bind(cash.to_string()).execute(connection).await?;
    Ok(())
}

pub(in crate::store) async fn insert_limit(
    connection: &mut Connection,
    seq: i64,
    limit: Limit<'_>,
) -> Result<(), Fault> {
    sqlx::query("INSERT INTO limits (seq, kind, time, equity, reason) VALUES ($1, $2, $3, $4, $5)")
        .bind(seq)
        .bind(limit.kind)
        .bind(limit.time.map(nanos))
        .bind(limit.equity.map(|equity| equity.to_string()))
        .bind(limit.reason)
        .execute(connection)
        .await?;
    Ok(())
}

pub(in crate::store) async fn insert_value(
    connection: &mut Connection,
    seq: i64,
    point: EquityPoint,
) -> Result<(), Fault> {
    sqlx::query("INSERT INTO equity (seq, time, equity) VALUES ($1, $2, $3)")
        .bind(seq)
        .bind(nanos(point.time))
        .bind(point.equity.to_string())
        .execute(connection)
        .await?;
    Ok(())
}

pub(in crate::store) async fn set_mark(
    connection: &mut Connection,
    instrument: &InstrumentId,
    price: Price,
    time: Timestamp,
) -> Result<(), Fault> {
    let statement = "INSERT INTO marks (instrument, price, time) VALUES ($1, $2, $3) \
                     ON CONFLICT (instrument) DO UPDATE SET price = excluded.price, time = excluded.time";
    sqlx::query(statement)
        .bind(instrument.to_string())
        .bind(price.to_string())
        .bind(nanos(time))
        .execute(connection)
        .await?;
    Ok(())
}

/// Whether trading has ended, by the last word about it.
pub(in crate::store) async fn is_killed(connection: &mut Connection) -> Result<bool, Fault> {
    let statement = "SELECT kind FROM limits WHERE kind IN ('killed', 'resumed') ORDER BY seq DESC LIMIT 1";
    let last: Option<String> = sqlx::query_scalar(statement).fetch_optional(connection).await?;
    Ok(last.as_deref() == Some("killed"))
}

/// The opening, the limits and the last values and prices, each with its place in the order of all facts; the opening comes
/// first, prices last.
pub(in crate::store) async fn facts(connection: &mut Connection, most: i64) -> Result<Vec<(i64, StateFact)>, Fault> {
    let mut found = Vec::new();
    for row in sqlx::query("SELECT * FROM account").fetch_all(&mut *connection).await? {
        let (currency, cash) = (parsed(&row, "currency")?, decimal(&row, "cash")?);
        found.push((0, StateFact::Opened { currency, cash }));
    }
    // Of peaks and days only the last one counts; a run has thousands of the former.
    let statement = "SELECT * FROM limits WHERE kind IN ('killed', 'resumed') \
                     OR seq IN (SELECT MAX(seq) FROM limits GROUP BY kind) ORDER BY seq";
    for row in sqlx::query(statement).fetch_all(&mut *connection).await? {
        let kind: String = row.try_get("kind")?;
        let reason = || row.try_get::<Option<String>, _>("reason").map(Option::unwrap_or_default);
        let fact = match kind.as_str() {
            "day" => StateFact::Day { time: time(&row, "time")?, equity: decimal(&row, "equity")? },
            "peak" => StateFact::Peak { equity: decimal(&row, "equity")? },
            "killed" => StateFact::Killed { reason: reason()? },
            "resumed" => StateFact::Resumed { reason: reason()? },
            _ => {
                let expected = "day, peak, killed or resumed".to_owned();
                return Err(Fault::Row { column: "kind", expected, found: kind });
            }
        };
        found.push((row.try_get("seq")?, fact));
    }
    let statement = "SELECT * FROM equity ORDER BY seq DESC LIMIT $1";
    for row in sqlx::query(statement).bind(most).fetch_all(&mut *connection).await? {
        let point = EquityPoint { time: time(&row, "time")?, equity: decimal(&row, "equity")? };
        found.push((row.try_get("seq")?, StateFact::Valued(point)));
    }
    for row in sqlx::query("SELECT * FROM marks ORDER BY instrument").fetch_all(connection).await? {
        let (instrument, price) = (parsed(&row, "instrument")?, parsed(&row, "price")?);
        found.push((i64::MAX, StateFact::Marked { instrument, price, time: time(&row, "time")? }));
    }
    Ok(found)
}
