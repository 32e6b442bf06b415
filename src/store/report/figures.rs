//! What stands in the reports of a stretch of days: read once for everybody concerned, then told by person or team.

use std::collections::BTreeMap;

use crate::domain::id::{CustomerId, DealId, TeamId, UserId};
use crate::domain::lists::{Lane, Level, Metric, Period, PromiseState, TaskState};
use crate::domain::report::share::Share;
use crate::domain::report::{DueWindow, Execution, Figure, Figures, Next, Promises, Stuck};
use crate::domain::span::Span;
use crate::domain::time::{DAY_MS, Day, Timestamp};
use crate::playbook::model::ReportRule;
use crate::store::books::{Book, Books};
use crate::store::change::people::TargetOf;
use crate::store::customers::invalid;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::query::board::Part;
use crate::store::read::board::people::{self, Member};
use crate::store::read::board::target::{For, Set};
use crate::store::report::finds;
use crate::store::value::{Row, word};
use crate::store::write::playbook_of;
use crate::{sql, values};

/// Metrics that are read besides those of the report: what shares are told of.
const BESIDES: [Metric; 3] = [Metric::CallsDialed, Metric::CallsValid, Metric::NodesBooked];
/// Days after a period in which a task of it may have been done late and still be told.
pub const LATE_DAYS: i64 = 31;

/// A period of a method: what is reported of which days, and when.
#[derive(Debug, Clone)]
pub struct Place {
    pub book: Book,
    pub rule: ReportRule,
    pub days: (Day, Day),
    pub window: DueWindow,
}

impl Place {
    /// The period that a day lies in.
    pub fn of(book: Book, period: Period, day: Day) -> Result<Self, StoreError> {
        let playbook = &book.playbook;
        let Some(rule) = playbook.report(period).cloned() else {
            let known: Vec<&str> = playbook.reports.iter().map(|rule| rule.period.as_str()).collect();
            let what = format!("no report of a {period} is written here; there are: {}", known.join(", "));
            return Err(invalid("no_report", what));
        };
        let days = Span::this(period).days(day);
        let Some(window) = DueWindow::of(rule.terms, (playbook.zone, playbook.week), days) else {
            return Err(invalid("day_off", format!("{day} is a day off; nothing is reported of it")));
        };
        Ok(Self { book, rule, days, window })
    }

    /// The period so many before the one that `now` lies in; of days only working days count.
    pub fn back(book: Book, (period, back): (Period, u16), now: Timestamp) -> Result<Self, StoreError> {
        let today = book.playbook.zone.day(now);
        let day = if period == Period::Day {
            let week = book.playbook.week;
            let worked = (0..3_660).map(|n| today.plus(-n)).filter(|day| week.works(*day));
            worked.take(usize::from(back) + 1).last().unwrap_or(today)
        } else {
            Span::Of(period, back).days(today).0
        };
        Self::of(book, period, day)
    }

    /// The instants of its days, from and before.
    pub fn instants(&self) -> (Timestamp, Timestamp) {
        let zone = self.book.playbook.zone;
        (zone.start(self.days.0), zone.end(self.days.1))
    }
}

/// The method whose reports somebody writes, or a team.
pub fn book_of(tx: Tx<'_>, books: &mut Books, whose: TargetOf) -> Result<Book, StoreError> {
    let id = match whose {
        TargetOf::User(user) => playbook_of(tx, user)?,
        TargetOf::Team(team) => tx
            .one(sql!("SELECT playbook FROM team WHERE id = $1"), values![team], |row| {
                Ok(row.text(0)?.to_owned())
            })?
            .filter(|id| !id.is_empty()),
    };
    let id = match id {
        Some(id) => Some(id),
        None => Books::ids(tx)?.into_iter().next(),
    };
    let id = id.ok_or_else(|| invalid("no_playbook", "there is no playbook yet; apply one first"))?;
    books.newest(tx, &id)
}

