//! The module of the trading modules, and of the orchestrator that asks them.

use std::sync::Arc;

use di_core::container;
use di_core::events::Topic;

use super::{CryptoModule, GuardModule};
use crate::modules::Orchestrator;
use crate::ports::{
    IAnalysisService, IClock, IConfigService, IMarketDataService, IOrchestrator, IOrderExecutor, IPortfolio,
    IRiskManager, IStateManager, ITopSymbolsService, ITradingModule, RiskAnswer,
};

/// Ways of trading that stand alone, each a container and a member of a group, and who gives them capital.
#[container(provides = IOrchestrator)]
pub struct TradingModules {
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
    rankings: Arc<dyn ITopSymbolsService>,
    #[inherit]
    portfolio: Arc<dyn IPortfolio>,
    #[inherit]
    risk: Arc<dyn IRiskManager>,
    #[inherit]
    executor: Arc<dyn IOrderExecutor>,
    #[inherit]
    risk_answered: Arc<Topic<RiskAnswer>>,
    #[module]
    #[many(dyn ITradingModule)]
    crypto: CryptoModule,
    #[module]
    #[many(dyn ITradingModule)]
    guard: GuardModule,
    #[entry]
    orchestrator: Orchestrator,
}
