//! Search keys: written with every name and contact, so that a customer is found as it is typed (S001-38).

use std::collections::BTreeSet;

use crate::domain::id::CustomerId;
use crate::domain::phone::PhoneNumber;
use crate::domain::search_key::{self, KeyKind};
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::{sql, values};

/// A key and its kind.
pub type Key = (KeyKind, String);

/// The keys of a name.
pub fn keys_of_name(name: &str) -> Vec<Key> {
    search_key::keys_of_name(name)
}

/// The keys of a way of contact: digits of a number, else the folded id.
pub fn keys_of_contact(norm: &str, is_phone: bool) -> Vec<Key> {
    match PhoneNumber::new(norm) {
        Ok(number) if is_phone => search_key::keys_of_phone(&number),
        _ => search_key::keys_of_wechat(norm),
    }
}

/// Adds keys to a customer; one that is there already stays.
pub fn write(tx: Tx<'_>, customer: CustomerId, keys: &[Key]) -> Result<(), StoreError> {
    let keys: BTreeSet<&Key> = keys.iter().collect();
    for (kind, key) in keys {
        tx.run(
            sql!(
                "INSERT INTO search_key (key, kind, customer_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"
            ),
            values![key, kind.code(), customer],
        )?;
    }
    Ok(())
}

/// Writes the keys of a customer anew from its name, members and contacts: after anything of these has gone.
pub fn rebuild(tx: Tx<'_>, customer: CustomerId) -> Result<(), StoreError> {
    tx.run(sql!("DELETE FROM search_key WHERE customer_id = $1"), values![customer])?;
    let names = tx.all(
        sql!(
            "SELECT name FROM customer WHERE id = $1 UNION ALL SELECT name FROM person WHERE customer_id = $1"
        ),
        values![customer],
        |row| Ok(row.text(0)?.to_owned()),
    )?;
    let mut keys: Vec<Key> = names.iter().flat_map(|name| keys_of_name(name)).collect();
    let norms =
        tx.all(sql!("SELECT norm FROM contact WHERE customer_id = $1"), values![customer], |row| {
            Ok(row.text(0)?.to_owned())
        })?;
    // only numbers begin with a plus: ids are letters, digits, dashes
    keys.extend(norms.iter().flat_map(|norm| keys_of_contact(norm, norm.starts_with('+'))));
    write(tx, customer, &keys)
}
