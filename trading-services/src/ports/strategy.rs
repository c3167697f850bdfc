//! The interface of a strategy.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::model::{Candle, InstrumentId};
use crate::ports::Opinion;

/// Whether the opinions of a strategy count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StrategyMode {
    /// It is not asked.
    Off,
    /// It is asked, and its opinions are counted and kept, but lead to nothing.
    Shadow,
    /// Its opinions count.
    #[default]
    On,
}

/// There is no strategy of that name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown strategy `{}`: expected one of {known}", .name.escape_debug())]
pub struct UnknownStrategy {
    /// The name that was asked for.
    pub name: String,
    /// The names that there are.
    pub known: String,
}

impl StrategyMode {
    /// Its name in settings: `on`, `off`, `shadow`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Shadow => "shadow",
            Self::On => "on",
        }
    }
}

/// What a strategy's opinions are worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StrategyRole {
    /// Whether they count.
    pub mode: StrategyMode,
    /// How much beside those of others.
    pub weight: Decimal,
}

/// A parameter of a strategy, with the range that it may be in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StrategyParameter {
    /// Its name, the last part of its key in the settings.
    pub name: &'static str,
    /// Its value.
    pub value: Decimal,
    /// The smallest one.
    pub min: Decimal,
    /// The largest one.
    pub max: Decimal,
}

/// One rule that looks at closed candles. It keeps nothing: the same candles give the same opinion.
#[di_core::interface]
pub trait IStrategy {
    /// The strategy's name, which is its key in the group.
    fn name(&self) -> &'static str;

    /// How many candles it needs; with fewer it has no opinion.
    fn required_bars(&self) -> usize;

    /// What its opinions are worth.
    fn role(&self) -> StrategyRole {
        StrategyRole::default()
    }

    /// Its parameters with their ranges.
    fn parameters(&self) -> Vec<StrategyParameter> {
        Vec::new()
    }

    /// What it thinks of the last candle, after those before it, oldest first.
    ///
    /// `None` during the warm-up, when nothing happened, and when numbers do not fit.
    fn evaluate(&self, bars: &[Candle]) -> Option<Opinion>;

    /// The same about that instrument; only a strategy that looks at more than candles asks which one it is.
    fn evaluate_for(&self, instrument: &InstrumentId, bars: &[Candle]) -> Option<Opinion> {
        let _ = instrument;
        self.evaluate(bars)
    }
}

impl Default for StrategyRole {
    fn default() -> Self {
        Self { mode: StrategyMode::On, weight: Decimal::ONE }
    }
}

impl StrategyParameter {
    /// A parameter that is a count.
    pub fn count(name: &'static str, value: usize, min: usize, max: usize) -> Self {
        let [value, min, max] = [value, min, max].map(Decimal::from);
        Self { name, value, min, max }
    }
}
