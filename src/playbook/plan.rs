//! Planning: what happened to a customer → deals opened, tasks made and tasks closed. Pure and repeatable.
//!
//! The store loads [`Known`], tells the [`Happening`]s of one change, and writes what [`Plan`] says in the same
//! transaction. A task's `key` is unique in the database: the same happenings planned twice make the same keys, so a
//! replay makes nothing new (S001-122).
//!
//! [`Planner`] does it: `happen` and `told` as often as the change has it, then `finish`. Its rules stand one subject a file:
//! what opens deals and starts procedures, what an outcome brings next, what ends open tasks, what the daily look finds.

mod close;
mod next;
mod pick;
mod planner;
mod rules;
mod sop;
mod times;

use std::collections::BTreeMap;

use crate::domain::code::{
    ChannelCode, CouponCode, FieldCode, MaterialCode, NodeCode, OutcomeCode, PipelineCode, RoleCode,
    ScriptCode, SopCode, StageCode,
};
use crate::domain::id::{CustomerId, DealId, NodeId, PersonId, TaskId, TouchId, UserId};
use crate::domain::lists::{ContactState, DealState, EventKind, Lane, NodeState, TaskState};
use crate::domain::time::Timestamp;

pub use next::proposal;
pub use planner::{About, Planner, daily};

/// What is known of one customer when planning; loaded in the transaction that plans, after the change's own rows are
/// written: a call just logged is among `attempts`, `tries` and `calls_today`, a stage just entered is the deal's stage,
/// and the task the touch was made from may already be gone from `tasks`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Known {
    /// Who.
    pub customer: CustomerId,
    /// Who follows the customer; planned tasks go to this user, `None` leaves them without owner.
    pub owner: Option<UserId>,
    /// When the owner got the customer; the lead's arrival where there is no owner.
    pub assigned_at: Timestamp,
    /// Members.
    pub persons: Vec<KnownPerson>,
    /// Deals, open and closed, oldest first.
    pub deals: Vec<KnownDeal>,
    /// Values of customer and person fields (a person's own wins over the customer's; first person first).
    pub fields: BTreeMap<FieldCode, String>,
    /// Key nodes, oldest first.
    pub nodes: Vec<KnownNode>,
    /// Tasks in state due.
    pub tasks: Vec<KnownTask>,
    /// Calls made to this customer so far, by anybody.
    pub attempts: u32,
    /// Calls since the last connected one: where the retry ladder stands.
    pub tries: u32,
    /// Calls made today (business day of the planning instant).
    pub calls_today: u32,
    /// Whether a call ever connected.
    pub connected_ever: bool,
    /// The last valid touch.
    pub last_valid: Option<Timestamp>,
    /// Calls answered before, newest first, at most 20: person and instant (S003-17 learns windows from them).
    pub answered: Vec<(Option<PersonId>, Timestamp)>,
    /// Until when the customer must not be contacted.
    pub do_not_contact: Option<Timestamp>,
    /// When each material was last sent.
    pub sent: BTreeMap<MaterialCode, Timestamp>,
}

/// A member as planning sees one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KnownPerson {
    /// Who.
    pub id: PersonId,
    /// Roles.
    pub roles: Vec<RoleCode>,
    /// Ways of contact that are not dead: channel, state.
    pub contacts: Vec<(ChannelCode, ContactState)>,
    /// Whether a touch with this person was ever connected.
    pub touched: bool,
}

/// A deal as planning sees one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownDeal {
    /// Which.
    pub id: DealId,
    /// Its pipeline.
    pub pipeline: PipelineCode,
    /// Its stage; `None` for tags.
    pub stage: Option<StageCode>,
    /// When it entered that stage.
    pub stage_since: Timestamp,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// Its state.
    pub state: DealState,
    /// Its own fields.
    pub fields: BTreeMap<FieldCode, String>,
    /// Whether any payment for it was received, and how much of its price in basis points.
    pub paid_bp: u32,
}

/// A key node as planning sees one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownNode {
    /// Which.
    pub id: NodeId,
    /// Its kind.
    pub node: NodeCode,
    /// Its deal.
    pub deal: Option<DealId>,
    /// Its state.
    pub state: NodeState,
    /// The booked time.
    pub at: Timestamp,
}

/// An open task as planning sees one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownTask {
    /// Which.
    pub id: TaskId,
    /// Its unique key.
    pub key: String,
    /// Its pen.
    pub lane: Lane,
    /// Its deal.
    pub deal: Option<DealId>,
    /// Its node.
    pub node: Option<NodeId>,
    /// When it is due.
    pub due_at: Timestamp,
    /// Where it came from.
    pub source: Source,
    /// The coupon it pushes.
    pub coupon: Option<CouponCode>,
    /// The material it sends.
    pub material: Option<MaterialCode>,
    /// Whose.
    pub owner: Option<UserId>,
    /// Whether a time was promised.
    pub promised: bool,
}

/// Where a task came from; the reason on the row is made of it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Source {
    /// A step of a procedure; `step` counts from 0.
    Sop {
        /// The procedure.
        sop: SopCode,
        /// The step's place, from 0.
        step: usize,
    },
    /// The outcome of a touch: a retry (with its number, from 2), a follow-up, a material or coupon to send.
    Outcome {
        /// The outcome.
        outcome: OutcomeCode,
        /// The how-manieth try this is; 0 when it is not a retry.
        attempt: u32,
    },
    /// A time promised to the customer.
    Callback {
        /// The promise in words, may be empty.
        words: String,
    },
    /// A task rule or a warning.
    Rule {
        /// The rule.
        rule: crate::domain::code::RuleCode,
    },
    /// A stage has lasted its `max_days`: decide (S001-70).
    StageLimit {
        /// The stage.
        stage: StageCode,
    },
    /// The date of a brief deal has come.
    DealDue {
        /// The date field.
        field: FieldCode,
    },
    /// A booked node itself.
    Node {
        /// The node.
        node: NodeCode,
    },
    /// Made by hand.
    Manual {
        /// Why, in the maker's words.
        words: String,
    },
}

