//! Settings of the limits and of the size of orders.

use std::time::Duration;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::model::duration;
use crate::ports::{Rules, Section};

/// What may be at risk.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// What one order may be worth, in the currency of the account.
    pub max_order_notional: Decimal,
    /// What one position may be worth, with everything that is open.
    pub max_position_notional: Decimal,
    /// What all positions may be worth without their signs, as a multiple of the equity.
    pub max_leverage: Decimal,
    /// How many orders there may be within a minute.
    pub orders_per_minute: usize,
    /// How far the price of an order may be from the market, in percent.
    pub price_collar_percent: Decimal,
    /// Trading ends when so much of the equity was lost since the day began, in percent.
    pub max_daily_loss_percent: Decimal,
    /// Trading ends when the equity is so far below its peak, in percent.
    pub max_drawdown_percent: Decimal,
    /// Whether positions are closed when trading ends.
    pub flatten: bool,
    /// A position that is still held so long after its closing was ordered is told of.
    #[serde(with = "duration")]
    pub flatten_within: Duration,
    /// The share of the equity that one module may use, in percent.
    pub module_share_percent: Decimal,
    /// How the size of an order is found.
    pub sizing: SizingSettings,
}

/// How the size of an order is found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SizingSettings {
    /// By which rule.
    pub method: SizingMethod,
    /// For `quantity`: how much of the base currency.
    pub quantity: Decimal,
    /// For `notional`, and for `kelly` until 20 round trips say how often one gains: how much of the currency of the account.
    pub notional: Decimal,
    /// For `risk` and `volatility`: the share of the equity that one position may lose, in percent.
    pub risk_percent: Decimal,
    /// For `kelly`: the largest share of the equity, in percent.
    pub kelly_cap_percent: Decimal,
}

/// By which rule the size of an order is found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SizingMethod {
    /// Always the same quantity.
    Quantity,
    /// Always worth the same.
    #[default]
    Notional,
    /// So that the position loses a share of the equity when the price has gone to its stop.
    Risk,
    /// So that an average move of the price is a share of the equity.
    Volatility,
    /// The share of the equity that the win rate and the payoff call for, with a cap; before there are 20 round trips, always worth
    /// the same.
    Kelly,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            max_order_notional: Decimal::from(20_000),
            max_position_notional: Decimal::from(50_000),
            max_leverage: Decimal::from(2),
            orders_per_minute: 30,
            price_collar_percent: Decimal::from(2),
            max_daily_loss_percent: Decimal::from(5),
            max_drawdown_percent: Decimal::from(20),
            flatten: true,
            flatten_within: Duration::from_secs(60),
            module_share_percent: Decimal::from(20),
            sizing: SizingSettings::default(),
        }
    }
}

impl Default for SizingSettings {
    fn default() -> Self {
        Self {
            method: SizingMethod::default(),
            quantity: Decimal::ONE,
            notional: Decimal::from(2_000),
            risk_percent: Decimal::ONE,
            kelly_cap_percent: Decimal::from(10),
        }
    }
}

impl Section for Settings {
    const NAME: &'static str = "risk";

    fn check(&self, rules: &mut Rules) {
        rules.above_zero("max_order_notional", self.max_order_notional);
        rules.above_zero("max_position_notional", self.max_position_notional);
        rules.above_zero("max_leverage", self.max_leverage);
        rules.count("orders_per_minute", self.orders_per_minute);
        rules.above_zero("price_collar_percent", self.price_collar_percent);
        rules.above_zero("max_daily_loss_percent", self.max_daily_loss_percent);
        rules.above_zero("max_drawdown_percent", self.max_drawdown_percent);
        rules.positive("flatten_within", self.flatten_within);
        let share = |value: Decimal| value > Decimal::ZERO && value <= Decimal::ONE_HUNDRED;
        let expected = "above 0, at most 100";
        rules.require("module_share_percent", share(self.module_share_percent), expected, self.module_share_percent);
        let sizing = &self.sizing;
        rules.above_zero("sizing.quantity", sizing.quantity);
        rules.above_zero("sizing.notional", sizing.notional);
        rules.require("sizing.risk_percent", share(sizing.risk_percent), expected, sizing.risk_percent);
        rules.require("sizing.kelly_cap_percent", share(sizing.kelly_cap_percent), expected, sizing.kelly_cap_percent);
    }
}
