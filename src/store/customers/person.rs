//! Members of a customer.

use crate::domain::code::RoleCode;
use crate::domain::id::{CustomerId, PersonId};
use crate::domain::lists::ContactState;
use crate::playbook::plan::Happening;
use crate::store::change::Topic;
use crate::store::change::customer::{FieldOwner, NewPerson};
use crate::store::customers::draft::{self, DraftPerson};
use crate::store::customers::{contact, field, happen};
use crate::store::error::StoreError;
use crate::store::rights::Action;
use crate::store::search;
use crate::store::undo::Reversal;
use crate::store::write::Work;
use crate::{sql, values};

/// Adds a member with ways of contact and facts.
pub fn add(work: &mut Work<'_>, customer: CustomerId, new: &NewPerson) -> Result<(), StoreError> {
    work.may(Action::EditCustomer, customer, "add a member")?;
    let book = work.book_of(customer)?.playbook;
    let person = draft::person(&book, new)?;
    draft::may_set(work, &book, &new.set)?;
    draft::may_add(work, &book, new.contacts.iter().map(|contact| &contact.channel))?;
    for contact in &person.contacts {
        if let Some(holder) = contact::holder(work.tx, contact)? {
            return Err(contact::taken(work, &contact.raw, &holder));
        }
    }
    work.effects.customer = Some(customer);
    work.touch(Topic::Customer);
    let (id, happened) = insert(work, customer, &person)?;
    work.effects.person = Some(id);
    search::rebuild(work.tx, customer)?;
    for contact in person.contacts.iter().filter(|c| c.state == ContactState::Verified) {
        contact::verified(work, customer, contact.channel.as_str())?;
    }
    happen(work, customer, happened)
}

/// Writes a member's rows, noting the steps back; gives the facts that were set as happenings.
pub fn insert(
    work: &mut Work<'_>,
    customer: CustomerId,
    person: &DraftPerson,
) -> Result<(PersonId, Vec<Happening>), StoreError> {
    let id = PersonId(work.ids.make());
    let roles: Vec<&str> = person.roles.iter().map(RoleCode::as_str).collect();
    work.tx.put(
        sql!(
            "INSERT INTO person (id, customer_id, name, roles, touched, created_at) VALUES ($1, $2, $3, $4, 0, $5)"
        ),
        values![id, customer, &person.name, &roles.join(","), work.at],
    )?;
    work.reverse(Reversal::PersonMade(id));
    for contact in &person.contacts {
        let made = contact::insert(work, customer, id, contact)?;
        work.reverse(Reversal::ContactMade(made.0));
    }
    let mut happened = Vec::new();
    for (code, value) in &person.set {
        happened.extend(field::write(work, FieldOwner::Person(id), customer, (code, value))?);
    }
    Ok((id, happened))
}
