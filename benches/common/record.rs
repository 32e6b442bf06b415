//! An engine that notes what is written through it, so that the same can be written without the product.

use std::cell::RefCell;
use std::path::Path;

use corral::store::StoreError;
use corral::store::books::Books;
use corral::store::change::Write;
use corral::store::engine::sqlite::{Access, Sqlite};
use corral::store::engine::{Engine as _, Statements, Tx};
use corral::store::query::Query;
use corral::store::read;
use corral::store::value::{Row, Value};
use corral::store::write::write;
use rusqlite::types::Value as Bound;
use rusqlite::{CachedStatement, Connection, StatementStatus};

/// A statement with its values in the order SQLite numbers them.
#[derive(Debug, Clone)]
pub struct Said {
    pub sql: String,
    pub values: Vec<Bound>,
}

impl Said {
    /// Runs it as bare as can be.
    pub fn run(&self, connection: &Connection) {
        let mut statement: CachedStatement<'_> = connection.prepare_cached(&self.sql).unwrap();
        for (place, value) in (1..).zip(&self.values) {
            statement.raw_bind_parameter(place, value).unwrap();
        }
        // a statement that answers rows is run to its end
        if statement.column_count() == 0 {
            statement.raw_execute().unwrap();
        } else {
            let mut rows = statement.raw_query();
            while rows.next().unwrap().is_some() {}
        }
    }

    /// How often SQLite made its plan anew for what was bound, of the statement as it is kept.
    pub fn planned_again(&self, connection: &Connection) -> i32 {
        connection.prepare_cached(&self.sql).unwrap().get_status(StatementStatus::RePrepare)
    }

    /// The statement on one line.
    pub fn line(&self) -> String {
        self.sql.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

/// What a change said to the database.
#[derive(Debug, Default)]
pub struct Noted {
    /// The statements that write, in order.
    pub writes: Vec<Said>,
    /// Those that read.
    pub reads: Vec<Said>,
}

/// A connection that notes.
pub struct Recorder {
    inner: Sqlite,
    noted: RefCell<Noted>,
}

impl Recorder {
    pub fn open(path: &Path) -> Self {
        let mut inner = Sqlite::open(path, Access::Write, false).unwrap();
        inner.prepare().unwrap();
        Self { inner, noted: RefCell::default() }
    }

    /// Makes a change, notes what it says, and takes it back.
    pub fn rehearse(&mut self, books: &mut Books, change: &Write) -> Noted {
        self.noted.take();
        self.inner.begin_write().unwrap();
        let made = write(Tx::new(&*self), books, change);
        self.inner.rollback();
        made.unwrap();
        self.noted.take()
    }

    /// Asks, and notes what is said for it.
    pub fn ask(&mut self, books: &mut Books, query: &Query) -> Noted {
        self.noted.take();
        self.inner.begin_read().unwrap();
        let answer = read::answer(Tx::new(&*self), books, query);
        self.inner.rollback();
        answer.unwrap();
        self.noted.take()
    }

    fn note(&self, sql: &str, values: &[Value<'_>]) {
        let mut noted = self.noted.borrow_mut();
        let reads = matches!(sql.split_whitespace().next(), Some("SELECT" | "WITH"));
        let list = if reads { &mut noted.reads } else { &mut noted.writes };
        let values = order(sql).into_iter().map(|n| bound(values[n - 1])).collect();
        list.push(Said { sql: sql.to_owned(), values });
    }
}

/// The numbers of a statement's placeholders in the order they first appear.
fn order(sql: &str) -> Vec<usize> {
    let mut numbers = Vec::new();
    for part in sql.split('$').skip(1) {
        let digits: String = part.chars().take_while(char::is_ascii_digit).collect();
        let number = digits.parse().unwrap();
        if !numbers.contains(&number) {
            numbers.push(number);
        }
    }
    numbers
}

fn bound(value: Value<'_>) -> Bound {
    match value {
        Value::Null => Bound::Null,
        Value::Int(n) => Bound::Integer(n),
        Value::Text(text) => Bound::Text(text.to_owned()),
    }
}

impl Statements for Recorder {
    fn run(&self, sql: &str, values: &[Value<'_>]) -> Result<usize, StoreError> {
        self.note(sql, values);
        self.inner.run(sql, values)
    }

    fn each(
        &self,
        sql: &str,
        values: &[Value<'_>],
        each: &mut dyn FnMut(&dyn Row) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.note(sql, values);
        self.inner.each(sql, values, each)
    }
}
