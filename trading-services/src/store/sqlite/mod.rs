//! The state in SQLite: repositories of rows, the schema, the thread that writes.

mod account;
mod admin;
mod alerts;
mod check;
mod configurations;
mod database;
mod durable;
mod error;
mod facts;
mod history;
mod lock;
mod migrations;
mod names;
mod orders;
mod rows;
mod signals;
mod writer;

pub use admin::{StoreAdmin, StoreCheck, StoreStatus};
pub use durable::DurableState;
pub use error::StoreError;
pub use migrations::Step;

#[cfg(test)]
mod tests;
