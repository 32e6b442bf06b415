//! Targets: what a person set, newest day first; else what the playbook sets; else what another target or a standard comes to.
//!
//! A target counts from its day on, so that a change in the middle of a month leaves what was shown before alone. Where none was
//! set for the days asked, a quarter has the sum of its months', and a shorter stretch has its share of the month's by the weight
//! of its days; of what is done daily the playbook's standard counts for each working day.

use std::collections::BTreeMap;

use crate::domain::gap::bounds;
use crate::domain::id::{TargetId, TeamId, UserId};
use crate::domain::lists::{Level, Metric, Period, Unit};
use crate::domain::span::Span;
use crate::domain::time::{Day, Month, Timestamp};
use crate::playbook::Playbook;
use crate::playbook::model::TargetScope;
use crate::store::books::Books;
use crate::store::change::people::TargetOf;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::query::board::Part;
use crate::store::query::people::TargetRow;
use crate::store::read::board::people::Member;
use crate::store::read::board::{book, day, first_book, people};
use crate::store::value::word;
use crate::{sql, values};

/// Whether of a person, the id, of which period and level.
type Whose = (bool, i64, Period, Level);

/// Targets of a metric that were set, each from its day on.
#[derive(Debug, Clone)]
pub(in crate::store) struct Set {
    metric: Metric,
    /// Whether the playbook's targets count: they are of everything, not of a part.
    is_whole: bool,
    rows: BTreeMap<Whose, Vec<(Day, i64)>>,
}

/// Whose target.
#[derive(Debug, Clone, Copy)]
pub(super) enum Of<'a> {
    User(&'a Member),
    Team(TeamId),
}

impl Of<'_> {
    const fn key(self) -> (bool, i64) {
        match self {
            Self::User(member) => (false, member.id.0),
            Self::Team(team) => (true, team.0),
        }
    }
}

/// For which days, as known on which.
#[derive(Debug, Clone, Copy)]
pub(in crate::store) struct For {
    pub span: Span,
    pub days: (Day, Day),
    pub on: Day,
    pub level: Level,
}

impl Set {
    /// Reads those of a metric, or of a part of it, that count on `day` or counted before.
    pub(in crate::store) fn load(
        tx: Tx<'_>,
        metric: Metric,
        part: &Part,
        day: Day,
    ) -> Result<Self, StoreError> {
        let pipeline = part.pipeline.as_ref().map_or("", |code| code.as_str());
        let product = part.product.as_ref().map_or("", |code| code.as_str());
        let mut set = Self { metric, is_whole: part.is_whole(), rows: BTreeMap::new() };
        // in order of their days, so that the newest is the last
        tx.each(
            sql!(
                "SELECT scope, scope_id, period, level, from_day, value FROM target \
                 WHERE metric = $1 AND from_day <= $2 AND pipeline = $3 AND product = $4 AND void_at IS NULL \
                 ORDER BY from_day, at, id"
            ),
            values![metric, day, pipeline, product],
            |row| {
                let key = (
                    row.text(0)? == "team",
                    row.int(1)?,
                    word(row, 2, Period::parse)?,
                    word(row, 3, Level::parse)?,
                );
                set.rows.entry(key).or_default().push((Day(row.int(4)?), row.int(5)?));
                Ok(())
            },
        )?;
        Ok(set)
    }

    /// A person's goal of just the period that begins on a day, as known on another; 0 where there is none.
    pub(in crate::store) fn user_goal(
        &self,
        book: &Playbook,
        member: &Member,
        of: (Period, Day, Day),
    ) -> i64 {
        self.said(book, Of::User(member), (of.0, goal(of))).unwrap_or(0)
    }

    /// A team's goal of just the period that begins on a day; `members` where nothing is said of the team.
    pub(in crate::store) fn team_goal(
        &self,
        book: &Playbook,
        team: TeamId,
        of: (Period, Day, Day),
        members: i64,
    ) -> i64 {
        self.said(book, Of::Team(team), (of.0, goal(of))).unwrap_or(members)
    }

