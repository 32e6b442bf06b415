//! SQLite: the embedded engine.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};

use crate::store::engine::Engine;
use crate::store::error::StoreError;
use crate::store::value::{Row, Value};

/// `PRAGMA application_id` of a Corral file: "CRRL".
pub const APPLICATION_ID: i64 = 0x4352_524C;
/// How long SQLite's own busy handler waits; the queue on the side file makes it a safety net.
const BUSY: Duration = Duration::from_secs(5);
/// Statements kept prepared.
const STATEMENTS: usize = 256;

/// How a file is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// To read and write.
    Write,
    /// Only to read.
    Read,
}

/// One connection to a SQLite file.
pub struct Sqlite {
    connection: Connection,
    path: PathBuf,
    queue: Option<File>,
}

impl std::fmt::Debug for Sqlite {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sqlite").field("path", &self.path).finish_non_exhaustive()
    }
}

impl Sqlite {
    /// Opens a file as it is; `create` makes a new one and fails where one is.
    ///
    /// # Errors
    /// As the engine says; the caller checks whose file it is.
    pub fn open(path: &Path, access: Access, create: bool) -> Result<Self, StoreError> {
        let mut flags = match access {
            Access::Write => OpenFlags::SQLITE_OPEN_READ_WRITE,
            Access::Read => OpenFlags::SQLITE_OPEN_READ_ONLY,
        } | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        if create {
            flags |= OpenFlags::SQLITE_OPEN_CREATE;
        }
        let connection =
            Connection::open_with_flags(path, flags).map_err(|e| engine_error("opening the file", &e))?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        connection.busy_timeout(BUSY).map_err(|e| engine_error("setting the time to wait", &e))?;
        for config in [DbConfig::SQLITE_DBCONFIG_DQS_DML, DbConfig::SQLITE_DBCONFIG_DQS_DDL] {
            connection.set_db_config(config, false).map_err(|e| engine_error("setting the dialect", &e))?;
        }
        Ok(Self { connection, path: path.to_owned(), queue: None })
    }

    /// Sets what holds for every working connection: foreign keys, durability, cache (performance.md).
    pub fn prepare(&mut self) -> Result<(), StoreError> {
        self.pragma("PRAGMA foreign_keys = ON")?;
        self.pragma("PRAGMA synchronous = FULL")?;
        self.pragma("PRAGMA cache_size = -16384")?;
        self.pragma("PRAGMA temp_store = MEMORY")?;
        Ok(())
    }

    /// Queues writers on a side file, so that the kernel serves them in turn (performance.md, A2).
    pub fn queue_on(&mut self, side: &Path) -> Result<(), StoreError> {
        let file = File::options().create(true).truncate(false).read(true).write(true).open(side);
        self.queue =
            Some(file.map_err(|e| StoreError::ReadOnly { path: side.to_owned(), why: e.to_string() })?);
        Ok(())
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Runs statements that are not of the catalogue: pragmas, migrations.
    pub fn pragma(&self, sql: &str) -> Result<(), StoreError> {
        self.connection.execute_batch(sql).map_err(|e| engine_error(sql, &e))
    }

    /// The whole number a pragma answers.
    pub fn pragma_number(&self, sql: &str) -> Result<i64, StoreError> {
        self.connection.query_row(sql, [], |row| row.get(0)).map_err(|e| engine_error(sql, &e))
    }

    /// The first text of each row a pragma answers.
    pub fn pragma_texts(&self, sql: &str) -> Result<Vec<String>, StoreError> {
        let mut statement = self.connection.prepare(sql).map_err(|e| engine_error(sql, &e))?;
        let rows =
            statement.query_map([], |row| row.get::<_, String>(0)).map_err(|e| engine_error(sql, &e))?;
        rows.collect::<Result<_, _>>().map_err(|e| engine_error(sql, &e))
    }

    /// Copies the whole database into a new file.
    pub fn copy_to(&self, to: &Path) -> Result<(), StoreError> {
        self.connection
            .backup("main", to, None::<fn(rusqlite::backup::Progress)>)
            .map_err(|e| engine_error("copying the database", &e))
    }

    fn lock_queue(&self) -> Result<(), StoreError> {
        match &self.queue {
            Some(file) => file
                .lock()
                .map_err(|e| StoreError::Busy { what: format!("waiting in the queue failed: {e}") }),
            None => Ok(()),
        }
    }

    fn unlock_queue(&self) {
        if let Some(file) = &self.queue {
            // closing the file unlocks as well; nothing else can be done here
            let _ = file.unlock();
        }
    }
}

impl Engine for Sqlite {
    fn begin_write(&mut self) -> Result<(), StoreError> {
        self.lock_queue()?;
        self.connection.execute_batch("BEGIN IMMEDIATE").map_err(|e| {
            self.unlock_queue();
            engine_error("beginning a change", &e)
        })
    }

