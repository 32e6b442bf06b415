//! The day rolls over (S001-112): missed nodes and the daily rules, a part of the customers at a time.
//!
//! Whoever notices first does it. It is no thing of a person's: nothing of it can be taken back, and a second time
//! changes nothing.

use crate::domain::code::NodeCode;
use crate::domain::id::{CustomerId, DealId, NodeId};
use crate::domain::lists::NodeState;
use crate::domain::time::{Day, Timestamp};
use crate::playbook::Playbook;
use crate::store::books::Book;
use crate::store::deals::node;
use crate::store::error::StoreError;
use crate::store::rights::{self, Action, Relation};
use crate::store::work::invalid;
use crate::store::write::{self, Work};
use crate::store::{known, tasks, warning};
use crate::{sql, values};

/// Customers of one part: few enough that no rep waits.
pub const CHUNK: i64 = 200;

/// Rolls the day over for the next customers with something open; `effects.more` tells where to go on.
pub fn roll(work: &mut Work<'_>, day: Day, after: Option<CustomerId>) -> Result<(), StoreError> {
    rights::check(work.by.role, Action::RollDay, Relation::Nobody, "roll the day over")?;
    let Some(id) = write::playbook_of(work.tx, work.by.id)? else { return Ok(()) };
    let book = work.book(&id)?;
    let today = book.playbook.zone.day(work.at);
    if day != today {
        return Err(invalid(
            "other_day",
            format!("{day} is not today ({today}); a day is rolled over when it has begun"),
        ));
    }
    let (reached, done) = work
        .tx
        .one(
            sql!("SELECT customer_after, done FROM day_roll WHERE playbook = $1 AND day = $2"),
            values![&id, day],
            |row| Ok((row.int(0)?, row.int(1)? != 0)),
        )?
        .unwrap_or((0, false));
    if done {
        work.idle();
        return Ok(());
    }
    let after = after.map_or(reached, |after| after.0.max(reached));
    let customers = part(work, &id, after)?;
    for customer in &customers {
        one(work, &book, *customer)?;
    }
    let full = i64::try_from(customers.len()).unwrap_or(CHUNK) >= CHUNK;
    let last = customers.last().copied().unwrap_or(CustomerId(after));
    work.tx.put(
        sql!(
            "INSERT INTO day_roll (playbook, day, customer_after, done) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (playbook, day) DO UPDATE SET customer_after = excluded.customer_after, done = excluded.done"
        ),
        values![&id, day, last, !full],
    )?;
    if !full {
        warning::rep::look(work, &book.playbook)?;
    }
    work.irreversible();
    // owners are told; a list of every task of everybody would only swell the journal
    work.effects.made.clear();
    work.effects.closed.clear();
    work.effects.customer = None;
    work.effects.more = full.then_some(last);
    Ok(())
}

fn part(work: &Work<'_>, playbook: &str, after: i64) -> Result<Vec<CustomerId>, StoreError> {
    work.tx.all(
        sql!(
            "SELECT c.id FROM customer c WHERE c.id > $2 AND c.playbook = $1 AND ( \
                 EXISTS (SELECT 1 FROM task t WHERE t.customer_id = c.id AND t.state = 'due') \
                 OR EXISTS (SELECT 1 FROM deal d WHERE d.customer_id = c.id AND d.state = 'open' AND d.void_at IS NULL) \
                 OR EXISTS (SELECT 1 FROM node_event n WHERE n.customer_id = c.id AND n.void_at IS NULL \
                            AND n.state IN ('booked', 'reminded')) \
                 OR EXISTS (SELECT 1 FROM warning w WHERE w.customer_id = c.id AND w.closed_at IS NULL)) \
             ORDER BY c.id LIMIT $3"
        ),
        values![playbook, after, CHUNK],
        |row| Ok(CustomerId(row.int(0)?)),
    )
}

fn one(work: &mut Work<'_>, book: &Book, customer: CustomerId) -> Result<(), StoreError> {
    let mut happened = Vec::new();
    for (id, deal) in missed(work, &book.playbook, customer)? {
        happened.extend(node::settle(work, (id, deal), NodeState::Missed)?);
    }
    let seen = known::load(work.tx, &book.playbook, customer, work.at)?;
    let mut planner = tasks::begin(work, &book.playbook, seen);
    for happening in happened {
        planner.happen(happening);
    }
    planner.daily();
    let plan = planner.finish();
    tasks::write(work, book, customer, &plan)
}

/// Nodes whose time passed long enough ago without a word.
fn missed(
    work: &Work<'_>,
    playbook: &Playbook,
    customer: CustomerId,
) -> Result<Vec<(NodeId, Option<DealId>)>, StoreError> {
    let booked = work.tx.all(
        sql!(
            "SELECT id, deal_id, node, node_at FROM node_event \
             WHERE customer_id = $1 AND node_at < $2 AND state IN ('booked', 'reminded') AND void_at IS NULL ORDER BY node_at, id"
        ),
        values![customer, work.at],
        |row| {
            Ok((
                NodeId(row.int(0)?),
                row.opt_int(1)?.map(DealId),
                NodeCode::from(row.text(2)?),
                Timestamp(row.int(3)?),
            ))
        },
    )?;
    let over = |code: &NodeCode, at: Timestamp| {
        playbook.node(code).is_none_or(|kind| at.plus(kind.missed_after) <= work.at)
    };
    Ok(booked
        .into_iter()
        .filter(|(_, _, code, at)| over(code, *at))
        .map(|(id, deal, _, _)| (id, deal))
        .collect())
}
