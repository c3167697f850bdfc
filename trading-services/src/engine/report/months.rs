//! The gain of each month.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::ports::ResultPoint;

/// The gain of each month that has a point, in percent, by year; twelve per year.
pub(super) fn gains(cash: Decimal, curve: &[ResultPoint]) -> BTreeMap<u16, [Option<Decimal>; 12]> {
    let mut years: BTreeMap<u16, [Option<Decimal>; 12]> = BTreeMap::new();
    let (mut before, mut last, mut month) = (cash, cash, None);
    for ResultPoint { time, value } in curve {
        let text = time.to_string();
        let (Some(Ok(year)), Some(Ok(number))) =
            (text.get(..4).map(str::parse::<u16>), text.get(5..7).map(str::parse::<usize>))
        else {
            continue;
        };
        if month != Some((year, number)) {
            (before, month) = (last, Some((year, number)));
        }
        last = *value;
        let gain = last.checked_sub(before).and_then(|gain| gain.checked_mul(Decimal::ONE_HUNDRED));
        let gain = gain.and_then(|gain| gain.checked_div(before));
        if let Some(place) = years.entry(year).or_default().get_mut(number.saturating_sub(1)) {
            *place = gain;
        }
    }
    years
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;

    use super::*;

    #[test]
    fn a_month_begins_where_the_one_before_ended() {
        let point = |day: &str, value| ResultPoint { time: format!("{day}T00:00:00Z").parse().unwrap(), value };
        let curve = [
            point("2023-12-30", dec!(110)),
            point("2023-12-31", dec!(120)),
            point("2024-01-05", dec!(150)),
            point("2024-01-31", dec!(132)),
            point("2024-03-01", dec!(66)),
        ];
        let gains = gains(dec!(100), &curve);
        assert_eq!(gains[&2023][11], Some(dec!(20)));
        assert_eq!((gains[&2024][0], gains[&2024][1], gains[&2024][2]), (Some(dec!(10)), None, Some(dec!(-50))));
    }
}
