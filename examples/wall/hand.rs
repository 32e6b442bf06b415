//! The reps of a floor at work, one change after the other at a steady pace, who send a change until it is made.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use corral::runtime::clock::Clock;
use corral::sample::rep::{Next, Rep};
use corral::store::change::Write;
use corral::store::worker::Store;
use corral::store::{Db, StoreError, agenda};

use crate::error::Failed;
use crate::rest;

/// Time before a change is sent again.
const AGAIN: Duration = Duration::from_millis(200);
/// How long work may take to go on.
const PATIENCE: Duration = Duration::from_mins(1);

/// The reps.
pub struct Hand {
    told: Arc<Told>,
    work: JoinHandle<Result<(), StoreError>>,
}

/// What both sides know.
#[derive(Debug, Default)]
struct Told {
    made: AtomicU64,
    paused: AtomicBool,
    idle: AtomicBool,
    over: AtomicBool,
}

impl Hand {
    /// Has the reps of a floor work, one change each `pace`.
    pub fn start(floor: &Path, pace: Duration) -> Result<Self, Failed> {
        let told = Arc::new(Told::default());
        let store = Store::open(floor)?;
        let eyes = Db::open(floor)?;
        let seen = told.clone();
        let work = thread::spawn(move || work(&store, eyes, pace, &seen));
        Ok(Self { told, work })
    }

    /// Changes made so far.
    pub fn made(&self) -> u64 {
        self.told.made.load(Ordering::Acquire)
    }

    /// Waits until another change is made.
    pub fn goes_on(&self) -> Result<(), Failed> {
        let (before, since) = (self.made(), Instant::now());
        while self.made() == before {
            if since.elapsed() > PATIENCE || self.work.is_finished() {
                return Err(Failed::Part("no change was made any more".to_owned()));
            }
            rest(Duration::from_millis(5));
        }
        Ok(())
    }

    /// Pauses; returns when no change is under way.
    pub fn pause(&self) {
        self.told.paused.store(true, Ordering::Release);
        while !self.told.idle.load(Ordering::Acquire) && !self.work.is_finished() {
            rest(Duration::from_millis(5));
        }
    }

    /// Goes on after a pause.
    pub fn go_on(&self) {
        self.told.paused.store(false, Ordering::Release);
    }

    /// Ends; answers with how many changes were made.
    pub fn end(self) -> Result<u64, Failed> {
        self.told.over.store(true, Ordering::Release);
        self.work.join().map_err(|_| Failed::Part("the reps panicked".to_owned()))??;
        Ok(self.told.made.load(Ordering::Acquire))
    }
}

fn work(store: &Store, mut eyes: Db, pace: Duration, told: &Told) -> Result<(), StoreError> {
    let users = until_there(|| eyes.snapshot(|tx, _| agenda::reps(tx)))?;
    let mut reps: Vec<Rep> = users.into_iter().zip(1..).map(|(user, seed)| Rep::new(user, seed)).collect();
    let many = reps.len().max(1);
    let mut turn = 0;
    while !told.over.load(Ordering::Acquire) {
        let paused = told.paused.load(Ordering::Acquire);
        told.idle.store(paused, Ordering::Release);
        if paused {
            rest(Duration::from_millis(20));
            continue;
        }
        let begun = Instant::now();
        turn = (turn + 1) % many;
        let Some(rep) = reps.get_mut(turn) else { break };
        let now = Clock::System.now();
        let next = until_there(|| eyes.snapshot(|tx, books| rep.next(tx, books, now)))?;
        let mut make = |write: &Write| {
            let made = until_there(|| store.make(write.clone()));
            told.made.fetch_add(u64::from(made.is_ok()), Ordering::AcqRel);
            made
        };
        match &next {
            Next::Job(job) => drop(rep.work(job, now, &mut make)),
            Next::Own(write) => drop(make(write)),
            Next::Nothing => {}
        }
        rest(pace.saturating_sub(begun.elapsed()));
    }
    Ok(())
}

/// Does the same again until the server is there.
fn until_there<T>(mut job: impl FnMut() -> Result<T, StoreError>) -> Result<T, StoreError> {
    loop {
        match job() {
            Err(error) if error.may_pass() => rest(AGAIN),
            done => return done,
        }
    }
}
