//! The database: a pool that is opened, and whose tables are made, while the container is built.

use std::sync::Arc;

use di_core::error::BoxError;
use di_core::lifecycle::Lifecycle;
use di_core::{interface, service};
use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions};

/// The file to open.
#[derive(Debug, Clone)]
pub struct DatabaseFile(pub std::path::PathBuf);

/// The pool of connections to the file, which is made if there is none.
#[service(lifecycle)]
pub(crate) async fn connect(file: Arc<DatabaseFile>) -> Result<SqlitePool, sqlx::Error> {
    let options = SqliteConnectOptions::new().filename(&file.0).create_if_missing(true);
    let options = options.journal_mode(SqliteJournalMode::Wal).foreign_keys(true);
    // One connection: SQLite has one writer.
    let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await?;
    // Strict, since SQLite else stores a sum that overflows as a floating-point number.
    sqlx::query("CREATE TABLE IF NOT EXISTS accounts (owner TEXT PRIMARY KEY, cents INTEGER NOT NULL) STRICT")
        .execute(&pool)
        .await?;
    Ok(pool)
}

#[interface]
impl Lifecycle for connect {
    async fn stop(&self) -> Result<(), BoxError> {
        self.value.close().await;
        Ok(())
    }
}
