//! A part of a whole that is told as a share only where the whole is large enough (AP-05).

use serde::Serialize;

/// Cases from which a share is told in per cent.
pub const CASES_MIN: i64 = 30;
/// Ten thousand basis points: all of it.
pub const WHOLE_BP: i64 = 10_000;

/// So many of so many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Share {
    /// The part.
    pub part: i64,
    /// The whole: the number of cases.
    pub of: i64,
}

impl Share {
    /// So many of so many.
    pub const fn of(part: i64, of: i64) -> Self {
        Self { part, of }
    }

    /// In basis points, rounded half up, however few cases there are; `None` of nothing.
    pub fn exact_bp(self) -> Option<i64> {
        (self.of > 0).then(|| {
            let (part, of) = (i128::from(self.part) * i128::from(WHOLE_BP), i128::from(self.of));
            i64::try_from((part * 2 + of).div_euclid(of * 2)).unwrap_or(i64::MAX)
        })
    }

    /// In basis points where there are [`CASES_MIN`] cases; else it is withheld.
    pub fn bp(self) -> Option<i64> {
        self.exact_bp().filter(|_| self.of >= CASES_MIN)
    }

    /// Both together: parts and wholes are added, shares never.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self { part: self.part + other.part, of: self.of + other.of }
    }

    /// As it is shown: `33.3%` where there are enough cases, else the cases there are of those there must be, `12/30`.
    pub fn shown(self) -> String {
        match self.bp() {
            Some(bp) => {
                let tenths = (bp + 5).div_euclid(10);
                format!("{}.{}%", tenths.div_euclid(10), tenths.rem_euclid(10))
            }
            None => format!("{}/{CASES_MIN}", self.of),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_of_few_is_withheld() {
        // AP-05: a fixture with 12 cases prints 12/30, not a percentage
        assert_eq!(Share::of(4, 12).shown(), "12/30");
        assert_eq!(Share::of(4, 12).bp(), None);
        assert_eq!(Share::of(10, 30).shown(), "33.3%");
        assert_eq!(Share::of(51, 64).shown(), "79.7%");
        assert_eq!(Share::of(29_995, 30_000).shown(), "100.0%");
        assert_eq!(Share::of(0, 0).shown(), "0/30");
        assert_eq!(Share::of(1, 3).exact_bp(), Some(3_333));
    }

    #[test]
    fn shares_are_added_by_their_cases() {
        // one of two and none of thirty are one of thirty-two, not a quarter
        assert_eq!(Share::of(1, 2).and(Share::of(0, 30)).bp(), Some(313));
    }
}
