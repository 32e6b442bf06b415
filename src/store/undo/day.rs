//! A rep's day back: tasks, touches, promises, coupons.

use super::Reversal;
use super::choose::{Past, name_of};
use crate::domain::id::{IssueId, TaskId, UserId};
use crate::domain::lists::{IssueState, TaskState};
use crate::store::error::StoreError;
use crate::store::value::word;
use crate::store::write::Work;
use crate::{sql, values};

/// Takes one step back.
pub fn back(work: &mut Work<'_>, past: &Past, step: &Reversal) -> Result<(), StoreError> {
    match step {
        Reversal::TaskMade(task) => task_made(work, past, *task),
        Reversal::TaskClosed { task, now } => {
            let opened = work.tx.run(
                sql!(
                    "UPDATE task SET state = 'due', closed_at = NULL, closed_by = NULL, closed_day = NULL, why = NULL \
                     WHERE id = $1 AND state = $2"
                ),
                values![*task, *now],
            )?;
            past.expect(opened, "its task was changed since")?;
            owner(work, *task)
        }
        Reversal::TaskDue { task, before } => {
            let moved = work.tx.run(
                sql!("UPDATE task SET due_at = $2 WHERE id = $1 AND state = 'due'"),
                values![*task, *before],
            )?;
            past.expect(moved, "its task has been worked on since")?;
            owner(work, *task)
        }
        Reversal::TouchMade(touch) => {
            let voided = work.tx.run(
                sql!("UPDATE touch SET void_at = $2 WHERE id = $1 AND void_at IS NULL"),
                values![*touch, work.at],
            )?;
            past.expect(voided, "its touch was taken back already")
        }
        Reversal::Counters { customer, attempts, tries, connected, last_touch, last_valid, last_note } => {
            work.tx.put(
                sql!(
                    "UPDATE customer SET attempts = $2, tries = $3, connected = $4, last_touch_at = $5, \
                     last_valid_at = $6, last_note = $7 WHERE id = $1"
                ),
                values![*customer, *attempts, *tries, *connected, *last_touch, *last_valid, last_note],
            )?;
            Ok(())
        }
        Reversal::PersonTouched(person) => {
            work.tx.put(sql!("UPDATE person SET touched = 0 WHERE id = $1"), values![*person])?;
            Ok(())
        }
        Reversal::PromiseMade(promise) => {
            let withdrawn = work.tx.run(
                sql!(
                    "UPDATE promise SET state = 'withdrawn', settled_at = $2 WHERE id = $1 AND state = 'open'"
                ),
                values![*promise, work.at],
            )?;
            past.expect(withdrawn, "its promise was kept or broken since")
        }
        Reversal::PromiseSettled(promise) => {
            let opened = work.tx.run(
                sql!(
                    "UPDATE promise SET state = 'open', settled_at = NULL WHERE id = $1 AND state <> 'open'"
                ),
                values![*promise],
            )?;
            past.expect(opened, "its promise was opened again since")
        }
        Reversal::Reserved(issue) => {
            let released = work.tx.run(
                sql!("UPDATE coupon_issue SET state = 'released' WHERE id = $1 AND state = 'reserved'"),
                values![*issue],
            )?;
            past.expect(released, "its coupon was pushed, used or given back since")?;
            quota(work, *issue, -1)
        }
        Reversal::IssueChanged { issue, state } => issue_changed(work, past, *issue, *state),
        _ => Ok(()),
    }
}

