//! What a customer is found by (S001-38): one packed text a customer, kept with its owner's; a few keys made from it; and the
//! ways to type each pair of characters, kept once a pair. Written with every name and contact, so that a customer is found
//! as it is typed. The text says which keys there are: no index by customer is needed to take them away again.

use std::collections::BTreeSet;

use crate::domain::id::{CustomerId, UserId};
use crate::domain::phone::PhoneNumber;
use crate::domain::search_key::{Key, Subject, keys, ways};
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::{sql, values};

/// Who the texts of customers nobody follows are kept with.
pub const NOBODY: UserId = UserId(0);
/// Customers whose keys are sorted before they are written, where all are written anew.
const SORTED: usize = 50_000;

/// Adds a way of contact to a subject: a number, else an id.
pub fn add_contact(subject: &mut Subject, norm: &str) {
    // only numbers begin with a plus: ids are letters, digits, dashes
    match PhoneNumber::new(norm) {
        Ok(number) => subject.number(&number),
        Err(_) => subject.id(norm),
    }
}

/// Keys of many new customers on their way: written in the order they are kept in, neighbours share a page.
#[derive(Debug, Default)]
pub struct Pending(BTreeSet<(Key, CustomerId)>);

impl Pending {
    /// Writes the text of a new customer and keeps its keys for later.
    pub fn write_new(
        &mut self,
        tx: Tx<'_>,
        (customer, owner): (CustomerId, Option<UserId>),
        subject: &Subject,
    ) -> Result<(), StoreError> {
        self.0.extend(keys(subject).into_iter().map(|key| (key, customer)));
        put_text(tx, (customer, owner), subject)
    }

    /// Writes the keys: before anybody asks for them or writes others of the same customers.
    pub fn settle(&mut self, tx: Tx<'_>) -> Result<(), StoreError> {
        put_sorted(tx, std::mem::take(&mut self.0))
    }
}

/// Writes anew what a customer is found by, from its name, members and contacts: after anything of these has changed.
pub fn rebuild(tx: Tx<'_>, customer: CustomerId) -> Result<(), StoreError> {
    let owner = owner_of(tx, customer)?;
    let before = stored(tx, customer, owner)?;
    let now = subject_of(tx, customer)?;
    if before.as_ref() == Some(&now) {
        return Ok(());
    }
    let (old, new) = (before.as_ref().map(keys).unwrap_or_default(), keys(&now));
    take(tx, customer, old.difference(&new))?;
    put(tx, customer, new.difference(&old))?;
    put_text(tx, (customer, owner), &now)
}

/// Keeps a customer's text with its new owner's; to be called with the change of the customer's own column.
pub fn hand_over(
    tx: Tx<'_>,
    customer: CustomerId,
    (from, to): (Option<UserId>, Option<UserId>),
) -> Result<(), StoreError> {
    tx.put(
        sql!("UPDATE search_text SET owner_id = $3 WHERE owner_id = $1 AND customer_id = $2"),
        values![from.unwrap_or(NOBODY), customer, to.unwrap_or(NOBODY)],
    )?;
    Ok(())
}

/// Takes away what a customer is found by; to be called before its rows go.
pub fn forget(tx: Tx<'_>, customer: CustomerId) -> Result<(), StoreError> {
    let owner = owner_of(tx, customer)?;
    if let Some(before) = stored(tx, customer, owner)? {
        take(tx, customer, keys(&before).iter())?;
    }
    tx.put(
        sql!("DELETE FROM search_text WHERE owner_id = $1 AND customer_id = $2"),
        values![owner.unwrap_or(NOBODY), customer],
    )?;
    Ok(())
}

/// Writes what every customer is found by, where nothing has been written yet.
pub fn fill(tx: Tx<'_>) -> Result<(), StoreError> {
    let mut sorted: BTreeSet<(Key, CustomerId)> = BTreeSet::new();
    let mut customers = 0;
    tx.each(sql!("SELECT id, owner_id FROM customer ORDER BY id"), &[], |row| {
        let (customer, owner) = (CustomerId(row.int(0)?), row.opt_int(1)?.map(UserId));
        let subject = subject_of(tx, customer)?;
        put_text(tx, (customer, owner), &subject)?;
        sorted.extend(keys(&subject).into_iter().map(|key| (key, customer)));
        customers += 1;
        if customers % SORTED == 0 {
            put_sorted(tx, std::mem::take(&mut sorted))?;
        }
        Ok(())
    })?;
    put_sorted(tx, sorted)
}

