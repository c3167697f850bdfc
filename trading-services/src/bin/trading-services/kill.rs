//! The command `kill`: ends all trading of a platform, whether it runs or not.

use std::io::{Write, stdout};
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use clap::Args;
use reqwest::redirect::Policy;
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
        Some(address) => ask(address, &args.reason, None).await?,
        None => match args.store.admin()?.kill(&args.reason).await {
            Ok(true) => {
                "no platform has the state folder; trading has ended, and the next start over it cancels what is open"
                    .to_owned()
            }
            Ok(false) => "no platform has the state folder; trading had ended before".to_owned(),
            Err(StoreError::Held { holder, process, .. }) => {
                let settings = load(args.store.config.as_deref(), &Overrides::default())?;
                let address = settings.http.address.unwrap_or(USUAL);
                let holds = Holder { process, name: &holder };
                ask(address, &args.reason, Some(&holds)).await.map_err(|error| {
                    format!("{error}\n  {holder} has the state: say with `--address` where it answers, or stop it")
                })?
            }
            Err(error) => return Err(error.into()),
        },
    };
    Ok(writeln!(stdout(), "{said}")?)
}

/// Who has the state folder.
struct Holder<'a> {
    process: Option<u32>,
    name: &'a str,
}

impl Holder<'_> {
    /// Any platform may listen at an address that nobody named: only the one that has the state is to end.
    fn check(&self, session: &Value) -> Result<(), String> {
        let answering = session.get("process").and_then(Value::as_u64);
        match (answering, self.process.map(u64::from)) {
            (Some(answering), Some(holding)) if answering == holding => Ok(()),
            (Some(answering), _) => Err(format!("expected {}, found process {answering}, which goes on", self.name)),
            (None, _) => Err(format!("expected {}, found a platform that does not tell its process", self.name)),
        }
    }
}

/// Presses the kill switch of the platform at that address, and returns what came of it; where `holder` is given, of no other
/// one than that.
async fn ask(address: SocketAddr, reason: &str, holder: Option<&Holder<'_>>) -> Result<String, Failure> {
    let failed = |error: &dyn std::fmt::Display| format!("{address}: expected a platform that ends trading: {error}");
    // Straight to the address, and nowhere else: neither a proxy nor a redirect takes an emergency stop to somebody else.
    let client = reqwest::Client::builder().timeout(PATIENCE).no_proxy().redirect(Policy::none()).build()?;
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
    if let Some(holder) = holder {
        holder.check(&session).map_err(|error| failed(&error))?;
    }
    let token = session.get("token").and_then(Value::as_str).ok_or_else(|| failed(&"it has no session"))?;
    let kill = client.post(format!("{base}/risk/kill")).header("x-csrf-token", token);
    let kill = kill.header("content-type", "application/json").body(json!({ "reason": reason }).to_string());
    let answer = read(kill).await?;
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let killed = answer.pointer("/used/killed").and_then(text).ok_or_else(|| failed(&"trading goes on"))?;
    let troubles = answer.pointer("/used/troubles").and_then(Value::as_array).into_iter().flatten().filter_map(text);
    let troubles: String = troubles.map(|trouble| format!("\n  {trouble}")).collect();
    if troubles.is_empty() {
        return Ok(format!("trading has ended: {killed}"));
    }
    Err(format!("trading has ended: {killed}; what could not be done:{troubles}").into())
}
