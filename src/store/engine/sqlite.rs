//! SQLite: the embedded engine.

pub mod checkpoint;
pub mod examine;
pub mod file;
pub mod guard;
mod layout;
pub mod locks;
pub mod making;
mod online;
pub mod opened;
pub mod put_back;
mod queue;
mod strip;

use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};

use crate::store::disk;
use crate::store::engine::{About, Beside, Engine, Faults, Statements};
use crate::store::error::StoreError;
use crate::store::value::{Row, Value};
use opened::Opened;
use queue::Queue;

/// `PRAGMA application_id` of a Corral file: "CRRL".
pub const APPLICATION_ID: i64 = 0x4352_524C;
/// How long SQLite's own busy handler waits; the queue on the side file makes it a safety net.
const BUSY: Duration = Duration::from_secs(5);
/// Statements kept prepared.
const STATEMENTS: usize = 256;
/// Commits between two looks at the log: a look costs as much as a few statements.
const LOOK_EVERY: u32 = 32;
/// What a commit does, as a failure tells it.
const SETTLE: &str = "writing to disk";

/// How a file is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// To read and write.
    Write,
    /// Only to read.
    Read,
}

/// How a file is looked into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// As if nobody else had it and there were no log.
    Alone,
    /// With its log, whose index is there and is only read.
    WithLog,
}

/// One connection to a SQLite file.
pub struct Sqlite {
    connection: Connection,
    path: PathBuf,
    queue: Option<Queue>,
    /// The log, once something was committed that has to be brought to disk.
    log: Option<File>,
    /// Which files are open; noted once they are known to be ours.
    opened: Option<Opened>,
    /// Commits, to look at the log now and then.
    commits: u32,
    /// In what order the placeholders of each statement come, by where its text lies.
    orders: RefCell<HashMap<(usize, usize), Order>>,
}

/// The numbers of a statement's placeholders in the order SQLite counts them.
struct Order {
    /// The statement: another text may come to lie where one was.
    text: Box<str>,
    /// The numbers; `None` where they come one after the other.
    numbers: Option<Box<[usize]>>,
}

