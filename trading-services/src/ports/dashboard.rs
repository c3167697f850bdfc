//! The interface of what the page shows at a glance.

use std::sync::Arc;

use crate::model::{Currency, Order, Timestamp};
use crate::ports::{
    AlertStats, MarketCounters, MarketView, MonitoringStatus, OpenAlerts, PositionView, RiskMetrics, SignalStatistics,
    TradingPerformance,
};

/// The platform at one moment.
#[derive(Debug, Clone, PartialEq)]
pub struct DashboardData {
    /// Which moment, by the injected clock.
    pub time: Timestamp,
    /// The currency of the account.
    pub currency: Currency,
    /// What came of all trades; `None` while the value of the account is not known.
    pub performance: Option<TradingPerformance>,
    /// How much is at risk.
    pub risk: RiskMetrics,
    /// Why all trading has ended, if it has.
    pub killed: Option<String>,
    /// What was to be cancelled or closed and is not.
    pub troubles: Vec<String>,
    /// Every position that is not zero.
    pub positions: Vec<PositionView>,
    /// The orders that wait, in the order of their submission.
    pub open_orders: Vec<Order>,
    /// The market of every instrument, in order of their names.
    pub markets: Vec<MarketView>,
    /// What is watched.
    pub monitoring: MonitoringStatus,
    /// Messages that were counted.
    pub counters: MarketCounters,
    /// Signals that were counted.
    pub signals: SignalStatistics,
    /// Alerts that were counted.
    pub alerts: AlertStats,
    /// Warnings and worse that nobody has acknowledged, with the newest of them.
    pub open_alerts: OpenAlerts,
}

/// Gathers what all services say into one answer for many viewers.
///
/// A viewer costs the pipeline nothing: [`dashboard_data`](Self::dashboard_data) is what is there already, and only
/// [`update_cache`](Self::update_cache) asks the services. Neither changes anything that is decided.
#[di_core::interface]
pub trait IDashboardService {
    /// The platform as it was at the last update; the first call makes one.
    fn dashboard_data(&self) -> Arc<DashboardData>;

    /// Asks every service, keeps the answer, and returns it.
    fn update_cache(&self) -> Arc<DashboardData>;
}