/// Everything the reports of a period are made of.
#[derive(Debug)]
pub struct Desk {
    pub place: Place,
    /// The people of the period's last day, or of today.
    pub members: Vec<Member>,
    metrics: Vec<Metric>,
    sets: Vec<Set>,
    sums: BTreeMap<(UserId, TeamId, Metric), i64>,
    daily: BTreeMap<(UserId, TeamId), Vec<i64>>,
    /// The day the people and targets are of: the period's last, or today.
    pub on: Day,
    now: Timestamp,
}

impl Desk {
    /// Reads what is needed of one person, or of everybody.
    pub fn load(tx: Tx<'_>, place: Place, only: Option<UserId>, now: Timestamp) -> Result<Self, StoreError> {
        let playbook = &place.book.playbook;
        let (first, last) = place.days;
        let today = playbook.zone.day(now);
        let on = last.min(today).max(first.min(today));
        let metrics = playbook.reported(&place.rule);
        let mut sets = Vec::with_capacity(metrics.len());
        for metric in &metrics {
            sets.push(Set::load(tx, *metric, &Part::default(), on)?);
        }
        let members = people::all(tx, on)?;
        let mut desk =
            Self { place, members, metrics, sets, sums: BTreeMap::new(), daily: BTreeMap::new(), on, now };
        let besides: Vec<Metric> =
            BESIDES.iter().filter(|metric| !desk.metrics.contains(metric)).copied().collect();
        for (place, metric) in desk.metrics.clone().into_iter().chain(besides).enumerate() {
            for day in first.0..=last.min(today).0 {
                desk.of_day(tx, (Day(day), metric, place == 0), only)?;
            }
        }
        Ok(desk)
    }

    fn of_day(
        &mut self,
        tx: Tx<'_>,
        (day, metric, main): (Day, Metric, bool),
        only: Option<UserId>,
    ) -> Result<(), StoreError> {
        let (first, last) = self.place.days;
        let slots = usize::try_from(last.0 - first.0 + 1).unwrap_or(1);
        let slot = usize::try_from(day.0 - first.0).unwrap_or(0);
        let (sums, daily) = (&mut self.sums, &mut self.daily);
        let mut add = |row: &dyn Row| {
            let (user, team, value) = (UserId(row.int(0)?), TeamId(row.int(1)?), row.int(2)?);
            *sums.entry((user, team, metric)).or_default() += value;
            if main {
                let days = daily.entry((user, team)).or_insert_with(|| vec![0; slots]);
                if let Some(of_day) = days.get_mut(slot) {
                    *of_day += value;
                }
            }
            Ok(())
        };
        match only {
            Some(user) => tx.each(
                sql!(
                    "SELECT user_id, team_id, CAST(sum(value) AS BIGINT) FROM metric_day \
                     WHERE day = $1 AND metric = $2 AND user_id = $3 GROUP BY user_id, team_id"
                ),
                values![day, metric, user],
                &mut add,
            ),
            None => tx.each(
                sql!(
                    "SELECT user_id, team_id, CAST(sum(value) AS BIGINT) FROM metric_day \
                     WHERE day = $1 AND metric = $2 GROUP BY user_id, team_id"
                ),
                values![day, metric],
                &mut add,
            ),
        }
    }

    /// Somebody of the period.
    pub fn member(&self, user: UserId) -> Option<&Member> {
        self.members.iter().find(|member| member.id == user)
    }

    /// The people who report in a team: reps and coaches.
    pub fn of_team(&self, team: TeamId) -> impl Iterator<Item = &Member> + Clone {
        self.members.iter().filter(move |member| member.team == Some(team) && member.competes())
    }

    /// What a metric of somebody comes to, of the report or besides.
    pub fn sum(&self, user: UserId, metric: Metric) -> i64 {
        let mine = self.sums.iter().filter(|((of, _, what), _)| *of == user && *what == metric);
        mine.map(|(_, value)| value).sum()
    }

    /// Nodes booked of valid calls.
    pub fn booked(&self, user: UserId) -> Share {
        Share::of(self.sum(user, Metric::NodesBooked), self.sum(user, Metric::CallsValid))
    }

