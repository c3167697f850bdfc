//! Errors of the store, with the file that they are about.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// Why there is no store, or what it cannot do.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The folder cannot be made, or a file in it cannot be opened.
    #[error("{}: expected a folder for the state that can be written: {source}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Another process writes there.
    #[error("{}: expected a state that nobody else writes, but {holder} does; stop it, or choose another folder with `--store`", path.display())]
    Held {
        /// The folder.
        path: PathBuf,
        /// Who has it.
        holder: String,
        /// Its process, where that is known.
        process: Option<u32>,
        /// Where it answers, if it is a platform with an API.
        address: Option<SocketAddr>,
    },
    /// The database does not do what was asked.
    #[error("{}: expected a database that works: {source}", path.display())]
    Database {
        /// Where it is.
        path: PathBuf,
        /// What the database said.
        source: sqlx::Error,
    },
    /// A migration failed; the database is as it was before it.
    #[error("{}: expected to change the schema: {source}", path.display())]
    Migration {
        /// Where the database is.
        path: PathBuf,
        /// What the database said.
        source: sqlx::migrate::MigrateError,
    },
    /// A newer program has written it.
    #[error(
        "{}: expected schema {known} or older, found {found}: a newer program has written it. Use that program, \
         or let it run `db rollback --to {known}`, or restore the backup that was made before the migration",
        path.display()
    )]
    Newer {
        /// Where the database is.
        path: PathBuf,
        /// Its schema.
        found: i64,
        /// The newest that this program knows.
        known: i64,
    },
    /// An older program has written it, and nobody has brought it up since.
    #[error("{}: expected schema {known}, found {found}; `db migrate` brings it up, after a backup", path.display())]
    Older {
        /// Where the database is.
        path: PathBuf,
        /// Its schema.
        found: i64,
        /// The one that is needed.
        known: i64,
    },
    /// There is no such schema to go back to.
    #[error("expected a schema from 0 to {found}, which is the one that the database has, found {target}")]
    NoSuchSchema {
        /// The schema of the database.
        found: i64,
        /// Where it should go back to.
        target: i64,
    },
    /// A file is not the backup of a database.
    #[error("{}: expected the backup of a state, found {found}", path.display())]
    NotABackup {
        /// The file.
        path: PathBuf,
        /// What it is.
        found: String,
    },
    /// A file is in the way.
    #[error("{}: expected a file that does not exist yet", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// A value in a row is not what it has to be.
    #[error("{}: expected {expected} in column `{column}`, found `{found}`; `db check` looks at every row", path.display())]
    Row {
        /// Where the database is.
        path: PathBuf,
        /// The column.
        column: &'static str,
        /// What was expected.
        expected: String,
        /// What is there.
        found: String,
    },
    /// There is no database where one was expected.
    #[error("{}: expected a database, found none; a run with `--store {}` makes one", path.display(), folder.display())]
    Missing {
        /// Where its file would be.
        path: PathBuf,
        /// The folder that was named.
        folder: PathBuf,
    },
    /// The thread that writes has ended.
    #[error("expected a store that is open, but it has been closed")]
    Closed,
}

/// What a statement failed with, before it is said of which file.
#[derive(Debug)]
pub(in crate::store) enum Fault {
    Sql(sqlx::Error),
    Row { column: &'static str, expected: String, found: String },
}

impl From<sqlx::Error> for Fault {
    fn from(error: sqlx::Error) -> Self {
        Self::Sql(error)
    }
}

impl Fault {
    pub(in crate::store) fn at(self, path: &Path) -> StoreError {
        let path = path.to_owned();
        match self {
            Self::Sql(source) => StoreError::Database { path, source },
            Self::Row { column, expected, found } => StoreError::Row { path, column, expected, found },
        }
    }
}
