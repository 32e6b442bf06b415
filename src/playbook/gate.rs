//! Whether a deal may enter a stage: its required facts and its gate (S001-62).

use std::collections::BTreeMap;

use crate::domain::code::{ChannelCode, FieldCode, NodeCode, RoleCode, StageCode};
use crate::domain::lists::{ContactState, FieldType, GateKind, NodeState};
use crate::domain::time::{Day, Timestamp};
use crate::playbook::facts::{is_true, recorded_on};
use crate::playbook::model::{Gate, Playbook, Stage};
use crate::playbook::plan::{Known, KnownDeal};

/// A deal on its way into a stage.
#[derive(Debug, Clone, Copy)]
pub struct Move<'a> {
    /// The deal.
    pub deal: &'a KnownDeal,
    /// The stage of its pipeline it is to enter.
    pub to: &'a StageCode,
    /// Facts given with the move; they count as recorded.
    pub set: &'a BTreeMap<FieldCode, String>,
    /// When.
    pub now: Timestamp,
}

/// Tells why a deal may not enter a stage.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("stage '{stage}' may not be entered yet: {}", self.what())]
pub struct Blocked {
    /// The stage.
    pub stage: StageCode,
    /// Required facts that are not known, at most three, in the stage's order.
    pub missing: Vec<FieldCode>,
    /// What the stage's gate needs, when it fails.
    pub need: Option<Need>,
}

/// What a gate needs that is not there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Need {
    /// The pipeline has no such stage.
    #[error("its pipeline has no such stage; choose one of the pipeline's own")]
    Stage,
    /// A way to reach one of these roles on a channel.
    #[error("a{} contact on channel '{channel}' is needed{}", if *.verified { " verified" } else { "" }, one_of(.roles))]
    Contact {
        /// The channel; empty for any.
        channel: ChannelCode,
        /// One of these roles; empty for anyone.
        roles: Vec<RoleCode>,
        /// Whether it must be verified.
        verified: bool,
    },
    /// An attended node; `None` for one of any kind.
    #[error("an attended node{} is needed; log it as attended first", named(.node.as_ref()))]
    Attended {
        /// The kind of node.
        node: Option<NodeCode>,
    },
    /// A payment.
    #[error(
        "payment of {at_least_bp} basis points of the price is needed and {paid_bp} are paid; record the payment first"
    )]
    Payment {
        /// The share needed, basis points.
        at_least_bp: u32,
        /// The share paid.
        paid_bp: u32,
    },
    /// Disclosures that were not made.
    #[error("the disclosure '{field}' is not yet made; confirm it first")]
    Disclosure {
        /// The yes/no field that must say yes.
        field: FieldCode,
    },
    /// The end of the cooling-off period.
    #[error("the cooling-off period lasts {}; wait for its end", .until.map_or_else(|| "until a date not yet recorded".to_owned(), |day| format!("through {day}")))]
    CoolingOff {
        /// Its last day; `None` while not recorded.
        until: Option<Day>,
    },
}

/// Checks the required facts and the gate of the stage a deal is to enter.
///
/// `ruling_settled` holds as long as there are no rulings: a claim nobody has contested is settled. `disclosure_done` holds
/// when every required yes/no fact of the stage says yes. `cooling_off_passed` holds when the stage's required date has
/// passed. A payment share of 1 means any payment.
pub fn check(playbook: &Playbook, known: &Known, step: &Move<'_>) -> Result<(), Blocked> {
    let Some(stage) = playbook.stage(&step.deal.pipeline, step.to) else {
        return Err(Blocked { stage: step.to.clone(), missing: Vec::new(), need: Some(Need::Stage) });
    };
    let missing: Vec<FieldCode> = stage
        .required
        .iter()
        .filter(|code| read(known, step, code).is_none() && !booked(playbook, known, step, code))
        .cloned()
        .collect();
    let need = stage.gate.as_ref().and_then(|gate| failing(playbook, known, step, (stage, gate)));
    if missing.is_empty() && need.is_none() {
        return Ok(());
    }
    Err(Blocked { stage: stage.code.clone(), missing, need })
}

