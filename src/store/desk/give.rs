//! An absent rep's day in one action: what is due today goes to who is here, with the right to work those customers until the day is
//! over. Who follows a customer stays who it was.

use std::collections::BTreeSet;

use crate::domain::desk::share;
use crate::domain::id::{CustomerId, TaskId, UserId};
use crate::domain::lists::{Attendance, AuditKind, OwnerRight, Role, TaskState};
use crate::domain::time::Timestamp;
use crate::store::change::{About, Note, Topic};
use crate::store::customers::{invalid, login_of};
use crate::store::desk::{attend, floor, stand};
use crate::store::error::StoreError;
use crate::store::grants;
use crate::store::read::board::people::{self, Member};
use crate::store::rights::Action;
use crate::store::undo::Reversal;
use crate::store::usage::small;
use crate::store::value::word;
use crate::store::write::{Work, playbook_of};
use crate::{sql, values};

/// Why somebody may work a customer for a day, as it is kept.
const AT_DESK: &str = "given at the desk";
/// Tasks given at once, at most.
const AT_ONCE: usize = 1_000;

/// Gives what somebody has to do today to others.
pub fn reassign(
    work: &mut Work<'_>,
    from: UserId,
    to: &[UserId],
    tasks: &[TaskId],
) -> Result<(), StoreError> {
    stand::may(work, Action::RunDesk, from, "give a day to others")?;
    let whose = people::all(work.tx, work.day)?;
    let Some(absent) = whose.iter().find(|member| member.id == from).cloned() else {
        return Err(StoreError::NotFound { kind: "user", id: from.to_string(), hint: None });
    };
    let id = playbook_of(work.tx, from)?.unwrap_or_default();
    let zone = work.book(&id)?.playbook.zone;
    let end = zone.end(work.day);
    let here = floor::attendance(work.tx, work.day)?;
    let is_absent = |user: UserId| here.get(&user).is_some_and(|(kind, _)| *kind != Attendance::Present);
    let takers: Vec<UserId> = if to.is_empty() {
        let mates =
            whose.iter().filter(|mate| mate.competes() && mate.team == absent.team && mate.id != from);
        let mut here: Vec<&Member> =
            mates.filter(|mate| absent.team.is_some() && !is_absent(mate.id)).collect();
        // who looks after trainees beside the own numbers takes it only where no rep does
        if here.iter().any(|mate| mate.role == Role::Rep) {
            here.retain(|mate| mate.role == Role::Rep);
        }
        here.into_iter().map(|mate| mate.id).collect()
    } else {
        for taker in to {
            stand::may(work, Action::RunDesk, *taker, "give work to this person")?;
            let name = attend::here(work, *taker)?;
            if *taker == from || is_absent(*taker) {
                return Err(invalid(
                    "taker_absent",
                    format!("'{name}' is not here today; choose somebody else"),
                ));
            }
        }
        to.to_vec()
    };
    if takers.is_empty() {
        return Err(invalid("nobody_here", "nobody of the team is here to take it; name somebody who is"));
    }
    let given = if tasks.is_empty() { due(work, from, end)? } else { named(work, from, tasks)? };
    if tasks.is_empty() {
        attend::set(work, from, Attendance::Absent)?;
    }
    let mut loads: Vec<(UserId, u32)> = Vec::with_capacity(takers.len());
    for taker in takers {
        loads.push((taker, load(work, taker, end)?));
    }
    let mut granted: BTreeSet<(CustomerId, UserId)> = BTreeSet::new();
    for (task, customer, taker) in share(&given, &loads) {
        work.tx.put(sql!("UPDATE task SET owner_id = $2 WHERE id = $1"), values![task, taker])?;
        work.reverse(Reversal::TaskGiven { task, before: Some(from), to: taker });
        work.effects.given.push((task, taker));
        if granted.insert((customer, taker)) {
            grant(work, customer, (taker, end))?;
        }
        work.owner(Some(taker));
    }
    work.owner(Some(from));
    work.effects.user = Some(from);
    work.touch(Topic::Desk);
    Ok(())
}

fn due(work: &Work<'_>, from: UserId, end: Timestamp) -> Result<Vec<(TaskId, CustomerId)>, StoreError> {
    work.tx.all(
        sql!(
            "SELECT id, customer_id FROM task WHERE owner_id = $1 AND state = 'due' AND due_at < $2 ORDER BY due_at, id LIMIT $3"
        ),
        values![from, end, i64::try_from(AT_ONCE).unwrap_or(i64::MAX)],
        |row| Ok((TaskId(row.int(0)?), CustomerId(row.int(1)?))),
    )
}

fn named(work: &Work<'_>, from: UserId, tasks: &[TaskId]) -> Result<Vec<(TaskId, CustomerId)>, StoreError> {
    let mut found = Vec::with_capacity(tasks.len());
    for id in tasks.iter().take(AT_ONCE) {
        let task = work.tx.one(
            sql!("SELECT customer_id, owner_id, state FROM task WHERE id = $1"),
            values![*id],
            |row| {
                let owner = row.opt_int(1)?.map(UserId);
                Ok((CustomerId(row.int(0)?), owner, word(row, 2, TaskState::parse)?))
            },
        )?;
        let Some((customer, owner, state)) = task else {
            return Err(StoreError::NotFound { kind: "task", id: id.to_string(), hint: None });
        };
        if owner != Some(from) || state != TaskState::Due {
            return Err(invalid(
                "not_theirs",
                format!("task {id} is not this person's to do any more; look again"),
            ));
        }
        found.push((*id, customer));
    }
    Ok(found)
}

fn load(work: &Work<'_>, taker: UserId, end: Timestamp) -> Result<u32, StoreError> {
    let due = work.tx.number(
        sql!("SELECT COUNT(*) FROM task WHERE owner_id = $1 AND state = 'due' AND due_at < $2"),
        values![taker, end],
    )?;
    Ok(small(due.unwrap_or(0)))
}

/// Lets somebody work a customer until the day is over, unless that is so already.
pub fn grant(
    work: &mut Work<'_>,
    customer: CustomerId,
    (to, until): (UserId, Timestamp),
) -> Result<(), StoreError> {
    let owner = crate::store::actor::owner_of(work.tx, customer)?;
    let standing = grants::over(work.tx, customer, work.at)?;
    let has = standing.iter().any(|grant| {
        grant.user == to
            && grant.right == OwnerRight::Collaborate
            && grant.process.is_empty()
            && grant.until.is_none_or(|at| at >= until)
    });
    if owner == Some(to) || has {
        return Ok(());
    }
    let id = work.ids.make();
    work.tx.put(
        sql!(
            "INSERT INTO ownership (id, customer_id, process, user_id, owner_right, from_at, to_at, reason, share_bp) \
             VALUES ($1, $2, '', $3, 'collaborate', $4, $5, $6, 0)"
        ),
        values![id, customer, to, work.at, until, AT_DESK],
    )?;
    work.reverse(Reversal::Granted { id, until: Some(until) });
    // as every right that is given over a customer
    let login = login_of(work, Some(to))?;
    let note = Note::new(AuditKind::Granted, About::Customer(customer));
    work.note(note.changed("", format!("{login}: collaborate until {until}")).because(AT_DESK));
    work.touch(Topic::Customer);
    Ok(())
}
