//! The services that a run drives.

use std::sync::Arc;

use di_core::events::Topic;
use di_core::service;

use crate::model::{Fill, FundingSettlement, Order};
use crate::ports::{
    Alert, IAlertService, IAnalysisService, IConfigService, IEventClock, IExchangeManager, ILiquidationService,
    IMarketDataService, IMonitoringService, IOrchestrator, ISignalService, ITopSymbolsService, ITradingEngine,
    RiskAnswer, Signal,
};

/// The services that the run loop drives, by interface; the topics by their type, of which there is one.
#[service]
#[derive(Clone)]
pub struct Platform {
    /// The settings.
    pub config: Arc<dyn IConfigService>,
    /// The clock that all services read, to be moved by events.
    pub clock: Arc<dyn IEventClock>,
    /// The venues.
    pub exchanges: Arc<dyn IExchangeManager>,
    /// Books and candles.
    pub market: Arc<dyn IMarketDataService>,
    /// What raises alerts.
    pub monitor: Arc<dyn IMonitoringService>,
    /// When to buy or sell.
    pub signals: Arc<dyn ISignalService>,
    /// What can be said of a market.
    pub analysis: Arc<dyn IAnalysisService>,
    /// What is liquidated.
    pub liquidations: Arc<dyn ILiquidationService>,
    /// Who is traded most.
    pub rankings: Arc<dyn ITopSymbolsService>,
    /// What makes trades of signals.
    pub trading: Arc<dyn ITradingEngine>,
    /// What asks the trading modules.
    pub orchestrator: Arc<dyn IOrchestrator>,
    /// What becomes of alerts.
    pub alerts: Arc<dyn IAlertService>,
    /// Where alerts are heard.
    pub alerts_raised: Arc<Topic<Alert>>,
    /// Where signals are heard.
    pub signals_given: Arc<Topic<Signal>>,
    /// Where answers of the risk manager are heard.
    pub risk_answered: Arc<Topic<RiskAnswer>>,
    /// Where orders are heard of.
    pub orders_changed: Arc<Topic<Order>>,
    /// Where fills are heard.
    pub orders_filled: Arc<Topic<Fill>>,
    /// Where settlements of funding are heard.
    pub funding_settled: Arc<Topic<FundingSettlement>>,
}

impl std::fmt::Debug for Platform {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Platform").finish_non_exhaustive()
    }
}
