//! The orchestrator: each module gets its share, and none holds up another.

use std::sync::Arc;

use di_core::dependency::Many;
use di_core::service;
use rust_decimal::Decimal;

use crate::panics::caught;
use crate::ports::{
    IClock, IOrchestrator, IPortfolio, IRiskManager, IStateManager, ITradingModule, ModuleReport, StateFact,
};

/// Asks modules in their declared order. A module may use `risk.module_share_percent` of the equity, less what positions
/// already do.
#[service(provides = IOrchestrator)]
pub struct Orchestrator {
    modules: Many<dyn ITradingModule>,
    risk: Arc<dyn IRiskManager>,
    portfolio: Arc<dyn IPortfolio>,
    clock: Arc<dyn IClock>,
    kept: Arc<dyn IStateManager>,
}

impl Orchestrator {
    /// How much a module may still use.
    fn capital(&self, module: &str) -> Decimal {
        let used = self.portfolio.positions().iter().fold(Decimal::ZERO, |sum, view| {
            sum.saturating_add(view.position.quantity.abs().saturating_mul(view.mark.value()))
        });
        self.risk.portfolio_limits(module).notional.saturating_sub(used).max(Decimal::ZERO)
    }

    fn ask(&self, module: &dyn ITradingModule, dry_run: bool) -> ModuleReport {
        let (name, capital) = (module.module_name(), self.capital(module.module_name()));
        let mut report =
            ModuleReport { module: name, capital, opportunities: Vec::new(), trades: Vec::new(), error: None };
        let asked = caught(|| {
            let opportunities = module.analyze_opportunities()?;
            let trades = module.execute_trades(&opportunities, capital, dry_run);
            Ok::<_, crate::ports::ModuleError>((opportunities, trades))
        });
        match asked {
            Ok(Ok((opportunities, trades))) => (report.opportunities, report.trades) = (opportunities, trades),
            Ok(Err(error)) => report.error = Some(error.to_string()),
            Err(panic) => report.error = Some(format!("{name}: it panicked: {panic}")),
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
    fn run_once(&self, dry_run: bool) -> Vec<ModuleReport> {
        self.modules.iter().map(|module| self.ask(&**module, dry_run)).collect()
    }
}

impl std::fmt::Debug for Orchestrator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Orchestrator").field("modules", &self.modules).finish_non_exhaustive()
    }
}
