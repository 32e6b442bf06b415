//! Key nodes: booked, moved, attended, missed (a trial, a visit, a plan call).

use std::collections::BTreeMap;

use crate::domain::code::{NodeCode, StageCode};
use crate::domain::id::{CustomerId, DealId, NodeId};
use crate::domain::lists::{EventKind, Metric, NodeState};
use crate::domain::time::Timestamp;
use crate::playbook::Playbook;
use crate::playbook::gate;
use crate::playbook::model::Node;
use crate::playbook::plan::{Happening, KnownNode};
use crate::store::change::Topic;
use crate::store::change::customer::FieldOwner;
use crate::store::customers::field;
use crate::store::deals::{find, stage};
use crate::store::error::StoreError;
use crate::store::metrics::{Account, count};
use crate::store::rights::Action;
use crate::store::undo::Reversal;
use crate::store::value::word;
use crate::store::work::{gap, invalid};
use crate::store::write::Work;
use crate::store::{known, tasks, warning};
use crate::{sql, values};

/// A node to book.
#[derive(Debug, Clone, Copy)]
pub struct Booking<'a> {
    /// Whose.
    pub customer: CustomerId,
    /// For which deal.
    pub deal: Option<DealId>,
    /// What kind.
    pub node: &'a NodeCode,
    /// When it takes place.
    pub at: Timestamp,
}

/// Books a node on a deal as a change of its own.
pub fn book_on(work: &mut Work<'_>, deal: DealId, node: &NodeCode, at: Timestamp) -> Result<(), StoreError> {
    let deal = find::open(work, deal, "book a node")?;
    work.effects.customer = Some(deal.customer);
    let playbook = work.book_of(deal.customer)?.playbook;
    let kind = defined(&playbook, node)?;
    let booking = Booking { customer: deal.customer, deal: Some(deal.id), node, at };
    let moved = !booked(work, deal.customer, node, Some(deal.id))?.is_empty();
    let (booked, mut happened) = book(work, &playbook, &booking)?;
    // a booking that is moved was counted when it was made
    if !moved {
        counted(work, Metric::NodesBooked, deal.pipeline.as_str())?;
    }
    happened.extend(follow(work, &playbook, &deal, kind.booked_stage.as_ref())?);
    work.effects.node = Some(booked);
    tasks::happen(work, deal.customer, happened)?;
    gap::tell(work, &playbook)
}

/// Says what became of a node as a change of its own.
pub fn say(work: &mut Work<'_>, node: NodeId, state: NodeState) -> Result<(), StoreError> {
    let (customer, deal, code, before) = work
        .tx
        .one(
            sql!(
                "SELECT customer_id, deal_id, node, state FROM node_event WHERE id = $1 AND void_at IS NULL"
            ),
            values![node],
            |row| {
                Ok((
                    CustomerId(row.int(0)?),
                    row.opt_int(1)?.map(DealId),
                    NodeCode::from(row.text(2)?),
                    word(row, 3, NodeState::parse)?,
                ))
            },
        )?
        .ok_or_else(|| StoreError::NotFound { kind: "node", id: node.to_string(), hint: None })?;
    work.may(Action::MoveDeal, customer, "settle a node")?;
    if !matches!(before, NodeState::Booked | NodeState::Reminded | NodeState::Missed) || before == state {
        return Err(invalid("node_settled", format!("this '{code}' is '{before}' already")));
    }
    if matches!(state, NodeState::Booked | NodeState::Moved) {
        return Err(invalid("node_state", "book the node anew to move it"));
    }
    work.effects.customer = Some(customer);
    work.effects.node = Some(node);
    let playbook = work.book_of(customer)?.playbook;
    let mut happened = settle(work, (node, deal), state)?;
    if state == NodeState::Attended {
        let deal = deal.map(|deal| find::find(work, deal)).transpose()?;
        let pipeline = deal.as_ref().map_or("", |deal| deal.pipeline.as_str()).to_owned();
        counted(work, Metric::NodesAttended, &pipeline)?;
        let goes = playbook.node(&code).and_then(|kind| kind.attended_stage.as_ref());
        if let Some(deal) = deal {
            happened.extend(follow(work, &playbook, &deal, goes)?);
        }
    }
    tasks::happen(work, customer, happened)?;
    gap::tell(work, &playbook)
}

