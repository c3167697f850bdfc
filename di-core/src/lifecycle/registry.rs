//! The registry of services by name, for tools and operators: list, look at, start, stop.

use std::fmt;
use std::sync::Arc;

use serde::Serialize;
use tokio::sync::oneshot;

use super::command::Command;
use super::error::{StartError, StopError};
use super::report::{StartReport, StopReport};
use super::shared_state::SharedState;
use super::status::{HealthStatus, State};
use super::unknown::UnknownService;
use crate::graph::text::alike;
#[cfg(feature = "health")]
use crate::health::HealthRecord;

/// The services of an application by name: what [`Application::registry`](super::Application::registry) gives.
///
/// It finds, starts and stops; nothing is ever added to it, since what exists is decided when the program is compiled.
/// Code asks for its dependencies by type; this is for people, and for tools that speak for them. It is a handle: it
/// can be kept and cloned.
///
/// ```
/// use std::sync::Arc;
/// use di_core::lifecycle::{Application, HealthStatus, Lifecycle, RegistryError};
/// use di_core::{container, interface, service};
///
/// #[interface]
/// pub trait IVenue {}
///
/// #[service(lifecycle, provides = IVenue)]
/// pub struct Bybit;
/// impl IVenue for Bybit {}
/// impl Lifecycle for Bybit {}
///
/// #[service(lifecycle)]
/// pub struct Market {
///     venue: Arc<dyn IVenue>,
/// }
/// impl Lifecycle for Market {}
///
/// #[container]
/// pub struct App {
///     bybit: Bybit,
///     market: Market,
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let application = Application::of(&App::build(AppInputs {}));
/// let registry = application.registry();
/// application.start().await?;
///
/// let bybit = registry.get_as("Bybit", "IVenue")?;
/// assert_eq!((bybit.contracts, bybit.dependents), (vec!["dyn IVenue"], vec!["Market"]));
/// let error = registry.get("Bibyt").expect_err("it is mistyped");
/// assert_eq!(error.to_string(), "no service is called `Bibyt`; did you mean `Bybit`? There are: Bybit, Market");
///
/// registry.stop("Bybit").await?; // and before it, the market
/// assert_eq!(registry.get("Market")?.status, HealthStatus::Stopped);
/// registry.start("Market").await?; // and before it, the venue
/// assert_eq!(registry.get("Bybit")?.status, HealthStatus::Healthy);
/// # application.stop().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Registry {
    shared: Arc<SharedState>,
}

/// What is known of one service; JSON by `serde`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct RegisteredService {
    /// Its name in the plan.
    pub name: &'static str,
    /// The interfaces that it provides, as they are written: `dyn I`.
    pub contracts: Vec<&'static str>,
    /// What it needs directly, in start order.
    pub dependencies: Vec<&'static str>,
    /// What needs it directly, in start order.
    pub dependents: Vec<&'static str>,
    /// Whether it has hooks; without, it is started and stopped by passing it.
    pub has_lifecycle: bool,
    /// How far it is in its life.
    pub status: HealthStatus,
    /// What went wrong with it last, since its last start.
    pub trouble: Option<String>,
    /// How it is.
    #[cfg(feature = "health")]
    pub health: HealthRecord,
}

/// Why the registry could not do what it was asked to.
#[derive(Debug)]
#[non_exhaustive]
pub enum RegistryError {
    /// No service is called so.
    Unknown(UnknownService),
    /// The service does not provide the contract that was expected of it.
    OtherContract {
        /// The service.
        service: &'static str,
        /// What was expected.
        expected: String,
        /// What it provides.
        contracts: Vec<&'static str>,
    },
    /// Single services are started and stopped only while the application runs.
    NotRunning {
        /// Where the application is in its life.
        state: State,
    },
    /// It could not be started; what had started for it has been stopped again.
    Start(StartError),
    /// Something went wrong while it was stopped; everything was attempted nevertheless.
    Stop(StopError),
}

impl Registry {
    pub(super) fn new(shared: Arc<SharedState>) -> Self {
        Self { shared }
    }

    /// Every service, in start order.
    pub fn services(&self) -> Vec<RegisteredService> {
        let starts = self.shared.state() == State::Starting;
        let states = self.shared.states();
        #[cfg(feature = "health")]
        let health = self.shared.health().records(&self.shared);
        let services = self.shared.services().iter().enumerate();
        services
            .map(|(node, service)| RegisteredService {
                name: service.name,
                contracts: service.contracts.clone(),
                dependencies: self.names(&service.needs),
                dependents: self.names(&service.needed_by),
                has_lifecycle: service.has_hooks,
                status: states[node].status(starts),
                trouble: states[node].last_failure.as_ref().map(|failure| failure.text.clone()),
                #[cfg(feature = "health")]
                health: health[node].clone(),
            })
            .collect()
    }

