//! PostgreSQL: the engine of a floor that outgrows one machine.
//!
//! Whoever writes holds one lock of the schema for the length of its transaction, which the server gives in the order they came:
//! changes stand in the journal one after the other, as in a file. Commits are told by `NOTIFY` with the journal's newest number.

pub mod address;
mod ahead;
pub mod archive;
mod cells;
mod connect;
pub mod create;
mod door;
pub mod examine;
mod fault;
mod fill;
mod layout;
pub mod making;
pub mod passing;
mod pipe;
mod secrets;
mod tls;

use std::cell::{Cell as Held, RefCell};
use std::collections::HashSet;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use tokio::runtime::{Builder, Runtime};
use tokio::time::timeout;
use tokio_postgres::Client;

use crate::store::engine::{self, About, Engine, Faults, Question, Statements};
use crate::store::error::StoreError;
use crate::store::migrate;
use crate::store::migrate::layout::Table;
use crate::store::value::{Row, Value};

use address::{Address, Keeping, LINE};
use ahead::Ahead;
use cells::{Arrived, Cell};
use connect::Heard;
use pipe::{Done, Kept, Step};

/// How long somebody who writes waits for its turn.
const TURN: &str = "5s";
/// A statement that takes longer is not waited for: the line is given up, and the change sent again.
const PATIENCE: Duration = Duration::from_secs(20);
/// The same where nothing but the newest number is asked for: a server that does not tell it is away.
const BRIEF: Duration = Duration::from_secs(3);
/// The same for what may take long: migrations, parts of large answers.
const LONG: Duration = Duration::from_mins(10);
/// Statements that travel together at most: while they are made the server hears nothing of this program.
const TOGETHER: usize = 100;
/// Rows of a large answer that are handed over at once.
const PART: usize = 1_000;
/// Somebody who is cut off in the midst of a change keeps the others waiting no longer than that.
const IDLE: &str = "10s";
/// How often the newest number is asked for where the server tells of commits, and where it does not (a pool in between).
const ASK_TOLD: Duration = Duration::from_secs(2);
const ASK_UNTOLD: Duration = Duration::from_millis(250);
/// How long a watch waits before it looks for a server again.
const AGAIN: Duration = Duration::from_millis(750);

/// What transaction is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Open {
    /// None.
    Not,
    /// One that reads.
    Read,
    /// One that writes.
    Write,
}

/// One connection to a PostgreSQL server; made again by itself where the server went away.
pub struct Postgres {
    address: Arc<Address>,
    runtime: Runtime,
    line: RefCell<Option<Line>>,
    heard: Arc<Heard>,
    open: Held<Open>,
    /// Why the open transaction cannot be kept as it is, where something in it failed.
    broken: RefCell<Option<StoreError>>,
    /// Whether it cannot go on either, as against a change in it that failed and is taken back alone.
    over: Held<bool>,
    /// Whether the open transaction wrote anything.
    wrote: Held<bool>,
    /// Whether anything of the open transaction was answered yet: until then it can be sent again over another line.
    begun: Held<bool>,
    /// Whether the last line was given up because nothing came over it.
    stalled: Held<bool>,
    waiting: RefCell<Vec<Step>>,
    /// Where in `waiting` the mark is that is to be returned to, while it has not been sent.
    mark: Held<Option<usize>>,
    ahead: RefCell<Ahead>,
    /// Texts that have been seen: they outlive the statement.
    texts: RefCell<HashSet<Arc<str>>>,
    careless: Held<bool>,
    /// Whether nothing is taken for granted: the last change was made in vain because something was.
    careful: Held<bool>,
    /// Whether the change that failed is to be made again.
    again: Held<bool>,
    /// Round trips so far.
    trips: Held<u64>,
    /// Large answers so far: each has a name of its own.
    parts: Held<usize>,
    watch: Option<Watching>,
}

/// The line to the server, and what was prepared over it.
struct Line {
    client: Client,
    kept: Kept,
}

/// What a connection that watches knows.
#[derive(Debug)]
struct Watching {
    /// The journal's newest number when it was last asked for.
    newest: i64,
    /// When it was asked for; not yet over this line.
    asked: Option<Instant>,
    /// When the server was last looked for in vain, and what came of it.
    tried: Option<(Instant, StoreError)>,
    /// Grows with every line: what was told between two lines is lost.
    lines: i64,
}

/// The server another connection is connected to.
#[derive(Debug)]
struct Neighbour(Arc<Address>);

