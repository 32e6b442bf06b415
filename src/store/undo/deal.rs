//! Deals back: openings, moves, nodes, orders, payments.

use super::Reversal;
use super::choose::{Past, name_of};
use crate::domain::id::{DealId, NodeId, OrderId};
use crate::domain::lists::NodeState;
use crate::store::error::StoreError;
use crate::store::write::Work;
use crate::{sql, values};

/// Takes one step back.
pub fn back(work: &mut Work<'_>, past: &Past, step: &Reversal) -> Result<(), StoreError> {
    match step {
        Reversal::DealOpened(deal) => opened(work, past, *deal),
        Reversal::DealMoved { deal, stage_move, stage, since, state } => {
            last_move_is(work, past, *deal, *stage_move)?;
            work.tx.put(
                sql!("UPDATE stage_move SET void_at = $2 WHERE id = $1"),
                values![*stage_move, work.at],
            )?;
            work.tx.put(
                sql!(
                    "UPDATE deal SET stage = $2, stage_since = $3, state = $4, closed_at = NULL, reason = NULL, \
                     words = NULL WHERE id = $1"
                ),
                values![*deal, stage.as_ref(), *since, state],
            )?;
            Ok(())
        }
        Reversal::NodeMade(node) => {
            let voided = work.tx.run(
                sql!(
                    "UPDATE node_event SET void_at = $2 WHERE id = $1 AND void_at IS NULL \
                     AND state IN ('booked', 'reminded')"
                ),
                values![*node, work.at],
            )?;
            past.expect(voided, "the appointment it booked has been settled since")
        }
        Reversal::NodeChanged { node, state, at } => node_changed(work, past, *node, (*state, at.0)),
        Reversal::OrderMade(order) => order_made(work, past, *order),
        Reversal::PaymentMade(payment) => {
            let voided = work.tx.run(
                sql!("UPDATE payment SET void_at = $2 WHERE id = $1 AND void_at IS NULL"),
                values![*payment, work.at],
            )?;
            past.expect(voided, "its payment was taken back already")
        }
        _ => Ok(()),
    }
}

fn opened(work: &mut Work<'_>, past: &Past, deal: DealId) -> Result<(), StoreError> {
    let moved = work.tx.one(
        sql!(
            "SELECT by_user FROM stage_move WHERE deal_id = $1 AND void_at IS NULL AND from_stage <> '' \
             ORDER BY at DESC, id DESC LIMIT 1"
        ),
        values![deal],
        |row| row.int(0),
    )?;
    if let Some(by) = moved {
        let name = name_of(work.tx, Some(by))?;
        return Err(
            past.stands(&format!("the deal it opened was moved by {name} since; take that back first"))
        );
    }
    let built = work.tx.number(
        sql!(
            "SELECT id FROM sale_order WHERE deal_id = $1 AND void_at IS NULL \
             UNION ALL SELECT id FROM node_event WHERE deal_id = $1 AND void_at IS NULL \
             UNION ALL SELECT id FROM touch WHERE deal_id = $1 AND void_at IS NULL LIMIT 1"
        ),
        values![deal],
    )?;
    if built.is_some() {
        return Err(past.stands("the deal it opened has been worked on since; take that back first"));
    }
    work.tx.put(
        sql!("UPDATE stage_move SET void_at = $2 WHERE deal_id = $1 AND void_at IS NULL"),
        values![deal, work.at],
    )?;
    let voided = work.tx.run(
        sql!("UPDATE deal SET void_at = $2 WHERE id = $1 AND void_at IS NULL"),
        values![deal, work.at],
    )?;
    past.expect(voided, "the deal it opened was taken back already")
}

fn last_move_is(work: &Work<'_>, past: &Past, deal: DealId, expected: i64) -> Result<(), StoreError> {
    let last = work.tx.one(
        sql!(
            "SELECT id, by_user FROM stage_move WHERE deal_id = $1 AND void_at IS NULL ORDER BY at DESC, id DESC LIMIT 1"
        ),
        values![deal],
        |row| Ok((row.int(0)?, row.int(1)?)),
    )?;
    match last {
        Some((id, _)) if id == expected => Ok(()),
        Some((_, by)) => {
            let name = name_of(work.tx, Some(by))?;
            Err(past.stands(&format!("the deal was moved by {name} since; take that back first")))
        }
        None => Err(past.stands("its move was taken back already")),
    }
}

fn node_changed(
    work: &Work<'_>,
    past: &Past,
    node: NodeId,
    (state, at): (NodeState, i64),
) -> Result<(), StoreError> {
    // what settled it later than this change is somebody's word that must not be lost
    let changed = work.tx.run(
        sql!(
            "UPDATE node_event SET state = $2, node_at = $3, settled_at = NULL, settled_by = NULL \
             WHERE id = $1 AND void_at IS NULL AND (settled_at IS NULL OR settled_at <= $4)"
        ),
        values![node, state, at, past.at],
    )?;
    past.expect(changed, "the appointment was changed since")
}

fn order_made(work: &Work<'_>, past: &Past, order: OrderId) -> Result<(), StoreError> {
    let paid = work.tx.one(
        sql!(
            "SELECT by_user FROM payment WHERE order_id = $1 AND void_at IS NULL AND (at <> $2 OR by_user <> $3) LIMIT 1"
        ),
        values![order, past.at, past.by],
        |row| row.int(0),
    )?;
    if let Some(by) = paid {
        let name = name_of(work.tx, Some(by))?;
        return Err(
            past.stands(&format!("{name} recorded a payment on the order since; take that back first"))
        );
    }
    for statement in [
        sql!("UPDATE payment SET void_at = $2 WHERE order_id = $1 AND void_at IS NULL"),
        sql!("UPDATE order_credit SET void_at = $2 WHERE order_id = $1 AND void_at IS NULL"),
    ] {
        work.tx.put(statement, values![order, work.at])?;
    }
    let voided = work.tx.run(
        sql!("UPDATE sale_order SET void_at = $2 WHERE id = $1 AND void_at IS NULL"),
        values![order, work.at],
    )?;
    past.expect(voided, "its order was taken back already")
}
