//! Settings of the alert channels.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::model::duration;
use crate::ports::Rules;

/// The file channel.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FileSettings {
    /// Alerts are appended here as one JSON object per line; without it the channel is off.
    pub path: Option<PathBuf>,
}

/// The webhook channel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WebhookSettings {
    /// Alerts are posted here as JSON; without it the channel is off.
    pub url: Option<String>,
    /// How often one alert is tried in all, 1 to 20.
    pub attempts: usize,
    /// The first pause; it doubles each time, with jitter.
    #[serde(with = "duration")]
    pub base_delay: Duration,
    /// The longest that one attempt may take.
    #[serde(with = "duration")]
    pub timeout: Duration,
}

impl Default for WebhookSettings {
    fn default() -> Self {
        Self { url: None, attempts: 4, base_delay: Duration::from_millis(500), timeout: Duration::from_secs(5) }
    }
}

impl WebhookSettings {
    /// Adds the rules that are broken, under their keys in the section `alerts`.
    pub(in crate::monitoring) fn check(&self, rules: &mut Rules) {
        if let Some(url) = &self.url {
            let is_web = |url: &reqwest::Url| matches!(url.scheme(), "http" | "https") && url.has_host();
            let known = reqwest::Url::parse(url).is_ok_and(|url| is_web(&url));
            // What is behind the host may be a secret.
            let shown = url.split_once("://").map_or("something else", |(scheme, _)| scheme);
            rules.require("webhook.url", known, "an http:// or https:// address with a host", format!("`{shown}`"));
        }
        rules.require("webhook.attempts", (1..=20).contains(&self.attempts), "1 to 20", self.attempts);
        rules.positive("webhook.timeout", self.timeout);
    }
}