impl std::fmt::Debug for Postgres {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Postgres").field("place", &self.address.place).finish_non_exhaustive()
    }
}

impl Postgres {
    /// Opens a database of a server and brings its layout up to date.
    ///
    /// # Errors
    /// [`StoreError::Missing`] where the schema has none, [`StoreError::Newer`] where a newer program made it, and what
    /// connecting says.
    pub fn open(address: Address) -> Result<Self, StoreError> {
        let path = address.place.clone();
        let mut engine = Self::over(Arc::new(address))?;
        engine.connect()?;
        if !create::is_there(&engine)? {
            return Err(create::why_not(&engine)?.unwrap_or(StoreError::Missing { path }));
        }
        let found = engine.layout()?;
        if found > migrate::newest() {
            return Err(StoreError::Newer { path, found, known: migrate::newest() });
        }
        migrate::migrate(&mut engine)?;
        Ok(engine)
    }

    /// A connection that is made when it is first needed.
    fn over(address: Arc<Address>) -> Result<Self, StoreError> {
        let runtime = Builder::new_current_thread().enable_all().build().map_err(|e| StoreError::Engine {
            doing: "preparing a connection".to_owned(),
            what: e.to_string(),
        })?;
        Ok(Self {
            address,
            runtime,
            line: RefCell::new(None),
            heard: Arc::default(),
            open: Held::new(Open::Not),
            broken: RefCell::new(None),
            over: Held::new(false),
            wrote: Held::new(false),
            begun: Held::new(false),
            stalled: Held::new(false),
            waiting: RefCell::default(),
            mark: Held::new(None),
            ahead: RefCell::default(),
            texts: RefCell::default(),
            careless: Held::new(false),
            careful: Held::new(false),
            again: Held::new(false),
            trips: Held::new(0),
            parts: Held::new(0),
            watch: None,
        })
    }

    /// A connection that also hears of commits. It connects, and looks for the server again, whenever it is asked for its pulse.
    fn watching(address: Arc<Address>) -> Result<Self, StoreError> {
        let mut engine = Self::over(address)?;
        engine.watch = Some(Watching { newest: 0, asked: None, tried: None, lines: 0 });
        Ok(engine)
    }

    /// How long an answer is waited for.
    const fn patience(&self) -> Duration {
        if self.watch.is_some() { BRIEF } else { PATIENCE }
    }

    /// Whether there is no line, or it has ended.
    fn is_closed(&self) -> bool {
        self.line.borrow().as_ref().is_none_or(|line| line.client.is_closed())
    }

    /// Connects where there is no line, or it has ended.
    fn connect(&self) -> Result<(), StoreError> {
        if !self.is_closed() {
            return Ok(());
        }
        *self.line.borrow_mut() = None;
        let client = self.runtime.block_on(connect::connect(&self.address, &self.heard))?;
        *self.line.borrow_mut() = Some(Line { client, kept: Kept::default() });
        self.stalled.set(false);
        let set = self.set_up();
        if set.is_err() {
            // a line that is not as it must be would be taken for one that is
            *self.line.borrow_mut() = None;
        }
        set
    }

    /// Says on a new line what holds for all that is asked over it.
    fn set_up(&self) -> Result<(), StoreError> {
        if self.address.looks_for_a_pool() {
            // a pool that lets pass what it does not know forgets it
            let asked = Step::Once(format!("SELECT current_setting('{LINE}', true)"), Vec::new());
            let done = self.send(&[asked], BRIEF, "connecting to the server")?;
            let row = done.first().and_then(|done| done.rows.first());
            let mark = row.map(|row| Arrived(row).opt_text(0).map(|mark| mark.map(str::to_owned)));
            if mark.transpose()?.flatten() != Some(self.address.door.mark()) {
                self.address.door.pooled();
            }
        }
        let mut first = Vec::new();
        if self.address.keeping == Keeping::Always {
            first.push(Step::Words(format!("SET search_path TO {}", self.address.quoted())));
        }
        if self.watch.is_some() && self.address.keeps_statements() {
            let channel = self.address.channel();
            // what is told to oneself shows whether anything is told at all
            first.push(Step::Words(format!("LISTEN {channel}; NOTIFY {channel}")));
        }
        self.send(&first, BRIEF, "connecting to the server").map(drop)
    }

