//! The stretch of days a board or a figure is of: a period that today lies in, one before it, or any days.

use crate::domain::gap::bounds;
use crate::domain::lists::Period;
use crate::domain::time::Day;

/// Days a board may span: a year and a leap day, so that every figure of it is at hand.
pub const DAYS_MAX: i64 = 366;

/// A stretch of days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Span {
    /// A period, counted back from the one that today lies in: 0 is this one.
    Of(Period, u16),
    /// These days, both included.
    Days(Day, Day),
}

impl Span {
    /// The period that today lies in.
    pub const fn this(period: Period) -> Self {
        Self::Of(period, 0)
    }

    /// Its first and its last day.
    pub fn days(self, today: Day) -> (Day, Day) {
        match self {
            Self::Days(first, last) => (first, last.max(first)),
            Self::Of(period, back) => {
                let mut days = bounds(period, today);
                for _ in 0..back {
                    days = bounds(period, days.0.plus(-1));
                }
                days
            }
        }
    }

    /// The period it is one of; `None` for days of one's own choice.
    pub const fn period(self) -> Option<Period> {
        match self {
            Self::Of(period, _) => Some(period),
            Self::Days(..) => None,
        }
    }

    /// The same one period earlier, or later; days of one's own choice move by their length. Never into the future.
    #[must_use]
    pub fn moved(self, later: bool) -> Self {
        match self {
            Self::Of(period, back) if later => Self::Of(period, back.saturating_sub(1)),
            Self::Of(period, back) => Self::Of(period, back.saturating_add(1).min(400)),
            Self::Days(first, last) => {
                let long = last.0 - first.0 + 1;
                let by = if later { long } else { -long };
                Self::Days(first.plus(by), last.plus(by))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(span: Span, today: &str) -> (String, String) {
        let (first, last) = span.days(today.parse().unwrap());
        (first.to_string(), last.to_string())
    }

    fn pair(first: &str, last: &str) -> (String, String) {
        (first.to_owned(), last.to_owned())
    }

    #[test]
    fn a_period_is_counted_back_from_today() {
        assert_eq!(days(Span::this(Period::Month), "2026-03-31"), pair("2026-03-01", "2026-03-31"));
        // a month before the 31st of March is all of February
        assert_eq!(days(Span::Of(Period::Month, 1), "2026-03-31"), pair("2026-02-01", "2026-02-28"));
        assert_eq!(days(Span::Of(Period::Quarter, 1), "2026-03-31"), pair("2025-10-01", "2025-12-31"));
        assert_eq!(days(Span::Of(Period::Week, 2), "2026-03-31"), pair("2026-03-16", "2026-03-22"));
        assert_eq!(days(Span::Of(Period::Day, 31), "2026-03-31"), pair("2026-02-28", "2026-02-28"));
    }

    #[test]
    fn moving_goes_back_by_one_and_never_past_today() {
        let week = Span::this(Period::Week);
        assert_eq!(week.moved(false), Span::Of(Period::Week, 1));
        assert_eq!(week.moved(false).moved(true), week);
        assert_eq!(week.moved(true), week);
        let own = Span::Days("2026-03-03".parse().unwrap(), "2026-03-05".parse().unwrap());
        assert_eq!(days(own.moved(false), "2026-03-31"), pair("2026-02-28", "2026-03-02"));
    }
}
