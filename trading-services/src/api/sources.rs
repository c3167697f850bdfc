//! The services that the API asks.

use std::sync::Arc;

use di_core::service;

use super::acts::Acts;
use super::live::LiveFeed;
use crate::ports::{
    IAlertService, IBacktests, IConfigHistory, IDashboardService, IMarketDataService, IOrchestrator, IOrderExecutor,
    IPortfolio, IPreferences, IRecentLog, IReports, IRiskManager, ISignalService, IStateManager, ITradingEngine,
    IWiring,
};

/// The services that the API reads and acts on. The server takes it lazily, for it answers before they have started.
#[service]
pub struct ApiSources {
    pub(super) dashboard: Arc<dyn IDashboardService>,
    pub(super) market: Arc<dyn IMarketDataService>,
    pub(super) executor: Arc<dyn IOrderExecutor>,
    pub(super) portfolio: Arc<dyn IPortfolio>,
    pub(super) risk: Arc<dyn IRiskManager>,
    pub(super) trading: Arc<dyn ITradingEngine>,
    pub(super) signals: Arc<dyn ISignalService>,
    pub(super) alerts: Arc<dyn IAlertService>,
    pub(super) wiring: Arc<dyn IWiring>,
    pub(super) config: Arc<dyn IConfigHistory>,
    pub(super) log: Arc<dyn IRecentLog>,
    pub(super) backtests: Arc<dyn IBacktests>,
    pub(super) reports: Arc<dyn IReports>,
    pub(super) preferences: Arc<dyn IPreferences>,
    pub(super) state: Arc<dyn IStateManager>,
    pub(super) modules: Arc<dyn IOrchestrator>,
    pub(super) feed: Arc<LiveFeed>,
    pub(super) acts: Arc<Acts>,
}

impl std::fmt::Debug for ApiSources {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ApiSources").finish_non_exhaustive()
    }
}
