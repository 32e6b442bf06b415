//! How far a copy is: kept in the copy itself, in the transaction that put the rows there.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::domain::hex::hex;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::journal;
use crate::store::value::Value;
use crate::{sql, values};

/// The name of the setting; no database that is finished has it.
const NAME: &str = "copying";

/// How far a copy is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// What the source was.
    pub source: String,
    /// Rows that are there.
    pub rows: u64,
    /// The table under way; none before the first.
    pub place: Option<Place>,
}

/// A place in a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The table.
    pub table: String,
    /// The key of the last row that is there; empty before the first.
    pub after: Vec<Held>,
}

/// A value that is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Held {
    /// None.
    Null,
    /// A whole number.
    Int(i64),
    /// A text.
    Text(String),
}

impl Held {
    /// To be bound.
    pub fn value(&self) -> Value<'_> {
        match self {
            Self::Null => Value::Null,
            Self::Int(n) => Value::Int(*n),
            Self::Text(text) => Value::Text(text),
        }
    }
}

/// What a source is: its newest change, its settings, and how many rows each table has. Where any of it is another, the source has
/// moved on.
pub fn of(source: Tx<'_>, rows: &[(String, u64)]) -> Result<String, StoreError> {
    let mut text = format!("{}\n", journal::revision(source)?);
    for (table, rows) in rows {
        // writing to a String cannot fail
        let _ = writeln!(text, "{table} {rows}");
    }
    let settings = source.all(sql!("SELECT name, value FROM setting ORDER BY name"), &[], |row| {
        Ok(format!("{} {}\n", row.text(0)?, row.text(1)?))
    })?;
    text.extend(settings);
    Ok(hex(&Sha256::digest(text.as_bytes())))
}

impl Mark {
    /// Nothing is there yet.
    pub const fn new(source: String) -> Self {
        Self { source, rows: 0, place: None }
    }

    /// The mark of a copy that was begun; one that cannot be read is none.
    pub fn find(tx: Tx<'_>) -> Result<Option<Self>, StoreError> {
        let text = tx.one(sql!("SELECT value FROM setting WHERE name = $1"), values![NAME], |row| {
            Ok(row.text(0)?.to_owned())
        })?;
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
    }

    /// Notes it.
    pub fn put(&self, tx: Tx<'_>) -> Result<(), StoreError> {
        let text = serde_json::to_string(self).map_err(|e| StoreError::Engine {
            doing: "noting how far a copy is".to_owned(),
            what: e.to_string(),
        })?;
        tx.run(
            sql!(
                "INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
            ),
            values![NAME, &text],
        )
        .map(drop)
    }

    /// Takes it away.
    pub fn remove(tx: Tx<'_>) -> Result<(), StoreError> {
        tx.run(sql!("DELETE FROM setting WHERE name = $1"), values![NAME]).map(drop)
    }
}
