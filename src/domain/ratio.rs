//! Ratios on boards: two sums and what they come to. A group's ratio is of the group's sums, never an average of ratios (S001-15,
//! S000-05, S004-06, S004-08).

use serde::Serialize;

use crate::domain::lists::Unit;
use crate::domain::report::share::{Share, WHOLE_BP};

/// What the second sum of a ratio is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whole {
    /// Cases: there must be enough of them for a share to be told.
    Cases,
    /// The days people worked.
    Heads,
    /// A target in this unit: a share of it is told however high it is (S004-06).
    Target(Unit),
}

/// Two sums and what one of the second brings of the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Ratio {
    /// What it is of: won of assigned, revenue of the days people worked.
    #[serde(flatten)]
    pub sums: Share,
    /// What the quotient is told in: 10,000 for basis points; for what a head brings the working days a whole head has.
    pub per: i64,
    /// What the second sum is.
    #[serde(skip)]
    pub whole: Whole,
}

impl Ratio {
    /// A share of cases, in basis points.
    pub const fn of_cases(sums: Share) -> Self {
        Self { sums, per: WHOLE_BP, whole: Whole::Cases }
    }

    /// A share of a target that is in `unit`, in basis points.
    pub const fn of_target(sums: Share, unit: Unit) -> Self {
        Self { sums, per: WHOLE_BP, whole: Whole::Target(unit) }
    }

    /// An amount by head: `amount` of people who worked `worked` days together in a stretch of `days` working days (formulas.md no. 12).
    pub const fn by_head(amount: i64, worked: i64, days: i64) -> Self {
        Self { sums: Share::of(amount, worked), per: days, whole: Whole::Heads }
    }

    /// Whether it is a share of cases, which takes enough of them to be told.
    pub const fn is_of_cases(self) -> bool {
        matches!(self.whole, Whole::Cases)
    }

    /// Whether it is told in per cent: a share of cases or of a target.
    pub const fn is_share(self) -> bool {
        !matches!(self.whole, Whole::Heads)
    }

    /// What it comes to, in basis points or in the amount's unit, rounded half up; `None` where it is of nothing, or of fewer cases
    /// than a share is told of (AP-05).
    pub fn value(self) -> Option<i64> {
        if self.is_of_cases() {
            return self.sums.bp();
        }
        (self.sums.of > 0).then(|| {
            let (part, of) = (i128::from(self.sums.part) * i128::from(self.per), i128::from(self.sums.of));
            i64::try_from((part * 2 + of).div_euclid(of * 2)).unwrap_or(i64::MAX)
        })
    }

    /// Heads in hundredths, rounded half up: 10 people of whom one left after half of the time are 950; `None` for a share.
    pub fn heads(self) -> Option<i64> {
        (matches!(self.whole, Whole::Heads) && self.per > 0)
            .then(|| self.sums.of.saturating_mul(200).saturating_add(self.per).div_euclid(self.per * 2))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_head_brings_goes_by_the_days_people_worked() {
        // S000-05: 900,000 in a month of 22 working days, 10 reps of whom one left on the 11th: 9 x 22 + 11 = 209 days = 9.5 heads;
        // 900,000 / 9.5 = 94,736.842…
        let head = Ratio::by_head(90_000_000, 209, 22);
        assert_eq!((head.heads(), head.value()), (Some(950), Some(9_473_684)));
        assert_eq!(Ratio::by_head(90_000_000, 0, 22).value(), None, "nobody was here");
    }

    #[test]
    fn a_share_of_few_cases_is_withheld_and_an_amount_by_head_is_not() {
        // S001-15: 15 of 240 are 6.25 %
        assert_eq!(Ratio::of_cases(Share::of(15, 240)).value(), Some(625));
        assert_eq!(Ratio::of_cases(Share::of(15, 29)).value(), None);
        assert_eq!(Ratio::of_cases(Share::of(15, 240)).heads(), None);
        assert_eq!(Ratio::by_head(1_000, 5, 5).value(), Some(1_000));
    }

    #[test]
    fn a_share_of_a_target_is_told_however_high_the_target_is() {
        // S004-06: 88,000 of a target of 100,000 are 88 %; 3 orders of a target of 4 are 75 %, few as they are
        let sufficient = Ratio::of_target(Share::of(8_800_000, 10_000_000), Unit::Money);
        assert_eq!((sufficient.value(), sufficient.heads()), (Some(8_800), None));
        assert_eq!(Ratio::of_target(Share::of(3, 4), Unit::Count).value(), Some(7_500));
        assert_eq!(Ratio::of_target(Share::of(3, 0), Unit::Count).value(), None, "without a target");
    }
}
