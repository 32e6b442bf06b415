//! Reps × today: a fixed number of questions, none of which looks at more touches than one a rep.

use std::collections::BTreeMap;

use crate::domain::code::OutcomeCode;
use crate::domain::code::RankCode;
use crate::domain::desk::{Hours, Pulse, pace, state};
use crate::domain::id::{CustomerId, TeamId, TouchId, UserId};
use crate::domain::lists::{Attendance, Metric, RepState, WarnLevel};
use crate::domain::time::{Day, Timestamp};
use crate::playbook::Playbook;
use crate::store::books::Books;
use crate::store::desk::stand::Sphere;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::journal;
use crate::store::query::Viewer;
use crate::store::query::desk::{DeskFloor, DeskRow, LastAct, StandardRow};
use crate::store::read::board::people::Member;
use crate::store::usage::small;
use crate::store::value::word;
use crate::store::warning;
use crate::{sql, values};

/// What of a rep's day is still to be done.
#[derive(Debug, Clone, Copy, Default)]
pub struct Left {
    pub due: u32,
    pub overdue: u32,
    pub promised_late: u32,
    pub clocks_red: u32,
    pub late_since: Option<Timestamp>,
}

/// Reps × today.
pub fn floor(
    tx: Tx<'_>,
    books: &mut Books,
    by: Viewer,
    team: Option<TeamId>,
) -> Result<DeskFloor, StoreError> {
    let sphere = Sphere::find(tx, books, by, team)?;
    of(tx, &sphere, by.now)
}

/// The same where it is known whose day it is.
pub fn of(tx: Tx<'_>, sphere: &Sphere, now: Timestamp) -> Result<DeskFloor, StoreError> {
    let playbook = &sphere.book.playbook;
    let day = sphere.day;
    let hours = hours(playbook, day);
    let here = attendance(tx, day)?;
    let counted = counted(tx, playbook, day)?;
    let mut left: BTreeMap<UserId, Left> = BTreeMap::new();
    let mut done: BTreeMap<UserId, u32> = BTreeMap::new();
    let mut last: BTreeMap<UserId, LastAct> = BTreeMap::new();
    for (team, _) in &sphere.teams {
        left.append(&mut still_due(tx, *team, (day, now), playbook.zone.end(day))?);
        done.append(&mut ended(tx, *team, day)?);
        last.append(&mut last_acts(tx, *team, (day, now), playbook.zone.start(day))?);
    }
    let warnings = warning::climbed(tx, playbook, WarnLevel::Lead, now)?;
    let mut rows = Vec::with_capacity(sphere.members.len());
    for member in &sphere.members {
        let left = left.get(&member.id).copied().unwrap_or_default();
        let standards = standards(playbook, member, &counted, hours.gone(now));
        let attended = here.get(&member.id);
        let last = last.remove(&member.id);
        let pulse = Pulse {
            absent: attended.is_some_and(|(kind, _)| *kind != Attendance::Present),
            last: last.as_ref().map(|act| act.at),
            late_since: left.late_since,
            left: left.due,
            reached: standards.iter().all(|row| row.done >= row.standard),
        };
        let (state, since) = state(&pulse, &hours, now);
        rows.push(DeskRow {
            rep: (member.id, member.name.clone()),
            team: (member.team.unwrap_or_default(), member.team_name.clone()),
            state,
            since,
            attendance: attended.map(|(kind, _)| *kind),
            attended_at: attended.map(|(_, at)| *at),
            standards,
            due: left.due,
            done: done.get(&member.id).copied().unwrap_or(0),
            overdue: left.overdue,
            promised_late: left.promised_late,
            clocks_red: left.clocks_red,
            last,
            warnings: warnings.get(&member.id).copied().unwrap_or(0),
        });
    }
    let absent = rows.iter().filter(|row| row.state == RepState::Absent);
    Ok(DeskFloor {
        teams: sphere.teams.clone(),
        day,
        capacity: playbook.desk.capacity,
        orphans: absent.map(|row| row.due).sum(),
        rows,
        revision: journal::revision(tx)?,
    })
}

/// The working hours of a day, with what is too long without a touch.
pub fn hours(playbook: &Playbook, day: Day) -> Hours {
    let (opens, closes) = playbook.hours;
    Hours {
        works: playbook.workdays.works(day),
        opens: playbook.zone.at(day, opens),
        closes: playbook.zone.at(day, closes),
        quiet_after: playbook.desk.quiet_after,
        idle_after: playbook.desk.idle_after,
    }
}

/// Who was said to be here or not on a day, and when.
pub fn attendance(tx: Tx<'_>, day: Day) -> Result<BTreeMap<UserId, (Attendance, Timestamp)>, StoreError> {
    let said =
        tx.all(sql!("SELECT user_id, kind, at FROM attendance WHERE day = $1"), values![day], |row| {
            Ok((UserId(row.int(0)?), (word(row, 1, Attendance::parse)?, Timestamp(row.int(2)?))))
        })?;
    Ok(said.into_iter().collect())
}

