//! Settings of the portfolio.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::model::Currency;
use crate::ports::{Rules, Section};

/// What there is at the start.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The currency in which everything is valued.
    pub currency: Currency,
    /// How much of it there is at the start.
    pub cash: Decimal,
    /// What one unit of another currency is worth in it, where no market is asked: `USD = "1"`.
    pub rates: BTreeMap<Currency, Decimal>,
}

impl Default for Settings {
    fn default() -> Self {
        Self { currency: Currency::usdt(), cash: Decimal::from(100_000), rates: BTreeMap::new() }
    }
}

impl Section for Settings {
    const NAME: &'static str = "portfolio";

    fn check(&self, rules: &mut Rules) {
        rules.above_zero("cash", self.cash);
        for (currency, rate) in &self.rates {
            rules.above_zero(&format!("rates.{currency}"), *rate);
        }
        let is_other = !self.rates.contains_key(&self.currency);
        rules.require("rates", is_other, "rates of other currencies", &self.currency);
    }
}
