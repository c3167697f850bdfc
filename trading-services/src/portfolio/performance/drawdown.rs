//! Drawdown: how far the value of an account is below its highest value so far.

/// After each period the share that is lost since the highest value so far, zero or negative; the first value is 1.
pub(super) fn series(returns: &[f64]) -> Vec<f64> {
    let (mut wealth, mut peak) = (1.0_f64, 1.0_f64);
    let drawdown = |gain: &f64| {
        wealth *= 1.0 + gain;
        peak = peak.max(wealth);
        if peak > 0.0 { wealth / peak - 1.0 } else { -1.0 }
    };
    returns.iter().map(drawdown).collect()
}
