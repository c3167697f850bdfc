//! The module of the trading modules, and of the orchestrator that asks them.

use std::sync::Arc;

use di_core::container;

use crate::modules::{CryptoModule, GuardModule, Orchestrator};
use crate::ports::{
    IAnalysisService, IClock, IConfigService, IMarketDataService, IOrchestrator, IOrderExecutor, IPortfolio,
    IRiskManager, IStateManager, ITopSymbolsService, ITradingModule,
};

/// Ways of trading that stand alone, each a member of a group, and who gives them capital.
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
    #[many(dyn ITradingModule, key = "crypto")]
    crypto: CryptoModule,
    #[many(dyn ITradingModule, key = "guard")]
    guard: GuardModule,
    #[entry]
    orchestrator: Orchestrator,
}
