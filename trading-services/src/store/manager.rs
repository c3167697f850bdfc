//! The state manager: in memory or in a folder, as the settings say.

use std::net::SocketAddr;
use std::sync::Arc;

use di_core::error::BoxError;
use di_core::health::{Health, HealthCheck};
use di_core::lifecycle::{Context, Lifecycle};

#[cfg(feature = "store")]
use super::DurableState;
use super::{Location, MemoryState, Settings};
use crate::ports::{
    BacktestJob, BacktestResult, IConfigService, IStateManager, KeptConfiguration, ModeSwitch, StateError, StateFact,
};

/// Keeps what has happened where `store.folder` says.
#[derive(Debug)]
pub struct StateManager(Kept);

#[derive(Debug)]
enum Kept {
    Memory(MemoryState),
    #[cfg(feature = "store")]
    Folder(Box<DurableState>),
}

#[di_core::service(provides = IStateManager, lifecycle, health)]
impl StateManager {
    /// Opens the state.
    ///
    /// # Errors
    /// When the folder cannot be used; see [`DurableState::open`](super::DurableState::open).
    #[constructor]
    pub fn new(config: Arc<dyn IConfigService>) -> Result<Self, BoxError> {
        let settings = config.section::<Settings>();
        Ok(Self(match &settings.folder {
            None | Some(Location::Memory) => Kept::Memory(MemoryState::default()),
            #[cfg(feature = "store")]
            Some(Location::Folder(folder)) => Kept::Folder(Box::new(DurableState::open(folder, &settings)?)),
            #[cfg(not(feature = "store"))]
            Some(Location::Folder(folder)) => {
                let folder = folder.display();
                return Err(
                    format!("expected `store.folder` to be none, found {folder}: this program has no store").into()
                );
            }
        }))
    }
}

impl StateManager {
    fn kept(&self) -> &dyn IStateManager {
        match &self.0 {
            Kept::Memory(state) => state,
            #[cfg(feature = "store")]
            Kept::Folder(state) => &**state,
        }
    }
}

impl IStateManager for StateManager {
    fn append(&self, fact: StateFact) -> Result<(), StateError> {
        self.kept().append(fact)
    }

    fn facts(&self) -> Result<Arc<[StateFact]>, StateError> {
        self.kept().facts()
    }

    fn has_alert(&self, id: u64) -> Result<bool, StateError> {
        self.kept().has_alert(id)
    }

    fn configurations(&self) -> Result<Vec<KeptConfiguration>, StateError> {
        self.kept().configurations()
    }

    fn switches(&self) -> Result<Vec<ModeSwitch>, StateError> {
        self.kept().switches()
    }

    fn backtests(&self) -> Result<Vec<BacktestJob>, StateError> {
        self.kept().backtests()
    }

    fn backtest_result(&self, id: u64) -> Result<Option<Arc<BacktestResult>>, StateError> {
        self.kept().backtest_result(id)
    }

    fn answers_at(&self, address: SocketAddr) {
        self.kept().answers_at(address);
    }

    fn flush(&self) -> Result<(), StateError> {
        self.kept().flush()
    }

    fn fault(&self) -> Option<String> {
        self.kept().fault()
    }
}

#[di_core::interface]
impl Lifecycle for StateManager {
    async fn start(&self, _context: &Context) -> Result<(), BoxError> {
        #[cfg(feature = "store")]
        if let Kept::Folder(state) = &self.0 {
            state.release();
        }
        Ok(())
    }

    /// Everything is on the disk then: who needs the state has stopped before.
    async fn stop(&self) -> Result<(), BoxError> {
        Ok(self.flush()?)
    }
}

#[di_core::interface]
impl HealthCheck for StateManager {
    async fn check(&self) -> Result<Health, BoxError> {
        match &self.0 {
            Kept::Memory(_) => Ok(Health::healthy().with("folder", "none")),
            #[cfg(feature = "store")]
            Kept::Folder(state) => {
                let figures = state.figures();
                let given_up = figures.lost + figures.refused;
                let health = match (&figures.fault, figures.slow) {
                    (Some(fault), _) => Health::unhealthy(fault.clone())
                        .suggest("make room on the disk, or bring the folder back: nothing is ordered until then"),
                    (None, Some(took)) => Health::degraded(format!("the last write took {} ms", took.as_millis())),
                    (None, None) if given_up > 0 => {
                        let (lost, refused) = (figures.lost, figures.refused);
                        Health::degraded(format!("{lost} facts were given up while it was away, {refused} refused"))
                    }
                    (None, None) => figures.unforgotten.as_ref().map_or_else(Health::healthy, |error| {
                        Health::degraded(format!("old rows could not be forgotten: {error}"))
                            .suggest("run `db check`; the next attempt is in a day, or at the next start")
                    }),
                };
                let health = health.with("folder", state.folder().display()).with("written", figures.written);
                Ok(health.with("read", figures.read).with("remembered", figures.remembered))
            }
        }
    }
}
