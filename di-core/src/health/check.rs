//! Health checks: what a service says about itself when it is asked.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use crate::error::BoxError;
use crate::lifecycle::HealthStatus;

/// A service that can be asked how it is: `#[service(.., health)]`.
///
/// The check of a service that depends on the world outside of the process says `health(external)`: it counts for
/// readiness, and not for liveness, because a restart would not mend it. Checks run at an interval, all at once, each
/// with a time-out; one that panics or takes too long is an unhealthy service, and holds up no other.
///
/// ```
/// use std::sync::atomic::{AtomicUsize, Ordering};
/// use di_core::health::{Health, HealthCheck};
/// use di_core::error::BoxError;
/// use di_core::{interface, service};
///
/// #[service(health)]
/// pub struct Journal {
///     #[inject(default)]
///     queued: AtomicUsize,
/// }
///
/// #[interface]
/// impl HealthCheck for Journal {
///     async fn check(&self) -> Result<Health, BoxError> {
///         let queued = self.queued.load(Ordering::Relaxed);
///         let health = match queued {
///             0..1_000 => Health::healthy(),
///             1_000..10_000 => Health::degraded("the disk is slow"),
///             _ => return Err("nothing is written any more".into()),
///         };
///         Ok(health.with("queued", queued))
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "[DI0006] `{Self}` says `health`, but does not implement `HealthCheck`",
    label = "`impl HealthCheck for {Self}` is missing",
    note = "write `#[di_core::interface] impl di_core::health::HealthCheck for {Self}`, or remove `health` from `#[service(..)]`",
    note = "see `di_core::diagnostics::DI0006`"
)]
#[async_trait]
pub trait HealthCheck: Send + Sync + 'static {
    /// How the service is at this moment.
    ///
    /// It runs beside whatever else the service does, and is dropped at its time-out.
    ///
    /// # Errors
    ///
    /// Whatever keeps the service from working: it is unhealthy, with this error.
    async fn check(&self) -> Result<Health, BoxError>;
}

/// What a check has found.
///
/// ```
/// use di_core::health::{Health, HealthStatus};
///
/// let health = Health::degraded("two of three replicas answer").with("replicas", 2).suggest("start the third replica");
/// assert_eq!(health.status(), HealthStatus::Degraded);
/// assert_eq!(health.reason(), Some("two of three replicas answer"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Health {
    pub(super) status: HealthStatus,
    pub(super) reason: Option<String>,
    pub(super) metadata: BTreeMap<String, String>,
    pub(super) suggested_actions: Vec<String>,
}

impl Health {
    /// It works.
    pub fn healthy() -> Self {
        Self::new(HealthStatus::Healthy, None)
    }

    /// It works, but not as well as it should.
    pub fn degraded(reason: impl Into<String>) -> Self {
        Self::new(HealthStatus::Degraded, Some(reason.into()))
    }

    /// It does not work.
    pub fn unhealthy(reason: impl Into<String>) -> Self {
        Self::new(HealthStatus::Unhealthy, Some(reason.into()))
    }

    fn new(status: HealthStatus, reason: Option<String>) -> Self {
        Self { status, reason, metadata: BTreeMap::new(), suggested_actions: Vec::new() }
    }

    /// Adds a fact, for whoever looks at the record. A second one under the same key replaces the first.
    pub fn with(mut self, key: impl Into<String>, value: impl fmt::Display) -> Self {
        self.metadata.insert(key.into(), value.to_string());
        self
    }

    /// Adds what an operator could do about it. Without any, there is general advice by the cause.
    pub fn suggest(mut self, action: impl Into<String>) -> Self {
        self.suggested_actions.push(action.into());
        self
    }

    /// How it is.
    pub fn status(&self) -> HealthStatus {
        self.status
    }

    /// Why it is not healthy.
    pub fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }
}

/// A check and what its service said about it: what a service that says `health` hands over.
#[doc(hidden)]
#[derive(Clone)]
pub struct Watched {
    pub(crate) check: Arc<dyn HealthCheck>,
    /// It asks the outside world.
    pub(crate) is_external: bool,
    pub(crate) timeout: Option<Duration>,
}

impl Watched {
    /// The check, and what stands in the attribute; the time-out in milliseconds.
    pub fn new<S: HealthCheck>(service: &Arc<S>, is_external: bool, timeout_ms: Option<u64>) -> Self {
        Self { check: Arc::clone(service) as _, is_external, timeout: timeout_ms.map(Duration::from_millis) }
    }
}

impl fmt::Debug for Watched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watched")
            .field("is_external", &self.is_external)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}
