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
            // What is behind the host may be a secret.
            let shown = url.split_once("://").map_or("something else", |(scheme, _)| scheme);
            let (is_usable, expected) = usable(url, cfg!(feature = "http-client"));
            rules.require("webhook.url", is_usable, expected, format!("`{shown}`"));
        }
        rules.require("webhook.attempts", (1..=20).contains(&self.attempts), "1 to 20", self.attempts);
        rules.positive("webhook.timeout", self.timeout);
    }
}

/// Whether alerts can be posted to the address, and to which they can, where the program has a client or has none.
fn usable(url: &str, has_client: bool) -> (bool, &'static str) {
    if has_client {
        (is_web(url), "an http:// or https:// address with a host")
    } else {
        (false, "none, or a program that is built with the feature `http-client`")
    }
}

#[cfg(feature = "http-client")]
fn is_web(url: &str) -> bool {
    reqwest::Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

#[cfg(not(feature = "http-client"))]
fn is_web(_: &str) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_needs_a_client_and_its_secret_is_not_told() {
        let broken = |url: &str| {
            let settings = WebhookSettings { url: Some(url.to_owned()), ..WebhookSettings::default() };
            let mut rules = Rules::default();
            rules.enter("alerts");
            settings.check(&mut rules);
            rules.into_violations()
        };
        assert_eq!(broken("https://hooks.example.org/secret").is_empty(), cfg!(feature = "http-client"));
        let violations = broken("file:///secret");
        let [violation] = violations.as_slice() else { panic!("expected one, found {violations:?}") };
        assert_eq!((violation.key.as_str(), violation.found.as_str()), ("alerts.webhook.url", "`file`"));
    }

    #[test]
    fn a_program_without_a_client_names_the_feature_that_it_lacks() {
        let (is_usable, expected) = usable("https://hooks.example.org/secret", false);
        assert!(!is_usable && expected.contains("the feature `http-client`"), "{expected}");
    }
}
