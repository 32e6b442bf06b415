//! The facts that rules compare, taken from what is known of a customer.
//!
//! A fact that nothing records yet (a ruling, a recording) is unknown, and a clause over an unknown fact is false, whatever
//! it compares: no rule acts on what nobody knows. A fact may be kept as a field of the playbook under the fact's own name;
//! a date fact `days_to_x` as a date field `x`. An unset yes/no field of the playbook reads as no.

use std::collections::BTreeMap;

use crate::domain::code::FieldCode;
use crate::domain::lists::{Fact, FieldType, GateKind, NodeState, Op, Shape};
use crate::domain::time::{Day, HOUR_MS, Timestamp};
use crate::playbook::model::{Clause, ClauseValue, Pipeline, Playbook};
use crate::playbook::plan::{Known, KnownDeal, KnownNode};

/// What a clause is looked at for: a customer, perhaps one deal and one node of it, at an instant.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    /// The method.
    pub playbook: &'a Playbook,
    /// The customer.
    pub known: &'a Known,
    /// The deal, where one is concerned.
    pub deal: Option<&'a KnownDeal>,
    /// The pipeline, where one is concerned: the deal's, or the one that may open.
    pub pipeline: Option<&'a Pipeline>,
    /// The node, where one is concerned; else the deal's next booked one counts.
    pub node: Option<&'a KnownNode>,
    /// When.
    pub now: Timestamp,
}

/// The value of a fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FactValue {
    /// A number: days, hours, counts.
    Number(i64),
    /// Yes or no.
    Flag(bool),
    /// A name.
    Name(String),
}

/// Whether every clause holds. No clauses hold; a clause over an unknown fact does not.
pub fn holds(view: &View<'_>, clauses: &[Clause]) -> bool {
    clauses.iter().all(|clause| value(view, clause.fact).is_some_and(|value| compare(&value, clause)))
}

/// The value of a fact; `None` while unknown.
pub fn value(view: &View<'_>, fact: Fact) -> Option<FactValue> {
    let known = view.known;
    let number = |n: Option<i64>| n.map(FactValue::Number);
    let flag = |yes: bool| Some(FactValue::Flag(yes));
    match fact {
        Fact::HoursSinceAssigned => number(Some(view.now.since(known.assigned_at).div_euclid(HOUR_MS))),
        Fact::DaysSinceAssigned => number(Some(days(view, known.assigned_at))),
        Fact::DaysSinceValidTouch => number(Some(days(view, known.last_valid.unwrap_or(known.assigned_at)))),
        Fact::DaysToDue | Fact::CoolingDaysLeft | Fact::RegistrationDaysLeft | Fact::DaysToDecideBy => {
            number(date(view, fact).map(|day| day.0 - today(view).0))
        }
        Fact::DaysOverdue => number(date(view, fact).map(|day| (today(view).0 - day.0).max(0))),
        Fact::HoursToNode => number(node(view).map(|node| node.at.since(view.now).div_euclid(HOUR_MS))),
        Fact::Stage => {
            view.deal.and_then(|deal| deal.stage.as_ref()).map(|stage| FactValue::Name(stage.0.clone()))
        }
        Fact::StageIndex => number(stage_index(view)),
        Fact::Attempts => number(Some(i64::from(known.attempts))),
        Fact::ConnectedEver => flag(known.connected_ever),
        Fact::Visited => flag(attended(view) || field(view, fact) == Some(FactValue::Flag(true))),
        Fact::NodeConfirmed => match node(view) {
            Some(node) => flag(node.state == NodeState::Reminded),
            None => field(view, fact),
        },
        Fact::DeciderTouched => {
            let role = fact.as_str().strip_suffix("_touched")?;
            flag(known.persons.iter().any(|p| p.touched && p.roles.iter().any(|r| r.as_str() == role)))
        }
        Fact::CallsSameNumberDay => number(Some(i64::from(known.calls_today))),
        _ => field(view, fact),
    }
}

/// The day a date fact counts from or to: the anchor of its episode.
pub fn date(view: &View<'_>, fact: Fact) -> Option<Day> {
    if let Some(code) = fact.as_str().strip_prefix("days_to_")
        && let Some(day) = recorded(view, code).and_then(|text| day_of(view, text))
    {
        return Some(day);
    }
    match fact {
        Fact::DaysToDue | Fact::DaysOverdue => due_field(view).map(|(_, day)| day),
        Fact::CoolingDaysLeft => of_stages(view, Some(GateKind::CoolingOffPassed)).map(|(_, day)| day),
        _ => recorded(view, fact.as_str()).and_then(|text| day_of(view, text)),
    }
}

