//! Plans into rows: deals opened, tasks made once by their key, tasks ended, promises kept and broken.

use std::time::Duration;

use crate::domain::id::IdMaker;
use crate::domain::id::{CustomerId, DealId, PromiseId, TaskId, UserId, WriteId};
use crate::domain::lists::{DealState, PromiseState, TaskState};
use crate::domain::time::Timestamp;
use crate::playbook::Playbook;
use crate::playbook::plan::{Happening, Known, NewDeal, NewTask, Plan, Planner, Source};
use crate::store::books::Book;
use crate::store::change::{MadeTask, Topic};
use crate::store::error::StoreError;
use crate::store::foreseen::Stood;
use crate::store::journal::to_json;
use crate::store::known;
use crate::store::undo::Reversal;
use crate::store::warning;
use crate::store::write::Work;
use crate::{sql, values};

/// How late a promise may be done and still counts as kept; after that it escalates (peers.md 2.4).
pub const PROMISE_GRACE: Duration = Duration::from_mins(15);

/// Tells planning what happened to a customer and writes what follows: deals open, tasks are made and end. Whoever
/// writes a fact that procedures hang on (a lead came in, was assigned, a field was set) calls this in the same change.
pub fn happen(work: &mut Work<'_>, customer: CustomerId, happened: Vec<Happening>) -> Result<(), StoreError> {
    if happened.is_empty() {
        return Ok(());
    }
    let book = work.book_of(customer)?;
    let known = known::load(work.tx, &book.playbook, customer, work.at)?;
    happen_to(work, &book, known, happened)
}

/// The same where all that planning has to know of the customer is known.
pub fn happen_to(
    work: &mut Work<'_>,
    book: &Book,
    known: Known,
    happened: Vec<Happening>,
) -> Result<(), StoreError> {
    let (customer, owner) = (known.customer, known.owner);
    let mut planner = begin(work, &book.playbook, known);
    for happening in happened {
        planner.happen(happening);
    }
    let plan = planner.finish();
    write_for(work, book, (customer, owner), &plan)
}

/// A planner with the ids that come next.
pub fn begin<'a>(work: &mut Work<'_>, playbook: &'a Playbook, known: Known) -> Planner<'a> {
    work.foreseen.due(&known);
    Planner::new(playbook, known, work.at, work.ids.clone())
}

/// Writes a plan with its way back.
pub fn write(work: &mut Work<'_>, book: &Book, customer: CustomerId, plan: &Plan) -> Result<(), StoreError> {
    let owner = owner_of(work, customer)?;
    write_for(work, book, (customer, owner), plan)
}

/// The same where it is known who follows the customer.
pub fn write_for(
    work: &mut Work<'_>,
    book: &Book,
    (customer, owner): (CustomerId, Option<UserId>),
    plan: &Plan,
) -> Result<(), StoreError> {
    skip_ids(work, plan);
    for deal in &plan.opened {
        open(work, book, customer, deal)?;
    }
    for task in &plan.made {
        make(work, customer, owner, task)?;
    }
    for task in &plan.closed {
        close(work, task.id, task.state, task.why)?;
    }
    warning::follow(work, &book.playbook, (customer, plan))?;
    if !(plan.opened.is_empty() && plan.made.is_empty() && plan.closed.is_empty()) {
        work.touch(Topic::Customer);
    }
    Ok(())
}

/// Goes on after the ids a plan used.
fn skip_ids(work: &mut Work<'_>, plan: &Plan) {
    let used = plan.opened.iter().map(|d| d.id.0).chain(plan.made.iter().map(|t| t.id.0)).max();
    if let Some(last) = used {
        work.ids = IdMaker::after(WriteId(last));
    }
}

/// Who follows a customer.
pub fn owner_of(work: &Work<'_>, customer: CustomerId) -> Result<Option<UserId>, StoreError> {
    Ok(work.tx.number(sql!("SELECT owner_id FROM customer WHERE id = $1"), values![customer])?.map(UserId))
}