    /// Sends steps as one over the line there is and waits for what comes of them.
    fn send(&self, steps: &[Step], patience: Duration, doing: &str) -> Result<Vec<Done>, StoreError> {
        if steps.is_empty() {
            return Ok(Vec::new());
        }
        let mut line = self.line.borrow_mut();
        let Some(Line { client, kept }) = line.as_mut() else {
            return Err(fault::away(&self.address.place, "there is no connection"));
        };
        let kept = self.address.keeps_statements().then_some(kept);
        let came = self.runtime.block_on(async { timeout(patience, pipe::send(client, kept, steps)).await });
        match came {
            Ok(Ok(done)) => Ok(done),
            Ok(Err((place, error))) => {
                let doing = match steps.get(place) {
                    Some(Step::Ask(text, _)) => text,
                    _ => doing,
                };
                if self.address.looks_for_a_pool() && fault::is_pool(&error) {
                    self.address.door.pooled();
                }
                if fault::ends_line(&error) {
                    *line = None;
                }
                if fault::is_guess(&error) {
                    self.careful.set(true);
                    self.again.set(true);
                }
                Err(fault::failed(&self.address.place, doing, &error))
            }
            Err(_) => {
                // the same over another line would be waited for as long
                self.begun.set(true);
                self.stalled.set(true);
                // what it was doing is done wholly or not at all; nobody may hear its answer as that of something else
                *line = None;
                Err(fault::away(&self.address.place, "the server does not answer"))
            }
        }
    }

    /// Sends what is waiting, and `more` behind it; answers what came of `more`.
    fn flush(&self, more: Vec<Step>, patience: Duration, doing: &str) -> Result<Vec<Done>, StoreError> {
        if let Some(error) = &*self.broken.borrow() {
            return Err(error.clone());
        }
        let mut steps = std::mem::take(&mut *self.waiting.borrow_mut());
        self.mark.set(None);
        let before = steps.len();
        steps.extend(more);
        let mut came = self.send(&steps, patience, doing);
        if matches!(came, Err(StoreError::Away { .. })) && self.may_begin_again() {
            // the line ended while nobody used it: nothing of this transaction was answered, it begins again over another
            came = self.connect().and_then(|()| self.send(&steps, patience, doing));
        }
        match came {
            Ok(mut done) => {
                self.trips.set(self.trips.get() + 1);
                self.begun.set(true);
                Ok(done.split_off(before.min(done.len())))
            }
            Err(error) => {
                if self.open.get() != Open::Not {
                    self.over.set(error.may_pass() && !self.again.get());
                    *self.broken.borrow_mut() = Some(error.clone());
                }
                Err(error)
            }
        }
    }

    fn may_begin_again(&self) -> bool {
        self.is_closed() && !self.begun.get()
    }

    /// Connects a watch again where its line has ended, now and then.
    fn look_for_the_server(&mut self) -> Result<(), StoreError> {
        if !self.is_closed() {
            return Ok(());
        }
        if let Some((at, why)) = self.watch.as_ref().and_then(|watch| watch.tried.as_ref())
            && at.elapsed() < AGAIN
        {
            return Err(why.clone());
        }
        let came = self.connect();
        if let Some(watch) = &mut self.watch {
            watch.tried = came.as_ref().err().map(|why| (Instant::now(), why.clone()));
            if came.is_ok() {
                // what was told in between is lost: it is looked for
                watch.lines += 1;
                watch.asked = None;
            }
        }
        came
    }

    /// Where no transaction is open, a statement gets one of its own: only inside one is the schema known through a pool.
    fn ask(&self, text: &Arc<str>, cells: Vec<Cell>) -> Result<Done, StoreError> {
        let alone = self.open.get() == Open::Not;
        let mut steps = Vec::with_capacity(3);
        if alone {
            self.connect()?;
            self.begun.set(false);
            steps.push(Step::Words(self.beginning(Open::Read)));
        }
        let nth = steps.len();
        steps.push(Step::Ask(text.clone(), cells));
        if alone {
            steps.push(Step::Words("COMMIT".to_owned()));
        }
        let came = self.flush(steps, self.patience(), "asking the database");
        if alone && came.is_err() {
            self.give_up();
        }
        came?.into_iter().nth(nth).ok_or_else(|| StoreError::Engine {
            doing: "asking the database".to_owned(),
            what: "no answer came".to_owned(),
        })
    }

    /// Ends what the server may have left open on the line.
    fn give_up(&self) {
        let broken = self.broken.borrow_mut().take();
        let ended = matches!(broken, Some(StoreError::Away { .. }));
        if ended || self.send(&[Step::Words("ROLLBACK".to_owned())], PATIENCE, "giving up").is_err() {
            *self.line.borrow_mut() = None;
        }
    }

