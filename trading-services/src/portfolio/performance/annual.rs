//! Ratios per year, as empyrical defines them.

use serde::Serialize;

use super::distribution::{deviation, mean};
use super::{compounded, number, ratio};

/// What depends on how many periods a year has.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Annual {
    /// The mean over the deviation, times the root of the periods per year.
    pub sharpe: Option<f64>,
    /// The mean per year over the downside risk.
    pub sortino: Option<f64>,
    /// The gain per year, compounded.
    pub ann_return: Option<f64>,
    /// The deviation times the root of the periods per year.
    pub ann_vol: Option<f64>,
    /// The gain per year over the deepest drawdown.
    pub calmar: Option<f64>,
    /// The root of the mean square of the losses, times the root of the periods per year.
    pub downside_risk: Option<f64>,
    /// The sum of the gains over the sum of the losses.
    pub omega: Option<f64>,
}

impl Annual {
    pub(super) fn of(returns: &[f64], periods: u32, max_drawdown: f64) -> Self {
        let year = f64::from(periods);
        let (mean, deviation) = (mean(returns), deviation(returns));
        let downside = (!returns.is_empty()).then(|| downside(returns) * year.sqrt());
        let ann_return = annual_return(returns, year);
        let calmar = ann_return.filter(|_| max_drawdown < 0.0);
        Self {
            sharpe: deviation.and_then(|deviation| ratio(mean * year.sqrt(), deviation)),
            sortino: downside.filter(|_| returns.len() > 1).and_then(|downside| ratio(mean * year, downside)),
            ann_return,
            ann_vol: deviation.map(|deviation| deviation * year.sqrt()),
            calmar: calmar.and_then(|gain| ratio(gain, max_drawdown.abs())),
            downside_risk: downside,
            omega: omega(returns),
        }
    }
}

/// The gain per year; none of nothing, and none when more than everything is lost.
pub(super) fn annual_return(returns: &[f64], year: f64) -> Option<f64> {
    let wealth = 1.0 + compounded(returns);
    let years = number(returns.len()) / year;
    Some(wealth.powf(1.0 / years) - 1.0).filter(|gain| !returns.is_empty() && gain.is_finite())
}

/// The root of the mean square of the losses, gains counted as zero.
pub(super) fn downside(returns: &[f64]) -> f64 {
    let squares: f64 = returns.iter().map(|gain| gain.min(0.0).powi(2)).sum();
    (squares / number(returns.len())).sqrt()
}

/// The sum of the gains over the sum of the losses.
pub(super) fn omega(returns: &[f64]) -> Option<f64> {
    let gains: f64 = returns.iter().filter(|gain| **gain > 0.0).sum();
    let losses: f64 = -returns.iter().filter(|gain| **gain < 0.0).sum::<f64>();
    if returns.len() < 2 { None } else { ratio(gains, losses).filter(|_| losses > 0.0) }
}
