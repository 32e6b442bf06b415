//! Reports that write themselves (S001-107, S003-14): what stands in one, when it is due, and how it stands.
//!
//! Nothing in it is typed but at most three lines. It is worked out anew each time until it is handed in or its period closes;
//! from then on it is kept as it was.

pub mod funnel;
pub mod share;

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::domain::id::{CustomerId, DealId};
use crate::domain::lists::{Contradicts, Metric, ReportState};
use crate::domain::time::{Clock, Day, Timestamp, Workweek, Zone};

/// Contradictions that are named; more are only counted.
pub const NAMED: usize = 20;
/// Deals that are named as stuck.
pub const STUCK: usize = 3;
/// Characters of one of the three lines.
pub const LINE_MAX: usize = 300;
/// How long before a stage is moved somebody must have been spoken to, or have come.
pub const CONTACT_WITHIN: Duration = Duration::from_hours(48);
/// How much before its time a node may be said to have been attended.
pub const NODE_EARLY: Duration = Duration::from_mins(30);

/// When reports of a period may be handed in, are due and close.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// How long before it is due a report may be handed in.
    pub opens: Duration,
    /// The clock time it is due at, on the last working day of its period.
    pub due: Clock,
    /// How long after that it closes.
    pub closes: Duration,
}

/// The instants of one period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DueWindow {
    /// From when on it may be handed in.
    pub opens: Timestamp,
    /// Until when it has to be.
    pub due: Timestamp,
    /// When it closes, handed in or not.
    pub closes: Timestamp,
}

impl DueWindow {
    /// That of a period; `None` where no working day lies in it: nothing is reported then.
    pub fn of(terms: Terms, (zone, week): (Zone, Workweek), (first, last): (Day, Day)) -> Option<Self> {
        let day = (first.0..=last.0).rev().map(Day).find(|day| week.works(*day))?;
        let due = zone.at(day, terms.due);
        let opens = due.minus(terms.opens).max(zone.start(first));
        // what is done on the last day counts in it
        Some(Self { opens, due, closes: due.plus(terms.closes).max(zone.end(last)) })
    }

    /// How a report stands that was handed in then, or not.
    pub fn state(&self, handed: Option<Timestamp>, now: Timestamp) -> ReportState {
        match handed {
            Some(at) if at > self.due => ReportState::Late,
            Some(_) => ReportState::Handed,
            None if now >= self.closes => ReportState::Closed,
            None if now > self.due => ReportState::Overdue,
            None if now >= self.opens => ReportState::Open,
            None => ReportState::Early,
        }
    }
}

/// What a person may add.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Lines {
    /// Why the gap.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub why: String,
    /// The best case.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub best: String,
    /// What help is needed.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub help: String,
}

impl Lines {
    /// Whether nothing was added.
    pub fn is_empty(&self) -> bool {
        self.why.is_empty() && self.best.is_empty() && self.help.is_empty()
    }
}

/// What stands in a report.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Figures {
    /// What was done, in the order of the report.
    pub metrics: Vec<Figure>,
    /// The first of them by the days of the period.
    pub daily: Vec<i64>,
    /// What was planned and done (S002-15).
    pub work: Execution,
    /// What was promised for these days.
    pub promises: Promises,
    /// What does not go together; the first [`NAMED`].
    pub finds: Vec<Find>,
    /// How many there are.
    pub found: u32,
    /// Deals that stand still, the longest first.
    pub stuck: Vec<Stuck>,
    /// What the next working day holds.
    pub next: Next,
}

/// A figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figure {
    /// Of what.
    pub metric: Metric,
    /// In the metric's unit.
    pub value: i64,
    /// The target of the period, where there is one.
    pub target: Option<i64>,
}

/// Planned tasks that were due in a period, by what became of them. What no longer applied was not planned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Execution {
    /// Planned.
    pub planned: u32,
    /// Done by the end of the day they were due.
    pub on_time: u32,
    /// Done later.
    pub late: u32,
    /// Skipped, or past.
    pub skipped: u32,
}

impl Execution {
    /// Those that wait still.
    pub const fn open(self) -> u32 {
        self.planned.saturating_sub(self.on_time).saturating_sub(self.late).saturating_sub(self.skipped)
    }

    /// Both together.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self {
            planned: self.planned + other.planned,
            on_time: self.on_time + other.on_time,
            late: self.late + other.late,
            skipped: self.skipped + other.skipped,
        }
    }
}

/// Promises that fell due in a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Promises {
    /// Kept.
    pub kept: u32,
    /// Broken.
    pub broken: u32,
    /// Neither yet.
    pub open: u32,
}

impl Promises {
    /// Both together.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self {
            kept: self.kept + other.kept,
            broken: self.broken + other.broken,
            open: self.open + other.open,
        }
    }
}

/// Something that does not go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Find {
    /// When.
    pub at: Timestamp,
    /// What.
    pub kind: Contradicts,
    /// With whom, where it is about somebody.
    pub customer: Option<CustomerId>,
}

/// A deal that stands longer at a stage than the playbook gives it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stuck {
    /// Which.
    pub deal: DealId,
    /// Whose.
    pub customer: CustomerId,
    /// Of which pipeline.
    pub pipeline: String,
    /// At which stage.
    pub stage: String,
    /// For how many days.
    pub days: i64,
    /// How many the stage has.
    pub most: i64,
}

/// What the next working day holds, what is overdue included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Next {
    /// Calls.
    pub calls: u32,
    /// Materials.
    pub materials: u32,
    /// Coupons.
    pub coupons: u32,
    /// Everything else.
    pub others: u32,
    /// Those among them that were promised.
    pub promised: u32,
}

