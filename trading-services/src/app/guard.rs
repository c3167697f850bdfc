//! The module that guards positions.

use std::sync::Arc;

use di_core::container;
use di_core::events::Topic;

use crate::modules::PositionGuard;
use crate::ports::{
    IClock, IConfigService, IMarketDataService, IOrderExecutor, IPortfolio, IRiskManager, ITradingModule, RiskAnswer,
};

/// Closes what has lost enough, whoever has opened it. It has no use for an analysis, and inherits none.
#[container]
pub struct GuardModule {
    #[inherit]
    config: Arc<dyn IConfigService>,
    #[inherit]
    clock: Arc<dyn IClock>,
    #[inherit]
    market: Arc<dyn IMarketDataService>,
    #[inherit]
    portfolio: Arc<dyn IPortfolio>,
    #[inherit]
    risk: Arc<dyn IRiskManager>,
    #[inherit]
    executor: Arc<dyn IOrderExecutor>,
    #[inherit]
    risk_answered: Arc<Topic<RiskAnswer>>,
    #[many(dyn ITradingModule, key = "guard")]
    guard: PositionGuard,
}
