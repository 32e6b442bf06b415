//! One database, one connection: reads in one snapshot, writes in one transaction.

use std::path::Path;
use std::time::{Duration, Instant};

use crate::domain::id::{UserId, WriteId};
use crate::domain::lists::{Role, UserState};
use crate::domain::origin::Origin;
use crate::domain::time::Timestamp;
use crate::store::books::{Books, Shelf};
use crate::store::change::{Change, Commit, Write};
use crate::store::engine::{self, About, Engine, Faults, File, Keeper, Tx};
use crate::store::error::StoreError;
use crate::store::query::{Answer, ChangeRow, ChangesAsk, Query, Standing};
use crate::store::read::changes;
use crate::store::{audit, copy, journal, migrate, read, write};
use crate::{sql, values};

/// A connection to a Corral database. Blocking: a session asks `worker`, a headless command may use it directly.
#[derive(Debug)]
pub struct Db {
    engine: Box<dyn Engine>,
    books: Books,
}

/// How long a change is sent again where its engine may be back in a moment, and how soon first; each time twice as late.
const WAITED: Duration = Duration::from_secs(10);
const AGAIN: Duration = Duration::from_millis(100);

/// The id of an undo that is only tried out: no clock comes to it.
const TRIAL: WriteId = WriteId(i64::MAX / 2);

impl Db {
    /// Makes a new database. Refuses where there is one.
    pub fn create(place: &Path) -> Result<Self, StoreError> {
        Self::create_with(place, |_| Ok(())).map(|(db, ())| db)
    }

    /// Makes a new database and lets `fill` put its first facts in before anybody can see it: when that fails, nothing is left.
    pub fn create_with<T>(
        place: &Path,
        fill: impl FnOnce(&mut Self) -> Result<T, StoreError>,
    ) -> Result<(Self, T), StoreError> {
        let (mut fill, mut filled) = (Some(fill), None);
        engine::create(place, &mut |engine| {
            let mut db = Self::over(engine);
            migrate::migrate(db.engine.as_mut())?;
            db.change(|tx, _| birth(tx))?;
            if let Some(fill) = fill.take() {
                filled = Some(fill(&mut db)?);
            }
            Ok(())
        })?;
        let filled = filled.ok_or_else(|| StoreError::Engine {
            doing: "making a database".to_owned(),
            what: "it was not filled".to_owned(),
        })?;
        Ok((Self::open(place)?, filled))
    }

    /// Opens a database and brings its layout up to date. Whose it is, is found out first: what is not Corral's, newer,
    /// read-only or damaged is left untouched.
    pub fn open(place: &Path) -> Result<Self, StoreError> {
        engine::open(place).map(Self::over)
    }

