//! The seam between the statements and the engine that runs them: one SQL text, `$1` placeholders.
//!
//! Two engines stand behind it: a file of this machine (`sqlite`) and a server several machines share (`postgres`). Which one it
//! is, is said by how the database is named; nothing outside this folder asks.

pub mod postgres;
pub mod sqlite;

/// What only a file has, and what only a server, under names that do not say whose engine it is.
pub use {postgres as server, sqlite as file};

use std::fmt::Debug;
use std::path::Path;
use std::time::Duration;

use crate::store::error::StoreError;
use crate::store::migrate::layout::Table;
use crate::store::value::{Row, Value};

use postgres::address;
pub use sqlite::Sqlite as File;

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
    /// Hands over the rows of a question that was asked ahead; answers whether it was.
    fn at_hand(
        &self,
        _sql: &str,
        _values: &[Value<'_>],
        _each: &mut dyn FnMut(&dyn Row) -> Result<(), StoreError>,
    ) -> Result<bool, StoreError> {
        Ok(false)
    }
    /// Runs a statement that most likely changes `rows` rows. An engine that is far away may take that for granted and make the
    /// whole change again where it was not so ([`Engine::wants_again`]).
    fn likely(&self, sql: &str, values: &[Value<'_>], _rows: usize) -> Result<usize, StoreError> {
        self.run(sql, values)
    }

    /// Puts many rows into a table: the values of one after those of the other, in the order of the table's columns. An engine
    /// that is far away takes them as one.
    fn fill(&self, table: &Table, values: &[Value<'_>]) -> Result<(), StoreError> {
        let places: Vec<String> = (1..=table.columns.len()).map(|place| format!("${place}")).collect();
        let sql = format!("INSERT INTO {} ({}) VALUES ({})", table.name, table.list(), places.join(", "));
        values.chunks(table.columns.len().max(1)).try_for_each(|row| self.put(&sql, row))
    }
    /// Says which questions are about to be asked with these very values: an engine that is far away asks them at once.
    fn ahead(&self, _questions: &[Question<'_>]) -> Result<(), StoreError> {
        Ok(())
    }
    /// Begins a round of a reading that is made in rounds ([`Tx::in_rounds`]); `false` where the engine is at hand and it need not be.
    fn begin_round(&self) -> bool {
        false
    }
    /// Questions of this round so far that have no answer yet: whoever asked was told that there are no rows.
    fn unanswered(&self) -> usize {
        0
    }
    /// Ends the round and asks at once what has no answer yet; whether there was any such question.
    fn end_round(&self) -> Result<bool, StoreError> {
        Ok(false)
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
    /// Whether the change that has just failed is to be made again at once, with the same id: nothing of it was done.
    fn wants_again(&mut self) -> bool {
        false
    }
    /// Round trips to the engine so far; 0 where there are none to speak of.
    fn trips(&self) -> u64 {
        0
    }
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
    /// What engine it is, and how much room the database takes.
    fn about(&self) -> Result<About, StoreError>;
    /// What opens another connection to the very same database.
    fn beside(&self) -> Box<dyn Beside>;
    /// From now on a commit need not be on disk when it is acknowledged: for what is made again where it is lost.
    fn careless(&self) -> Result<(), StoreError>;
    /// Keeps little in memory from here on: for a connection that only reads.
    fn only_reads(&mut self) -> Result<(), StoreError> {
        Ok(())
    }
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
    fn file(&self) -> Option<&File> {
        None
    }
    /// The same, to be changed.
    fn file_mut(&mut self) -> Option<&mut File> {
        None
    }
}

/// A statement with its values.
pub type Question<'a> = (&'static str, &'a [Value<'a>]);

/// What engine a database stands on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    /// Its name.
    pub engine: &'static str,
    /// Its version.
    pub version: String,
    /// Room the database takes, bytes.
    pub bytes: u64,
}

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
    ///
    /// `pulse` changes with every commit of other connections; `None` where it is not known.
    fn look(&mut self, pulse: Option<i64>) -> Result<(), StoreError>;
    /// Does what is left before the program ends.
    fn close(self: Box<Self>);
}

