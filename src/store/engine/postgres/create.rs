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

/// Why there seems to be no database where there may be one: the user has no rights in its schema.
pub fn why_not(engine: &Postgres) -> Result<Option<StoreError>, StoreError> {
    let schema = &engine.address.schema;
    let sql = "SELECT CAST(count(*) AS BIGINT) FROM pg_namespace \
               WHERE nspname = $1 AND NOT has_schema_privilege(oid, 'USAGE')";
    let shut = Tx::new(engine).number(sql, &[crate::store::value::Value::Text(schema)])? == Some(1);
    Ok(shut.then(|| StoreError::Refused {
        path: engine.address.place.clone(),
        what: format!("the user has no rights in the schema '{schema}'"),
    }))
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

/// Rows that refer to one that is not there: `TABLE N → TABLE`, N being how many. The server keeps references itself; this finds
/// what somebody did past it.
pub fn loose_keys(engine: &Postgres) -> Result<Vec<String>, StoreError> {
    let tx = Tx::new(engine);
    let references = tx.all(
        "SELECT c.conrelid::regclass::text, a.attname::text, c.confrelid::regclass::text, b.attname::text \
         FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1] \
         JOIN pg_attribute b ON b.attrelid = c.confrelid AND b.attnum = c.confkey[1] \
         JOIN pg_namespace n ON n.oid = c.connamespace WHERE c.contype = 'f' AND n.nspname = $1 ORDER BY 1, 2",
        &[crate::store::value::Value::Text(&engine.address.schema)],
        |row| Ok([0, 1, 2, 3].map(|column| row.text(column).unwrap_or_default().to_owned())),
    )?;
    let mut loose = Vec::new();
    for [child, column, parent, key] in references {
        let sql = format!(
            "SELECT CAST(count(*) AS BIGINT) FROM {child} c LEFT JOIN {parent} p ON p.{key} = c.{column} \
             WHERE c.{column} IS NOT NULL AND p.{key} IS NULL"
        );
        let rows = tx.number(&sql, &[])?.unwrap_or(0);
        if rows > 0 {
            loose.push(format!("{child} {rows} → {parent}"));
        }
    }
    Ok(loose)
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
    let lock = address.lock();
    let quoted = address.quoted();
    let address = Arc::new(address);
    let turn = Postgres::over(address.clone())?;
    turn.connect()?;
    // open until `turn` goes: two who make the same come one after the other, also by way of a pool
    let held = format!(
        "BEGIN; SET LOCAL idle_in_transaction_session_timeout TO 0; SELECT pg_advisory_xact_lock({})",
        lock.wrapping_add(1)
    );
    turn.send(&[Step::Words(held)], LONG, "making the tables")?;
    let maker = Postgres::over(address.clone())?;
    maker.connect()?;
    let had = match found(&maker, &address)? {
        Found::Nothing => {
            words(&maker, &format!("CREATE SCHEMA {quoted}"))?;
            false
        }
        Found::Empty => true,
        // somebody was cut off while making it
        Found::Begun => {
            clear(&maker, &address.schema)?;
            true
        }
    };
    let schema = address.schema.clone();
    let made = words(&maker, LAYOUT)
        .and_then(|()| Postgres::over(address))
        .and_then(|engine| fill(Box::new(engine)))
        .and_then(|()| words(&maker, "UPDATE layout SET born = 1"));
    if made.is_err() {
        // the reason matters more than what is left behind, which the next one clears away
        let _ = if had {
            clear(&maker, &schema)
        } else {
            words(&maker, &format!("DROP SCHEMA {quoted} CASCADE"))
        };
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
        words(engine, &format!("DROP TABLE IF EXISTS {}.{table} CASCADE", engine.address.quoted()))?;
    }
    Ok(())
}

/// Runs words in a transaction of their own, which knows the schema also where a pool is in between.
pub(super) fn words(engine: &Postgres, words: &str) -> Result<(), StoreError> {
    let schema = engine.address.quoted();
    let whole = format!("BEGIN; SET LOCAL search_path TO {schema}; {words}; COMMIT");
    let done = engine.send(&[Step::Words(whole)], LONG, "making the tables").map(drop);
    if done.is_err() {
        engine.give_up();
    }
    done
}
