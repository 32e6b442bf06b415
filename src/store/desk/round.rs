//! Morning and evening rounds (早会/晚会, S001-130): the figures on one page, and what is decided (S002-30).

mod page;

pub use page::page;

use crate::domain::clean::clean;
use crate::domain::id::{CustomerId, DecisionId, RoundId, TaskId, TeamId, UserId};
use crate::domain::lists::{Lane, RoundKind};
use crate::domain::time::Timestamp;
use crate::store::change::Topic;
use crate::store::change::desk::Decide;
use crate::store::customers::invalid;
use crate::store::desk::{attend, give, stand, whisper};
use crate::store::error::StoreError;
use crate::store::rights::Action;
use crate::store::undo::Reversal;
use crate::store::work::later;
use crate::store::write::{Work, playbook_of};
use crate::{sql, values};

/// Characters of what a round is about, at most.
const ABOUT: usize = 200;

/// Calls a round of today; one that was called already is only given other words.
pub fn call(work: &mut Work<'_>, team: TeamId, (kind, words): (RoundKind, &str)) -> Result<(), StoreError> {
    stand::may_team(work, team, "call a round of this team")?;
    let name = work.tx.one(sql!("SELECT name, playbook FROM team WHERE id = $1"), values![team], |row| {
        Ok((row.text(0)?.to_owned(), row.text(1)?.to_owned()))
    })?;
    let Some((_, playbook)) = name else {
        return Err(StoreError::NotFound { kind: "team", id: team.to_string(), hint: None });
    };
    let playbook =
        if playbook.is_empty() { playbook_of(work.tx, work.by.id)?.unwrap_or_default() } else { playbook };
    if !work.book(&playbook)?.playbook.desk.rounds {
        return Err(invalid(
            "no_rounds",
            format!("the playbook '{playbook}' has no rounds; '[desk] rounds' says so"),
        ));
    }
    let words: String = clean(words).trim().chars().take(ABOUT).collect();
    let known = work.tx.number(
        sql!("SELECT id FROM round_call WHERE team_id = $1 AND day = $2 AND kind = $3 AND void_at IS NULL LIMIT 1"),
        values![team, work.day, kind],
    )?;
    work.touch(Topic::Desk);
    if let Some(id) = known {
        work.tx.put(sql!("UPDATE round_call SET words = $2 WHERE id = $1"), values![id, &words])?;
        work.effects.made_at_desk = Some(id);
        return Ok(());
    }
    let id = RoundId(work.ids.make());
    work.tx.put(
        sql!(
            "INSERT INTO round_call (id, team_id, day, kind, at, by_user, words, void_at) VALUES ($1, $2, $3, $4, $5, $6, $7, NULL)"
        ),
        values![id, team, work.day, kind, work.at, work.by.id, &words],
    )?;
    work.reverse(Reversal::RoundCalled(id));
    work.effects.made_at_desk = Some(id.0);
    Ok(())
}

fn team_of(work: &Work<'_>, round: RoundId) -> Result<TeamId, StoreError> {
    let team = work
        .tx
        .number(sql!("SELECT team_id FROM round_call WHERE id = $1 AND void_at IS NULL"), values![round])?;
    team.map(TeamId).ok_or_else(|| StoreError::NotFound { kind: "round", id: round.to_string(), hint: None })
}

/// Notes what was decided: of a customer it is a task of whoever does it, else that person is told.
pub fn decide(work: &mut Work<'_>, decide: &Decide) -> Result<(), StoreError> {
    let team = team_of(work, decide.round)?;
    stand::may_team(work, team, "decide in a round of this team")?;
    stand::may(work, Action::RunDesk, decide.user, "decide what this person does")?;
    attend::here(work, decide.user)?;
    let words = clean(&decide.words);
    let words = words.trim();
    if words.is_empty() {
        return Err(invalid("no_words", "say what was decided"));
    }
    let task = if let Some(customer) = decide.customer {
        Some(task(work, customer, (decide.user, decide.due_at), words)?)
    } else {
        let line: String = words.chars().take(whisper::LONGEST).collect();
        whisper::put(work, decide.user, &line)?;
        None
    };
    let id = DecisionId(work.ids.make());
    work.tx.put(
        sql!(
            "INSERT INTO decision (id, round_id, user_id, customer_id, task_id, words, due_at, at, by_user, done_at, done_by, void_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, NULL, NULL, NULL)"
        ),
        values![
            id,
            decide.round,
            decide.user,
            decide.customer,
            task,
            words,
            decide.due_at,
            work.at,
            work.by.id
        ],
    )?;
    work.reverse(Reversal::Decided(id));
    work.effects.made_at_desk = Some(id.0);
    work.effects.user = Some(decide.user);
    work.touch(Topic::Desk);
    Ok(())
}

/// The task a decision becomes: of whoever follows the customer; given on where somebody else is to do it.
pub fn task(
    work: &mut Work<'_>,
    customer: CustomerId,
    (user, due_at): (UserId, Timestamp),
    words: &str,
) -> Result<TaskId, StoreError> {
    later::add(work, customer, (Lane::Call, due_at), words)?;
    let Some(task) = work.effects.task else {
        return Err(StoreError::NotFound { kind: "task", id: customer.to_string(), hint: None });
    };
    let owner = crate::store::actor::owner_of(work.tx, customer)?;
    if owner.is_some_and(|owner| owner != user) {
        work.tx.put(sql!("UPDATE task SET owner_id = $2 WHERE id = $1"), values![task, user])?;
        work.reverse(Reversal::TaskGiven { task, before: owner, to: user });
        let playbook = playbook_of(work.tx, user)?.unwrap_or_default();
        let zone = work.book(&playbook)?.playbook.zone;
        let until = zone.end(zone.day(due_at));
        give::grant(work, customer, (user, until))?;
        work.owner(Some(user));
    }
    Ok(task)
}

/// Says that what was decided is done; of a customer its task says so.
pub fn settle(work: &mut Work<'_>, decision: DecisionId) -> Result<(), StoreError> {
    let found = work.tx.one(
        sql!("SELECT user_id, task_id, done_at FROM decision WHERE id = $1 AND void_at IS NULL"),
        values![decision],
        |row| Ok((UserId(row.int(0)?), row.opt_int(1)?.map(TaskId), row.opt_int(2)?.is_some())),
    )?;
    let Some((user, task, done)) = found else {
        return Err(StoreError::NotFound { kind: "decision", id: decision.to_string(), hint: None });
    };
    if user != work.by.id {
        stand::may(work, Action::RunDesk, user, "say that this person has done it")?;
    }
    if task.is_some() {
        return Err(invalid("has_task", "it is a task by now: doing that says that it is done"));
    }
    if done {
        work.idle();
        return Ok(());
    }
    work.tx.put(
        sql!("UPDATE decision SET done_at = $2, done_by = $3 WHERE id = $1"),
        values![decision, work.at, work.by.id],
    )?;
    work.reverse(Reversal::DecisionDone(decision));
    work.touch(Topic::Desk);
    Ok(())
}