/// Writes a deal that opens, at its first stage.
pub fn open(
    work: &mut Work<'_>,
    book: &Book,
    customer: CustomerId,
    deal: &NewDeal,
) -> Result<(), StoreError> {
    work.tx.put(
        sql!(
            "INSERT INTO deal (id, customer_id, playbook, playbook_number, pipeline, seq, stage, stage_since, state, \
             opened_at, opened_by, closed_at, reason, words, void_at) \
             VALUES ($1, $2, $3, $4, $5, \
               (SELECT coalesce(max(d.seq), 0) + 1 FROM deal d WHERE d.customer_id = $2 AND d.pipeline = $5), \
               $6, $7, $8, $7, $9, NULL, NULL, NULL, NULL)"
        ),
        values![
            deal.id,
            customer,
            &book.playbook.id,
            book.number,
            &deal.pipeline,
            deal.stage.as_ref(),
            work.at,
            DealState::Open,
            work.by.id
        ],
    )?;
    let (stage, since) = (deal.stage.clone(), work.at);
    work.foreseen.deal(deal.id, Stood { customer, stage, since, state: DealState::Open });
    if let Some(stage) = &deal.stage {
        let row = work.ids.make();
        work.tx.put(
            sql!(
                "INSERT INTO stage_move (id, deal_id, customer_id, from_stage, to_stage, at, by_user, evidence, void_at) \
                 VALUES ($1, $2, $3, '', $4, $5, $6, $7, NULL)"
            ),
            values![row, deal.id, customer, stage, work.at, work.by.id, deal.because.as_str()],
        )?;
    }
    work.reverse(Reversal::DealOpened(deal.id));
    work.effects.opened.push(deal.id);
    Ok(())
}

/// Writes a task unless one of its key exists: the same plan twice makes nothing new (S001-122).
pub fn make(
    work: &mut Work<'_>,
    customer: CustomerId,
    owner: Option<UserId>,
    task: &NewTask,
) -> Result<(), StoreError> {
    let made = work.tx.likely(
        sql!(
            "INSERT INTO task (id, task_key, lane, channel, customer_id, person_id, deal_id, pipeline, node_id, owner_id, \
             due_at, clock_from, priority, state, source, script, material, coupon, promised, planned_at, closed_at, \
             closed_by, closed_day, why) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 'due', $14, $15, $16, $17, $18, $19, NULL, \
             NULL, NULL, NULL) ON CONFLICT (task_key) DO NOTHING"
        ),
        values![
            task.id,
            &task.key,
            task.lane,
            &task.channel,
            customer,
            task.person,
            task.deal,
            task.pipeline.as_ref(),
            task.node,
            owner,
            task.due_at,
            task.clock_from,
            i64::from(task.priority),
            &to_json(&task.source)?,
            task.script.as_ref(),
            task.material.as_ref(),
            task.coupon.as_ref(),
            task.promised,
            work.at
        ],
        1,
    )?;
    if made == 0 {
        return Ok(());
    }
    work.reverse(Reversal::TaskMade(task.id));
    work.effects.made.push(MadeTask {
        id: task.id,
        lane: task.lane,
        due_at: task.due_at,
        reason: task.source.short(),
    });
    work.owner(owner);
    if task.promised {
        promise(work, customer, task)?;
    }
    Ok(())
}

fn promise(work: &mut Work<'_>, customer: CustomerId, task: &NewTask) -> Result<(), StoreError> {
    let words = match &task.source {
        Source::Callback { words } | Source::Manual { words } => words.as_str(),
        _ => "",
    };
    let id = PromiseId(work.ids.make());
    work.tx.put(
        sql!(
            "INSERT INTO promise (id, customer_id, task_id, by_user, words, due_at, state, made_at, settled_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, NULL)"
        ),
        values![id, customer, task.id, work.by.id, words, task.due_at, PromiseState::Open, work.at],
    )?;
    work.reverse(Reversal::PromiseMade(id));
    if let Some(promises) = &mut work.foreseen.promises {
        promises.insert(task.id, (id, task.due_at));
    }
    Ok(())
}