/// Writes keys of many customers in the order they are kept in: neighbours share a page.
pub fn put_sorted(tx: Tx<'_>, keys: impl IntoIterator<Item = (Key, CustomerId)>) -> Result<(), StoreError> {
    let mut last = String::new();
    for (key, customer) in keys {
        if key.text != last {
            put_ways(tx, &key)?;
        }
        put_key(tx, customer, &key)?;
        last = key.text;
    }
    Ok(())
}

/// What a customer is found by, as the facts say.
pub fn subject_of(tx: Tx<'_>, customer: CustomerId) -> Result<Subject, StoreError> {
    let mut subject = Subject::default();
    tx.each(sql!("SELECT name FROM customer WHERE id = $1"), values![customer], |row| {
        subject.name(row.text(0)?);
        Ok(())
    })?;
    tx.each(sql!("SELECT name FROM person WHERE customer_id = $1 ORDER BY id"), values![customer], |row| {
        subject.name(row.text(0)?);
        Ok(())
    })?;
    tx.each(sql!("SELECT norm FROM contact WHERE customer_id = $1 ORDER BY id"), values![customer], |row| {
        add_contact(&mut subject, row.text(0)?);
        Ok(())
    })?;
    Ok(subject)
}

/// The packed text that is kept of a customer.
pub fn stored(
    tx: Tx<'_>,
    customer: CustomerId,
    owner: Option<UserId>,
) -> Result<Option<Subject>, StoreError> {
    tx.one(
        sql!("SELECT text FROM search_text WHERE owner_id = $1 AND customer_id = $2"),
        values![owner.unwrap_or(NOBODY), customer],
        |row| Ok(Subject::unpacked(row.text(0)?)),
    )
}

fn owner_of(tx: Tx<'_>, customer: CustomerId) -> Result<Option<UserId>, StoreError> {
    Ok(tx.number(sql!("SELECT owner_id FROM customer WHERE id = $1"), values![customer])?.map(UserId))
}

/// Writes the packed text that is kept of a customer.
pub fn put_text(
    tx: Tx<'_>,
    (customer, owner): (CustomerId, Option<UserId>),
    subject: &Subject,
) -> Result<(), StoreError> {
    tx.put(
        sql!(
            "INSERT INTO search_text (owner_id, customer_id, text) VALUES ($1, $2, $3) \
             ON CONFLICT (owner_id, customer_id) DO UPDATE SET text = excluded.text"
        ),
        values![owner.unwrap_or(NOBODY), customer, subject.as_str()],
    )?;
    Ok(())
}

fn put<'a>(
    tx: Tx<'_>,
    customer: CustomerId,
    keys: impl IntoIterator<Item = &'a Key>,
) -> Result<(), StoreError> {
    for key in keys {
        put_ways(tx, key)?;
        put_key(tx, customer, key)?;
    }
    Ok(())
}

fn put_key(tx: Tx<'_>, customer: CustomerId, key: &Key) -> Result<(), StoreError> {
    tx.put(
        sql!(
            "INSERT INTO search_key (key, place, customer_id, rest) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING"
        ),
        values![&key.text, key.place.code(), customer, &key.rest],
    )?;
    Ok(())
}

/// Writes the ways to type a pair that is met for the first time.
fn put_ways(tx: Tx<'_>, key: &Key) -> Result<(), StoreError> {
    if !key.is_pair() {
        return Ok(());
    }
    // one way is its first character: where that stands, the others do
    let first: String = key.text.chars().take(1).collect();
    let known =
        tx.number(sql!("SELECT 1 FROM search_way WHERE way = $1 AND pair = $2"), values![&first, &key.text])?;
    if known.is_some() {
        return Ok(());
    }
    for way in ways(&key.text) {
        tx.put(
            sql!("INSERT INTO search_way (way, pair) VALUES ($1, $2) ON CONFLICT DO NOTHING"),
            values![&way, &key.text],
        )?;
    }
    Ok(())
}

fn take<'a>(
    tx: Tx<'_>,
    customer: CustomerId,
    keys: impl IntoIterator<Item = &'a Key>,
) -> Result<(), StoreError> {
    for key in keys {
        tx.put(
            sql!("DELETE FROM search_key WHERE key = $1 AND place = $2 AND customer_id = $3 AND rest = $4"),
            values![&key.text, key.place.code(), customer, &key.rest],
        )?;
    }
    Ok(())
}
