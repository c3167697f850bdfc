//! Checks of a state: its file, its references, its rows, and what is derived from them.

use std::collections::BTreeMap;
use std::path::Path;

use sqlx::{Row, SqliteConnection};

use super::admin::StoreCheck;
use super::repositories::{backtests, configurations, facts, history, opportunities, orders, switches};
use crate::model::{InstrumentId, Position};
use crate::ports::{OrderEvent, StateFact};
use crate::store::error::{Fault, StoreError};

/// What is damaged in the file itself.
pub(super) async fn integrity(connection: &mut SqliteConnection) -> Result<Vec<String>, Fault> {
    let found: Vec<String> = sqlx::query_scalar("PRAGMA integrity_check").fetch_all(connection).await?;
    Ok(found.into_iter().filter(|line| line != "ok").collect())
}

/// Everything.
pub(super) async fn all(connection: &mut SqliteConnection, path: &Path) -> Result<StoreCheck, StoreError> {
    let failed = |fault: Fault| fault.at(path);
    let mut problems = integrity(connection).await.map_err(failed)?;
    let broken = sqlx::query("PRAGMA foreign_key_check").fetch_all(&mut *connection).await;
    for row in broken.map_err(|error| failed(error.into()))? {
        let (table, parent): (String, String) = (row.get(0), row.get(2));
        problems.push(format!("a row of `{table}` belongs to none of `{parent}`"));
    }
    let facts = match facts::all(&mut *connection, i64::MAX).await {
        Ok(facts) => facts,
        Err(fault) => {
            problems.push(described(fault).map_err(failed)?);
            Vec::new()
        }
    };
    if let Err(fault) = read_history(connection).await {
        problems.push(described(fault).map_err(failed)?);
    }
    let derived = derive(&facts);
    let kept = orders::positions(connection).await.map_err(failed)?.into_iter().collect::<BTreeMap<_, _>>();
    for instrument in derived.keys().chain(kept.keys().filter(|instrument| !derived.contains_key(*instrument))) {
        let (expected, found) = (derived.get(instrument), kept.get(instrument));
        if expected != found {
            problems.push(format!(
                "expected the position of {instrument} to be {expected:?} by its fills, found {found:?}"
            ));
        }
    }
    Ok(StoreCheck { facts: facts.len(), positions: derived.len(), problems })
}

/// Reads what is kept for people.
async fn read_history(connection: &mut SqliteConnection) -> Result<(), Fault> {
    history::check(&mut *connection).await?;
    backtests::check(&mut *connection).await?;
    opportunities::list(&mut *connection, i64::MAX).await?;
    switches::list(&mut *connection).await?;
    configurations::list(connection).await.map(drop)
}

/// What is wrong with a row; the fault comes back when it is the database that fails.
fn described(fault: Fault) -> Result<String, Fault> {
    match fault {
        Fault::Row { column, expected, found } => {
            Ok(format!("expected {expected} in column `{column}`, found `{found}`"))
        }
        fault @ Fault::Sql(_) => Err(fault),
    }
}

/// The positions that follow from the fills.
fn derive(facts: &[StateFact]) -> BTreeMap<InstrumentId, Position> {
    let mut positions: BTreeMap<InstrumentId, Position> = BTreeMap::new();
    for fact in facts {
        if let StateFact::Reported { event, .. } = fact
            && let OrderEvent::Filled(fill) = &**event
        {
            // What does not fit changes nothing, there as here.
            let position = positions.entry(fill.instrument.clone()).or_default();
            let _changed = position.trade(fill.signed_quantity(), fill.price.value());
        }
    }
    positions
}