    fn begin_read(&mut self) -> Result<(), StoreError> {
        self.connection.execute_batch("BEGIN DEFERRED").map_err(|e| engine_error("beginning to read", &e))
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        let done = self.connection.execute_batch("COMMIT").map_err(|e| engine_error("writing to disk", &e));
        if done.is_err() && !self.connection.is_autocommit() {
            let _ = self.connection.execute_batch("ROLLBACK");
        }
        self.unlock_queue();
        done
    }

    fn rollback(&mut self) {
        if !self.connection.is_autocommit() {
            let _ = self.connection.execute_batch("ROLLBACK");
        }
        self.unlock_queue();
    }

    fn savepoint(&mut self) -> Result<(), StoreError> {
        self.connection.execute_batch("SAVEPOINT change").map_err(|e| engine_error("beginning a change", &e))
    }

    fn release(&mut self) -> Result<(), StoreError> {
        self.connection.execute_batch("RELEASE change").map_err(|e| engine_error("keeping a change", &e))
    }

    fn rollback_to_savepoint(&mut self) {
        // a full disk may have ended the transaction already: then there is nothing to return to
        let _ = self.connection.execute_batch("ROLLBACK TO change; RELEASE change");
    }

    fn run(&self, sql: &str, values: &[Value<'_>]) -> Result<usize, StoreError> {
        let mut statement = self.connection.prepare_cached(sql).map_err(|e| engine_error(sql, &e))?;
        bind(&mut statement, values).map_err(|e| engine_error(sql, &e))?;
        statement.raw_execute().map_err(|e| engine_error(sql, &e))
    }

    fn each(
        &self,
        sql: &str,
        values: &[Value<'_>],
        each: &mut dyn FnMut(&dyn Row) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut statement = self.connection.prepare_cached(sql).map_err(|e| engine_error(sql, &e))?;
        bind(&mut statement, values).map_err(|e| engine_error(sql, &e))?;
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next().map_err(|e| engine_error(sql, &e))? {
            each(&SqliteRow(row))?;
        }
        Ok(())
    }

    fn pulse(&self) -> Result<i64, StoreError> {
        let mut statement = self
            .connection
            .prepare_cached("PRAGMA data_version")
            .map_err(|e| engine_error("asking for news", &e))?;
        statement.query_row([], |row| row.get(0)).map_err(|e| engine_error("asking for news", &e))
    }
}

/// `$1` is a name to SQLite, numbered by first appearance: bind by the number in the name (crates.md section 2).
fn bind(statement: &mut rusqlite::CachedStatement<'_>, values: &[Value<'_>]) -> rusqlite::Result<()> {
    for place in 1..=statement.parameter_count() {
        let number = statement
            .parameter_name(place)
            .and_then(|name| name.get(1..))
            .and_then(|n| n.parse::<usize>().ok());
        let value = number.and_then(|n| values.get(n.wrapping_sub(1)));
        match value {
            Some(Value::Null) => statement.raw_bind_parameter(place, rusqlite::types::Null)?,
            Some(Value::Int(n)) => statement.raw_bind_parameter(place, n)?,
            Some(Value::Text(text)) => statement.raw_bind_parameter(place, text)?,
            None => return Err(rusqlite::Error::InvalidParameterCount(values.len(), place)),
        }
    }
    Ok(())
}

struct SqliteRow<'a>(&'a rusqlite::Row<'a>);

impl SqliteRow<'_> {
    fn value(&self, column: usize) -> Result<ValueRef<'_>, StoreError> {
        self.0.get_ref(column).map_err(|e| engine_error("reading a column", &e))
    }
}

impl Row for SqliteRow<'_> {
    fn int(&self, column: usize) -> Result<i64, StoreError> {
        self.opt_int(column)?.ok_or_else(|| wrong_type(column, "a number", "nothing"))
    }

    fn opt_int(&self, column: usize) -> Result<Option<i64>, StoreError> {
        match self.value(column)? {
            ValueRef::Integer(n) => Ok(Some(n)),
            ValueRef::Null => Ok(None),
            other => Err(wrong_type(column, "a number", &other.data_type().to_string())),
        }
    }

    fn text(&self, column: usize) -> Result<&str, StoreError> {
        self.opt_text(column)?.ok_or_else(|| wrong_type(column, "a text", "nothing"))
    }

    fn opt_text(&self, column: usize) -> Result<Option<&str>, StoreError> {
        match self.value(column)? {
            ValueRef::Null => Ok(None),
            value => value
                .as_str()
                .map(Some)
                .map_err(|_| wrong_type(column, "a text", &value.data_type().to_string())),
        }
    }
}

fn wrong_type(column: usize, wanted: &str, found: &str) -> StoreError {
    StoreError::Engine {
        doing: format!("reading column {column}"),
        what: format!("expected {wanted}, found {found}"),
    }
}

/// Turns what SQLite says into the store's errors.
pub fn engine_error(doing: &str, error: &rusqlite::Error) -> StoreError {
    use rusqlite::ErrorCode;
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            StoreError::Busy { what: "another program has been writing for five seconds".to_owned() }
        }
        _ => StoreError::Engine { doing: doing.to_owned(), what: error.to_string() },
    }
}
