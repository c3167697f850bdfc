//! The repository of alerts, with what became of each.

use std::collections::BTreeMap;

use sqlx::Row as _;

use super::rows::{integer, nanos, number, parsed_if_any, time, word};
use super::{Connection, Row};
use crate::model::Timestamp;
use crate::ports::{Acknowledgement, Alert, AlertDelivery, AlertLevel, KeptAlert, StateFact};
use crate::store::error::Fault;
use crate::store::names::interned;

const LEVELS: [(&str, AlertLevel); 4] = [
    (AlertLevel::Info.as_str(), AlertLevel::Info),
    (AlertLevel::Warning.as_str(), AlertLevel::Warning),
    (AlertLevel::Error.as_str(), AlertLevel::Error),
    (AlertLevel::Critical.as_str(), AlertLevel::Critical),
];

/// What channels said of the alerts from a number on, however many these are: one statement.
const DELIVERIES: &str = "SELECT * FROM deliveries WHERE alert >= $1 ORDER BY alert, channel";

/// Keeps an alert, and what it is due by.
pub(in crate::store) async fn insert(
    connection: &mut Connection,
    seq: i64,
    alert: &Alert,
    due: &[&str],
) -> Result<(), Fault> {
    // What is kept is what was raised; an escalation is a delivery of it.
    let Alert { id, time, level, rule, instrument, service, message, escalated: _ } = alert;
    let statement = "INSERT INTO alerts (seq, id, time, level, rule, instrument, service, message) \
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    sqlx::query(statement)
        .bind(seq)
        .bind(integer(*id))
        .bind(nanos(*time))
        .bind(level.as_str())
        .bind(*rule)
        .bind(instrument.as_ref().map(ToString::to_string))
        .bind(*service)
        .bind(message)
        .execute(&mut *connection)
        .await?;
    for channel in due {
        set_delivery(connection, *id, channel, *time, Some(AlertDelivery::PENDING)).await?;
    }
    Ok(())
}

/// Takes the last word of a channel; what was delivered once stays delivered.
pub(in crate::store) async fn set_delivery(
    connection: &mut Connection,
    alert: u64,
    channel: &str,
    time: Timestamp,
    error: Option<&str>,
) -> Result<(), Fault> {
    let statement = "INSERT INTO deliveries (alert, channel, time, error) VALUES ($1, $2, $3, $4) \
                     ON CONFLICT (alert, channel) DO UPDATE SET time = excluded.time, error = excluded.error \
                     WHERE deliveries.error IS NOT NULL";
    sqlx::query(statement).bind(integer(alert)).bind(channel).bind(nanos(time)).bind(error).execute(connection).await?;
    Ok(())
}

/// Says who has seen an alert; the first one counts.
pub(in crate::store) async fn acknowledge(
    connection: &mut Connection,
    alert: u64,
    by: &str,
    time: Timestamp,
) -> Result<(), Fault> {
    let statement = "INSERT INTO acknowledgements (alert, time, acknowledged_by) VALUES ($1, $2, $3) \
                     ON CONFLICT (alert) DO NOTHING";
    sqlx::query(statement).bind(integer(alert)).bind(nanos(time)).bind(by).execute(connection).await?;
    Ok(())
}

/// Whether there is an alert of that number.
pub(in crate::store) async fn is_known(connection: &mut Connection, alert: u64) -> Result<bool, Fault> {
    let statement = "SELECT COUNT(*) FROM alerts WHERE id = $1";
    let count: i64 = sqlx::query_scalar(statement).bind(integer(alert)).fetch_one(connection).await?;
    Ok(count > 0)
}

/// The last alerts, each with its place in the order of all facts; what channels said of them and who has seen them comes last.
pub(in crate::store) async fn facts(connection: &mut Connection, most: i64) -> Result<Vec<(i64, StateFact)>, Fault> {
    let (mut found, mut oldest) = (Vec::new(), u64::MAX);
    let statement = "SELECT * FROM alerts ORDER BY seq DESC LIMIT $1";
    for row in sqlx::query(statement).bind(most).fetch_all(&mut *connection).await? {
        let alert = read(&row)?;
        oldest = oldest.min(alert.id);
        found.push((row.try_get("seq")?, StateFact::Raised { alert: Box::new(alert), due: Vec::new() }));
    }
    for row in sqlx::query(DELIVERIES).bind(integer(oldest)).fetch_all(&mut *connection).await? {
        let (alert, AlertDelivery { channel, time, error }) = delivery(&row)?;
        found.push((i64::MAX, StateFact::Delivered { alert, channel: interned(&channel), time, error }));
    }
    let statement = "SELECT * FROM acknowledgements ORDER BY alert DESC LIMIT $1";
    for row in sqlx::query(statement).bind(most).fetch_all(connection).await? {
        let (alert, by) = (number(&row, "alert")?, row.try_get("acknowledged_by")?);
        found.push((i64::MAX, StateFact::Acknowledged { alert, by, time: time(&row, "time")? }));
    }
    Ok(found)
}

/// The last alerts with what became of them, the newest first.
pub(in crate::store) async fn list(connection: &mut Connection, most: i64) -> Result<Vec<KeptAlert>, Fault> {
    let statement = "SELECT alerts.*, acknowledgements.time AS seen, acknowledged_by FROM alerts \
                     LEFT JOIN acknowledgements ON alert = id ORDER BY id DESC LIMIT $1";
    let mut found = Vec::new();
    for row in sqlx::query(statement).bind(most).fetch_all(&mut *connection).await? {
        let by: Option<String> = row.try_get("acknowledged_by")?;
        let acknowledged = match by {
            Some(by) => Some(Acknowledgement { by, time: time(&row, "seen")? }),
            None => None,
        };
        found.push(KeptAlert { alert: read(&row)?, deliveries: Vec::new(), acknowledged });
    }
    let mut said: BTreeMap<u64, Vec<AlertDelivery>> = BTreeMap::new();
    // From the oldest that was found, and not once more the last ones: others may have come meanwhile.
    let oldest = found.last().map_or(u64::MAX, |kept| kept.alert.id);
    for row in sqlx::query(DELIVERIES).bind(integer(oldest)).fetch_all(connection).await? {
        let (alert, word) = delivery(&row)?;
        said.entry(alert).or_default().push(word);
    }
    for kept in &mut found {
        kept.deliveries = said.remove(&kept.alert.id).unwrap_or_default();
    }
    Ok(found)
}

fn delivery(row: &Row) -> Result<(u64, AlertDelivery), Fault> {
    let (channel, error) = (row.try_get("channel")?, row.try_get("error")?);
    Ok((number(row, "alert")?, AlertDelivery { channel, time: time(row, "time")?, error }))
}

fn read(row: &Row) -> Result<Alert, Fault> {
    let (rule, service): (String, Option<String>) = (row.try_get("rule")?, row.try_get("service")?);
    Ok(Alert {
        id: number(row, "id")?,
        time: time(row, "time")?,
        level: word(row, "level", &LEVELS)?,
        rule: interned(&rule),
        instrument: parsed_if_any(row, "instrument")?,
        service: service.as_deref().map(interned),
        message: row.try_get("message")?,
        escalated: false,
    })
}