    const fn wanted(&self) -> For {
        For {
            span: Span::this(self.place.rule.period),
            days: self.place.days,
            on: self.on,
            level: Level::Goal,
        }
    }

    fn added(&self, keys: impl Fn(&(UserId, TeamId)) -> bool) -> Vec<i64> {
        let (first, last) = self.place.days;
        let mut sums = vec![0; usize::try_from(last.0 - first.0 + 1).unwrap_or(1)];
        for (_, days) in self.daily.iter().filter(|(key, _)| keys(key)) {
            for (sum, day) in sums.iter_mut().zip(days) {
                *sum += day;
            }
        }
        sums
    }

    /// What stands in the report of a person.
    pub fn user(&self, tx: Tx<'_>, member: &Member) -> Result<Figures, StoreError> {
        let playbook = &self.place.book.playbook;
        let mut figures = Figures {
            daily: self.added(|(user, _)| *user == member.id),
            work: execution(tx, member.id, (self.place.days, self.place.instants()), self.now)?,
            promises: promises(tx, member.id, self.place.instants())?,
            next: self.next(tx, member.id)?,
            ..Figures::default()
        };
        for (metric, set) in self.metrics.iter().zip(&self.sets) {
            let value = self.sum(member.id, *metric);
            let target = set.of_user(playbook, member, self.wanted());
            figures.metrics.push(Figure { metric: *metric, value, target });
        }
        figures.find(finds::of(tx, &self.place, member.id)?);
        figures.stick(self.stuck(tx, member.id)?);
        Ok(figures)
    }

    /// What stands in the report of a team, with that of its people.
    pub fn team(&self, team: TeamId, people: &[Figures]) -> Figures {
        let playbook = &self.place.book.playbook;
        let mut figures = Figures { daily: self.added(|(_, of)| *of == team), ..Figures::default() };
        for (metric, set) in self.metrics.iter().zip(&self.sets) {
            let value = self
                .sums
                .iter()
                .filter(|((_, of, what), _)| *of == team && what == metric)
                .map(|(_, value)| value)
                .sum();
            let own = self.of_team(team).filter_map(|member| set.of_user(playbook, member, self.wanted()));
            let target = set.of_team(playbook, team, self.wanted(), own.reduce(i64::saturating_add));
            figures.metrics.push(Figure { metric: *metric, value, target });
        }
        figures.together(people.iter());
        figures
    }

    /// What the next working day holds, what is overdue included.
    fn next(&self, tx: Tx<'_>, user: UserId) -> Result<Next, StoreError> {
        let playbook = &self.place.book.playbook;
        let last = self.place.days.1;
        let next = (1..=14).map(|n| last.plus(n)).find(|day| playbook.week.works(*day)).unwrap_or(last);
        let mut plan = Next::default();
        tx.each(
            sql!(
                "SELECT lane, count(*), CAST(sum(promised) AS BIGINT) FROM task WHERE owner_id = $1 AND state = 'due' \
                 AND due_at < $2 GROUP BY lane"
            ),
            values![user, playbook.zone.end(next)],
            |row| {
                let count = small(row.int(1)?);
                plan.promised += small(row.int(2)?);
                match word(row, 0, Lane::parse)? {
                    Lane::Call => plan.calls += count,
                    Lane::Material => plan.materials += count,
                    Lane::Coupon => plan.coupons += count,
                    Lane::Node | Lane::Care | Lane::Report => plan.others += count,
                }
                Ok(())
            },
        )?;
        Ok(plan)
    }