/// What everybody did of the standards' metrics on a day.
pub fn counted(
    tx: Tx<'_>,
    playbook: &Playbook,
    day: Day,
) -> Result<BTreeMap<(Metric, UserId), i64>, StoreError> {
    let mut counted = BTreeMap::new();
    for metric in playbook.standards.iter().map(|rule| rule.metric).filter(|metric| metric.is_summed()) {
        tx.each(
            sql!(
                "SELECT user_id, CAST(sum(value) AS BIGINT) FROM metric_day WHERE day = $1 AND metric = $2 GROUP BY user_id"
            ),
            values![day, metric],
            |row| {
                counted.insert((metric, UserId(row.int(0)?)), row.int(1)?);
                Ok(())
            },
        )?;
    }
    Ok(counted)
}

/// What the standards ask of somebody's day, and how far it has come.
pub fn standards(
    playbook: &Playbook,
    member: &Member,
    counted: &BTreeMap<(Metric, UserId), i64>,
    gone: (i64, i64),
) -> Vec<StandardRow> {
    let rank = RankCode::from(member.rank.as_str());
    let row = |metric: Metric| {
        let standard = playbook.standard_for(&rank, metric)?;
        let done = counted.get(&(metric, member.id)).copied().unwrap_or(0);
        Some(StandardRow { metric, standard, done, pace: pace(standard, done, gone) })
    };
    let metrics = playbook.standards.iter().map(|rule| rule.metric);
    metrics.filter(|metric| metric.is_summed()).filter_map(row).collect()
}

fn still_due(
    tx: Tx<'_>,
    team: TeamId,
    (day, now): (Day, Timestamp),
    end: Timestamp,
) -> Result<BTreeMap<UserId, Left>, StoreError> {
    let left = tx.all(
        sql!(
            "SELECT t.owner_id, COUNT(*), CAST(sum(CASE WHEN t.due_at < $2 THEN 1 ELSE 0 END) AS BIGINT), \
             CAST(sum(CASE WHEN t.due_at < $2 AND t.promised = 1 THEN 1 ELSE 0 END) AS BIGINT), \
             CAST(sum(CASE WHEN t.due_at < $2 AND t.clock_from IS NOT NULL THEN 1 ELSE 0 END) AS BIGINT), \
             min(CASE WHEN t.due_at < $2 AND (t.promised = 1 OR t.clock_from IS NOT NULL) THEN t.due_at END) \
             FROM membership m JOIN task t ON t.owner_id = m.user_id AND t.state = 'due' AND t.due_at < $3 \
             WHERE m.team_id = $1 AND m.from_day <= $4 AND (m.to_day IS NULL OR m.to_day >= $4) GROUP BY t.owner_id"
        ),
        values![team, now, end, day],
        |row| {
            let left = Left {
                due: small(row.int(1)?),
                overdue: small(row.int(2)?),
                promised_late: small(row.int(3)?),
                clocks_red: small(row.int(4)?),
                late_since: row.opt_int(5)?.map(Timestamp),
            };
            Ok((UserId(row.int(0)?), left))
        },
    )?;
    Ok(left.into_iter().collect())
}

fn ended(tx: Tx<'_>, team: TeamId, day: Day) -> Result<BTreeMap<UserId, u32>, StoreError> {
    let done = tx.all(
        sql!(
            "SELECT t.owner_id, COUNT(*) FROM membership m JOIN task t ON t.owner_id = m.user_id AND t.closed_day = $2 \
             AND t.state <> 'due' AND t.state = 'done' \
             WHERE m.team_id = $1 AND m.from_day <= $2 AND (m.to_day IS NULL OR m.to_day >= $2) GROUP BY t.owner_id"
        ),
        values![team, day],
        |row| Ok((UserId(row.int(0)?), small(row.int(1)?))),
    )?;
    Ok(done.into_iter().collect())
}

fn last_acts(
    tx: Tx<'_>,
    team: TeamId,
    (day, now): (Day, Timestamp),
    start: Timestamp,
) -> Result<BTreeMap<UserId, LastAct>, StoreError> {
    let acts = tx.all(
        sql!(
            "SELECT t.user_id, t.id, t.at, t.outcome, t.customer_id, c.name FROM membership m \
             JOIN touch t ON t.id = (SELECT l.id FROM touch l WHERE l.user_id = m.user_id AND l.at >= $3 AND l.at <= $4 \
                 AND l.void_at IS NULL ORDER BY l.at DESC LIMIT 1) \
             JOIN customer c ON c.id = t.customer_id \
             WHERE m.team_id = $1 AND m.from_day <= $2 AND (m.to_day IS NULL OR m.to_day >= $2)"
        ),
        values![team, day, start, now],
        |row| {
            let act = LastAct {
                touch: TouchId(row.int(1)?),
                at: Timestamp(row.int(2)?),
                outcome: OutcomeCode::from(row.text(3)?),
                customer: (CustomerId(row.int(4)?), row.text(5)?.to_owned()),
            };
            Ok((UserId(row.int(0)?), act))
        },
    )?;
    Ok(acts.into_iter().collect())
}
