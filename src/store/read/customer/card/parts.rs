//! The lists on a card, each in its own order and none longer than a screen needs.

use crate::domain::id::{
    ContactId, CustomerId, DealId, IssueId, NodeId, OrderId, PersonId, PromiseId, TaskId, UserId,
};
use crate::domain::lists::{ContactState, DealState, IssueState, Lane, NodeState, OwnerRight, PromiseState};
use crate::domain::money::Money;
use crate::domain::time::Timestamp;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::journal::from_json;
use crate::store::query::customer::{
    CardContact, CardCoupon, CardDeal, CardGrant, CardNode, CardOrder, CardPerson, CardPromise, CardTask,
};
use crate::store::read::customer::card::Fields;
use crate::store::value::word;
use crate::{sql, values};

pub(super) fn persons(
    tx: Tx<'_>,
    customer: CustomerId,
    fields: &mut Fields,
) -> Result<Vec<CardPerson>, StoreError> {
    let mut persons = tx.all(
        sql!("SELECT id, name, roles FROM person WHERE customer_id = $1 ORDER BY id"),
        values![customer],
        |row| {
            let roles = row.text(2)?.split(',').filter(|code| !code.is_empty()).map(Into::into).collect();
            Ok(CardPerson {
                id: PersonId(row.int(0)?),
                name: row.text(1)?.to_owned(),
                roles,
                contacts: Vec::new(),
                fields: std::collections::BTreeMap::new(),
                locked: std::collections::BTreeMap::new(),
            })
        },
    )?;
    let contacts = tx.all(
        sql!(
            "SELECT person_id, id, channel, norm, raw, extension, state FROM contact WHERE customer_id = $1 ORDER BY id"
        ),
        values![customer],
        |row| {
            let contact = CardContact {
                id: ContactId(row.int(1)?),
                channel: row.text(2)?.into(),
                norm: row.text(3)?.to_owned(),
                raw: row.text(4)?.to_owned(),
                extension: row.text(5)?.to_owned(),
                state: word(row, 6, ContactState::parse)?,
                is_masked: false,
            };
            Ok((PersonId(row.int(0)?), contact))
        },
    )?;
    for (person, contact) in contacts {
        if let Some(person) = persons.iter_mut().find(|p| p.id == person) {
            person.contacts.push(contact);
        }
    }
    for person in &mut persons {
        person.fields = fields.remove(&("person".to_owned(), person.id.0)).unwrap_or_default();
    }
    Ok(persons)
}

/// Who else has a right over the customer.
pub(super) fn grants(tx: Tx<'_>, customer: CustomerId, now: Timestamp) -> Result<Vec<CardGrant>, StoreError> {
    tx.all(
        sql!(
            "SELECT o.user_id, coalesce(u.name, ''), o.owner_right, o.process, o.to_at, o.share_bp FROM ownership o \
             LEFT JOIN person_user u ON u.id = o.user_id WHERE o.customer_id = $1 AND o.owner_right <> 'follow' \
             AND o.from_at <= $2 AND (o.to_at IS NULL OR o.to_at > $2) ORDER BY o.id"
        ),
        values![customer, now],
        |row| {
            Ok(CardGrant {
                user: (UserId(row.int(0)?), row.text(1)?.to_owned()),
                right: word(row, 2, OwnerRight::parse)?,
                process: row.text(3)?.to_owned(),
                until: row.opt_int(4)?.map(Timestamp),
                share_bp: row.int(5)?,
            })
        },
    )
}

pub(super) fn deals(
    tx: Tx<'_>,
    customer: CustomerId,
    fields: &mut Fields,
) -> Result<Vec<CardDeal>, StoreError> {
    let mut deals = tx.all(
        sql!(
            "SELECT id, pipeline, seq, stage, stage_since, state, opened_at FROM deal \
             WHERE customer_id = $1 AND void_at IS NULL ORDER BY state <> 'open', id DESC"
        ),
        values![customer],
        |row| {
            Ok(CardDeal {
                id: DealId(row.int(0)?),
                pipeline: row.text(1)?.into(),
                seq: row.int(2)?,
                stage: row.opt_text(3)?.map(Into::into),
                stage_since: Timestamp(row.int(4)?),
                state: word(row, 5, DealState::parse)?,
                opened_at: Timestamp(row.int(6)?),
                fields: std::collections::BTreeMap::new(),
                locked: std::collections::BTreeMap::new(),
            })
        },
    )?;
    for deal in &mut deals {
        deal.fields = fields.remove(&("opportunity".to_owned(), deal.id.0)).unwrap_or_default();
    }
    Ok(deals)
}