impl Next {
    /// Both together.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self {
            calls: self.calls + other.calls,
            materials: self.materials + other.materials,
            coupons: self.coupons + other.coupons,
            others: self.others + other.others,
            promised: self.promised + other.promised,
        }
    }
}

impl Figures {
    /// The value of a metric.
    pub fn value(&self, metric: Metric) -> Option<i64> {
        self.metrics.iter().find(|figure| figure.metric == metric).map(|figure| figure.value)
    }

    /// What a metric comes to in `now` where that is something else than here.
    pub fn since(&self, metric: Metric, now: &Self) -> Option<i64> {
        now.value(metric).filter(|value| self.value(metric).is_some_and(|kept| kept != *value))
    }

    /// Puts what does not go together in, in the order it happened: all are counted, the first are named.
    pub fn find(&mut self, mut finds: Vec<Find>) {
        finds.sort_unstable();
        self.found = u32::try_from(finds.len()).unwrap_or(u32::MAX);
        finds.truncate(NAMED);
        self.finds = finds;
    }

    /// Puts the deals that stand still in: those that are the longest over their time.
    pub fn stick(&mut self, mut stuck: Vec<Stuck>) {
        stuck.sort_by_key(|deal| (deal.most - deal.days, deal.deal));
        stuck.truncate(STUCK);
        self.stuck = stuck;
    }

    /// What a team's people come to together, but for the metrics: those count in the team where they were made.
    pub fn together<'a>(&mut self, people: impl Iterator<Item = &'a Self> + Clone) {
        for one in people.clone() {
            self.work = self.work.and(one.work);
            self.promises = self.promises.and(one.promises);
            self.next = self.next.and(one.next);
        }
        let found = people.clone().map(|one| one.found).sum();
        self.find(people.clone().flat_map(|one| one.finds.iter().copied()).collect());
        self.found = found;
        self.stick(people.flat_map(|one| one.stuck.iter().cloned()).collect());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::Workdays;

    fn zone() -> Zone {
        Zone("Asia/Shanghai".parse().unwrap())
    }

    /// Tuesday to Sunday.
    fn week() -> Workweek {
        Workweek::even(Workdays([false, true, true, true, true, true, true]))
    }

    fn terms(opens: u64, closes: u64) -> Terms {
        Terms {
            opens: Duration::from_hours(opens),
            due: "20:30".parse().unwrap(),
            closes: Duration::from_hours(closes),
        }
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_report_opens_is_due_and_closes() {
        let day: Day = "2026-11-24".parse().unwrap();
        let window = DueWindow::of(terms(2, 12), (zone(), week()), (day, day)).unwrap();
        assert_eq!(window.opens, at("2026-11-24T18:30:00+08:00"));
        assert_eq!(window.due, at("2026-11-24T20:30:00+08:00"));
        assert_eq!(window.closes, at("2026-11-25T08:30:00+08:00"));
        let state = |handed: Option<&str>, now: &str| window.state(handed.map(at), at(now));
        assert_eq!(state(None, "2026-11-24T18:29:00+08:00"), ReportState::Early);
        assert_eq!(state(None, "2026-11-24T18:30:00+08:00"), ReportState::Open);
        assert_eq!(state(None, "2026-11-24T20:31:00+08:00"), ReportState::Overdue);
        assert_eq!(state(None, "2026-11-25T08:30:00+08:00"), ReportState::Closed);
        assert_eq!(
            state(Some("2026-11-24T20:30:00+08:00"), "2026-11-25T09:00:00+08:00"),
            ReportState::Handed
        );
        assert_eq!(state(Some("2026-11-24T20:31:00+08:00"), "2026-11-24T21:00:00+08:00"), ReportState::Late);
    }

    #[test]
    fn a_day_off_has_no_report_and_a_month_ends_on_its_last_working_day() {
        let monday: Day = "2026-11-23".parse().unwrap();
        assert_eq!(DueWindow::of(terms(2, 12), (zone(), week()), (monday, monday)), None);
        // November 2026 ends on a Monday: the report is due on Sunday the 29th, and closes when the month is over
        let month = monday.month();
        let window = DueWindow::of(terms(48, 12), (zone(), week()), (month.first(), month.last())).unwrap();
        assert_eq!(window.due, at("2026-11-29T20:30:00+08:00"));
        assert_eq!(window.closes, at("2026-12-01T00:00:00+08:00"));
    }

    #[test]
    fn what_was_planned_is_told_apart_from_what_came_of_it() {
        // S002-15: 20 planned, 14 on time, 3 late
        let work = Execution { planned: 20, on_time: 14, late: 3, skipped: 1 };
        assert_eq!(work.open(), 2);
        assert_eq!(
            share::Share::of(i64::from(work.on_time), i64::from(work.planned)).exact_bp(),
            Some(7_000)
        );
        assert_eq!(
            share::Share::of(i64::from(work.on_time + work.late), i64::from(work.planned)).exact_bp(),
            Some(8_500)
        );
    }

    #[test]
    fn all_that_is_found_is_counted_and_the_first_are_named() {
        let find = |n: i64| Find {
            at: Timestamp(100 - n),
            kind: Contradicts::StageWithoutContact,
            customer: Some(CustomerId(n)),
        };
        let mut figures = Figures::default();
        figures.find((0..30).map(find).collect());
        assert_eq!((figures.found, figures.finds.len()), (30, NAMED));
        assert_eq!(figures.finds.first().map(|find| find.at), Some(Timestamp(71)), "the earliest first");
        let mut team = Figures::default();
        team.together([&figures, &figures].into_iter());
        assert_eq!((team.found, team.finds.len()), (60, NAMED));
    }
}