/// Ends a task that is due and settles the promise behind it; one that ended before is left as it is. Says whether
/// it ended now.
pub fn close(work: &mut Work<'_>, task: TaskId, state: TaskState, why: &str) -> Result<bool, StoreError> {
    let due = match work.foreseen.end(task) {
        Some(due) => Some(due),
        None => work.tx.one(
            sql!("SELECT owner_id, promised FROM task WHERE id = $1 AND state = 'due'"),
            values![task],
            |row| Ok((row.opt_int(0)?.map(UserId), row.int(1)? != 0)),
        )?,
    };
    let Some(due) = due else { return Ok(false) };
    end(work, task, due, (state, why))?;
    Ok(true)
}

/// Ends a task that is known to be due, with its owner and whether a time was promised.
pub fn end(
    work: &mut Work<'_>,
    task: TaskId,
    (owner, promised): (Option<UserId>, bool),
    (state, why): (TaskState, &str),
) -> Result<(), StoreError> {
    if work.effects.closed.iter().any(|(closed, _)| *closed == task) {
        // what happened in this change has ended it already
        return Ok(());
    }
    let ended = work.tx.likely(
        sql!(
            "UPDATE task SET state = $2, closed_at = $3, closed_by = $4, closed_day = $5, why = $6 \
             WHERE id = $1 AND state = 'due'"
        ),
        values![task, state, work.at, work.by.id, work.day, why],
        1,
    )?;
    if ended == 0 {
        return Ok(());
    }
    work.reverse(Reversal::TaskClosed { task, now: state });
    work.effects.closed.push((task, state));
    work.owner(owner);
    if promised { settle(work, task, state) } else { Ok(()) }
}

/// A promise done in time (or within [`PROMISE_GRACE`]) is kept, a later one or one that was skipped is broken, one
/// whose reason has gone is withdrawn.
fn settle(work: &mut Work<'_>, task: TaskId, state: TaskState) -> Result<(), StoreError> {
    let open = match &mut work.foreseen.promises {
        Some(promises) => promises.remove(&task),
        None => work.tx.one(
            sql!("SELECT id, due_at FROM promise WHERE task_id = $1 AND state = 'open'"),
            values![task],
            |row| Ok((PromiseId(row.int(0)?), Timestamp(row.int(1)?))),
        )?,
    };
    let Some((promise, due_at)) = open else { return Ok(()) };
    let settled = match state {
        TaskState::Done if work.at <= due_at.plus(PROMISE_GRACE) => PromiseState::Kept,
        TaskState::Done | TaskState::Skipped | TaskState::Expired => PromiseState::Broken,
        TaskState::Cancelled | TaskState::Moved | TaskState::Due => PromiseState::Withdrawn,
    };
    work.tx.put(
        sql!("UPDATE promise SET state = $2, settled_at = $3 WHERE id = $1"),
        values![promise, settled, work.at],
    )?;
    work.reverse(Reversal::PromiseSettled(promise));
    Ok(())
}

/// Tells planning that a deal was closed, and what happened with it.
pub fn told_closed(
    work: &mut Work<'_>,
    customer: CustomerId,
    deal: DealId,
    state: DealState,
    then: Vec<Happening>,
) -> Result<(), StoreError> {
    let book = work.book_of(customer)?;
    let known = known::load(work.tx, &book.playbook, customer, work.at)?;
    let mut planner = begin(work, &book.playbook, known);
    planner.closed(deal, state);
    for happening in then {
        planner.happen(happening);
    }
    let plan = planner.finish();
    write(work, &book, customer, &plan)
}