/// Tags are the open deals without a stage, by the code of their pipeline.
pub(super) fn tags(tx: Tx<'_>, customer: CustomerId) -> Result<Vec<String>, StoreError> {
    tx.all(
        sql!(
            "SELECT pipeline FROM deal \
             WHERE customer_id = $1 AND stage IS NULL AND state = 'open' AND void_at IS NULL ORDER BY id"
        ),
        values![customer],
        |row| Ok(row.text(0)?.to_owned()),
    )
}

pub(super) fn promises(tx: Tx<'_>, customer: CustomerId) -> Result<Vec<CardPromise>, StoreError> {
    tx.all(
        sql!(
            "SELECT p.id, p.words, p.due_at, coalesce(u.name, ''), p.state FROM promise p \
             LEFT JOIN person_user u ON u.id = p.by_user \
             WHERE p.customer_id = $1 AND p.state = 'open' ORDER BY p.due_at, p.id LIMIT 16"
        ),
        values![customer],
        |row| {
            Ok(CardPromise {
                id: PromiseId(row.int(0)?),
                words: row.text(1)?.to_owned(),
                due_at: Timestamp(row.int(2)?),
                by: row.text(3)?.to_owned(),
                state: word(row, 4, PromiseState::parse)?,
            })
        },
    )
}

pub(super) fn coupons(tx: Tx<'_>, customer: CustomerId) -> Result<Vec<CardCoupon>, StoreError> {
    tx.all(
        sql!(
            "SELECT id, coupon, code, state, until FROM coupon_issue \
             WHERE customer_id = $1 AND state IN ('reserved', 'pushed') ORDER BY until NULLS FIRST, id LIMIT 16"
        ),
        values![customer],
        |row| {
            Ok(CardCoupon {
                id: IssueId(row.int(0)?),
                coupon: row.text(1)?.to_owned(),
                code: row.text(2)?.to_owned(),
                state: word(row, 3, IssueState::parse)?,
                until: Timestamp(row.int(4)?),
            })
        },
    )
}

/// Booked ones soonest first, then the last one of the past.
pub(super) fn nodes(tx: Tx<'_>, customer: CustomerId) -> Result<Vec<CardNode>, StoreError> {
    let all = tx.all(
        sql!(
            "SELECT id, node, deal_id, node_at, state FROM node_event \
             WHERE customer_id = $1 AND void_at IS NULL ORDER BY node_at, id"
        ),
        values![customer],
        |row| {
            Ok(CardNode {
                id: NodeId(row.int(0)?),
                node: row.text(1)?.to_owned(),
                deal: row.opt_int(2)?.map(DealId),
                at: Timestamp(row.int(3)?),
                state: word(row, 4, NodeState::parse)?,
            })
        },
    )?;
    let open = |node: &CardNode| matches!(node.state, NodeState::Booked | NodeState::Reminded);
    let (mut shown, past): (Vec<_>, Vec<_>) = all.into_iter().partition(open);
    shown.extend(past.into_iter().next_back());
    Ok(shown)
}

pub(super) fn orders(tx: Tx<'_>, customer: CustomerId) -> Result<Vec<CardOrder>, StoreError> {
    tx.all(
        sql!(
            "SELECT o.id, o.deal_id, o.product, o.price, \
               coalesce((SELECT CAST(sum(p.amount) AS BIGINT) FROM payment p WHERE p.order_id = o.id AND p.void_at IS NULL), 0), o.at \
             FROM sale_order o WHERE o.customer_id = $1 AND o.void_at IS NULL ORDER BY o.at DESC, o.id DESC LIMIT 16"
        ),
        values![customer],
        |row| {
            Ok(CardOrder {
                id: OrderId(row.int(0)?),
                deal: DealId(row.int(1)?),
                product: row.text(2)?.into(),
                price: Money(row.int(3)?),
                paid: Money(row.int(4)?),
                at: Timestamp(row.int(5)?),
            })
        },
    )
}

pub(super) fn tasks(tx: Tx<'_>, customer: CustomerId) -> Result<Vec<CardTask>, StoreError> {
    tx.all(
        sql!(
            "SELECT t.id, t.lane, t.due_at, t.source, u.name FROM task t LEFT JOIN person_user u ON u.id = t.owner_id \
             WHERE t.customer_id = $1 AND t.state = 'due' ORDER BY t.due_at, t.id LIMIT 8"
        ),
        values![customer],
        |row| {
            Ok(CardTask {
                id: TaskId(row.int(0)?),
                lane: word(row, 1, Lane::parse)?,
                due_at: Timestamp(row.int(2)?),
                source: from_json(row.text(3)?)?,
                owner: row.opt_text(4)?.map(str::to_owned),
            })
        },
    )
}
