//! What planning must know of one customer, read in a fixed number of statements.

use std::collections::BTreeMap;

use crate::domain::code::{
    ChannelCode, FieldCode, MaterialCode, NodeCode, PipelineCode, RoleCode, StageCode,
};
use crate::domain::id::{CustomerId, DealId, NodeId, PersonId, TaskId, UserId};
use crate::domain::lists::{ContactState, DealState, Lane, NodeState};
use crate::domain::time::Timestamp;
use crate::playbook::Playbook;
use crate::playbook::plan::{Known, KnownDeal, KnownNode, KnownPerson, KnownTask};
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::journal::from_json;
use crate::store::value::word;
use crate::{sql, values};

/// Answered calls that planning learns from (S003-17).
const ANSWERED: usize = 20;

/// Reads what is known of a customer at an instant.
pub fn load(tx: Tx<'_>, book: &Playbook, customer: CustomerId, now: Timestamp) -> Result<Known, StoreError> {
    let mut known = head(tx, customer)?;
    known.persons = persons(tx, customer)?;
    known.deals = deals(tx, customer)?;
    fields(tx, &mut known)?;
    used(tx, &mut known, now)?;
    known.nodes = nodes(tx, customer)?;
    known.tasks = tasks(tx, customer)?;
    touches(tx, book, &mut known, now)?;
    Ok(known)
}

fn head(tx: Tx<'_>, customer: CustomerId) -> Result<Known, StoreError> {
    tx.one(
        sql!(
            "SELECT owner_id, assigned_at, attempts, tries, connected, last_valid_at, dnc_until FROM customer WHERE id = $1"
        ),
        values![customer],
        |row| {
            Ok(Known {
                customer,
                owner: row.opt_int(0)?.map(UserId),
                assigned_at: Timestamp(row.int(1)?),
                attempts: u32::try_from(row.int(2)?).unwrap_or(0),
                tries: u32::try_from(row.int(3)?).unwrap_or(0),
                connected_ever: row.int(4)? != 0,
                last_valid: row.opt_int(5)?.map(Timestamp),
                do_not_contact: row.opt_int(6)?.map(Timestamp),
                ..Known::default()
            })
        },
    )?
    .ok_or_else(|| StoreError::NotFound { kind: "customer", id: customer.to_string(), hint: None })
}

fn persons(tx: Tx<'_>, customer: CustomerId) -> Result<Vec<KnownPerson>, StoreError> {
    let mut persons = tx.all(
        sql!("SELECT id, roles, touched FROM person WHERE customer_id = $1 ORDER BY id"),
        values![customer],
        |row| {
            Ok(KnownPerson {
                id: PersonId(row.int(0)?),
                roles: roles(row.text(1)?),
                touched: row.int(2)? != 0,
                contacts: Vec::new(),
            })
        },
    )?;
    tx.each(
        sql!(
            "SELECT person_id, channel, state FROM contact WHERE customer_id = $1 AND state <> 'dead' ORDER BY id"
        ),
        values![customer],
        |row| {
            let (person, state) = (PersonId(row.int(0)?), word(row, 2, ContactState::parse)?);
            if let Some(person) = persons.iter_mut().find(|p| p.id == person) {
                person.contacts.push((ChannelCode::from(row.text(1)?), state));
            }
            Ok(())
        },
    )?;
    Ok(persons)
}

/// The roles of a person as the column keeps them: codes with a comma between.
pub fn roles(text: &str) -> Vec<RoleCode> {
    text.split([',', ' ', '"', '[', ']']).filter(|code| !code.is_empty()).map(RoleCode::from).collect()
}

fn deals(tx: Tx<'_>, customer: CustomerId) -> Result<Vec<KnownDeal>, StoreError> {
    tx.all(
        sql!(
            "SELECT d.id, d.pipeline, d.stage, d.stage_since, d.opened_at, d.state, \
                 (SELECT CAST(sum(o.price) AS BIGINT) FROM sale_order o WHERE o.deal_id = d.id AND o.void_at IS NULL), \
                 (SELECT CAST(sum(p.amount) AS BIGINT) FROM payment p JOIN sale_order o ON o.id = p.order_id \
                  WHERE o.customer_id = d.customer_id AND o.deal_id = d.id AND o.void_at IS NULL AND p.void_at IS NULL) \
             FROM deal d WHERE d.customer_id = $1 AND d.void_at IS NULL ORDER BY d.opened_at, d.id"
        ),
        values![customer],
        |row| {
            let (price, paid) = (row.opt_int(6)?.unwrap_or(0), row.opt_int(7)?.unwrap_or(0));
            Ok(KnownDeal {
                id: DealId(row.int(0)?),
                pipeline: PipelineCode::from(row.text(1)?),
                stage: row.opt_text(2)?.map(StageCode::from),
                stage_since: Timestamp(row.int(3)?),
                opened_at: Timestamp(row.int(4)?),
                state: word(row, 5, DealState::parse)?,
                fields: BTreeMap::new(),
                paid_bp: paid_bp(price, paid),
            })
        },
    )
}

/// Use of what was bought, as the facts `lessons_used`, `lessons_left`, `lessons_per_week_2w` that rules compare.
fn used(tx: Tx<'_>, known: &mut Known, now: Timestamp) -> Result<(), StoreError> {
    const TWO_WEEKS_MS: i64 = 14 * crate::domain::time::DAY_MS;
    let (mut all, mut recent, mut left) = (0, 0, None);
    tx.each(
        sql!("SELECT at, amount, left_after FROM usage_event WHERE customer_id = $1 AND kind = 'lesson' ORDER BY at"),
        values![known.customer],
        |row| {
            all += row.int(1)?;
            if row.int(0)? > now.0 - TWO_WEEKS_MS {
                recent += row.int(1)?;
            }
            left = row.opt_int(2)?.or(left);
            Ok(())
        },
    )?;
    if all == 0 {
        return Ok(());
    }
    known.fields.insert("lessons_used".into(), all.to_string());
    known.fields.insert("lessons_per_week_2w".into(), (recent / 2).to_string());
    if let Some(left) = left {
        known.fields.insert("lessons_left".into(), left.to_string());
    }
    Ok(())
}

