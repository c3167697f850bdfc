//! The orchestrator: each module gets its share, and none holds up another.

use std::sync::Arc;

use di_core::dependency::Many;
use di_core::service;
use rust_decimal::Decimal;

use crate::model::CorrelationId;
use crate::panics::caught;
use crate::ports::{
    IClock, IOrchestrator, IRiskManager, IStateManager, ITradingModule, ModuleReport, ModuleTurn, StateFact,
};

/// Asks modules in their declared order. A module may use `risk.module_share_percent` of the equity, less what its positions
/// and its open orders already do: what other modules and signals hold does not count against it.
#[service(provides = IOrchestrator)]
pub struct Orchestrator {
    modules: Many<dyn ITradingModule>,
    risk: Arc<dyn IRiskManager>,
    clock: Arc<dyn IClock>,
    kept: Arc<dyn IStateManager>,
}

impl Orchestrator {
    /// How much a module may still use: nothing while nobody knows what it uses.
    fn capital(&self, module: &str) -> Decimal {
        let limits = self.risk.portfolio_limits(module);
        limits.used.map_or(Decimal::ZERO, |used| limits.notional.saturating_sub(used).max(Decimal::ZERO))
    }

    fn ask(&self, module: &dyn ITradingModule, correlation: CorrelationId, dry_run: bool) -> ModuleReport {
        let (name, capital) = (module.module_name(), self.capital(module.module_name()));
        let turn = ModuleTurn { capital, correlation, dry_run };
        let mut report =
            ModuleReport { module: name, capital, opportunities: Vec::new(), trades: Vec::new(), error: None };
        let panicked = |panic| format!("{name}: it panicked: {panic}");
        // What it saw is told even if it fails to trade it.
        match caught(|| module.analyze_opportunities()) {
            Ok(Ok(opportunities)) => report.opportunities = opportunities,
            Ok(Err(error)) => report.error = Some(error.to_string()),
            Err(panic) => report.error = Some(panicked(panic)),
        }
        if report.error.is_none() {
            match caught(|| module.execute_trades(&report.opportunities, &turn)) {
                Ok(trades) => report.trades = trades,
                Err(panic) => report.error = Some(panicked(panic)),
            }
        }
        self.keep(&report);
        report
    }

    /// Keeps what was seen, for people; it is not urgent.
    fn keep(&self, report: &ModuleReport) {
        let (module, time) = (report.module, self.clock.now());
        for opportunity in &report.opportunities {
            let opportunity = Box::new(opportunity.clone());
            let _later = self.kept.append(StateFact::Seen { module, opportunity, time });
        }
    }
}

impl IOrchestrator for Orchestrator {
    fn modules(&self) -> Vec<&'static str> {
        self.modules.iter().map(|module| module.module_name()).collect()
    }

    fn run_once(&self, correlation: CorrelationId, dry_run: bool) -> Vec<ModuleReport> {
        self.modules.iter().map(|module| self.ask(&**module, correlation, dry_run)).collect()
    }
}

impl std::fmt::Debug for Orchestrator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Orchestrator").field("modules", &self.modules).finish_non_exhaustive()
    }
}
