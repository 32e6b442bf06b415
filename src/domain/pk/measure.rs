//! What units are held against: heads, the own target, what is usual for a side.

use crate::domain::gap::bounds;
use crate::domain::lists::Period;
use crate::domain::time::{Day, Workdays};

/// Working days before the window of which a side's median is taken.
pub const USUAL_DAYS: usize = 20;

/// The days of a span that count: its working days, or all of them where there is none.
pub fn days_of((first, last): (Day, Day), workdays: Workdays) -> Vec<Day> {
    let all = || (first.0..=last.0).map(Day);
    let working: Vec<Day> = all().filter(|day| workdays.works(*day)).collect();
    if working.is_empty() { all().collect() } else { working }
}

/// Days on which somebody was a member, over all members: days × heads. Each member has the first and the last day of each
/// membership; `None` for one that goes on.
pub fn day_members(days: &[Day], members: &[Vec<(Day, Option<Day>)>]) -> i64 {
    let was = |spans: &[(Day, Option<Day>)], day: Day| {
        spans.iter().any(|(from, to)| *from <= day && to.is_none_or(|to| day <= to))
    };
    let of = |spans: &Vec<(Day, Option<Day>)>| days.iter().filter(|day| was(spans, **day)).count();
    members.iter().map(of).sum::<usize>().try_into().unwrap_or(i64::MAX)
}

/// The median of what was done a day, twice: a whole number for an even count too. 0 of nothing.
pub fn median_twice(mut values: Vec<i64>) -> i64 {
    values.sort_unstable();
    let at = |index: usize| values.get(index).copied().unwrap_or(0);
    let half = values.len() / 2;
    if values.len() % 2 == 1 {
        at(half).saturating_mul(2)
    } else {
        at(half.wrapping_sub(1)).saturating_add(at(half))
    }
}

/// The part of a period's targets that falls on some days: each period's target by its working days, rounded down. `of` tells the target of
/// the period that begins on a day.
pub fn target(days: &[Day], workdays: Workdays, period: Period, mut of: impl FnMut(Day) -> i64) -> i64 {
    let mut periods: Vec<((Day, Day), i64)> = Vec::new();
    for day in days {
        let bounds = bounds(period, *day);
        match periods.last_mut() {
            Some((last, count)) if *last == bounds => *count += 1,
            _ => periods.push((bounds, 1)),
        }
    }
    let part = |((first, last), count): ((Day, Day), i64)| {
        let working = workdays.count(first, last);
        // of a period without working days every day counts
        let all = if working > 0 { working } else { last.0 - first.0 + 1 };
        let whole = i128::from(of(first)) * i128::from(count.min(all));
        i64::try_from(whole / i128::from(all)).unwrap_or(i64::MAX)
    };
    periods.into_iter().map(part).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    const WEEK: Workdays = Workdays([true, true, true, true, true, false, false]);

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn a_member_counts_on_the_working_days_of_the_membership() {
        // Monday the 23rd to Sunday the 29th: five working days
        let days = days_of((day("2026-11-23"), day("2026-11-29")), WEEK);
        assert_eq!(days.len(), 5);
        let whole = vec![(day("2026-01-01"), None)];
        // came on Wednesday: 3 days; left on Tuesday and came back on Friday: 2 + 1
        let late = vec![(day("2026-11-25"), None)];
        let twice = vec![(day("2026-01-01"), Some(day("2026-11-24"))), (day("2026-11-27"), None)];
        assert_eq!(day_members(&days, &[whole.clone(), late, twice]), 5 + 3 + 3);
        // a Saturday alone: where nobody works every day counts
        let off = days_of((day("2026-11-28"), day("2026-11-28")), WEEK);
        assert_eq!(day_members(&off, &[whole]), 1);
    }

    #[test]
    fn the_median_lies_between_the_two_in_the_middle() {
        // twenty days: ten times 4, ten times 9; between the tenth and the eleventh lies 6.5
        let twenty = [[4; 10], [9; 10]].concat();
        assert_eq!(median_twice(twenty), 13);
        assert_eq!(median_twice(vec![7, 1, 100]), 14);
        assert_eq!(median_twice(vec![]), 0);
    }

    #[test]
    fn a_week_has_its_working_days_part_of_the_months_target() {
        // November 2026 has 21 weekdays, December 23: of 70,000 and 80,500 a week over both months takes
        // Monday the 30th, and Tuesday to Friday: 70,000 ÷ 21 = 3,333 and 80,500 × 4 ÷ 23 = 14,000
        let days = days_of((day("2026-11-30"), day("2026-12-06")), WEEK);
        let of = |first: Day| if first == day("2026-11-01") { 70_000 } else { 80_500 };
        assert_eq!(target(&days, WEEK, Period::Month, of), 3_333 + 14_000);
        let month = days_of((day("2026-11-01"), day("2026-11-30")), WEEK);
        assert_eq!(target(&month, WEEK, Period::Month, of), 70_000);
        assert_eq!(target(&days, WEEK, Period::Day, |_| 160), 5 * 160);
    }
}
