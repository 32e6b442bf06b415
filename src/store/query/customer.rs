//! Answers about customers.

use std::collections::BTreeMap;

use crate::domain::code::{
    ChannelCode, FieldCode, OutcomeCode, PipelineCode, ProductCode, RoleCode, ScriptCode, StageCode,
};
use crate::domain::id::{
    BatchId, ContactId, CustomerId, DealId, IssueId, NodeId, OrderId, PersonId, PromiseId, TaskId, TouchId,
    UserId,
};
use crate::domain::lists::{
    ContactState, CustomerKind, DealState, Direction, FieldRight, IssueState, Lane, NodeState, OwnerRight,
    PromiseState,
};
use crate::domain::money::Money;
use crate::domain::time::Timestamp;
use crate::playbook::plan::Source;
use crate::store::query::Viewer;

/// A customer in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomerRow {
    /// Id.
    pub id: CustomerId,
    /// Name.
    pub name: String,
    /// The owner's id and name.
    pub owner: Option<(UserId, String)>,
    /// The first phone, E.164; empty for none.
    pub phone: String,
    /// The furthest open deal: pipeline and stage.
    pub deal: Option<(PipelineCode, Option<StageCode>)>,
    /// The next open task's time.
    pub next_at: Option<Timestamp>,
    /// The last touch.
    pub last_touch: Option<Timestamp>,
}

/// A window of customers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Found {
    /// Rows.
    pub rows: Vec<CustomerRow>,
    /// Whether more follow.
    pub more: bool,
}

/// Everything of a customer that fits one screen (S001-33).
#[derive(Debug, Clone, PartialEq)]
pub struct Card {
    /// Id.
    pub id: CustomerId,
    /// What kind.
    pub kind: CustomerKind,
    /// Name.
    pub name: String,
    /// City.
    pub city: String,
    /// Source.
    pub source: String,
    /// Id in another system.
    pub external_id: String,
    /// The playbook it is worked by.
    pub playbook: String,
    /// Rises with every edit.
    pub version: i64,
    /// Who follows.
    pub owner: Option<(UserId, String)>,
    /// Since when.
    pub assigned_at: Timestamp,
    /// When it came in.
    pub created_at: Timestamp,
    /// Until when it must not be contacted.
    pub do_not_contact: Option<Timestamp>,
    /// Members.
    pub persons: Vec<CardPerson>,
    /// Values of customer fields.
    pub fields: BTreeMap<FieldCode, String>,
    /// Deals of all pipelines: open ones first.
    pub deals: Vec<CardDeal>,
    /// Open promises, soonest first.
    pub promises: Vec<CardPromise>,
    /// Tags set now.
    pub tags: Vec<String>,
    /// Live coupons.
    pub coupons: Vec<CardCoupon>,
    /// Nodes booked, soonest first; then the last of the past.
    pub nodes: Vec<CardNode>,
    /// Orders, newest first.
    pub orders: Vec<CardOrder>,
    /// Open tasks, soonest first, at most 8.
    pub tasks: Vec<CardTask>,
    /// The last eight touches.
    pub touches: Vec<TimelineItem>,
    /// The asker's own notebook.
    pub private_note: String,
    /// Calls made so far.
    pub attempts: u32,
    /// Who else has a right over it.
    pub grants: Vec<CardGrant>,
    /// Customer fields that the asker may not change, by what the playbook says: masked or only read. What is hidden is not here at
    /// all.
    pub locked: BTreeMap<FieldCode, FieldRight>,
    /// Whether the asker may work it: call, write, move deals.
    pub is_workable: bool,
}

/// A right over a customer on its card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardGrant {
    /// Whose.
    pub user: (UserId, String),
    /// Which right.
    pub right: OwnerRight,
    /// For which process; empty for all.
    pub process: String,
    /// Until when; `None` until it is taken back.
    pub until: Option<Timestamp>,
    /// Of credit: the share, basis points.
    pub share_bp: i64,
}

/// A member on the card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardPerson {
    /// Id.
    pub id: PersonId,
    /// Name; may be empty.
    pub name: String,
    /// Roles.
    pub roles: Vec<RoleCode>,
    /// Ways of contact.
    pub contacts: Vec<CardContact>,
    /// Values of person fields.
    pub fields: BTreeMap<FieldCode, String>,
    /// Those of them that the asker may not change.
    pub locked: BTreeMap<FieldCode, FieldRight>,
}

/// A way of contact on the card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardContact {
    /// Id.
    pub id: ContactId,
    /// Channel.
    pub channel: ChannelCode,
    /// Normalised value.
    pub norm: String,
    /// As it was given.
    pub raw: String,
    /// Extension; empty for none.
    pub extension: String,
    /// What it is worth.
    pub state: ContactState,
    /// Whether its middle is hidden from the asker.
    pub is_masked: bool,
}

