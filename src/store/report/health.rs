//! How teams are doing under the surface (S004-10, S004-28): the result of a quarter against its target, beside what results come from,
//! month by month; and what a manager thinks of it.
//!
//! It is read from the sums that are kept by month, twelve of them, whatever was done in these years.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::clean::clean;
use crate::domain::health::{Limits, Point, hides, trend};
use crate::domain::id::TeamId;
use crate::domain::lists::{Level, Metric, Period};
use crate::domain::report::share::Share;
use crate::domain::span::Span;
use crate::domain::time::{Day, Month, Timestamp};
use crate::store::books::{Book, Books};
use crate::store::change::Topic;
use crate::store::change::people::TargetOf;
use crate::store::customers::invalid;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::query::Viewer;
use crate::store::query::board::Part;
use crate::store::query::health::{HealthLine, HealthNote, HealthReport, Leading, TeamHealth};
use crate::store::read::board::people::{self, Member};
use crate::store::read::board::target::{For, Set};
use crate::store::report::card::{Eye, check, relation};
use crate::store::report::figures::book_of;
use crate::store::rights::{self, Action};
use crate::store::undo::Reversal;
use crate::store::write::Work;
use crate::{sql, values};

/// Months that are shown.
const MONTHS: i64 = 12;
/// Notes of a team that are shown.
const NOTES_MAX: i64 = 20;

/// What every team is told of.
struct Ground {
    span: Span,
    days: (Day, Day),
    months: Vec<Month>,
    members: Vec<Member>,
    /// The first day on record.
    began: Day,
    sums: BTreeMap<(TeamId, Metric, Month), i64>,
    /// The days people were members, by team.
    stays: Vec<(TeamId, Day, Option<Day>)>,
}

/// The page of the quarter so many before the last that is over.
pub fn report(tx: Tx<'_>, books: &mut Books, back: u16, by: Viewer) -> Result<HealthReport, StoreError> {
    let eye = Eye::of(tx, books, by)?;
    let calendar = book_of(tx, books, TargetOf::User(by.id))?.playbook;
    let today = calendar.zone.day(by.now);
    let span = Span::Of(Period::Quarter, back.saturating_add(1));
    let days = span.days(today);
    let all: Vec<(TeamId, String)> =
        tx.all(sql!("SELECT id, name FROM team ORDER BY name, id"), &[], |row| {
            Ok((TeamId(row.int(0)?), row.text(1)?.to_owned()))
        })?;
    let mut teams: Vec<(TeamId, String, Book)> = Vec::new();
    for (team, name) in all {
        let whose = TargetOf::Team(team);
        if rights::may(eye.actor.role, Action::SeeHealth, relation(tx, &eye.actor, whose, today)?) {
            teams.push((team, name, book_of(tx, books, whose)?));
        }
    }
    if teams.is_empty() {
        check(eye.actor.role, Action::SeeHealth, rights::Relation::Other, "see how teams are doing")?;
    }
    let mains = teams.iter().map(|(_, _, book)| book.playbook.metrics.main).collect();
    let ground = Ground::load(tx, (span, days), mains)?;
    let mut found = Vec::with_capacity(teams.len());
    let mut may_note = false;
    for (team, name, book) in teams {
        let relation = relation(tx, &eye.actor, TargetOf::Team(team), today)?;
        may_note |= rights::may(eye.actor.role, Action::NoteHealth, relation);
        found.push(ground.team(tx, (team, name), &book)?);
    }
    Ok(HealthReport { days, months: ground.months, teams: found, may_note, zone: calendar.zone })
}

impl Ground {
    fn load(
        tx: Tx<'_>,
        (span, days): (Span, (Day, Day)),
        mut metrics: BTreeSet<Metric>,
    ) -> Result<Self, StoreError> {
        let Month(last) = days.1.month();
        let months: Vec<Month> = (last - MONTHS + 1..=last).map(Month).collect();
        metrics.extend(Leading::ALL.iter().map(|kind| kind.metric()));
        let began = tx.number(sql!("SELECT min(day) FROM metric_day"), &[])?.map_or(days.1, Day);
        let mut ground = Self {
            span,
            days,
            members: people::all(tx, days.1)?,
            began,
            sums: BTreeMap::new(),
            stays: Vec::new(),
            months,
        };
        for month in &ground.months {
            for metric in &metrics {
                // a question each: one with a list of them would not lead the index
                let sums = &mut ground.sums;
                tx.each(
                    sql!(
                        "SELECT team_id, CAST(sum(value) AS BIGINT) FROM metric_month WHERE month = $1 AND metric = $2 GROUP BY team_id"
                    ),
                    values![*month, *metric],
                    |row| {
                        sums.insert((TeamId(row.int(0)?), *metric, *month), row.int(1)?);
                        Ok(())
                    },
                )?;
            }
        }
        let first = ground.months.first().map_or(days.0, |month| month.first());
        ground.stays = tx.all(
            sql!(
                "SELECT m.team_id, m.from_day, m.to_day FROM membership m JOIN person_user u ON u.id = m.user_id \
                 WHERE m.from_day <= $2 AND (m.to_day IS NULL OR m.to_day >= $1) AND u.role IN ('rep', 'coach')"
            ),
            values![first, days.1],
            |row| Ok((TeamId(row.int(0)?), Day(row.int(1)?), row.opt_int(2)?.map(Day))),
        )?;
        Ok(ground)
    }

    fn sum(&self, team: TeamId, metric: Metric, month: Month) -> i64 {
        self.sums.get(&(team, metric, month)).copied().unwrap_or(0)
    }