    /// A person's target; `None` where there is none.
    pub(in crate::store) fn of_user(&self, book: &Playbook, member: &Member, wanted: For) -> Option<i64> {
        self.of(book, Of::User(member), wanted)
    }

    /// A team's target; `members` is the sum of its members' own, which counts where nothing else is said.
    pub(in crate::store) fn of_team(
        &self,
        book: &Playbook,
        team: TeamId,
        wanted: For,
        members: Option<i64>,
    ) -> Option<i64> {
        self.of(book, Of::Team(team), wanted).or(members)
    }

    fn of(&self, book: &Playbook, of: Of<'_>, wanted: For) -> Option<i64> {
        let exact = wanted.span.period().and_then(|period| self.said(book, of, (period, wanted)));
        if self.metric.is_ratio() && self.metric.unit() == Unit::Rate {
            // a share is the same for a day as for its month: nothing is spread
            let month = wanted.days.1.month();
            let days = (month.first(), month.last());
            let of_month = For { span: Span::this(Period::Month), days, ..wanted };
            return exact.or_else(|| self.said(book, of, (Period::Month, of_month)));
        }
        exact.or_else(|| self.by_standard(book, of, wanted)).or_else(|| self.by_month(book, of, wanted))
    }

    /// What was set for exactly such a period, else what the playbook says of it.
    fn said(&self, book: &Playbook, of: Of<'_>, (period, wanted): (Period, For)) -> Option<i64> {
        let (is_team, id) = of.key();
        let set = self
            .rows
            .get(&(is_team, id, period, wanted.level))
            .and_then(|rows| rows.iter().rev().find(|(from, _)| *from <= wanted.on).map(|(_, value)| *value));
        set.or_else(|| {
            if !self.is_whole {
                return None;
            }
            match of {
                Of::User(member) => {
                    book.target_of(member.seat(), (self.metric, period, wanted.level), wanted.days.0)
                }
                Of::Team(_) => of_teams(book, (self.metric, period, wanted.level)),
            }
        })
    }

    /// What is done daily has a standard for each working day.
    fn by_standard(&self, book: &Playbook, of: Of<'_>, wanted: For) -> Option<i64> {
        let Of::User(member) = of else { return None };
        if !self.is_whole || wanted.level != Level::Goal {
            return None;
        }
        let standard = book.standards.iter().find(|standard| standard.metric == self.metric)?;
        let daily = *standard.values.get(&member.rank).or_else(|| standard.values.get("all"))?;
        Some(daily.saturating_mul(book.week.count(wanted.days.0, wanted.days.1)))
    }

    /// The shares of the months' targets that fall on the days, by weight; rounded half up once.
    fn by_month(&self, book: &Playbook, of: Of<'_>, wanted: For) -> Option<i64> {
        if wanted.span.period() == Some(Period::Month) {
            return None;
        }
        let (first, last) = wanted.days;
        let (mut parts, mut any) = (0_i128, false);
        for month in first.month().0..=last.month().0 {
            let (from, to) = (Month(month).first(), Month(month).last());
            let month =
                For { span: Span::this(Period::Month), days: (from, to), on: wanted.on.min(to), ..wanted };
            let Some(target) = self.said(book, of, (Period::Month, month)) else { continue };
            let (part, whole) =
                (book.week.weigh(first.max(from), last.min(to)), book.week.weigh(from, to).max(1));
            // millionths, so that the months' shares are rounded together
            parts += i128::from(target) * i128::from(part) * 1_000_000 / i128::from(whole);
            any = true;
        }
        any.then(|| i64::try_from((parts + 500_000).div_euclid(1_000_000)).unwrap_or(i64::MAX))
    }
}

fn goal((period, first, on): (Period, Day, Day)) -> For {
    For { span: Span::this(period), days: bounds(period, first), on, level: Level::Goal }
}

