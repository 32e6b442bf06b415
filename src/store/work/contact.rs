//! What a contact is worth, and whether the customer may be contacted at all.

use crate::domain::clean::clean_lines;
use crate::domain::id::{ContactId, CustomerId, PersonId};
use crate::domain::lists::{AuditKind, ContactState, TaskState};
use crate::domain::time::Timestamp;
use crate::playbook::Playbook;
use crate::store::change::{About, Note, Topic};
use crate::store::error::StoreError;
use crate::store::rights::Action;
use crate::store::tasks;
use crate::store::undo::Reversal;
use crate::store::work::invalid;
use crate::store::write::Work;
use crate::{sql, values};

/// Days a refusal holds for each month of the playbook's `dnc_months`: never shorter than the month meant.
const MONTH_DAYS: i64 = 31;

/// Writes what a contact has become worth, given what it was worth and when it was first proved. Answers whether this is its
/// first proof.
pub fn change_state(
    work: &mut Work<'_>,
    contact: ContactId,
    (before, proved): (ContactState, Option<Timestamp>),
    state: ContactState,
) -> Result<bool, StoreError> {
    if before == state {
        return Ok(false);
    }
    let first = state == ContactState::Verified && proved.is_none();
    work.tx.put(
        sql!("UPDATE contact SET state = $2, verified_at = $3 WHERE id = $1"),
        values![contact, state, if first { Some(work.at) } else { proved }],
    )?;
    work.reverse(Reversal::ContactState { contact: contact.0, state: before.as_str().to_owned() });
    work.touch(Topic::Customer);
    Ok(first)
}

/// Notes that a person was reached.
pub fn reached(work: &mut Work<'_>, person: PersonId) -> Result<(), StoreError> {
    let first = work.tx.likely(
        sql!("UPDATE person SET touched = 1 WHERE id = $1 AND touched = 0"),
        values![person],
        1,
    )?;
    if first > 0 {
        work.reverse(Reversal::PersonTouched(person));
    }
    Ok(())
}

/// Registers that a customer must not be contacted: everybody may, nobody but a manager may lift it.
pub fn forbid(
    work: &mut Work<'_>,
    customer: CustomerId,
    until: Option<Timestamp>,
    words: &str,
) -> Result<(), StoreError> {
    work.may(Action::ForbidContact, customer, "register do-not-contact")?;
    if until.is_some_and(|until| until <= work.at) {
        return Err(invalid("past", "the refusal would have ended already; name a later time or none"));
    }
    work.effects.customer = Some(customer);
    let playbook = work.book_of(customer)?.playbook;
    let before = standing(work, customer)?;
    refuse(work, &playbook, (customer, before), (until, words))?;
    let due = work.tx.all(
        sql!("SELECT id FROM task WHERE customer_id = $1 AND state = 'due' ORDER BY id"),
        values![customer],
        |row| Ok(crate::domain::id::TaskId(row.int(0)?)),
    )?;
    for task in due {
        tasks::close(work, task, TaskState::Cancelled, "do_not_contact")?;
    }
    Ok(())
}

/// Writes the refusal and answers until when it holds; a longer one that stands `before` is kept.
pub fn refuse(
    work: &mut Work<'_>,
    playbook: &Playbook,
    (customer, before): (CustomerId, Option<Timestamp>),
    (until, words): (Option<Timestamp>, &str),
) -> Result<Timestamp, StoreError> {
    let until = until.unwrap_or_else(|| {
        let days = i64::from(playbook.contact.dnc_months.max(1)) * MONTH_DAYS;
        playbook.zone.end(playbook.zone.day(work.at).plus(days))
    });
    let until = before.map_or(until, |before| before.max(until));
    work.tx.put(sql!("UPDATE customer SET dnc_until = $2 WHERE id = $1"), values![customer, until])?;
    consent(work, customer, ("do_not_contact", Some(until)), words)?;
    work.reverse(Reversal::Forbidden { customer, before });
    work.touch(Topic::Customer);
    Ok(until)
}

/// Lifts it: a manager's right.
pub fn allow(work: &mut Work<'_>, customer: CustomerId, words: &str) -> Result<(), StoreError> {
    work.may(Action::AllowContact, customer, "lift do-not-contact")?;
    let before = standing(work, customer)?;
    if before.is_none_or(|until| until <= work.at) {
        return Err(invalid("not_forbidden", "this customer may be contacted; nothing is to be lifted"));
    }
    work.effects.customer = Some(customer);
    work.tx.put(sql!("UPDATE customer SET dnc_until = NULL WHERE id = $1"), values![customer])?;
    work.tx.put(
        sql!("UPDATE consent SET lifted_at = $2 WHERE customer_id = $1 AND kind = 'do_not_contact' AND lifted_at IS NULL"),
        values![customer, work.at],
    )?;
    consent(work, customer, ("may_contact", None), words)?;
    let until = before.map(|until| format!("until {until}")).unwrap_or_default();
    let note = Note::new(AuditKind::ContactLifted, About::Customer(customer)).changed(until, "");
    // what somebody said of the customer
    work.note(note.because(words).personal());
    work.reverse(Reversal::Forbidden { customer, before });
    work.touch(Topic::Customer);
    Ok(())
}

fn standing(work: &Work<'_>, customer: CustomerId) -> Result<Option<Timestamp>, StoreError> {
    let until = work.tx.number(sql!("SELECT dnc_until FROM customer WHERE id = $1"), values![customer])?;
    Ok(until.map(Timestamp))
}

fn consent(
    work: &mut Work<'_>,
    customer: CustomerId,
    (kind, until): (&str, Option<Timestamp>),
    words: &str,
) -> Result<(), StoreError> {
    let id = work.ids.make();
    work.tx.put(
        sql!(
            "INSERT INTO consent (id, customer_id, kind, until, words, at, by_user, lifted_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, NULL)"
        ),
        values![id, customer, kind, until, clean_lines(words).as_ref(), work.at, work.by.id],
    )?;
    Ok(())
}
