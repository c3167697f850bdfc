//! The kill switch of a platform that runs, pressed over HTTP.

use std::fmt::Display;
use std::net::SocketAddr;
use std::time::Duration;

use reqwest::redirect::Policy;
use serde_json::{Value, json};

use crate::commands::Failure;
use crate::kill::Holder;

/// How long a platform may take: it writes down that trading has ended, cancels and closes before it answers.
const PATIENCE: Duration = Duration::from_secs(30);

/// Presses the kill switch of the platform at that address, and returns what came of it; where `holder` is given, of no other
/// one than that.
pub(crate) async fn press(address: SocketAddr, reason: &str, holder: Option<&Holder<'_>>) -> Result<String, Failure> {
    let failed = |error: &dyn Display| format!("{address}: expected a platform that ends trading: {error}");
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
