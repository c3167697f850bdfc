//! The service as its callers see it: over HTTP, with a database of its own.
#![expect(clippy::unwrap_used, reason = "a test may unwrap: its failure is the message")]

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::http::request::Parts;
use di_core::axum::PerRequest;
use di_core::lifecycle::Application;
use di_core::prelude::*;
use di_core::{container, interface, service};
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};
use sqlx::SqlitePool;
use web_service_example::{
    Account, AccountError, App, AppInputs, DatabaseFile, IAccounts, RequestScope, RequestScopeInputs, router,
};

/// A service that runs, at an address of its own.
async fn serve(file: &Path) -> SocketAddr {
    let app = App::build(AppInputs { file: DatabaseFile(file.to_owned()) }).await.unwrap();
    listen(router(Arc::new(app))).await
}

async fn listen(router: Router) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

/// Asks as somebody, and returns the status with the body.
async fn ask(address: SocketAddr, method: Method, path: &str, user: &str, body: Value) -> (StatusCode, String) {
    let request = Client::new().request(method, format!("http://{address}{path}"));
    let request = if user.is_empty() { request } else { request.header("x-user", user) };
    let response = request.json(&body).send().await.unwrap();
    (response.status(), response.text().await.unwrap())
}

#[tokio::test]
async fn what_is_put_into_an_account_is_in_it_and_stays_there() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("accounts.db");
    let address = serve(&file).await;
    assert_eq!(ask(address, Method::GET, "/accounts/alice", "", json!(null)).await.0, StatusCode::NOT_FOUND);
    for cents in [70, 30] {
        ask(address, Method::POST, "/accounts/alice", "", json!({ "cents": cents })).await;
    }
    let expected = json!({ "owner": "alice", "cents": 100 }).to_string();
    let account = |address| ask(address, Method::GET, "/mine", "alice", json!(null));
    let parsed = |body: &str| serde_json::from_str::<Value>(body).unwrap().to_string();
    assert_eq!(parsed(&account(address).await.1), expected);
    // Another process on the same file.
    assert_eq!(parsed(&account(serve(&file).await).await.1), expected);
}

#[tokio::test]
async fn who_does_not_say_who_asks_has_no_scope() {
    let folder = tempfile::tempdir().unwrap();
    let address = serve(&folder.path().join("accounts.db")).await;
    let (status, body) = ask(address, Method::GET, "/mine", "", json!(null)).await;
    assert_eq!((status, body.as_str()), (StatusCode::UNAUTHORIZED, "expected a header `x-user`"));
}

#[tokio::test]
async fn a_transfer_is_whole_or_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let address = serve(&folder.path().join("accounts.db")).await;
    for (owner, cents) in [("alice", 100), ("bob", 1)] {
        ask(address, Method::POST, &format!("/accounts/{owner}"), "", json!({ "cents": cents })).await;
    }
    let give = |to: &'static str, cents: i64| {
        ask(address, Method::POST, "/transfers", "alice", json!({ "to": to, "cents": cents }))
    };
    assert_eq!(give("bob", 60).await.0, StatusCode::NO_CONTENT);
    let (status, body) = give("bob", 60).await;
    assert_eq!((status, body.as_str()), (StatusCode::CONFLICT, "`alice` has 40 cents, and 60 are wanted"));
    assert_eq!(give("nobody", 10).await.0, StatusCode::NOT_FOUND);
    assert_eq!(give("bob", -10).await.0, StatusCode::UNPROCESSABLE_ENTITY);
    let (_, alice) = ask(address, Method::GET, "/accounts/alice", "", json!(null)).await;
    assert!(alice.contains("40"), "{alice}");
}

#[tokio::test]
async fn two_transfers_at_once_do_not_both_take_the_last_cent() {
    let folder = tempfile::tempdir().unwrap();
    let address = serve(&folder.path().join("accounts.db")).await;
    for (owner, cents) in [("alice", 100), ("bob", 1)] {
        ask(address, Method::POST, &format!("/accounts/{owner}"), "", json!({ "cents": cents })).await;
    }
    let give = || ask(address, Method::POST, "/transfers", "alice", json!({ "to": "bob", "cents": 100 }));
    let ((one, _), (other, _)) = tokio::join!(give(), give());
    let mut both = [one, other];
    both.sort();
    assert_eq!(both, [StatusCode::NO_CONTENT, StatusCode::CONFLICT]);
}