/// The share of a price that is paid, basis points; a payment for nothing counts as all of it.
pub fn paid_bp(price: i64, paid: i64) -> u32 {
    if paid <= 0 {
        return 0;
    }
    if price <= 0 {
        return 10_000;
    }
    let share = i128::from(paid) * 10_000 / i128::from(price);
    // any payment is more than none
    u32::try_from(share).unwrap_or(u32::MAX).max(1)
}

fn fields(tx: Tx<'_>, known: &mut Known) -> Result<(), StoreError> {
    let mut of_customer = Vec::new();
    let mut of_persons: Vec<(i64, FieldCode, String)> = Vec::new();
    tx.each(
        sql!("SELECT entity, entity_id, field, value FROM field_value WHERE customer_id = $1 ORDER BY entity_id"),
        values![known.customer],
        |row| {
            let (id, field, value) = (row.int(1)?, FieldCode::from(row.text(2)?), row.text(3)?.to_owned());
            match row.text(0)? {
                "opportunity" => {
                    if let Some(deal) = known.deals.iter_mut().find(|d| d.id.0 == id) {
                        deal.fields.insert(field, value);
                    }
                }
                "person" => of_persons.push((id, field, value)),
                _ => of_customer.push((field, value)),
            }
            Ok(())
        },
    )?;
    for (_, field, value) in of_persons {
        known.fields.entry(field).or_insert(value);
    }
    for (field, value) in of_customer {
        known.fields.entry(field).or_insert(value);
    }
    Ok(())
}

fn nodes(tx: Tx<'_>, customer: CustomerId) -> Result<Vec<KnownNode>, StoreError> {
    tx.all(
        sql!(
            "SELECT id, node, deal_id, state, node_at FROM node_event \
             WHERE customer_id = $1 AND void_at IS NULL ORDER BY node_at, id"
        ),
        values![customer],
        |row| {
            Ok(KnownNode {
                id: NodeId(row.int(0)?),
                node: NodeCode::from(row.text(1)?),
                deal: row.opt_int(2)?.map(DealId),
                state: word(row, 3, NodeState::parse)?,
                at: Timestamp(row.int(4)?),
            })
        },
    )
}

fn tasks(tx: Tx<'_>, customer: CustomerId) -> Result<Vec<KnownTask>, StoreError> {
    tx.all(
        sql!(
            "SELECT id, task_key, lane, deal_id, node_id, due_at, source, coupon, material FROM task \
             WHERE customer_id = $1 AND state = 'due' ORDER BY due_at, id"
        ),
        values![customer],
        |row| {
            Ok(KnownTask {
                id: TaskId(row.int(0)?),
                key: row.text(1)?.to_owned(),
                lane: word(row, 2, Lane::parse)?,
                deal: row.opt_int(3)?.map(DealId),
                node: row.opt_int(4)?.map(NodeId),
                due_at: Timestamp(row.int(5)?),
                source: from_json(row.text(6)?)?,
                coupon: row.opt_text(7)?.map(Into::into),
                material: row.opt_text(8)?.map(Into::into),
            })
        },
    )
}

fn touches(tx: Tx<'_>, book: &Playbook, known: &mut Known, now: Timestamp) -> Result<(), StoreError> {
    let is_call = |channel: &str| book.channels.iter().any(|c| c.is_call && c.code.as_str() == channel);
    let today = book.zone.start(book.zone.day(now));
    tx.each(
        sql!(
            "SELECT channel, direction FROM touch WHERE customer_id = $1 AND at >= $2 AND at <= $3 AND void_at IS NULL"
        ),
        values![known.customer, today, now],
        |row| {
            known.calls_today += u32::from(is_call(row.text(0)?) && row.text(1)? == "out");
            Ok(())
        },
    )?;
    let answered = tx.all(
        sql!(
            "SELECT channel, person_id, at FROM touch \
             WHERE customer_id = $1 AND connected = 1 AND void_at IS NULL ORDER BY at DESC, id DESC LIMIT 60"
        ),
        values![known.customer],
        |row| Ok((is_call(row.text(0)?), row.opt_int(1)?.map(PersonId), Timestamp(row.int(2)?))),
    )?;
    known.answered = answered
        .into_iter()
        .filter(|(call, _, _)| *call)
        .map(|(_, person, at)| (person, at))
        .take(ANSWERED)
        .collect();
    tx.each(
        sql!(
            "SELECT material, max(at) FROM touch \
             WHERE customer_id = $1 AND material IS NOT NULL AND void_at IS NULL GROUP BY material"
        ),
        values![known.customer],
        |row| {
            known.sent.insert(MaterialCode::from(row.text(0)?), Timestamp(row.int(1)?));
            Ok(())
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_of_the_price_never_rounds_a_payment_away() {
        assert_eq!(paid_bp(1_000_000, 1), 1, "0.01 bp is still a payment");
        assert_eq!(paid_bp(468_000, 234_000), 5_000);
        assert_eq!(paid_bp(468_000, 0), 0);
        assert_eq!(paid_bp(0, 100), 10_000);
    }

    #[test]
    fn roles_are_read_with_a_comma_between() {
        assert_eq!(roles("mother,payer"), [RoleCode::from("mother"), RoleCode::from("payer")]);
        assert!(roles("").is_empty());
    }
}
