//! The guard of positions: it closes what has lost enough, and opens nothing.

use std::sync::Arc;

use di_core::events::Topic;
use di_core::service;
use rust_decimal::Decimal;

use super::Settings;
use super::submit::Desk;
use crate::ports::{
    Direction, IClock, IConfigService, IMarketDataService, IOrderExecutor, IPortfolio, IRiskManager, ITradingModule,
    ModuleError, ModuleTrade, ModuleTurn, Opportunity, PositionView, RiskAnswer,
};

/// Closes positions at their stop. It needs no capital and no analysis, and of the market the rules of its orders alone.
#[service(provides = ITradingModule)]
pub struct PositionGuard {
    #[inject(key)]
    name: &'static str,
    config: Arc<dyn IConfigService>,
    clock: Arc<dyn IClock>,
    market: Arc<dyn IMarketDataService>,
    portfolio: Arc<dyn IPortfolio>,
    risk: Arc<dyn IRiskManager>,
    executor: Arc<dyn IOrderExecutor>,
    answered: Arc<Topic<RiskAnswer>>,
}

impl ITradingModule for PositionGuard {
    fn module_name(&self) -> &'static str {
        self.name
    }

    fn analyze_opportunities(&self) -> Result<Vec<Opportunity>, ModuleError> {
        let limit = self.config.section::<Settings>().stop_loss_percent;
        let stopped = self.monitor_positions().into_iter().filter_map(|view| {
            let lost = (-view.unrealised).checked_mul(Decimal::ONE_HUNDRED)?.checked_div(view.position.cost.abs())?;
            let direction = if view.position.quantity.is_sign_negative() { Direction::Long } else { Direction::Short };
            (lost >= limit).then(|| Opportunity {
                instrument: view.instrument,
                direction,
                confidence: 100.0,
                price: view.mark,
                reason: format!("the position has lost {} percent of its cost", lost.round_dp(2).normalize()),
            })
        });
        Ok(stopped.collect())
    }

    fn execute_trades(&self, opportunities: &[Opportunity], turn: &ModuleTurn) -> Vec<ModuleTrade> {
        let now = self.clock.now();
        let desk = Desk {
            module: self.name,
            market: &*self.market,
            risk: &*self.risk,
            executor: &*self.executor,
            answered: &self.answered,
            turn,
        };
        let close = |(index, one): (usize, &Opportunity)| {
            if desk.is_waiting(&one.instrument) {
                return None;
            }
            let held = self.portfolio.held(&one.instrument);
            desk.close((now, index), one, held, held)
        };
        opportunities.iter().enumerate().filter_map(close).collect()
    }

    fn monitor_positions(&self) -> Vec<PositionView> {
        self.portfolio.positions().into_iter().filter(PositionView::is_open).collect()
    }
}

impl std::fmt::Debug for PositionGuard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PositionGuard").finish_non_exhaustive()
    }
}