impl Source {
    /// A stable code: `sop:CODE/STEP` (steps from 0), `retry:2`, `next:OUTCOME`, `callback`, `rule:CODE`, `limit:STAGE`,
    /// `due:FIELD`, `node:NODE`, `manual`.
    pub fn short(&self) -> String {
        match self {
            Self::Sop { sop, step } => format!("sop:{sop}/{step}"),
            Self::Outcome { attempt, .. } if *attempt >= 2 => format!("retry:{attempt}"),
            Self::Outcome { outcome, .. } => format!("next:{outcome}"),
            Self::Callback { .. } => "callback".to_owned(),
            Self::Rule { rule } => format!("rule:{rule}"),
            Self::StageLimit { stage } => format!("limit:{stage}"),
            Self::DealDue { field } => format!("due:{field}"),
            Self::Node { node } => format!("node:{node}"),
            Self::Manual { .. } => "manual".to_owned(),
        }
    }
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Happening {
    /// What.
    pub kind: EventKind,
    /// The stage of `StageEntered`, the field of `FieldSet`.
    pub name: Option<String>,
    /// The deal it concerns, where it concerns one.
    pub deal: Option<DealId>,
    /// The node it concerns, where it concerns one; its time is the anchor of `NodeTime`.
    pub node: Option<NodeId>,
    /// When.
    pub at: Timestamp,
}

/// What a touch was, for closing tasks and for its outcome's next action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The touch.
    pub touch: TouchId,
    /// The task it was made from.
    pub task: Option<TaskId>,
    /// The pen of that task, or of the kind of touch.
    pub lane: Lane,
    /// Its channel.
    pub channel: ChannelCode,
    /// Its outcome.
    pub outcome: OutcomeCode,
    /// The deal it was about.
    pub deal: Option<DealId>,
    /// The time the rep named for what comes next; `None` takes the playbook's proposal.
    pub next_at: Option<Timestamp>,
    /// What was promised, in words.
    pub words: String,
    /// The coupon pushed.
    pub coupon: Option<CouponCode>,
    /// The material sent.
    pub material: Option<MaterialCode>,
    /// When it happened.
    pub at: Timestamp,
}

/// A deal to open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDeal {
    /// Its id.
    pub id: DealId,
    /// Its pipeline.
    pub pipeline: PipelineCode,
    /// Its first stage; `None` for tags.
    pub stage: Option<StageCode>,
    /// What opened it.
    pub because: EventKind,
}

/// A task to make. The store leaves out one whose key exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTask {
    /// Its id.
    pub id: TaskId,
    /// Its unique key: `sop:CODE/STEP:RUN:DAY` (steps from 0; a run is `c`, `d` or `n` and the id of customer, deal or node,
    /// `@` and the anchor's milliseconds), `next:TOUCH`, `rule:CODE:CAUSE`, `limit:DEAL:STAGE:SINCE`, `due:DEAL:DATE`,
    /// `node:RUN`.
    pub key: String,
    /// Its pen.
    pub lane: Lane,
    /// The channel it is done on.
    pub channel: ChannelCode,
    /// Whom it speaks to, where the script names a role and such a member exists.
    pub person: Option<PersonId>,
    /// Its deal.
    pub deal: Option<DealId>,
    /// Its pipeline, for the contact budget's order of claims and the metrics.
    pub pipeline: Option<PipelineCode>,
    /// Its node.
    pub node: Option<NodeId>,
    /// When it is due, already outside quiet hours.
    pub due_at: Timestamp,
    /// Since when a response clock runs, and its limit is `due_at` (S000-23).
    pub clock_from: Option<Timestamp>,
    /// 1 (first) to 5.
    pub priority: u8,
    /// Where it comes from.
    pub source: Source,
    /// The script to follow.
    pub script: Option<ScriptCode>,
    /// The material to send.
    pub material: Option<MaterialCode>,
    /// The coupon to push.
    pub coupon: Option<CouponCode>,
    /// Whether a time was promised to the customer (and a promise row is kept).
    pub promised: bool,
}

/// An open task that ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClosedTask {
    /// Which.
    pub id: TaskId,
    /// How: done, cancelled or expired.
    pub state: TaskState,
    /// Why, as a short stable word: `done_when`, `skip_when`, `stage_left`, `deal_closed`, `do_not_contact`,
    /// `superseded`, `node_moved`, `node_missed`, `node_over`, `cured`.
    pub why: &'static str,
}

/// What planning came to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Plan {
    /// Deals to open, in order.
    pub opened: Vec<NewDeal>,
    /// Tasks to make.
    pub made: Vec<NewTask>,
    /// Tasks that end.
    pub closed: Vec<ClosedTask>,
    /// What happened, the given happenings and those that followed from them, in order.
    pub happened: Vec<Happening>,
    /// The warnings that hold, whether they have a task or not (S000-24).
    pub alarms: Vec<Alarm>,
}

/// A warning that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alarm {
    /// The rule.
    pub rule: crate::domain::code::RuleCode,
    /// The deal it holds for; `None` for the customer as a whole.
    pub deal: Option<DealId>,
    /// From when: now, or later today before a node.
    pub at: Timestamp,
    /// Its task, where one is open or is made now.
    pub task: Option<TaskId>,
}