    /// The service of this name.
    ///
    /// # Errors
    ///
    /// [`RegistryError::Unknown`], with the name that is spelt most alike.
    pub fn get(&self, name: &str) -> Result<RegisteredService, RegistryError> {
        let node = self.find(name)?;
        Ok(self.services().swap_remove(node))
    }

    /// The service of this name, if it provides this interface: `"IVenue"`, or `"dyn IVenue"`.
    ///
    /// # Errors
    ///
    /// [`RegistryError::Unknown`], or [`RegistryError::OtherContract`] with what it does provide.
    pub fn get_as(&self, name: &str, contract: &str) -> Result<RegisteredService, RegistryError> {
        let service = self.get(name)?;
        if service.contracts.iter().any(|provided| alike(provided, contract)) {
            return Ok(service);
        }
        let RegisteredService { name, contracts, .. } = service;
        Err(RegistryError::OtherContract { service: name, expected: contract.to_owned(), contracts })
    }

    /// Starts a service that was stopped, and before it whatever it needs that does not run; does nothing if it runs.
    ///
    /// Budgets are those of the application's start. Whoever drops the future does not wait any more, and stops
    /// nothing.
    ///
    /// # Errors
    ///
    /// An unknown name, an application that does not run, or a start that failed: what had started for it has been
    /// stopped again, and the application goes on.
    pub async fn start(&self, name: &str) -> Result<StartReport, RegistryError> {
        let started = self.command(name, |node, done| Command::Start { node, done })?;
        started.await.map_err(|_dropped| self.not_running())?.map_err(RegistryError::Start)
    }

    /// Stops a service, and before it whatever needs it; does nothing if it does not run. Deferred dependencies do not
    /// count: who has one can live without it.
    ///
    /// Budgets are those of the application's stop. Readiness is down until all services run again.
    ///
    /// # Errors
    ///
    /// An unknown name, an application that does not run, or hooks and tasks that failed or did not end in time.
    pub async fn stop(&self, name: &str) -> Result<StopReport, RegistryError> {
        let stopped = self.command(name, |node, done| Command::Stop { node, done })?;
        stopped.await.map_err(|_dropped| self.not_running())?.map_err(RegistryError::Stop)
    }

    fn command<T>(
        &self,
        name: &str,
        command: impl FnOnce(usize, oneshot::Sender<T>) -> Command,
    ) -> Result<oneshot::Receiver<T>, RegistryError> {
        let node = self.find(name)?;
        let (done, ended) = oneshot::channel();
        let runs = self.shared.state() == State::Running;
        if runs && self.shared.command(command(node, done)) { Ok(ended) } else { Err(self.not_running()) }
    }

    fn find(&self, name: &str) -> Result<usize, RegistryError> {
        let known = self.shared.services().iter().map(|service| service.name);
        self.shared.index(name).ok_or_else(|| RegistryError::Unknown(UnknownService::new(name, known)))
    }

    fn not_running(&self) -> RegistryError {
        RegistryError::NotRunning { state: self.shared.state() }
    }

    fn names(&self, nodes: &[usize]) -> Vec<&'static str> {
        nodes.iter().map(|&node| self.shared.services()[node].name).collect()
    }
}

impl fmt::Display for RegistryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(unknown) => unknown.fmt(f),
            Self::OtherContract { service, expected, contracts } if contracts.is_empty() => {
                write!(f, "`{service}` was expected to provide `{expected}`, and provides no interface")
            }
            Self::OtherContract { service, expected, contracts } => {
                write!(f, "`{service}` was expected to provide `{expected}`, and provides {}", contracts.join(", "))
            }
            Self::NotRunning { state } => {
                write!(f, "single services are started and stopped while the application runs; it is {state}")
            }
            Self::Start(error) => error.fmt(f),
            Self::Stop(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for RegistryError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Start(error) => error.source(),
            Self::Stop(error) => error.source(),
            Self::Unknown(_) | Self::OtherContract { .. } | Self::NotRunning { .. } => None,
        }
    }
}

impl fmt::Debug for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.shared.services().iter().map(|service| service.name)).finish()
    }
}
