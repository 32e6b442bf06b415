//! Customers, members, contacts, fields, imports.
//!
//! [`add`] makes a customer out of a checked [`draft`]; an import makes many of them the same way. Every other change
//! checks the right to edit, writes its rows with the step back, and tells planning what happened.

pub mod add;
pub mod assign;
pub mod contact;
pub mod draft;
pub mod edit;
pub mod field;
pub mod person;
pub mod remove;
pub mod tag;
pub mod value;

use crate::domain::id::{CustomerId, UserId};
use crate::playbook::plan::Happening;
use crate::store::change::CustomerChange;
use crate::store::error::StoreError;
use crate::store::tasks;
use crate::store::write::Work;
use crate::store::{exchange, import};
use crate::{sql, values};

/// Makes the change.
pub fn apply(work: &mut Work<'_>, change: &CustomerChange) -> Result<(), StoreError> {
    match change {
        CustomerChange::Add(new) => add::add(work, new),
        CustomerChange::Edit { customer, version, name, city, source } => {
            let wanted =
                edit::Wanted { name: name.as_deref(), city: city.as_deref(), source: source.as_deref() };
            edit::edit(work, *customer, *version, &wanted)
        }
        CustomerChange::AddPerson { customer, person } => person::add(work, *customer, person),
        CustomerChange::AddContact { person, contact } => contact::add(work, *person, contact),
        CustomerChange::SetContact { contact, state } => contact::set(work, *contact, *state),
        CustomerChange::SetField { on, field, value, seen } => {
            field::change(work, *on, &field::Wanted { field, value, seen: seen.as_deref() })
        }
        CustomerChange::Assign { customers, to, reason } => assign::assign(work, customers, *to, reason),
        CustomerChange::PrivateNote { customer, text } => edit::private_note(work, *customer, text),
        CustomerChange::Import(chunk) => import::import(work, chunk),
        CustomerChange::Restore(chunk) => exchange::restore::restore(work, chunk),
        CustomerChange::UndoImport(batch) => import::batch::undo(work, *batch),
    }
}

/// Tells planning what happened to a customer: deals open, tasks are made and end.
pub(crate) fn happen(
    work: &mut Work<'_>,
    customer: CustomerId,
    happened: Vec<Happening>,
) -> Result<(), StoreError> {
    tasks::happen(work, customer, happened)
}

/// The name of a user; empty when there is none of that id.
pub(crate) fn user_name(work: &Work<'_>, user: i64) -> Result<String, StoreError> {
    let name = work.tx.one(sql!("SELECT name FROM person_user WHERE id = $1"), values![user], |row| {
        Ok(row.text(0)?.to_owned())
    })?;
    Ok(name.unwrap_or_default())
}

/// The sign-in name of a user; empty for nobody.
pub(crate) fn login_of(work: &Work<'_>, user: Option<UserId>) -> Result<String, StoreError> {
    let Some(user) = user else { return Ok(String::new()) };
    let login = work.tx.one(sql!("SELECT login FROM person_user WHERE id = $1"), values![user], |row| {
        Ok(row.text(0)?.to_owned())
    })?;
    Ok(login.unwrap_or_default())
}

/// Refuses a text in one place for all: a stable code and the words.
pub(crate) fn invalid(code: &'static str, what: impl Into<String>) -> StoreError {
    StoreError::Invalid { code, what: what.into() }
}

/// The did-you-mean part of a message; empty where nothing is near.
pub(crate) fn hint<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    crate::playbook::near::nearest(word, known)
        .map(|near| format!("; did you mean '{near}'?"))
        .unwrap_or_default()
}
