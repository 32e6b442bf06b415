//! A schema that is filled part by part: until it is finished its table `layout` says that it was not born yet.

use std::sync::Arc;

use crate::store::engine::postgres::address::Address;
use crate::store::engine::postgres::create::{self, Found, LAYOUT, clear, words};
use crate::store::engine::postgres::{LONG, Postgres, Step};
use crate::store::engine::{self, Begun, Engine, Tx};
use crate::store::error::StoreError;
use crate::store::value::Value;

/// A schema on its way.
#[derive(Debug)]
pub struct Making {
    address: Arc<Address>,
    /// Holds the lock of whoever makes a database there.
    maker: Postgres,
}

/// Begins a schema, or goes on with one that was begun.
///
/// # Errors
/// [`StoreError::Exists`] where there is a database, [`StoreError::Foreign`] where the schema has tables of others,
/// [`StoreError::Busy`] where another program is filling it.
pub fn make(address: Address) -> Result<Begun, StoreError> {
    let address = Arc::new(address);
    let maker = Postgres::over(address.clone())?;
    maker.connect()?;
    let lock = [Value::Int(address.lock().wrapping_add(1))];
    let mine =
        Tx::new(&maker).number("SELECT CASE WHEN pg_try_advisory_lock($1) THEN 1 ELSE 0 END", &lock)?;
    if mine != Some(1) {
        let what = format!("another program is copying into '{}'", address.place.display());
        return Err(StoreError::Busy { what });
    }
    let making = Making { address, maker };
    let engine = match create::found(&making.maker, &making.address)? {
        Found::Begun => making.open()?,
        Found::Empty => making.begin()?,
        Found::Nothing => {
            words(&making.maker, &format!("CREATE SCHEMA {}", making.address.quoted()))?;
            making.begin()?
        }
    };
    Ok((engine, Box::new(making)))
}

impl Making {
    fn open(&self) -> Result<Box<dyn Engine>, StoreError> {
        Ok(Box::new(Postgres::over(self.address.clone())?))
    }

    fn begin(&self) -> Result<Box<dyn Engine>, StoreError> {
        words(&self.maker, LAYOUT)?;
        self.open()
    }
}

impl engine::Making for Making {
    fn again(&mut self) -> Result<Box<dyn Engine>, StoreError> {
        self.maker.connect()?;
        clear(&self.maker, &self.address.schema)?;
        self.begin()
    }

    fn finish(self: Box<Self>) -> Result<(), StoreError> {
        self.maker.connect()?;
        let schema = self.address.quoted();
        let tables = Tx::new(&self.maker).all(
            "SELECT tablename FROM pg_tables WHERE schemaname = $1",
            &[Value::Text(&self.address.schema)],
            |row| Ok(format!("{schema}.{}", row.text(0)?)),
        )?;
        // the server plans by what it knows of the rows: it would look by itself, but later
        let steps = [
            Step::Words(format!("ANALYZE {}", tables.join(", "))),
            Step::Words(format!("UPDATE {schema}.layout SET born = 1")),
        ];
        self.maker.send(&steps, LONG, "finishing the tables").map(drop)
    }

    fn discard(self: Box<Self>) {
        // what cannot be removed now, the next one who makes it does
        let _ = self.maker.connect().and_then(|()| clear(&self.maker, &self.address.schema));
    }
}
