//! Filling what is empty of a customer that is known.

use crate::domain::code::FieldCode;
use crate::domain::id::{CustomerId, PersonId};
use crate::domain::time::Timestamp;
use crate::playbook::plan::Happening;
use crate::store::change::customer::FieldOwner;
use crate::store::customers::contact;
use crate::store::customers::draft::{Draft, DraftPerson};
use crate::store::customers::{add, field, happen};
use crate::store::error::StoreError;
use crate::store::search;
use crate::store::work::contact::refuse;
use crate::store::write::Work;
use crate::{sql, values};

/// Fills empty columns and fields and adds contacts nobody has; what is there stays. Says whether anything was filled.
pub(super) fn fill(work: &mut Work<'_>, customer: CustomerId, draft: &Draft) -> Result<bool, StoreError> {
    let mut filled = columns(work, customer, draft)?;
    let mut happened = Vec::new();
    happened.extend(fields(work, FieldOwner::Customer(customer), customer, &draft.set)?);
    let first = work
        .tx
        .number(sql!("SELECT min(id) FROM person WHERE customer_id = $1"), values![customer])?
        .map(PersonId);
    if let (Some(id), Some(person)) = (first, draft.persons.first()) {
        happened.extend(fields(work, FieldOwner::Person(id), customer, &person.set)?);
        filled |= named(work, id, &person.name)?;
        for person in &draft.persons {
            filled |= contacts(work, customer, id, person)?;
        }
    }
    if draft.do_not_contact {
        filled |= forbid(work, customer)?;
    }
    filled |= !happened.is_empty();
    if filled {
        // it may be a customer of this very part
        work.found_by.settle(work.tx)?;
        search::rebuild(work.tx, customer)?;
        happen(work, customer, happened)?;
    }
    Ok(filled)
}

fn columns(work: &Work<'_>, customer: CustomerId, draft: &Draft) -> Result<bool, StoreError> {
    let external = match draft.external_id.as_deref() {
        Some(id) if add::external(work.tx, id)?.is_some() => None,
        other => other,
    };
    let changed = work.tx.run(
        sql!(
            "UPDATE customer SET city = CASE WHEN city = '' THEN $2 ELSE city END, \
               source = CASE WHEN source = '' THEN $3 ELSE source END, \
               external_id = coalesce(external_id, $4), version = version + 1 \
             WHERE id = $1 AND ((city = '' AND $2 <> '') OR (source = '' AND $3 <> '') \
               OR (external_id IS NULL AND CAST($4 AS TEXT) IS NOT NULL))"
        ),
        values![customer, &draft.city, &draft.source, external],
    )?;
    Ok(changed > 0)
}

fn fields(
    work: &mut Work<'_>,
    on: FieldOwner,
    customer: CustomerId,
    set: &[(FieldCode, String)],
) -> Result<Vec<Happening>, StoreError> {
    let mut happened = Vec::new();
    for (code, value) in set.iter().filter(|(_, value)| !value.is_empty()) {
        let there = work.tx.number(
            sql!("SELECT 1 FROM field_value WHERE entity = $1 AND entity_id = $2 AND field = $3"),
            values![on.entity(), on.bare(), code],
        )?;
        if there.is_none() {
            happened.extend(field::write(work, on, customer, (code, value))?);
        }
    }
    Ok(happened)
}

fn named(work: &Work<'_>, person: PersonId, name: &str) -> Result<bool, StoreError> {
    let changed = work.tx.run(
        sql!("UPDATE person SET name = $2 WHERE id = $1 AND name = '' AND $2 <> ''"),
        values![person, name],
    )?;
    Ok(changed > 0)
}

fn contacts(
    work: &mut Work<'_>,
    customer: CustomerId,
    to: PersonId,
    person: &DraftPerson,
) -> Result<bool, StoreError> {
    let mut added = false;
    for contact in &person.contacts {
        let mark = (contact.channel.as_str(), contact.norm.as_str());
        // one that is barred is left out; the rest of the row is as good as it was
        let is_barred = work.barred.until(work.tx, [mark], work.at)?.is_some();
        if !is_barred && contact::holder(work.tx, contact)?.is_none() {
            contact::insert(work, customer, to, contact)?;
            added = true;
        }
    }
    Ok(added)
}

fn forbid(work: &mut Work<'_>, customer: CustomerId) -> Result<bool, StoreError> {
    let until = work.tx.number(sql!("SELECT dnc_until FROM customer WHERE id = $1"), values![customer])?;
    if until.is_some_and(|until| until > work.at.0) {
        return Ok(false);
    }
    let playbook = work.book_of(customer)?.playbook;
    refuse(work, &playbook, (customer, until.map(Timestamp)), (None, ""))?;
    Ok(true)
}
