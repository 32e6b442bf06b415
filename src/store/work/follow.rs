//! What follows from a touch: contacts proved or dead, nodes, the next stage, the plan.

use crate::domain::code::{FieldCode, NodeCode};
use crate::domain::id::ContactId;
use crate::domain::lists::{ContactState, Metric, NodeState, OutcomeFlag};
use crate::playbook::plan::{Happening, Told};
use crate::store::deals::{self, node as nodes};
use crate::store::error::StoreError;
use crate::store::reach;
use crate::store::work::log::{Later, NodeCame, Said};
use crate::store::work::{contact, facts, stage};
use crate::store::write::Work;
use crate::store::{known, tasks};

/// The contact whose proof is counted (S001-49): a built-in channel, not a playbook's.
const WECHAT: &str = "wechat";

/// Verifies the WeChat contact of who was spoken to, else of the first member that has one. Answers whether this is its
/// first proof; where no id is known the effects say so.
pub(super) fn wechat(
    work: &mut Work<'_>,
    said: &mut Said<'_>,
    blocked: &mut Vec<String>,
) -> Result<bool, StoreError> {
    if !said.has(OutcomeFlag::WechatAdded) {
        return Ok(false);
    }
    let mut ways = reach::ways_of(said.customer, &said.basics.members);
    ways.retain(|way| way.channel.as_str() == WECHAT);
    ways.sort_by_key(|way| Some(way.person) != said.person);
    if let Some(way) = ways.first() {
        return prove(work, said, way.contact, ContactState::Verified);
    }
    blocked.push("missing:wechat_id".to_owned());
    Ok(false)
}

/// Writes what a contact has become worth. Answers whether this is its first proof.
fn prove(
    work: &mut Work<'_>,
    said: &mut Said<'_>,
    contact: ContactId,
    state: ContactState,
) -> Result<bool, StoreError> {
    let Some(known) = said.basics.contact(contact) else { return Ok(false) };
    let first = contact::change_state(work, contact, (known.state, known.proved_at), state)?;
    said.basics.set_contact(contact, state, work.at);
    Ok(first)
}

/// Books, attends or misses the node of the outcome.
pub(super) fn node(
    work: &mut Work<'_>,
    said: &Said<'_>,
    blocked: &mut Vec<String>,
) -> Result<NodeCame, StoreError> {
    let Some(code) = said.outcome.node.as_ref() else { return Ok(NodeCame::default()) };
    if said.has(OutcomeFlag::NodeBooked) {
        return book(work, said, code, blocked);
    }
    let state = if said.has(OutcomeFlag::NodeAttended) {
        NodeState::Attended
    } else if said.has(OutcomeFlag::NodeMissed) {
        NodeState::Missed
    } else {
        return Ok(NodeCame::default());
    };
    let deal = said.deal.as_ref().map(|(deal, _)| *deal);
    let of_task = said.task.and_then(|task| task.node);
    let booked = nodes::booked(work, said.customer, code, deal)?;
    let id = of_task.filter(|node| booked.contains(node)).or_else(|| booked.first().copied());
    let id = match (id, state) {
        (Some(id), _) => id,
        // somebody who comes unannounced has attended all the same
        (None, NodeState::Attended) => nodes::walk_in(work, said.customer, deal, code)?,
        (None, _) => return Ok(NodeCame::default()),
    };
    let happened = nodes::settle(work, (id, deal), state)?;
    Ok(NodeCame { id: Some(id), happened, without: Vec::new() })
}

fn book(
    work: &mut Work<'_>,
    said: &Said<'_>,
    code: &NodeCode,
    blocked: &mut Vec<String>,
) -> Result<NodeCame, StoreError> {
    let Some(at) = said.node_time() else {
        // saved all the same: nothing must be typed; the time is asked for afterwards
        blocked.push(format!("missing:node_time:{code}"));
        return Ok(NodeCame { without: vec![Metric::NodesBooked], ..NodeCame::default() });
    };
    let deal = said.deal.as_ref().map(|(deal, _)| *deal);
    let moved = !nodes::booked(work, said.customer, code, deal)?.is_empty();
    let booking = nodes::Booking { customer: said.customer, deal, node: code, at };
    let (id, happened) = nodes::book(work, said.playbook(), &booking)?;
    let without = if moved { vec![Metric::NodesBooked] } else { Vec::new() };
    Ok(NodeCame { id: Some(id), happened, without })
}

/// What the touch proves of the way it took: answered by the customer it is verified, a wrong number is dead.
pub(super) fn contacts(work: &mut Work<'_>, said: &mut Said<'_>) -> Result<(), StoreError> {
    if said.has(OutcomeFlag::Connected)
        && let Some(person) = said.person
        && let Some(member) = said.basics.members.iter_mut().find(|member| member.id == person)
        && !member.touched
    {
        member.touched = true;
        contact::reached(work, person)?;
    }
    let Some(way) = &said.way else { return Ok(()) };
    let contact = way.contact;
    if said.has(OutcomeFlag::Unworkable) {
        prove(work, said, contact, ContactState::Dead)?;
    } else if said.has(OutcomeFlag::Contact) && is_dialled(said, way) {
        prove(work, said, contact, ContactState::Verified)?;
    }
    Ok(())
}

fn is_dialled(said: &Said<'_>, way: &reach::Way) -> bool {
    said.playbook().channels.iter().any(|c| c.is_call && c.contact.as_ref() == Some(&way.channel))
}

/// What planning and the stage hear of a touch.
pub(super) struct Heard {
    /// The touch.
    pub(super) told: Told,
    /// What happened with it.
    pub(super) happened: Vec<Happening>,
    /// Facts for a deal that it opens.
    pub(super) later: Later,
}

/// Plans, moves the stage, writes both.
pub(super) fn plan(
    work: &mut Work<'_>,
    said: &Said<'_>,
    heard: Heard,
    blocked: &mut Vec<String>,
) -> Result<(), StoreError> {
    let Heard { mut told, happened, later } = heard;
    let seen = known::rest(work.tx, said.playbook(), &said.basics, (work.at, Some(&work.foreseen)))?;
    let mut planner = tasks::begin(work, said.playbook(), seen.clone());
    for happening in happened {
        planner.happen(happening);
    }
    let opened = planner.opened().to_vec();
    let deal = told.deal.or(match opened.as_slice() {
        [only] => Some(only.id),
        _ => None,
    });
    let step = stage::decide(&stage::Asked {
        playbook: said.playbook(),
        known: &seen,
        opened: &opened,
        outcome: said.outcome,
        deal,
        set: &later,
        now: work.at,
    });
    let step = step.unwrap_or_else(|why| {
        blocked.push(why);
        None
    });
    if let Some(step) = &step {
        planner.happen(deals::stage::entered(step.deal, &step.to, work.at));
    }
    told.deal = deal;
    planner.told(&told);
    let plan = planner.finish();
    tasks::write_for(work, said.book, (said.customer, said.basics.head.owner), &plan)?;
    if !later.is_empty() {
        let on = facts::On { customer: said.customer, person: said.person, deal };
        let later: Vec<(FieldCode, String)> = later.into_iter().collect();
        let happened = facts::set(work, said.playbook(), &on, &later)?;
        tasks::happen(work, said.customer, happened)?;
    }
    if let Some(step) = step {
        deals::stage::shift(work, step.deal, &step.to, told.outcome.as_str())?;
    }
    Ok(())
}
