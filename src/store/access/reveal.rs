//! Showing a masked number or id: one at a time, with a reason, up to a number a day, on record (S001-84, S004-25).

use std::time::Duration;

use crate::domain::clean::clean;
use crate::domain::id::{ContactId, CustomerId, UserId};
use crate::domain::lists::{AuditKind, FieldRight, UserState};
use crate::domain::time::Timestamp;
use crate::store::change::{About, Note, Topic};
use crate::store::customers::invalid;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::rights::Action;
use crate::store::write::Work;
use crate::{sql, values};

/// How long it is shown.
pub const SHOWN_FOR: Duration = Duration::from_mins(10);

/// The rules by which one is refused.
pub const REFUSED: &[&str] = &["hidden", "leaving", "reveal_cap"];

/// Has a way of contact shown.
pub fn reveal(work: &mut Work<'_>, contact: ContactId, reason: &str) -> Result<(), StoreError> {
    let (customer, channel) = work
        .tx
        .one(sql!("SELECT customer_id, channel FROM contact WHERE id = $1"), values![contact], |row| {
            Ok((CustomerId(row.int(0)?), row.text(1)?.to_owned()))
        })?
        .ok_or_else(|| StoreError::NotFound { kind: "contact", id: contact.to_string(), hint: None })?;
    work.may(Action::Reveal, customer, "have a number shown")?;
    let reason = clean(reason);
    if reason.trim().is_empty() {
        return Err(invalid("no_reason", "say why the number is to be shown; it is on record"));
    }
    let access = &work.book_of(customer)?.playbook.access;
    match access.contact(work.by.role, &channel.as_str().into()) {
        FieldRight::Hide => {
            let what = format!("the playbook hides '{channel}' from a {}", work.by.role);
            return Err(StoreError::held("hidden", what));
        }
        FieldRight::Mask => {}
        FieldRight::Read | FieldRight::Write => {
            return Err(invalid("not_masked", "this is shown whole already"));
        }
    }
    within_cap(work, contact, access.reveals_per_day)?;
    let id = work.ids.make();
    work.tx.put(
        sql!(
            "INSERT INTO reveal (id, user_id, day, contact_id, customer_id, at, reason) VALUES ($1, $2, $3, $4, $5, $6, $7)"
        ),
        values![id, work.by.id, work.day, contact, customer, work.at, reason.as_ref()],
    )?;
    work.effects.customer = Some(customer);
    work.touch(Topic::Customer);
    let note = Note::new(AuditKind::Revealed, About::Customer(customer));
    // what somebody says of a customer
    work.note(note.changed("", format!("{channel} {contact}")).because(reason.as_ref()).personal());
    Ok(())
}

/// Refuses one more than the playbook allows a day, and all to who is about to leave.
fn within_cap(work: &Work<'_>, contact: ContactId, most: u32) -> Result<(), StoreError> {
    if work.by.state == UserState::Notice {
        return Err(StoreError::held("leaving", "who is about to leave has no numbers shown"));
    }
    let other = work.tx.number(
        sql!(
            "SELECT COUNT(DISTINCT contact_id) FROM reveal WHERE user_id = $1 AND day = $2 AND contact_id <> $3"
        ),
        values![work.by.id, work.day, contact],
    )?;
    if other.unwrap_or(0) < i64::from(most) {
        return Ok(());
    }
    Err(StoreError::held(
        "reveal_cap",
        format!("{most} numbers were shown to you today, which is the most a day"),
    ))
}

/// The ways of contact of a customer that are shown to a user now.
pub fn shown(
    tx: Tx<'_>,
    customer: CustomerId,
    (user, now): (UserId, Timestamp),
) -> Result<Vec<ContactId>, StoreError> {
    // a day has at most 25 hours, and nothing is shown for as long as that: two days are looked at
    let since = now.minus(SHOWN_FOR);
    let day = since.0.div_euclid(crate::domain::time::DAY_MS);
    tx.all(
        sql!(
            "SELECT DISTINCT contact_id FROM reveal WHERE user_id = $1 AND day >= $2 AND customer_id = $3 AND at > $4 \
             AND at <= $5 ORDER BY contact_id"
        ),
        values![user, day - 1, customer, since, now],
        |row| Ok(ContactId(row.int(0)?)),
    )
}
