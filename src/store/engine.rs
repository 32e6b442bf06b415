//! The seam between the statements and the engine that runs them: one SQL text, `$1` placeholders.

pub mod queue;
pub mod sqlite;

use crate::store::error::StoreError;
use crate::store::value::{Row, Value};

/// One connection to one engine. Blocking; statements are prepared once and kept.
pub trait Engine: Send {
    /// Begins a transaction that writes: it owns the write lock at once or waits for it in turn.
    fn begin_write(&mut self) -> Result<(), StoreError>;
    /// Begins a snapshot that only reads.
    fn begin_read(&mut self) -> Result<(), StoreError>;
    /// Ends the transaction; what was written is on disk when this returns.
    fn commit(&mut self) -> Result<(), StoreError>;
    /// Ends the transaction and forgets what it wrote; harmless when none is open.
    fn rollback(&mut self);
    /// Marks a place inside the transaction to return to.
    fn savepoint(&mut self) -> Result<(), StoreError>;
    /// Keeps what was done since the mark.
    fn release(&mut self) -> Result<(), StoreError>;
    /// Forgets what was done since the mark.
    fn rollback_to_savepoint(&mut self);
    /// Runs a statement; returns the rows it changed.
    fn run(&self, sql: &str, values: &[Value<'_>]) -> Result<usize, StoreError>;
    /// Runs a query and hands each row to `each`.
    fn each(
        &self,
        sql: &str,
        values: &[Value<'_>],
        each: &mut dyn FnMut(&dyn Row) -> Result<(), StoreError>,
    ) -> Result<(), StoreError>;
    /// A number that changes when another connection has committed; cheap enough to ask ten times a second.
    fn pulse(&self) -> Result<i64, StoreError>;
}

/// What statements are run with: a borrowed engine inside a transaction.
#[derive(Clone, Copy)]
pub struct Tx<'a> {
    engine: &'a dyn Engine,
}

impl std::fmt::Debug for Tx<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tx")
    }
}

impl<'a> Tx<'a> {
    /// Borrows an engine on which a transaction is open.
    pub fn new(engine: &'a dyn Engine) -> Self {
        Self { engine }
    }

    /// Runs a statement; returns the rows it changed.
    pub fn run(&self, sql: &str, values: &[Value<'_>]) -> Result<usize, StoreError> {
        self.engine.run(sql, values)
    }

    /// The first row, made into a value; `None` when there is none.
    pub fn one<T>(
        &self,
        sql: &str,
        values: &[Value<'_>],
        make: impl Fn(&dyn Row) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        let mut found = None;
        self.engine.each(sql, values, &mut |row| {
            if found.is_none() {
                found = Some(make(row)?);
            }
            Ok(())
        })?;
        Ok(found)
    }

    /// Every row, made into values.
    pub fn all<T>(
        &self,
        sql: &str,
        values: &[Value<'_>],
        make: impl Fn(&dyn Row) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let mut found = Vec::new();
        self.engine.each(sql, values, &mut |row| {
            found.push(make(row)?);
            Ok(())
        })?;
        Ok(found)
    }

    /// Hands each row to `each`, for answers too large to keep.
    pub fn each(
        &self,
        sql: &str,
        values: &[Value<'_>],
        mut each: impl FnMut(&dyn Row) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.engine.each(sql, values, &mut each)
    }

    /// A single whole number; `None` when there is no row or it is NULL.
    pub fn number(&self, sql: &str, values: &[Value<'_>]) -> Result<Option<i64>, StoreError> {
        Ok(self.one(sql, values, |row| row.opt_int(0))?.flatten())
    }
}

/// Values for a statement: `values![id, name, at]`.
#[macro_export]
macro_rules! values {
    ($($value:expr),* $(,)?) => { &[$($crate::store::value::Value::from($value)),*] };
}

/// Marks a statement of the catalogue, so that a test can prepare every one of them: `sql!("SELECT …")`.
#[macro_export]
macro_rules! sql {
    ($text:literal) => {
        $text
    };
}
