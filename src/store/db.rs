//! One database, one connection: opens and guards the file, reads in one snapshot, writes in one transaction.

use std::fs;
use std::path::{Path, PathBuf};

use crate::domain::id::{UserId, WriteId};
use crate::domain::lists::{Role, UserState};
use crate::domain::time::Timestamp;
use crate::store::books::{Books, Shelf};
use crate::store::change::{Change, Commit, Write};
use crate::store::disk::Opened;
use crate::store::engine::sqlite::{APPLICATION_ID, Access, Sqlite};
use crate::store::engine::{Engine as _, Tx};
use crate::store::error::StoreError;
use crate::store::query::{Answer, ChangeRow, ChangesAsk, Query, Standing};
use crate::store::read::changes;
use crate::store::{audit, checkpoint, guard, journal, migrate, read, write};
use crate::{sql, values};

/// A connection to a Corral database. Blocking: a session asks `worker`, a headless command may use it directly.
#[derive(Debug)]
pub struct Db {
    engine: Sqlite,
    books: Books,
    opened: Opened,
    commits: u32,
}

/// The id of an undo that is only tried out: no clock comes to it.
const TRIAL: WriteId = WriteId(i64::MAX / 2);

/// Commits between two looks at the log: a look costs as much as a few statements.
const LOOK_EVERY: u32 = 32;

impl Db {
    /// Makes a new database. Refuses where a file is.
    pub fn create(path: &Path) -> Result<Self, StoreError> {
        Self::create_with(path, |_| Ok(())).map(|(db, ())| db)
    }

    /// Makes a new database and lets `fill` put its first facts in before anybody can see it: when that fails, nothing is left.
    pub fn create_with<T>(
        path: &Path,
        fill: impl FnOnce(&mut Self) -> Result<T, StoreError>,
    ) -> Result<(Self, T), StoreError> {
        if path.symlink_metadata().is_ok() {
            return Err(StoreError::Exists { path: path.to_owned() });
        }
        let draft = Draft::beside(path);
        let filled = {
            let mut db = Self::make(&draft.path)
                .map_err(|e| StoreError::ReadOnly { path: path.to_owned(), why: reason(path, &e) })?;
            let filled = fill(&mut db)?;
            // only the one file gets the name: nothing may be left in the log
            db.engine.checkpoint("TRUNCATE")?;
            filled
        };
        draft.publish(path)?;
        Ok((Self::open(path)?, filled))
    }

    fn make(path: &Path) -> Result<Self, StoreError> {
        let mut engine = Sqlite::open(path, Access::Write, true)?;
        engine.pragma(&format!("PRAGMA application_id = {APPLICATION_ID}"))?;
        engine.pragma("PRAGMA journal_mode = WAL")?;
        migrate::migrate(&mut engine)?;
        let mut db = Self::ready(engine)?;
        db.change(|tx, _| birth(tx))?;
        Ok(db)
    }

