//! The one place where a program's sessions meet the database: threads that own the connections, behind bounded queues.
//!
//! One thread writes and groups what waits into one commit, each change in a savepoint and answered alone; one reads, and another
//! where the first is busy; one watches for what other programs committed and moves the log into the file. The connection that
//! opened the file is the first reader's, since a session begins by asking; the others open theirs when they first need it. A
//! full queue answers "busy" at once.

mod desk;
mod news;
mod threads;

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::domain::time::Timestamp;
use crate::store::change::{Commit, Write};
use crate::store::db::Db;
use crate::store::error::StoreError;
use crate::store::query::{Answer, Query};

use desk::{Desk, Reader, Refused};
use news::Shared;

/// Threads that read: one who takes what it can, one who helps.
const READERS: [Reader; 2] = [Reader::First, Reader::Helper];
/// Questions that may wait: a server of a thousand sessions has some of each.
const QUESTIONS: usize = 4_096;
/// Changes that may wait; room for them is made at the start.
const CHANGES: usize = 1_024;
/// News a listener may leave unread; beyond that they are joined into one.
const UNREAD: usize = 256;
/// How long the end waits for the threads: one that is stuck (a disk that hangs, a lock that is never given up) must not keep
/// the program from ending. What it was doing is then done wholly or not at all.
const PATIENCE: Duration = Duration::from_secs(5);

/// Takes an answer, on the thread that made it: keep it short.
pub type Reply<T> = Box<dyn FnOnce(Result<T, StoreError>) + Send>;

/// A handle on an open database; clones share its threads. Stops them when the last clone is dropped.
#[derive(Debug, Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    path: PathBuf,
    newest: Option<Timestamp>,
    writes: Option<SyncSender<(Write, Reply<Commit>)>>,
    reads: Arc<Desk<(Query, Reply<Answer>)>>,
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
    /// Each thread holds a sender that goes when it ends.
    running: Option<SyncSender<()>>,
    ended: Mutex<Receiver<()>>,
}

impl std::fmt::Debug for Inner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Inner").field("path", &self.path).finish_non_exhaustive()
    }
}

