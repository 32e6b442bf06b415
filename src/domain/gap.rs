//! The gap line: how far the target is and what it takes to close it (formulas.md no. 1, S001-108).

use serde::Serialize;

use crate::domain::lists::Period;
use crate::domain::time::{Day, Workdays};

/// What the gap line is made of. Amounts are in the metric's own unit (minor units for money, else a count).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Gap {
    /// The target of the period; 0 when none is set.
    pub target: i64,
    /// Done so far.
    pub done: i64,
    /// `target − done`; negative when the target is passed.
    pub gap: i64,
    /// `done − target × elapsed / all` working days: positive is ahead of plan.
    pub pace: i64,
    /// What each remaining working day must bring, rounded up; `None` when no working day remains.
    pub per_day: Option<i64>,
    /// Orders that would close the gap, `None` while no average order is known.
    pub orders_needed: Option<i64>,
}

/// Where the period stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Elapsed {
    /// Working days gone, today included once it is over or counted as begun by the caller.
    pub gone: i64,
    /// Working days of the whole period.
    pub all: i64,
}

/// The first and the last day of the period `day` lies in.
pub fn bounds(period: Period, day: Day) -> (Day, Day) {
    match period {
        Period::Day => (day, day),
        Period::Week => (day.week_start(), day.week_start().plus(6)),
        Period::Month => (day.month().first(), day.month().last()),
    }
}

/// Where the period of `day` stands on that day: today is gone only when it is over, so what remains includes it.
pub fn elapsed(workdays: Workdays, period: Period, day: Day) -> Elapsed {
    let (first, last) = bounds(period, day);
    Elapsed { gone: workdays.count(first, day.plus(-1)), all: workdays.count(first, last) }
}

/// Computes the gap line. `average` is the average order in the metric's unit, if there have been orders.
pub fn gap(target: i64, done: i64, elapsed: Elapsed, average: Option<i64>) -> Gap {
    let gap = target.saturating_sub(done);
    let plan = if elapsed.all > 0 {
        div_round(i128::from(target) * i128::from(elapsed.gone), elapsed.all)
    } else {
        target
    };
    let open = gap.max(0);
    let left = elapsed.all - elapsed.gone;
    Gap {
        target,
        done,
        gap,
        pace: done.saturating_sub(plan),
        per_day: (left > 0).then(|| div_up(open, left)),
        orders_needed: average.filter(|a| *a > 0).map(|a| div_up(open, a)),
    }
}

fn div_up(amount: i64, by: i64) -> i64 {
    amount.div_euclid(by) + i64::from(amount.rem_euclid(by) != 0)
}

fn div_round(amount: i128, by: i64) -> i64 {
    let by = i128::from(by);
    i64::try_from((amount * 2 + by).div_euclid(by * 2)).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worked_example_of_the_formula_comes_out() {
        // formulas.md no. 1: 70,000 target, 46,800 done, 14 of 22 days gone, 4,680 an order
        let line = gap(70_000, 46_800, Elapsed { gone: 14, all: 22 }, Some(4_680));
        assert_eq!(line.gap, 23_200);
        assert_eq!(line.pace, 2_255);
        assert_eq!(line.per_day, Some(2_900));
        assert_eq!(line.orders_needed, Some(5));
    }

    #[test]
    fn today_is_among_the_days_that_remain() {
        // Tuesday to Sunday; November 2026 begins on a Sunday and has 5 Mondays: 25 working days.
        // Before Sunday the 22nd lie 21 days with 3 Mondays (2, 9, 16): 18 gone. In its week: Tuesday to Saturday, 5 of 6.
        let week = Workdays([false, true, true, true, true, true, true]);
        let day: Day = "2026-11-22".parse().unwrap();
        assert_eq!(elapsed(week, Period::Month, day), Elapsed { gone: 18, all: 25 });
        assert_eq!(elapsed(week, Period::Week, day), Elapsed { gone: 5, all: 6 });
        assert_eq!(elapsed(week, Period::Day, day), Elapsed { gone: 0, all: 1 });
        assert_eq!(elapsed(week, Period::Day, day.plus(1)), Elapsed { gone: 0, all: 0 }, "a Monday off");
    }

    #[test]
    fn with_no_day_left_only_the_gap_is_said() {
        let line = gap(100, 140, Elapsed { gone: 22, all: 22 }, None);
        assert_eq!((line.gap, line.pace, line.per_day, line.orders_needed), (-40, 40, None, None));
    }
}
