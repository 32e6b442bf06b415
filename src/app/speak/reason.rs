//! Why a task is here, what holds one back, and what its place in the order is made of.

use crate::app::session::Session;
use crate::app::speak::{named, outcome, stage, time};
use crate::domain::contact::{Held, Rule};
use crate::domain::time::Timestamp;
use crate::playbook::plan::Source;
use crate::store::query::TaskRow;
use crate::text::Text;

/// Why a task is on the list, in a few words: `promised`, `first contact`, `try 3`, the rule's name.
pub fn task(session: &Session, row: &TaskRow) -> String {
    let words = &session.words;
    if row.promised {
        return words.say(Text("reason.promised")).to_owned();
    }
    source(session, &row.source, row)
}

/// Where a task comes from in full, for its explanation: the words of a promise, the maker's own words.
pub fn in_full(session: &Session, row: &TaskRow) -> String {
    let short = task(session, row);
    match &row.source {
        Source::Callback { words } if !words.is_empty() => format!("{short}: {words}"),
        Source::Outcome { outcome: code, .. } => format!("{short} · {}", outcome(session, code)),
        _ => short,
    }
}

fn source(session: &Session, source: &Source, row: &TaskRow) -> String {
    let words = &session.words;
    let playbook = session.playbook();
    match source {
        Source::Sop { sop, .. } => {
            playbook.and_then(|p| p.sop(sop)).map_or_else(|| sop.to_string(), |sop| named(session, &sop.name))
        }
        Source::Outcome { attempt, .. } if *attempt > 0 => {
            words.fill(Text("reason.retry"), &[("n", attempt)])
        }
        Source::Outcome { .. } => words.say(Text("reason.follow")).to_owned(),
        Source::Callback { .. } => words.say(Text("reason.callback")).to_owned(),
        Source::Rule { rule } => {
            let rules = playbook.and_then(|p| p.task_rules.iter().find(|r| r.code == *rule).map(|r| &r.name));
            let warning = playbook.and_then(|p| p.warnings.iter().find(|w| w.code == *rule).map(|w| &w.name));
            let of_rep =
                playbook.and_then(|p| p.rep_warnings.iter().find(|w| w.code == *rule).map(|w| &w.name));
            rules.or(warning).or(of_rep).map_or_else(|| rule.to_string(), |name| named(session, name))
        }
        Source::StageLimit { stage: code } => {
            let name = row.deal.as_ref().map(|(_, pipeline, _)| stage(session, pipeline, code));
            let name = name.unwrap_or_else(|| code.to_string());
            words.fill(Text("reason.stage_limit"), &[("stage", &name)])
        }
        Source::DealDue { .. } => words.say(Text("reason.deal_due")).to_owned(),
        Source::Node { node } => super::node(session, node.as_str()),
        Source::Manual { words: own } if own.is_empty() => words.say(Text("reason.manual")).to_owned(),
        Source::Manual { words: own } => own.clone(),
    }
}

/// The stable word of a rule.
pub const fn rule_word(rule: Rule) -> &'static str {
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

/// The rule that holds a task back, and until when: `quiet hours until 09:30`.
pub fn held(session: &Session, held: &Held) -> String {
    let rule = session.words.name("rule", rule_word(held.rule)).to_owned();
    match held.until {
        Some(at) => until(session, &rule, at),
        None => rule,
    }
}

/// Something that holds until an instant.
pub fn until(session: &Session, what: &str, at: Timestamp) -> String {
    session.words.fill(Text("reason.until"), &[("what", &what), ("when", &time::when(session, at))])
}

/// A part of a task's score by name.
pub fn part<'a>(session: &'a Session, word: &'a str) -> &'a str {
    session.words.name("score", word)
}
