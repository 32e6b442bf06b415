//! Whom nobody may contact although nothing else is kept: keyed digests of numbers and ids, so that a later lead file does not bring back
//! who has refused.
//!
//! The key stands in the database: whoever has all of it can try out numbers. What the list cannot do is tell a name or a customer.

use std::fmt;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::domain::hex::hex;
use crate::domain::id::CustomerId;
use crate::domain::time::Timestamp;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::{sql, values};

/// The setting that holds the key.
const KEY: &str = "privacy_key";

/// Bars the contacts of a customer until a time; before they go.
pub(super) fn bar(tx: Tx<'_>, customer: CustomerId, until: Timestamp) -> Result<(), StoreError> {
    let key = match key(tx)? {
        Some(key) => key,
        None => make_key(tx)?,
    };
    let mut marks =
        tx.all(sql!("SELECT channel, norm FROM contact WHERE customer_id = $1"), values![customer], |row| {
            Ok((row.text(0)?.to_owned(), row.text(1)?.to_owned()))
        })?;
    let external =
        tx.one(sql!("SELECT external_id FROM customer WHERE id = $1"), values![customer], |row| {
            Ok(row.opt_text(0)?.map(str::to_owned))
        })?;
    marks.extend(external.flatten().map(|id| (EXTERNAL.to_owned(), id)));
    for (channel, norm) in marks {
        tx.put(
            sql!(
                "INSERT INTO barred_contact (digest, until) VALUES ($1, $2) \
                 ON CONFLICT (digest) DO UPDATE SET until = excluded.until WHERE barred_contact.until < excluded.until"
            ),
            values![&digest(&key, &channel, &norm), until],
        )?;
    }
    Ok(())
}

/// The word for an id of another system.
pub const EXTERNAL: &str = "external_id";

/// The list of a change: the key is looked for once, and where nobody was ever barred nothing else is asked.
#[derive(Default)]
pub enum Barred {
    /// The key was not looked for yet.
    #[default]
    Unasked,
    /// Nobody was ever barred.
    Nobody,
    /// The key of the digests.
    Key(Vec<u8>),
}

impl fmt::Debug for Barred {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Barred")
    }
}

impl Barred {
    /// Until when one of these, a kind of contact and its unique form each, is barred; `None` where none is.
    ///
    /// # Errors
    /// What the engine says.
    pub fn until<'a>(
        &mut self,
        tx: Tx<'_>,
        marks: impl IntoIterator<Item = (&'a str, &'a str)>,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, StoreError> {
        if matches!(self, Self::Unasked) {
            *self = key(tx)?.map_or(Self::Nobody, Self::Key);
        }
        let Self::Key(key) = self else { return Ok(None) };
        for (channel, norm) in marks {
            let found = tx.number(
                sql!("SELECT until FROM barred_contact WHERE digest = $1"),
                values![&digest(key, channel, norm)],
            )?;
            if let Some(until) = found.map(Timestamp).filter(|until| *until > now) {
                return Ok(Some(until));
            }
        }
        Ok(None)
    }
}

/// Why what is barred is refused; the number itself is not told: it would stand where the refusal is kept.
pub fn refusal(until: Timestamp) -> String {
    format!("whoever has this number or id was erased and must not be contacted until {until}; leave it out")
}

fn digest(key: &[u8], channel: &str, norm: &str) -> String {
    // a key of any length does
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return String::new() };
    mac.update(channel.as_bytes());
    mac.update(&[0]);
    mac.update(norm.as_bytes());
    hex(&mac.finalize().into_bytes())
}

fn key(tx: Tx<'_>) -> Result<Option<Vec<u8>>, StoreError> {
    tx.one(sql!("SELECT value FROM setting WHERE name = $1"), values![KEY], |row| {
        Ok(row.text(0)?.as_bytes().to_vec())
    })
}

fn make_key(tx: Tx<'_>) -> Result<Vec<u8>, StoreError> {
    let mut bytes = [0; 32];
    let failed = |error: &dyn fmt::Display| StoreError::Engine {
        doing: "making a key".to_owned(),
        what: error.to_string(),
    };
    getrandom::fill(&mut bytes).map_err(|error| failed(&error))?;
    let text = hex(&bytes);
    tx.put(sql!("INSERT INTO setting (name, value) VALUES ($1, $2)"), values![KEY, &text])?;
    Ok(text.into_bytes())
}
