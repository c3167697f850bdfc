//! The interface of a strategy.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::model::{Candle, InstrumentId, Timeframe};
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

/// Why a strategy is not switched.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SwitchError {
    /// There is none of that name.
    #[error(transparent)]
    Unknown(#[from] UnknownStrategy),
    /// It looks at candles that would tell it nothing.
    #[error("the strategy {strategy} looks at candles of {found} and stays as it was: expected {expected}")]
    Candles {
        /// Which one.
        strategy: &'static str,
        /// The length of the candles that it looks at.
        found: Timeframe,
        /// What that would have to be.
        expected: String,
    },
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

/// Closed candles of one length that a strategy looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CandleNeed {
    /// Their length; `None` for that of `signals.timeframe`, at whose closes strategies are asked.
    pub timeframe: Option<Timeframe>,
    /// How many; with fewer the strategy has no opinion.
    pub bars: usize,
}

/// What a strategy may look at: closed candles of one instrument, oldest first, and no more of them than it needs.
#[derive(Debug, Clone, Copy)]
pub struct StrategyView<'a> {
    /// Which instrument.
    pub instrument: &'a InstrumentId,
    /// Those of `signals.timeframe`; it is asked about the last one.
    pub bars: &'a [Candle],
    /// Those of other lengths that have closed by the end of that one.
    pub others: &'a [(Timeframe, &'a [Candle])],
}

impl<'a> StrategyView<'a> {
    /// The candles of that length; none if the strategy has not said that it needs them.
    pub fn of(&self, timeframe: Timeframe) -> &'a [Candle] {
        let found = self.others.iter().find(|(known, _)| *known == timeframe);
        found.map(|(_, candles)| *candles).unwrap_or_default()
    }
}

/// What a strategy needs, by the length of candles.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StrategyNeeds {
    /// How many candles of `signals.timeframe`.
    pub bars: usize,
    /// How many of other lengths, each length once.
    pub others: Vec<(Timeframe, usize)>,
}

impl StrategyNeeds {
    /// What `strategy` needs where `timeframe` is that of the signals.
    pub fn of(strategy: &dyn IStrategy, timeframe: Timeframe) -> Self {
        let mut needs = Self::default();
        for need in strategy.required_data() {
            let Some(other) = need.timeframe.filter(|other| *other != timeframe) else {
                needs.bars = needs.bars.max(need.bars);
                continue;
            };
            match needs.others.iter_mut().find(|(known, _)| *known == other) {
                Some((_, bars)) => *bars = need.bars.max(*bars),
                None => needs.others.push((other, need.bars)),
            }
        }
        needs
    }
}

/// The last `count` candles, or all if there are fewer.
pub(crate) fn last(candles: &[Candle], count: usize) -> &[Candle] {
    candles.get(candles.len().saturating_sub(count)..).unwrap_or_default()
}

/// One rule that looks at closed candles. It keeps nothing: the same candles give the same opinion.
#[di_core::interface]
pub trait IStrategy {
    /// The strategy's name, which is its key in the group.
    fn name(&self) -> &'static str;

    /// Which candles it needs: of one length or of several. It is shown exactly those, live, in a replay and in a back-test.
    fn required_data(&self) -> Vec<CandleNeed>;

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

    /// The same with all that it may look at; only a strategy that looks at more than candles of one length asks for it.
    fn evaluate_view(&self, view: &StrategyView<'_>) -> Option<Opinion> {
        self.evaluate(view.bars)
    }
}

impl CandleNeed {
    /// So many candles of `signals.timeframe`.
    pub const fn bars(bars: usize) -> Self {
        Self { timeframe: None, bars }
    }

    /// So many candles of that length.
    pub const fn of(timeframe: Timeframe, bars: usize) -> Self {
        Self { timeframe: Some(timeframe), bars }
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
