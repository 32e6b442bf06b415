//! Giving customers to a rep: dated ownership, and the tasks that follow the owner.

use crate::domain::clean::clean;
use crate::domain::id::{CustomerId, UserId};
use crate::domain::lists::{AuditKind, EventKind};
use crate::domain::time::Timestamp;
use crate::playbook::plan::Happening;
use crate::store::change::{About, Note, Topic};
use crate::store::customers::{add, happen, login_of};
use crate::store::error::StoreError;
use crate::store::rights::Action;
use crate::store::search;
use crate::store::undo::Reversal;
use crate::store::write::Work;
use crate::{sql, values};

/// Gives customers to a rep, or to nobody. One that is there already is left as it is.
pub fn assign(
    work: &mut Work<'_>,
    customers: &[CustomerId],
    to: Option<UserId>,
    reason: &str,
) -> Result<(), StoreError> {
    if let Some(to) = to {
        add::may_follow(work, to)?;
    }
    let reason = clean(reason).into_owned();
    for customer in customers {
        work.may(Action::Assign, *customer, "assign a customer")?;
        give(work, *customer, to, &reason)?;
    }
    if let [only] = customers {
        work.effects.customer = Some(*only);
    }
    Ok(())
}

fn give(
    work: &mut Work<'_>,
    customer: CustomerId,
    to: Option<UserId>,
    reason: &str,
) -> Result<(), StoreError> {
    let (before, since) = work
        .tx
        .one(sql!("SELECT owner_id, assigned_at FROM customer WHERE id = $1"), values![customer], |row| {
            Ok((row.opt_int(0)?.map(UserId), Timestamp(row.int(1)?)))
        })?
        .ok_or_else(|| StoreError::NotFound { kind: "customer", id: customer.to_string(), hint: None })?;
    if before == to {
        return Ok(());
    }
    work.tx.put(
        sql!(
            "UPDATE ownership SET to_at = $2 \
             WHERE customer_id = $1 AND process = '' AND owner_right = 'follow' AND to_at IS NULL"
        ),
        values![customer, work.at],
    )?;
    work.tx.put(
        sql!("UPDATE customer SET owner_id = $2, assigned_at = $3 WHERE id = $1"),
        values![customer, to, work.at],
    )?;
    search::hand_over(work.tx, customer, (before, to))?;
    work.tx.put(
        sql!("UPDATE task SET owner_id = $2 WHERE customer_id = $1 AND state = 'due'"),
        values![customer, to],
    )?;
    let (from, to_whom) = (login_of(work, before)?, login_of(work, to)?);
    let about = About::Customer(customer);
    work.note(Note::new(AuditKind::Transferred, about).changed(from, to_whom).because(reason));
    work.reverse(Reversal::Assigned { customer, before, since });
    work.touch(Topic::Customer);
    work.owner(before);
    let Some(to) = to else { return Ok(()) };
    add::follow(work, customer, to, reason)?;
    let kind = EventKind::LeadAssigned;
    happen(work, customer, vec![Happening { kind, name: None, deal: None, node: None, at: work.at }])
}
