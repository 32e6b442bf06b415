//! What is in a table, in one number: the rows in the order of their keys, each value with its kind and its length. Two tables
//! with the same rows have the same hash on whatever engine they stand.

use sha2::{Digest as _, Sha256};

use crate::domain::hex::hex;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::migrate::layout::{Kind, Layout, Table};
use crate::store::value::Row;

/// Rows between two tellings.
const TOLD: u64 = 10_000;

/// What is in a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// The table.
    pub table: String,
    /// Its rows.
    pub rows: u64,
    /// The hash of all of them, hexadecimal.
    pub hash: String,
}

/// The statement that reads a table in the order of its key; `after` begins behind a key.
pub fn select(table: &Table, after: bool) -> String {
    let (list, name, key) = (table.list(), &table.name, table.key_list());
    let places: Vec<String> = (1..=table.key.len()).map(|place| format!("${place}")).collect();
    let behind = if after { format!(" WHERE ({key}) > ({})", places.join(", ")) } else { String::new() };
    format!("SELECT {list} FROM {name}{behind} ORDER BY {key}")
}

/// How many rows each table has.
pub fn rows(tx: Tx<'_>, layout: &Layout) -> Result<Vec<(String, u64)>, StoreError> {
    let count = |table: &Table| {
        let rows = tx.number(&format!("SELECT CAST(count(*) AS BIGINT) FROM {}", table.name), &[])?;
        Ok((table.name.clone(), rows.and_then(|rows| u64::try_from(rows).ok()).unwrap_or_default()))
    };
    layout.tables.iter().map(count).collect()
}

/// What is in every table; `tell` hears how many rows have been read.
pub fn all(tx: Tx<'_>, layout: &Layout, tell: &mut dyn FnMut(u64)) -> Result<Vec<Content>, StoreError> {
    let mut read = 0;
    layout.tables.iter().map(|table| of(tx, table, (&mut read, tell))).collect()
}

fn of(
    tx: Tx<'_>,
    table: &Table,
    (read, tell): (&mut u64, &mut dyn FnMut(u64)),
) -> Result<Content, StoreError> {
    let mut hash = Sha256::new();
    let mut line = Vec::new();
    let mut rows: u64 = 0;
    tx.each(&select(table, false), &[], |row| {
        line.clear();
        for (at, column) in table.columns.iter().enumerate() {
            write(&mut line, row, (at, column.kind))?;
        }
        hash.update(&line);
        rows += 1;
        *read += 1;
        if read.is_multiple_of(TOLD) {
            tell(*read);
        }
        Ok(())
    })?;
    Ok(Content { table: table.name.clone(), rows, hash: hex(&hash.finalize()) })
}

/// A value so that no two rows look the same: its kind, and the length of a text before it.
fn write(line: &mut Vec<u8>, row: &dyn Row, (at, kind): (usize, Kind)) -> Result<(), StoreError> {
    match kind {
        Kind::Int => match row.opt_int(at)? {
            None => line.push(0),
            Some(n) => {
                line.push(1);
                line.extend_from_slice(&n.to_be_bytes());
            }
        },
        Kind::Text => match row.opt_text(at)? {
            None => line.push(0),
            Some(text) => {
                line.push(2);
                line.extend_from_slice(&u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes());
                line.extend_from_slice(text.as_bytes());
            }
        },
    }
    Ok(())
}
