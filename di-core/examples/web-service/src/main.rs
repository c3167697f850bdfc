//! Serves the accounts in a file at a port of this machine.

use std::net::Ipv4Addr;
use std::sync::Arc;

use web_service_example::{App, AppInputs, DatabaseFile, router};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let file = DatabaseFile(std::env::args_os().nth(1).ok_or("expected the file of the database")?.into());
    let app = Arc::new(App::build(AppInputs { file }).await?);
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 8080)).await?;
    axum::serve(listener, router(app)).with_graceful_shutdown(stopped()).await?;
    Ok(())
}

async fn stopped() {
    // Without the signal, what ends the process is its death.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