impl Blocked {
    fn what(&self) -> String {
        let mut parts = Vec::new();
        if !self.missing.is_empty() {
            let names: Vec<String> = self.missing.iter().map(|code| format!("'{code}'")).collect();
            parts.push(format!("record {} first", names.join(", ")));
        }
        parts.extend(self.need.as_ref().map(ToString::to_string));
        parts.join("; ")
    }
}

fn failing(playbook: &Playbook, known: &Known, step: &Move<'_>, at: (&Stage, &Gate)) -> Option<Need> {
    let (stage, gate) = at;
    match gate.kind {
        GateKind::HasContact => (!has_contact(known, gate)).then(|| Need::Contact {
            channel: gate.channel.clone().unwrap_or_default(),
            roles: gate.role_any.clone(),
            verified: gate.verified,
        }),
        GateKind::NodeAttended => {
            let attended = known.nodes.iter().any(|node| {
                node.state == NodeState::Attended
                    && node.deal.is_none_or(|deal| deal == step.deal.id)
                    && gate.node.as_ref().is_none_or(|kind| node.node == *kind)
            });
            (!attended).then(|| Need::Attended { node: gate.node.clone() })
        }
        GateKind::PaymentReceived => {
            let at_least_bp = gate.at_least_bp.max(1);
            (step.deal.paid_bp < at_least_bp)
                .then_some(Need::Payment { at_least_bp, paid_bp: step.deal.paid_bp })
        }
        GateKind::RulingSettled => None,
        GateKind::DisclosureDone => stage
            .required
            .iter()
            .filter(|code| playbook.field(code).is_some_and(|field| field.kind == FieldType::Bool))
            .find(|code| !read(known, step, code).is_some_and(is_true))
            .map(|code| Need::Disclosure { field: code.clone() }),
        GateKind::CoolingOffPassed => {
            let date = stage
                .required
                .iter()
                .find(|code| playbook.field(code).is_some_and(|field| field.kind == FieldType::Date))?;
            let until = read(known, step, date).and_then(|text| text.parse::<Day>().ok());
            let passed = until.is_some_and(|until| playbook.zone.day(step.now) > until);
            (!passed).then_some(Need::CoolingOff { until })
        }
    }
}

fn has_contact(known: &Known, gate: &Gate) -> bool {
    let persons = known.persons.iter().filter(|person| {
        gate.role_any.is_empty() || person.roles.iter().any(|role| gate.role_any.contains(role))
    });
    persons.into_iter().flat_map(|person| &person.contacts).any(|(channel, state)| {
        *state != ContactState::Dead
            && (!gate.verified || *state == ContactState::Verified)
            && gate.channel.as_ref().is_none_or(|wanted| wanted == channel)
    })
}

/// A fact given with the move, else as recorded. An empty one is not given.
fn read<'a>(known: &'a Known, step: &Move<'a>, code: &FieldCode) -> Option<&'a str> {
    let given = step.set.get(code).map(String::as_str).filter(|text| !text.trim().is_empty());
    given.or_else(|| recorded_on(Some(step.deal), &known.fields, code.as_str()))
}

/// Whether the fact is the time of a node that is booked: the booking is the record of it.
fn booked(playbook: &Playbook, known: &Known, step: &Move<'_>, code: &FieldCode) -> bool {
    let kinds = playbook.nodes.iter().filter(|node| node.field.as_ref() == Some(code));
    kinds.into_iter().any(|kind| {
        known.nodes.iter().any(|node| {
            node.node == kind.code
                && node.deal.is_none_or(|deal| deal == step.deal.id)
                && matches!(node.state, NodeState::Booked | NodeState::Reminded | NodeState::Attended)
        })
    })
}

fn one_of(roles: &[RoleCode]) -> String {
    if roles.is_empty() {
        return "; add one first".to_owned();
    }
    let names: Vec<String> = roles.iter().map(|role| format!("'{role}'")).collect();
    format!(" for one of {}; add it first", names.join(", "))
}

fn named(node: Option<&NodeCode>) -> String {
    node.map(|node| format!(" '{node}'")).unwrap_or_default()
}
