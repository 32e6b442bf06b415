//! The checked playbook: what a team's method is once its file has been read and found right.
//!
//! Values of these types hold what `check` promised: ids are unique, every reference resolves, texts stand in both
//! languages, a stage has at most three required fields. Lists keep the file's order.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::domain::code::{
    ChannelCode, CouponCode, FieldCode, MaterialCode, NodeCode, OutcomeCode, PipelineCode, ProductCode,
    QuestionCode, RankCode, ReasonCode, RoleCode, RuleCode, ScriptCode, SopCode, StageCode, TagCode,
};
use crate::domain::gap::WorkTime;
use crate::domain::lists::{
    Audience, DoneKind, Entity, EventKind, Fact, FieldType, GateKind, Gladness, Inducement, Lane, Level,
    LineKind, Metric, NextKind, Op, OutcomeFlag, Period, RepRate, ScriptMode, Severity, Shape, Tier,
};
use crate::domain::money::Money;
use crate::domain::pay::plan::Plan;
use crate::domain::report::Terms;
use crate::domain::time::{Clock, Workdays, Workweek, Zone};

pub use crate::domain::access::{Access, AccessRule};
pub use crate::domain::contact::ContactRules;

/// A text in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Bilingual {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

/// A checked playbook.
#[derive(Debug, Clone, PartialEq)]
pub struct Playbook {
    /// Its id, stable over versions.
    pub id: String,
    /// Its name.
    pub name: Bilingual,
    /// The author's version text.
    pub version: String,
    /// ISO currency.
    pub currency: String,
    /// The business time zone.
    pub zone: Zone,
    /// Region for phone numbers without country code (`CN`).
    pub region: String,
    /// Working days.
    pub workdays: Workdays,
    /// What the days weigh in a plan; 0 for those off.
    pub week: Workweek,
    /// When work begins and ends.
    pub hours: (Clock, Clock),
    /// The sales-mode profile, key → value (sales-mode.md).
    pub profile: BTreeMap<String, String>,
    /// How not to annoy customers.
    pub contact: ContactRules,
    /// How long what is personal is kept.
    pub retention: Retention,
    /// Channels, the built-in ones and the file's own.
    pub channels: Vec<Channel>,
    /// Products.
    pub products: Vec<Product>,
    /// Roles persons play.
    pub roles: Vec<PersonRole>,
    /// Fields.
    pub fields: Vec<Field>,
    /// Pipelines.
    pub pipelines: Vec<Pipeline>,
    /// Where deals of stages go that an earlier version had.
    pub stage_map: Vec<StageMap>,
    /// Kinds of key nodes.
    pub nodes: Vec<Node>,
    /// Outcomes of every lane.
    pub outcomes: Vec<Outcome>,
    /// Reasons for losing, skipping.
    pub reasons: Reasons,
    /// Materials.
    pub materials: Vec<Material>,
    /// Coupons.
    pub coupons: Vec<Coupon>,
    /// Price policies.
    pub prices: Vec<PricePolicy>,
    /// Procedures.
    pub sops: Vec<Sop>,
    /// Scripts.
    pub scripts: Vec<Script>,
    /// The question bank, objections among them.
    pub questions: Vec<Question>,
    /// Rules that make tasks.
    pub task_rules: Vec<TaskRule>,
    /// Warnings.
    pub warnings: Vec<Warning>,
    /// What to warn of a rep, held against the team.
    pub rep_warnings: Vec<RepWarning>,
    /// What the lead's desk goes by.
    pub desk: Desk,
    /// What a stock-take of open deals goes by.
    pub stock_take: StockTake,
    /// Ranks.
    pub ranks: Vec<Rank>,
    /// Targets by rank, role or team.
    pub targets: Vec<TargetRule>,
    /// What newcomers have of the targets, the earliest days first.
    pub ramp: Vec<RampStep>,
    /// Products that have to be sold beside the others.
    pub product_floors: Vec<ProductFloor>,
    /// Process standards per working day, by rank.
    pub standards: Vec<Standard>,
    /// How metrics are counted.
    pub metrics: MetricRules,
    /// Boards.
    pub boards: Vec<Board>,
    /// What a team is glad of.
    pub good_news: Vec<GoodNewsRule>,
    /// Which reports are written, and when they are due.
    pub reports: Vec<ReportRule>,
    /// How pay is made; `None` where the playbook says nothing of it.
    pub pay: Option<Plan>,
    /// The pool's parameters; its rules are checked and kept for the pool itself.
    pub pool: Pool,
    /// Who sees and writes which field and way of contact.
    pub access: Access,
}

