//! A rep's day: three pens and what is held back.

use crate::domain::code::{ChannelCode, CouponCode, MaterialCode, PipelineCode, ScriptCode, StageCode};
use crate::domain::contact::Held;
use crate::domain::id::{CustomerId, DealId, NodeId, PersonId, TaskId, UserId};
use crate::domain::lists::Lane;
use crate::domain::time::{Day, Timestamp};
use crate::playbook::plan::Source;
use crate::store::query::board::GapLine;

/// Whose day, and how much of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TodayAsk {
    /// Whose.
    pub user: UserId,
    /// The instant: what is due, held, promised depends on it.
    pub now: Timestamp,
    /// Rows of each pen, at most.
    pub limit: usize,
    /// Only customers whose name contains this; empty for all.
    pub filter: String,
}

/// A rep's day.
#[derive(Debug, Clone, PartialEq)]
pub struct Today {
    /// The business day.
    pub day: Day,
    /// One pen a lane that the playbook uses, in the order call, material, coupon, node, care, report.
    pub pens: Vec<Pen>,
    /// Tasks held back by a rule, soonest freed first.
    pub held: Vec<HeldTask>,
    /// The gap line.
    pub gap: GapLine,
    /// The revision this was read at.
    pub revision: i64,
}

/// One pen.
#[derive(Debug, Clone, PartialEq)]
pub struct Pen {
    /// Its lane.
    pub lane: Lane,
    /// Tasks waiting today: shown, beyond the window and held.
    pub due: u32,
    /// Tasks done today.
    pub done: u32,
    /// The first rows in the order of formula 2.
    pub rows: Vec<TaskRow>,
}

/// A task with what its row shows.
#[derive(Debug, Clone, PartialEq)]
pub struct TaskRow {
    /// Id.
    pub id: TaskId,
    /// Its pen.
    pub lane: Lane,
    /// Its channel.
    pub channel: ChannelCode,
    /// Customer.
    pub customer: CustomerId,
    /// The customer's name.
    pub customer_name: String,
    /// Whom it speaks to, with the role's code: `张小明`, `registrant`.
    pub person: Option<(PersonId, String, String)>,
    /// The owner.
    pub owner: Option<UserId>,
    /// When it is due.
    pub due_at: Timestamp,
    /// Since when a response clock runs; its limit is `due_at`.
    pub clock_from: Option<Timestamp>,
    /// Where it comes from.
    pub source: Source,
    /// Whether a time was promised.
    pub promised: bool,
    /// 1 (first) to 5.
    pub priority: u8,
    /// Deal, pipeline and stage.
    pub deal: Option<(DealId, PipelineCode, Option<StageCode>)>,
    /// When the deal entered its stage.
    pub stage_since: Option<Timestamp>,
    /// Booked node of the customer that is next, with its time.
    pub node: Option<(NodeId, String, Timestamp)>,
    /// Script.
    pub script: Option<ScriptCode>,
    /// Material.
    pub material: Option<MaterialCode>,
    /// Coupon.
    pub coupon: Option<CouponCode>,
    /// Calls made to the customer so far.
    pub attempts: u32,
    /// The last note on the timeline, one line.
    pub last_note: String,
    /// The score of formula 2 and its parts, as (stable word, points).
    pub score: i64,
    /// The parts of the score; they sum to it.
    pub parts: Vec<(&'static str, i64)>,
}

/// A task and the rule that holds it back.
#[derive(Debug, Clone, PartialEq)]
pub struct HeldTask {
    /// The task.
    pub task: TaskRow,
    /// The rule and when it frees.
    pub held: Held,
}