    /// The working days a team's people were here in a month, from the first day on record on: formulas.md no. 12.
    fn worked(&self, team: TeamId, book: &Book, month: Month) -> i64 {
        let (first, last) = (month.first().max(self.began), month.last());
        let stays = self.stays.iter().filter(|(of, ..)| *of == team);
        stays
            .map(|(_, from, to)| {
                book.playbook.week.count(first.max(*from), to.map_or(last, |to| last.min(to)))
            })
            .sum()
    }

    fn team(
        &self,
        tx: Tx<'_>,
        (team, name): (TeamId, String),
        book: &Book,
    ) -> Result<TeamHealth, StoreError> {
        let playbook = &book.playbook;
        let main = playbook.metrics.main;
        let limits = Limits { fall_bp: playbook.desk.leading_fall_bp, slope_bp: playbook.desk.slow_slope_bp };
        let lines: Vec<HealthLine> =
            Leading::ALL.into_iter().map(|kind| self.line(team, book, (kind, limits))).collect();
        let done: Vec<i64> = self.months.iter().map(|month| self.sum(team, main, *month)).collect();
        let result = Share::of(done.iter().rev().take(3).sum(), self.target(tx, team, book)?);
        let trends: Vec<_> = lines.iter().map(|line| &line.trend).collect();
        Ok(TeamHealth {
            team,
            name,
            main,
            currency: playbook.currency.clone(),
            result,
            done,
            hides: hides(result.exact_bp(), &trends),
            lines,
            notes: notes(tx, team, self.days.0)?,
        })
    }

    fn line(&self, team: TeamId, book: &Book, (kind, limits): (Leading, Limits)) -> HealthLine {
        let points: Vec<Point> = self
            .months
            .iter()
            .map(|month| Point {
                month: *month,
                part: self.sum(team, kind.metric(), *month),
                of: kind
                    .of()
                    .map_or_else(|| self.worked(team, book, *month), |of| self.sum(team, of, *month)),
            })
            .collect();
        HealthLine {
            kind,
            months: points.iter().map(|point| (point.part, point.of)).collect(),
            trend: trend(&points, limits),
        }
    }

    /// The team's target of the quarter, else its people's together; 0 where there is none.
    fn target(&self, tx: Tx<'_>, team: TeamId, book: &Book) -> Result<i64, StoreError> {
        let playbook = &book.playbook;
        let set = Set::load(tx, playbook.metrics.main, &Part::default(), self.days.1)?;
        let wanted = For { span: self.span, days: self.days, on: self.days.1, level: Level::Goal };
        let members = self.members.iter().filter(|member| member.team == Some(team) && member.competes());
        let sum =
            members.filter_map(|member| set.of_user(playbook, member, wanted)).reduce(i64::saturating_add);
        Ok(set.of_team(playbook, team, wanted, sum).unwrap_or(0))
    }
}

/// What was thought of a quarter and of the one before it.
fn notes(tx: Tx<'_>, team: TeamId, quarter: Day) -> Result<Vec<HealthNote>, StoreError> {
    let before = Month(quarter.month().0 - 3).first();
    let mut notes = tx.all(
        sql!(
            "SELECT n.quarter, u.name, n.at, n.words FROM health_note n JOIN person_user u ON u.id = n.by_user \
             WHERE n.team_id = $1 AND n.quarter >= $2 AND n.quarter <= $3 AND n.void_at IS NULL ORDER BY n.at DESC, n.id DESC LIMIT $4"
        ),
        values![team, before, quarter, NOTES_MAX],
        |row| {
            Ok(HealthNote {
                quarter: Day(row.int(0)?),
                by: row.text(1)?.to_owned(),
                at: Timestamp(row.int(2)?),
                words: row.text(3)?.to_owned(),
            })
        },
    )?;
    notes.reverse();
    Ok(notes)
}

/// Keeps what a manager thinks of a team's quarter.
pub fn note(work: &mut Work<'_>, team: TeamId, day: Day, words: &str) -> Result<(), StoreError> {
    let relation = relation(work.tx, &work.by, TargetOf::Team(team), work.day)?;
    check(work.by.role, Action::NoteHealth, relation, "write what a quarter taught")?;
    let known = work.tx.number(sql!("SELECT id FROM team WHERE id = $1"), values![team])?;
    if known.is_none() {
        return Err(StoreError::NotFound { kind: "team", id: team.to_string(), hint: None });
    }
    let (first, last) = Span::this(Period::Quarter).days(day);
    if last >= work.day {
        return Err(invalid(
            "quarter_runs",
            format!("this quarter runs until {last}; write when it is over"),
        ));
    }
    let words = clean(words).trim().to_owned();
    if words.is_empty() {
        return Err(invalid("no_words", "say what the quarter taught; the next one's page shows it"));
    }
    let id = work.ids.make();
    work.tx.put(
        sql!(
            "INSERT INTO health_note (id, team_id, quarter, by_user, at, words, void_at) VALUES ($1, $2, $3, $4, $5, $6, NULL)"
        ),
        values![id, team, first, work.by.id, work.at, &words],
    )?;
    work.reverse(Reversal::HealthNoted(id));
    work.touch(Topic::Reports);
    Ok(())
}

/// Takes a note back; answers how many rows that were.
pub fn noted_back(work: &mut Work<'_>, note: i64) -> Result<usize, StoreError> {
    work.touch(Topic::Reports);
    work.tx.run(
        sql!("UPDATE health_note SET void_at = $2 WHERE id = $1 AND void_at IS NULL"),
        values![note, work.at],
    )
}
