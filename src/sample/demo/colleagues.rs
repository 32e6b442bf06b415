//! Colleagues who work in the background of a demonstration, so that boards move.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::domain::id::UserId;
use crate::domain::lists::Lane;
use crate::domain::time::{HOUR_MS, Timestamp};
use crate::sample::chance::Chance;
use crate::sample::staff::Pen;
use crate::sample::work::{Aside, Doing, work};
use crate::store::{Db, StoreError, agenda};

/// Between two things that anybody does, milliseconds.
const PACE_MS: (i64, i64) = (1_000, 4_000);
/// Calls that a colleague always leaves for the rest of the day: the floor never runs out of work.
const LEFT: i64 = 6;
/// How warm customers are to colleagues in a demonstration, per cent: something should happen.
const WARMTH: u32 = 230;

/// Colleagues at work until dropped.
#[derive(Debug)]
pub struct Colleagues {
    stop: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Colleagues {
    /// Lets `count` reps of a copy begin to work. Their clock stands at `begins` now.
    ///
    /// # Errors
    /// Where the copy cannot be opened.
    pub fn start(path: &Path, count: usize, begins: Timestamp) -> Result<Self, StoreError> {
        let mut floor = Floor::open(path, count, begins.0.unsigned_abs())?;
        let (stop, stopped) = sync_channel(1);
        let started = Instant::now();
        let thread = thread::Builder::new()
            .name("corral-colleagues".to_owned())
            .spawn(move || {
                loop {
                    match stopped.recv_timeout(floor.pause()) {
                        Err(RecvTimeoutError::Timeout) => {}
                        Ok(()) | Err(RecvTimeoutError::Disconnected) => return,
                    }
                    // what cannot be written now is not written: a demonstration goes on without it
                    let _ = floor.step(begins.plus(started.elapsed()));
                }
            })
            .map_err(|e| StoreError::Engine {
                doing: "letting colleagues in".to_owned(),
                what: e.to_string(),
            })?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Colleagues {
    fn drop(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take() {
            // a thread that panicked has said so already
            let _ = thread.join();
        }
    }
}

/// The floor as its colleagues see it, one step at a time.
#[derive(Debug)]
pub struct Floor {
    db: Db,
    reps: Vec<UserId>,
    turn: usize,
    chance: Chance,
    pen: Pen,
    aside: Aside,
    seed: u64,
}

impl Floor {
    /// Opens a copy for `count` of its reps.
    pub fn open(path: &Path, count: usize, seed: u64) -> Result<Self, StoreError> {
        let mut db = Db::open(path)?;
        db.careless()?;
        let mut reps = db.snapshot(|tx, _| agenda::reps(tx))?;
        // from all over the floor, and never the first of all: newcomers often take that one
        let all = std::mem::take(&mut reps);
        reps.extend((0..count.min(all.len())).filter_map(|n| all.get((n + 1) * all.len() / (count + 1))));
        let mut chance = Chance::new(seed);
        let random = chance.number();
        Ok(Self { db, reps, turn: 0, chance, pen: Pen::mixed(random), aside: BTreeSet::new(), seed })
    }

    /// How long until somebody does the next thing.
    pub fn pause(&mut self) -> Duration {
        Duration::from_millis(self.chance.between(PACE_MS.0, PACE_MS.1).unsigned_abs())
    }

    /// Somebody who has enough left does the next thing; says whether anybody did.
    ///
    /// # Errors
    /// Where the copy cannot be written.
    pub fn step(&mut self, now: Timestamp) -> Result<bool, StoreError> {
        for _ in 0..self.reps.len() {
            let place = self.turn % self.reps.len().max(1);
            self.turn = self.turn.wrapping_add(usize::try_from(self.chance.between(1, 3)).unwrap_or(1));
            let Some(rep) = self.reps.get(place).copied() else { return Ok(false) };
            if self.one(rep, now)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn one(&mut self, rep: UserId, now: Timestamp) -> Result<bool, StoreError> {
        let aside = &self.aside;
        let soon = Timestamp(now.0 + 12 * HOUR_MS);
        let job = self.db.snapshot(|tx, books| {
            if agenda::waiting(tx, rep, Lane::Call, soon)? <= LEFT {
                return Ok(None);
            }
            agenda::next(tx, books, (rep, now), aside)
        })?;
        let Some(job) = job else { return Ok(false) };
        let doing = Doing { by: rep, now, seed: self.seed, warmth: WARMTH };
        let db = &mut self.db;
        let done = work(&job, &doing, (&mut self.pen, &mut self.chance), &mut |write| db.write(write))?;
        if done.touches == 0 {
            self.aside.insert(job.task);
        }
        Ok(done.touches > 0)
    }
}
