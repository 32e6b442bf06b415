//! Sharing a whole out so that nothing is lost in rounding.

/// Parts of `whole` by weight, in the order of the weights; they add up to it. What rounding leaves goes to the parts that lost
/// most by it, the earlier first. With no weight at all each has the same.
pub fn share_out(whole: i64, weights: &[i64]) -> Vec<i64> {
    let whole_wide = i128::from(whole);
    let even = weights.iter().all(|weight| *weight <= 0);
    let weight = |at: &i64| if even { 1 } else { i128::from((*at).max(0)) };
    let all: i128 = weights.iter().map(weight).sum();
    if all == 0 {
        return Vec::new();
    }
    let mut parts: Vec<(i128, i128, usize)> = weights
        .iter()
        .enumerate()
        .map(|(place, at)| {
            let share = whole_wide * weight(at);
            (share.div_euclid(all), share.rem_euclid(all), place)
        })
        .collect();
    let mut left = whole_wide - parts.iter().map(|(part, ..)| part).sum::<i128>();
    parts.sort_by_key(|(_, rest, place)| (-rest, *place));
    for (part, ..) in &mut parts {
        if left == 0 {
            break;
        }
        *part += 1;
        left -= 1;
    }
    parts.sort_by_key(|(.., place)| *place);
    parts.into_iter().map(|(part, ..)| i64::try_from(part).unwrap_or(i64::MAX)).collect()
}

/// The same in whole units of so many, since nobody has a target to the cent; what the whole has beyond its units is with the first.
pub fn in_units(whole: i64, unit: i64, weights: &[i64]) -> Vec<i64> {
    let unit = unit.max(1);
    let mut parts: Vec<i64> =
        share_out(whole / unit, weights).into_iter().map(|part| part.saturating_mul(unit)).collect();
    if let Some(first) = parts.first_mut() {
        *first = first.saturating_add(whole % unit);
    }
    parts
}

/// A value raised by basis points (lowered by less than 0), rounded half up.
pub fn raised(value: i64, by_bp: i64) -> i64 {
    let raised = (i128::from(value) * (10_000 + i128::from(by_bp)) + 5_000).div_euclid(10_000);
    i64::try_from(raised).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_whole_is_shared_out_by_weight_and_the_rest_goes_where_most_was_lost() {
        assert_eq!(share_out(100, &[1, 1, 1]), [34, 33, 33]);
        // 100 x 2/7 = 28.57, 100 x 5/7 = 71.43: the first lost more
        assert_eq!(share_out(100, &[2, 5]), [29, 71]);
        assert_eq!(share_out(10, &[0, 0]), [5, 5]);
        assert_eq!(share_out(10, &[0, 3]), [0, 10]);
        assert!(share_out(10, &[]).is_empty());
    }

    #[test]
    fn a_raise_is_rounded_half_up() {
        assert_eq!((raised(70_000, 500), raised(15, -1_000), raised(5, 1_000)), (73_500, 14, 6));
    }

    proptest! {
        #[test]
        fn nothing_is_lost(whole in 0_i64..1_000_000_000, weights in prop::collection::vec(0_i64..1_000_000, 1..40)) {
            prop_assert_eq!(share_out(whole, &weights).iter().sum::<i64>(), whole);
        }
    }
}
