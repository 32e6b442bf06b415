//! What is said and done, and the notes reps take.

use crate::domain::code::{FieldCode, OutcomeCode, ReasonCode};
use crate::domain::id::DealId;
use crate::domain::time::Timestamp;
use crate::store::change::deal::NewOrder;

/// Notes of a conversation that led on.
pub const YES: &[&str] =
    &["聊得不错,愿意继续", "问得很细,有兴趣", "答应了,家里也支持", "态度积极,约好下一步", ""];
/// Notes of one that led nowhere yet.
pub const WELL: &[&str] =
    &["说先看看资料", "要跟家里商量", "问了价格和时间", "信号不好,没聊完", "比较关心效果", ""];
/// Notes of a refusal.
pub const NO: &[&str] = &["暂时不考虑", "已经有别的选择", "觉得贵", "说别再推了,先放放", ""];
/// Notes of a bad moment.
pub const LATER: &[&str] = &["在忙,让晚点打", "开会中,约了时间", "在接孩子", "开车,不方便"];
/// Notes of a time that was agreed.
pub const PROMISED: &[&str] = &["说好这个时间打", "约好再聊十分钟", "等家里人一起听"];

/// What is done with a task.
#[derive(Debug, Clone, PartialEq)]
pub enum Act {
    /// A touch is logged.
    Log(Box<Said>),
    /// The material goes out.
    Send,
    /// The coupon goes out.
    Push,
}

/// A touch to log and what is done right after it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Said {
    /// The outcome.
    pub outcome: OutcomeCode,
    /// How long it took.
    pub seconds: u32,
    /// The deal it is about.
    pub deal: Option<DealId>,
    /// The note.
    pub note: &'static str,
    /// When the customer wants to be called.
    pub next_at: Option<Timestamp>,
    /// When the node takes place.
    pub node_at: Option<Timestamp>,
    /// What was promised.
    pub words: &'static str,
    /// What was learned.
    pub set: Vec<(FieldCode, String)>,
    /// Whether a first member without one gives a WeChat id before.
    pub friend: bool,
    /// The order that wins the deal.
    pub order: Option<NewOrder>,
    /// The deal that is lost, and why.
    pub lost: Option<(DealId, ReasonCode)>,
}