impl Playbook {
    /// When is worked: what plans and gaps go by.
    pub const fn work_time(&self) -> WorkTime {
        WorkTime { zone: self.zone, week: self.week, hours: self.hours }
    }
}

/// A channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Channel {
    /// Its code.
    pub code: ChannelCode,
    /// Its name.
    pub name: Bilingual,
    /// Whether touches on it are calls: dialled, counted, capped per number.
    pub is_call: bool,
    /// The channel a contact point must have to be reached on it; `None` for visits and lessons.
    pub contact: Option<ChannelCode>,
}

/// A product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Product {
    /// Its code.
    pub code: ProductCode,
    /// Its name.
    pub name: Bilingual,
    /// List price.
    pub price: Money,
    /// Least price.
    pub floor: Money,
}

/// A role a person plays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonRole {
    /// Its code.
    pub code: RoleCode,
    /// Its name.
    pub name: Bilingual,
    /// Whether such a person may be contacted at all (children may not).
    pub contactable: bool,
    /// How a person in this role is addressed when only the surname or name is known: `{name}女士`.
    pub address: Option<Bilingual>,
}

/// A field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its code.
    pub code: FieldCode,
    /// Its name.
    pub name: Bilingual,
    /// What it sits on.
    pub on: Entity,
    /// Its type.
    pub kind: FieldType,
    /// The choices of an enum, in order; each gets a key of its own.
    pub options: Vec<FieldOption>,
    /// How much it matters.
    pub tier: Tier,
    /// Who uses it.
    pub used_by: Vec<String>,
}

/// How long what is personal is kept; `None` keeps it for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Retention {
    /// Days until a customer who never bought is erased.
    pub without_order_days: Option<u32>,
    /// Days until words about a touch go.
    pub words_days: Option<u32>,
}

/// One choice of an enum field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldOption {
    /// The stored value.
    pub code: String,
    /// Its name.
    pub name: Bilingual,
}

/// A pipeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pipeline {
    /// Its code.
    pub code: PipelineCode,
    /// Its name.
    pub name: Bilingual,
    /// Its shape.
    pub shape: Shape,
    /// Which job owns its deals (`course_advisor`).
    pub owner_role: String,
    /// The first of these events to occur opens a deal, once.
    pub open_on: Vec<EventSpec>,
    /// And all of these must hold.
    pub open_where: Vec<Clause>,
    /// How many deals of it a customer may have open.
    pub max_open: u32,
    /// The pipeline a won deal leads to.
    pub followed_by: Option<PipelineCode>,
    /// The metric a won order's amount is counted in.
    pub amount_metric: Option<Metric>,
    /// Whether the first order is a renewal rather than new business: which process it belongs to.
    pub process: String,
    /// The tag of a tag pipeline.
    pub tag: Option<TagCode>,
    /// Metrics a tag counts: when set, when the tagged customer buys.
    pub counts: Vec<Metric>,
    /// Its stages, in order; exactly one for brief, none for tag.
    pub stages: Vec<Stage>,
}

/// A stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stage {
    /// Its code, unique within the pipeline.
    pub code: StageCode,
    /// Its name.
    pub name: Bilingual,
    /// Facts that must be known on entering, at most three.
    pub required: Vec<FieldCode>,
    /// What is checked on entering.
    pub gate: Option<Gate>,
    /// Days a deal may stay before it asks for a decision (S001-70).
    pub max_days: Option<u32>,
    /// Whether it is a key node's stage.
    pub key_node: bool,
    /// Whether entering it closes the deal as won.
    pub closes_won: bool,
}