/// A person's target of the month: the one that was set, else the playbook's.
pub(super) fn of_month(
    tx: Tx<'_>,
    books: &mut Books,
    (playbook, metric): (&Playbook, Metric),
    (member, day): (&Member, Day),
) -> Result<i64, StoreError> {
    let set = books.month_target(tx, member.id, metric, day)?;
    Ok(set
        .or_else(|| {
            playbook.target_of(member.seat(), (metric, Period::Month, Level::Goal), day.month().first())
        })
        .unwrap_or(0))
}

/// What the playbook sets for every team.
fn of_teams(book: &Playbook, of: (Metric, Period, Level)) -> Option<i64> {
    let mut rules = book.targets.iter().filter(|rule| (rule.metric, rule.period, rule.level) == of);
    rules.find(|rule| rule.scope == TargetScope::Team).and_then(|rule| rule.values.get("all")).copied()
}

/// Whose, for which period, of what, how high.
type Named = (bool, i64, Period, Metric, Level, Part);

/// Every target in force on the day of `now`: those set, and those the playbook gives people by rank or job.
pub(super) fn in_force(tx: Tx<'_>, books: &mut Books, now: Timestamp) -> Result<Vec<TargetRow>, StoreError> {
    let today = day(&first_book(tx, books)?, now);
    let members = people::all(tx, today)?;
    let teams = tx.all(sql!("SELECT id, name FROM team ORDER BY id"), &[], |row| {
        Ok((TeamId(row.int(0)?), row.text(1)?.to_owned()))
    })?;
    let mut found: BTreeMap<Named, TargetRow> = BTreeMap::new();
    for member in members.iter().filter(|m| m.competes()) {
        let playbook = book(tx, books, &member.playbook)?.playbook;
        for rule in &playbook.targets {
            let first = bounds(rule.period, today).0;
            let of = (rule.metric, rule.period, rule.level);
            if let Some(value) = playbook.target_of(member.seat(), of, first) {
                let row = TargetRow {
                    id: None,
                    scope: TargetOf::User(member.id),
                    name: member.name.clone(),
                    period: rule.period,
                    metric: rule.metric,
                    level: rule.level,
                    part: Part::default(),
                    value,
                    from: first,
                };
                let key = (true, member.id.0, rule.period, rule.metric, rule.level, Part::default());
                found.insert(key, row);
            }
        }
    }
    tx.each(
        sql!(
            "SELECT scope, scope_id, period, metric, id, value, from_day, level, pipeline, product FROM target \
             WHERE from_day <= $1 AND void_at IS NULL ORDER BY from_day, at, id"
        ),
        values![today],
        |row| {
            let (is_user, id) = (row.text(0)? != "team", row.int(1)?);
            let (period, metric) = (word(row, 2, Period::parse)?, word(row, 3, Metric::parse)?);
            let level = word(row, 7, Level::parse)?;

            let part = Part {
                pipeline: Some(row.text(8)?).filter(|code| !code.is_empty()).map(Into::into),
                product: Some(row.text(9)?).filter(|code| !code.is_empty()).map(Into::into),
            };
            let name = if is_user {
                members.iter().find(|m| m.id.0 == id).map(|m| m.name.clone())
            } else {
                teams.iter().find(|(team, _)| team.0 == id).map(|(_, name)| name.clone())
            };
            let target = TargetRow {
                id: Some(TargetId(row.int(4)?)),
                scope: if is_user { TargetOf::User(UserId(id)) } else { TargetOf::Team(TeamId(id)) },
                name: name.unwrap_or_default(),
                period,
                metric,
                level,
                part: part.clone(),
                value: row.int(5)?,
                from: Day(row.int(6)?),
            };
            found.insert((is_user, id, period, metric, level, part), target);
            Ok(())
        },
    )?;
    Ok(found.into_values().collect())
}
