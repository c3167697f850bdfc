//! Performance from periodic returns: the ratios, each with the definition of a known library.
//!
//! Names without a prefix are those of [empyrical-reloaded] 0.7.1 and of pandas; [`Quantstats`] has those that quantstats
//! 0.0.86 defines, which differ in places: its value at risk is that of a normal distribution, empyrical's is a quantile.
//! `None` is a ratio that has no value: a Sharpe ratio without variance, an omega without a loss.
//!
//! [empyrical-reloaded]: https://empyrical.ml4trading.io

mod annual;
mod distribution;
mod drawdown;
mod file;
mod months;
mod quantstats;
mod result;

pub use annual::Annual;
pub use file::{ReturnsFileError, read_returns};
pub use months::result_months;
pub use quantstats::Quantstats;
pub use result::result_figures;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

/// The ratios of a series of returns, each the gain of one period: 0.01 is one percent.
///
/// ```
/// use trading_services::portfolio::performance::Performance;
///
/// let performance = Performance::of(&[0.01, -0.02, 0.03], 252);
/// assert!((performance.max_drawdown + 0.02).abs() < 1e-12);
/// assert!(performance.annual.sharpe.is_some_and(|sharpe| (sharpe - 4.205_259_864).abs() < 1e-9));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Performance {
    /// How many periods a year has.
    pub periods: u32,
    /// How many returns there are.
    pub count: usize,
    /// What depends on the length of a period; in JSON under `ann252` for 252 periods.
    pub annual: Annual,
    /// The deepest fall below an earlier peak, as a negative share of the peak.
    pub max_drawdown: f64,
    /// The gain over all periods, compounded.
    pub cum_final: f64,
    /// The 95th percentile over the 5th, without their signs.
    pub tail_ratio: Option<f64>,
    /// The squared correlation of the compounded logarithmic returns with time.
    pub stability: Option<f64>,
    /// The return that one of twenty periods falls below: the 5th percentile.
    pub var5: Option<f64>,
    /// The mean of the worst twentieth of the periods.
    pub cvar5: Option<f64>,
    /// The standard deviation of a sample.
    pub std_ddof1: Option<f64>,
    /// The skewness of a sample, as pandas has it.
    pub skew_pandas: Option<f64>,
    /// The kurtosis of a sample in excess of a normal distribution's, as pandas has it.
    pub kurt_excess_pandas: Option<f64>,
    /// What quantstats defines.
    pub quantstats: Quantstats,
}

impl Performance {
    /// The ratios of `returns`, of which a year has `periods`.
    pub fn of(returns: &[f64], periods: u32) -> Self {
        let drawdowns = drawdown::series(returns);
        let max_drawdown = drawdowns.iter().copied().fold(0.0, f64::min);
        let cum_final = compounded(returns);
        Self {
            periods,
            count: returns.len(),
            annual: Annual::of(returns, periods, max_drawdown),
            max_drawdown,
            cum_final,
            tail_ratio: distribution::tail_ratio(returns),
            stability: distribution::stability(returns),
            var5: distribution::percentile(returns, 0.05),
            cvar5: distribution::mean_of_worst(returns, 0.05),
            std_ddof1: distribution::deviation(returns),
            skew_pandas: distribution::skew(returns),
            kurt_excess_pandas: distribution::kurtosis(returns),
            quantstats: Quantstats::of(returns, periods, &drawdowns),
        }
    }
}

impl Serialize for Performance {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("count", &self.count)?;
        map.serialize_entry(&format!("ann{}", self.periods), &self.annual)?;
        map.serialize_entry("max_drawdown", &self.max_drawdown)?;
        map.serialize_entry("cum_final", &self.cum_final)?;
        map.serialize_entry("tail_ratio", &self.tail_ratio)?;
        map.serialize_entry("stability", &self.stability)?;
        map.serialize_entry("var5", &self.var5)?;
        map.serialize_entry("cvar5", &self.cvar5)?;
        map.serialize_entry("std_ddof1", &self.std_ddof1)?;
        map.serialize_entry("skew_pandas", &self.skew_pandas)?;
        map.serialize_entry("kurt_excess_pandas", &self.kurt_excess_pandas)?;
        map.serialize_entry("quantstats", &self.quantstats)?;
        map.end()
    }
}

/// The gain over all periods.
fn compounded(returns: &[f64]) -> f64 {
    returns.iter().fold(1.0, |wealth, gain| wealth * (1.0 + gain)) - 1.0
}

/// A count as a factor; counts of periods are far below what a `f64` holds exactly.
#[expect(clippy::cast_precision_loss, reason = "counts far below 2^53")]
fn number(count: usize) -> f64 {
    count as f64
}

/// A quotient that has a value.
fn ratio(numerator: f64, denominator: f64) -> Option<f64> {
    Some(numerator / denominator).filter(|ratio| ratio.is_finite())
}
