//! The task a change is about: found, due, and the actor's to do.

use std::time::Duration;

use crate::domain::code::{ChannelCode, CouponCode, MaterialCode, PipelineCode, ScriptCode};
use crate::domain::id::{CustomerId, DealId, NodeId, PersonId, TaskId, UserId};
use crate::domain::lists::{Lane, TaskState};
use crate::domain::time::Timestamp;
use crate::store::error::StoreError;
use crate::store::known::Head;
use crate::store::rights::{self, Action};
use crate::store::value::word;
use crate::store::write::Work;
use crate::{sql, values};

/// How overdue a promised task must be before any team mate may do it (peers.md 2.4).
pub const ANYONE_AFTER: Duration = Duration::from_hours(1);

/// A task with its customer's own row.
pub const FIND: &str = sql!(
    "SELECT t.lane, t.channel, t.customer_id, t.person_id, t.deal_id, t.pipeline, t.node_id, t.owner_id, t.due_at, \
     t.clock_from, t.promised, t.script, t.material, t.coupon, t.state, c.owner_id, c.playbook, c.assigned_at, \
     c.attempts, c.tries, c.connected, c.last_touch_at, c.last_valid_at, c.last_note, c.dnc_until \
     FROM task t JOIN customer c ON c.id = t.customer_id WHERE t.id = $1"
);

/// A task as a change needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// Which.
    pub id: TaskId,
    /// Its pen.
    pub lane: Lane,
    /// Its channel.
    pub channel: ChannelCode,
    /// Its customer.
    pub customer: CustomerId,
    /// Whom it speaks to.
    pub person: Option<PersonId>,
    /// Its deal.
    pub deal: Option<DealId>,
    /// Its pipeline.
    pub pipeline: Option<PipelineCode>,
    /// Its node.
    pub node: Option<NodeId>,
    /// Whose.
    pub owner: Option<UserId>,
    /// When it is due.
    pub due_at: Timestamp,
    /// Since when its response clock runs.
    pub clock_from: Option<Timestamp>,
    /// Whether a time was promised.
    pub promised: bool,
    /// Script.
    pub script: Option<ScriptCode>,
    /// Material.
    pub material: Option<MaterialCode>,
    /// Coupon.
    pub coupon: Option<CouponCode>,
    /// Its state.
    pub state: TaskState,
    /// Its customer's own row.
    pub head: Head,
}

/// Finds a task.
pub fn find(work: &Work<'_>, id: TaskId) -> Result<Task, StoreError> {
    let found = work.tx.one(FIND, values![id], |row| {
        let customer = CustomerId(row.int(2)?);
        Ok(Task {
            id,
            lane: word(row, 0, Lane::parse)?,
            channel: ChannelCode::from(row.text(1)?),
            customer,
            person: row.opt_int(3)?.map(PersonId),
            deal: row.opt_int(4)?.map(DealId),
            pipeline: row.opt_text(5)?.map(PipelineCode::from),
            node: row.opt_int(6)?.map(NodeId),
            owner: row.opt_int(7)?.map(UserId),
            due_at: Timestamp(row.int(8)?),
            clock_from: row.opt_int(9)?.map(Timestamp),
            promised: row.int(10)? != 0,
            script: row.opt_text(11)?.map(ScriptCode::from),
            material: row.opt_text(12)?.map(MaterialCode::from),
            coupon: row.opt_text(13)?.map(CouponCode::from),
            state: word(row, 14, TaskState::parse)?,
            head: Head::read(row, customer, 15)?,
        })
    })?;
    found.ok_or_else(|| StoreError::NotFound { kind: "task", id: id.to_string(), hint: None })
}

/// Finds a task that is due and that the actor may do; one that ended names who ended it, how and when.
pub fn due(work: &mut Work<'_>, id: TaskId, what: &str) -> Result<Task, StoreError> {
    let task = find(work, id)?;
    may(work, &task, what)?;
    if task.state == TaskState::Due {
        return Ok(task);
    }
    let (by, at) = work
        .tx
        .one(
            sql!(
                "SELECT u.name, t.closed_at FROM task t LEFT JOIN person_user u ON u.id = t.closed_by WHERE t.id = $1"
            ),
            values![id],
            |row| Ok((row.opt_text(0)?.unwrap_or_default().to_owned(), row.opt_int(1)?)),
        )?
        .unwrap_or_default();
    let at = at.map(|at| format!(" at {}", Timestamp(at))).unwrap_or_default();
    Err(StoreError::Conflict {
        what: format!("task {id}"),
        by,
        theirs: format!("{}{at}", task.state),
        yours: what.to_owned(),
    })
}

/// The right to work the customer, or to rescue a team mate's promise that is an hour overdue.
fn may(work: &mut Work<'_>, task: &Task, what: &str) -> Result<(), StoreError> {
    let relation = work.by.relation_to(work.tx, task.head.owner, work.day)?;
    let rescue = task.promised
        && task.state == TaskState::Due
        && work.at >= task.due_at.plus(ANYONE_AFTER)
        && rights::may(work.by.role, Action::RescuePromise, relation);
    if rescue || rights::may(work.by.role, Action::WorkCustomer, relation) {
        return Ok(());
    }
    work.may_in((task.customer, task.head.owner), task.pipeline.as_ref(), (Action::WorkCustomer, what))
}
