//! Requests to a venue, within its limits.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::header::{DATE, HeaderMap};
use tokio::time::Instant;

use super::body::Body;
use super::budget::Budget;
use super::client::Client;
use super::door::Door;
use super::{Protocol, Request, Settings};
use crate::model::Timestamp;
use crate::ports::ExchangeError;
use crate::sync::lock;

/// The clients of all hosts. Venues limit and ban addresses: the products of a host share what may be asked of it.
#[derive(Debug)]
pub struct RestClients {
    by_host: Mutex<BTreeMap<String, Arc<RestClient>>>,
    doors: Mutex<BTreeMap<String, Arc<Door>>>,
}

#[di_core::service]
impl RestClients {
    /// No clients yet.
    #[constructor]
    pub fn new() -> Self {
        Self { by_host: Mutex::default(), doors: Mutex::default() }
    }

    /// The client of the host at that address.
    pub(super) fn at(&self, address: &str) -> Arc<RestClient> {
        Arc::clone(lock(&self.by_host).entry(address.to_owned()).or_default())
    }

    /// The way into the host that streams at that address.
    pub(super) fn door(&self, address: &str) -> Arc<Door> {
        Arc::clone(lock(&self.doors).entry(address.to_owned()).or_default())
    }
}

impl Default for RestClients {
    fn default() -> Self {
        Self::new()
    }
}

/// Asks one host, unless it has said that it must not be asked yet, or that would be too much.
#[derive(Debug, Default)]
pub(super) struct RestClient {
    /// Made when it is needed first: most runs are offline.
    client: OnceLock<Result<Client, String>>,
    /// Until when nobody may ask.
    blocked: Mutex<Option<Instant>>,
    budget: Mutex<Budget>,
}

impl RestClient {
    /// The body of an answer that is no error.
    pub(super) async fn ask<P: Protocol>(
        &self,
        request: &Request<'_>,
        settings: &Settings,
    ) -> Result<String, ExchangeError> {
        self.dated::<P>(request, settings).await.map(|(body, _)| body)
    }

    /// The same, and when the venue has answered, by its clock.
    pub(super) async fn dated<P: Protocol>(
        &self,
        request: &Request<'_>,
        settings: &Settings,
    ) -> Result<(String, Timestamp), ExchangeError> {
        let exchange = P::VENUE.as_str();
        let path = P::path(request).ok_or(ExchangeError::Unsupported { exchange, what: "be asked for that" })?;
        let now = Instant::now();
        if let Some(until) = lock(&self.blocked).filter(|until| *until > now) {
            return Err(ExchangeError::RateLimited { exchange, retry_after: until - now });
        }
        lock(&self.budget)
            .spend(P::weight(request), P::LIMIT)
            .map_err(|retry_after| ExchangeError::RateLimited { exchange, retry_after })?;
        let unavailable = |reason: String| ExchangeError::Unavailable { exchange, reason };
        let client = self.client.get_or_init(|| {
            Client::new(settings.connect_timeout).inspect_err(|error| tracing::error!(error, "no client"))
        });
        let client = client.as_ref().map_err(|reason| unavailable(reason.clone()))?;
        let address = format!("{}{path}", P::endpoints(settings).rest);
        let Body { status, headers, text: body } = client.get(&address).await.map_err(unavailable)?;
        metrics::counter!("venue_requests_total", "venue" => exchange, "status" => status.as_u16().to_string())
            .increment(1);
        let now = venue_time(&headers);
        if let Some(used) = P::used(&headers) {
            lock(&self.budget).told(used, Instant::now() + rest_of_minute(now));
        }
        let checked = P::check(status, &headers, &body, request.symbol(), now);
        let wish = checked.as_ref().err().and_then(ExchangeError::retry_after);
        if let Some(pause) = wish.or_else(|| P::pause(&headers, now)) {
            // A venue that asks for more than a week is misread, or as good as gone.
            let pause = pause.min(Duration::from_secs(7 * 86_400));
            let (mut blocked, until) = (lock(&self.blocked), Instant::now() + pause);
            // Requests overtake each other: a short pause does not end a long one.
            *blocked = (*blocked).max(Some(until));
        }
        checked.map(|()| (body, Timestamp::default().saturating_add(now)))
    }
}

/// The time at which the venue has answered, since 1970. What its headers say of limits is by its clock: ours may be wrong
/// by hours, and is asked only where the answer has no date.
fn venue_time(headers: &HeaderMap) -> Duration {
    let date = headers.get(DATE).and_then(|date| httpdate::parse_http_date(date.to_str().ok()?).ok());
    date.unwrap_or_else(SystemTime::now).duration_since(UNIX_EPOCH).unwrap_or_default()
}

/// How long the minute lasts whose weight was told. The date has no parts of seconds, and may be that of an answer which somebody
/// on the way has kept for a moment: in the last seconds it may be the next minute already.
fn rest_of_minute(now: Duration) -> Duration {
    let left = 60 - now.as_secs() % 60;
    Duration::from_secs(if left <= 2 { left + 60 } else { left })
}
