//! A masked number or id, to dial it or to find the contact by it: for who has work with the customer today, or has had it shown.

use crate::domain::id::{ContactId, CustomerId, UserId};
use crate::domain::lists::FieldRight;
use crate::store::access;
use crate::store::books::Books;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::query::Viewer;
use crate::store::rights::Action;
use crate::store::sight::Sight;
use crate::store::write;
use crate::{sql, values};

/// The number or id of a way of contact.
///
/// # Errors
/// [`StoreError::Forbidden`] where the customer may not be worked; [`StoreError::Held`] where nothing is due with it today and the
/// number was not shown, so that nobody collects numbers by dialling them.
pub fn to_dial(tx: Tx<'_>, books: &mut Books, contact: ContactId, by: Viewer) -> Result<String, StoreError> {
    let sight = Sight::of(tx, by)?;
    let zone = write::zone_of(tx, books, by.id)?;
    let end = zone.end(zone.day(by.now));
    let found = tx.one(
        sql!(
            "SELECT k.norm, k.channel, k.customer_id, c.owner_id, c.playbook, \
               (SELECT min(t.due_at) FROM task t WHERE t.customer_id = k.customer_id AND t.state = 'due') \
             FROM contact k JOIN customer c ON c.id = k.customer_id WHERE k.id = $1"
        ),
        values![contact],
        |row| {
            Ok((
                (row.text(0)?.to_owned(), row.text(1)?.to_owned(), row.text(4)?.to_owned()),
                (CustomerId(row.int(2)?), row.opt_int(3)?.map(UserId), row.opt_int(5)?),
            ))
        },
    )?;
    let Some(((norm, channel, playbook), (customer, owner, due))) = found else {
        return Err(StoreError::NotFound { kind: "contact", id: contact.to_string(), hint: None });
    };
    let rescues = sight.check(tx, customer, owner)?;
    if !rescues && !sight.may(Action::WorkCustomer, customer, owner) {
        return Err(StoreError::Forbidden {
            role: sight.role().map_or("stranger", crate::domain::lists::Role::as_str).to_owned(),
            what: "dial this number".to_owned(),
            relation: "view".to_owned(),
        });
    }
    let book = books.newest(tx, &playbook)?.playbook;
    let is_whole = rescues || sight.may(Action::SeeContact, customer, owner);
    let right = sight.contact(&book, &channel, is_whole);
    match right {
        FieldRight::Read | FieldRight::Write => Ok(norm),
        FieldRight::Hide => {
            Err(StoreError::held("hidden", format!("the playbook hides '{channel}' from your role")))
        }
        FieldRight::Mask if due.is_some_and(|due| due < end.0) => Ok(norm),
        FieldRight::Mask if access::shown(tx, customer, (by.id, by.now))?.contains(&contact) => Ok(norm),
        FieldRight::Mask => {
            let what =
                "nothing is due with this customer today: have the number shown, with a reason".to_owned();
            Err(StoreError::held("nothing_due", what))
        }
    }
}