#[tokio::test]
async fn what_an_account_cannot_hold_is_refused_and_what_it_holds_stays_readable() {
    let folder = tempfile::tempdir().unwrap();
    let address = serve(&folder.path().join("accounts.db")).await;
    let all = json!({ "cents": i64::MAX });
    assert_eq!(ask(address, Method::POST, "/accounts/alice", "", all.clone()).await.0, StatusCode::OK);
    let (status, body) = ask(address, Method::POST, "/accounts/alice", "", all).await;
    assert_eq!((status, body.as_str()), (StatusCode::CONFLICT, "the account of `alice` cannot hold so much"));
    ask(address, Method::POST, "/accounts/bob", "", json!({ "cents": 1 })).await;
    let to = json!({ "to": "alice", "cents": 1 });
    assert_eq!(ask(address, Method::POST, "/transfers", "bob", to).await.0, StatusCode::CONFLICT);
    for (owner, cents) in [("alice", i64::MAX), ("bob", 1)] {
        let (status, body) = ask(address, Method::GET, &format!("/accounts/{owner}"), "", json!(null)).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        assert_eq!(serde_json::from_str::<Value>(&body).unwrap(), json!({ "owner": owner, "cents": cents }));
    }
}

#[tokio::test]
async fn the_database_is_closed_when_the_application_stops() {
    let folder = tempfile::tempdir().unwrap();
    let app = App::build(AppInputs { file: DatabaseFile(folder.path().join("accounts.db")) }).await.unwrap();
    let application = Application::of(&app);
    application.start().await.unwrap();
    let accounts: &dyn IAccounts = app.get();
    assert_eq!(accounts.deposit("alice", 1).await.unwrap().cents, 1);
    application.stop().await.unwrap();
    let refused = accounts.of("alice").await.unwrap_err();
    assert!(matches!(refused, AccountError::Database(_)), "{refused}");
}

/// Everybody has seven cents, and nobody may have more.
struct SevenCents;

#[interface]
impl IAccounts for SevenCents {
    async fn of(&self, owner: &str) -> Result<Account, AccountError> {
        Ok(Account { owner: owner.to_owned(), cents: 7 })
    }

    async fn deposit(&self, owner: &str, _: i64) -> Result<Account, AccountError> {
        Err(AccountError::TooMuch(owner.to_owned()))
    }

    async fn transfer(&self, from: &str, _: &str, wanted: i64) -> Result<(), AccountError> {
        Err(AccountError::TooLittle { owner: from.to_owned(), cents: 7, wanted })
    }
}

/// Stands in for the function that opens the file, which is private to the service.
#[service]
fn nowhere() -> Result<SqlitePool, sqlx::Error> {
    SqlitePool::connect_lazy("sqlite::memory:")
}

#[container(from = App, replace(accounts = input Arc<dyn IAccounts>, database = provide(nowhere) SqlitePool))]
struct TestApp;

impl PerRequest<TestApp> for RequestScope {
    type Rejection = std::convert::Infallible;

    /// Everybody is Bob.
    async fn open(app: &TestApp, _: &Parts) -> Result<Self, Self::Rejection> {
        Ok(app.request(RequestScopeInputs { user: "bob".into() }))
    }
}

#[tokio::test]
async fn an_override_serves_the_same_routes() {
    let inputs = TestAppInputs { file: DatabaseFile("unused".into()), accounts: Arc::new(SevenCents) };
    let address = listen(router(Arc::new(TestApp::build(inputs).unwrap()))).await;
    let read = |body: &str| serde_json::from_str::<Value>(body).unwrap();
    let (_, alice) = ask(address, Method::GET, "/accounts/alice", "", json!(null)).await;
    assert_eq!(read(&alice), json!({ "owner": "alice", "cents": 7 }));
    let (_, bob) = ask(address, Method::GET, "/mine", "", json!(null)).await;
    assert_eq!(read(&bob), json!({ "owner": "bob", "cents": 7 }));
    let (status, _) = ask(address, Method::POST, "/accounts/alice", "", json!({ "cents": 1 })).await;
    assert_eq!(status, StatusCode::CONFLICT);
}
