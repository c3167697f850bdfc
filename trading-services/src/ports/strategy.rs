//! The interface of a strategy.

use crate::model::Candle;
use crate::ports::Opinion;

/// One rule that looks at closed candles. It keeps nothing: the same candles give the same opinion.
#[di_core::interface]
pub trait IStrategy {
    /// The strategy's name, which is its key in the group.
    fn name(&self) -> &'static str;

    /// How many candles it needs; with fewer it has no opinion.
    fn required_bars(&self) -> usize;

    /// What it thinks of the last candle, after those before it, oldest first.
    ///
    /// `None` during the warm-up, when nothing happened, and when numbers do not fit.
    fn evaluate(&self, bars: &[Candle]) -> Option<Opinion>;
}