/// The field a brief deal's due date is kept in, and the date: the first recorded date its pipeline's stage requires.
pub fn due_field<'a>(view: &View<'a>) -> Option<(&'a FieldCode, Day)> {
    if view.pipeline?.shape == Shape::Brief { of_stages(view, None) } else { None }
}

/// The value of a field as recorded: the deal's own, else the customer's. Empty is not recorded.
pub fn recorded<'a>(view: &View<'a>, code: &str) -> Option<&'a str> {
    recorded_on(view.deal, &view.known.fields, code)
}

/// The node a view is about: its own, else the next one booked for its deal.
pub fn node<'a>(view: &View<'a>) -> Option<&'a KnownNode> {
    if view.node.is_some() {
        return view.node;
    }
    let deal = view.deal.map(|deal| deal.id);
    view.known
        .nodes
        .iter()
        .filter(|node| matches!(node.state, NodeState::Booked | NodeState::Reminded) && node.at >= view.now)
        .filter(|node| deal.is_none() || node.deal.is_none() || node.deal == deal)
        .min_by_key(|node| (node.at, node.id))
}

/// Whether a date or date-and-time field of the playbook has this code.
fn is_date(playbook: &Playbook, code: &FieldCode) -> bool {
    playbook.field(code).is_some_and(|field| matches!(field.kind, FieldType::Date | FieldType::DateTime))
}

pub(crate) fn recorded_on<'a>(
    deal: Option<&'a KnownDeal>,
    fields: &'a BTreeMap<FieldCode, String>,
    code: &str,
) -> Option<&'a str> {
    let own = deal.and_then(|deal| deal.fields.get(code));
    own.or_else(|| fields.get(code)).map(String::as_str).filter(|text| !text.trim().is_empty())
}

/// Whether a stored value of a yes/no field says yes.
pub(crate) fn is_true(text: &str) -> bool {
    matches!(text.trim(), "true" | "1")
}

fn of_stages<'a>(view: &View<'a>, gate: Option<GateKind>) -> Option<(&'a FieldCode, Day)> {
    let stages = view.pipeline.into_iter().flat_map(|p| &p.stages);
    stages
        .filter(|stage| gate.is_none_or(|kind| stage.gate.as_ref().is_some_and(|g| g.kind == kind)))
        .flat_map(|stage| &stage.required)
        .filter(|code| is_date(view.playbook, code))
        .find_map(|code| {
            recorded(view, code.as_str()).and_then(|text| day_of(view, text)).map(|day| (code, day))
        })
}

fn field(view: &View<'_>, fact: Fact) -> Option<FactValue> {
    let definition = view.playbook.field(&fact.as_str().into());
    let text = recorded(view, fact.as_str());
    if definition.is_some_and(|field| field.kind == FieldType::Bool) {
        return Some(FactValue::Flag(text.is_some_and(is_true)));
    }
    let text = text?;
    Some(match (text.parse(), text) {
        (Ok(number), _) => FactValue::Number(number),
        (_, "true") => FactValue::Flag(true),
        (_, "false") => FactValue::Flag(false),
        _ => FactValue::Name(text.to_owned()),
    })
}

fn compare(value: &FactValue, clause: &Clause) -> bool {
    let ordering = match (value, &clause.value) {
        (FactValue::Number(a), ClauseValue::Number(b)) => a.cmp(b),
        (FactValue::Flag(a), ClauseValue::Flag(b)) => a.cmp(b),
        (FactValue::Name(a), ClauseValue::Name(b)) => a.cmp(b),
        _ => return false,
    };
    match clause.op {
        Op::Lt => ordering.is_lt(),
        Op::Le => ordering.is_le(),
        Op::Eq => ordering.is_eq(),
        Op::Ne => ordering.is_ne(),
        Op::Ge => ordering.is_ge(),
        Op::Gt => ordering.is_gt(),
    }
}

fn today(view: &View<'_>) -> Day {
    view.playbook.zone.day(view.now)
}

fn days(view: &View<'_>, since: Timestamp) -> i64 {
    today(view).0 - view.playbook.zone.day(since).0
}

/// A stored date, or the business day of a stored instant.
fn day_of(view: &View<'_>, text: &str) -> Option<Day> {
    let instant = || text.parse::<Timestamp>().ok().map(|at| view.playbook.zone.day(at));
    text.parse::<Day>().ok().or_else(instant)
}

fn stage_index(view: &View<'_>) -> Option<i64> {
    let stage = view.deal?.stage.as_ref()?;
    let place = view.pipeline?.stages.iter().position(|s| s.code == *stage)?;
    i64::try_from(place + 1).ok()
}

fn attended(view: &View<'_>) -> bool {
    let deal = view.deal.map(|deal| deal.id);
    let mut nodes = view.known.nodes.iter().filter(|node| deal.is_none() || node.deal == deal);
    nodes.any(|node| node.state == NodeState::Attended)
}
