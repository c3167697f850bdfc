//! Rates of currencies by the markets of the platform.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use di_core::service;
use rust_decimal::Decimal;

use super::Settings;
use crate::model::{Currency, InstrumentId, InstrumentKind, Price};
use crate::ports::{Freshness, IConfigService, ICurrencyRates, IMarketDataService};
use crate::sync::lock;

/// Venues that trade nothing but the assets themselves: there, a market is one of spot before its rules are told.
const SPOT_ONLY: [&str; 3] = ["binance", "bybit-spot", "simulated"];

/// Takes a rate from `portfolio.rates`, either way round, or from the middle of a whole and fresh book of a spot market between the two: the
/// first one in order of the names. An old price is no rate.
pub struct MarketRates {
    settings: Arc<Settings>,
    market: Arc<dyn IMarketDataService>,
    /// What the venues have told of their instruments: no venue changes it.
    told: Mutex<BTreeMap<InstrumentId, Pair>>,
}

/// What is bought in what, and whether it is the asset itself.
#[derive(Debug, Clone)]
struct Pair {
    base: Option<Currency>,
    quote: Currency,
    is_spot: bool,
}

#[service(provides = ICurrencyRates)]
impl MarketRates {
    /// Rates by the settings of now, and by the markets.
    #[constructor]
    pub fn new(config: Arc<dyn IConfigService>, market: Arc<dyn IMarketDataService>) -> Self {
        Self { settings: config.section::<Settings>(), market, told: Mutex::default() }
    }

    /// The pair of an instrument: as its venue has told it, or by its name until then.
    fn pair(&self, instrument: &InstrumentId) -> Option<Pair> {
        if let Some(pair) = lock(&self.told).get(instrument) {
            return Some(pair.clone());
        }
        let rules = self.market.rules(instrument);
        let (base, quote) = self.market.currencies(instrument)?;
        let is_spot = match &rules {
            Some(rules) => rules.kind == InstrumentKind::Spot,
            None => SPOT_ONLY.contains(&instrument.venue.as_str()),
        };
        let pair = Pair { base, quote, is_spot };
        if rules.is_some_and(|rules| rules.quote.is_some()) {
            lock(&self.told).insert(instrument.clone(), pair.clone());
        }
        Some(pair)
    }

    /// What one unit of `from` is worth in `to` by that market, either way round.
    fn by(&self, instrument: &InstrumentId, from: &Currency, to: &Currency) -> Option<Price> {
        let Pair { base, quote, is_spot } = self.pair(instrument)?;
        let base = base.filter(|_| is_spot)?;
        let is_inverse = (&base, &quote) == (to, from);
        if !is_inverse && (&base, &quote) != (from, to) {
            return None;
        }
        let view = self.market.market_data(instrument).ok()?;
        let price = view.top.middle().filter(|_| view.synchronised && view.freshness == Freshness::Fresh)?;
        if is_inverse { Price::new(Decimal::ONE.checked_div(price.value())?).ok() } else { Some(price) }
    }
}

impl ICurrencyRates for MarketRates {
    fn rate(&self, from: &Currency, to: &Currency) -> Option<Price> {
        if let Some(rate) = declared(&self.settings, from, to) {
            return Some(rate);
        }
        self.market.supported_symbols().iter().find_map(|instrument| self.by(instrument, from, to))
    }
}

/// What one unit of `from` is worth in `to` by `portfolio.rates`, which are in the currency of the account: either way round, and
/// between two that have rates.
fn declared(settings: &Settings, from: &Currency, to: &Currency) -> Option<Price> {
    let worth = |currency: &Currency| match *currency == settings.currency {
        true => Some(Decimal::ONE),
        false => settings.rates.get(currency).copied(),
    };
    Price::new(worth(from)?.checked_div(worth(to)?)?).ok()
}

impl std::fmt::Debug for MarketRates {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MarketRates").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;

    use super::*;

    #[test]
    fn a_declared_rate_holds_either_way_round_and_between_two() {
        let currency = |text: &str| text.parse::<Currency>().unwrap();
        let (euro, dollar, pound, yen) = (currency("EUR"), currency("USDT"), currency("GBP"), currency("JPY"));
        let mut settings = Settings { currency: euro.clone(), ..Settings::default() };
        settings.rates.insert(dollar.clone(), dec!(0.8));
        settings.rates.insert(pound.clone(), dec!(1.2));
        let rate = |from: &Currency, to: &Currency| declared(&settings, from, to).map(Price::value);
        assert_eq!(rate(&dollar, &euro), Some(dec!(0.8)));
        assert_eq!(rate(&euro, &dollar), Some(dec!(1.25)));
        assert_eq!(rate(&pound, &dollar), Some(dec!(1.5)));
        assert_eq!(rate(&yen, &euro), None);
    }
}
