//! The HTTP client behind the requests to a venue.

use std::error::Error as _;
use std::time::Duration;

use reqwest::Response;
use reqwest::redirect::Policy;

use super::body::Body;

/// No body is longer; a server that sends more must not fill the memory.
const LONGEST: usize = 64 * 1024 * 1024;

/// Asks hosts, and follows no redirect.
#[derive(Debug)]
pub(super) struct Client(reqwest::Client);

impl Client {
    /// A client that waits so long for an answer; the error says why there is none.
    pub(super) fn new(timeout: Duration) -> Result<Self, String> {
        let builder = reqwest::Client::builder().timeout(timeout).redirect(Policy::none());
        builder.build().map(Self).map_err(|error| format!("no client could be made: {}", describe(&error)))
    }

    /// What is at that address; the error says why nothing came.
    pub(super) async fn get(&self, address: &str) -> Result<Body, String> {
        let answer = self.0.get(address).send().await.map_err(|error| describe(&error))?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        Ok(Body { status, headers, text: text(answer).await? })
    }
}

async fn text(mut answer: Response) -> Result<String, String> {
    let mut bytes = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|error| describe(&error))? {
        if bytes.len() + chunk.len() > LONGEST {
            return Err(format!("a body of more than {LONGEST} bytes"));
        }
        bytes.extend_from_slice(&chunk);
    }
    String::from_utf8(bytes).map_err(|_| "a body that is not text".to_owned())
}

/// The error with its causes; reqwest keeps them apart.
fn describe(error: &reqwest::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        text.push_str(&format!(": {next}"));
        cause = next.source();
    }
    text
}
