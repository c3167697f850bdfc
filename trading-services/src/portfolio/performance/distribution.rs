//! The distribution of returns: moments, quantiles and trend.

use super::{number, ratio};

/// The mean; not a number for nothing.
pub(super) fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / number(values.len())
}

/// The standard deviation of a sample; zero where all values are the same, whatever rounding would make of it.
pub(super) fn deviation(values: &[f64]) -> Option<f64> {
    let (first, rest) = values.split_first()?;
    if rest.is_empty() {
        return None;
    }
    if rest.iter().all(|value| value == first) {
        return Some(0.0);
    }
    Some((power_sum(values, 2) / number(values.len() - 1)).sqrt())
}

/// The skewness of a sample.
pub(super) fn skew(values: &[f64]) -> Option<f64> {
    let n = number(values.len());
    if values.len() < 3 || deviation(values) == Some(0.0) {
        return None;
    }
    ratio(n * (n - 1.0).sqrt() * power_sum(values, 3), (n - 2.0) * power_sum(values, 2).powf(1.5))
}

/// The kurtosis of a sample, in excess of a normal distribution's.
pub(super) fn kurtosis(values: &[f64]) -> Option<f64> {
    let n = number(values.len());
    if values.len() < 4 || deviation(values) == Some(0.0) {
        return None;
    }
    let adjusted = 3.0 * (n - 1.0).powi(2) / ((n - 2.0) * (n - 3.0));
    let numerator = n * (n + 1.0) * (n - 1.0) * power_sum(values, 4);
    ratio(numerator, (n - 2.0) * (n - 3.0) * power_sum(values, 2).powi(2)).map(|kurtosis| kurtosis - adjusted)
}

/// The value that a share of the values is below, with neighbours interpolated as numpy does it.
pub(super) fn percentile(values: &[f64], share: f64) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let place = share * number(sorted.len().checked_sub(1)?);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place between 0 and the length")]
    let below = place.floor() as usize;
    let low = *sorted.get(below)?;
    let high = sorted.get(below + 1).copied().unwrap_or(low);
    Some(low + (high - low) * place.fract())
}

/// The mean of the worst share of the values, at least of one.
pub(super) fn mean_of_worst(values: &[f64], share: f64) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place between 0 and the length")]
    let last = (number(sorted.len().checked_sub(1)?) * share) as usize;
    sorted.get(..=last).map(mean)
}

/// The 95th percentile over the 5th, without their signs.
pub(super) fn tail_ratio(values: &[f64]) -> Option<f64> {
    let (high, low) = (percentile(values, 0.95)?, percentile(values, 0.05)?);
    ratio(high.abs(), low.abs())
}

/// The squared correlation of the compounded logarithmic returns with time.
pub(super) fn stability(returns: &[f64]) -> Option<f64> {
    let mut sum = 0.0;
    let curve = returns.iter().map(|gain| {
        sum += gain.ln_1p();
        sum
    });
    let curve: Vec<f64> = curve.collect();
    let times: Vec<f64> = (0..curve.len()).map(number).collect();
    let (mean_time, mean_value) = (mean(&times), mean(&curve));
    let covariance: f64 = times.iter().zip(&curve).map(|(time, value)| (time - mean_time) * (value - mean_value)).sum();
    let product = power_sum(&times, 2) * power_sum(&curve, 2);
    if returns.len() < 2 { None } else { ratio(covariance.powi(2), product) }
}

/// The sum of the powers of the differences from the mean.
fn power_sum(values: &[f64], power: i32) -> f64 {
    let mean = mean(values);
    values.iter().map(|value| (value - mean).powi(power)).sum()
}
