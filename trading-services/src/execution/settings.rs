//! Settings of the execution on paper.

use std::time::Duration;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::model::duration;
use crate::ports::{Rules, Section};

/// How orders trade on paper.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// What the venue takes of a trade of an order that waited, as a share of what is paid; below zero for what it gives.
    pub maker_fee: Decimal,
    /// What the venue takes of a trade of an order that took.
    pub taker_fee: Decimal,
    /// How long an order is under way to the venue.
    #[serde(with = "duration")]
    pub latency: Duration,
    /// How many levels of each side of the book an order meets.
    pub book_levels: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            maker_fee: Decimal::new(2, 4),
            taker_fee: Decimal::new(5, 4),
            latency: Duration::from_millis(20),
            book_levels: 50,
        }
    }
}

impl Section for Settings {
    const NAME: &'static str = "execution";

    fn check(&self, rules: &mut Rules) {
        let is_share = |fee: Decimal| fee.abs() < Decimal::ONE;
        rules.require("maker_fee", is_share(self.maker_fee), "a share above -1 and below 1", self.maker_fee);
        rules.require("taker_fee", is_share(self.taker_fee), "a share above -1 and below 1", self.taker_fee);
        rules.count("book_levels", self.book_levels);
    }
}