    /// Opens a database and brings its layout up to date. Whose file it is, is found out first: what is not Corral's, newer,
    /// read-only or damaged is left untouched.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        if let guard::Look::Suspicious(what) = guard::look(path)? {
            let found = Sqlite::sealed_check(path)?;
            if found.iter().any(|line| line != "ok") {
                let what = format!("{what}; {}", found.join("; "));
                return Err(StoreError::Damaged { path: path.to_owned(), what });
            }
        }
        let mut engine = Sqlite::open(path, Access::Write, false)?;
        if engine.is_read_only() {
            return Err(StoreError::ReadOnly {
                path: path.to_owned(),
                why: "it may only be read".to_owned(),
            });
        }
        let found = engine.pragma_number("PRAGMA user_version")?;
        if found > migrate::newest() {
            return Err(StoreError::Newer { path: path.to_owned(), found, known: migrate::newest() });
        }
        if engine.pragma_number("PRAGMA application_id")? != APPLICATION_ID {
            let what = "a SQLite file of another program".to_owned();
            return Err(StoreError::Foreign { path: path.to_owned(), what });
        }
        migrate::migrate(&mut engine)?;
        Self::ready(engine)
    }

    /// Opens another connection to the very file this one has open, with the playbooks read so far.
    ///
    /// # Errors
    /// As [`Db::open`]; [`StoreError::Gone`] where another file is there by now.
    pub fn beside(other: &Beside) -> Result<Self, StoreError> {
        // a file that was there and is not is gone, not missing: what is to be saved waits for it
        other.is_there()?;
        let mut db = Self::open(&other.path)?;
        other.is_there()?;
        db.books.share(&other.shelf);
        Ok(db)
    }

    /// The same for one that only reads.
    ///
    /// # Errors
    /// As [`Db::beside`].
    pub fn reader_beside(other: &Beside) -> Result<Self, StoreError> {
        let mut db = Self::beside(other)?;
        db.only_reads()?;
        Ok(db)
    }

    /// Keeps few pages from here on: whoever reads forgets its pages with every commit of another program, so many would only be
    /// memory, a session's largest.
    pub fn only_reads(&mut self) -> Result<(), StoreError> {
        self.engine.pragma("PRAGMA cache_size = -2048")
    }

    /// What another connection to the same file needs to know of this one.
    pub fn neighbour(&self) -> Beside {
        let path = self.engine.path().to_owned();
        Beside { path, opened: self.opened.clone(), shelf: self.books.shelf().clone() }
    }

    fn ready(mut engine: Sqlite) -> Result<Self, StoreError> {
        engine.prepare()?;
        let side = guard::side(engine.path(), "-queue");
        engine.queue_on(&side)?;
        let opened = Opened::note(engine.path());
        Ok(Self { engine, books: Books::default(), opened, commits: 0 })
    }

    /// Answers a query from one consistent snapshot.
    pub fn read(&mut self, query: &Query) -> Result<Answer, StoreError> {
        if let Query::Changes(ask) = query {
            return self.rehearse(ask).map(Answer::Changes);
        }
        self.snapshot(|tx, books| read::answer(tx, books, query))
    }

    /// Takes changes back one by one to see what stands in the way, in a transaction that is never kept.
    fn rehearse(&mut self, ask: &ChangesAsk) -> Result<Vec<ChangeRow>, StoreError> {
        self.begin()?;
        let rows = self.try_out(ask);
        self.engine.rollback();
        rows
    }

    fn try_out(&mut self, ask: &ChangesAsk) -> Result<Vec<ChangeRow>, StoreError> {
        let tx = Tx::new(&self.engine);
        self.books.refresh(tx)?;
        let mut found = changes::window(tx, &mut self.books, ask)?;
        changes::look_ahead(tx, &mut self.books, ask, &mut found)?;
        let mut rows = Vec::with_capacity(found.len());
        for mut past in found {
            if past.row.standing == Standing::Free {
                let change = Change::Undo { write: Some(past.row.write) };
                let trial = Write { id: TRIAL, by: ask.by, at: ask.now, change };
                self.engine.savepoint()?;
                let tried = write::write(Tx::new(&self.engine), &mut self.books, &trial);
                self.engine.rollback_to_savepoint();
                if past.is_about_people() {
                    self.books.forget();
                }
                if let Err(refused) = tried {
                    past.row.standing = changes::barred(refused)?;
                }
            }
            rows.push(past.row);
        }
        Ok(rows)
    }

    /// Makes a change: all of it or nothing, once however often it is sent.
    pub fn write(&mut self, change: &Write) -> Result<Commit, StoreError> {
        let made = self.alone(change);
        self.tidy();
        made
    }

    fn alone(&mut self, change: &Write) -> Result<Commit, StoreError> {
        let made = self.change(|tx, books| write::write(tx, books, change));
        if let Err(error) = &made {
            self.unmake(change);
            self.audit(change, error)?;
        }
        made
    }

    /// Forgets what a change kept that was taken back.
    fn unmake(&mut self, change: &Write) {
        if matches!(change.change, Change::People(_)) {
            self.books.forget();
        }
    }

    /// Looks now and then whether the log has to be moved; to be called after commits.
    pub fn tidy(&mut self) {
        if self.commits.is_multiple_of(LOOK_EVERY) {
            checkpoint::bound(&self.engine);
        }
        self.commits = self.commits.wrapping_add(1);
    }

    /// Makes the changes that `next` hands out in one commit, each in its own savepoint and answered alone. Nothing is
    /// answered before everything is on disk.
    pub fn write_group(
        &mut self,
        mut next: impl FnMut() -> Option<Write>,
    ) -> Vec<(Write, Result<Commit, StoreError>)> {
        let mut answers: Vec<(Write, Result<Commit, StoreError>)> = Vec::new();
        let Some(mut write) = next() else { return answers };
        let mut following = next();
        if following.is_none() {
            let answer = self.alone(&write);
            return vec![(write, answer)];
        }
        if let Err(error) = self.begin() {
            answers.extend([Some(write), following].into_iter().flatten().map(|w| (w, Err(error.clone()))));
            return answers;
        }
        loop {
            let answer = self.in_savepoint(&write);
            answers.push((write, answer));
            if !self.engine.is_writing() {
                break;
            }
            match following.take().or_else(&mut next) {
                Some(another) => write = another,
                None => break,
            }
        }
        let ended = if self.engine.is_writing() {
            self.end()
        } else {
            self.engine.rollback();
            // the engine gives a transaction up where the disk fails it: all of the group shares the reason
            Err(answers.last().and_then(|(_, answer)| answer.as_ref().err().cloned()).unwrap_or_else(|| {
                let doing = "making a change".to_owned();
                StoreError::Engine { doing, what: "the engine gave the transaction up".to_owned() }
            }))
        };
        if let Err(error) = ended {
            self.books.forget();
            answers.extend(following.map(|write| (write, Err(error.clone()))));
            for (_, answer) in &mut answers {
                if answer.is_ok() {
                    *answer = Err(error.clone());
                }
            }
        }
        answers
    }

    /// Runs a job that makes many changes in one commit and looks at what they came to in between. Whoever else writes waits
    /// until it is over: for a floor nobody works on yet.
    pub fn bulk<T>(
        &mut self,
        job: impl FnOnce(&mut Bulk<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.begin()?;
        let made = job(&mut Bulk { db: self });
        match made {
            Ok(made) => {
                self.end()?;
                self.tidy();
                Ok(made)
            }
            Err(error) => {
                self.engine.rollback();
                Err(error)
            }
        }
    }

    fn in_savepoint(&mut self, write: &Write) -> Result<Commit, StoreError> {
        self.engine.savepoint()?;
        match write::write(Tx::new(&self.engine), &mut self.books, write) {
            Ok(commit) => {
                self.engine.release()?;
                Ok(commit)
            }
            Err(error) => {
                self.engine.rollback_to_savepoint();
                self.unmake(write);
                if self.engine.is_writing() {
                    audit::refused(Tx::new(&self.engine), write, &error)?;
                }
                Err(error)
            }
        }
    }

    /// Runs `job` in one immediate transaction.
    fn change<T>(
        &mut self,
        job: impl FnOnce(Tx<'_>, &mut Books) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.begin()?;
        match job(Tx::new(&self.engine), &mut self.books) {
            Ok(made) => {
                self.end()?;
                Ok(made)
            }
            Err(error) => {
                self.engine.rollback();
                Err(error)
            }
        }
    }

    /// Begins a transaction that writes, where there still is a file to write to.
    fn begin(&mut self) -> Result<(), StoreError> {
        self.opened.check()?;
        self.engine.begin_write()
    }

    /// Ends it. What went to a file that was taken away in the meantime is not claimed to be kept.
    fn end(&mut self) -> Result<(), StoreError> {
        self.engine.commit()?;
        self.opened.check()
    }

    /// Whether the files that are open are still those at their paths.
    pub fn is_there(&mut self) -> Result<(), StoreError> {
        self.opened.check()
    }

    /// Puts the log away or takes it out again; which files are open is noted anew.
    pub fn relog<T>(&mut self, job: impl FnOnce(&Sqlite) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let done = job(&self.engine)?;
        self.engine.forget_log();
        self.opened = Opened::note(self.engine.path());
        Ok(done)
    }

    /// Records a refusal for lack of rights (S001-13) in a transaction of its own: the change's own left nothing.
    fn audit(&mut self, change: &Write, error: &StoreError) -> Result<(), StoreError> {
        if !audit::is_recorded(error) {
            return Ok(());
        }
        self.change(|tx, _| audit::refused(tx, change, error))
    }

    /// Runs `look` on one consistent snapshot.
    pub fn snapshot<T>(
        &mut self,
        look: impl FnOnce(Tx<'_>, &mut Books) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.engine.begin_read()?;
        let tx = Tx::new(&self.engine);
        let seen = self.books.refresh(tx).and_then(|()| look(tx, &mut self.books));
        self.engine.rollback();
        seen
    }

    /// The newest revision.
    pub fn revision(&mut self) -> Result<i64, StoreError> {
        self.snapshot(|tx, _| journal::revision(tx))
    }

    /// When the newest change was made; `None` before the first.
    pub fn newest(&mut self) -> Result<Option<Timestamp>, StoreError> {
        let at =
            self.snapshot(|tx, _| tx.number(sql!("SELECT at FROM journal ORDER BY rev DESC LIMIT 1"), &[]))?;
        Ok(at.map(Timestamp))
    }

    /// The newest revision, and when it was made; 0 and `None` before the first.
    pub fn last(&mut self) -> Result<(i64, Option<Timestamp>), StoreError> {
        let last = self.snapshot(|tx, _| {
            tx.one(sql!("SELECT rev, at FROM journal ORDER BY rev DESC LIMIT 1"), &[], |row| {
                Ok((row.int(0)?, Some(Timestamp(row.int(1)?))))
            })
        })?;
        Ok(last.unwrap_or((0, None)))
    }

    /// A number that changes when another connection has committed.
    pub fn pulse(&self) -> Result<i64, StoreError> {
        self.engine.pulse()
    }

    /// The file's engine, for checks and copies.
    pub fn engine(&self) -> &Sqlite {
        &self.engine
    }

    /// Gives up what is open, after a failure that left a transaction behind.
    pub fn reset(&mut self) {
        self.engine.rollback();
    }

    /// The engine, for checkpoints.
    pub fn engine_mut(&mut self) -> &mut Sqlite {
        &mut self.engine
    }

    /// The system's own user, who makes the first admin and applies the first playbook.
    pub const SYSTEM: UserId = UserId(1);

    /// When the system user was born: the epoch, so that it precedes everything.
    pub const BIRTH: Timestamp = Timestamp(0);
}

/// What a connection tells those that are opened beside it.
#[derive(Debug, Clone)]
pub struct Beside {
    path: PathBuf,
    opened: Opened,
    shelf: Shelf,
}

impl Beside {
    /// Whether the files are still those that were opened.
    pub fn is_there(&self) -> Result<(), StoreError> {
        self.opened.clone().check()
    }
}

/// Many changes on their way into one commit.
#[derive(Debug)]
pub struct Bulk<'a> {
    db: &'a mut Db,
}

impl Bulk<'_> {
    /// Makes a change in a savepoint of its own: one that is refused leaves the others alone.
    pub fn write(&mut self, write: &Write) -> Result<Commit, StoreError> {
        self.db.in_savepoint(write)
    }

    /// Looks at what the changes so far came to.
    pub fn look<T>(
        &mut self,
        look: impl FnOnce(Tx<'_>, &mut Books) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let tx = Tx::new(&self.db.engine);
        self.db.books.refresh(tx)?;
        look(tx, &mut self.db.books)
    }
}

/// A database in the making, under a name of its own; its files are gone when dropped.
#[derive(Debug)]
struct Draft {
    path: PathBuf,
}

impl Draft {
    fn beside(path: &Path) -> Self {
        Self { path: guard::side(path, &format!(".new-{}", std::process::id())) }
    }

    /// Gives the finished file its name, unless somebody else has made one in the meantime.
    fn publish(&self, path: &Path) -> Result<(), StoreError> {
        match fs::hard_link(&self.path, path) {
            Ok(()) => Ok(()),
            Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => {
                Err(StoreError::Exists { path: path.to_owned() })
            }
            // a file system without links
            Err(_) => fs::rename(&self.path, path)
                .map_err(|e| StoreError::ReadOnly { path: path.to_owned(), why: e.to_string() }),
        }
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        for ending in ["", "-wal", "-shm", "-journal", "-queue", "-checkpoint"] {
            // most of them were never made
            let _ = fs::remove_file(guard::side(&self.path, ending));
        }
    }
}

fn reason(path: &Path, error: &StoreError) -> String {
    let folder = path.parent().filter(|f| !f.as_os_str().is_empty());
    match (folder, error) {
        (Some(folder), _) if !folder.exists() => format!("there is no folder '{}'", folder.display()),
        (_, StoreError::ReadOnly { why, .. }) => why.clone(),
        _ => error.to_string(),
    }
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
