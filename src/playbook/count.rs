//! What a fact adds to which metric (S001-117, formulas.md no. 4): figures are counted, never typed.
//!
//! A definition belongs to a version of the playbook: facts are counted by the playbook they were made under.

use crate::domain::code::{PipelineCode, TagCode};
use crate::domain::lists::{Direction, Metric, OutcomeFlag, Shape};
use crate::domain::money::Money;
use crate::playbook::model::{MetricRules, Pipeline, Playbook};

/// A touch as it is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CountedTouch<'a> {
    /// The flags of its outcome.
    pub flags: &'a [OutcomeFlag],
    /// What kind of contact it was.
    pub medium: Medium,
    /// Which way it went.
    pub direction: Direction,
    /// How long it took.
    pub seconds: u32,
    /// What was new with it.
    pub news: News,
}

/// The kind of contact a touch was, from its channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Medium {
    /// A call: the channel's `is_call`.
    Call,
    /// A message of any kind.
    Message,
    /// A meeting: a channel that needs no way of contact (a visit, a lesson).
    Meeting,
}

impl Medium {
    /// The kind of contact on a channel; a channel the playbook does not know is a message.
    pub fn of(playbook: &Playbook, channel: &str) -> Self {
        match playbook.channels.iter().find(|c| c.code.as_str() == channel) {
            Some(channel) if channel.is_call => Self::Call,
            Some(channel) if channel.contact.is_none() => Self::Meeting,
            _ => Self::Message,
        }
    }
}

/// What a touch changed that only whoever records it can know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct News {
    /// A WeChat contact became verified by it; adding the same one twice counts once.
    pub wechat_verified: bool,
    /// The days since the household was last validly touched; `None` when it never was.
    pub days_untouched: Option<u32>,
}

/// An order as it is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CountedOrder<'a> {
    /// The pipeline of the deal it closed.
    pub pipeline: &'a PipelineCode,
    /// Its amount.
    pub amount: Money,
    /// The tags its customer carries.
    pub tags: &'a [TagCode],
}

/// Whether a touch is valid: a call that connected and lasted long enough or brought listed evidence; a message the
/// customer took part in; a meeting that took place.
pub fn is_valid(rules: &MetricRules, touch: &CountedTouch<'_>) -> bool {
    let evidence = touch.flags.iter().any(|flag| rules.valid_evidence.contains(flag));
    match touch.medium {
        Medium::Call => connected(touch) && (touch.seconds >= rules.valid_seconds || evidence),
        Medium::Message => touch.direction == Direction::In || connected(touch) || evidence,
        Medium::Meeting => connected(touch) || has(touch, OutcomeFlag::NodeAttended) || evidence,
    }
}

/// What a touch adds, each metric at most once. Talk time is in seconds.
pub fn of_touch(playbook: &Playbook, touch: &CountedTouch<'_>) -> Vec<(Metric, i64)> {
    let rules = &playbook.metrics;
    let is_call = touch.medium == Medium::Call;
    let valid = is_valid(rules, touch);
    let reception = touch.medium == Medium::Meeting
        && valid
        && u64::from(touch.seconds) >= u64::from(rules.reception_minutes) * 60;
    let fresh = touch.news.days_untouched.is_none_or(|days| days >= rules.new_customer_gap_days);
    let once = |yes: bool, metric: Metric| yes.then_some((metric, 1));
    let talked = is_call && connected(touch) && touch.seconds > 0;
    [
        once(is_call && touch.direction == Direction::Out, Metric::CallsDialed),
        once(is_call && valid, Metric::CallsValid),
        talked.then_some((Metric::TalkMinutes, i64::from(touch.seconds))),
        once(touch.news.wechat_verified, Metric::WechatAdded),
        once(has(touch, OutcomeFlag::NodeBooked), Metric::NodesBooked),
        once(has(touch, OutcomeFlag::NodeAttended), Metric::NodesAttended),
        once(reception, Metric::Receptions),
        once(valid && fresh, Metric::NewCustomers),
        once(has(touch, OutcomeFlag::Sent), Metric::MaterialsSent),
        once(has(touch, OutcomeFlag::Pushed), Metric::CouponsPushed),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// What a won order adds: the order, its amount in the pipeline's metric, and what the customer's tags count on buying.
pub fn of_order(playbook: &Playbook, order: &CountedOrder<'_>) -> Vec<(Metric, i64)> {
    let amount = playbook
        .pipeline(order.pipeline)
        .and_then(|p| p.amount_metric)
        .map(|metric| (metric, order.amount.0));
    let mut counted = vec![(Metric::OrdersWon, 1)];
    counted.extend(amount);
    for metric in tags(playbook, order.tags).flat_map(|p| &p.counts).filter(|m| counts_on_buying(**m)) {
        if !counted.iter().any(|(already, _)| already == metric) {
            counted.push((*metric, 1));
        }
    }
    counted
}

/// What a payment adds; money given back is a negative amount and counts as refund.
pub fn of_payment(amount: Money) -> Vec<(Metric, i64)> {
    match amount.0 {
        0 => Vec::new(),
        1.. => vec![(Metric::Receipts, amount.0)],
        _ => vec![(Metric::RefundAmount, amount.0.saturating_neg())],
    }
}

/// What setting a tag adds: the metrics of its pipeline that do not wait for an order.
pub fn of_tag(playbook: &Playbook, tag: &TagCode) -> Vec<(Metric, i64)> {
    tags(playbook, std::slice::from_ref(tag))
        .flat_map(|p| &p.counts)
        .filter(|metric| !counts_on_buying(**metric))
        .map(|metric| (*metric, 1))
        .collect()
}

fn tags<'a>(playbook: &'a Playbook, tags: &'a [TagCode]) -> impl Iterator<Item = &'a Pipeline> {
    playbook
        .pipelines
        .iter()
        .filter(|p| p.shape == Shape::Tag && p.tag.as_ref().is_some_and(|tag| tags.contains(tag)))
}

fn counts_on_buying(metric: Metric) -> bool {
    matches!(metric, Metric::ReferralsWon | Metric::OrdersWon)
}

fn connected(touch: &CountedTouch<'_>) -> bool {
    has(touch, OutcomeFlag::Connected)
}

fn has(touch: &CountedTouch<'_>, flag: OutcomeFlag) -> bool {
    touch.flags.contains(&flag)
}
