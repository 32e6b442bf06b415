//! A customer's own columns with lost-update protection, and the notebook on the card.

use crate::domain::clean::{clean, clean_lines};
use crate::domain::id::CustomerId;
use crate::domain::lists::AuditKind;
use crate::store::change::{About, Note, Topic};
use crate::store::customers::{invalid, user_name};
use crate::store::error::StoreError;
use crate::store::rights::Action;
use crate::store::search;
use crate::store::undo::Reversal;
use crate::store::write::Work;
use crate::{sql, values};

/// What is to be changed; `None` leaves as it is.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted<'a> {
    /// The name.
    pub name: Option<&'a str>,
    /// The city.
    pub city: Option<&'a str>,
    /// The source.
    pub source: Option<&'a str>,
}

/// Changes name, city, source. When `version` is no longer the stored one the second writer sees both values.
pub fn edit(
    work: &mut Work<'_>,
    customer: CustomerId,
    version: i64,
    wanted: &Wanted<'_>,
) -> Result<(), StoreError> {
    work.may(Action::EditCustomer, customer, "change a customer")?;
    let (name, city, source, stored) = work
        .tx
        .one(
            sql!("SELECT name, city, source, version FROM customer WHERE id = $1"),
            values![customer],
            |row| {
                Ok((row.text(0)?.to_owned(), row.text(1)?.to_owned(), row.text(2)?.to_owned(), row.int(3)?))
            },
        )?
        .ok_or_else(|| StoreError::NotFound { kind: "customer", id: customer.to_string(), hint: None })?;
    let new =
        |wanted: Option<&str>, now: &str| wanted.map_or_else(|| now.to_owned(), |w| clean(w).into_owned());
    let (new_name, new_city, new_source) =
        (new(wanted.name, &name), new(wanted.city, &city), new(wanted.source, &source));
    work.effects.customer = Some(customer);
    let pairs = [("name", &name, &new_name), ("city", &city, &new_city), ("source", &source, &new_source)];
    let Some((what, theirs, yours)) = pairs.into_iter().find(|(_, now, new)| now != new) else {
        return Ok(());
    };
    if stored != version {
        return Err(StoreError::Conflict {
            what: format!("the {what} of '{name}'"),
            by: last_editor(work, customer)?,
            theirs: theirs.clone(),
            yours: yours.clone(),
        });
    }
    if new_name.is_empty() {
        return Err(invalid("no_name", "a customer needs a name; leave the name as it is or give another"));
    }
    work.tx.put(
        sql!("UPDATE customer SET name = $2, city = $3, source = $4, version = version + 1 WHERE id = $1"),
        values![customer, &new_name, &new_city, &new_source],
    )?;
    if new_name != name {
        search::rebuild(work.tx, customer)?;
    }
    let changed = [("name", &name, &new_name), ("city", &city, &new_city), ("source", &source, &new_source)];
    let told = |which: fn(&(&str, &String, &String)) -> String| {
        changed.iter().filter(|(_, now, new)| now != new).map(which).collect::<Vec<_>>().join("\n")
    };
    let note = Note::new(AuditKind::Corrected, About::Customer(customer));
    let before = told(|(what, now, _)| format!("{what}: {now}"));
    let after = told(|(what, _, new)| format!("{what}: {new}"));
    work.note(note.changed(before, after).personal());
    work.reverse(Reversal::Renamed { customer, name, city, source });
    work.touch(Topic::Customer);
    Ok(())
}

fn last_editor(work: &Work<'_>, customer: CustomerId) -> Result<String, StoreError> {
    let by = work.tx.number(
        sql!(
            "SELECT by_user FROM journal WHERE customer_id = $1 \
             AND kind IN ('customer.edit', 'customer.private_note', 'undo') AND kind <> 'customer.private_note' \
             ORDER BY rev DESC LIMIT 1"
        ),
        values![customer],
    )?;
    match by {
        Some(by) => user_name(work, by),
        None => Ok("somebody".to_owned()),
    }
}

/// Writes in the own notebook; everybody has one on every card there is to see, and only its owner reads it.
pub fn private_note(work: &mut Work<'_>, customer: CustomerId, text: &str) -> Result<(), StoreError> {
    work.may(Action::SeeCustomer, customer, "keep a note on this customer")?;
    let text = clean_lines(text);
    let before = work.tx.one(
        sql!("SELECT body FROM private_note WHERE customer_id = $1 AND user_id = $2"),
        values![customer, work.by.id],
        |row| Ok(row.text(0)?.to_owned()),
    )?;
    let before = before.unwrap_or_default();
    work.effects.customer = Some(customer);
    if before == text {
        return Ok(());
    }
    if text.is_empty() {
        work.tx.put(
            sql!("DELETE FROM private_note WHERE customer_id = $1 AND user_id = $2"),
            values![customer, work.by.id],
        )?;
    } else {
        work.tx.put(
            sql!(
                "INSERT INTO private_note (customer_id, user_id, body, at) VALUES ($1, $2, $3, $4) \
                 ON CONFLICT (customer_id, user_id) DO UPDATE SET body = excluded.body, at = excluded.at"
            ),
            values![customer, work.by.id, &*text, work.at],
        )?;
    }
    work.reverse(Reversal::PrivateNote { customer, before });
    work.touch(Topic::Customer);
    Ok(())
}
