//! The schema of a database: which it has, how it is changed, how many rows are in it.

use std::path::Path;

use super::{Connection, HAS_TABLE};
use crate::store::error::{Fault, StoreError};
use crate::store::migrations::{self, TABLES};

/// The schema that the database has; 0 for an empty one.
pub(in crate::store) async fn version(connection: &mut Connection, path: &Path) -> Result<i64, StoreError> {
    let failed = |fault: Fault| fault.at(path);
    if !has(connection, "_sqlx_migrations").await.map_err(failed)? {
        return Ok(0);
    }
    let statement = "SELECT COALESCE(MAX(version), 0) FROM _sqlx_migrations WHERE success";
    sqlx::query_scalar(statement).fetch_one(connection).await.map_err(|error| failed(error.into()))
}

/// The same, unless a newer program has made it.
pub(in crate::store) async fn refuse_newer(connection: &mut Connection, path: &Path) -> Result<i64, StoreError> {
    let (found, known) = (version(connection, path).await?, migrations::NEWEST);
    if found > known { Err(StoreError::Newer { path: path.to_owned(), found, known }) } else { Ok(found) }
}

/// Brings the schema to the newest one.
pub(in crate::store) async fn migrate(connection: &mut Connection, path: &Path) -> Result<(), StoreError> {
    let done = migrations::migrator().run(&mut *connection).await;
    done.map_err(|source| StoreError::Migration { path: path.to_owned(), source })
}

/// Takes steps back until the schema is `target`.
pub(in crate::store) async fn roll_back(
    connection: &mut Connection,
    path: &Path,
    target: i64,
) -> Result<(), StoreError> {
    let done = migrations::migrator().undo(&mut *connection, target).await;
    done.map_err(|source| StoreError::Migration { path: path.to_owned(), source })
}

/// How many rows each table has that is there.
pub(in crate::store) async fn rows(connection: &mut Connection) -> Result<Vec<(&'static str, i64)>, Fault> {
    let mut found = Vec::new();
    for table in TABLES {
        if has(connection, table).await? {
            let statement = sqlx::AssertSqlSafe(format!("SELECT COUNT(*) FROM {table}"));
            found.push((table, sqlx::query_scalar(statement).fetch_one(&mut *connection).await?));
        }
    }
    Ok(found)
}

async fn has(connection: &mut Connection, table: &str) -> Result<bool, Fault> {
    let count: i64 = sqlx::query_scalar(HAS_TABLE).bind(table).fetch_one(connection).await?;
    Ok(count > 0)
}
