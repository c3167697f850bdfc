//! Serves the accounts in a file at a port of this machine.

use std::net::Ipv4Addr;
use std::sync::Arc;

use di_core::lifecycle::Application;
use web_service_example::{App, AppInputs, DatabaseFile, router};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let file = DatabaseFile(std::env::args_os().nth(1).ok_or("expected the file of the database")?.into());
    let app = Arc::new(App::build(AppInputs { file }).await?);
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 8080)).await?;
    let application = Application::of(&*app);
    application.start().await?;
    let served = axum::serve(listener, router(app)).with_graceful_shutdown(stopped()).await;
    // The last request has been answered: now the connections to the database may close.
    application.stop().await?;
    Ok(served?)
}

async fn stopped() {
    // Without the signal, what ends the process is its death.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
