//! The state in PostgreSQL: the same migrations and repositories over another connection.

mod database;
#[expect(dead_code, reason = "commands of a state folder have no counterpart here")]
#[expect(clippy::duplicate_mod, reason = "the repositories are compiled for each database")]
#[path = "../repositories/mod.rs"]
mod repositories;

pub use database::PostgresStore;

use sqlx::PgConnection as Connection;
use sqlx::postgres::PgRow as Row;

/// How many tables have that name: none or one.
const HAS_TABLE: &str = "SELECT COUNT(*) FROM information_schema.tables \
                         WHERE table_schema = current_schema() AND table_name = $1";