impl Store {
    /// Opens a database and starts its threads.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        Self::over(Db::open(path)?)
    }

    /// Starts the threads of a database that is open already: its connection becomes the first reader's.
    pub fn over(mut first: Db) -> Result<Self, StoreError> {
        let path = first.place().to_owned();
        let (seen, newest) = first.last()?;
        let beside = first.neighbour();
        first.only_reads()?;
        let watch = news::Watch::new(beside.clone(), seen);
        let shared = Arc::new(Shared {
            stop: AtomicBool::new(false),
            own: Mutex::default(),
            listeners: Mutex::default(),
            trouble: Mutex::default(),
        });
        let (writes, to_write) = sync_channel(CHANGES);
        let reads = Arc::new(Desk::new(QUESTIONS));
        let (running, ended) = sync_channel(0);
        // from here on a failure drops `inner`, which stops what has been started
        let mut inner = Inner {
            path,
            newest,
            writes: Some(writes),
            reads: reads.clone(),
            shared: shared.clone(),
            threads: Vec::new(),
            running: Some(running),
            ended: Mutex::new(ended),
        };
        let mut first = Some(first);
        for reader in READERS {
            let (beside, reads, open) = (beside.clone(), reads.clone(), first.take());
            inner.start("corral-read", move || threads::read(open, &beside, &reads, reader))?;
        }
        let said = shared.clone();
        inner.start("corral-write", move || threads::write(&beside, &to_write, &said))?;
        inner.start("corral-news", move || watch.run(&shared))?;
        Ok(Self { inner: Arc::new(inner) })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.inner.path
    }

    /// When the newest change was made that was there at the opening: a clock that is behind it was set back.
    pub fn newest(&self) -> Option<Timestamp> {
        self.inner.newest
    }

    /// Asks; `reply` gets the answer. When too many wait, it gets [`StoreError::Busy`] before this returns.
    pub fn read(&self, query: Query, reply: impl FnOnce(Result<Answer, StoreError>) + Send + 'static) {
        let reply: Reply<Answer> = Box::new(reply);
        match self.inner.reads.put((query, reply)) {
            Ok(()) => {}
            Err(Refused::Full((_, reply))) => reply(Err(full(QUESTIONS, "questions"))),
            Err(Refused::Closed((_, reply))) => reply(Err(stopped())),
        }
    }

    /// Makes a change; `reply` hears of it once it is on disk. When too many wait, it gets [`StoreError::Busy`] before this
    /// returns.
    pub fn write(&self, write: Write, reply: impl FnOnce(Result<Commit, StoreError>) + Send + 'static) {
        let reply: Reply<Commit> = Box::new(reply);
        let Some(writes) = &self.inner.writes else {
            reply(Err(stopped()));
            return;
        };
        match writes.try_send((write, reply)) {
            Ok(()) => {}
            Err(TrySendError::Full((_, reply))) => reply(Err(full(CHANGES, "changes"))),
            Err(TrySendError::Disconnected((_, reply))) => reply(Err(stopped())),
        }
    }

    /// Asks and waits for the answer. Not for a thread that draws.
    pub fn ask(&self, query: Query) -> Result<Answer, StoreError> {
        wait(|reply| self.read(query, reply))
    }

    /// Makes a change and waits until it is on disk. Not for a thread that draws.
    pub fn make(&self, write: Write) -> Result<Commit, StoreError> {
        wait(|reply| self.write(write, reply))
    }

    /// What is wrong with the file itself, from now on: it was removed or replaced, or is back (`None`). Found within half a
    /// second, whether anybody writes or not.
    pub fn troubles(&self) -> Receiver<Option<StoreError>> {
        let (tell, hear) = sync_channel(UNREAD);
        self.inner.shared.watch_trouble(tell);
        hear
    }

    /// News of every commit from now on: those of this handle at once, those of other programs within a tenth of a second. What
    /// a listener does not read in time is joined into one commit with all its topics.
    pub fn subscribe(&self) -> Receiver<Commit> {
        let (tell, hear) = sync_channel(UNREAD);
        self.inner.shared.listen(tell);
        hear
    }
}

impl Inner {
    fn start(&mut self, name: &str, job: impl FnOnce() + Send + 'static) -> Result<(), StoreError> {
        let running = self.running.clone();
        let job = move || {
            let _running = running;
            job();
        };
        let started = thread::Builder::new()
            .name(name.to_owned())
            .spawn(job)
            .map_err(|e| StoreError::Engine { doing: "starting a thread".to_owned(), what: e.to_string() })?;
        self.threads.push(started);
        Ok(())
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.shared.stop();
        self.writes = None;
        self.reads.close();
        self.running = None;
        let here = thread::current().id();
        // the last handle may go with a reply, on one of the threads: that one ends by itself
        let from_inside = self.threads.iter().any(|running| running.thread().id() == here);
        for running in &self.threads {
            running.thread().unpark();
        }
        if !from_inside && lock(&self.ended).recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
            tracing::warn!("a thread of the database did not end in time; it is left behind");
            return;
        }
        for running in self.threads.drain(..).filter(|running| running.thread().id() != here) {
            // a thread that panicked has said so already
            let _ = running.join();
        }
    }
}

fn full(many: usize, what: &str) -> StoreError {
    StoreError::Busy { what: format!("{many} {what} are waiting already") }
}

fn wait<T: Send + 'static>(send: impl FnOnce(Reply<T>)) -> Result<T, StoreError> {
    let (tell, hear) = sync_channel(1);
    send(Box::new(move |answer| {
        // whoever asked waits for exactly this one
        let _ = tell.send(answer);
    }));
    hear.recv().unwrap_or_else(|_| Err(stopped()))
}

fn stopped() -> StoreError {
    StoreError::Engine { doing: "asking the database".to_owned(), what: "it has been closed".to_owned() }
}

/// What a lock guards stays right when a thread panics elsewhere: every holder leaves it whole.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