/// Where the deals of a removed stage go (S001-66).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StageMap {
    /// The pipeline.
    pub pipeline: PipelineCode,
    /// The stage that is gone.
    pub from: StageCode,
    /// The stage its deals move to.
    pub to: StageCode,
}

/// A gate with its parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gate {
    /// What is checked.
    pub kind: GateKind,
    /// Channel of `has_contact`.
    pub channel: Option<ChannelCode>,
    /// Roles of which one must have it; empty for any.
    pub role_any: Vec<RoleCode>,
    /// Whether the contact must be verified.
    pub verified: bool,
    /// The node of `node_attended`.
    pub node: Option<NodeCode>,
    /// The share of the price of `payment_received`, basis points; 1 means any payment.
    pub at_least_bp: u32,
}

/// A kind of key node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Its code.
    pub code: NodeCode,
    /// Its name.
    pub name: Bilingual,
    /// The datetime field of the deal that carries the booked time.
    pub field: Option<FieldCode>,
    /// The pipeline it belongs to.
    pub pipeline: Option<PipelineCode>,
    /// How long after its time it counts as missed when nothing was logged.
    pub missed_after: Duration,
    /// The channel it takes place on.
    pub channel: ChannelCode,
    /// The stage a booking moves the deal to.
    pub booked_stage: Option<StageCode>,
    /// The stage attending moves the deal to.
    pub attended_stage: Option<StageCode>,
}

/// An outcome (peers.md 2.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Its code.
    pub code: OutcomeCode,
    /// Lanes it is offered in.
    pub lanes: Vec<Lane>,
    /// The one key that says it; unique within a lane.
    pub key: char,
    /// Its name.
    pub name: Bilingual,
    /// Behaviour flags.
    pub flags: Vec<OutcomeFlag>,
    /// Fields asked after it, at most three.
    pub needs: Vec<FieldCode>,
    /// The stage it moves the deal to when gate and required facts allow.
    pub stage: Option<(PipelineCode, StageCode)>,
    /// The node it books, attends or misses.
    pub node: Option<NodeCode>,
    /// What happens next by default.
    pub next: Next,
}

/// The default next action of an outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Next {
    /// What it is.
    pub kind: NextKind,
    /// Delays of the retry ladder, or the one delay of a follow-up.
    pub after: Vec<Duration>,
    /// The clock time it is moved to on the resulting day, for delays of whole days.
    pub at: Option<Clock>,
    /// Tries on one day, at most.
    pub max_per_day: Option<u32>,
    /// The outcome taken for granted when the ladder is used up.
    pub then: Option<OutcomeCode>,
    /// The script of a follow-up call.
    pub script: Option<ScriptCode>,
    /// The material to send.
    pub material: Option<MaterialCode>,
    /// The coupon to push.
    pub coupon: Option<CouponCode>,
}

/// Reasons offered where one is asked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reasons {
    /// Why a deal was lost.
    pub lost: Vec<Reason>,
    /// Why a task is skipped.
    pub skip: Vec<Reason>,
}

/// One reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// Its code.
    pub code: ReasonCode,
    /// Its key.
    pub key: char,
    /// Its name.
    pub name: Bilingual,
}

/// A material.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Material {
    /// Its code.
    pub code: MaterialCode,
    /// Its name.
    pub name: Bilingual,
    /// The text, with `{merge_fields}`.
    pub text: Bilingual,
    /// What it appeals to.
    pub inducement: Inducement,
    /// Days before the same customer may get it again (S001-113); 30 by default.
    pub again_days: u32,
}

