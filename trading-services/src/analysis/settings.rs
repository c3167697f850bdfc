//! Settings of the analysis.

use std::time::Duration;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::model::{Currency, duration};
use crate::ports::{Rules, Section};

/// Which liquidations are a cascade, and who is ranked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// How far back liquidations count.
    #[serde(with = "duration")]
    pub liquidation_window: Duration,
    /// From which worth of one side on liquidations are a cascade, in quote currency.
    pub liquidation_threshold: Decimal,
    /// How often instruments are ranked.
    #[serde(with = "duration")]
    pub ranking_period: Duration,
    /// The least turnover of a period to be ranked, in `ranking_currency`.
    pub ranking_turnover: Decimal,
    /// The currency of turnovers. What is traded in another one is converted as the account is; without a rate it is not ranked.
    pub ranking_currency: Currency,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            liquidation_window: Duration::from_secs(300),
            liquidation_threshold: Decimal::from(500_000),
            ranking_period: Duration::from_secs(8 * 3_600),
            ranking_turnover: Decimal::from(1_000_000),
            ranking_currency: Currency::usdt(),
        }
    }
}

impl Section for Settings {
    const NAME: &'static str = "analysis";

    fn check(&self, rules: &mut Rules) {
        rules.positive("liquidation_window", self.liquidation_window);
        rules.above_zero("liquidation_threshold", self.liquidation_threshold);
        rules.positive("ranking_period", self.ranking_period);
        rules.above_zero("ranking_turnover", self.ranking_turnover);
    }
}
