//! The repository of orders, of what venues said of them, and of the positions that follow.

use futures::TryStreamExt;
use rust_decimal::Decimal;
use sqlx::Row as _;

use super::rows::{correlation, decimal, integer, nanos, number, parsed, parsed_if_any, time, word};
use super::{Connection, Row};
use crate::model::{
    Fill, InstrumentId, Liquidity, OrderId, OrderKind, OrderRequest, Position, Price, Side, TimeInForce, Timestamp,
};
use crate::ports::{OrderEvent, StateFact};
use crate::store::error::Fault;

const SIDES: [(&str, Side); 2] = [("buy", Side::Buy), ("sell", Side::Sell)];
const LIQUIDITY: [(&str, Liquidity); 2] = [("maker", Liquidity::Maker), ("taker", Liquidity::Taker)];
const IN_FORCE: [(&str, TimeInForce); 3] = [
    ("good-till-cancelled", TimeInForce::GoodTillCancelled),
    ("immediate-or-cancel", TimeInForce::ImmediateOrCancel),
    ("fill-or-kill", TimeInForce::FillOrKill),
];

fn name_of<T: PartialEq + Copy>(value: T, words: &[(&'static str, T)]) -> &'static str {
    words.iter().find(|(_, known)| *known == value).map_or("unknown", |(word, _)| word)
}

pub(in crate::store) async fn insert_order(
    connection: &mut Connection,
    seq: i64,
    request: &OrderRequest,
    time: Timestamp,
) -> Result<(), Fault> {
    let OrderRequest { id, instrument, side, quantity, kind, time_in_force, reduce_only, correlation } = request;
    let (kind, price) = match kind {
        OrderKind::Market => ("market", None),
        OrderKind::Limit { price, post_only: false } => ("limit", Some(*price)),
        OrderKind::Limit { price, post_only: true } => ("post-only", Some(*price)),
        OrderKind::Stop { trigger } => ("stop", Some(*trigger)),
    };
    let statement = "INSERT INTO orders (seq, id, time, instrument, side, quantity, kind, price, time_in_force, \
                     reduce_only, correlation) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    sqlx::query(statement)
        .bind(seq)
        .bind(id.as_str())
        .bind(nanos(time))
        .bind(instrument.to_string())
        .bind(name_of(*side, &SIDES))
        .bind(quantity.to_string())
        .bind(kind)
        .bind(price.map(|price| price.to_string()))
        .bind(name_of(*time_in_force, &IN_FORCE))
        .bind(i64::from(*reduce_only))
        .bind(integer(correlation.0))
        .execute(connection)
        .await?;
    Ok(())
}

pub(in crate::store) async fn insert_event(
    connection: &mut Connection,
    seq: i64,
    order: &OrderId,
    event: &OrderEvent,
    time: Timestamp,
) -> Result<(), Fault> {
    let (kind, reason) = match event {
        OrderEvent::Filled(fill) => return insert_fill(connection, seq, fill, time).await,
        OrderEvent::Accepted => ("accepted", None),
        OrderEvent::Rejected(reason) => ("rejected", Some(reason)),
        OrderEvent::Cancelled(reason) => ("cancelled", Some(reason)),
        OrderEvent::Expired(reason) => ("expired", Some(reason)),
    };
    sqlx::query("INSERT INTO order_events (seq, order_id, time, kind, reason) VALUES ($1, $2, $3, $4, $5)")
        .bind(seq)
        .bind(order.as_str())
        .bind(nanos(time))
        .bind(kind)
        .bind(reason)
        .execute(connection)
        .await?;
    Ok(())
}

async fn insert_fill(connection: &mut Connection, seq: i64, fill: &Fill, reported: Timestamp) -> Result<(), Fault> {
    let statement = "INSERT INTO fills (seq, id, order_id, reported, time, instrument, side, quantity, price, currency, \
                     fee, fee_currency, liquidity, correlation) \
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
    sqlx::query(statement)
        .bind(seq)
        .bind(&*fill.id)
        .bind(fill.order.as_str())
        .bind(nanos(reported))
        .bind(nanos(fill.time))
        .bind(fill.instrument.to_string())
        .bind(name_of(fill.side, &SIDES))
        .bind(fill.quantity.to_string())
        .bind(fill.price.to_string())
        .bind(fill.currency.as_str())
        .bind(fill.fee.to_string())
        .bind(fill.fee_currency.as_str())
        .bind(name_of(fill.liquidity, &LIQUIDITY))
        .bind(integer(fill.correlation.0))
        .execute(&mut *connection)
        .await?;
    let mut position = position(connection, &fill.instrument).await?;
    // A position that does not fit stays as it was, as in the portfolio.
    if position.trade(fill.signed_quantity(), fill.price.value()).is_ok() {
        let statement = "INSERT INTO positions (instrument, quantity, cost) VALUES ($1, $2, $3) \
                         ON CONFLICT (instrument) DO UPDATE SET quantity = excluded.quantity, cost = excluded.cost";
        sqlx::query(statement)
            .bind(fill.instrument.to_string())
            .bind(position.quantity.to_string())
            .bind(position.cost.to_string())
            .execute(connection)
            .await?;
    }
    Ok(())
}

async fn position(connection: &mut Connection, instrument: &InstrumentId) -> Result<Position, Fault> {
    let statement = "SELECT quantity, cost FROM positions WHERE instrument = $1";
    let row = sqlx::query(statement).bind(instrument.to_string()).fetch_optional(connection).await?;
    row.map_or_else(|| Ok(Position::default()), |row| read_position(&row))
}

fn read_position(row: &Row) -> Result<Position, Fault> {
    Ok(Position { quantity: decimal(row, "quantity")?, cost: decimal(row, "cost")? })
}

/// The positions that are kept, by instrument.
pub(in crate::store) async fn positions(connection: &mut Connection) -> Result<Vec<(InstrumentId, Position)>, Fault> {
    let rows = sqlx::query("SELECT * FROM positions ORDER BY instrument").fetch_all(connection).await?;
    rows.iter().map(|row| Ok((parsed(row, "instrument")?, read_position(row)?))).collect()
}

/// Everything that was said of orders, each with its place in the order of all facts.
pub(in crate::store) async fn facts(connection: &mut Connection) -> Result<Vec<(i64, StateFact)>, Fault> {
    let mut found = Vec::new();
    // Row by row: orders and fills are never forgotten, and rows are larger than facts.
    let mut rows = sqlx::query("SELECT * FROM orders ORDER BY seq").fetch(&mut *connection);
    while let Some(row) = rows.try_next().await? {
        let request = Box::new(read_order(&row)?);
        found.push((row.try_get("seq")?, StateFact::Submitted { request, time: time(&row, "time")? }));
    }
    drop(rows);
    let mut rows = sqlx::query("SELECT * FROM order_events ORDER BY seq").fetch(&mut *connection);
    while let Some(row) = rows.try_next().await? {
        let (order, event) = (parsed(&row, "order_id")?, Box::new(read_event(&row)?));
        found.push((row.try_get("seq")?, StateFact::Reported { order, event, time: time(&row, "time")? }));
    }
    drop(rows);
    let mut rows = sqlx::query("SELECT * FROM fills ORDER BY seq").fetch(connection);
    while let Some(row) = rows.try_next().await? {
        let (order, event) = (parsed(&row, "order_id")?, Box::new(OrderEvent::Filled(read_fill(&row)?)));
        found.push((row.try_get("seq")?, StateFact::Reported { order, event, time: time(&row, "reported")? }));
    }
    Ok(found)
}

fn read_order(row: &Row) -> Result<OrderRequest, Fault> {
    let price: Option<Price> = parsed_if_any(row, "price")?;
    let kind: String = row.try_get("kind")?;
    let kind = match (kind.as_str(), price) {
        ("market", None) => OrderKind::Market,
        ("limit", Some(price)) => OrderKind::Limit { price, post_only: false },
        ("post-only", Some(price)) => OrderKind::Limit { price, post_only: true },
        ("stop", Some(trigger)) => OrderKind::Stop { trigger },
        _ => {
            let expected = "market without a price; limit, post-only or stop with one".to_owned();
            return Err(Fault::Row { column: "kind", expected, found: kind });
        }
    };
    Ok(OrderRequest {
        id: parsed(row, "id")?,
        instrument: parsed(row, "instrument")?,
        side: word(row, "side", &SIDES)?,
        quantity: parsed(row, "quantity")?,
        kind,
        time_in_force: word(row, "time_in_force", &IN_FORCE)?,
        reduce_only: number(row, "reduce_only")? != 0,
        correlation: correlation(row)?,
    })
}

fn read_event(row: &Row) -> Result<OrderEvent, Fault> {
    let (kind, reason): (String, Option<String>) = (row.try_get("kind")?, row.try_get("reason")?);
    match (kind.as_str(), reason) {
        ("accepted", _) => Ok(OrderEvent::Accepted),
        ("rejected", Some(reason)) => Ok(OrderEvent::Rejected(reason)),
        ("cancelled", Some(reason)) => Ok(OrderEvent::Cancelled(reason)),
        ("expired", Some(reason)) => Ok(OrderEvent::Expired(reason)),
        _ => {
            let expected = "accepted; rejected, cancelled or expired with a reason".to_owned();
            Err(Fault::Row { column: "kind", expected, found: kind })
        }
    }
}

fn read_fill(row: &Row) -> Result<Fill, Fault> {
    let id: String = row.try_get("id")?;
    let fee: Decimal = decimal(row, "fee")?;
    Ok(Fill {
        id: id.into(),
        order: parsed(row, "order_id")?,
        instrument: parsed(row, "instrument")?,
        side: word(row, "side", &SIDES)?,
        quantity: parsed(row, "quantity")?,
        price: parsed(row, "price")?,
        currency: parsed(row, "currency")?,
        fee,
        fee_currency: parsed(row, "fee_currency")?,
        liquidity: word(row, "liquidity", &LIQUIDITY)?,
        time: time(row, "time")?,
        correlation: correlation(row)?,
    })
}
