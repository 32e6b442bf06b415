//! The seam between the statements and the engine that runs them: one SQL text, `$1` placeholders.
//!
//! Two engines stand behind it: a file of this machine (`sqlite`) and a server several machines share (`postgres`). Which one it
//! is, is said by how the database is named; nothing outside this folder asks.

pub mod postgres;
pub mod sqlite;

use std::fmt::Debug;
use std::path::Path;
use std::time::Duration;

use crate::store::error::StoreError;
use crate::store::value::{Row, Value};

use postgres::address;
use sqlite::Sqlite;

/// What runs the statements of the catalogue, inside a transaction that is open. Blocking; statements are prepared once and kept.
pub trait Statements {
    /// Runs a statement; returns the rows it changed.
    fn run(&self, sql: &str, values: &[Value<'_>]) -> Result<usize, StoreError>;
    /// Runs a statement of which nobody asks how many rows it changed: an engine that is far away may send it with the next
    /// one, so that a failure may be told by a later statement of the transaction.
    fn put(&self, sql: &str, values: &[Value<'_>]) -> Result<(), StoreError> {
        self.run(sql, values).map(drop)
    }
    /// Runs a query and hands each row to `each`.
    fn each(
        &self,
        sql: &str,
        values: &[Value<'_>],
        each: &mut dyn FnMut(&dyn Row) -> Result<(), StoreError>,
    ) -> Result<(), StoreError>;
    /// The same for answers too large to keep: an engine that is far away hands them over in parts.
    fn stream(
        &self,
        sql: &str,
        values: &[Value<'_>],
        each: &mut dyn FnMut(&dyn Row) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.each(sql, values, each)
    }
    /// Says which questions are about to be asked with these very values: an engine that is far away asks them at once.
    fn ahead(&self, _questions: &[Question<'_>]) -> Result<(), StoreError> {
        Ok(())
    }
}

/// One connection to one engine.
pub trait Engine: Statements + Send + Debug {
    /// How the database is named: a file's path or a server's address. No secret is in it.
    fn place(&self) -> &Path;
    /// Begins a transaction that writes: it owns the write lock at once or waits for it in turn.
    fn begin_write(&mut self) -> Result<(), StoreError>;
    /// Begins a snapshot that only reads.
    fn begin_read(&mut self) -> Result<(), StoreError>;
    /// Ends the transaction; what was written is on disk when this returns.
    fn commit(&mut self) -> Result<(), StoreError>;
    /// Ends the transaction and forgets what it wrote; harmless when none is open.
    fn rollback(&mut self);
    /// Whether a transaction is open: a failure may have ended it.
    fn is_open(&self) -> bool;
    /// Marks a place inside the transaction to return to.
    fn savepoint(&mut self) -> Result<(), StoreError>;
    /// Keeps what was done since the mark.
    fn release(&mut self) -> Result<(), StoreError>;
    /// Forgets what was done since the mark.
    fn rollback_to_savepoint(&mut self);
    /// A number that changes when another connection has committed; cheap enough to ask ten times a second.
    fn pulse(&mut self) -> Result<i64, StoreError>;
    /// Waits until news may have come, at most for `time`; an engine that is not told of news waits the whole time.
    fn rest(&mut self, time: Duration);
    /// Whether what was opened is still there.
    fn is_there(&mut self) -> Result<(), StoreError>;
    /// Whether the same, sent again in a moment, may well be done: for who asks once and goes.
    fn is_worth_a_wait(&self, _: &StoreError) -> bool {
        false
    }
    /// What is to be done now and then after commits.
    fn tidy(&mut self) {}
    /// The layout of the tables; 0 before there are any.
    fn layout(&self) -> Result<i64, StoreError>;
    /// Notes the layout, inside the transaction that made it.
    fn set_layout(&self, number: i64) -> Result<(), StoreError>;
    /// Runs the statements of a migration, in the engine's own words.
    fn migration(&self, text: &str) -> Result<(), StoreError>;
    /// What the engine itself finds wrong: damaged pages, and rows that refer to one that is not there.
    fn faults(&self) -> Result<Faults, StoreError>;
    /// What opens another connection to the very same database.
    fn beside(&self) -> Box<dyn Beside>;
    /// From now on a commit need not be on disk when it is acknowledged: for what is made again where it is lost.
    fn careless(&self) -> Result<(), StoreError>;
    /// Takes as little room as there need be.
    fn pack(&mut self) -> Result<(), StoreError> {
        Ok(())
    }
    /// Takes off what slows down filling a database nobody has seen yet; answers what [`Engine::dress`] puts back.
    fn strip(&mut self) -> Result<Vec<String>, StoreError> {
        Ok(Vec::new())
    }
    /// Puts back what was taken off.
    fn dress(&mut self, _taken: &[String]) -> Result<(), StoreError> {
        Ok(())
    }
    /// The engine of a file, where it is one: for what only a file has, copies and yardsticks.
    fn file(&self) -> Option<&Sqlite> {
        None
    }
    /// The same, to be changed.
    fn file_mut(&mut self) -> Option<&mut Sqlite> {
        None
    }
}

/// A statement with its values.
pub type Question<'a> = (&'static str, &'a [Value<'a>]);

/// What an engine finds wrong with what it keeps.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Faults {
    /// What is damaged.
    pub damaged: Vec<String>,
    /// Rows that refer to one that is not there.
    pub loose: Vec<String>,
}

/// Opens connections to the database another one has open. Cheap to make and to keep.
pub trait Beside: Send + Sync + Debug {
    /// Opens a connection that reads.
    ///
    /// # Errors
    /// As [`open`]; [`StoreError::Gone`] where another database is there by now.
    fn open(&self) -> Result<Box<dyn Engine>, StoreError>;
    /// Opens the connection that watches for what other programs commit.
    ///
    /// # Errors
    /// As [`Beside::open`].
    fn watch(&self) -> Result<Box<dyn Engine>, StoreError> {
        self.open()
    }
    /// Whether the database is still the one that was opened.
    fn is_there(&self) -> Result<(), StoreError>;
    /// Who does what has to be done for the engine while people work, where something has to.
    fn keeper(&self) -> Option<Box<dyn Keeper>> {
        None
    }
    /// A copy for another thread.
    fn again(&self) -> Box<dyn Beside>;
}

/// Does what has to be done for the engine while people work; asked every half second by one thread of a program.
pub trait Keeper: Send + Debug {
    /// Does what is due.
    fn look(&mut self) -> Result<(), StoreError>;
    /// Does what is left before the program ends.
    fn close(self: Box<Self>);
}

/// Opens the database of a name and brings its layout up to date.
///
/// # Errors
/// Where there is none, where it is none of ours, or where it cannot be had now.
pub fn open(place: &Path) -> Result<Box<dyn Engine>, StoreError> {
    match address::named(place) {
        Some(address) => Ok(Box::new(postgres::Postgres::open(address?)?)),
        None => Ok(Box::new(sqlite::file::open(place)?)),
    }
}

/// Makes a new database and lets `fill` put its first facts in before anybody can see it: when that fails, nothing is left.
///
/// # Errors
/// Where there is one already, where it cannot be made, and what `fill` says.
pub fn create(
    place: &Path,
    fill: &mut dyn FnMut(Box<dyn Engine>) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    match address::named(place) {
        Some(address) => postgres::create::create(address?, fill),
        None => sqlite::file::create(place, fill),
    }
}

/// Whether a name can be one of a database; nothing is opened.
///
/// # Errors
/// What is wrong with it: an address of another kind of server, one that cannot be read, one with a password in it.
pub fn check(place: &Path) -> Result<(), StoreError> {
    if let Some(address) = address::named(place) {
        return address.map(drop);
    }
    let Some((scheme, _)) = place.to_str().and_then(|text| text.split_once("://")) else { return Ok(()) };
    Err(address::invalid(format!(
        "'{scheme}://' is not known; a server's begins with postgres://, else name a file"
    )))
}

/// Whether a name is a server's address.
pub fn is_server(place: &Path) -> bool {
    address::named(place).is_some()
}

/// Whether there seems to be a database of that name. A server is only asked when it is needed.
pub fn may_be_there(place: &Path) -> bool {
    address::named(place).is_some() || place.exists()
}

/// What statements are run with: a borrowed engine inside a transaction.
#[derive(Clone, Copy)]
pub struct Tx<'a> {
    engine: &'a dyn Statements,
}

impl Debug for Tx<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tx")
    }
}

impl<'a> Tx<'a> {
    /// Borrows an engine on which a transaction is open.
    pub fn new(engine: &'a dyn Statements) -> Self {
        Self { engine }
    }

    /// Runs a statement; returns the rows it changed.
    pub fn run(&self, sql: &str, values: &[Value<'_>]) -> Result<usize, StoreError> {
        self.engine.run(sql, values)
    }

    /// Runs a statement of which nobody asks how many rows it changed. Where the engine is far away it may travel with the next
    /// one: a failure then ends the transaction, and is told by whatever comes after it.
    pub fn put(&self, sql: &str, values: &[Value<'_>]) -> Result<(), StoreError> {
        self.engine.put(sql, values)
    }

    /// Says which questions are about to be asked, with these very values: where the engine is far away they travel together.
    pub fn ahead(&self, questions: &[Question<'_>]) -> Result<(), StoreError> {
        self.engine.ahead(questions)
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
        self.engine.stream(sql, values, &mut each)
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
