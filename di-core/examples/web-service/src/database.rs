//! The database: a pool that is opened, and whose tables are made, while the container is built.

use std::sync::Arc;

use di_core::service;
use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions};

/// The file to open.
#[derive(Debug, Clone)]
pub struct DatabaseFile(pub std::path::PathBuf);

/// The pool of connections.
#[derive(Debug)]
pub struct Database {
    pool: SqlitePool,
}

#[service]
impl Database {
    /// Opens the file, which is made if there is none.
    #[constructor]
    async fn open(file: Arc<DatabaseFile>) -> Result<Self, sqlx::Error> {
        let options = SqliteConnectOptions::new().filename(&file.0).create_if_missing(true);
        let options = options.journal_mode(SqliteJournalMode::Wal).foreign_keys(true);
        // One connection: SQLite has one writer.
        let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await?;
        sqlx::query("CREATE TABLE IF NOT EXISTS accounts (owner TEXT PRIMARY KEY, cents INTEGER NOT NULL)")
            .execute(&pool)
            .await?;
        Ok(Self { pool })
    }

    /// Its connections.
    pub fn pool(&self) -> &SqlitePool {
        &self.pool
    }
}
