//! Moving the log into the file, off the commit path: one elected program does it for all (performance.md).
//!
//! The lease is a lock on a side file. Its holder moves pages each half second while more than [`PAGES`] wait, holds the
//! writers' queue for a moment when the log outgrows [`PAGES_MAX`], and empties the log when nothing happens. A program that
//! commits while nobody holds the lease, and finds the log large, does the work after its commit.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::store::engine;
use crate::store::engine::sqlite::guard;
use crate::store::engine::sqlite::{Access, Sqlite};
use crate::store::error::StoreError;

/// Pages that may wait in the log before they are moved.
pub const PAGES: i64 = 1_000;
/// Pages at which the log is brought to an end even if writers must wait for it: 64 MiB.
pub const PAGES_MAX: i64 = 16_384;
/// How often the holder of the lease looks.
pub const EVERY: Duration = Duration::from_millis(500);
/// Looks without a new page after which the log is emptied.
const QUIET_LOOKS: u32 = 20;
/// Looks a candidate lets pass while somebody else holds the lease.
const PASSED_LOOKS: u32 = 3;
/// Bytes of the log file below which a commit need not look closer.
const SMALL: u64 = 4 << 20;

/// The right to move the log of one file, held by at most one program at a time.
#[derive(Debug)]
struct Lease(#[expect(dead_code, reason = "the open file carries the lock")] File);

impl Lease {
    fn take(path: &Path) -> Option<Self> {
        let side = guard::side(path, "-checkpoint");
        let file = File::options().create(true).truncate(false).write(true).open(side).ok()?;
        file.try_lock().ok()?;
        Some(Self(file))
    }
}

/// After a commit: moves the log when it is large and nobody holds the lease. What fails here fails again where it matters.
pub fn bound(engine: &Sqlite) {
    let log = guard::side(engine.path(), "-wal");
    if log.metadata().map_or(0, |log| log.len()) < SMALL {
        return;
    }
    let waiting = engine.checkpoint("NOOP").map_or(0, |(_, log, moved)| log - moved);
    if waiting >= PAGES
        && let Some(_lease) = Lease::take(engine.path())
    {
        let _ = engine.checkpoint("PASSIVE");
    }
}

/// The program's candidate for the lease, asked every [`EVERY`] by a thread.
#[derive(Debug)]
pub struct Keeper {
    path: PathBuf,
    /// Opened with the first lease: most candidates never get it.
    engine: Option<Sqlite>,
    lease: Option<Lease>,
    /// Looks still to pass before the lease is asked for again.
    passes: u32,
    /// What told of commits when the log was looked at last.
    pulse: Option<i64>,
    /// Pages in the log then, and how many of them waited to be moved.
    seen: i64,
    waiting: i64,
    quiet: u32,
}

impl Keeper {
    /// A candidate for the lease of a file.
    pub fn new(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            engine: None,
            lease: None,
            passes: 0,
            pulse: None,
            seen: 0,
            waiting: 0,
            quiet: 0,
        }
    }

    fn open(path: &Path) -> Result<Sqlite, StoreError> {
        let mut engine = Sqlite::open(path, Access::Write, false)?;
        engine.prepare()?;
        engine.queue_on(&guard::side(path, "-queue"))?;
        Ok(engine)
    }

    /// Never waits: whoever reads or writes now is more important.
    fn empty(&mut self) -> Result<(), StoreError> {
        (self.quiet, self.pulse) = (0, None);
        let Some(engine) = &self.engine else { return Ok(()) };
        engine.wait_for(Duration::ZERO)?;
        let done = engine.checkpoint("TRUNCATE").map(drop);
        engine.wait_for(Duration::from_secs(5))?;
        done
    }

    fn has_lease(&mut self) -> bool {
        if self.lease.is_some() {
            return true;
        }
        if let Some(fewer) = self.passes.checked_sub(1) {
            self.passes = fewer;
            return false;
        }
        self.lease = Lease::take(&self.path);
        if self.lease.is_none() {
            self.passes = PASSED_LOOKS;
        }
        self.lease.is_some()
    }

    /// Asks how long the log is, and moves it where it is long.
    fn ask(&mut self, pulse: Option<i64>) -> Result<(), StoreError> {
        let engine = match &mut self.engine {
            Some(engine) => engine,
            none => none.insert(Self::open(&self.path)?),
        };
        let (_, log, moved) = engine.checkpoint("NOOP")?;
        self.quiet = if log == self.seen { self.quiet + 1 } else { 0 };
        (self.pulse, self.seen, self.waiting) = (pulse, log, log - moved);
        if self.waiting >= PAGES {
            let (_, log, moved) = engine.checkpoint("PASSIVE")?;
            tracing::debug!(log, moved, "moved the log into the file");
            if log >= PAGES_MAX {
                tracing::info!(log, "the log is long: writers wait while it is brought to an end");
                engine.queued(|engine| engine.checkpoint("RESTART"))?;
            }
        }
        Ok(())
    }
}

impl engine::Keeper for Keeper {
    /// Takes the lease if it is free, and does what is due.
    fn look(&mut self, pulse: Option<i64>) -> Result<(), StoreError> {
        if !self.has_lease() {
            return Ok(());
        }
        if pulse.is_some() && pulse == self.pulse && self.waiting < PAGES {
            self.quiet += 1;
        } else {
            self.ask(pulse)?;
        }
        if self.waiting < PAGES && self.quiet >= QUIET_LOOKS && self.seen > 0 {
            self.empty()?;
        }
        Ok(())
    }

    /// Empties the log before the program ends, if nobody reads or writes.
    fn close(mut self: Box<Self>) {
        if self.lease.is_some() {
            // the next program to come does it otherwise
            let _ = self.empty();
        }
    }
}
