//! The module of the strategies and of the service that asks them.

use std::sync::Arc;

use di_core::container;
use di_core::events::Topic;

use crate::ports::{
    IAnalysisService, IClock, IConfigService, IIndicatorService, IMarketDataService, ISignalService, IStateManager,
    IStrategy, Signal,
};
use crate::strategy::{Breakout, ConfluenceStrategy, Crossover, MeanReversion, Momentum, SignalService, Trend};

/// When to buy or sell: the strategies, and the service that makes signals of their opinions.
#[container(build = fallible, provides = ISignalService)]
pub struct SignalModule {
    #[inherit]
    config: Arc<dyn IConfigService>,
    #[inherit]
    clock: Arc<dyn IClock>,
    #[inherit]
    market: Arc<dyn IMarketDataService>,
    #[inherit]
    state: Arc<dyn IStateManager>,
    #[inherit]
    indicators: Arc<dyn IIndicatorService>,
    #[inherit]
    analysis: Arc<dyn IAnalysisService>,
    #[inherit]
    signals_given: Arc<Topic<Signal>>,
    #[many(dyn IStrategy, key = "crossover")]
    crossover: Crossover,
    #[many(dyn IStrategy, key = "breakout")]
    breakout: Breakout,
    #[many(dyn IStrategy, key = "mean_reversion")]
    mean_reversion: MeanReversion,
    #[many(dyn IStrategy, key = "momentum")]
    momentum: Momentum,
    #[many(dyn IStrategy, key = "confluence")]
    confluence: ConfluenceStrategy,
    #[many(dyn IStrategy, key = "trend")]
    trend: Trend,
    signals: SignalService,
}
