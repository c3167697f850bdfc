//! Settings for the operator of the platform: budgets of the lifecycle, and health checks.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::config::Settings;
use crate::model::duration;
use crate::ports::{Rules, Section};

/// How long starting and stopping may take. What takes longer is named and given up.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LifecycleSettings {
    /// The start of each service.
    #[serde(with = "duration")]
    pub start: Duration,
    /// The start of all services together.
    #[serde(with = "duration")]
    pub start_total: Duration,
    /// The stop of each service that does not say otherwise itself.
    #[serde(with = "duration")]
    pub stop: Duration,
    /// The stop of all services together.
    #[serde(with = "duration")]
    pub stop_total: Duration,
    /// How long `/readyz` says no before the first service stops: behind a load balancer, the interval of its probes.
    #[serde(with = "duration")]
    pub drain: Duration,
}

/// How often services are asked how they are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HealthSettings {
    /// How long after one check of a service the next one begins.
    #[serde(with = "duration")]
    pub interval: Duration,
    /// How long a check may take before the service counts as unhealthy, unless it says otherwise itself.
    #[serde(with = "duration")]
    pub timeout: Duration,
}

impl Settings {
    /// The budgets of the application that runs the platform.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use di_core::lifecycle::Application;
    /// use trading_services::app::{TradingApp, TradingAppInputs};
    /// use trading_services::config::Settings;
    ///
    /// let settings = Arc::new(Settings::default());
    /// let app = TradingApp::build(TradingAppInputs { settings: Arc::clone(&settings) })?;
    /// let application = Application::of(&app).with_settings(settings.budgets())?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn budgets(&self) -> di_core::lifecycle::Settings {
        let LifecycleSettings { start, start_total, stop, stop_total, drain } = self.lifecycle.clone();
        di_core::lifecycle::Settings::default()
            .start_budget(start)
            .start_total(start_total)
            .stop_budget(stop)
            .stop_total(stop_total)
            .drain(drain)
            .health_interval(self.health.interval)
            .health_timeout(self.health.timeout)
    }
}

impl Default for LifecycleSettings {
    fn default() -> Self {
        Self {
            start: Duration::from_secs(30),
            start_total: Duration::from_secs(120),
            stop: Duration::from_secs(10),
            // Kubernetes kills after 30 seconds.
            stop_total: Duration::from_secs(25),
            drain: Duration::ZERO,
        }
    }
}

impl Default for HealthSettings {
    fn default() -> Self {
        Self { interval: Duration::from_secs(10), timeout: Duration::from_secs(5) }
    }
}

impl Section for LifecycleSettings {
    const NAME: &'static str = "lifecycle";

    fn check(&self, rules: &mut Rules) {
        rules.positive("start", self.start);
        rules.positive("start_total", self.start_total);
        rules.positive("stop", self.stop);
        rules.positive("stop_total", self.stop_total);
        let drain = humantime::format_duration(self.drain);
        rules.require("drain", self.drain < self.stop_total, "less than `lifecycle.stop_total`", drain);
    }
}

impl Section for HealthSettings {
    const NAME: &'static str = "health";

    fn check(&self, rules: &mut Rules) {
        rules.positive("interval", self.interval);
        rules.positive("timeout", self.timeout);
    }
}
