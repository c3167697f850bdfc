//! Settings of alerts: levels, cool-downs, channels.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::model::duration;
use crate::monitoring::channels::{FileSettings, WebhookSettings};
use crate::ports::{AlertLevel, Rules, Section};

/// What becomes of alerts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Alerts below this level are suppressed.
    pub min_level: AlertLevel,
    /// After an alert, others with the same key but another text are suppressed for so long.
    #[serde(with = "duration")]
    pub cool_down: Duration,
    /// After an alert, others with the same key and the same text are suppressed for so long.
    #[serde(with = "duration")]
    pub dedupe_window: Duration,
    /// How many alerts the history keeps.
    pub history: usize,
    /// The id of the first alert. It is no key that a person sets: a run from the command line begins above those of all runs
    /// before it.
    #[serde(skip)]
    pub first_id: u64,
    /// The channel that gets what another one could not deliver: `log` or `file`.
    pub fallback: Option<String>,
    /// How long an alert may stay unacknowledged before it is sent once more through `escalate_to`; without it, none is.
    #[serde(with = "duration::optional")]
    pub escalate_after: Option<Duration>,
    /// The channel of escalations: `log`, `file` or `webhook`.
    pub escalate_to: Option<String>,
    /// Alerts below this level are not escalated.
    pub escalate_from: AlertLevel,
    /// The file channel.
    pub file: FileSettings,
    /// The webhook channel.
    pub webhook: WebhookSettings,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            min_level: AlertLevel::Info,
            cool_down: Duration::from_secs(30),
            dedupe_window: Duration::from_secs(300),
            history: 1_000,
            first_id: 1,
            fallback: None,
            escalate_after: None,
            escalate_to: None,
            escalate_from: AlertLevel::Error,
            file: FileSettings::default(),
            webhook: WebhookSettings::default(),
        }
    }
}

impl Section for Settings {
    const NAME: &'static str = "alerts";

    fn check(&self, rules: &mut Rules) {
        rules.count("history", self.history);
        let fallback = self.fallback.as_deref();
        let is_known = fallback.is_none_or(|name| name == "log" || (name == "file" && self.file.path.is_some()));
        rules.require("fallback", is_known, "`log`, or `file` with `alerts.file.path`", fallback.unwrap_or_default());
        if let Some(after) = self.escalate_after {
            rules.positive("escalate_after", after);
            let to = self.escalate_to.as_deref();
            let is_enabled = match to {
                Some("log") => true,
                Some("file") => self.file.path.is_some(),
                Some("webhook") => self.webhook.url.is_some(),
                _ => false,
            };
            let expected = "`log`, `file` with `alerts.file.path`, or `webhook` with `alerts.webhook.url`";
            rules.require("escalate_to", is_enabled, expected, to.unwrap_or("none"));
        }
        self.webhook.check(rules);
    }
}
