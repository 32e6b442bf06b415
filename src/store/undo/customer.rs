//! Customers back: fields, contacts, members, hands, refusals, names.

use super::Reversal;
use super::choose::{Past, changed_since, name_of};
use crate::domain::id::{CustomerId, PersonId, UserId};
use crate::domain::time::Timestamp;
use crate::store::customers::remove::remove;
use crate::store::error::StoreError;
use crate::store::rights::Action;
use crate::store::search;
use crate::store::write::Work;
use crate::{sql, values};

/// Takes one step back.
pub fn back(work: &mut Work<'_>, past: &Past, step: &Reversal) -> Result<(), StoreError> {
    match step {
        Reversal::Field { .. } => field(work, past, step),
        Reversal::ContactMade(contact) => {
            let customer =
                work.tx.number(sql!("SELECT customer_id FROM contact WHERE id = $1"), values![*contact])?;
            let customer = customer.ok_or_else(|| past.stands("the contact it added is gone"))?;
            work.tx.put(sql!("DELETE FROM contact WHERE id = $1"), values![*contact])?;
            search::rebuild(work.tx, CustomerId(customer))
        }
        Reversal::ContactState { contact, state } => {
            let changed = work.tx.run(
                sql!(
                    "UPDATE contact SET state = $2, \
                     verified_at = CASE WHEN verified_at = $3 THEN NULL ELSE verified_at END WHERE id = $1"
                ),
                values![*contact, state, past.at],
            )?;
            past.expect(changed, "the contact is gone")
        }
        Reversal::Forbidden { customer, before } => forbidden(work, past, *customer, *before),
        Reversal::Renamed { customer, name, city, source } => {
            if changed_since(work, past, *customer)? {
                return Err(past.stands("the customer was edited since; take that back first"));
            }
            // the number goes on: whoever has the card open must not overwrite what came back
            work.tx.put(
                sql!(
                    "UPDATE customer SET name = $2, city = $3, source = $4, version = version + 1 WHERE id = $1"
                ),
                values![*customer, name, city, source],
            )?;
            search::rebuild(work.tx, *customer)
        }
        Reversal::PersonMade(person) => person_made(work, past, *person),
        Reversal::CustomerMade(customer) => customer_made(work, past, *customer),
        Reversal::Assigned { customer, before, since } => assigned(work, past, *customer, (*before, *since)),
        Reversal::PrivateNote { customer, before } => {
            if changed_since(work, past, *customer)? {
                return Err(past.stands("the note was written again since; take that back first"));
            }
            if before.is_empty() {
                work.tx.put(
                    sql!("DELETE FROM private_note WHERE customer_id = $1 AND user_id = $2"),
                    values![*customer, past.by],
                )?;
            } else {
                work.tx.put(
                    sql!(
                        "INSERT INTO private_note (customer_id, user_id, body, at) VALUES ($1, $2, $3, $4) \
                         ON CONFLICT (customer_id, user_id) DO UPDATE SET body = excluded.body, at = excluded.at"
                    ),
                    values![*customer, past.by, before, work.at],
                )?;
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

fn field(work: &Work<'_>, past: &Past, step: &Reversal) -> Result<(), StoreError> {
    let Reversal::Field { entity, id, field, before, after } = step else { return Ok(()) };
    let now = work.tx.one(
        sql!("SELECT value, by_user FROM field_value WHERE entity = $1 AND entity_id = $2 AND field = $3"),
        values![entity, *id, field],
        |row| Ok((row.text(0)?.to_owned(), row.int(1)?)),
    )?;
    let (value, by) = now.map_or((String::new(), None), |(value, by)| (value, Some(by)));
    if value != *after {
        let name = name_of(work.tx, by)?;
        return Err(past.stands(&format!("{name} has set '{field}' to '{value}' since")));
    }
    let Some((value, at, by)) = before else {
        work.tx.put(
            sql!("DELETE FROM field_value WHERE entity = $1 AND entity_id = $2 AND field = $3"),
            values![entity, *id, field],
        )?;
        return Ok(());
    };
    let customer = work.tx.number(
        match entity.as_str() {
            "person" => sql!("SELECT customer_id FROM person WHERE id = $1"),
            "opportunity" => sql!("SELECT customer_id FROM deal WHERE id = $1"),
            _ => sql!("SELECT id FROM customer WHERE id = $1"),
        },
        values![*id],
    )?;
    let customer = customer.ok_or_else(|| past.stands("what the field sits on is gone"))?;
    work.tx.put(
        sql!(
            "INSERT INTO field_value (entity, entity_id, field, customer_id, value, at, by_user) \
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (entity, entity_id, field) DO UPDATE \
             SET value = excluded.value, at = excluded.at, by_user = excluded.by_user"
        ),
        values![entity, *id, field, customer, value, *at, *by],
    )?;
    Ok(())
}

/// Lifting a refusal is a right of its own, also by way of an undo; putting one back is everybody's.
fn forbidden(
    work: &Work<'_>,
    past: &Past,
    customer: CustomerId,
    before: Option<Timestamp>,
) -> Result<(), StoreError> {
    let now = work.tx.number(sql!("SELECT dnc_until FROM customer WHERE id = $1"), values![customer])?;
    if now.is_some_and(|now| before.is_none_or(|before| before.0 < now)) {
        work.may(Action::AllowContact, customer, "take back a do-not-contact")?;
    }
    let later = work.tx.number(
        sql!("SELECT id FROM consent WHERE customer_id = $1 AND at > $2 AND lifted_at IS NULL LIMIT 1"),
        values![customer, past.at],
    )?;
    if later.is_some() {
        return Err(past.stands("the customer has said something else since"));
    }
    work.tx.put(sql!("UPDATE customer SET dnc_until = $2 WHERE id = $1"), values![customer, before])?;
    work.tx.put(
        sql!("UPDATE consent SET lifted_at = NULL WHERE customer_id = $1 AND lifted_at = $2"),
        values![customer, past.at],
    )?;
    work.tx.put(
        sql!("UPDATE consent SET lifted_at = $3 WHERE customer_id = $1 AND at = $2 AND lifted_at IS NULL"),
        values![customer, past.at, work.at],
    )?;
    Ok(())
}

fn person_made(work: &Work<'_>, past: &Past, person: PersonId) -> Result<(), StoreError> {
    let used = work.tx.number(
        sql!(
            "SELECT id FROM contact WHERE person_id = $1 UNION ALL SELECT id FROM touch WHERE person_id = $1 \
             UNION ALL SELECT id FROM task WHERE person_id = $1 AND state = 'due' LIMIT 1"
        ),
        values![person],
    )?;
    if used.is_some() {
        return Err(past.stands("the member it added has contacts, calls or tasks by now"));
    }
    let customer = work.tx.number(sql!("SELECT customer_id FROM person WHERE id = $1"), values![person])?;
    let customer = customer.ok_or_else(|| past.stands("the member it added is gone"))?;
    work.tx
        .run(sql!("DELETE FROM field_value WHERE entity = 'person' AND entity_id = $1"), values![person])?;
    work.tx.put(sql!("DELETE FROM person WHERE id = $1"), values![person])?;
    search::rebuild(work.tx, CustomerId(customer))
}

/// Everything of the customer goes, while nobody has worked on it.
fn customer_made(work: &mut Work<'_>, past: &Past, customer: CustomerId) -> Result<(), StoreError> {
    let worked = work.tx.one(
        sql!(
            "SELECT user_id FROM touch WHERE customer_id = $1 AND void_at IS NULL \
             UNION ALL SELECT by_user FROM sale_order WHERE customer_id = $1 AND void_at IS NULL \
             UNION ALL SELECT user_id FROM coupon_issue WHERE customer_id = $1 AND state <> 'released' LIMIT 1"
        ),
        values![customer],
        |row| row.int(0),
    )?;
    if let Some(by) = worked {
        let name = name_of(work.tx, Some(by))?;
        return Err(past.stands(&format!("{name} has worked with the customer it added since")));
    }
    let gone = remove(work, customer)?;
    past.expect(gone, "the customer it added is gone")
}

fn assigned(
    work: &mut Work<'_>,
    past: &Past,
    customer: CustomerId,
    (before, since): (Option<UserId>, Timestamp),
) -> Result<(), StoreError> {
    let (owner, at) = work
        .tx
        .one(sql!("SELECT owner_id, assigned_at FROM customer WHERE id = $1"), values![customer], |row| {
            Ok((row.opt_int(0)?, row.int(1)?))
        })?
        .ok_or_else(|| past.stands("the customer is gone"))?;
    if at != past.at.0 {
        let name = name_of(work.tx, owner)?;
        return Err(past.stands(&format!("the customer was given to {name} since")));
    }
    work.tx.put(
        sql!(
            "DELETE FROM ownership WHERE customer_id = $1 AND owner_right = 'follow' AND from_at = $2 AND to_at IS NULL"
        ),
        values![customer, past.at],
    )?;
    if let Some(before) = before {
        work.tx.put(
            sql!(
                "UPDATE ownership SET to_at = NULL WHERE customer_id = $1 AND owner_right = 'follow' AND to_at = $2 \
                 AND user_id = $3"
            ),
            values![customer, past.at, before],
        )?;
    }
    work.tx.put(
        sql!("UPDATE customer SET owner_id = $2, assigned_at = $3 WHERE id = $1"),
        values![customer, before, since],
    )?;
    search::hand_over(work.tx, customer, (owner.map(UserId), before))?;
    work.tx.put(
        sql!("UPDATE task SET owner_id = $2 WHERE customer_id = $1 AND state = 'due'"),
        values![customer, before],
    )?;
    work.owner(owner.map(UserId));
    work.owner(before);
    Ok(())
}