/// The key is freed: the same plan may make the task again.
fn task_made(work: &mut Work<'_>, past: &Past, task: TaskId) -> Result<(), StoreError> {
    owner(work, task)?;
    let cancelled = work.tx.run(
        sql!(
            "UPDATE task SET state = 'cancelled', why = 'undone', closed_at = $2, closed_by = $3, closed_day = $4, \
             task_key = task_key || '#' || CAST(id AS TEXT) WHERE id = $1 AND state = 'due'"
        ),
        values![task, work.at, work.by.id, work.day],
    )?;
    if cancelled > 0 {
        let held = work.tx.number(
            sql!(
                "SELECT id FROM coupon_issue WHERE task_id = $1 AND state IN ('reserved', 'pushed') LIMIT 1"
            ),
            values![task],
        )?;
        return match held {
            Some(_) => Err(past.barred(
                "coupon",
                "",
                "a coupon is reserved for the task it made; release that first",
            )),
            None => Ok(()),
        };
    }
    let found =
        work.tx.one(sql!("SELECT state, closed_by FROM task WHERE id = $1"), values![task], |row| {
            Ok((word(row, 0, TaskState::parse)?, row.opt_int(1)?))
        })?;
    let Some((state, by)) = found else { return Err(past.stands("the task it made is gone")) };
    let name = name_of(work.tx, by)?;
    let own = by == Some(work.by.id.0);
    let since = format!("the task it made is {state} by {name}; take that back first");
    Err(past.barred("task_worked", if own { "" } else { &name }, &since))
}

/// The state before, with the quota taken or given back where a release is on one side of it.
fn issue_changed(
    work: &mut Work<'_>,
    past: &Past,
    issue: IssueId,
    before: IssueState,
) -> Result<(), StoreError> {
    let now = work
        .tx
        .one(sql!("SELECT state FROM coupon_issue WHERE id = $1"), values![issue], |row| {
            word(row, 0, IssueState::parse)
        })?
        .ok_or_else(|| past.stands("its coupon is gone"))?;
    if now == before {
        return Err(past.stands("its coupon was changed since"));
    }
    if now == IssueState::Released {
        quota(work, issue, 1)?;
    } else if before == IssueState::Released {
        quota(work, issue, -1)?;
    }
    work.tx.put(sql!("UPDATE coupon_issue SET state = $2 WHERE id = $1"), values![issue, before])?;
    if before == IssueState::Reserved {
        work.tx.put(sql!("UPDATE coupon_issue SET pushed_at = NULL WHERE id = $1"), values![issue])?;
    }
    if before != IssueState::Redeemed {
        work.tx.put(sql!("UPDATE coupon_issue SET order_id = NULL WHERE id = $1"), values![issue])?;
    }
    Ok(())
}

/// Gives one of the month's quota back, or takes one again where one is left.
fn quota(work: &mut Work<'_>, issue: IssueId, by: i64) -> Result<(), StoreError> {
    let (playbook, coupon, month) = work
        .tx
        .one(sql!("SELECT playbook, coupon, month FROM coupon_issue WHERE id = $1"), values![issue], |row| {
            Ok((row.text(0)?.to_owned(), row.text(1)?.to_owned(), row.int(2)?))
        })?
        .ok_or_else(|| StoreError::NotFound { kind: "coupon", id: issue.to_string(), hint: None })?;
    let book = work.book(&playbook)?;
    let most = book.playbook.coupons.iter().find(|c| c.code.as_str() == coupon).map_or(0, |c| c.quota_month);
    let changed = work.tx.run(
        sql!(
            "UPDATE coupon_quota SET used = used + $4 WHERE playbook = $1 AND coupon = $2 AND month = $3 \
             AND ($4 < 0 OR used + $4 <= $5)"
        ),
        values![&playbook, &coupon, month, by, most],
    )?;
    if changed == 0 {
        return Err(StoreError::NoUndo {
            what: format!("the month's quota of coupon '{coupon}' has been used up since"),
            why: "quota",
            by: String::new(),
        });
    }
    work.tx.put(
        sql!("DELETE FROM coupon_quota WHERE playbook = $1 AND coupon = $2 AND month = $3 AND used = 0"),
        values![&playbook, &coupon, month],
    )?;
    Ok(())
}

fn owner(work: &mut Work<'_>, task: TaskId) -> Result<(), StoreError> {
    let owner = work.tx.number(sql!("SELECT owner_id FROM task WHERE id = $1"), values![task])?;
    work.owner(owner.map(UserId));
    Ok(())
}
