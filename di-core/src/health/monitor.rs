//! The health monitor: questions about the health of an application.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::change::HealthEvents;
use super::record::HealthRecord;
use super::trend::HealthTrend;
use crate::lifecycle::shared_state::SharedState;
use crate::lifecycle::{Application, HealthStatus};

/// The health of the services of an application: what [`Application::health`] gives.
///
/// It is a handle: it can be kept and cloned, and it keeps neither the application nor a service alive. Before the
/// start and after the stop it answers, too; then no service is asked.
///
/// ```
/// use std::sync::Arc;
/// use di_core::health::{Health, HealthCheck, HealthStatus};
/// use di_core::lifecycle::Application;
/// use di_core::error::BoxError;
/// use di_core::{container, interface, service};
///
/// #[service(health(external, timeout = "1s"))]
/// pub struct Venue;
///
/// #[interface]
/// impl HealthCheck for Venue {
///     async fn check(&self) -> Result<Health, BoxError> {
///         Err("connection refused".into())
///     }
/// }
///
/// #[service]
/// pub struct Market {
///     venue: Arc<Venue>,
/// }
///
/// #[container]
/// pub struct App {
///     venue: Venue,
///     market: Market,
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let app = App::build(AppInputs {});
/// let application = Application::of(&app);
/// let health = application.health();
/// application.start().await?;
///
/// health.check_now().await;
/// let venue = health.of("Venue").ok_or("there is a venue")?;
/// assert_eq!((venue.status, &venue.errors[..]), (HealthStatus::Unhealthy, &["connection refused".to_owned()][..]));
/// let market = health.of("Market").ok_or("there is a market")?;
/// assert_eq!((market.status, market.effective), (HealthStatus::Healthy, HealthStatus::Degraded));
/// assert_eq!(market.because_of, ["Venue"]);
/// assert!(!health.ready() && health.live());
/// # application.stop().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct HealthMonitor {
    shared: Arc<SharedState>,
}

impl HealthMonitor {
    pub(crate) fn new(shared: Arc<SharedState>) -> Self {
        Self { shared }
    }

    /// How every service is at this moment, in start order.
    pub fn current(&self) -> Vec<HealthRecord> {
        self.shared.health().records(&self.shared)
    }

    /// How one service is at this moment; nothing if none is called so.
    pub fn of(&self, name: &str) -> Option<HealthRecord> {
        let node = self.shared.index(name)?;
        self.current().into_iter().nth(node)
    }

    /// The worst of all effective statuses; healthy if there are no services.
    pub fn overall(&self) -> HealthStatus {
        let statuses = self.current().into_iter().map(|record| record.effective);
        statuses.fold(HealthStatus::Healthy, |worst, status| if status.is_worse_than(worst) { status } else { worst })
    }

    /// The last 100 records of a service, the oldest first; none if none is called so.
    ///
    /// One is written at each check and at each change.
    pub fn history(&self, name: &str) -> Vec<HealthRecord> {
        self.shared.index(name).map(|node| self.shared.health().history(node)).unwrap_or_default()
    }

    /// How a service fared over the last minutes or hours, a day at most; nothing if none is called so.
    pub fn trend(&self, name: &str, over: Duration) -> Option<HealthTrend> {
        let node = self.shared.index(name)?;
        Some(self.shared.health().trend(self.shared.services()[node].name, node, over))
    }

    /// Whether new work is welcome: all services have started, none is unhealthy, and nobody has asked to stop.
    pub fn ready(&self) -> bool {
        self.shared.is_ready()
    }

    /// Whether the process should be left alone: it has not stopped, and no check says otherwise. Checks of the outside
    /// world are left out.
    pub fn live(&self) -> bool {
        self.shared.is_live()
    }

    /// Is told of each change from now on.
    pub fn subscribe(&self) -> HealthEvents {
        HealthEvents::new(self.shared.health().listeners().listen())
    }

    /// Asks every service at once, out of turn, and returns how all are then. Each has its time-out, as always.
    pub async fn check_now(&self) -> Vec<HealthRecord> {
        if let Some(checked) = self.shared.health().ask() {
            // An error says that the application has stopped meanwhile.
            let _stopped = checked.await;
        }
        self.current()
    }

    /// Publishes each change on the bus from now on, as [`HealthChanged`](super::HealthChanged) and
    /// [`ServiceUnhealthy`](super::ServiceUnhealthy).
    ///
    /// The watch never waits for a subscriber: one that has no room misses the event, and the bus counts it as lagged.
    /// Asked again for the same bus, it changes nothing.
    ///
    /// ```
    /// use di_core::events::{Bus, Overflow};
    /// use di_core::health::HealthChanged;
    /// use di_core::lifecycle::{Application, HealthStatus, Plan, PlanNode};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let application = Application::new(Plan::new([PlanNode::new("Venue")])?);
    /// let bus = Bus::new();
    /// let mut changes = bus.topic::<HealthChanged>().subscribe("log", Overflow::DropOldest(64));
    /// application.health().publish_on(&bus);
    /// application.start().await?;
    /// let change = changes.next().await.ok_or("the venue has started")?;
    /// assert_eq!((change.service, change.to), ("Venue", HealthStatus::Healthy));
    /// # application.stop().await?;
    /// # Ok(())
    /// # }
    /// ```
    #[cfg(feature = "events")]
    pub fn publish_on(&self, bus: &dyn crate::events::IEventBus) {
        self.shared.health().listeners().publish_on(bus.bus());
    }
}

impl Application {
    /// The health of its services.
    pub fn health(&self) -> HealthMonitor {
        HealthMonitor::new(self.shared())
    }
}

impl fmt::Debug for HealthMonitor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HealthMonitor").field("overall", &self.overall()).finish()
    }
}