/// A deal on the card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardDeal {
    /// Id.
    pub id: DealId,
    /// Pipeline.
    pub pipeline: PipelineCode,
    /// Which of its kind with this customer, from 1.
    pub seq: i64,
    /// Stage; `None` for tags.
    pub stage: Option<StageCode>,
    /// Since when.
    pub stage_since: Timestamp,
    /// State.
    pub state: DealState,
    /// When opened.
    pub opened_at: Timestamp,
    /// Its own fields.
    pub fields: BTreeMap<FieldCode, String>,
    /// Those of them that the asker may not change.
    pub locked: BTreeMap<FieldCode, FieldRight>,
}

/// A promise on the card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardPromise {
    /// Id.
    pub id: PromiseId,
    /// What was promised.
    pub words: String,
    /// By when.
    pub due_at: Timestamp,
    /// By whom.
    pub by: String,
    /// State.
    pub state: PromiseState,
}

/// A coupon on the card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardCoupon {
    /// Id.
    pub id: IssueId,
    /// Definition.
    pub coupon: String,
    /// Code.
    pub code: String,
    /// State.
    pub state: IssueState,
    /// Valid until.
    pub until: Timestamp,
}

/// A node on the card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardNode {
    /// Id.
    pub id: NodeId,
    /// Kind.
    pub node: String,
    /// Deal.
    pub deal: Option<DealId>,
    /// When.
    pub at: Timestamp,
    /// State.
    pub state: NodeState,
}

/// An order on the card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardOrder {
    /// Id.
    pub id: OrderId,
    /// Deal.
    pub deal: DealId,
    /// Product.
    pub product: ProductCode,
    /// Price agreed, after discount.
    pub price: Money,
    /// Paid so far.
    pub paid: Money,
    /// When.
    pub at: Timestamp,
}

/// A task on the card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardTask {
    /// Id.
    pub id: TaskId,
    /// Pen.
    pub lane: Lane,
    /// When due.
    pub due_at: Timestamp,
    /// Where from.
    pub source: Source,
    /// Whose.
    pub owner: Option<String>,
}

/// Which part of a timeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimelineAsk {
    /// Whose.
    pub customer: CustomerId,
    /// Who asks.
    pub by: Viewer,
    /// Before this instant and id; `None` from the newest.
    pub before: Option<(Timestamp, i64)>,
    /// At most this many.
    pub limit: usize,
    /// Only this channel.
    pub channel: Option<ChannelCode>,
}

/// One line of the timeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimelineItem {
    /// The fact's id, for the next window.
    pub id: i64,
    /// When.
    pub at: Timestamp,
    /// Who of ours.
    pub by: String,
    /// What.
    pub what: Happened,
}

/// What stands on the timeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happened {
    /// A touch.
    Touch {
        /// Id.
        id: TouchId,
        /// Channel.
        channel: ChannelCode,
        /// Which way.
        direction: Direction,
        /// With whom; empty if unknown.
        person: String,
        /// Outcome.
        outcome: OutcomeCode,
        /// Seconds.
        seconds: u32,
        /// Note or text.
        note: String,
        /// Whether it was taken back.
        void: bool,
        /// Script and line reached.
        script: Option<(ScriptCode, usize)>,
    },
    /// A stage move.
    Stage {
        /// Pipeline.
        pipeline: PipelineCode,
        /// From; empty at opening.
        from: String,
        /// To; empty when lost.
        to: String,
        /// Whether it was taken back.
        void: bool,
    },
    /// An order.
    Order {
        /// Product.
        product: ProductCode,
        /// Price.
        price: Money,
        /// Whether it was taken back.
        void: bool,
    },
    /// A node booked, attended, missed.
    Node {
        /// Kind.
        node: String,
        /// Its time.
        at: Timestamp,
        /// State.
        state: NodeState,
    },
    /// The note the customer came with.
    Note {
        /// Its text.
        text: String,
    },
}

/// A file that was brought in, or is being brought in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchRow {
    /// Which.
    pub id: BatchId,
    /// The file's name.
    pub file: String,
    /// The file's SHA-256, hex.
    pub hash: String,
    /// How it is brought in, as a digest.
    pub options: String,
    /// When it began.
    pub at: Timestamp,
    /// By whom, with the name.
    pub by: (UserId, String),
    /// Rows the store has seen.
    pub seen: u64,
    /// Customers made.
    pub created: u64,
    /// Customers filled.
    pub updated: u64,
    /// Rows whose customer was known.
    pub duplicates: u64,
    /// Rows the store refused.
    pub rejected: u64,
    /// Whether its last part has come.
    pub done: bool,
}
