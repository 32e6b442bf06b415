//! Whose day somebody may look at and order: a lead the own team's, who runs several every team's.

use std::collections::BTreeMap;

use crate::domain::id::{TeamId, UserId, WarningId};
use crate::domain::lists::{Role, UserState, WarnLevel};
use crate::domain::time::{Day, Timestamp};
use crate::store::actor::team_of;
use crate::store::books::{Book, Books};
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::query::Viewer;
use crate::store::query::desk::WarningPage;
use crate::store::read::board::people::{self, Member};
use crate::store::rights::{self, Action, Relation};
use crate::store::value::word;
use crate::store::warning;
use crate::store::write::{Work, playbook_of};
use crate::{sql, values};

/// What somebody may look at.
#[derive(Debug, Clone)]
pub struct Sphere {
    /// The business day.
    pub day: Day,
    /// The playbook whose method it is looked at by.
    pub book: Book,
    /// Teams, by name.
    pub teams: Vec<(TeamId, String)>,
    /// Reps and coaches of these teams who work here, by team and name.
    pub members: Vec<Member>,
}

impl Sphere {
    /// Finds out whose day `by` may look at; refused to whoever runs no team, and of teams of others.
    pub fn find(tx: Tx<'_>, books: &mut Books, by: Viewer, team: Option<TeamId>) -> Result<Self, StoreError> {
        let id = playbook_of(tx, by.id)?.unwrap_or_default();
        let own = books.newest(tx, &id)?;
        let method = own.playbook.id.clone();
        let day = own.playbook.zone.day(by.now);
        let mine = team_of(tx, by.id, day)?;
        let role = role(tx, by.id)?;
        let all = rights::may(role, Action::SeeDesk, Relation::Other);
        let is_own = match team {
            Some(team) => Some(team) == mine,
            None => mine.is_some() || !all,
        };
        let relation = if is_own { Relation::Team } else { Relation::Other };
        rights::check(role, Action::SeeDesk, relation, "look at the desk of this team").map_err(|_| {
            let what = "look at the desk of this team".to_owned();
            StoreError::Forbidden { role: role.as_str().to_owned(), what, relation: String::new() }
        })?;
        // who runs several and names none looks at every team that works by the same playbook
        let teams = tx.all(sql!("SELECT id, name, playbook FROM team ORDER BY name"), &[], |row| {
            Ok((TeamId(row.int(0)?), row.text(1)?.to_owned(), row.text(2)?.to_owned()))
        })?;
        let wanted = |(id, _, playbook): &(TeamId, String, String)| match team {
            Some(team) => *id == team,
            None if all => playbook.is_empty() || *playbook == method,
            None => Some(*id) == mine,
        };
        let book = match team.and_then(|team| teams.iter().find(|(id, ..)| *id == team)) {
            Some((_, _, playbook)) if !playbook.is_empty() => books.newest(tx, playbook)?,
            _ => own,
        };
        let teams: Vec<(TeamId, String)> =
            teams.into_iter().filter(wanted).map(|(id, name, _)| (id, name)).collect();
        let mut members = people::all(tx, day)?;
        let place = |member: &Member| teams.iter().position(|(id, _)| member.team == Some(*id));
        members.retain(|member| member.competes() && place(member).is_some());
        members.sort_by_cached_key(|member| (place(member), member.name.clone(), member.id));
        Ok(Self { day, book, teams, members })
    }

    /// The people's names by id.
    pub fn names(&self) -> BTreeMap<UserId, String> {
        self.members.iter().map(|member| (member.id, member.name.clone())).collect()
    }
}

/// The role of who asks; of one who has left, or is not known, the least.
fn role(tx: Tx<'_>, user: UserId) -> Result<Role, StoreError> {
    let found = tx.one(sql!("SELECT role, state FROM person_user WHERE id = $1"), values![user], |row| {
        Ok((word(row, 0, Role::parse)?, word(row, 1, UserState::parse)?))
    })?;
    Ok(found.filter(|(_, state)| *state != UserState::Left).map_or(Role::Viewer, |(role, _)| role))
}

/// Refuses what the actor may not do with a colleague; `what` is a verb phrase.
pub fn may(work: &Work<'_>, action: Action, user: UserId, what: &str) -> Result<(), StoreError> {
    may_with(work, (action, Some(user)), what)
}

/// The same with what somebody has, or nobody.
pub fn may_with(
    work: &Work<'_>,
    (action, user): (Action, Option<UserId>),
    what: &str,
) -> Result<(), StoreError> {
    let relation = work.by.relation_to(work.tx, user, work.day)?;
    rights::check(work.by.role, action, relation, what).map_err(|_| StoreError::Forbidden {
        role: work.by.role.as_str().to_owned(),
        what: what.to_owned(),
        relation: String::new(),
    })
}

/// Refuses what the actor may not do with a team.
pub fn may_team(work: &Work<'_>, team: TeamId, what: &str) -> Result<(), StoreError> {
    let relation = if work.by.team == Some(team) { Relation::Team } else { Relation::Other };
    rights::check(work.by.role, Action::RunDesk, relation, what).map_err(|_| StoreError::Forbidden {
        role: work.by.role.as_str().to_owned(),
        what: what.to_owned(),
        relation: String::new(),
    })
}

/// Warnings of who asks: a rep's own, of others those that have climbed to them.
pub fn warnings(
    tx: Tx<'_>,
    books: &mut Books,
    by: Viewer,
    (team, level): (Option<TeamId>, Option<WarnLevel>),
    (after, limit): (Option<(Timestamp, WarningId)>, usize),
) -> Result<WarningPage, StoreError> {
    let role = role(tx, by.id)?;
    let runs = rights::may(role, Action::SeeDesk, Relation::Team);
    if !runs && team.is_none() {
        let id = playbook_of(tx, by.id)?.unwrap_or_default();
        let book = books.newest(tx, &id)?;
        let wanted = warning::Wanted { level: level.unwrap_or(WarnLevel::Rep), after, limit };
        let me = BTreeMap::from([(by.id, name(tx, by.id)?)]);
        return warning::page(tx, &book.playbook, &me, (wanted, by.now));
    }
    let sphere = Sphere::find(tx, books, by, team)?;
    let usual = if role >= Role::Manager { WarnLevel::Manager } else { WarnLevel::Lead };
    let wanted = warning::Wanted { level: level.unwrap_or(usual), after, limit };
    warning::page(tx, &sphere.book.playbook, &sphere.names(), (wanted, by.now))
}

fn name(tx: Tx<'_>, user: UserId) -> Result<String, StoreError> {
    let found = tx.one(sql!("SELECT name FROM person_user WHERE id = $1"), values![user], |row| {
        Ok(row.text(0)?.to_owned())
    })?;
    Ok(found.unwrap_or_default())
}
