//! The contact rules where something is about to leave the building: refused with the rule and when it frees.

use crate::domain::contact::{Contact, Ground, Held, Rule, may_contact};
use crate::playbook::Playbook;
use crate::store::error::StoreError;
use crate::store::known::Basics;
use crate::store::reach;
use crate::store::reach::Way;
use crate::store::usage;
use crate::store::work::task::Task;
use crate::store::write::Work;

/// The way a task's touch takes; refused when nobody who may be contacted can be reached on its channel.
pub fn way(playbook: &Playbook, task: &Task, basics: &Basics) -> Result<Option<Way>, StoreError> {
    let ways = reach::ways_of(task.customer, &basics.members);
    let way = reach::choose(playbook, &ways, &task.channel, task.person).cloned();
    if way.is_none() && reach::needs_contact(playbook, &task.channel) {
        return Err(StoreError::Held {
            rule: "no_channel".to_owned(),
            what: format!(
                "nobody of this customer can be reached on '{}'; add a contact first",
                task.channel
            ),
            until: None,
        });
    }
    Ok(way)
}

/// Refuses what the contact rules hold back now (S001-74).
pub fn check(work: &Work<'_>, playbook: &Playbook, task: &Task, commercial: bool) -> Result<(), StoreError> {
    let rules = &playbook.contact;
    let today = playbook.zone.day(work.at);
    let usage = usage::load(work.tx, task.customer, None, today, rules)?;
    let what = Contact { is_call: false, commercial, ground: ground(task.promised, task.node.is_some()) };
    may_contact(rules, what, &usage, &playbook.calendar(), work.at).map_err(|held| refusal(playbook, held))
}

/// Why a contact is made: a promise and a node's reminder are the customer's own wish.
pub const fn ground(promised: bool, node: bool) -> Ground {
    if promised {
        Ground::Promised
    } else if node {
        Ground::NodeReminder
    } else {
        Ground::Ordinary
    }
}

/// A rule that holds back, as a refusal in words.
pub fn refusal(playbook: &Playbook, held: Held) -> StoreError {
    let why = match held.rule {
        Rule::DoNotContact => "the customer asked not to be contacted",
        Rule::QuietHours => "these are quiet hours",
        Rule::CallsPerDay => "this number was called often enough today",
        Rule::CallsPerMonth => "this number was called often enough in 30 days",
        Rule::TooSoon => "the last call to this number was too short a while ago",
        Rule::TouchesPerDay => "the customer heard from us often enough today",
        Rule::TouchesPerWeek => "the customer heard from us often enough this week",
        Rule::CommercialPerDay => "the customer got an offer today already",
        Rule::NoContact => "nobody of this customer can be reached",
        Rule::NotEligible => "the coupon is not for the stage or pipeline this customer stands at",
        Rule::PerCustomer => "the customer has got all of this coupon a customer may get",
        Rule::NoneLeft => "all of this month's quota of the coupon is given",
    };
    let what = match held.until {
        Some(until) => format!("{why}; it is free again at {}", playbook.zone.rfc3339(until)),
        None => format!("{why}; no time frees it, only a change of the rule or the customer"),
    };
    StoreError::Held { rule: word(held.rule).to_owned(), what, until: held.until }
}

/// The stable word of a rule.
pub const fn word(rule: Rule) -> &'static str {
    match rule {
        Rule::DoNotContact => "do_not_contact",
        Rule::QuietHours => "quiet_hours",
        Rule::CallsPerDay => "calls_per_day",
        Rule::CallsPerMonth => "calls_per_month",
        Rule::TooSoon => "too_soon",
        Rule::TouchesPerDay => "touches_per_day",
        Rule::TouchesPerWeek => "touches_per_week",
        Rule::CommercialPerDay => "commercial_per_day",
        Rule::NoContact => "no_contact",
        Rule::NotEligible => "not_eligible",
        Rule::PerCustomer => "per_customer",
        Rule::NoneLeft => "none_left",
    }
}
