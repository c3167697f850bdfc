//! The gain of each month of a back-test or an account.

use rust_decimal::Decimal;

use crate::ports::{BacktestResult, ResultMonth, ResultPoint};

/// The gain of each month that has a point of the curve, from the end of the month before, in their order; of a result that was
/// shortened those that it has kept, and `None` where it has not.
///
/// ```
/// use trading_services::portfolio::performance::result_months;
/// use trading_services::ports::BacktestResult;
///
/// let result: BacktestResult = serde_json::from_str(
///     r#"{"version": 1, "title": "a", "parameters": {}, "currency": "USDT", "periods": 365, "cash": "100", "equity": "110",
///         "fees": "0", "refused": [], "trades": [], "curve": [{"time": "2024-02-29T00:00:00Z", "value": "110"}], "prices": []}"#,
/// )?;
/// let months = result_months(&result).unwrap_or_default();
/// assert_eq!((months[0].year, months[0].month, months[0].gain_percent), (2024, 2, Some(10.into())));
/// # Ok::<(), serde_json::Error>(())
/// ```
pub fn result_months(result: &BacktestResult) -> Option<Vec<ResultMonth>> {
    if result.is_shortened {
        return result.months.clone();
    }
    let (mut months, mut before, mut last) = (Vec::<ResultMonth>::new(), result.cash, result.cash);
    for ResultPoint { time, value } in &result.curve {
        let text = time.to_string();
        let (Some(Ok(year)), Some(Ok(month))) = (text.get(..4).map(str::parse), text.get(5..7).map(str::parse)) else {
            continue;
        };
        if months.last().is_none_or(|known| (known.year, known.month) != (year, month)) {
            before = last;
            months.push(ResultMonth { year, month, gain_percent: None });
        }
        last = *value;
        if let Some(known) = months.last_mut() {
            // Of what is owed, a gain is no share.
            let gain = (before > Decimal::ZERO).then_some(last).and_then(|last| last.checked_sub(before));
            let gain = gain.and_then(|gain| gain.checked_mul(Decimal::ONE_HUNDRED));
            known.gain_percent = gain.and_then(|gain| gain.checked_div(before)).map(|gain| gain.normalize());
        }
    }
    Some(months)
}

#[cfg(test)]
mod tests {
    use super::result_months;
    use crate::ports::BacktestResult;

    #[test]
    fn a_month_that_begins_with_a_debt_has_no_gain_in_percent() {
        let result: BacktestResult = serde_json::from_str(
            r#"{"version": 1, "title": "a", "parameters": {}, "currency": "USDT", "periods": 365, "cash": "100", "equity": "5",
                "fees": "0", "refused": [], "trades": [], "prices": [], "curve": [
                    {"time": "2024-10-31T00:00:00Z", "value": "-50"}, {"time": "2024-11-30T00:00:00Z", "value": "-25"},
                    {"time": "2024-12-31T00:00:00Z", "value": "5"}
                ]}"#,
        )
        .expect("it is a result");
        let gains = result_months(&result).unwrap_or_default().into_iter().map(|month| month.gain_percent);
        assert_eq!(gains.collect::<Vec<_>>(), [Some((-150).into()), None, None]);
    }
}
