//! What takes a change back, row by row: written into the journal by the change, applied in reverse by the undo.

mod choose;
mod customer;
mod day;
mod deal;
mod figures;

use serde::{Deserialize, Serialize};

use crate::domain::id::{
    CustomerId, DealId, IssueId, NodeId, OrderId, PersonId, PromiseId, TargetId, TaskId, TouchId, UserId,
    WriteId,
};
use crate::domain::lists::{IssueState, Metric, NodeState, TaskState};
use crate::domain::time::{Day, Timestamp};
use crate::store::error::StoreError;
use crate::store::write::Work;
use crate::{sql, values};

pub use choose::NEVER;

/// One step back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reversal {
    /// A task was made: cancel it. Refused when it has been worked since.
    TaskMade(TaskId),
    /// A task ended: make it due again.
    TaskClosed {
        /// Which.
        task: TaskId,
        /// What it became; anything else means that somebody changed it since.
        now: TaskState,
    },
    /// A task was moved in time.
    TaskDue {
        /// Which.
        task: TaskId,
        /// When it was due before.
        before: Timestamp,
    },
    /// A touch was logged: void it.
    TouchMade(TouchId),
    /// A customer's counters were changed: put them back.
    Counters {
        /// Whose.
        customer: CustomerId,
        /// Calls made.
        attempts: i64,
        /// Calls since the last answered one.
        tries: i64,
        /// Whether a call ever connected.
        connected: i64,
        /// Last touch.
        last_touch: Option<Timestamp>,
        /// Last valid touch.
        last_valid: Option<Timestamp>,
        /// Last note.
        last_note: String,
    },
    /// A person was reached for the first time.
    PersonTouched(PersonId),
    /// A field was set: put back what was there.
    Field {
        /// `customer`, `person`, `opportunity`.
        entity: String,
        /// Its id.
        id: i64,
        /// The field.
        field: String,
        /// What was there: value, when, by whom.
        before: Option<(String, Timestamp, UserId)>,
        /// What was written; anything else means that somebody changed it since.
        after: String,
    },
    /// A deal was opened: void it.
    DealOpened(DealId),
    /// A deal changed stage or state: put it back, and void the move.
    DealMoved {
        /// Which.
        deal: DealId,
        /// The move's row.
        stage_move: i64,
        /// Stage before; `None` for tags.
        stage: Option<String>,
        /// Since when.
        since: Timestamp,
        /// State before.
        state: String,
    },
    /// A node was booked: void it.
    NodeMade(NodeId),
    /// A node changed: put its state and time back.
    NodeChanged {
        /// Which.
        node: NodeId,
        /// State before.
        state: NodeState,
        /// Time before.
        at: Timestamp,
    },
    /// A contact was added: remove it and its search keys.
    ContactMade(i64),
    /// A contact changed: put its state back.
    ContactState {
        /// Which.
        contact: i64,
        /// State before.
        state: String,
    },
    /// An order was made: void it with its payments and credits.
    OrderMade(OrderId),
    /// A payment was recorded: void it.
    PaymentMade(i64),
    /// A coupon was reserved: release it and give the quota back.
    Reserved(IssueId),
    /// A coupon changed state: put it back.
    IssueChanged {
        /// Which.
        issue: IssueId,
        /// State before.
        state: IssueState,
    },
    /// A promise was made: withdraw it.
    PromiseMade(PromiseId),
    /// A promise was settled: open it again.
    PromiseSettled(PromiseId),
    /// A metric was counted: take it off again.
    Counted {
        /// Day.
        day: Day,
        /// Whose.
        user: UserId,
        /// The team then; 0 for none.
        team: i64,
        /// Pipeline; empty for none.
        pipeline: String,
        /// Metric.
        metric: Metric,
        /// How much.
        value: i64,
    },
    /// The contact budget was used.
    Used {
        /// Customer.
        customer: CustomerId,
        /// Day.
        day: Day,
        /// Touches.
        touches: i64,
        /// Commercial ones.
        commercial: i64,
    },
    /// A number was called.
    Called {
        /// The number.
        number: String,
        /// Day.
        day: Day,
        /// The last call before that: when, and whether it was answered.
        before: Option<(Timestamp, i64)>,
    },
    /// Do-not-contact was set: put back what was there. Only for those who may lift it.
    Forbidden {
        /// Whose.
        customer: CustomerId,
        /// Before.
        before: Option<Timestamp>,
    },
    /// A customer's own columns changed: name, city, source before.
    Renamed {
        /// Whose.
        customer: CustomerId,
        /// Name before.
        name: String,
        /// City before.
        city: String,
        /// Source before.
        source: String,
    },
    /// A member was added: remove it.
    PersonMade(PersonId),
    /// A customer was added: remove it with everything, while nobody has worked on it.
    CustomerMade(CustomerId),
    /// A customer changed hands: give it back.
    Assigned {
        /// Which.
        customer: CustomerId,
        /// The owner before.
        before: Option<UserId>,
        /// Since when.
        since: Timestamp,
    },
    /// The notebook was written.
    PrivateNote {
        /// Whose card.
        customer: CustomerId,
        /// What was there.
        before: String,
    },
    /// A target was set: void it.
    TargetSet(TargetId),
}

/// Takes a change back: the named one, or the acting user's last of today. Every step first makes sure that nobody has built
/// on what it takes away; else nothing is changed and the words name what stands in the way.
pub fn apply(work: &mut Work<'_>, write: Option<WriteId>) -> Result<(), StoreError> {
    let past = choose::choose(work, write)?;
    let mut steps = past.steps.clone();
    steps.reverse();
    choose::nothing_later(work, &past)?;
    for step in &steps {
        match step {
            Reversal::Counted { .. } | Reversal::Used { .. } | Reversal::Called { .. } => {
                figures::back(work, &past, step)?;
            }
            Reversal::TaskMade(_)
            | Reversal::TaskClosed { .. }
            | Reversal::TaskDue { .. }
            | Reversal::TouchMade(_)
            | Reversal::Counters { .. }
            | Reversal::PersonTouched(_)
            | Reversal::PromiseMade(_)
            | Reversal::PromiseSettled(_)
            | Reversal::Reserved(_)
            | Reversal::IssueChanged { .. } => day::back(work, &past, step)?,
            Reversal::DealOpened(_)
            | Reversal::DealMoved { .. }
            | Reversal::NodeMade(_)
            | Reversal::NodeChanged { .. }
            | Reversal::OrderMade(_)
            | Reversal::PaymentMade(_) => deal::back(work, &past, step)?,
            Reversal::Field { .. }
            | Reversal::ContactMade(_)
            | Reversal::ContactState { .. }
            | Reversal::Forbidden { .. }
            | Reversal::Renamed { .. }
            | Reversal::PersonMade(_)
            | Reversal::CustomerMade(_)
            | Reversal::Assigned { .. }
            | Reversal::PrivateNote { .. } => customer::back(work, &past, step)?,
            Reversal::TargetSet(target) => {
                let voided = work.tx.run(
                    sql!("UPDATE target SET void_at = $2 WHERE id = $1 AND void_at IS NULL"),
                    values![*target, work.at],
                )?;
                past.expect(voided, "the target was taken back already")?;
            }
        }
    }
    choose::close(work, past)
}
