//! News: own commits told at once, those of other programs found by asking ten times a second whether anything is new.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{SyncSender, TrySendError};
use std::thread;
use std::time::{Duration, Instant};

use super::lock;
use crate::domain::id::WriteId;
use crate::store::change::Commit;
use crate::store::db::{Beside, Db};
use crate::store::engine::Keeper;
use crate::store::error::StoreError;
use crate::store::journal;

/// How often other programs' commits are looked for (performance.md, A4: two microseconds each).
const POLL: Duration = Duration::from_millis(100);
/// How often it is seen to that the database is still there, and done what its engine wants done.
const KEEP: Duration = Duration::from_millis(500);
/// Journal rows read at once.
const WINDOW: usize = 200;

/// What the threads of one handle share.
#[derive(Debug)]
pub struct Shared {
    /// Whether the threads are to end.
    pub stop: AtomicBool,
    /// Own writes that the watch has not met in the journal yet.
    pub own: Mutex<BTreeSet<WriteId>>,
    /// Who wants to hear.
    pub listeners: Mutex<Vec<Listener>>,
    /// What is wrong with the file itself.
    pub trouble: Mutex<Trouble>,
}

/// What is wrong with the file, and who wants to know.
#[derive(Debug, Default)]
pub struct Trouble {
    now: Option<StoreError>,
    listeners: Vec<SyncSender<Option<StoreError>>>,
}

/// One who wants to hear, and what did not fit into its queue.
#[derive(Debug)]
pub struct Listener {
    tell: SyncSender<Commit>,
    missed: Option<Commit>,
}

impl Shared {
    /// Ends the threads at their next look.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::Release);
    }

    /// Adds a listener.
    pub fn listen(&self, tell: SyncSender<Commit>) {
        lock(&self.listeners).push(Listener { tell, missed: None });
    }

    /// Notes a write before it is committed, so that the watch does not tell it a second time.
    pub fn announce(&self, write: WriteId) {
        lock(&self.own).insert(write);
    }

    /// Forgets a write that was not made.
    pub fn retract(&self, write: WriteId) {
        lock(&self.own).remove(&write);
    }

    /// Tells every listener that something was committed, and of what as much as everybody may know; those that are gone are
    /// forgotten.
    pub fn tell(&self, commit: &Commit) {
        let news = commit.news();
        lock(&self.listeners).retain_mut(|listener| listener.hear(Some(&news)));
    }

    /// Adds one who wants to know what is wrong with the file; what is wrong already is told at once.
    pub fn watch_trouble(&self, tell: SyncSender<Option<StoreError>>) {
        let mut trouble = lock(&self.trouble);
        if trouble.now.is_some() {
            // a fresh queue has room
            let _ = tell.try_send(trouble.now.clone());
        }
        trouble.listeners.push(tell);
    }

    /// Tells what is wrong with the file where that has changed.
    fn set_trouble(&self, found: Option<StoreError>) {
        let mut trouble = lock(&self.trouble);
        if trouble.now == found {
            return;
        }
        if let Some(error) = &found {
            tracing::error!(why = error.logged(), "the database is not what it was");
        } else {
            tracing::info!("the database is what it was again");
        }
        trouble
            .listeners
            .retain(|tell| !matches!(tell.try_send(found.clone()), Err(TrySendError::Disconnected(_))));
        trouble.now = found;
    }

    fn catch_up(&self) {
        lock(&self.listeners).retain_mut(|listener| listener.hear(None));
    }
}

impl Listener {
    /// Passes on what was missed, then `commit`; `false` when nobody listens any more.
    fn hear(&mut self, commit: Option<&Commit>) -> bool {
        let mut waiting = self.missed.take();
        if let Some(commit) = commit {
            match &mut waiting {
                Some(missed) => missed.join(commit),
                None => waiting = Some(commit.clone()),
            }
        }
        let Some(commit) = waiting else { return true };
        match self.tell.try_send(commit) {
            Ok(()) => true,
            Err(TrySendError::Full(commit)) => {
                self.missed = Some(commit);
                true
            }
            Err(TrySendError::Disconnected(_)) => false,
        }
    }
}

/// The connection that watches, and the candidate for moving the log.
#[derive(Debug)]
pub struct Watch {
    beside: Beside,
    /// Opened with the first look: the start does not wait for it.
    db: Option<Db>,
    keeper: Option<Box<dyn Keeper>>,
    /// What the connection said when everything up to `seen` was read; nothing before the first look.
    pulse: Option<i64>,
    seen: i64,
}

impl Watch {
    /// Watches the file of a connection; what comes after revision `seen` is news.
    pub fn new(beside: Beside, seen: i64) -> Self {
        let keeper = beside.keeper();
        Self { beside, db: None, keeper, pulse: None, seen }
    }

    /// Watches until told to stop. A failure is not the end: the next look tries again.
    pub fn run(mut self, shared: &Shared) {
        let (mut looked, mut fails) = (Instant::now(), false);
        while !shared.stop.load(Ordering::Acquire) {
            // a stop in between unparks, or is seen before the next wait
            match &mut self.db {
                Some(db) => db.rest(POLL),
                None => thread::park_timeout(POLL),
            }
            let came = self.look(shared);
            let is_read = came.is_ok();
            shared.catch_up();
            // a database that went or came back is told of at once
            let turned = std::mem::replace(&mut fails, came.is_err()) != fails;
            if turned || looked.elapsed() >= KEEP {
                looked = Instant::now();
                match self.is_there() {
                    Ok(()) => {
                        shared.set_trouble(None);
                        let pulse = self.pulse.filter(|_| is_read);
                        // what fails here is done at the next look
                        let _ = self.keeper.as_mut().map(|keeper| keeper.look(pulse));
                    }
                    // a log that nobody reads any more need not be moved
                    Err(gone) => shared.set_trouble(Some(gone)),
                }
            }
        }
        drop(self.db);
        if let Some(keeper) = self.keeper {
            keeper.close();
        }
    }

    fn is_there(&mut self) -> Result<(), StoreError> {
        self.db.as_mut().map_or_else(|| self.beside.is_there(), Db::is_there)
    }

    fn look(&mut self, shared: &Shared) -> Result<(), StoreError> {
        let db = match &mut self.db {
            Some(db) => db,
            none => none.insert(Db::watching(&self.beside)?),
        };
        let pulse = Some(db.pulse()?);
        if pulse == self.pulse {
            return Ok(());
        }
        loop {
            let seen = self.seen;
            let news = db.snapshot(|tx, _| journal::since(tx, seen, WINDOW))?;
            let whole = news.len() < WINDOW;
            if news.is_empty() {
                // a server that took over without the newest changes begins again before what was seen
                self.seen = seen.min(db.revision()?);
            }
            for commit in news {
                self.seen = commit.revision;
                if !lock(&shared.own).remove(&commit.write) {
                    shared.tell(&commit);
                }
            }
            if whole {
                // only now: a failure in between is looked at again
                self.pulse = pulse;
                return Ok(());
            }
        }
    }
}
