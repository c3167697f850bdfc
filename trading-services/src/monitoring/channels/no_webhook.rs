//! No channel that posts alerts: the program was built without the feature `http-client`.

use std::sync::Arc;

use di_core::error::BoxError;
use di_core::health::{Health, HealthCheck};

use crate::monitoring::alerts;
use crate::monitoring::channels::AlertError;
use crate::ports::{Alert, ChannelError, IAlertChannel, IConfigService};

/// The channel, which is off: its settings may not have an address.
#[derive(Debug)]
pub struct WebhookChannel;

#[di_core::service(provides = IAlertChannel, health(external, timeout = "2s"))]
impl WebhookChannel {
    /// The channel, where it has nothing to do.
    ///
    /// # Errors
    /// [`AlertError::Client`] when there is an address to post to.
    #[constructor]
    pub fn new(config: Arc<dyn IConfigService>) -> Result<Self, AlertError> {
        match &config.section::<alerts::Settings>().webhook.url {
            Some(_) => Err(AlertError::Client("the program was built without the feature `http-client`".into())),
            None => Ok(Self),
        }
    }
}

#[di_core::interface]
impl HealthCheck for WebhookChannel {
    async fn check(&self) -> Result<Health, BoxError> {
        Ok(Health::healthy().with("url", "none, it is off"))
    }
}

#[di_core::interface]
impl IAlertChannel for WebhookChannel {
    fn name(&self) -> &'static str {
        "webhook"
    }

    fn is_enabled(&self) -> bool {
        false
    }

    async fn deliver(&self, _: &Alert) -> Result<(), ChannelError> {
        Ok(())
    }
}