    fn beginning(&self, open: Open) -> String {
        let mut words = match open {
            Open::Write => {
                // who fills a database that nobody works on yet may take its time in between
                let idle = if self.careless.get() { "0" } else { IDLE };
                format!(
                    "BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL lock_timeout TO '{TURN}'; \
                     SET LOCAL idle_in_transaction_session_timeout TO '{idle}'"
                )
            }
            Open::Read | Open::Not => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY".to_owned(),
        };
        if self.careless.get() && open == Open::Write {
            words.push_str("; SET LOCAL synchronous_commit TO off");
        }
        if !self.address.keeps_statements() {
            words.push_str("; SET LOCAL search_path TO ");
            words.push_str(&self.address.quoted());
        }
        if open == Open::Write {
            // whoever came first has its turn first; each statement after it sees what was committed before
            // writing to a String cannot fail
            let _ = write!(words, "; SELECT pg_advisory_xact_lock({})", self.address.lock());
        }
        words
    }

    fn begin(&self, open: Open) -> Result<(), StoreError> {
        self.connect()?;
        self.forget();
        self.open.set(open);
        let words = self.beginning(open);
        self.waiting.borrow_mut().push(Step::Words(words));
        Ok(())
    }

    fn forget(&self) {
        self.waiting.borrow_mut().clear();
        self.ahead.borrow_mut().clear();
        self.broken.borrow_mut().take();
        self.over.set(false);
        self.mark.set(None);
        self.wrote.set(false);
        self.begun.set(false);
        self.open.set(Open::Not);
    }

