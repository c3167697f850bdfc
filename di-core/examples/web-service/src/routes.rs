//! The routes.

use std::sync::Arc;

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use di_core::Provides;
use di_core::axum::{Inject, PerRequest, Scoped};
use serde::Deserialize;

use crate::accounts::{Account, AccountError, IAccounts};
use crate::app::RequestScope;

/// The routes of an application: of [`App`](crate::App), or of what a test puts in its place.
pub fn router<C>(app: Arc<C>) -> Router
where
    C: Provides<dyn IAccounts> + Send + Sync + 'static,
    RequestScope: PerRequest<C>,
{
    Router::new()
        .route("/accounts/{owner}", get(account).post(deposit))
        .route("/mine", get(mine))
        .route("/transfers", post(transfer))
        .with_state(app)
}

/// What is put into an account.
#[derive(Debug, Deserialize)]
struct Deposit {
    cents: i64,
}

/// What is given to somebody.
#[derive(Debug, Deserialize)]
struct Transfer {
    to: String,
    cents: i64,
}

async fn account(accounts: Inject<dyn IAccounts>, Path(owner): Path<String>) -> Result<Json<Account>, AccountError> {
    Ok(Json(accounts.of(&owner).await?))
}

async fn deposit(
    accounts: Inject<dyn IAccounts>,
    Path(owner): Path<String>,
    Json(Deposit { cents }): Json<Deposit>,
) -> Result<Json<Account>, AccountError> {
    Ok(Json(accounts.deposit(&owner, cents).await?))
}

async fn mine(scope: Scoped<RequestScope>) -> Result<Json<Account>, AccountError> {
    Ok(Json(scope.session.account().await?))
}

async fn transfer(
    scope: Scoped<RequestScope>,
    Json(Transfer { to, cents }): Json<Transfer>,
) -> Result<StatusCode, AccountError> {
    scope.session.give(&to, cents).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl IntoResponse for AccountError {
    fn into_response(self) -> Response {
        let status = match &self {
            Self::Unknown(_) => StatusCode::NOT_FOUND,
            Self::TooLittle { .. } | Self::TooMuch(_) => StatusCode::CONFLICT,
            Self::Amount(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Database(_) => StatusCode::INTERNAL_SERVER_ERROR,
        };
        (status, self.to_string()).into_response()
    }
}
