//! The database of a state folder: how it is opened, brought to the newest schema, and copied.

use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, SqliteConnection};

use super::repositories::schema;
use crate::store::error::StoreError;
use crate::store::migrations;

/// So many rows may wait to be read: where there is room for few, two threads wake each other for each row.
const ROWS: usize = 1_024;

/// Where the database of a folder is.
pub(super) fn file_in(folder: &Path) -> PathBuf {
    folder.join("state.db")
}

/// A connection that may write. What is committed is on the disk then, also when the power fails.
pub(super) async fn connect(path: &Path, busy: Duration, create: bool) -> Result<SqliteConnection, StoreError> {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(create)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .row_buffer_size(ROWS)
        .busy_timeout(busy)
        .connect()
        .await
        .map_err(|source| StoreError::Database { path: path.to_owned(), source })
}

/// A connection that changes nothing.
pub(super) async fn connect_to_read(path: &Path) -> Result<SqliteConnection, StoreError> {
    let connected = SqliteConnectOptions::new().filename(path).read_only(true).connect().await;
    connected.map_err(|source| StoreError::Database { path: path.to_owned(), source })
}

/// A connection to the database of a folder that is there, and its schema, which this program knows.
pub(super) async fn connect_existing(folder: &Path, busy: Duration) -> Result<(SqliteConnection, i64), StoreError> {
    let path = file_in(folder);
    if !path.is_file() {
        return Err(StoreError::Missing { path, folder: folder.to_owned() });
    }
    let mut connection = connect(&path, busy, false).await?;
    let version = schema::refuse_newer(&mut connection, &path).await?;
    Ok((connection, version))
}

/// The same, with the newest schema.
pub(super) async fn connect_newest(folder: &Path, busy: Duration) -> Result<SqliteConnection, StoreError> {
    let (connection, found) = connect_existing(folder, busy).await?;
    if found < migrations::NEWEST {
        return Err(StoreError::Older { path: file_in(folder), found, known: migrations::NEWEST });
    }
    Ok(connection)
}

/// Brings the schema to the newest one, after a backup if there was another; returns the backup.
pub(super) async fn bring_up(connection: &mut SqliteConnection, folder: &Path) -> Result<Option<PathBuf>, StoreError> {
    let path = file_in(folder);
    let found = schema::refuse_newer(&mut *connection, &path).await?;
    let mut backup = None;
    if found > 0 && found < migrations::NEWEST {
        let target = free_backup(folder, &format!("schema-{found}"))?;
        copy(&mut *connection, &path, &target).await?;
        backup = Some(target);
    }
    if found < migrations::NEWEST {
        schema::migrate(connection, &path).await?;
    }
    Ok(backup)
}

/// Writes a copy of the database as it is now, also while somebody writes to it.
pub(super) async fn copy(connection: &mut SqliteConnection, path: &Path, target: &Path) -> Result<(), StoreError> {
    let failed = |source| StoreError::Folder { path: target.to_owned(), source };
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    // Beside its place first, under a name that nobody has: a copy that was cut short is never taken for one.
    let partial = tempfile::Builder::new().prefix(".unfinished-").tempfile_in(folder).map_err(failed)?;
    sqlx::query("VACUUM INTO $1")
        .bind(partial.path().display().to_string())
        .execute(connection)
        .await
        .map_err(|source| StoreError::Database { path: path.to_owned(), source })?;
    partial.as_file().sync_all().map_err(failed)?;
    partial.persist(target).map(drop).map_err(|error| failed(error.error))
}

/// The name of a backup that does not exist yet.
pub(super) fn free_backup(folder: &Path, what: &str) -> Result<PathBuf, StoreError> {
    let backups = folder.join("backups");
    std::fs::create_dir_all(&backups).map_err(|source| StoreError::Folder { path: backups.clone(), source })?;
    let now = humantime::format_rfc3339_seconds(std::time::SystemTime::now()).to_string().replace(':', "");
    let names = (0_u32..).map(|number| match number {
        0 => backups.join(format!("{what}-{now}.db")),
        number => backups.join(format!("{what}-{now}-{number}.db")),
    });
    let mut free = names.filter(|path| !path.exists());
    Ok(free.next().unwrap_or_else(|| backups.join("backup.db")))
}