    /// Keeps a statement that writes until it travels with the next one; `sent` is how it is sent.
    fn put_as(&self, sql: &str, sent: &str, values: &[Value<'_>]) -> Result<(), StoreError> {
        if let Some(error) = &*self.broken.borrow() {
            return Err(error.clone());
        }
        self.writes(sql);
        let step = Step::Ask(self.text(sent), Cell::all(values));
        let many = {
            let mut waiting = self.waiting.borrow_mut();
            waiting.push(step);
            waiting.len() >= TOGETHER
        };
        if many { self.flush(Vec::new(), PATIENCE, "making a change").map(drop) } else { Ok(()) }
    }

    /// The text of a statement, to be kept.
    fn text(&self, sql: &str) -> Arc<str> {
        let mut texts = self.texts.borrow_mut();
        if let Some(known) = texts.get(sql) {
            return known.clone();
        }
        let text: Arc<str> = sql.into();
        texts.insert(text.clone());
        text
    }

    fn at_hand(&self, text: &Arc<str>, cells: &[Cell]) -> Option<Arc<Vec<tokio_postgres::Row>>> {
        let ahead = self.ahead.borrow();
        if ahead.is_empty() { None } else { ahead.find(text, cells) }
    }

    fn writes(&self, sql: &str) {
        self.wrote.set(true);
        self.ahead.borrow_mut().written(sql);
    }
}

fn hand(
    rows: &[tokio_postgres::Row],
    each: &mut dyn FnMut(&dyn Row) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    rows.iter().try_for_each(|row| each(&Arrived(row)))
}

impl Statements for Postgres {
    fn run(&self, sql: &str, values: &[Value<'_>]) -> Result<usize, StoreError> {
        self.writes(sql);
        let done = self.ask(&self.text(sql), Cell::all(values))?;
        Ok(usize::try_from(done.count).unwrap_or(usize::MAX))
    }

    fn put(&self, sql: &str, values: &[Value<'_>]) -> Result<(), StoreError> {
        if self.open.get() == Open::Not {
            return self.run(sql, values).map(drop);
        }
        self.put_as(sql, sql, values)
    }

    fn each(
        &self,
        sql: &str,
        values: &[Value<'_>],
        each: &mut dyn FnMut(&dyn Row) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let (text, cells) = (self.text(sql), Cell::all(values));
        if let Some(rows) = self.at_hand(&text, &cells) {
            return hand(&rows, each);
        }
        if !sql.starts_with("SELECT") {
            self.writes(sql);
        }
        let done = self.ask(&text, cells)?;
        hand(&done.rows, each)
    }

    fn stream(
        &self,
        sql: &str,
        values: &[Value<'_>],
        each: &mut dyn FnMut(&dyn Row) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let (text, cells) = (self.text(sql), Cell::all(values));
        if let Some(rows) = self.at_hand(&text, &cells) {
            return hand(&rows, each);
        }
        if self.open.get() == Open::Not {
            return self.each(sql, values, each);
        }
        // a place of its own on the server: others may ask in between, also for large answers
        let name = format!("part_{}", self.parts.replace(self.parts.get() + 1));
        let next = Step::Once(format!("FETCH {PART} FROM {name}"), Vec::new());
        let mut steps =
            vec![Step::Once(format!("DECLARE {name} NO SCROLL CURSOR FOR {sql}"), cells), next.clone()];
        loop {
            let mut done = self.flush(std::mem::take(&mut steps), LONG, "asking the database")?;
            let rows = done.pop().unwrap_or_default().rows;
            if rows.len() < PART {
                self.waiting.borrow_mut().push(Step::Words(format!("CLOSE {name}")));
                return hand(&rows, each);
            }
            hand(&rows, each)?;
            steps.push(next.clone());
        }
    }

    fn at_hand(
        &self,
        sql: &str,
        values: &[Value<'_>],
        each: &mut dyn FnMut(&dyn Row) -> Result<(), StoreError>,
    ) -> Result<bool, StoreError> {
        match Self::at_hand(self, &self.text(sql), &Cell::all(values)) {
            Some(rows) => hand(&rows, each).map(|()| true),
            None => Ok(false),
        }
    }

    fn likely(&self, sql: &str, values: &[Value<'_>], rows: usize) -> Result<usize, StoreError> {
        if self.careful.get() || self.open.get() == Open::Not {
            return self.run(sql, values);
        }
        // what was taken for granted is checked by the server: where it was not so, nothing behind it is done, not even the end
        let checked = format!(
            "WITH changed AS ({sql} RETURNING 1) \
             SELECT 1 / (CASE WHEN count(*) = {rows} THEN 1 ELSE 0 END) FROM changed"
        );
        self.put_as(sql, &checked, values).map(|()| rows)
    }

    fn fill(&self, table: &Table, values: &[Value<'_>]) -> Result<(), StoreError> {
        self.pour(table, values)
    }

    fn ahead(&self, questions: &[Question<'_>]) -> Result<(), StoreError> {
        if self.open.get() == Open::Not {
            return Ok(());
        }
        let mut asked: Vec<(Arc<str>, Vec<Cell>)> =
            questions.iter().map(|(sql, values)| (self.text(sql), Cell::all(values))).collect();
        asked.retain(|(text, cells)| Self::at_hand(self, text, cells).is_none());
        if asked.is_empty() {
            return Ok(());
        }
        let steps = asked.iter().map(|(text, cells)| Step::Ask(text.clone(), cells.clone())).collect();
        let done = self.flush(steps, PATIENCE, "asking the database")?;
        let mut ahead = self.ahead.borrow_mut();
        for ((text, cells), done) in asked.into_iter().zip(done) {
            ahead.keep(text, cells, done.rows);
        }
        Ok(())
    }
}

impl Engine for Postgres {
    fn place(&self) -> &Path {
        &self.address.place
    }

    fn begin_write(&mut self) -> Result<(), StoreError> {
        self.begin(Open::Write)
    }

    fn begin_read(&mut self) -> Result<(), StoreError> {
        self.begin(Open::Read)
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        let mut steps = Vec::with_capacity(2);
        if self.wrote.get() {
            let channel = self.address.channel();
            steps.push(Step::Words(format!(
                "SELECT pg_notify('{channel}', (SELECT coalesce(max(rev), 0)::text FROM journal))"
            )));
        }
        steps.push(Step::Words("COMMIT".to_owned()));
        // once the end has been sent it may have been done, whatever becomes of the answer
        self.begun.set(true);
        let done = self.flush(steps, PATIENCE, "writing to disk").map(drop);
        if done.is_err() {
            self.give_up();
        } else {
            self.careful.set(false);
        }
        self.forget();
        done
    }

    fn rollback(&mut self) {
        if self.open.get() == Open::Not {
            return;
        }
        let sent = self.begun.get() || self.broken.borrow().is_some();
        if sent {
            self.give_up();
        }
        self.forget();
    }

    fn is_open(&self) -> bool {
        self.open.get() != Open::Not && !self.over.get()
    }

    fn savepoint(&mut self) -> Result<(), StoreError> {
        let mut waiting = self.waiting.borrow_mut();
        self.mark.set(Some(waiting.len()));
        waiting.push(Step::Words("SAVEPOINT change".to_owned()));
        Ok(())
    }

    fn release(&mut self) -> Result<(), StoreError> {
        // sent at once: what fails here is this change's, not the next one's
        self.flush(vec![Step::Words("RELEASE SAVEPOINT change".to_owned())], PATIENCE, "keeping a change")
            .map(drop)
    }

    fn rollback_to_savepoint(&mut self) {
        self.ahead.borrow_mut().clear();
        if let Some(mark) = self.mark.take() {
            // not even the mark was sent
            self.waiting.borrow_mut().truncate(mark);
            return;
        }
        self.waiting.borrow_mut().clear();
        if self.over.get() {
            return;
        }
        self.broken.borrow_mut().take();
        let words = "ROLLBACK TO SAVEPOINT change; RELEASE SAVEPOINT change".to_owned();
        // a failure is kept, and told by whatever comes next
        let _ = self.flush(vec![Step::Words(words)], PATIENCE, "taking a change back");
    }

    fn pulse(&mut self) -> Result<i64, StoreError> {
        self.look_for_the_server()?;
        let told = self.heard.told.load(Ordering::Acquire);
        let hears = told > 0 && self.address.keeps_statements();
        let every = if hears { ASK_TOLD } else { ASK_UNTOLD };
        let asked = self.watch.as_ref().and_then(|watch| watch.asked);
        let due = asked.is_none_or(|asked| asked.elapsed() >= every);
        let mut newest = None;
        if due {
            let done = self.ask(&self.text("SELECT max(rev) FROM journal"), Vec::new())?;
            newest = done.rows.first().map(|row| Arrived(row).opt_int(0)).transpose()?.flatten();
        }
        let Some(watch) = &mut self.watch else { return Ok(newest.unwrap_or_default()) };
        if due {
            watch.asked = Some(Instant::now());
            watch.newest = newest.unwrap_or_default();
        }
        // each of the three only grows
        Ok(told.wrapping_add(watch.newest).wrapping_add(watch.lines))
    }

    fn rest(&mut self, time: Duration) {
        let heard = self.heard.clone();
        // that nothing was told is no failure
        let _ = self.runtime.block_on(async { timeout(time, heard.wake.notified()).await });
    }

    fn is_there(&mut self) -> Result<(), StoreError> {
        match &self.watch {
            Some(watch) if self.is_closed() => match &watch.tried {
                Some((_, why)) => Err(why.clone()),
                None if self.stalled.get() => {
                    Err(fault::away(&self.address.place, "the server does not answer"))
                }
                // it is looked for in a moment
                None => Ok(()),
            },
            _ => Ok(()),
        }
    }

    fn is_worth_a_wait(&self, error: &StoreError) -> bool {
        matches!(error, StoreError::Away { .. } | StoreError::Busy { .. })
    }

    fn wants_again(&mut self) -> bool {
        self.again.replace(false)
    }

    fn trips(&self) -> u64 {
        self.trips.get()
    }

    fn layout(&self) -> Result<i64, StoreError> {
        create::layout(self)
    }

    fn set_layout(&self, number: i64) -> Result<(), StoreError> {
        self.put("UPDATE layout SET number = $1", &[Value::Int(number)])
    }

    fn migration(&self, text: &str) -> Result<(), StoreError> {
        self.flush(vec![Step::Words(layout::words(text))], LONG, "bringing the layout up to date").map(drop)
    }

    fn faults(&self) -> Result<Faults, StoreError> {
        // the server checks its pages itself (data checksums) and refuses to read what does not hold
        Ok(Faults { damaged: Vec::new(), loose: create::loose_keys(self)? })
    }

    fn about(&self) -> Result<About, StoreError> {
        fill::about(self)
    }

    fn beside(&self) -> Box<dyn engine::Beside> {
        Box::new(Neighbour(self.address.clone()))
    }

    fn careless(&self) -> Result<(), StoreError> {
        // said with each transaction: over a pool others come after it
        self.careless.set(true);
        Ok(())
    }
}

impl engine::Beside for Neighbour {
    fn open(&self) -> Result<Box<dyn Engine>, StoreError> {
        let engine = Postgres::over(self.0.clone())?;
        engine.connect()?;
        Ok(Box::new(engine))
    }

    fn watch(&self) -> Result<Box<dyn Engine>, StoreError> {
        Ok(Box::new(Postgres::watching(self.0.clone())?))
    }

    fn is_there(&self) -> Result<(), StoreError> {
        Ok(())
    }

    fn again(&self) -> Box<dyn engine::Beside> {
        Box::new(Self(self.0.clone()))
    }
}
