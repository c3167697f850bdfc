//! The repositories: facts and rows, with the SQL that SQLite and PostgreSQL both know.
//!
//! These files are compiled once for each database, beneath the module that names its `Connection` and its `Row`
//! (`docs/decisions/0036-repositories-of-two-databases.md`).

pub(in crate::store) mod account;
mod acts;
pub(in crate::store) mod ages;
pub(in crate::store) mod alerts;
pub(in crate::store) mod backtests;
pub(in crate::store) mod configurations;
pub(in crate::store) mod facts;
mod funding;
pub(in crate::store) mod history;
pub(in crate::store) mod opportunities;
pub(in crate::store) mod orders;
mod preferences;
mod rows;
pub(in crate::store) mod schema;
mod signals;
pub(in crate::store) mod switches;

use super::{Connection, HAS_TABLE, Row};
