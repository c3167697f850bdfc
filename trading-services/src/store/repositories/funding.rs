//! The repository of funding: its settlements, and when it is due next.

use sqlx::Row as _;

use super::rows::{decimal, nanos, parsed, parsed_if_any, time};
use super::{Connection, Row};
use crate::model::{FundingPayment, FundingSettlement, InstrumentId, Timestamp};
use crate::ports::StateFact;
use crate::store::error::Fault;

/// Keeps a settlement; one of that instrument and time that is kept already stays as it is.
pub(in crate::store) async fn insert(
    connection: &mut Connection,
    seq: i64,
    settlement: &FundingSettlement,
) -> Result<(), Fault> {
    let FundingSettlement { instrument, due, settled, held, currency, payment } = settlement;
    let statement = "INSERT INTO funding (seq, instrument, due, settled, held, currency, rate, mark, amount) \
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (instrument, due) DO NOTHING";
    sqlx::query(statement)
        .bind(seq)
        .bind(instrument.to_string())
        .bind(nanos(*due))
        .bind(nanos(*settled))
        .bind(held.to_string())
        .bind(currency.as_str())
        .bind(payment.map(|payment| payment.rate.to_string()))
        .bind(payment.map(|payment| payment.mark.to_string()))
        .bind(payment.map(|payment| payment.amount.to_string()))
        .execute(connection)
        .await?;
    Ok(())
}

/// Keeps when the next one is due.
pub(in crate::store) async fn set_due(
    connection: &mut Connection,
    instrument: &InstrumentId,
    due: Timestamp,
) -> Result<(), Fault> {
    let statement = "INSERT INTO funding_due (instrument, due) VALUES ($1, $2) \
                     ON CONFLICT (instrument) DO UPDATE SET due = excluded.due";
    sqlx::query(statement).bind(instrument.to_string()).bind(nanos(due)).execute(connection).await?;
    Ok(())
}

/// Every settlement, each with its place in the order of all facts; what is due next comes last.
pub(in crate::store) async fn facts(connection: &mut Connection) -> Result<Vec<(i64, StateFact)>, Fault> {
    let mut found = Vec::new();
    for row in sqlx::query("SELECT * FROM funding ORDER BY seq").fetch_all(&mut *connection).await? {
        found.push((row.try_get("seq")?, StateFact::Funded(Box::new(read(&row)?))));
    }
    for row in sqlx::query("SELECT * FROM funding_due ORDER BY instrument").fetch_all(connection).await? {
        let (instrument, due) = (parsed(&row, "instrument")?, time(&row, "due")?);
        found.push((i64::MAX, StateFact::FundingDue { instrument, due }));
    }
    Ok(found)
}

fn read(row: &Row) -> Result<FundingSettlement, Fault> {
    let payment = match parsed_if_any(row, "mark")? {
        Some(mark) => Some(FundingPayment { rate: decimal(row, "rate")?, mark, amount: decimal(row, "amount")? }),
        None => None,
    };
    Ok(FundingSettlement {
        instrument: parsed(row, "instrument")?,
        due: time(row, "due")?,
        settled: time(row, "settled")?,
        held: decimal(row, "held")?,
        currency: parsed(row, "currency")?,
        payment,
    })
}
