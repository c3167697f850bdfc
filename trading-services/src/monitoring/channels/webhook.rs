//! The channel that posts alerts to a web address.

use std::sync::Arc;

use backon::{ExponentialBuilder, Retryable};
use di_core::BoxError;
use di_core::health::{Health, HealthCheck};

use super::WebhookSettings;
use crate::monitoring::alerts;
use crate::monitoring::channels::AlertError;
use crate::ports::{Alert, ChannelError, IAlertChannel, IConfigService};

/// Posts alerts as JSON to `alerts.webhook.url`.
///
/// What may pass (no connection, time-out, 408, 425, 429, 5xx) is tried again, with pauses that double and jitter. The
/// receiver can recognise a repeated alert by its `id`.
#[derive(Debug)]
pub struct WebhookChannel {
    settings: WebhookSettings,
    client: Option<reqwest::Client>,
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
            Some(_) => Some(reqwest::Client::builder().timeout(settings.timeout).build().map_err(AlertError::Client)?),
            None => None,
        };
        Ok(Self { settings, client })
    }
}

#[di_core::interface]
impl HealthCheck for WebhookChannel {
    /// Asks for the head of the address: whatever is answered below 500 says that somebody is there.
    async fn check(&self) -> Result<Health, BoxError> {
        let (Some(client), Some(url)) = (&self.client, &self.settings.url) else {
            return Ok(Health::healthy().with("url", "none, it is off"));
        };
        let status = client.head(url).send().await.map_err(unreachable)?.status();
        let health = if status.is_server_error() {
            Health::degraded(format!("it answers with status {}", status.as_u16()))
        } else {
            Health::healthy()
        };
        Ok(health.with("status", status.as_u16()))
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

    async fn deliver(&self, alert: &Alert) -> Result<(), ChannelError> {
        let (Some(client), Some(url)) = (&self.client, &self.settings.url) else {
            return Ok(());
        };
        let body = serde_json::to_vec(alert).map_err(ChannelError::Json)?;
        let attempt = || async {
            let request = client.post(url).header("content-type", "application/json").body(body.clone());
            let response = request.send().await.map_err(unreachable)?;
            let status = response.status();
            if status.is_success() { Ok(()) } else { Err(ChannelError::Status(status.as_u16())) }
        };
        let pauses = ExponentialBuilder::default()
            .with_min_delay(self.settings.base_delay)
            .with_max_times(self.settings.attempts.saturating_sub(1))
            .with_jitter();
        attempt
            .retry(pauses)
            .when(ChannelError::is_transient)
            .notify(|error, pause| tracing::debug!(alert = alert.id, %error, ?pause, "webhook: trying again"))
            .await
    }
}

/// Addresses of webhooks often hold a secret, and errors go to logs and to whoever asks for the health.
fn unreachable(error: reqwest::Error) -> ChannelError {
    ChannelError::Unreachable(error.without_url().into())
}
