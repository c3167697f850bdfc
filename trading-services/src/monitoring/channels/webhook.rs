//! The channel that posts alerts to a web address.

use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use backon::{BackoffBuilder, ExponentialBuilder};
use di_core::error::BoxError;
use di_core::health::{Health, HealthCheck};
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Client, StatusCode};
use tokio::time::Instant;

use super::WebhookSettings;
use crate::monitoring::alerts;
use crate::monitoring::channels::AlertError;
use crate::ports::{Alert, ChannelError, IAlertChannel, IConfigService};
use crate::sync::lock;

/// The longest that a receiver may make alerts wait.
const LONGEST_WISH: Duration = Duration::from_secs(900);

/// Posts alerts as JSON to `alerts.webhook.url`.
///
/// What may pass (no connection, time-out, 408, 425, 429, 5xx) is tried again, with pauses that double and jitter. A receiver
/// that says when to come again (`Retry-After`, in seconds or as a date) is not asked before, up to 15 minutes, neither with
/// this alert nor with the next one. A redirect is a failure. The receiver can recognise a repeated alert by its `id`.
#[derive(Debug)]
pub struct WebhookChannel {
    settings: WebhookSettings,
    client: Option<Client>,
    /// Until when the receiver does not want to be asked.
    not_before: Mutex<Option<Instant>>,
    /// Why the last alert was not delivered, until one is.
    failure: Mutex<Option<String>>,
}

#[di_core::service(provides = IAlertChannel, health(external, timeout = "2s"))]
impl WebhookChannel {
    /// The channel; without an address there is no client.
    ///
    /// # Errors
    /// [`AlertError::Client`] when the client cannot be made.
    #[constructor]
    pub fn new(config: Arc<dyn IConfigService>) -> Result<Self, AlertError> {
        let settings = config.section::<alerts::Settings>().webhook.clone();
        let client = match &settings.url {
            Some(_) => {
                // A redirect would turn the alert into a question for another page.
                let builder = Client::builder().timeout(settings.timeout).redirect(Policy::none());
                Some(builder.build().map_err(|error| AlertError::Client(error.into()))?)
            }
            None => None,
        };
        Ok(Self { settings, client, not_before: Mutex::default(), failure: Mutex::default() })
    }
}

#[di_core::interface]
impl HealthCheck for WebhookChannel {
    /// The last delivery counts. Else it asks for the head of the address: below 500, somebody is there, but for answers that
    /// say that no alert would be taken.
    async fn check(&self) -> Result<Health, BoxError> {
        let (Some(client), Some(url)) = (&self.client, &self.settings.url) else {
            return Ok(Health::healthy().with("url", "none, it is off"));
        };
        let status = client.head(url).send().await.map_err(unreachable)?.status();
        let refuses = status.is_server_error() && status != StatusCode::NOT_IMPLEMENTED;
        let is_lost = status.is_redirection() || matches!(status.as_u16(), 401 | 403 | 404 | 410);
        let failure = lock(&self.failure).clone();
        let health = match failure {
            Some(failure) => Health::degraded(format!("the last alert was not delivered: {failure}")),
            None if refuses || is_lost => Health::degraded(format!("it answers with status {}", status.as_u16())),
            None => Health::healthy(),
        };
        Ok(health.suggest("see whether `alerts.webhook.url` is right").with("status", status.as_u16()))
    }
}

#[di_core::interface]
impl IAlertChannel for WebhookChannel {
    fn name(&self) -> &'static str {
        "webhook"
    }

    fn is_enabled(&self) -> bool {
        self.client.is_some()
    }

    fn rests(&self) -> Option<Duration> {
        let not_before = *lock(&self.not_before);
        not_before?.checked_duration_since(Instant::now()).filter(|rests| !rests.is_zero())
    }

    async fn deliver(&self, alert: &Alert) -> Result<(), ChannelError> {
        let (Some(client), Some(url)) = (&self.client, &self.settings.url) else {
            return Ok(());
        };
        let body = serde_json::to_vec(alert).map_err(ChannelError::Json)?;
        let pauses = ExponentialBuilder::default()
            .with_min_delay(self.settings.base_delay)
            .with_max_times(self.settings.attempts.saturating_sub(1))
            .with_jitter();
        let mut pauses = pauses.build();
        let delivered = loop {
            let not_before = *lock(&self.not_before);
            if let Some(not_before) = not_before {
                tokio::time::sleep_until(not_before).await;
            }
            let (error, wish) = match post(client, url, &body).await {
                Ok(()) => break Ok(()),
                Err(failed) => failed,
            };
            if let Some(wish) = wish {
                *lock(&self.not_before) = Instant::now().checked_add(wish.min(LONGEST_WISH));
            }
            let Some(pause) = pauses.next().filter(|_| error.is_transient()) else { break Err(error) };
            tracing::debug!(alert = alert.id, %error, ?pause, "webhook: trying again");
            tokio::time::sleep(pause).await;
        };
        *lock(&self.failure) = delivered.as_ref().err().map(ChannelError::to_string);
        delivered
    }
}

/// Posts once; a failure has the time after which the receiver wants to be asked again, if it says so.
async fn post(client: &Client, url: &str, body: &[u8]) -> Result<(), (ChannelError, Option<Duration>)> {
    let request = client.post(url).header(CONTENT_TYPE, "application/json").body(body.to_vec());
    let response = request.send().await.map_err(|error| (unreachable(error), None))?;
    let status = response.status();
    if status.is_success() {
        return Ok(());
    }
    let wish = response.headers().get(RETRY_AFTER).and_then(|value| pause(value.to_str().ok()?.trim()));
    Err((ChannelError::Status(status.as_u16()), wish))
}

/// How long a `Retry-After` wants to be waited for: seconds, or until a date.
fn pause(text: &str) -> Option<Duration> {
    match text.parse() {
        Ok(seconds) => Some(Duration::from_secs(seconds)),
        Err(_) => httpdate::parse_http_date(text).ok()?.duration_since(SystemTime::now()).ok(),
    }
}

/// Addresses of webhooks often hold a secret, and errors go to logs and to whoever asks for the health.
fn unreachable(error: reqwest::Error) -> ChannelError {
    ChannelError::Unreachable(error.without_url().into())
}
