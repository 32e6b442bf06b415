//! A schema for what is thrown away: gone when dropped. Whoever made it holds a lock of it; what a program left behind that was
//! ended before it could clear up is seen by the lock nobody holds, and cleared by the next one.

use std::hash::{BuildHasher as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::store::engine::postgres::address::{self, Address};
use crate::store::engine::postgres::create::words;
use crate::store::engine::postgres::{LONG, Postgres, Step};
use crate::store::engine::{self, Tx};
use crate::store::error::StoreError;
use crate::store::value::Value;

/// What the names begin with.
const PREFIX: &str = "demo_";
/// What is noted at such a schema: nobody else's is ever dropped.
const NOTE: &str = "a demonstration of Corral: it is dropped when it is over";

/// A schema that is dropped with this.
#[derive(Debug)]
pub struct Passing {
    place: PathBuf,
    schema: String,
    /// Holds the lock.
    keeper: Postgres,
}

/// Makes an empty schema in the database of an address, and clears those that were left behind.
///
/// # Errors
/// What the server says: its user must be allowed to make schemas.
pub fn make(address: &Address) -> Result<Passing, StoreError> {
    let keeper = Postgres::over(Arc::new(address.clone()))?;
    keeper.connect()?;
    // a pool hands the connection that has the lock to others: nobody can be seen to be gone
    if address.keeps_statements() {
        clear(&keeper, address)?;
    }
    let random = std::collections::hash_map::RandomState::new().build_hasher().finish();
    let schema = format!("{PREFIX}{}_{:08x}", std::process::id(), random >> 32);
    let place = address::with_schema(&address.place, &schema);
    take(&keeper, &of(address, &schema))?;
    let steps = [
        Step::Words(format!("CREATE SCHEMA {schema}")),
        Step::Words(format!("COMMENT ON SCHEMA {schema} IS '{NOTE}'")),
    ];
    keeper.send(&steps, LONG, "making a schema for the demonstration")?;
    Ok(Passing { place, schema, keeper })
}

/// The same address with another schema.
fn of(address: &Address, schema: &str) -> Address {
    Address { schema: schema.to_owned(), ..address.clone() }
}

/// Takes the lock of whoever made a schema, where nobody has it.
fn take(keeper: &Postgres, address: &Address) -> Result<bool, StoreError> {
    let lock = [Value::Int(address.lock().wrapping_add(2))];
    let sql = "SELECT CASE WHEN pg_try_advisory_lock($1) THEN 1 ELSE 0 END";
    Ok(Tx::new(keeper).number(sql, &lock)? == Some(1))
}

/// Drops the schemas whose makers are gone.
fn clear(keeper: &Postgres, address: &Address) -> Result<(), StoreError> {
    let left = Tx::new(keeper).all(
        "SELECT nspname FROM pg_namespace WHERE obj_description(oid, 'pg_namespace') = $1 AND nspname LIKE $2",
        &[Value::Text(NOTE), Value::Text(&format!("{}%", PREFIX.replace('_', "\\_")))],
        |row| Ok(row.text(0)?.to_owned()),
    )?;
    for schema in left {
        let lost = of(address, &schema);
        if take(keeper, &lost)? {
            // another user's is not ours to drop
            let _ = drop_schema(keeper, &schema);
            words(keeper, &format!("SELECT pg_advisory_unlock({})", lost.lock().wrapping_add(2)))?;
        }
    }
    Ok(())
}

fn drop_schema(keeper: &Postgres, schema: &str) -> Result<(), StoreError> {
    // somebody may still be reading: a demonstration that is over does not wait for long
    words(keeper, &format!("SET lock_timeout TO '5s'; DROP SCHEMA IF EXISTS {schema} CASCADE"))
}

impl engine::Passing for Passing {
    fn place(&self) -> &Path {
        &self.place
    }
}

impl Drop for Passing {
    fn drop(&mut self) {
        // what cannot be dropped now, the next demonstration clears
        let _ = self.keeper.connect().and_then(|()| drop_schema(&self.keeper, &self.schema));
    }
}
