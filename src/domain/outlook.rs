//! How a stretch of days is likely to end, from the days that are over (S001-108, S001-110).
//!
//! The rate is what the days gone brought by their weight; today counts for what it brought or for its share, whichever is
//! more; the rest is expected at the rate. The band is that of four cases in five, if days keep differing as much as they did:
//! `1.2816 × s × √days left`, `s` the standard deviation of a day about its share. Whole numbers only, so that two programs
//! come to the same.

use serde::Serialize;

/// Days that must be over before anything is said: fewer tell nothing.
pub const DAYS_MIN: usize = 3;

/// A likely end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Outlook {
    /// The likeliest.
    pub finish: i64,
    /// One time in ten it will be less; never less than what is done.
    pub low: i64,
    /// One time in ten it will be more.
    pub high: i64,
}

/// What there is to go by.
#[derive(Debug, Clone, Copy)]
pub struct Course<'a> {
    /// The working days that are over and whose values are at hand: weight above 0, and value.
    pub days: &'a [(i64, i64)],
    /// Everything that was done before today, and the weight of the days gone: all of them, also those not at hand.
    pub before: (i64, i64),
    /// What today has brought, and its weight; 0 and 0 where today is not in the stretch.
    pub today: (i64, i64),
    /// Weight of the days after today.
    pub after: i64,
    /// Working days that remain, today included.
    pub left: i64,
}

/// The likely end; `None` while fewer than [`DAYS_MIN`] working days are over, and once nothing remains.
pub fn outlook(course: Course<'_>) -> Option<Outlook> {
    let Course { days, before, today, after, left } = course;
    let (sum, gone) = (i128::from(before.0), i128::from(before.1));
    if days.len() < DAYS_MIN || gone <= 0 || left <= 0 {
        return None;
    }
    let share = |weight: i64| (2 * sum * i128::from(weight) + gone).div_euclid(2 * gone);
    let of_today = share(today.1).max(i128::from(today.0));
    let finish = sum + of_today + share(after);
    // deviations are kept multiplied by the weight gone, so that nothing is rounded before the root
    let squares = days.iter().try_fold(0_u128, |squares, (weight, value)| {
        let off = (i128::from(*value) * gone - sum * i128::from(*weight)).unsigned_abs();
        squares.checked_add(off.checked_mul(off)?)
    })?;
    let counted = u128::try_from(days.len() - 1).ok()?;
    let wide = squares.checked_mul(u128::try_from(left).ok()?)?.checked_mul(BAND)? / (counted * BAND_OF);
    let half = i128::try_from(wide.isqrt()).ok()? / gone;
    let done = sum + i128::from(today.0);
    let whole = |value: i128| i64::try_from(value).unwrap_or(i64::MAX);
    Some(Outlook { finish: whole(finish), low: whole((finish - half).max(done)), high: whole(finish + half) })
}

/// The square of 1.2816, the point above which one of ten lies.
const BAND: u128 = 16_425;
const BAND_OF: u128 = 10_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn even_days_end_evenly_and_without_a_band() {
        // 4 of 10 days gone with 50 each; today has brought nothing yet: 200 + 50 + 5 x 50
        let days = [(100, 50); 4];
        let end = outlook(Course { days: &days, before: (200, 400), today: (0, 100), after: 500, left: 6 });
        assert_eq!(end, Some(Outlook { finish: 500, low: 500, high: 500 }));
    }

    #[test]
    fn a_good_day_counts_for_what_it_brought() {
        let days = [(100, 50); 4];
        let end = outlook(Course { days: &days, before: (200, 400), today: (90, 100), after: 500, left: 6 });
        assert_eq!(end.unwrap().finish, 540);
    }

    #[test]
    fn the_band_is_that_of_four_cases_in_five() {
        // 40, 60, 40, 60: mean 50, s = sqrt(400 / 3) = 11.547; 6 days left: 1.2816 x 11.547 x 2.449 = 36.25
        let days = [(100, 40), (100, 60), (100, 40), (100, 60)];
        let end = outlook(Course { days: &days, before: (200, 400), today: (0, 100), after: 500, left: 6 });
        assert_eq!(end, Some(Outlook { finish: 500, low: 464, high: 536 }));
        // weights do not change what equal shares come to: 80 of a double day is as even as 40 of a single one
        let even = [(100, 40), (200, 80), (100, 40)];
        let end = outlook(Course { days: &even, before: (160, 400), today: (0, 0), after: 200, left: 1 });
        assert_eq!(end, Some(Outlook { finish: 240, low: 240, high: 240 }));
    }

    #[test]
    fn what_is_done_is_not_undone() {
        let days = [(1, 0), (1, 0), (1, 300)];
        let end = outlook(Course { days: &days, before: (300, 3), today: (0, 1), after: 0, left: 1 });
        // 400, and 1.2816 x 173.2 = 221 either way: but 300 are done
        assert_eq!(end, Some(Outlook { finish: 400, low: 300, high: 621 }));
    }

    #[test]
    fn few_days_tell_nothing_and_nothing_is_left_to_tell_at_the_end() {
        let two = [(1, 5), (1, 5)];
        let course = Course { days: &two, before: (10, 2), today: (0, 1), after: 1, left: 2 };
        assert_eq!(outlook(course), None);
        let three = [(1, 5); 3];
        assert_eq!(outlook(Course { days: &three, before: (15, 3), today: (0, 0), after: 0, left: 0 }), None);
    }
}