/// The definition of a node.
pub fn defined<'a>(playbook: &'a Playbook, code: &NodeCode) -> Result<&'a Node, StoreError> {
    playbook.node(code).ok_or_else(|| {
        let near =
            crate::playbook::near::nearest(code.as_str(), playbook.nodes.iter().map(|n| n.code.as_str()));
        let near = near.map(|near| format!("; did you mean '{near}'?")).unwrap_or_default();
        invalid("unknown_node", format!("'{code}' is not a node of the playbook '{}'{near}", playbook.id))
    })
}

/// Writes a booking. One of the same kind that the deal has booked already becomes moved; the deal's field that carries
/// the time is set. Answers the node and what planning is to be told.
pub fn book(
    work: &mut Work<'_>,
    playbook: &Playbook,
    booking: &Booking<'_>,
) -> Result<(NodeId, Vec<Happening>), StoreError> {
    let kind = defined(playbook, booking.node)?;
    if booking.at <= work.at {
        let at = playbook.zone.rfc3339(booking.at);
        return Err(invalid("node_time", format!("{at} is past; name the time at which it will take place")));
    }
    for old in booked(work, booking.customer, booking.node, booking.deal)? {
        settle(work, (old, booking.deal), NodeState::Moved)?;
    }
    let id = NodeId(work.ids.make());
    work.tx.put(
        sql!(
            "INSERT INTO node_event (id, customer_id, deal_id, node, state, node_at, booked_at, booked_by, settled_at, \
             settled_by, void_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, NULL, NULL, NULL)"
        ),
        values![
            id,
            booking.customer,
            booking.deal,
            booking.node,
            NodeState::Booked,
            booking.at,
            work.at,
            work.by.id
        ],
    )?;
    work.reverse(Reversal::NodeMade(id));
    work.foreseen.booked(KnownNode {
        id,
        node: booking.node.clone(),
        deal: booking.deal,
        state: NodeState::Booked,
        at: booking.at,
    });
    work.touch(Topic::Customer);
    let mut happened = vec![happening(EventKind::NodeBooked, (id, booking.deal), work.at)];
    if let (Some(code), Some(deal)) = (&kind.field, booking.deal) {
        let time = playbook.zone.rfc3339(booking.at);
        happened.extend(field::write(work, FieldOwner::Deal(deal), booking.customer, (code, &time))?);
    }
    warning::rep::booked(work, playbook, booking.customer)?;
    Ok((id, happened))
}

/// Writes what became of a node; answers what planning is to be told.
pub fn settle(
    work: &mut Work<'_>,
    (node, deal): (NodeId, Option<DealId>),
    state: NodeState,
) -> Result<Vec<Happening>, StoreError> {
    let (before, at) = match work.foreseen.settled(node, state) {
        Some(stood) => stood,
        None => work
            .tx
            .one(sql!("SELECT state, node_at FROM node_event WHERE id = $1"), values![node], |row| {
                Ok((word(row, 0, NodeState::parse)?, Timestamp(row.int(1)?)))
            })?
            .ok_or_else(|| StoreError::NotFound { kind: "node", id: node.to_string(), hint: None })?,
    };
    work.tx.put(
        sql!("UPDATE node_event SET state = $2, settled_at = $3, settled_by = $4 WHERE id = $1"),
        values![node, state, work.at, work.by.id],
    )?;
    work.reverse(Reversal::NodeChanged { node, state: before, at });
    work.touch(Topic::Customer);
    Ok(match state {
        NodeState::Attended => vec![happening(EventKind::NodeAttended, (node, deal), work.at)],
        NodeState::Missed => vec![happening(EventKind::NodeMissed, (node, deal), work.at)],
        _ => Vec::new(),
    })
}

