//! The figures of a back-test or an account.

use rust_decimal::Decimal;

use super::Performance;
use crate::ports::{BacktestResult, ResultFigures};

/// The figures of a result; of one that was shortened those that it has kept, and `None` where it has not: what is left of the
/// curve says nothing of the whole.
///
/// ```
/// use trading_services::portfolio::performance::result_figures;
/// use trading_services::ports::BacktestResult;
///
/// let result: BacktestResult = serde_json::from_str(
///     r#"{"version": 1, "title": "a", "parameters": {}, "currency": "USDT", "periods": 365, "cash": "1", "equity": "1",
///         "fees": "0", "refused": ["too large"], "trades": [], "curve": [], "prices": []}"#,
/// )?;
/// let figures = result_figures(&result);
/// assert_eq!(figures.map(|figures| (figures.refused, figures.sharpe)), Some((1, None)));
/// assert_eq!(result_figures(&result.clone().shortened(figures, None)), figures);
/// assert_eq!(result_figures(&result.shortened(None, None)), None);
/// # Ok::<(), serde_json::Error>(())
/// ```
pub fn result_figures(result: &BacktestResult) -> Option<ResultFigures> {
    if result.is_shortened {
        return result.figures;
    }
    let Performance { annual, max_drawdown, .. } = Performance::of(&result.returns(), result.periods);
    // What is no number cannot be written and read again.
    let finite = |value: Option<f64>| value.filter(|value| value.is_finite());
    Some(ResultFigures {
        gain_per_year: finite(annual.ann_return),
        volatility: finite(annual.ann_vol),
        max_drawdown: finite(Some(max_drawdown)),
        sharpe: finite(annual.sharpe),
        sortino: finite(annual.sortino),
        calmar: finite(annual.calmar),
        trades: result.trades.len(),
        won: result.trades.iter().filter(|trade| trade.profit > Decimal::ZERO).count(),
        refused: result.refused.len(),
    })
}
