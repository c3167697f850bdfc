//! Settings of the portfolio.

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
}

impl Default for Settings {
    fn default() -> Self {
        Self { currency: Currency::usdt(), cash: Decimal::from(100_000) }
    }
}

impl Section for Settings {
    const NAME: &'static str = "portfolio";

    fn check(&self, rules: &mut Rules) {
        rules.above_zero("cash", self.cash);
    }
}