/// A coupon definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coupon {
    /// Its code.
    pub code: CouponCode,
    /// Its name.
    pub name: Bilingual,
    /// The text sent with it, with `{merge_fields}`, `{coupon_code}` and `{coupon_until}`.
    pub text: Bilingual,
    /// What it appeals to.
    pub inducement: Inducement,
    /// Its face value; zero for services.
    pub face: Money,
    /// Its discount in basis points, when it is a share.
    pub discount_bp: Option<u32>,
    /// The least order it may be used on.
    pub min_order: Money,
    /// Days it is valid after the push.
    pub valid_days: u32,
    /// How many may be given a month, over all reps.
    pub quota_month: u32,
    /// How many a customer may get.
    pub per_customer: u32,
    /// Stages it may be pushed at; empty for any.
    pub stages: Vec<StageCode>,
    /// Pipelines it may be pushed in; empty for any.
    pub pipelines: Vec<PipelineCode>,
}

/// What a product may cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PricePolicy {
    /// The product.
    pub product: ProductCode,
    /// Channels it holds on.
    pub channels: Vec<ChannelCode>,
    /// List price.
    pub list: Money,
    /// Least price, never gone below.
    pub lowest: Money,
    /// Below this a lead must approve.
    pub approve_below: Money,
}

/// A procedure: dated steps from an anchor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sop {
    /// Its code.
    pub code: SopCode,
    /// Its name.
    pub name: Bilingual,
    /// The pipeline it serves.
    pub pipeline: PipelineCode,
    /// The event its offsets count from.
    pub anchor: EventSpec,
    /// Its steps.
    pub steps: Vec<Step>,
}

/// An event, with the stage or field some kinds carry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventSpec {
    /// What happened.
    pub kind: EventKind,
    /// The stage of `stage_entered:…`, the field of `field_set:…`.
    pub name: Option<String>,
}

/// One step of a procedure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Days from the anchor; negative before a node.
    pub day: i64,
    /// When on that day.
    pub when: When,
    /// The pen it appears in.
    pub lane: Lane,
    /// The channel it is done on.
    pub channel: ChannelCode,
    /// The script to follow.
    pub script: Option<ScriptCode>,
    /// The material to send.
    pub material: Option<MaterialCode>,
    /// The coupon to push.
    pub coupon: Option<CouponCode>,
    /// When it is done, seen in any touch, not only its own.
    pub done_when: Done,
    /// When it need not be done at all.
    pub skip_when: Option<Skip>,
}

/// The time of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// At a clock time on the day.
    At(Clock),
    /// Within a time after the anchor: a response clock runs (S000-23).
    Within(Duration),
    /// Before the node's time.
    Before(Duration),
    /// After the node's time.
    After(Duration),
}

/// A done condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// Its kind.
    pub kind: DoneKind,
    /// The field or stage of the kinds that carry one.
    pub name: Option<String>,
}

/// A skip condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Skip {
    /// No contactable person has WeChat.
    NoWechat,
    /// A node is booked.
    NodeBooked,
    /// The deal is won.
    Won,
    /// The deal is at this stage or beyond.
    Reached(StageCode),
    /// This boolean field is true.
    FieldTrue(FieldCode),
}

/// A script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script {
    /// Its code.
    pub code: ScriptCode,
    /// Its name.
    pub name: Bilingual,
    /// The stage it is for.
    pub stage: Option<StageCode>,
    /// The role of the person it speaks to; `None` for whoever answers.
    pub role: Option<RoleCode>,
    /// The channel.
    pub channel: ChannelCode,
    /// Who sends it.
    pub mode: ScriptMode,
    /// Its lines.
    pub lines: Vec<ScriptLine>,
}

/// A line of a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScriptLine {
    /// What it does.
    pub kind: LineKind,
    /// Its text, with `{merge_fields}`.
    pub text: Bilingual,
    /// What proves a claim.
    pub proof: Option<MaterialCode>,
}

/// A question customers ask, or an objection, with its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Its code.
    pub code: QuestionCode,
    /// Words that find it, in either language.
    pub ask: Vec<String>,
    /// The answer.
    pub answer: Bilingual,
    /// The question to ask back.
    pub back: Option<Bilingual>,
    /// Whether it is an objection.
    pub objection: bool,
}

/// A condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    /// What is compared.
    pub fact: Fact,
    /// How.
    pub op: Op,
    /// With what.
    pub value: ClauseValue,
}

