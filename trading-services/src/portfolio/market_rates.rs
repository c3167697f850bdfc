//! Rates of currencies by the markets of the platform.

use std::sync::Arc;

use di_core::service;
use rust_decimal::Decimal;

use super::Settings;
use crate::model::{Currency, InstrumentId, InstrumentKind, Price};
use crate::ports::{Freshness, IConfigService, ICurrencyRates, IMarketDataService};

/// Takes a rate from `portfolio.rates`, or from the middle of a whole and fresh book of a spot market between the two: the
/// first one in order of the names. An old price is no rate.
#[service(provides = ICurrencyRates)]
pub struct MarketRates {
    config: Arc<dyn IConfigService>,
    market: Arc<dyn IMarketDataService>,
}

impl MarketRates {
    /// What one unit of `from` is worth in `to` by that market, either way round.
    fn by(&self, instrument: &InstrumentId, from: &Currency, to: &Currency) -> Option<Price> {
        let (base, quote) = self.market.currencies(instrument)?;
        let base = base?;
        let is_inverse = (&base, &quote) == (to, from);
        if !is_inverse && (&base, &quote) != (from, to) {
            return None;
        }
        if self.market.rules(instrument).is_some_and(|rules| rules.kind != InstrumentKind::Spot) {
            return None;
        }
        let view = self.market.market_data(instrument).ok()?;
        let price = view.top.middle().filter(|_| view.synchronised && view.freshness == Freshness::Fresh)?;
        if is_inverse { Price::new(Decimal::ONE.checked_div(price.value())?).ok() } else { Some(price) }
    }
}

impl ICurrencyRates for MarketRates {
    fn rate(&self, from: &Currency, to: &Currency) -> Option<Price> {
        let settings = self.config.section::<Settings>();
        let declared = settings.rates.get(from).filter(|_| *to == settings.currency);
        if let Some(rate) = declared {
            return Price::new(*rate).ok();
        }
        self.market.supported_symbols().iter().find_map(|instrument| self.by(instrument, from, to))
    }
}

impl std::fmt::Debug for MarketRates {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MarketRates").finish_non_exhaustive()
    }
}
