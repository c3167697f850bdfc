//! The module of the live venues: each with its rate limit, and with retries around both.

use std::sync::Arc;

use di_core::container;

use crate::ports::{IClock, IConfigService, IExchange};
use crate::venues::layers::{RateLimited, Retrying};
use crate::venues::live::{LiveExchange, RestClients};
use crate::venues::{binance, bybit};

/// Venues that are reached over the network. None is, until the order of the configuration names it.
#[container]
pub struct LiveVenues {
    #[inherit]
    config: Arc<dyn IConfigService>,
    #[inherit]
    clock: Arc<dyn IClock>,
    #[register(concrete)]
    clients: RestClients,
    #[register(concrete)]
    binance: LiveExchange<binance::Spot>,
    #[register(concrete)]
    limited_binance: RateLimited<LiveExchange<binance::Spot>>,
    #[many(dyn IExchange, key = "binance")]
    #[register(concrete)]
    retrying_binance: Retrying<RateLimited<LiveExchange<binance::Spot>>>,
    #[register(concrete)]
    binance_futures: LiveExchange<binance::UsdM>,
    #[register(concrete)]
    limited_binance_futures: RateLimited<LiveExchange<binance::UsdM>>,
    #[many(dyn IExchange, key = "binance-futures")]
    #[register(concrete)]
    retrying_binance_futures: Retrying<RateLimited<LiveExchange<binance::UsdM>>>,
    #[register(concrete)]
    bybit: LiveExchange<bybit::Contracts>,
    #[register(concrete)]
    limited_bybit: RateLimited<LiveExchange<bybit::Contracts>>,
    #[many(dyn IExchange, key = "bybit")]
    #[register(concrete)]
    retrying_bybit: Retrying<RateLimited<LiveExchange<bybit::Contracts>>>,
    #[register(concrete)]
    bybit_spot: LiveExchange<bybit::Spot>,
    #[register(concrete)]
    limited_bybit_spot: RateLimited<LiveExchange<bybit::Spot>>,
    #[many(dyn IExchange, key = "bybit-spot")]
    #[register(concrete)]
    retrying_bybit_spot: Retrying<RateLimited<LiveExchange<bybit::Spot>>>,
    #[register(concrete)]
    bybit_options: LiveExchange<bybit::Options>,
    #[register(concrete)]
    limited_bybit_options: RateLimited<LiveExchange<bybit::Options>>,
    #[many(dyn IExchange, key = "bybit-options")]
    #[register(concrete)]
    retrying_bybit_options: Retrying<RateLimited<LiveExchange<bybit::Options>>>,
}
