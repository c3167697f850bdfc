//! The command `kill`: ends all trading of a platform, whether it runs or not.

use std::io::{Write, stdout};
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use clap::Args;
use serde_json::{Value, json};
use trading_services::config::{Overrides, load};
use trading_services::store::StoreError;

use crate::commands::Failure;
use crate::store::StoreArgs;

/// Where a platform answers unless `http.address` says otherwise.
const USUAL: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 9_464);

/// How long a platform may take: it writes down that trading has ended, cancels and closes before it answers.
const PATIENCE: Duration = Duration::from_secs(30);

#[derive(Debug, Args)]
pub(crate) struct KillArgs {
    #[command(flatten)]
    store: StoreArgs,
    /// Why trading ends; it is kept, and people are told.
    #[arg(long)]
    reason: String,
    /// Where the platform answers that runs; by default `http.address` of the settings, else 127.0.0.1:9464.
    #[arg(long, value_name = "ADDRESS:PORT", conflicts_with = "store")]
    address: Option<SocketAddr>,
}

/// A platform that runs is asked; where none has the state, it is written there that trading has ended.
pub(crate) async fn run(args: &KillArgs) -> Result<(), Failure> {
    let said = match args.address {
        Some(address) => ask(address, &args.reason).await?,
        None => match args.store.admin()?.kill(&args.reason).await {
            Ok(true) => "trading has ended; the next start cancels what is open".to_owned(),
            Ok(false) => "trading had ended before".to_owned(),
            Err(StoreError::Held { holder, .. }) => {
                let settings = load(args.store.config.as_deref(), &Overrides::default())?;
                let address = settings.http.address.unwrap_or(USUAL);
                ask(address, &args.reason).await.map_err(|error| {
                    format!("{error}\n  {holder} has the state: say with `--address` where it answers, or stop it")
                })?
            }
            Err(error) => return Err(error.into()),
        },
    };
    Ok(writeln!(stdout(), "{said}")?)
}

/// Presses the kill switch of the platform at that address, and returns what came of it.
async fn ask(address: SocketAddr, reason: &str) -> Result<String, Failure> {
    let failed = |error: &dyn std::fmt::Display| format!("{address}: expected a platform that ends trading: {error}");
    let client = reqwest::Client::builder().timeout(PATIENCE).build()?;
    let base = format!("http://{address}/api/v1");
    let read = async |request: reqwest::RequestBuilder| -> Result<Value, Failure> {
        let answer = request.send().await.map_err(|error| failed(&error))?;
        let (status, body) = (answer.status(), answer.text().await.map_err(|error| failed(&error))?);
        let body: Value = serde_json::from_str(&body).unwrap_or_default();
        if status.is_success() {
            return Ok(body);
        }
        let detail = body.get("detail").and_then(Value::as_str).unwrap_or("it answers with that status alone");
        Err(failed(&format_args!("{status}, {detail}")).into())
    };
    let session = read(client.get(format!("{base}/session"))).await?;
    let token = session.get("token").and_then(Value::as_str).ok_or_else(|| failed(&"it has no session"))?;
    let kill = client.post(format!("{base}/risk/kill")).header("x-csrf-token", token);
    let kill = kill.header("content-type", "application/json").body(json!({ "reason": reason }).to_string());
    let answer = read(kill).await?;
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let killed = answer.pointer("/used/killed").and_then(text).ok_or_else(|| failed(&"trading goes on"))?;
    let troubles = answer.pointer("/used/troubles").and_then(Value::as_array).into_iter().flatten().filter_map(text);
    let troubles: String = troubles.map(|trouble| format!("\n  {trouble}")).collect();
    Ok(format!("trading has ended: {killed}{troubles}"))
}
