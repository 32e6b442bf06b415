//! The gap line: how far the target is and what it takes to close it (formulas.md no. 1, S001-108).

use serde::Serialize;

use crate::domain::lists::Period;
use crate::domain::report::share::Share;
use crate::domain::time::{Clock, Day, MINUTE_MS, Month, Timestamp, Workweek, Zone};

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
    /// What today must bring, rounded up: the same for each working day that remains, more for one of greater weight;
    /// `None` when no working day remains.
    pub per_day: Option<i64>,
    /// What each working hour that remains must bring, rounded up; `None` when none remains, or where hours are not asked for.
    pub per_hour: Option<i64>,
    /// Orders that would close the gap, `None` while no average order is known.
    pub orders_needed: Option<i64>,
    /// Leads those orders come from, at the rep's own conversion; `None` while none is told (AP-05).
    pub leads_needed: Option<i64>,
}

/// What a rep's orders bring and how many leads become one, both of late.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Rates {
    /// The average order in the metric's unit; `None` while none is known.
    pub average: Option<i64>,
    /// Leads that became an order, of those whose time to do so is over.
    pub conversion: Share,
}

/// Where a stretch of days stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Elapsed {
    /// Weight of the days gone; today is not among them before it is over.
    pub gone: i64,
    /// Weight of all days.
    pub all: i64,
    /// Weight of today; 0 on a day off, and where today is not in the stretch.
    pub today: i64,
    /// Working days that remain, today included.
    pub left: i64,
    /// Minutes of work that remain.
    pub minutes: i64,
}

impl Elapsed {
    /// So many working days gone of so many that weigh the same, today one of them unless all are gone.
    pub const fn days(gone: i64, all: i64) -> Self {
        let left = all - gone;
        Self { gone, all, today: if left > 0 { 1 } else { 0 }, left, minutes: 0 }
    }
}

/// The first and the last day of the period `day` lies in.
pub fn bounds(period: Period, day: Day) -> (Day, Day) {
    match period {
        Period::Day => (day, day),
        Period::Week => (day.week_start(), day.week_start().plus(6)),
        Period::Month => (day.month().first(), day.month().last()),
        Period::Quarter => {
            let month = day.month().0;
            let first = month - month.rem_euclid(3);
            (Month(first).first(), Month(first + 2).last())
        }
    }
}

/// What a playbook says of working time.
#[derive(Debug, Clone, Copy)]
pub struct WorkTime {
    /// The zone days are told in.
    pub zone: Zone,
    /// Which days are worked on, and what they weigh.
    pub week: Workweek,
    /// When a working day begins and ends.
    pub hours: (Clock, Clock),
}

/// Where a stretch of days stands at an instant: today is gone only when it is over, so what remains includes it.
pub fn elapsed(time: &WorkTime, (first, last): (Day, Day), now: Timestamp) -> Elapsed {
    let (zone, week) = (time.zone, time.week);
    let today = zone.day(now);
    let inside = (first..=last).contains(&today);
    let after = first.max(today.plus(1));
    let days_after = week.count(after, last);
    let begins = inside && week.works(today);
    let (open, close) = time.hours;
    let whole = i64::from(close.minutes()) - i64::from(open.minutes());
    let of_today = if begins {
        let ends = zone.at(today, close);
        (ends.since(now.max(zone.at(today, open))) / MINUTE_MS).clamp(0, whole)
    } else {
        0
    };
    Elapsed {
        gone: week.weigh(first, last.min(today.plus(-1))),
        all: week.weigh(first, last),
        today: if inside { week.weight(today) } else { 0 },
        left: days_after + i64::from(begins),
        minutes: days_after * whole + of_today,
    }
}

impl Gap {
    /// The same with the way to the target in orders and leads: `ceil(gap / average)`, and `ceil(orders / conversion)` where the
    /// conversion is of enough leads to be told.
    #[must_use]
    pub fn by_rates(self, rates: Rates) -> Self {
        let orders_needed =
            rates.average.filter(|average| *average > 0).map(|average| div_up(self.gap.max(0), average));
        let told = rates.conversion.bp().is_some() && rates.conversion.part > 0;
        let leads_needed =
            orders_needed.filter(|_| told).map(|n| share_up(n, rates.conversion.of, rates.conversion.part));
        Self { orders_needed, leads_needed, ..self }
    }
}

/// Computes the gap line, but for the way in orders and leads: see [`Gap::by_rates`].
pub fn gap(target: i64, done: i64, elapsed: Elapsed) -> Gap {
    let gap = target.saturating_sub(done);
    let open = gap.max(0);
    let per_day = match elapsed.all - elapsed.gone {
        _ if elapsed.left <= 0 => None,
        weight if elapsed.today > 0 && weight > 0 => Some(share_up(open, elapsed.today, weight)),
        _ => Some(div_up(open, elapsed.left)),
    };
    Gap {
        target,
        done,
        gap,
        pace: done.saturating_sub(plan(target, elapsed)),
        per_day,
        per_hour: (elapsed.minutes > 0).then(|| share_up(open, 60, elapsed.minutes)),
        orders_needed: None,
        leads_needed: None,
    }
}

/// What would be done by now if the target were reached evenly: `target × gone / all`, rounded half up.
pub fn plan(target: i64, elapsed: Elapsed) -> i64 {
    if elapsed.all > 0 {
        div_round(i128::from(target) * i128::from(elapsed.gone), elapsed.all)
    } else {
        target
    }
}