/// Statements whose order is kept; more than there are.
const ORDERS: usize = 2_048;

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
            Connection::open_with_flags(path, flags).map_err(|e| failed(path, "opening the file", &e))?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        connection.busy_timeout(BUSY).map_err(|e| failed(path, "setting the time to wait", &e))?;
        for (config, on) in [
            (DbConfig::SQLITE_DBCONFIG_DQS_DML, false),
            (DbConfig::SQLITE_DBCONFIG_DQS_DDL, false),
            // a plan must not hang on the values: else a statement that is used again is prepared again, which costs as much
            // as running it (so what is to fit a partial index is written out, never bound)
            (DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true),
            // a file that turns out not to be ours must not be written to by closing it
            (DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true),
        ] {
            connection.set_db_config(config, on).map_err(|e| failed(path, "setting the dialect", &e))?;
        }
        Ok(Self {
            connection,
            path: path.to_owned(),
            queue: None,
            log: None,
            opened: None,
            commits: 0,
            orders: RefCell::default(),
        })
    }

    /// What the engine's quick check says of a file that nobody has open and that has no log: nothing is written, not even
    /// beside it.
    pub fn sealed_check(path: &Path) -> Result<Vec<String>, StoreError> {
        Self::seen(path, Seen::Alone)?.pragma_texts("PRAGMA quick_check(1)")
    }

    /// Opens a file only to look into it: nothing is written, not even beside it, and no lock is waited for.
    pub fn seen(path: &Path, how: Seen) -> Result<Self, StoreError> {
        let mut uri = String::from("file:");
        for byte in path.as_os_str().as_encoded_bytes() {
            match byte {
                b'/' | b'.' | b'_' | b'-' => uri.push(char::from(*byte)),
                plain if plain.is_ascii_alphanumeric() => uri.push(char::from(*plain)),
                other => {
                    // writing to a String cannot fail
                    let _ = write!(uri, "%{other:02X}");
                }
            }
        }
        uri.push_str(match how {
            Seen::Alone => "?immutable=1",
            Seen::WithLog => "?readonly_shm=1",
        });
        let flags =
            OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection =
            Connection::open_with_flags(&uri, flags).map_err(|e| failed(path, "opening the file", &e))?;
        let seen = Self {
            connection,
            path: path.to_owned(),
            queue: None,
            log: None,
            opened: None,
            commits: 0,
            orders: RefCell::default(),
        };
        seen.wait_for(Duration::ZERO)?;
        Ok(seen)
    }

    /// The version of the engine.
    pub fn version() -> &'static str {
        rusqlite::version()
    }

    /// Sets what holds for every working connection: foreign keys, durability, cache, no checkpoint inside a commit
    /// (performance.md). Only for a file that has been found to be ours.
    ///
    /// With a log the engine syncs before checkpoints only, and [`Engine::commit`] brings the log to disk itself once the
    /// next writer has its turn; without one the engine does all of it.
    pub fn prepare(&mut self) -> Result<(), StoreError> {
        self.pragma("PRAGMA foreign_keys = ON")?;
        let logs = self.pragma_texts("PRAGMA journal_mode")?.iter().any(|mode| mode == "wal");
        self.pragma(if logs { "PRAGMA synchronous = NORMAL" } else { "PRAGMA synchronous = FULL" })?;
        self.pragma("PRAGMA cache_size = -16384")?;
        self.pragma("PRAGMA temp_store = MEMORY")?;
        self.pragma("PRAGMA wal_autocheckpoint = 0")?;
        self.pragma("PRAGMA journal_size_limit = 16777216")?;
        self.connection
            .set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)
            .map_err(|e| self.failed("setting the checkpoint", &e))?;
        Ok(())
    }

    /// Queues writers on a side file, so that the kernel serves them in turn (performance.md, A2).
    pub fn queue_on(&mut self, side: &Path) -> Result<(), StoreError> {
        self.queue = Some(Queue::open(side)?);
        Ok(())
    }

    /// Waits as SQLite itself does and lets commits move the log, as any program would that does nothing about either: the
    /// yardstick of the queue and the checkpointer (docs/performance.md).
    pub fn plainly(&mut self) -> Result<(), StoreError> {
        self.queue = None;
        self.pragma("PRAGMA synchronous = FULL")?;
        self.pragma("PRAGMA wal_autocheckpoint = 1000")
    }

    /// Notes which files are open, once they are known to be ours; the log is looked for anew at the next commit.
    pub fn note_files(&mut self) {
        self.log = None;
        self.opened = Some(Opened::note(&self.path));
    }

    /// Lets changes go to a log first: a copy of a file has none.
    pub fn keep_log(&self) -> Result<(), StoreError> {
        self.pragma("PRAGMA journal_mode = WAL")
    }

    /// How long a lock is waited for from now on.
    pub fn wait_for(&self, time: Duration) -> Result<(), StoreError> {
        self.connection.busy_timeout(time).map_err(|e| self.failed("setting the time to wait", &e))
    }

    /// Whether the file was opened without the right to write.
    pub fn is_read_only(&self) -> bool {
        self.connection.is_readonly("main").unwrap_or(true)
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Runs statements that are not of the catalogue: pragmas, migrations.
    pub fn pragma(&self, sql: &str) -> Result<(), StoreError> {
        self.connection.execute_batch(sql).map_err(|e| self.failed(sql, &e))
    }

    /// The whole number a pragma answers.
    pub fn pragma_number(&self, sql: &str) -> Result<i64, StoreError> {
        self.connection.query_row(sql, [], |row| row.get(0)).map_err(|e| self.failed(sql, &e))
    }

    /// The first text of each row a pragma answers.
    pub fn pragma_texts(&self, sql: &str) -> Result<Vec<String>, StoreError> {
        let mut statement = self.connection.prepare(sql).map_err(|e| self.failed(sql, &e))?;
        let rows =
            statement.query_map([], |row| row.get::<_, String>(0)).map_err(|e| self.failed(sql, &e))?;
        rows.collect::<Result<_, _>>().map_err(|e| self.failed(sql, &e))
    }

    /// Rows that refer to one that is not there: `TABLE → TABLE`, with the row where the engine knows it.
    pub fn loose_keys(&self) -> Result<Vec<String>, StoreError> {
        self.pragma_texts(
            "SELECT \"table\" || ' ' || coalesce(rowid, '') || ' → ' || parent FROM pragma_foreign_key_check",
        )
    }

    /// Copies the whole database into a new file.
    pub fn copy_to(&self, to: &Path) -> Result<(), StoreError> {
        self.connection
            .backup("main", to, None::<fn(rusqlite::backup::Progress)>)
            .map_err(|e| self.failed("copying the database", &e))
    }

    /// The three numbers of `PRAGMA wal_checkpoint(…)`: whether it was hindered, pages in the log, pages moved.
    pub fn checkpoint(&self, how: &str) -> Result<(i64, i64, i64), StoreError> {
        let sql = format!("PRAGMA wal_checkpoint({how})");
        self.connection
            .query_row(&sql, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .map_err(|e| self.failed("moving the log into the file", &e))
    }

    /// Holds the writers' queue while `job` runs.
    pub fn queued<T>(&mut self, job: impl FnOnce(&Self) -> Result<T, StoreError>) -> Result<T, StoreError> {
        self.lock_queue()?;
        let done = job(self);
        self.unlock_queue();
        done
    }

    fn lock_queue(&mut self) -> Result<(), StoreError> {
        self.queue.as_mut().map_or(Ok(()), |queue| queue.enter(BUSY))
    }

    fn unlock_queue(&mut self) {
        if let Some(queue) = &mut self.queue {
            queue.leave();
        }
    }

    /// Brings what was committed to disk. Whoever waits in the queue goes on meanwhile, and writers who do this at the same time
    /// share the disk's one flush.
    ///
    /// The log only grows at its end, and what a commit builds on stands before it: when this returns, all of that is on disk.
    /// A failure is told although the change is there: sent again, it is found in the journal and brought to disk.
    fn settle(&mut self) -> Result<(), StoreError> {
        // 0: not even the engine is to sync; 2: it has done so within the commit
        let mut asked =
            self.connection.prepare_cached("PRAGMA synchronous").map_err(|e| self.failed(SETTLE, &e))?;
        if asked.query_row([], |row| row.get::<_, i64>(0)).map_err(|e| self.failed(SETTLE, &e))? != 1 {
            return Ok(());
        }
        drop(asked);
        let unsettled =
            |e: std::io::Error| StoreError::Engine { doing: SETTLE.to_owned(), what: e.to_string() };
        let log = match self.log.take() {
            Some(log) => log,
            // the engine keeps this very file for as long as the connection is open
            None => File::open(guard::side(&self.path, "-wal")).map_err(unsettled)?,
        };
        log.sync_data().map_err(unsettled)?;
        self.log = Some(log);
        Ok(())
    }

    /// Prepares a statement, or takes it as it was kept, and binds its values: `$1` is a name to SQLite, numbered by first
    /// appearance, so each value is bound by the number in the name (crates.md section 2).
    fn bound(&self, sql: &str, values: &[Value<'_>]) -> rusqlite::Result<rusqlite::CachedStatement<'_>> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut orders = self.orders.borrow_mut();
        let place = (sql.as_ptr().addr(), sql.len());
        if orders.get(&place).is_none_or(|order| *order.text != *sql) {
            if orders.len() >= ORDERS {
                orders.clear();
            }
            orders.insert(place, Order { text: sql.into(), numbers: numbers(&statement) });
        }
        let numbers = orders.get(&place).and_then(|order| order.numbers.as_ref());
        for place in 1..=statement.parameter_count() {
            let number = numbers.map_or(Some(place), |numbers| numbers.get(place - 1).copied());
            match number.and_then(|number| values.get(number.wrapping_sub(1))) {
                Some(Value::Null) => statement.raw_bind_parameter(place, rusqlite::types::Null)?,
                Some(Value::Int(n)) => statement.raw_bind_parameter(place, n)?,
                Some(Value::Text(text)) => statement.raw_bind_parameter(place, text)?,
                None => return Err(rusqlite::Error::InvalidParameterCount(values.len(), place)),
            }
        }
        drop(orders);
        Ok(statement)
    }

    /// Runs one of the statements that begin and end things: kept prepared like all others.
    fn step(&self, sql: &str) -> rusqlite::Result<()> {
        self.connection.prepare_cached(sql)?.raw_execute().map(drop)
    }

    fn failed(&self, doing: &str, error: &rusqlite::Error) -> StoreError {
        failed(&self.path, doing, error)
    }
}

impl Statements for Sqlite {
    fn run(&self, sql: &str, values: &[Value<'_>]) -> Result<usize, StoreError> {
        let mut statement = self.bound(sql, values).map_err(|e| self.failed(sql, &e))?;
        statement.raw_execute().map_err(|e| self.failed(sql, &e))
    }

    fn each(
        &self,
        sql: &str,
        values: &[Value<'_>],
        each: &mut dyn FnMut(&dyn Row) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut statement = self.bound(sql, values).map_err(|e| self.failed(sql, &e))?;
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next().map_err(|e| self.failed(sql, &e))? {
            each(&SqliteRow(row))?;
        }
        Ok(())
    }
}

impl Engine for Sqlite {
    fn place(&self) -> &Path {
        &self.path
    }

    fn begin_write(&mut self) -> Result<(), StoreError> {
        // where there still is a file to write to
        self.is_there()?;
        self.lock_queue()?;
        let begun = self.step("BEGIN IMMEDIATE");
        begun.map_err(|e| {
            self.unlock_queue();
            self.failed("beginning a change", &e)
        })
    }

    fn begin_read(&mut self) -> Result<(), StoreError> {
        self.step("BEGIN DEFERRED").map_err(|e| self.failed("beginning to read", &e))
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        let done = self.step("COMMIT").map_err(|e| self.failed(SETTLE, &e));
        if done.is_err() && !self.connection.is_autocommit() {
            let _ = self.connection.execute_batch("ROLLBACK");
        }
        self.unlock_queue();
        done.and_then(|()| self.settle())?;
        // what went to a file that was taken away in the meantime is not claimed to be kept
        self.is_there()
    }

    fn is_open(&self) -> bool {
        !self.connection.is_autocommit()
    }

    fn rollback(&mut self) {
        if !self.connection.is_autocommit() {
            let _ = self.step("ROLLBACK");
        }
        self.unlock_queue();
    }

    fn savepoint(&mut self) -> Result<(), StoreError> {
        self.step("SAVEPOINT change").map_err(|e| self.failed("beginning a change", &e))
    }

    fn release(&mut self) -> Result<(), StoreError> {
        self.step("RELEASE change").map_err(|e| self.failed("keeping a change", &e))
    }

    fn rollback_to_savepoint(&mut self) {
        // a full disk may have ended the transaction already: then there is nothing to return to
        let _ = self.connection.execute_batch("ROLLBACK TO change; RELEASE change");
    }

    fn pulse(&mut self) -> Result<i64, StoreError> {
        let mut statement = self
            .connection
            .prepare_cached("PRAGMA data_version")
            .map_err(|e| self.failed("asking for news", &e))?;
        statement.query_row([], |row| row.get(0)).map_err(|e| self.failed("asking for news", &e))
    }

    fn rest(&mut self, time: Duration) {
        // nobody tells: whoever wants this to end unparks
        thread::park_timeout(time);
    }

    fn is_there(&mut self) -> Result<(), StoreError> {
        self.opened.as_mut().map_or(Ok(()), Opened::check)
    }

    fn tidy(&mut self) {
        if self.commits.is_multiple_of(LOOK_EVERY) {
            checkpoint::bound(self);
        }
        self.commits = self.commits.wrapping_add(1);
    }

    fn layout(&self) -> Result<i64, StoreError> {
        self.pragma_number("PRAGMA user_version")
    }

    fn set_layout(&self, number: i64) -> Result<(), StoreError> {
        self.pragma(&format!("PRAGMA user_version = {number}"))
    }

    fn migration(&self, text: &str) -> Result<(), StoreError> {
        self.pragma(&layout::words(text))
    }

    fn faults(&self) -> Result<Faults, StoreError> {
        let mut damaged = self.pragma_texts("PRAGMA integrity_check(100)")?;
        damaged.retain(|line| line != "ok");
        Ok(Faults { damaged, loose: self.loose_keys()? })
    }

    fn about(&self) -> Result<About, StoreError> {
        let size = |end| guard::side(&self.path, end).metadata().map_or(0, |about| about.len());
        // what is in the log has not been moved into the file yet
        let bytes = size("").saturating_add(size("-wal"));
        Ok(About { engine: "SQLite", version: Self::version().to_owned(), bytes })
    }

    fn beside(&self) -> Box<dyn Beside> {
        Box::new(file::Neighbour::of(self))
    }

    fn careless(&self) -> Result<(), StoreError> {
        self.pragma("PRAGMA synchronous = OFF")
    }

    fn only_reads(&mut self) -> Result<(), StoreError> {
        // whoever reads forgets its pages with every commit of another program: many would only be memory, a session's largest
        self.pragma("PRAGMA cache_size = -2048")
    }

    fn pack(&mut self) -> Result<(), StoreError> {
        self.pragma("VACUUM")?;
        self.checkpoint("TRUNCATE").map(drop)
    }

    fn strip(&mut self) -> Result<Vec<String>, StoreError> {
        let taken = self.take_off()?;
        self.note_files();
        Ok(taken)
    }

    fn dress(&mut self, taken: &[String]) -> Result<(), StoreError> {
        self.put_back(taken)?;
        self.note_files();
        Ok(())
    }

    fn file(&self) -> Option<&Sqlite> {
        Some(self)
    }

    fn file_mut(&mut self) -> Option<&mut Sqlite> {
        Some(self)
    }
}

/// The numbers of a statement's placeholders in the order they first appear, where that is not their own.
fn numbers(statement: &rusqlite::CachedStatement<'_>) -> Option<Box<[usize]>> {
    let number = |place| {
        let name = statement.parameter_name(place).and_then(|name| name.get(1..));
        name.and_then(|n| n.parse().ok()).unwrap_or(0)
    };
    let numbers: Box<[usize]> = (1..=statement.parameter_count()).map(number).collect();
    let plain = (1..).zip(&numbers).all(|(place, number)| place == *number);
    (!plain).then_some(numbers)
}

struct SqliteRow<'a>(&'a rusqlite::Row<'a>);

impl SqliteRow<'_> {
    fn value(&self, column: usize) -> Result<ValueRef<'_>, StoreError> {
        self.0.get_ref(column).map_err(|e| StoreError::Engine {
            doing: format!("reading column {column}"),
            what: e.to_string(),
        })
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

/// `SQLITE_IOERR_SHMSIZE`: the shared memory beside the log could not be made larger.
const NO_SHARED_MEMORY: i32 = 4_874;

/// Turns what SQLite says into the store's errors.
pub fn failed(path: &Path, doing: &str, error: &rusqlite::Error) -> StoreError {
    use rusqlite::ErrorCode as Code;
    let path = path.to_owned();
    let what = error.to_string();
    let grows = error.sqlite_error().is_some_and(|e| e.extended_code == NO_SHARED_MEMORY);
    match error.sqlite_error_code() {
        Some(Code::DatabaseBusy | Code::DatabaseLocked) => {
            StoreError::Busy { what: "another program has been writing for five seconds".to_owned() }
        }
        Some(Code::DatabaseCorrupt) => StoreError::Damaged { path, what },
        Some(Code::NotADatabase) => StoreError::Foreign { path, what: "not a SQLite file".to_owned() },
        Some(Code::DiskFull) => StoreError::Full { path, what },
        Some(Code::SystemIoFailure | Code::CannotOpen) if grows || disk::is_full(&path) => {
            StoreError::Full { path, what }
        }
        Some(Code::SystemIoFailure) => StoreError::Disk { path, doing: doing.to_owned(), what },
        Some(Code::ReadOnly | Code::CannotOpen | Code::PermissionDenied) => {
            StoreError::ReadOnly { path, why: what }
        }
        _ => StoreError::Engine { doing: doing.to_owned(), what },
    }
}
