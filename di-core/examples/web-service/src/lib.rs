//! Accounts in a database, behind HTTP.
//!
//! `cargo run -p web-service-example -- accounts.db`, and then `curl localhost:8080/accounts/alice`.

mod accounts;
mod app;
mod database;
mod routes;

pub use accounts::{Account, AccountError, Accounts, IAccounts};
pub use app::{App, AppInputs, RequestScope, RequestScopeInputs, Session};
pub use database::DatabaseFile;
pub use routes::router;