/// `amount` by a number above 0, rounded up.
pub fn div_up(amount: i64, by: i64) -> i64 {
    amount.div_euclid(by) + i64::from(amount.rem_euclid(by) != 0)
}

fn share_up(amount: i64, part: i64, of: i64) -> i64 {
    let (whole, of) = (i128::from(amount) * i128::from(part), i128::from(of));
    i64::try_from(whole.div_euclid(of) + i128::from(whole.rem_euclid(of) != 0)).unwrap_or(i64::MAX)
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
        // formulas.md no. 1: 70,000 target, 46,800 done, 14 of 22 days gone, 4,680 an order, 15 orders of 264 leads (5.7 %)
        let rates = Rates { average: Some(4_680), conversion: Share::of(15, 264) };
        let line = gap(70_000, 46_800, Elapsed::days(14, 22)).by_rates(rates);
        assert_eq!(line.gap, 23_200);
        assert_eq!(line.pace, 2_255);
        assert_eq!(line.per_day, Some(2_900));
        // 23,200 / 4,680 = 4.96; 5 x 264 / 15 = 88 to the lead
        assert_eq!((line.orders_needed, line.leads_needed), (Some(5), Some(88)));
    }

    #[test]
    fn leads_are_told_at_a_rate_of_thirty_cases_and_never_at_none() {
        let needed = |part, of| {
            let rates = Rates { average: Some(100), conversion: Share::of(part, of) };
            gap(1_000, 0, Elapsed::days(1, 2)).by_rates(rates).leads_needed
        };
        // AP-05: 29 leads are too few; 10 orders at 7 of 30 are 42.86 leads
        assert_eq!((needed(7, 29), needed(7, 30), needed(0, 400)), (None, Some(43), None));
        let reached = gap(1_000, 1_200, Elapsed::days(1, 2))
            .by_rates(Rates { average: Some(100), conversion: Share::of(7, 30) });
        assert_eq!((reached.orders_needed, reached.leads_needed), (Some(0), Some(0)));
    }

    /// Tuesday to Sunday, ten to nine, in Shanghai.
    fn school(weights: [u16; 7]) -> WorkTime {
        let zone = Zone("Asia/Shanghai".parse().unwrap());
        WorkTime {
            zone,
            week: Workweek(weights),
            hours: ("10:00".parse().unwrap(), "21:00".parse().unwrap()),
        }
    }

    fn on(time: &WorkTime, period: Period, at: &str) -> Elapsed {
        let now: Timestamp = at.parse().unwrap();
        elapsed(time, bounds(period, time.zone.day(now)), now)
    }

    #[test]
    fn today_is_among_the_days_that_remain() {
        // November 2026 begins on a Sunday and has 5 Mondays: 25 working days. Before Sunday the 22nd lie 21 days with 3
        // Mondays (2, 9, 16): 18 gone. In its week: Tuesday to Saturday, 5 of 6. At six in the evening 3 hours are left.
        let time = school([0, 100, 100, 100, 100, 100, 100]);
        let at = "2026-11-22T18:00:00+08:00";
        let month = Elapsed { gone: 1_800, all: 2_500, today: 100, left: 7, minutes: 6 * 660 + 180 };
        assert_eq!(on(&time, Period::Month, at), month);
        let week = Elapsed { gone: 500, all: 600, today: 100, left: 1, minutes: 180 };
        assert_eq!(on(&time, Period::Week, at), week);
        let day = Elapsed { gone: 0, all: 100, today: 100, left: 1, minutes: 180 };
        assert_eq!(on(&time, Period::Day, at), day);
        assert_eq!(on(&time, Period::Day, "2026-11-23T12:00:00+08:00"), Elapsed::default(), "a Monday off");
        // 4,140 minutes are left: 41,400 to go are 600 an hour
        assert_eq!(gap(41_400, 0, month).per_hour, Some(600));
    }

    #[test]
    fn a_day_of_greater_weight_brings_more() {
        // weekends weigh double: a week is 4 x 100 + 2 x 200 = 800. On Saturday 400 are gone and 400 remain, half of it today's
        let time = school([0, 100, 100, 100, 100, 200, 200]);
        let saturday = on(&time, Period::Week, "2026-11-21T09:00:00+08:00");
        assert_eq!(saturday, Elapsed { gone: 400, all: 800, today: 200, left: 2, minutes: 1_320 });
        let line = gap(1_000, 300, saturday);
        assert_eq!((line.pace, line.per_day), (-200, Some(350)));
        // on Tuesday an eighth of it
        let tuesday = on(&time, Period::Week, "2026-11-17T09:00:00+08:00");
        assert_eq!(gap(1_000, 0, tuesday).per_day, Some(125));
    }

    #[test]
    fn a_quarter_is_three_months() {
        let day: Day = "2026-11-22".parse().unwrap();
        let (first, last) = bounds(Period::Quarter, day);
        assert_eq!((first.to_string().as_str(), last.to_string().as_str()), ("2026-10-01", "2026-12-31"));
    }

    #[test]
    fn with_no_day_left_only_the_gap_is_said() {
        let line = gap(100, 140, Elapsed::days(22, 22));
        assert_eq!((line.gap, line.pace, line.per_day, line.orders_needed), (-40, 40, None, None));
        assert_eq!(line.per_hour, None);
    }
}
