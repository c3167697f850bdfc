//! Requests that act: each once, however often it is sent, and each in the audit log.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::problem::Problem;
use super::v1::BASE;
use crate::model::Timestamp;
use crate::sync::lock;

/// The largest body of a request that acts.
const BODY: usize = 16 * 1_024;

/// So many acts are remembered, in the audit log and by their keys.
const REMEMBERED: usize = 1_000;

/// The longest key.
const KEY: usize = 200;

/// Something that somebody asked the platform to do.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct Act {
    /// Its number, rising from 1.
    pub(super) id: u64,
    /// When it was asked for, by the clock of the machine.
    time: String,
    /// What: method and path.
    act: String,
    /// With what.
    body: String,
    /// What was answered.
    status: u16,
}

/// The acts of this run.
#[derive(Debug, Default)]
pub(super) struct Acts {
    state: Mutex<Remembered>,
}

#[derive(Debug, Default)]
struct Remembered {
    count: u64,
    log: VecDeque<Act>,
    answers: BTreeMap<String, Answered>,
    keys: VecDeque<String>,
}

/// What was answered to the first request with a key; nothing while it is under way.
#[derive(Debug, Clone)]
struct Answered {
    asked: [u8; 32],
    answer: Option<(StatusCode, HeaderMap, Bytes)>,
}

impl Acts {
    /// The acts, newest first.
    pub(super) fn log(&self) -> Vec<Act> {
        lock(&self.state).log.iter().rev().cloned().collect()
    }

    fn note(&self, act: String, body: &[u8], status: u16) {
        let mut state = lock(&self.state);
        state.count += 1;
        let time = Timestamp::from(SystemTime::now()).to_string();
        let body: String = String::from_utf8_lossy(body).chars().take(500).collect();
        tracing::info!(target: "audit", "{} answered {status}: {}", act.escape_debug(), body.escape_debug());
        let act = Act { id: state.count, time, act, body, status };
        if state.log.len() >= REMEMBERED {
            state.log.pop_front();
        }
        state.log.push_back(act);
    }

    /// What was answered before to this key; `None` when the request is the first with it.
    fn answered(&self, key: &str, asked: [u8; 32]) -> Option<Response> {
        let mut state = lock(&self.state);
        if let Some(Answered { asked: before, answer }) = state.answers.get(key).cloned() {
            if before != asked {
                let detail = "expected the request that had this `Idempotency-Key` first, found another";
                return Some(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, detail).into_response());
            }
            let Some((status, headers, body)) = answer else {
                let detail = "the first request with this `Idempotency-Key` is under way";
                return Some(Problem::new(StatusCode::CONFLICT, detail).into_response());
            };
            let mut response = (status, headers, body).into_response();
            let replayed = (HeaderName::from_static("idempotency-replayed"), HeaderValue::from_static("true"));
            response.headers_mut().insert(replayed.0, replayed.1);
            return Some(response);
        }
        if state.keys.len() >= REMEMBERED
            && let Some(oldest) = state.keys.pop_front()
        {
            state.answers.remove(&oldest);
        }
        state.keys.push_back(key.to_owned());
        state.answers.insert(key.to_owned(), Answered { asked, answer: None });
        None
    }

    fn remember(&self, key: &str, answer: (StatusCode, HeaderMap, Bytes)) {
        if let Some(answered) = lock(&self.state).answers.get_mut(key) {
            answered.answer = Some(answer);
        }
    }
}

/// Lets a request that acts through once per `Idempotency-Key`, and notes what acts on the platform.
pub(super) async fn once(State(acts): State<Arc<Acts>>, request: Request, next: Next) -> Response {
    if matches!(*request.method(), Method::GET | Method::HEAD) {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, BODY).await else {
        let detail = format!("expected a body of at most {BODY} bytes");
        return Problem::new(StatusCode::PAYLOAD_TOO_LARGE, detail).into_response();
    };
    // Where the API stands is not part of what its own routes see.
    let act = format!("{} {BASE}{}", parts.method, parts.uri.path());
    // A choice of what is looked at does nothing that an audit asks for.
    let is_choice = parts.uri.path().starts_with("/preferences/");
    let key = match parts.headers.get("idempotency-key").map(|key| key.to_str()) {
        None => None,
        Some(Ok(key)) if (1..=KEY).contains(&key.len()) => Some(key.to_owned()),
        Some(_) => return Problem::bad(format!("expected an `Idempotency-Key` of 1 to {KEY} letters")).into_response(),
    };
    if let Some(key) = &key {
        let asked = Sha256::new().chain_update(&act).chain_update([0]).chain_update(&body).finalize().into();
        if let Some(answered) = acts.answered(key, asked) {
            return answered;
        }
    }
    let response = next.run(Request::from_parts(parts, Body::from(body.clone()))).await;
    let (parts, answer) = response.into_parts();
    let answer = to_bytes(answer, usize::MAX).await.unwrap_or_default();
    if !is_choice {
        acts.note(act, &body, parts.status.as_u16());
    }
    if let Some(key) = &key {
        acts.remember(key, (parts.status, parts.headers.clone(), answer.clone()));
    }
    Response::from_parts(parts, Body::from(answer))
}
