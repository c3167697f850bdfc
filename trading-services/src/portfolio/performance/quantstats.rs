//! Ratios as quantstats defines them.

use serde::Serialize;

use super::annual::{annual_return, downside, omega};
use super::distribution::{deviation, kurtosis, mean, skew, tail_ratio};
use super::{number, ratio};

/// The 5th percentile of a standard normal distribution.
const NORMAL_5: f64 = -1.644_853_626_951_472_9;

/// The mean of what is below it, with the sign turned.
const NORMAL_TAIL_5: f64 = 2.062_712_807_507_426;

/// What quantstats 0.0.86 computes by default; `None` also where it fails.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Quantstats {
    /// As empyrical's.
    pub sharpe: Option<f64>,
    /// As empyrical's.
    pub sortino: Option<f64>,
    /// As empyrical's.
    pub max_drawdown: f64,
    /// The gain per year, compounded.
    pub cagr: Option<f64>,
    /// The gain per year over the deepest drawdown.
    pub calmar: Option<f64>,
    /// As empyrical's.
    pub omega: Option<f64>,
    /// As empyrical's.
    pub tail_ratio: Option<f64>,
    /// The sum of the gains over the sum of the losses.
    pub profit_factor: Option<f64>,
    /// The mean gain over the mean loss.
    pub payoff_ratio: Option<f64>,
    /// The share of gains among the periods that have a gain or a loss.
    pub win_rate: f64,
    /// The share of the account that the payoff ratio and the win rate call for.
    pub kelly_criterion: Option<f64>,
    /// The 5th percentile of the normal distribution with the mean and the deviation of the returns.
    pub value_at_risk: Option<f64>,
    /// The mean of what that distribution has below its 5th percentile.
    pub cvar: Option<f64>,
    /// The root of the mean square of the drawdowns, by one period less than there are.
    pub ulcer_index: Option<f64>,
    /// The sum of the returns over the sum of the losses; quantstats sums by day before, which is no change for days.
    pub gain_to_pain_ratio: Option<f64>,
    /// The sum of the returns over the deepest drawdown.
    pub recovery_factor: Option<f64>,
    /// As pandas has it.
    pub skew: Option<f64>,
    /// As pandas has it.
    pub kurtosis: Option<f64>,
}

impl Quantstats {
    pub(super) fn of(returns: &[f64], periods: u32, drawdowns: &[f64]) -> Self {
        let year = f64::from(periods);
        let (mean_return, sum) = (mean(returns), returns.iter().sum::<f64>());
        let gains: Vec<f64> = returns.iter().copied().filter(|gain| *gain > 0.0).collect();
        let losses: Vec<f64> = returns.iter().copied().filter(|gain| *gain < 0.0).collect();
        let (won, lost) = (gains.iter().sum::<f64>(), -losses.iter().sum::<f64>());
        let deviation = deviation(returns);
        let max_drawdown = drawdowns.iter().copied().fold(0.0, f64::min);
        let cagr = annual_return(returns, year);
        let payoff_ratio = ratio(mean(&gains), -mean(&losses));
        let moved = gains.len() + losses.len();
        let win_rate = if moved == 0 { 0.0 } else { number(gains.len()) / number(moved) };
        let squares: f64 = drawdowns.iter().map(|drawdown| drawdown.powi(2)).sum();
        Self {
            sharpe: deviation.and_then(|deviation| ratio(mean_return * year.sqrt(), deviation)),
            sortino: ratio(mean_return * year.sqrt(), downside(returns)),
            max_drawdown,
            cagr,
            calmar: cagr.and_then(|cagr| ratio(cagr, max_drawdown.abs())),
            omega: omega(returns),
            tail_ratio: tail_ratio(returns),
            profit_factor: if won == 0.0 && lost == 0.0 { Some(0.0) } else { ratio(won, lost) },
            payoff_ratio,
            win_rate,
            kelly_criterion: payoff_ratio.and_then(|payoff| ratio(payoff * win_rate - (1.0 - win_rate), payoff)),
            value_at_risk: deviation.map(|deviation| mean_return + NORMAL_5 * deviation),
            cvar: deviation.map(|deviation| mean_return - NORMAL_TAIL_5 * deviation),
            ulcer_index: ratio(squares, number(returns.len()) - 1.0).map(f64::sqrt),
            gain_to_pain_ratio: ratio(sum, lost),
            recovery_factor: ratio(sum.abs(), max_drawdown.abs()),
            skew: skew(returns),
            kurtosis: kurtosis(returns),
        }
    }
}