/// The nodes of a kind that a deal (or the customer, where no deal is named) has booked, soonest first.
pub fn booked(
    work: &Work<'_>,
    customer: CustomerId,
    node: &NodeCode,
    deal: Option<DealId>,
) -> Result<Vec<NodeId>, StoreError> {
    if let Some(nodes) = &work.foreseen.nodes {
        let waits = |known: &&KnownNode| {
            known.node == *node
                && matches!(known.state, NodeState::Booked | NodeState::Reminded)
                && (deal.is_none() || known.deal.is_none() || known.deal == deal)
        };
        return Ok(nodes.iter().filter(waits).map(|known| known.id).collect());
    }
    work.tx.all(
        sql!(
            "SELECT id FROM node_event WHERE customer_id = $1 AND node = $2 AND state IN ('booked', 'reminded') \
             AND void_at IS NULL AND (CAST($3 AS BIGINT) IS NULL OR deal_id IS NULL OR deal_id = $3) ORDER BY node_at, id"
        ),
        values![customer, node, deal],
        |row| Ok(NodeId(row.int(0)?)),
    )
}

/// Moves a deal to the stage a node leads to, when gate and facts allow; else says in the effects what is missing.
fn follow(
    work: &mut Work<'_>,
    playbook: &Playbook,
    deal: &find::Deal,
    to: Option<&StageCode>,
) -> Result<Option<Happening>, StoreError> {
    let Some(to) = to else { return Ok(None) };
    let Some(pipeline) = playbook.pipeline(&deal.pipeline) else { return Ok(None) };
    let at = deal.stage.as_ref().and_then(|stage| pipeline.stage_index(stage));
    if at >= pipeline.stage_index(to) {
        return Ok(None);
    }
    let seen = known::load(work.tx, playbook, deal.customer, work.at)?;
    let step = gate::Move { deal: find::known(&seen, deal.id)?, to, set: &BTreeMap::new(), now: work.at };
    if let Err(blocked) = gate::check(playbook, &seen, &step) {
        work.effects.blocked = Some(stage::short(&blocked));
        return Ok(None);
    }
    stage::shift(work, deal.id, to, "node")?;
    Ok(Some(stage::entered(deal.id, to, work.at)))
}

fn counted(work: &mut Work<'_>, metric: Metric, pipeline: &str) -> Result<(), StoreError> {
    let account = Account {
        day: work.day,
        at: work.at,
        user: work.by.id,
        team: work.by.team,
        pipeline: pipeline.to_owned(),
    };
    count(work, &account, metric, 1)
}

fn happening(kind: EventKind, (node, deal): (NodeId, Option<DealId>), at: Timestamp) -> Happening {
    Happening { kind, name: None, deal, node: Some(node), at }
}

/// Writes a node that takes place now without having been booked.
pub fn walk_in(
    work: &mut Work<'_>,
    customer: CustomerId,
    deal: Option<DealId>,
    node: &NodeCode,
) -> Result<NodeId, StoreError> {
    let id = NodeId(work.ids.make());
    work.tx.put(
        sql!(
            "INSERT INTO node_event (id, customer_id, deal_id, node, state, node_at, booked_at, booked_by, settled_at, \
             settled_by, void_at) VALUES ($1, $2, $3, $4, $5, $6, $6, $7, NULL, NULL, NULL)"
        ),
        values![id, customer, deal, node, NodeState::Booked, work.at, work.by.id],
    )?;
    work.reverse(Reversal::NodeMade(id));
    let known = KnownNode { id, node: node.clone(), deal, state: NodeState::Booked, at: work.at };
    work.foreseen.booked(known);
    Ok(id)
}
