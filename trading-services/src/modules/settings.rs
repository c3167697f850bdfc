//! Settings of the modules.

use std::time::Duration;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::model::duration;
use crate::ports::{Rules, Section};

/// How sure modules have to be, and when a loss is enough.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// How often a run asks the modules, by the time of its messages; `0s` for never.
    #[serde(with = "duration")]
    pub every: Duration,
    /// How sure the module `crypto` has to be from 0 to 8 o'clock UTC, 0 to 100.
    pub asia_confidence: Decimal,
    /// The same from 8 to 16 o'clock.
    pub europe_confidence: Decimal,
    /// The same from 16 to 24 o'clock.
    pub us_confidence: Decimal,
    /// The module `guard` closes a position that has lost so much of its cost, in percent.
    pub stop_loss_percent: Decimal,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            every: Duration::from_secs(60),
            asia_confidence: Decimal::from(75),
            europe_confidence: Decimal::from(70),
            us_confidence: Decimal::from(65),
            stop_loss_percent: Decimal::TWO,
        }
    }
}

impl Section for Settings {
    const NAME: &'static str = "modules";

    fn check(&self, rules: &mut Rules) {
        let sure = |value: Decimal| value > Decimal::ZERO && value <= Decimal::ONE_HUNDRED;
        let expected = "above 0, at most 100";
        rules.require("asia_confidence", sure(self.asia_confidence), expected, self.asia_confidence);
        rules.require("europe_confidence", sure(self.europe_confidence), expected, self.europe_confidence);
        rules.require("us_confidence", sure(self.us_confidence), expected, self.us_confidence);
        rules.above_zero("stop_loss_percent", self.stop_loss_percent);
    }
}
