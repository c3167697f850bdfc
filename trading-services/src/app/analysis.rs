//! The module of the analysis: confluence with its components, liquidations, rankings.

use std::sync::Arc;

use di_core::container;

use crate::analysis::confluence::{
    AnalysisService, OrderBookBalance, OrderFlow, PriceStructure, Sentiment, Technical, VolumeTrend,
};
use crate::analysis::{LiquidationService, TopSymbols};
use crate::ports::{
    IAnalysisService, IConfigService, IConfluenceComponent, ICurrencyRates, IIndicatorService, ILiquidationService,
    IMarketDataService, ITopSymbolsService,
};

/// What can be said of a market before anybody decides.
#[container(provides = [IAnalysisService, ILiquidationService, ITopSymbolsService])]
pub struct AnalysisModule {
    #[inherit]
    config: Arc<dyn IConfigService>,
    #[inherit]
    market: Arc<dyn IMarketDataService>,
    #[inherit]
    rates: Arc<dyn ICurrencyRates>,
    #[inherit]
    indicators: Arc<dyn IIndicatorService>,
    #[many(dyn IConfluenceComponent, key = "order_flow")]
    order_flow: OrderFlow,
    #[many(dyn IConfluenceComponent, key = "order_book")]
    order_book: OrderBookBalance,
    #[many(dyn IConfluenceComponent, key = "volume")]
    volume: VolumeTrend,
    #[many(dyn IConfluenceComponent, key = "price_structure")]
    price_structure: PriceStructure,
    #[many(dyn IConfluenceComponent, key = "technical")]
    technical: Technical,
    #[many(dyn IConfluenceComponent, key = "sentiment")]
    sentiment: Sentiment,
    confluence: AnalysisService,
    liquidations: LiquidationService,
    rankings: TopSymbols,
}
