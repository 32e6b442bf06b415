//! Targets: what a person set, newest day first; else what the playbook sets; else none.

use std::collections::BTreeMap;

use crate::domain::id::{TargetId, TeamId, UserId};
use crate::domain::lists::{Metric, Period};
use crate::domain::time::{Day, Timestamp};
use crate::playbook::Playbook;
use crate::playbook::model::TargetScope;
use crate::store::books::Books;
use crate::store::change::people::TargetOf;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::query::people::TargetRow;
use crate::store::read::board::people::Member;
use crate::store::read::board::{book, day, first_book, people};
use crate::store::value::word;
use crate::{sql, values};

/// Targets that were set, in force on a day, by whose they are.
#[derive(Debug, Default)]
pub(super) struct Set {
    users: BTreeMap<UserId, i64>,
    teams: BTreeMap<TeamId, i64>,
}

impl Set {
    /// Reads those of a metric and period in force on `day`.
    pub(super) fn load(tx: Tx<'_>, metric: Metric, period: Period, day: Day) -> Result<Self, StoreError> {
        let mut set = Self::default();
        // in order of their days, so that the newest stays
        tx.each(
            sql!(
                "SELECT scope, scope_id, value FROM target \
                 WHERE metric = $1 AND period = $2 AND from_day <= $3 AND void_at IS NULL ORDER BY from_day, at, id"
            ),
            values![metric, period, day],
            |row| {
                let (id, value) = (row.int(1)?, row.int(2)?);
                if row.text(0)? == "team" {
                    set.teams.insert(TeamId(id), value);
                } else {
                    set.users.insert(UserId(id), value);
                }
                Ok(())
            },
        )?;
        Ok(set)
    }

    /// A person's target.
    pub(super) fn of_user(&self, book: &Playbook, member: &Member, metric: Metric, period: Period) -> i64 {
        let set = self.users.get(&member.id).copied();
        set.or_else(|| by_rule(book, member, metric, period)).unwrap_or(0)
    }

    /// A team's target; `members` is the sum of its members' own, which counts where nothing else is said.
    pub(super) fn of_team(&self, book: &Playbook, team: TeamId, of: (Metric, Period), members: i64) -> i64 {
        let rule = || {
            let mut rules = book.targets.iter().filter(|rule| (rule.metric, rule.period) == of);
            rules
                .find(|rule| rule.scope == TargetScope::Team)
                .and_then(|rule| rule.values.get("all"))
                .copied()
        };
        self.teams.get(&team).copied().or_else(rule).unwrap_or(members)
    }
}

/// A person's target of the month: the one that was set, else the playbook's.
pub(super) fn of_month(
    tx: Tx<'_>,
    books: &mut Books,
    (playbook, metric): (&Playbook, Metric),
    (member, day): (&Member, Day),
) -> Result<i64, StoreError> {
    let set = books.month_target(tx, member.id, metric, day)?;
    Ok(set.or_else(|| by_rule(playbook, member, metric, Period::Month)).unwrap_or(0))
}

/// What the playbook sets for a person: by job where a rule names theirs, else by rank.
fn by_rule(book: &Playbook, member: &Member, metric: Metric, period: Period) -> Option<i64> {
    let rules = || book.targets.iter().filter(|rule| (rule.metric, rule.period) == (metric, period));
    let of_job = rules().find_map(|rule| match &rule.scope {
        TargetScope::Job(job) if *job == member.job => {
            rule.values.get("all").or_else(|| rule.values.get(&member.rank)).copied()
        }
        _ => None,
    });
    of_job.or_else(|| {
        rules()
            .find(|rule| rule.scope == TargetScope::Rank)
            .and_then(|rule| rule.values.get(&member.rank))
            .copied()
    })
}

/// Every target in force on the day of `now`: those set, and those the playbook gives people by rank or job.
pub(super) fn in_force(tx: Tx<'_>, books: &mut Books, now: Timestamp) -> Result<Vec<TargetRow>, StoreError> {
    let today = day(&first_book(tx, books)?, now);
    let members = people::all(tx, today)?;
    let teams = tx.all(sql!("SELECT id, name FROM team ORDER BY id"), &[], |row| {
        Ok((TeamId(row.int(0)?), row.text(1)?.to_owned()))
    })?;
    let mut found: BTreeMap<(bool, i64, Period, Metric), TargetRow> = BTreeMap::new();
    for member in members.iter().filter(|m| m.competes()) {
        let playbook = book(tx, books, &member.playbook)?.playbook;
        for rule in &playbook.targets {
            if let Some(value) = by_rule(&playbook, member, rule.metric, rule.period) {
                let row = TargetRow {
                    id: None,
                    scope: TargetOf::User(member.id),
                    name: member.name.clone(),
                    period: rule.period,
                    metric: rule.metric,
                    value,
                    from: crate::domain::gap::bounds(rule.period, today).0,
                };
                found.insert((true, member.id.0, rule.period, rule.metric), row);
            }
        }
    }
    tx.each(
        sql!(
            "SELECT scope, scope_id, period, metric, id, value, from_day FROM target \
             WHERE from_day <= $1 AND void_at IS NULL ORDER BY from_day, at, id"
        ),
        values![today],
        |row| {
            let (is_user, id) = (row.text(0)? != "team", row.int(1)?);
            let (period, metric) = (word(row, 2, Period::parse)?, word(row, 3, Metric::parse)?);
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
                value: row.int(5)?,
                from: Day(row.int(6)?),
            };
            found.insert((is_user, id, period, metric), target);
            Ok(())
        },
    )?;
    Ok(found.into_values().collect())
}
