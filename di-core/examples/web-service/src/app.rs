//! The container of the process, and the scope of each request.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::http::request::Parts;
use di_core::axum::PerRequest;
use di_core::{container, service};
use sqlx::SqlitePool;

use crate::accounts::{Account, AccountError, Accounts, IAccounts};
use crate::database::{DatabaseFile, connect};

/// The application.
#[container(provides = [IAccounts])]
pub struct App {
    #[input]
    file: DatabaseFile,
    #[provide(connect)]
    database: SqlitePool,
    accounts: Accounts,
    #[scope]
    request: RequestScope,
}

/// What exists while a request of somebody is served.
#[container]
pub struct RequestScope {
    /// Who asks.
    #[input]
    user: String,
    #[inherit]
    accounts: Arc<dyn IAccounts>,
    /// What the user may do.
    #[entry]
    pub session: Session,
}

/// What the one who asks may do: with the own account.
#[service]
#[derive(Clone)]
pub struct Session {
    user: Arc<String>,
    accounts: Arc<dyn IAccounts>,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("user", &self.user).finish_non_exhaustive()
    }
}

impl Session {
    /// The own account.
    ///
    /// # Errors
    ///
    /// There is none, or it cannot be reached.
    pub async fn account(&self) -> Result<Account, AccountError> {
        self.accounts.of(&self.user).await
    }

    /// Gives to somebody from the own account.
    ///
    /// # Errors
    ///
    /// One of the two has no account, there is too little in it, or the accounts cannot be reached.
    pub async fn give(&self, to: &str, cents: i64) -> Result<(), AccountError> {
        self.accounts.transfer(&self.user, to, cents).await
    }
}

impl PerRequest<App> for RequestScope {
    type Rejection = (StatusCode, &'static str);

    /// A real service would look a token up; here, a header names the user.
    async fn open(app: &App, parts: &Parts) -> Result<Self, Self::Rejection> {
        let user = parts.headers.get("x-user").and_then(|user| user.to_str().ok());
        let user = user.ok_or((StatusCode::UNAUTHORIZED, "expected a header `x-user`"))?.to_owned();
        Ok(app.request(RequestScopeInputs { user }))
    }
}
