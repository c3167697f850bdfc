//! How does an alert get to a web address, and what if nobody answers.

use std::sync::Arc;

use backon::{ExponentialBuilder, Retryable};

use super::{Alert, AlertError, ChannelError};
use crate::config::WebhookSettings;
use crate::interfaces::{IAlertChannel, IConfigService};

/// Posts alerts as JSON to `alerts.webhook.url`.
///
/// What may pass (no connection, time-out, 408, 425, 429, 5xx) is tried again, with pauses that double and jitter. The
/// receiver can recognise a repeated alert by its `id`.
#[derive(Debug)]
pub struct WebhookChannel {
    settings: WebhookSettings,
    client: Option<reqwest::Client>,
}

#[di_core::service(provides = IAlertChannel)]
impl WebhookChannel {
    /// The channel; without an address there is no client.
    ///
    /// # Errors
    /// [`AlertError::Client`] when the client cannot be made.
    #[constructor]
    pub fn new(config: Arc<dyn IConfigService>) -> Result<Self, AlertError> {
        let settings = config.get().alerts.webhook.clone();
        let client = match &settings.url {
            Some(_) => Some(reqwest::Client::builder().timeout(settings.timeout).build().map_err(AlertError::Client)?),
            None => None,
        };
        Ok(Self { settings, client })
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
            let response = request.send().await.map_err(ChannelError::Unreachable)?;
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