    /// Open deals of a person's customers that stand longer at their stage than it has days (S001-70).
    fn stuck(&self, tx: Tx<'_>, user: UserId) -> Result<Vec<Stuck>, StoreError> {
        let playbook = &self.place.book.playbook;
        let until = self.now.min(playbook.zone.end(self.place.days.1));
        let stages = playbook.pipelines.iter().flat_map(|pipeline| &pipeline.stages);
        let Some(least) = stages.filter_map(|stage| stage.max_days).min() else { return Ok(Vec::new()) };
        let mut stuck = Vec::new();
        tx.each(
            sql!(
                "SELECT d.id, d.customer_id, d.pipeline, d.stage, d.stage_since FROM customer c JOIN deal d ON d.customer_id = c.id \
                 WHERE c.owner_id = $1 AND d.state = 'open' AND d.void_at IS NULL AND d.stage_since < $2"
            ),
            values![user, until.0 - i64::from(least) * DAY_MS],
            |row| {
                let (pipeline, stage) = (row.text(2)?, row.opt_text(3)?.unwrap_or_default());
                let most = playbook.stage(&pipeline.into(), &stage.into()).and_then(|stage| stage.max_days);
                let days = until.since(Timestamp(row.int(4)?)) / DAY_MS;
                if let Some(most) = most.map(i64::from).filter(|most| days > *most) {
                    stuck.push(Stuck {
                        deal: DealId(row.int(0)?),
                        customer: CustomerId(row.int(1)?),
                        pipeline: pipeline.to_owned(),
                        stage: stage.to_owned(),
                        days,
                        most,
                    });
                }
                Ok(())
            },
        )?;
        Ok(stuck)
    }
}

/// Planned tasks that were due in the period, by what became of them.
pub fn execution(
    tx: Tx<'_>,
    user: UserId,
    ((first, last), (from, to)): ((Day, Day), (Timestamp, Timestamp)),
    now: Timestamp,
) -> Result<Execution, StoreError> {
    let to = to.min(Timestamp(now.0.saturating_add(1)));
    let mut work = Execution::default();
    // a day is told by whole days from the period's first midnight: where clocks change, an hour late in the night is told of its
    // neighbour
    tx.each(
        sql!(
            "SELECT state, count(*), CAST(sum(CASE WHEN closed_day <= CAST($5 AS BIGINT) + (due_at - $3) / 86400000 THEN 1 ELSE 0 END) AS BIGINT) \
             FROM task WHERE owner_id = $1 AND state <> 'due' AND closed_day >= $2 AND due_at >= $3 AND due_at < $4 \
             AND closed_day <= $6 AND closed_at <= $7 GROUP BY state"
        ),
        values![user, first.plus(-LATE_DAYS), from, to, first, last.plus(LATE_DAYS), now],
        |row| {
            let (all, on_time) = (small(row.int(1)?), small(row.int(2)?));
            match word(row, 0, TaskState::parse)? {
                TaskState::Done => {
                    work.planned += all;
                    work.on_time += on_time;
                    work.late += all.saturating_sub(on_time);
                }
                TaskState::Skipped | TaskState::Expired => {
                    work.planned += all;
                    work.skipped += all;
                }
                // what no longer applied, or was planned anew for another time
                TaskState::Cancelled | TaskState::Moved | TaskState::Due => {}
            }
            Ok(())
        },
    )?;
    let open = tx.number(
        sql!(
            "SELECT count(*) FROM task WHERE owner_id = $1 AND state = 'due' AND due_at >= $2 AND due_at < $3"
        ),
        values![user, from, to],
    )?;
    work.planned += small(open.unwrap_or(0));
    Ok(work)
}

/// Promises that fell due in a stretch of time.
pub fn promises(
    tx: Tx<'_>,
    user: UserId,
    (from, to): (Timestamp, Timestamp),
) -> Result<Promises, StoreError> {
    let mut promises = Promises::default();
    tx.each(
        sql!(
            "SELECT state, count(*) FROM promise WHERE by_user = $1 AND due_at >= $2 AND due_at < $3 GROUP BY state"
        ),
        values![user, from, to],
        |row| {
            let count = small(row.int(1)?);
            match word(row, 0, PromiseState::parse)? {
                PromiseState::Kept => promises.kept += count,
                PromiseState::Broken => promises.broken += count,
                PromiseState::Open => promises.open += count,
                PromiseState::Withdrawn => {}
            }
            Ok(())
        },
    )?;
    Ok(promises)
}

fn small(count: i64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
