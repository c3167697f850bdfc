//! One service of a plan: its name, what it needs and provides, its hooks and its check.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::hooks::Lifecycle;
#[cfg(feature = "health")]
use crate::health::{HealthCheck, Watched};

/// A node of a [`Plan`](super::Plan): a service, or something without hooks that services need each other through.
///
/// ```
/// use std::sync::Arc;
/// use std::time::Duration;
/// use di_core::lifecycle::{Lifecycle, PlanNode};
///
/// struct Venue;
/// impl Lifecycle for Venue {}
///
/// let node = PlanNode::new("Venue").after([0, 2]).hooks(Arc::new(Venue)).start_budget(Duration::from_secs(5));
/// ```
pub struct PlanNode {
    pub(super) name: &'static str,
    pub(super) contracts: Vec<&'static str>,
    pub(super) needs: Vec<usize>,
    pub(super) hooks: Option<Arc<dyn Lifecycle>>,
    pub(super) start_budget: Option<Duration>,
    pub(super) stop_budget: Option<Duration>,
    pub(super) construction: Option<Duration>,
    /// Where its container keeps it: its field, after those of the modules around it.
    pub(super) field: Option<String>,
    #[cfg(feature = "health")]
    pub(super) watched: Option<Watched>,
}

impl PlanNode {
    /// A node without hooks that needs nothing. Its name must be its own in the plan.
    pub fn new(name: &'static str) -> Self {
        Self {
            name,
            contracts: Vec::new(),
            needs: Vec::new(),
            hooks: None,
            start_budget: None,
            stop_budget: None,
            construction: None,
            field: None,
            #[cfg(feature = "health")]
            watched: None,
        }
    }

    /// Adds contracts that it keeps: interfaces as they are written, `dyn I`.
    #[must_use]
    pub fn provides(mut self, contracts: impl IntoIterator<Item = &'static str>) -> Self {
        self.contracts.extend(contracts);
        self
    }

    /// Adds what it needs, by index in the list that is given to [`Plan::new`](super::Plan::new).
    #[must_use]
    pub fn after(mut self, needs: impl IntoIterator<Item = usize>) -> Self {
        self.needs.extend(needs);
        self
    }

    /// Gives it hooks; a node without is passed through as soon as all that it needs has started.
    #[must_use]
    pub fn hooks(mut self, hooks: Arc<dyn Lifecycle>) -> Self {
        self.hooks = Some(hooks);
        self
    }

    /// How long its start may take; [`Settings`](super::Settings) can override it.
    #[must_use]
    pub fn start_budget(mut self, budget: Duration) -> Self {
        self.start_budget = Some(budget);
        self
    }

    /// How long its stop may take; [`Settings`](super::Settings) can override it.
    #[must_use]
    pub fn stop_budget(mut self, budget: Duration) -> Self {
        self.stop_budget = Some(budget);
        self
    }

    /// How long its construction took, for the report.
    #[must_use]
    pub fn construction(mut self, took: Duration) -> Self {
        self.construction = Some(took);
        self
    }

    /// Gives it a health check.
    #[cfg(feature = "health")]
    #[must_use]
    pub fn health(mut self, check: Arc<dyn HealthCheck>) -> Self {
        self.watched = Some(Watched { check, is_external: false, timeout: None });
        self
    }

    /// Its check, if it has one, asks the outside world: it says nothing about whether this process should live.
    #[cfg(feature = "health")]
    #[must_use]
    pub fn health_external(mut self) -> Self {
        if let Some(watched) = &mut self.watched {
            watched.is_external = true;
        }
        self
    }

    /// How long its check, if it has one, may take; otherwise [`Settings`](super::Settings) say so.
    #[cfg(feature = "health")]
    #[must_use]
    pub fn health_timeout(mut self, timeout: Duration) -> Self {
        if let Some(watched) = &mut self.watched {
            watched.timeout = Some(timeout);
        }
        self
    }
}

impl fmt::Debug for PlanNode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PlanNode")
            .field("name", &self.name)
            .field("needs", &self.needs)
            .field("has_hooks", &self.hooks.is_some())
            .finish_non_exhaustive()
    }
}
