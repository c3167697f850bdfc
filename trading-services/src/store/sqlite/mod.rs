//! The state in SQLite: a folder, a lock, the thread that writes.

mod admin;
mod answers;
mod check;
mod database;
mod durable;
mod lock;
#[cfg_attr(
    feature = "postgres",
    expect(clippy::duplicate_mod, reason = "the repositories are compiled for each database")
)]
#[path = "../repositories/mod.rs"]
mod repositories;
mod writer;

pub use admin::{StoreAdmin, StoreCheck, StoreStatus};
pub use durable::DurableState;

use sqlx::SqliteConnection as Connection;
use sqlx::sqlite::SqliteRow as Row;

/// How many tables have that name: none or one.
const HAS_TABLE: &str = "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = $1";

#[cfg(test)]
mod tests;