/// A database that is filled part by part. Until it is finished nobody takes it for one; what was committed to it outlives the
/// program, and the next one that makes it goes on. It is filled over the connection that came with it, which must be gone
/// before anything here is done.
pub trait Making: Debug {
    /// Throws away what is there, and begins again.
    fn again(&mut self) -> Result<Box<dyn Engine>, StoreError>;
    /// Makes it a database.
    fn finish(self: Box<Self>) -> Result<(), StoreError>;
    /// Throws it away.
    fn discard(self: Box<Self>);
}

/// A database that is being made: the connection that fills it, and what makes it one.
pub type Begun = (Box<dyn Engine>, Box<dyn Making>);

/// Begins a database that is filled part by part, or goes on with one that was begun.
///
/// # Errors
/// [`StoreError::Exists`] where there is one already, [`StoreError::Busy`] where another program is at it.
pub fn make(place: &Path) -> Result<Begun, StoreError> {
    match address::named(place) {
        Some(address) => postgres::making::make(address?),
        None => sqlite::making::make(place),
    }
}

/// An empty place for a database that is thrown away: it is gone when this is dropped.
pub trait Passing: Send + Debug {
    /// How the database is named.
    fn place(&self) -> &Path;
}

/// Makes an empty place on the server a name leads to, and clears those whose programs have ended; `None` where it leads to a
/// file: that needs a folder, no help.
///
/// # Errors
/// What the server says.
pub fn passing(place: &Path) -> Result<Option<Box<dyn Passing>>, StoreError> {
    let Some(address) = address::named(place) else { return Ok(None) };
    Ok(Some(Box::new(postgres::passing::make(&address?)?)))
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

/// Rounds of a reading: beyond them each question is asked by itself.
const ROUNDS: usize = 12;

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

    /// Runs a statement that most likely changes `rows` rows; returns how many it changed, or is taken to have.
    pub fn likely(&self, sql: &str, values: &[Value<'_>], rows: usize) -> Result<usize, StoreError> {
        self.engine.likely(sql, values, rows)
    }

    /// Every row of a question that was asked ahead, made into values; `None` where it was not.
    pub fn at_hand<T>(
        &self,
        sql: &str,
        values: &[Value<'_>],
        make: impl Fn(&dyn Row) -> Result<T, StoreError>,
    ) -> Result<Option<Vec<T>>, StoreError> {
        let mut found = Vec::new();
        let asked = self.engine.at_hand(sql, values, &mut |row| {
            found.push(make(row)?);
            Ok(())
        })?;
        Ok(asked.then_some(found))
    }

    /// Hands each row of a question that was asked ahead to `each`; answers whether it was.
    pub fn each_at_hand(
        &self,
        sql: &str,
        values: &[Value<'_>],
        mut each: impl FnMut(&dyn Row) -> Result<(), StoreError>,
    ) -> Result<bool, StoreError> {
        self.engine.at_hand(sql, values, &mut each)
    }

    /// Puts many rows into a table, the values of one after those of the other.
    pub fn fill(&self, table: &Table, values: &[Value<'_>]) -> Result<(), StoreError> {
        self.engine.fill(table, values)
    }

    /// Says which questions are about to be asked, with these very values: where the engine is far away they travel together.
    pub fn ahead(&self, questions: &[Question<'_>]) -> Result<(), StoreError> {
        self.engine.ahead(questions)
    }

    /// Reads something in as few round trips as its questions hang on each other.
    ///
    /// Where the engine is far away it is read several times over. In a round every question that has no answer yet is noted and
    /// answered with no rows; then all of them are asked at once, and the next round finds them answered. What a round comes to
    /// counts only if none was missing. So `read` must write nothing, and keep nothing that it learned while
    /// [`Tx::unanswered`] grew. On a file it is read once.
    pub fn in_rounds<T>(&self, mut read: impl FnMut(Self) -> Result<T, StoreError>) -> Result<T, StoreError> {
        for _ in 0..ROUNDS {
            if !self.engine.begin_round() {
                break;
            }
            let read = read(*self);
            if !self.engine.end_round()? {
                return read;
            }
        }
        read(*self)
    }

    /// Questions so far that have no answer yet, while something is read in rounds.
    pub fn unanswered(&self) -> usize {
        self.engine.unanswered()
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
