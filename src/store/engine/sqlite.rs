//! SQLite: the embedded engine.

mod cells;
pub mod checkpoint;
pub mod examine;
mod fault;
pub mod file;
pub mod guard;
mod layout;
pub mod locks;
pub mod making;
mod online;
pub mod opened;
mod pragma;
pub mod put_back;
mod queue;
mod seen;
mod settle;
mod statements;
mod strip;

pub use fault::failed;
pub use seen::Seen;

use std::cell::RefCell;
use std::collections::HashMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use crate::store::engine::{About, Beside, Engine, Faults};
use crate::store::error::StoreError;
use opened::Opened;
use queue::Queue;
use statements::Order;

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
        // what is deleted is gone from its page, not only from its table
        self.pragma("PRAGMA secure_delete = ON")?;
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

    fn failed(&self, doing: &str, error: &rusqlite::Error) -> StoreError {
        failed(&self.path, doing, error)
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
