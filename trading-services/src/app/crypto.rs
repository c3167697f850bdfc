//! The module of crypto-currencies.

use std::sync::Arc;

use di_core::container;
use di_core::events::Topic;

use crate::modules::{CryptoTrading, Sessions};
use crate::ports::{
    IAnalysisService, IClock, IConfigService, IMarketDataService, IOrderExecutor, IPortfolio, IRiskManager,
    ITopSymbolsService, ITradingModule, RiskAnswer,
};

/// Crypto-currencies around the clock, with a confidence of its own for each session. Nothing in it knows of another
/// module: it runs alone wherever there is what it inherits.
#[container]
pub struct CryptoModule {
    #[inherit]
    config: Arc<dyn IConfigService>,
    #[inherit]
    clock: Arc<dyn IClock>,
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
    sessions: Sessions,
    #[many(dyn ITradingModule, key = "crypto")]
    trading: CryptoTrading,
}
