//! What somebody could do next: the due task that no rule holds back, with all that is known of its customer.
//!
//! Today shows a person the whole day; this answers the one question a program has that works by itself.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use crate::domain::contact::{Contact, may_contact};
use crate::domain::id::{CustomerId, NodeId, TaskId, UserId};
use crate::domain::lists::{Lane, Role, UserState};
use crate::domain::time::Timestamp;
use crate::playbook::Playbook;
use crate::playbook::plan::Known;
use crate::store::books::{Book, Books};
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::value::word;
use crate::store::work::held::ground;
use crate::store::{known, reach, usage};
use crate::{sql, values};

/// Due tasks looked at before giving up: more are held back only on a floor that has nothing else to do.
const LOOKED_AT: i64 = 60;
/// How long after its time a node is over and its outcome known.
pub const NODE_LASTS: Duration = Duration::from_mins(30);

/// A task to do next.
#[derive(Debug, Clone)]
pub struct Job {
    /// The task.
    pub task: TaskId,
    /// Its pen.
    pub lane: Lane,
    /// Its customer.
    pub customer: CustomerId,
    /// Its node.
    pub node: Option<NodeId>,
    /// Its deal, where the task has one.
    pub deal: Option<crate::domain::id::DealId>,
    /// What is known of the customer.
    pub known: Known,
    /// The method it is worked by.
    pub book: Book,
}

struct Row {
    task: TaskId,
    lane: Lane,
    channel: crate::domain::code::ChannelCode,
    customer: CustomerId,
    person: Option<crate::domain::id::PersonId>,
    deal: Option<crate::domain::id::DealId>,
    node: Option<NodeId>,
    due_at: Timestamp,
    promised: bool,
}

/// The task of a user to do now: promised ones first, then those whose response clock runs, then by the time they were due.
/// Those in `but` are passed over.
pub fn next(
    tx: Tx<'_>,
    books: &mut Books,
    (user, now): (UserId, Timestamp),
    but: &BTreeSet<TaskId>,
) -> Result<Option<Job>, StoreError> {
    let looked_at = LOOKED_AT.saturating_add(i64::try_from(but.len()).unwrap_or(LOOKED_AT));
    for row in rows(tx, (user, now), looked_at)? {
        if but.contains(&row.task) || (row.lane == Lane::Node && row.due_at.plus(NODE_LASTS) > now) {
            continue;
        }
        let playbook =
            tx.one(sql!("SELECT playbook FROM customer WHERE id = $1"), values![row.customer], |found| {
                Ok(found.text(0)?.to_owned())
            })?;
        let Some(playbook) = playbook else { continue };
        let book = books.newest(tx, &playbook)?;
        if free(tx, &book, &row, now)? {
            let known = known::load(tx, &book.playbook, row.customer, now)?;
            return Ok(Some(Job {
                task: row.task,
                lane: row.lane,
                customer: row.customer,
                node: row.node,
                deal: row.deal,
                known,
                book,
            }));
        }
    }
    Ok(None)
}

/// When a user's next task falls due after an instant.
pub fn wakes(tx: Tx<'_>, user: UserId, after: Timestamp) -> Result<Option<Timestamp>, StoreError> {
    Ok(tx
        .number(
            sql!("SELECT min(due_at) FROM task WHERE owner_id = $1 AND state = 'due' AND due_at > $2"),
            values![user, after],
        )?
        .map(Timestamp))
}

/// How many tasks of a pen a user has due before an instant.
pub fn waiting(tx: Tx<'_>, user: UserId, lane: Lane, before: Timestamp) -> Result<i64, StoreError> {
    let found = tx.number(
        sql!("SELECT count(*) FROM task WHERE owner_id = $1 AND state = 'due' AND lane = $2 AND due_at < $3"),
        values![user, lane, before],
    )?;
    Ok(found.unwrap_or(0))
}

/// Reps who work here, in the order they were hired.
pub fn reps(tx: Tx<'_>) -> Result<Vec<UserId>, StoreError> {
    tx.all(
        sql!("SELECT id FROM person_user WHERE role = $1 AND state = $2 ORDER BY id"),
        values![Role::Rep, UserState::Active],
        |row| Ok(UserId(row.int(0)?)),
    )
}

/// The playbook that most teams work by; `None` where there is no playbook.
pub fn main_playbook(tx: Tx<'_>, books: &mut Books) -> Result<Option<Arc<Playbook>>, StoreError> {
    let of_teams = tx.one(
        sql!("SELECT playbook, count(*) AS teams FROM team WHERE playbook <> '' GROUP BY playbook ORDER BY teams DESC, playbook LIMIT 1"),
        &[],
        |row| Ok(row.text(0)?.to_owned()),
    )?;
    let id = match of_teams {
        Some(id) => Some(id),
        None => Books::ids(tx)?.into_iter().next(),
    };
    id.map(|id| Ok(books.newest(tx, &id)?.playbook)).transpose()
}

/// How many people there are besides the system.
pub fn users(tx: Tx<'_>) -> Result<usize, StoreError> {
    let found = tx
        .number(sql!("SELECT count(*) FROM person_user WHERE id <> $1"), values![crate::store::Db::SYSTEM])?;
    Ok(found.and_then(|n| usize::try_from(n).ok()).unwrap_or(0))
}

fn rows(tx: Tx<'_>, (user, now): (UserId, Timestamp), limit: i64) -> Result<Vec<Row>, StoreError> {
    tx.all(
        sql!(
            "SELECT id, lane, channel, customer_id, person_id, deal_id, node_id, due_at, promised FROM task \
             WHERE owner_id = $1 AND state = 'due' AND due_at <= $2 \
             ORDER BY promised DESC, clock_from IS NULL, due_at, id LIMIT $3"
        ),
        values![user, now, limit],
        |row| {
            Ok(Row {
                task: TaskId(row.int(0)?),
                lane: word(row, 1, Lane::parse)?,
                channel: row.text(2)?.into(),
                customer: CustomerId(row.int(3)?),
                person: row.opt_int(4)?.map(crate::domain::id::PersonId),
                deal: row.opt_int(5)?.map(crate::domain::id::DealId),
                node: row.opt_int(6)?.map(NodeId),
                due_at: Timestamp(row.int(7)?),
                promised: row.int(8)? != 0,
            })
        },
    )
}

/// Whether no rule holds a task back now and somebody can be reached on its channel.
fn free(tx: Tx<'_>, book: &Book, row: &Row, now: Timestamp) -> Result<bool, StoreError> {
    let playbook = &book.playbook;
    let ways = reach::ways(tx, row.customer)?;
    let way = reach::choose(playbook, &ways, &row.channel, row.person);
    if way.is_none() && reach::needs_contact(playbook, &row.channel) {
        return Ok(false);
    }
    let is_call = playbook.channel(&row.channel).is_some_and(|channel| channel.is_call);
    let number = way.filter(|_| is_call).map(|way| way.norm.as_str());
    let today = playbook.zone.day(now);
    let usage = usage::load(tx, row.customer, number, today, &playbook.contact)?;
    let what = Contact {
        is_call,
        commercial: row.lane == Lane::Coupon,
        ground: ground(row.promised, row.node.is_some()),
    };
    let allowed = may_contact(&playbook.contact, what, &usage, &playbook.calendar(), now);
    Ok(allowed.is_ok())
}
