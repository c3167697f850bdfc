//! The points of a long curve for which there is room.

use std::collections::BTreeSet;

/// The places of some `most` values, so that a picture of them has what one of all has: the first and the last, and of each stretch
/// the lowest and the highest.
pub(crate) fn curve_points(values: &[f64], most: usize) -> BTreeSet<usize> {
    let count = values.len();
    if count <= most {
        return (0..count).collect();
    }
    let stretches = (most / 2).max(1);
    let mut places: BTreeSet<usize> = [0, count - 1].into();
    for stretch in 0..stretches {
        let begin = stretch * count / stretches;
        let (mut lowest, mut highest) = (begin, begin);
        for place in begin..(stretch + 1) * count / stretches {
            if values.get(place) < values.get(lowest) {
                lowest = place;
            }
            if values.get(place) > values.get(highest) {
                highest = place;
            }
        }
        places.extend([lowest, highest]);
    }
    places
}

/// The places of the two values between which the deepest fall is, as a share of the higher one; none where nothing falls.
pub(crate) fn deepest_fall(values: &[f64]) -> Option<(usize, usize)> {
    let (mut peak, mut deepest, mut found) = ((0, f64::MIN), 0.0, None);
    for (place, value) in values.iter().copied().enumerate() {
        if value > peak.1 {
            peak = (place, value);
        }
        let fall = value / peak.1 - 1.0;
        if fall < deepest {
            (deepest, found) = (fall, Some((peak.0, place)));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]

        #[test]
        fn what_is_kept_of_a_curve_begins_ends_and_reaches_as_far_as_all_of_it(
            values in proptest::collection::vec(1_u32..1_000_000, 0..3_000),
            most in 2_usize..700,
        ) {
            let values: Vec<f64> = values.into_iter().map(f64::from).collect();
            let places = curve_points(&values, most);
            prop_assert!(places.len() <= values.len().min(most + 2));
            let kept: Vec<f64> = places.iter().map(|place| values[*place]).collect();
            prop_assert_eq!((kept.first(), kept.last()), (values.first(), values.last()));
            let ends = |values: &[f64]| values.iter().fold((f64::MAX, f64::MIN), |(low, high), one| (low.min(*one), high.max(*one)));
            prop_assert_eq!(ends(&kept), ends(&values));
        }

        #[test]
        fn no_two_values_have_a_deeper_fall_between_them(values in proptest::collection::vec(1_u32..1_000, 0..60)) {
            let values: Vec<f64> = values.into_iter().map(f64::from).collect();
            let falls = (0..values.len()).flat_map(|peak| (peak..values.len()).map(move |place| (peak, place)));
            let deepest = falls.map(|(peak, place)| values[place] / values[peak] - 1.0).fold(0.0, f64::min);
            let found = deepest_fall(&values).map_or(0.0, |(peak, place)| values[place] / values[peak] - 1.0);
            prop_assert_eq!(found, deepest);
        }
    }
}
