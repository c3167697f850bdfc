//! Budgets of the lifecycle: per service and in total, for start and for stop.

use std::borrow::Cow;
use std::time::Duration;

use super::plan::Plan;
use super::plan_node::PlanNode;
use super::unknown::UnknownService;

/// Budgets and delays of an application.
///
/// What is said here of one service comes before what its plan says, and that before the default for each. No budget
/// is infinite: all are cut to [`Settings::LONGEST`].
///
/// | | default |
/// | --- | --- |
/// | start of each service | 30 s |
/// | start in total | 120 s |
/// | stop of each service | 10 s |
/// | stop in total | 25 s, within the 30 s after which Kubernetes kills |
/// | drain | none |
/// | last call | 100 ms |
/// | health interval (feature `health`) | 10 s |
/// | time-out of each health check (feature `health`) | 5 s |
///
/// ```
/// use std::time::Duration;
/// use di_core::lifecycle::Settings;
///
/// let settings = Settings::default()
///     .start_total(Duration::from_secs(60))
///     .start_budget_of("Venue", Duration::from_secs(45))
///     .drain(Duration::from_secs(5));
/// ```
#[derive(Debug, Clone)]
pub struct Settings {
    start_each: Duration,
    pub(super) start_total: Duration,
    stop_each: Duration,
    pub(super) stop_total: Duration,
    pub(super) drain: Duration,
    pub(super) last_call: Duration,
    #[cfg(feature = "health")]
    pub(crate) health_interval: Duration,
    #[cfg(feature = "health")]
    health_timeout: Duration,
    start_of: Vec<(Cow<'static, str>, Duration)>,
    stop_of: Vec<(Cow<'static, str>, Duration)>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            start_each: Duration::from_secs(30),
            start_total: Duration::from_secs(120),
            stop_each: Duration::from_secs(10),
            stop_total: Duration::from_secs(25),
            drain: Duration::ZERO,
            last_call: Duration::from_millis(100),
            #[cfg(feature = "health")]
            health_interval: Duration::from_secs(10),
            #[cfg(feature = "health")]
            health_timeout: Duration::from_secs(5),
            start_of: Vec::new(),
            stop_of: Vec::new(),
        }
    }
}

impl Settings {
    /// The longest budget there is; a longer one is cut to it.
    pub const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

    /// How long the start of each service may take.
    #[must_use]
    pub fn start_budget(self, budget: Duration) -> Self {
        Self { start_each: finite(budget), ..self }
    }

    /// How long the start of all services together may take.
    #[must_use]
    pub fn start_total(self, budget: Duration) -> Self {
        Self { start_total: finite(budget), ..self }
    }

    /// How long the stop of each service may take, its background tasks included.
    #[must_use]
    pub fn stop_budget(self, budget: Duration) -> Self {
        Self { stop_each: finite(budget), ..self }
    }

    /// How long the stop of all services together may take, the drain delay not included.
    #[must_use]
    pub fn stop_total(self, budget: Duration) -> Self {
        Self { stop_total: finite(budget), ..self }
    }

    /// How long readiness is down before the first service is stopped.
    ///
    /// Behind a load balancer it is the time in which the last request arrives: its probe interval, and some more.
    #[must_use]
    pub fn drain(self, delay: Duration) -> Self {
        Self { drain: finite(delay), ..self }
    }

    /// What each service is left for its stop when the total is used up, so that each is attempted.
    ///
    /// The total can be exceeded by this much per level of the graph.
    #[must_use]
    pub fn last_call(self, budget: Duration) -> Self {
        Self { last_call: finite(budget), ..self }
    }

    /// How long after one health check of a service the next one begins; a millisecond at least.
    #[cfg(feature = "health")]
    #[must_use]
    pub fn health_interval(self, interval: Duration) -> Self {
        // Without a pause, nothing would be done but checking.
        Self { health_interval: finite(interval).max(Duration::from_millis(1)), ..self }
    }

    /// How long each health check may take; what a service says of itself comes before it.
    #[cfg(feature = "health")]
    #[must_use]
    pub fn health_timeout(self, timeout: Duration) -> Self {
        Self { health_timeout: finite(timeout), ..self }
    }

    /// How long the start of one service may take.
    #[must_use]
    pub fn start_budget_of(mut self, service: impl Into<Cow<'static, str>>, budget: Duration) -> Self {
        self.start_of.push((service.into(), finite(budget)));
        self
    }

    /// How long the stop of one service may take.
    #[must_use]
    pub fn stop_budget_of(mut self, service: impl Into<Cow<'static, str>>, budget: Duration) -> Self {
        self.stop_of.push((service.into(), finite(budget)));
        self
    }

    pub(super) fn start_of(&self, node: &PlanNode) -> Duration {
        of(&self.start_of, node.name).or(node.start_budget.map(finite)).unwrap_or(self.start_each)
    }

    pub(super) fn stop_of(&self, node: &PlanNode) -> Duration {
        of(&self.stop_of, node.name).or(node.stop_budget.map(finite)).unwrap_or(self.stop_each)
    }

    #[cfg(feature = "health")]
    pub(crate) fn health_timeout_of(&self, own: Option<Duration>) -> Duration {
        own.map_or(self.health_timeout, finite)
    }

    /// Looks for a service that is named and does not exist.
    pub(super) fn check(&self, plan: &Plan) -> Result<(), UnknownService> {
        let unknown =
            self.start_of.iter().chain(&self.stop_of).find(|(name, _)| plan.order().all(|known| known != name));
        match unknown {
            None => Ok(()),
            Some((name, _)) => Err(UnknownService::new(name, plan.order())),
        }
    }
}

fn finite(budget: Duration) -> Duration {
    budget.min(Settings::LONGEST)
}

/// The last that was said of a service counts.
fn of(overrides: &[(Cow<'static, str>, Duration)], service: &str) -> Option<Duration> {
    overrides.iter().rev().find(|(name, _)| name == service).map(|(_, budget)| *budget)
}
