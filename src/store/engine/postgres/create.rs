//! Making a database on a server: a schema with its tables, that nobody takes for one before its first facts are there.

use std::sync::Arc;

use crate::store::engine::postgres::address::Address;
use crate::store::engine::postgres::{LONG, Postgres, Step};
use crate::store::engine::{Engine, Tx};
use crate::store::error::StoreError;

/// The table that says what layout the tables have, and whether the first facts are there.
pub(super) const LAYOUT: &str = "CREATE TABLE layout (number BIGINT NOT NULL, born BIGINT NOT NULL); \
                      INSERT INTO layout (number, born) VALUES (0, 0)";

/// Whether the schema has a database in it that was finished.
pub fn is_there(engine: &Postgres) -> Result<bool, StoreError> {
    Ok(look(engine)?.is_some_and(|(_, born)| born))
}

/// The layout of the tables; 0 before there are any.
pub fn layout(engine: &Postgres) -> Result<i64, StoreError> {
    Ok(look(engine)?.map_or(0, |(number, _)| number))
}

fn look(engine: &Postgres) -> Result<Option<(i64, bool)>, StoreError> {
    let tx = Tx::new(engine);
    if tx.number("SELECT CAST(count(*) AS BIGINT) FROM pg_class WHERE oid = to_regclass('layout')", &[])?
        != Some(1)
    {
        return Ok(None);
    }
    tx.one("SELECT number, born FROM layout", &[], |row| Ok((row.int(0)?, row.int(1)? == 1)))
}

/// What is in a schema before a database is made in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    /// There is no such schema.
    Nothing,
    /// It has no table.
    Empty,
    /// It has a database that was not finished.
    Begun,
}

/// Looks at a schema a database is to be made in.
///
/// # Errors
/// [`StoreError::Exists`] where there is one, [`StoreError::Foreign`] where the schema has tables of others.
pub(super) fn found(maker: &Postgres, address: &Address) -> Result<Found, StoreError> {
    let (path, schema) = (address.place.clone(), &address.schema);
    let tx = Tx::new(maker);
    let count = |sql: &str| {
        tx.number(sql, &[crate::store::value::Value::Text(schema)]).map(Option::unwrap_or_default)
    };
    if count("SELECT CAST(count(*) AS BIGINT) FROM pg_namespace WHERE nspname = $1")? == 0 {
        return Ok(Found::Nothing);
    }
    match look(maker)? {
        Some((_, true)) => Err(StoreError::Exists { path }),
        Some((_, false)) => Ok(Found::Begun),
        None if count("SELECT CAST(count(*) AS BIGINT) FROM pg_tables WHERE schemaname = $1")? > 0 => {
            let what = format!("the schema '{schema}' has tables of another program");
            Err(StoreError::Foreign { path, what })
        }
        None => Ok(Found::Empty),
    }
}

/// Makes the tables and lets `fill` put the first facts in. When that fails nothing is left, but for a schema that was there.
///
/// # Errors
/// [`StoreError::Exists`] where there is one, [`StoreError::Foreign`] where the schema has tables of others.
pub fn create(
    address: Address,
    fill: &mut dyn FnMut(Box<dyn Engine>) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let (schema, lock) = (address.schema.clone(), address.lock());
    let address = Arc::new(address);
    let maker = Postgres::over(address.clone())?;
    maker.connect()?;
    // held until `maker` goes: two who make the same come one after the other
    words(&maker, format!("SELECT pg_advisory_lock({})", lock.wrapping_add(1)))?;
    let had = match found(&maker, &address)? {
        Found::Nothing => {
            words(&maker, format!("CREATE SCHEMA {schema}"))?;
            false
        }
        Found::Empty => true,
        // somebody was cut off while making it
        Found::Begun => {
            clear(&maker, &schema)?;
            true
        }
    };
    let made = words(&maker, LAYOUT.to_owned())
        .and_then(|()| Postgres::over(address))
        .and_then(|engine| fill(Box::new(engine)))
        .and_then(|()| words(&maker, "UPDATE layout SET born = 1".to_owned()));
    if made.is_err() {
        // the reason matters more than what is left behind, which the next one clears away
        let _ =
            if had { clear(&maker, &schema) } else { words(&maker, format!("DROP SCHEMA {schema} CASCADE")) };
    }
    made
}

/// Removes every table of a schema that was not finished.
pub(super) fn clear(engine: &Postgres, schema: &str) -> Result<(), StoreError> {
    let value = [crate::store::value::Value::Text(schema)];
    let tables =
        Tx::new(engine).all("SELECT tablename FROM pg_tables WHERE schemaname = $1", &value, |row| {
            Ok(row.text(0)?.to_owned())
        })?;
    for table in tables {
        words(engine, format!("DROP TABLE IF EXISTS {schema}.{table} CASCADE"))?;
    }
    Ok(())
}

/// Removes a database, and its schema with it.
///
/// # Errors
/// What the server says.
pub fn remove(address: Address) -> Result<(), StoreError> {
    let schema = address.schema.clone();
    let engine = Postgres::over(Arc::new(address))?;
    engine.connect()?;
    words(&engine, format!("DROP SCHEMA IF EXISTS {schema} CASCADE"))
}

pub(super) fn words(engine: &Postgres, words: String) -> Result<(), StoreError> {
    engine.send(&[Step::Words(words)], LONG, "making the tables").map(drop)
}
