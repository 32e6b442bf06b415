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
mod line;
pub mod making;
mod neighbour;
pub mod passing;
mod pipe;
mod secrets;
mod statements;
mod tls;
mod transactions;
mod watch;

use std::cell::{Cell as Held, RefCell};
use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use tokio::time::timeout;

use crate::store::engine::{self, About, Engine, Faults, Statements as _};
use crate::store::error::StoreError;
use crate::store::migrate;
use crate::store::value::Value;

use address::Address;
use ahead::{Ahead, Asked};
use connect::Heard;
use line::Line;
use neighbour::Neighbour;
use pipe::Step;
use watch::Watching;

/// A statement that takes longer is not waited for: the line is given up, and the change sent again.
const PATIENCE: Duration = Duration::from_secs(20);
/// The same where nothing but the newest number is asked for: a server that does not tell it is away.
const BRIEF: Duration = Duration::from_secs(3);
/// The same for what may take long: migrations, parts of large answers.
const LONG: Duration = Duration::from_mins(10);

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
    /// Questions of a round of reading that have no answer yet; `None` where nothing is read in rounds.
    round: RefCell<Option<Vec<Asked>>>,
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
            round: RefCell::default(),
            texts: RefCell::default(),
            careless: Held::new(false),
            careful: Held::new(false),
            again: Held::new(false),
            trips: Held::new(0),
            parts: Held::new(0),
            watch: None,
        })
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
        self.end()
    }

    fn rollback(&mut self) {
        self.take_back();
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
        self.take_back_to_mark();
    }

    fn pulse(&mut self) -> Result<i64, StoreError> {
        self.beat()
    }

    fn rest(&mut self, time: Duration) {
        let heard = self.heard.clone();
        // that nothing was told is no failure
        let _ = self.runtime.block_on(async { timeout(time, heard.wake.notified()).await });
    }

    fn is_there(&mut self) -> Result<(), StoreError> {
        self.still_there()
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
