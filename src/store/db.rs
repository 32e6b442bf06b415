//! One database, one connection: opens and guards the file, reads in one snapshot, writes in one transaction.

use std::path::Path;

use crate::domain::id::UserId;
use crate::domain::lists::{Role, UserState};
use crate::domain::time::Timestamp;
use crate::store::books::Books;
use crate::store::change::{Commit, Write};
use crate::store::engine::sqlite::{APPLICATION_ID, Access, Sqlite};
use crate::store::engine::{Engine as _, Tx};
use crate::store::error::StoreError;
use crate::store::query::{Answer, Query};
use crate::store::{journal, migrate, read, write};
use crate::{sql, values};

/// A connection to a Corral database. Blocking: a session asks `worker`, a headless command may use it directly.
#[derive(Debug)]
pub struct Db {
    engine: Sqlite,
    books: Books,
}

impl Db {
    /// Makes a new database. Refuses where a file is.
    pub fn create(path: &Path) -> Result<Self, StoreError> {
        if path.exists() {
            return Err(StoreError::Exists { path: path.to_owned() });
        }
        let mut engine = Sqlite::open(path, Access::Write, true)
            .map_err(|e| StoreError::ReadOnly { path: path.to_owned(), why: e.to_string() })?;
        engine.pragma(&format!("PRAGMA application_id = {APPLICATION_ID}"))?;
        engine.pragma("PRAGMA journal_mode = WAL")?;
        migrate::migrate(&mut engine)?;
        let mut db = Self::ready(engine)?;
        db.engine.begin_write()?;
        let born = birth(Tx::new(&db.engine));
        match born {
            Ok(()) => db.engine.commit()?,
            Err(error) => {
                db.engine.rollback();
                return Err(error);
            }
        }
        Ok(db)
    }

    /// Opens a database and brings its layout up to date.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        if !path.exists() {
            return Err(StoreError::Missing { path: path.to_owned() });
        }
        let mut engine = Sqlite::open(path, Access::Write, false)?;
        migrate::migrate(&mut engine)?;
        Self::ready(engine)
    }

    fn ready(mut engine: Sqlite) -> Result<Self, StoreError> {
        engine.prepare()?;
        let mut side = engine.path().as_os_str().to_owned();
        side.push("-queue");
        engine.queue_on(Path::new(&side))?;
        Ok(Self { engine, books: Books::default() })
    }

    /// Answers a query from one consistent snapshot.
    pub fn read(&mut self, query: &Query) -> Result<Answer, StoreError> {
        self.snapshot(|tx, books| read::answer(tx, books, query))
    }

    /// Makes a change: all of it or nothing, once however often it is sent.
    pub fn write(&mut self, change: &Write) -> Result<Commit, StoreError> {
        self.engine.begin_write()?;
        match write::write(Tx::new(&self.engine), &mut self.books, change) {
            Ok(commit) => {
                self.engine.commit()?;
                Ok(commit)
            }
            Err(error) => {
                self.engine.rollback();
                Err(error)
            }
        }
    }

    /// Runs `look` on one consistent snapshot.
    pub fn snapshot<T>(
        &mut self,
        look: impl FnOnce(Tx<'_>, &mut Books) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.engine.begin_read()?;
        let seen = look(Tx::new(&self.engine), &mut self.books);
        self.engine.rollback();
        seen
    }

    /// The newest revision.
    pub fn revision(&mut self) -> Result<i64, StoreError> {
        self.snapshot(|tx, _| journal::revision(tx))
    }

    /// A number that changes when another connection has committed.
    pub fn pulse(&self) -> Result<i64, StoreError> {
        self.engine.pulse()
    }

    /// The file's engine, for checks and copies.
    pub fn engine(&self) -> &Sqlite {
        &self.engine
    }

    /// The system's own user, who makes the first admin and applies the first playbook.
    pub const SYSTEM: UserId = UserId(1);

    /// When the system user was born: the epoch, so that it precedes everything.
    pub const BIRTH: Timestamp = Timestamp(0);
}

/// Makes the system's own user.
fn birth(tx: Tx<'_>) -> Result<(), StoreError> {
    tx.run(
        sql!(
            "INSERT INTO person_user (id, login, name, role, state, rank, job, coach_id, created_at) \
             VALUES ($1, 'system', 'Corral', $2, $3, '', '', NULL, $4)"
        ),
        values![Db::SYSTEM, Role::Admin, UserState::Active, Db::BIRTH],
    )?;
    Ok(())
}
