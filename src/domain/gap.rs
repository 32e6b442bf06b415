//! The gap line: how far the target is and what it takes to close it (formulas.md no. 1, S001-108).

use serde::Serialize;

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
    fn with_no_day_left_only_the_gap_is_said() {
        let line = gap(100, 140, Elapsed { gone: 22, all: 22 }, None);
        assert_eq!((line.gap, line.pace, line.per_day, line.orders_needed), (-40, 40, None, None));
    }
}
