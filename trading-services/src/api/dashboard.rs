//! The cache of what the page shows at a glance.

use std::sync::{Arc, Mutex};

use di_core::service;

use crate::ports::{
    AlertLevel, DashboardData, IAlertService, IClock, IDashboardService, IMarketDataService, IMonitoringService,
    IOrderExecutor, IPortfolio, IRiskManager, ISignalService, ITradingEngine, PositionView,
};
use crate::sync::lock;

/// How many of the open alerts are told at a glance.
const OPEN_ALERTS: usize = 20;

/// Asks the services one after the other, each for as long as its answer takes to copy, and keeps the whole for all viewers.
#[service(provides = IDashboardService)]
pub struct Dashboard {
    clock: Arc<dyn IClock>,
    market: Arc<dyn IMarketDataService>,
    monitor: Arc<dyn IMonitoringService>,
    signals: Arc<dyn ISignalService>,
    alerts: Arc<dyn IAlertService>,
    portfolio: Arc<dyn IPortfolio>,
    executor: Arc<dyn IOrderExecutor>,
    risk: Arc<dyn IRiskManager>,
    trading: Arc<dyn ITradingEngine>,
    #[inject(default)]
    kept: Mutex<Option<Arc<DashboardData>>>,
}

impl IDashboardService for Dashboard {
    fn dashboard_data(&self) -> Arc<DashboardData> {
        let kept = lock(&self.kept).clone();
        kept.unwrap_or_else(|| self.update_cache())
    }

    fn update_cache(&self) -> Arc<DashboardData> {
        let mut positions = self.portfolio.positions();
        positions.retain(PositionView::is_open);
        let data = Arc::new(DashboardData {
            time: self.clock.now(),
            currency: self.portfolio.currency(),
            performance: self.trading.performance_metrics().ok(),
            risk: self.risk.risk_metrics(),
            killed: self.risk.killed(),
            troubles: self.trading.troubles(),
            positions,
            open_orders: self.executor.open_orders(),
            markets: self.market.all_market_data(),
            monitoring: self.monitor.monitoring_status(),
            counters: self.market.counters(),
            signals: self.signals.statistics(),
            alerts: self.alerts.stats(),
            open_alerts: self.alerts.open(AlertLevel::Warning, OPEN_ALERTS),
        });
        // No lock is held while services are asked: a slow one holds up nobody who wants the last answer.
        *lock(&self.kept) = Some(Arc::clone(&data));
        data
    }
}

impl std::fmt::Debug for Dashboard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Dashboard").finish_non_exhaustive()
    }
}