/// The right side of a condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClauseValue {
    /// A number.
    Number(i64),
    /// True or false.
    Flag(bool),
    /// A name, such as a stage.
    Name(String),
}

/// A rule that makes a task when something happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskRule {
    /// Its code.
    pub code: RuleCode,
    /// Its name, shown as the reason.
    pub name: Bilingual,
    /// When it is looked at.
    pub on: EventSpec,
    /// What must hold.
    pub clauses: Vec<Clause>,
    /// The pen.
    pub lane: Lane,
    /// How soon.
    pub within: Duration,
    /// 1 (first) to 5.
    pub priority: u8,
    /// The script.
    pub script: Option<ScriptCode>,
    /// The material.
    pub material: Option<MaterialCode>,
    /// The coupon.
    pub coupon: Option<CouponCode>,
}

/// A warning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// Its code.
    pub code: RuleCode,
    /// Its name.
    pub name: Bilingual,
    /// What must hold.
    pub clauses: Vec<Clause>,
    /// How bad.
    pub severity: Severity,
    /// The pen its task appears in.
    pub lane: Lane,
    /// How old it is when the lead is told; else as the desk says.
    pub lead_after: Option<Duration>,
    /// How old it is when the manager is told; else as the desk says.
    pub manager_after: Option<Duration>,
}

/// A warning of a rep who is far below the team's median (S001-57): it makes a task of the coach, else of the lead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RepWarning {
    /// Its code.
    pub code: RuleCode,
    /// Its name.
    pub name: Bilingual,
    /// How bad.
    pub severity: Severity,
    /// What is looked at.
    pub rate: RepRate,
    /// Below this share of the team's median it holds, basis points.
    pub below_bp: u32,
    /// Fewer cases than these say nothing (AP-05).
    pub cases: u32,
    /// Days that are looked back at.
    pub days: u32,
}

/// What the lead's desk goes by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Desk {
    /// Without a touch for so long, a rep is quiet.
    pub quiet_after: Duration,
    /// Without a touch for so long, a rep is idle.
    pub idle_after: Duration,
    /// Tasks a rep can do in a day; 0 for no limit (S000-07).
    pub capacity: u32,
    /// Working days without a new customer, or a deal moved on, that are told (S000-04).
    pub stalled_days: u32,
    /// Days without a touch after which an open deal is told.
    pub unfollowed_days: u32,
    /// The least share of connected touches to households without an order, basis points (S004-08).
    pub proactive_bp: u32,
    /// Working days below it, one after another, that are told.
    pub proactive_days: u32,
    /// The fall from one quarter to the next from which what results come from is red, in basis points (S004-10).
    pub leading_fall_bp: u32,
    /// The fall a month from which it is, in basis points (S004-28).
    pub slow_slope_bp: u32,
    /// How old a warning is when the lead is told.
    pub lead_after: Duration,
    /// How old a warning is when the manager is told.
    pub manager_after: Duration,
    /// Days before a loss in which a warning counts as having come first (S000-26).
    pub warned_days: u32,
    /// Whether the team meets in the morning and in the evening (S001-130).
    pub rounds: bool,
}

impl Default for Desk {
    /// As a playbook that says nothing of it.
    fn default() -> Self {
        Self {
            quiet_after: Duration::from_mins(15),
            idle_after: Duration::from_mins(30),
            capacity: 0,
            stalled_days: 3,
            unfollowed_days: 7,
            proactive_bp: 3_000,
            proactive_days: 3,
            leading_fall_bp: 2_000,
            slow_slope_bp: 150,
            lead_after: Duration::from_hours(48),
            manager_after: Duration::from_hours(96),
            warned_days: 7,
            rounds: true,
        }
    }
}

/// What a stock-take (盘点) of open deals goes by (S001-56).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StockTake {
    /// Deals open for more than so many days are gone through.
    pub older_than: u32,
    /// The money field of the deal or its customer that says what it is worth; `None` takes the price of the first product.
    pub value: Option<FieldCode>,
    /// Months before this one whose deals tell how many are won by a month's end.
    pub months: u32,
}

