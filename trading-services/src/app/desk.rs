//! The module of the desk: risk, orders, portfolio, and the engine that makes trades of signals.

use std::sync::Arc;

use di_core::container;
use di_core::events::Topic;

use crate::engine::{FundingSettler, TradingEngine};
use crate::execution::PaperExecutor;
use crate::model::{Fill, FundingSettlement, Order};
use crate::portfolio::Portfolio;
use crate::ports::{
    IAlertService, IClock, IConfigService, ICurrencyRates, IMarketDataService, IOrderExecutor, IPortfolio,
    IRiskManager, IStateManager, ITradingEngine, RiskAnswer,
};
use crate::risk::RiskManager;

/// From a signal to the portfolio, on paper.
#[container(build = fallible, provides = [ITradingEngine, IPortfolio, IOrderExecutor, IRiskManager])]
pub struct DeskModule {
    #[inherit]
    config: Arc<dyn IConfigService>,
    #[inherit]
    clock: Arc<dyn IClock>,
    #[inherit]
    state: Arc<dyn IStateManager>,
    #[inherit]
    market: Arc<dyn IMarketDataService>,
    #[inherit]
    rates: Arc<dyn ICurrencyRates>,
    #[inherit]
    alerts: Arc<dyn IAlertService>,
    #[inherit]
    risk_answered: Arc<Topic<RiskAnswer>>,
    #[inherit]
    orders_changed: Arc<Topic<Order>>,
    #[inherit]
    orders_filled: Arc<Topic<Fill>>,
    #[inherit]
    funding_settled: Arc<Topic<FundingSettlement>>,
    portfolio: Portfolio,
    executor: PaperExecutor,
    risk: RiskManager,
    funding: FundingSettler,
    trading: TradingEngine,
}
