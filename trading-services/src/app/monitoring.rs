//! The module of the monitor, the alerts and their channels, and the scope of each instrument.

use std::sync::Arc;

use di_core::dependency::Factory;
use di_core::events::Topic;
use di_core::health::{HealthChanged, ServiceUnhealthy};
use di_core::{container, service};

use crate::model::InstrumentId;
use crate::monitoring::alerts::{AlertManager, HealthAlerts};
use crate::monitoring::channels::{FileChannel, LogChannel, WebhookChannel};
use crate::monitoring::watch::{MarketMonitor, PriceMove, SymbolWatch};
use crate::ports::{
    Alert, IAlertChannel, IAlertService, IAnalysisService, IClock, IConfigService, IMarketDataService,
    IMonitoringService, IStateManager, ISymbolWatch, ISymbolWatches,
};

/// What watches the market and tells people: the monitor, the alerts and the ways they go.
#[container(build = fallible, provides = [IAlertService, IMonitoringService])]
pub struct MonitoringModule {
    #[inherit]
    config: Arc<dyn IConfigService>,
    #[inherit]
    clock: Arc<dyn IClock>,
    #[inherit]
    state: Arc<dyn IStateManager>,
    #[inherit]
    market: Arc<dyn IMarketDataService>,
    #[inherit]
    analysis: Arc<dyn IAnalysisService>,
    #[inherit]
    alerts_raised: Arc<Topic<Alert>>,
    #[inherit]
    health_changed: Arc<Topic<HealthChanged>>,
    #[inherit]
    service_unhealthy: Arc<Topic<ServiceUnhealthy>>,
    #[many(dyn IAlertChannel, key = "log")]
    log: LogChannel,
    #[many(dyn IAlertChannel, key = "file")]
    file: FileChannel,
    #[many(dyn IAlertChannel, key = "webhook")]
    webhook: WebhookChannel,
    alerts: AlertManager,
    #[entry]
    health: HealthAlerts,
    monitor: MarketMonitor,
    watches: SymbolScopes,
    #[scope]
    symbol: SymbolScope,
}

/// What lives as long as one instrument is watched; the monitor makes one per instrument.
#[container]
pub struct SymbolScope {
    /// Which instrument.
    #[input]
    instrument: InstrumentId,
    #[inherit]
    config: Arc<dyn IConfigService>,
    #[inherit]
    alerts: Arc<dyn IAlertService>,
    prices: PriceMove,
    #[entry]
    watch: SymbolWatch,
}

/// Makes the watch of an instrument in a scope of its own.
#[service(provides = ISymbolWatches)]
pub struct SymbolScopes {
    scopes: Factory<SymbolScope, (SymbolScopeInputs,)>,
}

impl ISymbolWatches for SymbolScopes {
    fn make(&self, instrument: &InstrumentId) -> Arc<dyn ISymbolWatch> {
        // Only singletons are in the scope: the watch keeps those that it needs.
        self.scopes.make((SymbolScopeInputs { instrument: instrument.clone() },)).shared()
    }
}

impl std::fmt::Debug for SymbolScopes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SymbolScopes").finish_non_exhaustive()
    }
}
