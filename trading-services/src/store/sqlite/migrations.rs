//! The schema, step by step, and back.

use std::path::Path;

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{SqlSafeStr, SqliteConnection};

use super::error::StoreError;

/// Version, name, up, down; the text of each is in `store/migrations`.
const STEPS: [(i64, &str, &str, &str); 4] = [
    (1, "state", include_str!("../migrations/0001_state.up.sql"), include_str!("../migrations/0001_state.down.sql")),
    (2, "alerts", include_str!("../migrations/0002_alerts.up.sql"), include_str!("../migrations/0002_alerts.down.sql")),
    (
        3,
        "history",
        include_str!("../migrations/0003_history.up.sql"),
        include_str!("../migrations/0003_history.down.sql"),
    ),
    (
        4,
        "configuration",
        include_str!("../migrations/0004_configuration.up.sql"),
        include_str!("../migrations/0004_configuration.down.sql"),
    ),
];

/// The newest schema that this program knows.
pub(super) const NEWEST: i64 = STEPS.len() as i64;

/// A step of the schema, and whether it was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Its number.
    pub version: i64,
    /// What it is about.
    pub name: &'static str,
    /// Whether the database has it.
    pub applied: bool,
}

fn migrator() -> Migrator {
    let step = |version, name: &'static str, kind, sql: &'static str| {
        Migration::new(version, name.into(), kind, sql.into_sql_str(), false)
    };
    let both = STEPS.iter().flat_map(|(version, name, up, down)| {
        [
            step(*version, name, MigrationType::ReversibleUp, up),
            step(*version, name, MigrationType::ReversibleDown, down),
        ]
    });
    Migrator::with_migrations(both.collect())
}

/// The schema that the database has; 0 for an empty one.
pub(super) async fn version(connection: &mut SqliteConnection, path: &Path) -> Result<i64, StoreError> {
    let failed = |source| StoreError::Database { path: path.to_owned(), source };
    let is_there = "SELECT COUNT(*) FROM sqlite_master WHERE name = '_sqlx_migrations'";
    let is_there: i64 = sqlx::query_scalar(is_there).fetch_one(&mut *connection).await.map_err(failed)?;
    if is_there == 0 {
        return Ok(0);
    }
    let statement = "SELECT COALESCE(MAX(version), 0) FROM _sqlx_migrations WHERE success";
    sqlx::query_scalar(statement).fetch_one(connection).await.map_err(failed)
}

/// Brings the schema to the newest one.
pub(super) async fn migrate(connection: &mut SqliteConnection, path: &Path) -> Result<(), StoreError> {
    migrator().run(&mut *connection).await.map_err(|source| StoreError::Migration { path: path.to_owned(), source })
}

/// Takes steps back until the schema is `target`.
pub(super) async fn roll_back(connection: &mut SqliteConnection, path: &Path, target: i64) -> Result<(), StoreError> {
    migrator()
        .undo(&mut *connection, target)
        .await
        .map_err(|source| StoreError::Migration { path: path.to_owned(), source })
}

/// Every step that this program knows.
pub(super) fn steps(version: i64) -> Vec<Step> {
    STEPS.iter().map(|(number, name, ..)| Step { version: *number, name, applied: *number <= version }).collect()
}
