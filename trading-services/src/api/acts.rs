//! Requests that act: each once, however often it is sent, and each in the audit log.

use std::collections::{BTreeMap, VecDeque};
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures::{FutureExt, StreamExt};
use sha2::{Digest, Sha256};

use super::patience::Peer;
use super::problem::Problem;
use super::v1::{Api, BASE};
use crate::ports::{Act, IStateManager, StateError, StateFact};
use crate::sync::lock;

/// The largest body of a request that acts. All of it is read here, so no route needs a limit of its own.
const BODY: usize = 16 * 1_024;

/// So many acts are remembered, in the audit log and by their keys.
const REMEMBERED: usize = 1_000;

/// The longest key.
const KEY: usize = 200;

/// The most letters of an act that are kept: a path may be as long as a client likes.
const ACT: usize = 200;

/// The acts that are known, also those of earlier runs, and what was answered to those of this run.
pub struct Acts {
    kept: Arc<dyn IStateManager>,
    state: Mutex<Remembered>,
}

#[derive(Debug, Default)]
struct Remembered {
    count: u64,
    log: VecDeque<Act>,
    answers: BTreeMap<String, Answered>,
    keys: VecDeque<String>,
}

impl Remembered {
    fn add(&mut self, act: Act) {
        self.count = self.count.max(act.id);
        if self.log.len() >= REMEMBERED {
            self.log.pop_front();
        }
        self.log.push_back(act);
    }
}

/// What was answered to the first request with a key; nothing while it is under way.
#[derive(Debug, Clone)]
struct Answered {
    asked: [u8; 32],
    answer: Option<(StatusCode, HeaderMap, Bytes)>,
}

#[di_core::service]
impl Acts {
    /// The acts that are kept; numbers go on after them.
    ///
    /// # Errors
    /// [`StateError`] when what is kept cannot be read: to begin again would be to give numbers twice.
    #[constructor]
    pub fn new(kept: Arc<dyn IStateManager>) -> Result<Self, StateError> {
        let mut state = Remembered::default();
        for fact in &*kept.facts()? {
            if let StateFact::Acted(act) = fact {
                state.add((**act).clone());
            }
        }
        Ok(Self { kept, state: Mutex::new(state) })
    }

    /// The acts, newest first.
    pub(super) fn log(&self) -> Vec<Act> {
        lock(&self.state).log.iter().rev().cloned().collect()
    }

    fn note(&self, act: &str, body: &[u8], status: u16) {
        let act: String = act.chars().take(ACT).collect();
        let body: String = String::from_utf8_lossy(body).chars().take(500).collect();
        tracing::info!(target: "audit", "{} answered {status}: {}", act.escape_debug(), body.escape_debug());
        let mut state = lock(&self.state);
        let act = Act { id: state.count + 1, time: SystemTime::now().into(), act, body, status };
        state.add(act.clone());
        // It is done; that it cannot be kept now is seen in the health of the state.
        let _later = self.kept.append(StateFact::Acted(Box::new(act)));
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
                let again = [(header::RETRY_AFTER, HeaderValue::from_static("1"))];
                return Some((again, Problem::new(StatusCode::CONFLICT, detail)).into_response());
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

    /// Remembers what was answered; of an act that failed or met something else, nothing: it may be asked for again.
    fn remember(&self, key: &str, (status, headers, body): (StatusCode, HeaderMap, Bytes)) {
        let mut state = lock(&self.state);
        if status.is_server_error() || status == StatusCode::CONFLICT {
            state.answers.remove(key);
            state.keys.retain(|known| known != key);
        } else if let Some(answered) = state.answers.get_mut(key) {
            answered.answer = Some((status, headers, body));
        }
    }
}

/// Lets a request that acts through once per `Idempotency-Key`, and notes what acts on the platform.
pub(super) async fn once(State(api): State<Api>, request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<Peer>>().map(|peer| peer.0.clone());
    if matches!(*request.method(), Method::GET | Method::HEAD) {
        let _under_way = peer.as_ref().map(Peer::waits);
        return next.run(request).await;
    }
    let acts = match api.sources() {
        Ok(sources) => Arc::clone(&sources.acts),
        Err(problem) => return problem.into_response(),
    };
    let (parts, body) = request.into_parts();
    let body = match whole(&parts.headers, body).await {
        Ok(body) => body,
        Err(problem) => return problem.into_response(),
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
    let _under_way = peer.as_ref().map(Peer::waits);
    let request = Request::from_parts(parts, Body::from(body.clone()));
    // A client that goes meanwhile takes this future with it: what it has asked for is done, noted and remembered all the same.
    let done = tokio::spawn(async move {
        let failed = |_| Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "the act has panicked").into_response();
        let response = AssertUnwindSafe(next.run(request)).catch_unwind().await.unwrap_or_else(failed);
        let (parts, answer) = response.into_parts();
        let answer = to_bytes(answer, usize::MAX).await.unwrap_or_default();
        if !is_choice {
            acts.note(&act, &body, parts.status.as_u16());
        }
        if let Some(key) = &key {
            acts.remember(key, (parts.status, parts.headers.clone(), answer.clone()));
        }
        Response::from_parts(parts, Body::from(answer))
    });
    let ended = |_| Problem::unavailable().into_response();
    done.await.unwrap_or_else(ended)
}

/// The whole body of a request that acts.
async fn whole(headers: &HeaderMap, body: Body) -> Result<Bytes, Problem> {
    let too_large = || Problem::new(StatusCode::PAYLOAD_TOO_LARGE, format!("expected a body of at most {BODY} bytes"));
    let length = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    // Nobody has to send what is refused.
    if length.is_some_and(|length| length > BODY as u64) {
        return Err(too_large());
    }
    let (mut parts, mut whole) = (body.into_data_stream(), Vec::new());
    while let Some(part) = parts.next().await {
        let part = part.map_err(|_| Problem::bad("expected the whole body, found one that is cut off"))?;
        if whole.len() + part.len() > BODY {
            return Err(too_large());
        }
        whole.extend_from_slice(&part);
    }
    Ok(whole.into())
}

impl std::fmt::Debug for Acts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Acts").finish_non_exhaustive()
    }
}