impl Default for StockTake {
    /// As a playbook that says nothing of it.
    fn default() -> Self {
        Self { older_than: 14, value: None, months: 3 }
    }
}

/// A rank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rank {
    /// Its code.
    pub code: RankCode,
    /// Its name.
    pub name: Bilingual,
    /// Base pay a month.
    pub base: Money,
}

/// A target the playbook sets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetRule {
    /// The period.
    pub period: Period,
    /// Whom it is for.
    pub scope: TargetScope,
    /// The metric.
    pub metric: Metric,
    /// How high it is.
    pub level: Level,
    /// Values in the metric's unit (money in minor units), by rank; `all` for role and team scopes.
    pub values: BTreeMap<String, i64>,
}

/// Whom a target of the playbook is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TargetScope {
    /// Every rep, by rank.
    Rank,
    /// People of a job (`role:study_care`).
    Job(String),
    /// Every team.
    Team,
}

/// A share of the targets for whoever is new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RampStep {
    /// For those who have been here fewer days.
    pub days: u32,
    /// The share, in basis points.
    pub share_bp: u32,
}

/// A product that has to be sold beside the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductFloor {
    /// The product.
    pub product: ProductCode,
    /// In which period.
    pub period: Period,
    /// The least orders of a rep.
    pub least: u32,
    /// What is attained at most below it, in basis points.
    pub cap_bp: u32,
}

/// A process standard per working day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standard {
    /// The metric.
    pub metric: Metric,
    /// Values by rank, in the metric's unit.
    pub values: BTreeMap<String, i64>,
}

/// How metrics are counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetricRules {
    /// Seconds from which a connected call is valid.
    pub valid_seconds: u32,
    /// Or one of these is evidence enough.
    pub valid_evidence: Vec<OutcomeFlag>,
    /// Minutes from which a visit is a reception.
    pub reception_minutes: u32,
    /// Days without a touch after which a household counts as new (S004-02).
    pub new_customer_gap_days: u32,
    /// Days after the end of the month in which a lead was given that it may be won in and count as converted (S001-15).
    pub conversion_window_days: u32,
    /// Days after which a customer is an old one (S004-06).
    pub old_customer_days: u32,
    /// From which share of the target that old customers bring it deserves a look, in basis points (S004-06).
    pub self_sufficient_bp: u32,
    /// The metric the gap line shows.
    pub main: Metric,
}

/// A board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Board {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: Bilingual,
    /// `rep` or `team`.
    pub scope: String,
    /// Its period.
    pub period: Period,
    /// Its columns.
    pub columns: Vec<Metric>,
    /// What it is sorted by.
    pub sort: Metric,
    /// Metrics whose weighted sum is its score: points for one, for a whole unit of money, for a minute. Empty for none.
    pub score: Vec<(Metric, i64)>,
}

/// What a team is glad of, and in which words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoodNewsRule {
    /// Its code.
    pub code: String,
    /// What has to happen.
    pub on: Gladness,
    /// The metric whose target or rank it is; an order's amount counts in its own.
    pub metric: Metric,
    /// Which target was reached.
    pub level: Level,
    /// The least amount of an order, in minor units; 0 for any.
    pub at_least: Money,
    /// Who hears of it.
    pub scope: Audience,
    /// The words, with `{rep}`, `{amount}` and `{other}`.
    pub says: Bilingual,
}

/// A report that is written (S001-107): where the profile leads closely daily, weekly and monthly, else monthly (AP-13).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportRule {
    /// Of which period.
    pub period: Period,
    /// When it may be handed in, is due and closes.
    pub terms: Terms,
    /// What stands in it; empty for the main metric, the columns of the boards, valid calls and orders.
    pub metrics: Vec<Metric>,
}

/// The pool's parameters.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pool {
    /// Recycle rules.
    pub recycle: Vec<RecycleRule>,
}

/// When a customer goes back to the pool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecycleRule {
    /// Its code.
    pub code: RuleCode,
    /// What must hold.
    pub clauses: Vec<Clause>,
    /// Days before, on which the rep is warned.
    pub warn_days: Vec<u32>,
}