    /// Opens another connection to the very database this one has open, with the playbooks read so far.
    ///
    /// # Errors
    /// As [`Db::open`]; [`StoreError::Gone`] where another one is there by now.
    pub fn beside(other: &Beside) -> Result<Self, StoreError> {
        let mut db = Self::over(other.engine.open()?);
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

    /// The same for the one that watches for what other programs commit.
    ///
    /// # Errors
    /// As [`Db::beside`].
    pub fn watching(other: &Beside) -> Result<Self, StoreError> {
        let mut db = Self::over(other.engine.watch()?);
        db.only_reads()?;
        Ok(db)
    }

    /// Keeps little in memory from here on: for a connection that only reads.
    pub fn only_reads(&mut self) -> Result<(), StoreError> {
        self.engine.only_reads()
    }

    /// What another connection to the same database needs to know of this one.
    pub fn neighbour(&self) -> Beside {
        Beside { engine: self.engine.beside(), shelf: self.books.shelf().clone() }
    }

    /// A connection over an engine that is open.
    pub(in crate::store) fn over(engine: Box<dyn Engine>) -> Self {
        Self { engine, books: Books::default() }
    }

    /// Answers a query from one consistent snapshot.
    pub fn read(&mut self, query: &Query) -> Result<Answer, StoreError> {
        if let Query::Changes(ask) = query {
            return self.rehearse(ask).map(Answer::Changes);
        }
        self.engine.begin_read()?;
        let (tx, books) = (Tx::new(self.engine.as_ref()), &mut self.books);
        let answer = tx.in_rounds(|tx| {
            books.refresh(tx)?;
            read::answer(tx, books, query)
        });
        self.engine.rollback();
        answer
    }

    /// Takes changes back one by one to see what stands in the way, in a transaction that is never kept.
    fn rehearse(&mut self, ask: &ChangesAsk) -> Result<Vec<ChangeRow>, StoreError> {
        self.engine.begin_write()?;
        let rows = self.try_out(ask);
        self.engine.rollback();
        rows
    }

    fn try_out(&mut self, ask: &ChangesAsk) -> Result<Vec<ChangeRow>, StoreError> {
        let tx = Tx::new(self.engine.as_ref());
        self.books.refresh(tx)?;
        let mut found = changes::window(tx, &mut self.books, ask)?;
        changes::look_ahead(tx, &mut self.books, ask, &mut found)?;
        let mut rows = Vec::with_capacity(found.len());
        for mut past in found {
            if past.row.standing == Standing::Free {
                let change = Change::Undo { write: Some(past.row.write) };
                let trial = Write { id: TRIAL, by: ask.by, at: ask.now, from: Origin::Local, change };
                self.engine.savepoint()?;
                let tried = write::write(Tx::new(self.engine.as_ref()), &mut self.books, &trial);
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

    /// Makes a change: all of it or nothing, once however often it is sent. A server that went away, and two changes that got in
    /// each other's way, are waited out for some seconds.
    pub fn write(&mut self, change: &Write) -> Result<Commit, StoreError> {
        let until = Instant::now() + WAITED;
        let mut pause = AGAIN;
        let made = loop {
            let made = self.alone(change);
            let waits = made.as_ref().is_err_and(|error| self.engine.is_worth_a_wait(error));
            if !waits || Instant::now() + pause >= until {
                break made;
            }
            std::thread::sleep(pause);
            pause = (pause * 2).min(Duration::from_secs(1));
        };
        self.tidy();
        made
    }

    fn alone(&mut self, change: &Write) -> Result<Commit, StoreError> {
        let mut made = self.change(|tx, books| write::write(tx, books, change));
        if made.is_err() && self.engine.wants_again() {
            self.unmake(change);
            made = self.change(|tx, books| write::write(tx, books, change));
        }
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

    /// Does what the engine wants done now and then; to be called after commits.
    pub fn tidy(&mut self) {
        self.engine.tidy();
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
        if let Err(error) = self.engine.begin_write() {
            answers.extend([Some(write), following].into_iter().flatten().map(|w| (w, Err(error.clone()))));
            return answers;
        }
        loop {
            let answer = self.in_savepoint(&write);
            answers.push((write, answer));
            if !self.engine.is_open() {
                break;
            }
            match following.take().or_else(&mut next) {
                Some(another) => write = another,
                None => break,
            }
        }
        let ended = if self.engine.is_open() {
            self.engine.commit()
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
        self.engine.begin_write()?;
        let made = job(&mut Bulk { db: self });
        match made {
            Ok(made) => {
                self.engine.commit()?;
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
        let mut made = self.marked(write);
        if made.is_err() && self.engine.wants_again() {
            self.engine.rollback_to_savepoint();
            self.unmake(write);
            made = self.marked(write);
        }
        match made {
            Ok(commit) => Ok(commit),
            Err(error) => {
                self.engine.rollback_to_savepoint();
                self.unmake(write);
                if self.engine.is_open() {
                    audit::refused(Tx::new(self.engine.as_ref()), &mut self.books, write, &error)?;
                }
                Err(error)
            }
        }
    }

    fn marked(&mut self, write: &Write) -> Result<Commit, StoreError> {
        self.engine.savepoint()?;
        let commit = write::write(Tx::new(self.engine.as_ref()), &mut self.books, write)?;
        self.engine.release()?;
        Ok(commit)
    }

    /// Runs `job` in one immediate transaction.
    fn change<T>(
        &mut self,
        job: impl FnOnce(Tx<'_>, &mut Books) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.engine.begin_write()?;
        match job(Tx::new(self.engine.as_ref()), &mut self.books) {
            Ok(made) => {
                self.engine.commit()?;
                Ok(made)
            }
            Err(error) => {
                self.engine.rollback();
                Err(error)
            }
        }
    }

    /// Whether what was opened is still there.
    pub fn is_there(&mut self) -> Result<(), StoreError> {
        self.engine.is_there()
    }

    /// Records a refusal for lack of rights (S001-13) in a transaction of its own: the change's own left nothing.
    fn audit(&mut self, change: &Write, error: &StoreError) -> Result<(), StoreError> {
        if !audit::is_recorded(error) {
            return Ok(());
        }
        self.change(|tx, books| audit::refused(tx, books, change, error))
    }

    /// Runs `look` on one consistent snapshot.
    pub fn snapshot<T>(
        &mut self,
        look: impl FnOnce(Tx<'_>, &mut Books) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.engine.begin_read()?;
        let tx = Tx::new(self.engine.as_ref());
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
    pub fn pulse(&mut self) -> Result<i64, StoreError> {
        self.engine.pulse()
    }

    /// Waits until news may have come, at most for `time`.
    pub fn rest(&mut self, time: Duration) {
        self.engine.rest(time);
    }

    /// How the database is named: a file's path or a server's address.
    pub fn place(&self) -> &Path {
        self.engine.place()
    }

    /// From now on a commit need not be on disk when it is acknowledged: for what is made again where it is lost.
    pub fn careless(&self) -> Result<(), StoreError> {
        self.engine.careless()
    }

    /// Takes as little room as there need be.
    pub fn pack(&mut self) -> Result<(), StoreError> {
        self.engine.pack()
    }

    /// Takes off what slows down filling a database nobody has seen yet; answers what [`Db::dress`] puts back.
    pub fn strip(&mut self) -> Result<Vec<String>, StoreError> {
        self.engine.strip()
    }

    /// Puts back what was taken off.
    pub fn dress(&mut self, taken: &[String]) -> Result<(), StoreError> {
        self.engine.dress(taken)
    }

    /// Round trips to the engine so far; 0 where there are none to speak of.
    pub fn trips(&self) -> u64 {
        self.engine.trips()
    }

    /// What the engine itself finds wrong.
    pub fn faults(&self) -> Result<Faults, StoreError> {
        self.engine.faults()
    }

    /// What engine it stands on, and how much room it takes.
    pub fn about(&self) -> Result<About, StoreError> {
        self.engine.about()
    }

    /// The layout of its tables.
    pub fn layout(&self) -> Result<i64, StoreError> {
        self.engine.layout()
    }

    /// How many rows each table has, in the order the tables are made.
    pub fn rows(&mut self) -> Result<Vec<(String, u64)>, StoreError> {
        let layout = migrate::layout::newest();
        self.snapshot(|tx, _| copy::content::rows(tx, &layout))
    }

    /// Copies a file into a new one while others may be working on it.
    ///
    /// # Errors
    /// Where the database is no file.
    pub fn copy_to(&self, to: &Path) -> Result<(), StoreError> {
        let Some(file) = self.file() else {
            let what =
                format!("'{}' is not a file; 'corral db copy' copies it into one", self.place().display());
            return Err(StoreError::Invalid { code: "not_a_file", what });
        };
        file.copy_to(to)
    }

    /// The engine of a file, where it is one: for what only a file has, and for yardsticks.
    pub fn file(&self) -> Option<&File> {
        self.engine.file()
    }

    /// The same, to be changed.
    pub fn file_mut(&mut self) -> Option<&mut File> {
        self.engine.file_mut()
    }

    /// Gives up what is open, after a failure that left a transaction behind.
    pub fn reset(&mut self) {
        self.engine.rollback();
    }

    /// The system's own user, who makes the first admin and applies the first playbook.
    pub const SYSTEM: UserId = UserId(1);

    /// When the system user was born: the epoch, so that it precedes everything.
    pub const BIRTH: Timestamp = Timestamp(0);
}

/// What a connection tells those that are opened beside it.
#[derive(Debug)]
pub struct Beside {
    engine: Box<dyn engine::Beside>,
    shelf: Shelf,
}

impl Clone for Beside {
    fn clone(&self) -> Self {
        Self { engine: self.engine.again(), shelf: self.shelf.clone() }
    }
}

impl Beside {
    /// Whether the database is still the one that was opened.
    pub fn is_there(&self) -> Result<(), StoreError> {
        self.engine.is_there()
    }

    /// Who does what has to be done for the engine while people work, where something has to.
    pub fn keeper(&self) -> Option<Box<dyn Keeper>> {
        self.engine.keeper()
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

    /// Moves the audit trail in time, for a copy that is moved as a whole.
    pub(in crate::store) fn shift_audit(&mut self, by: i64) -> Result<(), StoreError> {
        audit::anew::shift(self.db.engine.as_ref(), by)
    }

    /// Looks at what the changes so far came to.
    pub fn look<T>(
        &mut self,
        look: impl FnOnce(Tx<'_>, &mut Books) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let tx = Tx::new(self.db.engine.as_ref());
        self.db.books.refresh(tx)?;
        look(tx, &mut self.db.books)
    }
}

/// Makes the system's own user.
fn birth(tx: Tx<'_>) -> Result<(), StoreError> {
    tx.put(
        sql!(
            "INSERT INTO person_user (id, login, name, role, state, rank, job, coach_id, created_at) \
             VALUES ($1, 'system', 'Corral', $2, $3, '', '', NULL, $4)"
        ),
        values![Db::SYSTEM, Role::Admin, UserState::Active, Db::BIRTH],
    )?;
    Ok(())
}
