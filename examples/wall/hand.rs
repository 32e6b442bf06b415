//! The reps of a floor at work, one change after the other at a steady pace, who send a change until it is made.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use corral::domain::code::OutcomeCode;
use corral::domain::id::{CustomerId, UserId};
use corral::domain::time::Timestamp;
use corral::runtime::clock::Clock;
use corral::store::change::Change;
use corral::store::query::{Answer, Query, Viewer};
use corral::store::worker::Store;
use corral::store::{Db, StoreError, agenda};

use crate::again::until_there;
use crate::call;
use crate::error::Failed;
use crate::rest;

/// One of so many changes takes the one before back.
const TAKEN_BACK: usize = 11;
/// Customers of a rep that are called.
const CUSTOMERS: usize = 40;
/// How long work may take to go on.
const PATIENCE: Duration = Duration::from_mins(1);

/// The reps.
pub struct Hand {
    told: Arc<Told>,
    work: JoinHandle<Result<(), Failed>>,
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

fn work(store: &Store, mut eyes: Db, pace: Duration, told: &Told) -> Result<(), Failed> {
    let people = until_there(|| people(&mut eyes))?;
    let mut turn = 0_usize;
    while !told.over.load(Ordering::Acquire) {
        let paused = told.paused.load(Ordering::Acquire);
        told.idle.store(paused, Ordering::Release);
        if paused {
            rest(Duration::from_millis(20));
            continue;
        }
        let begun = Instant::now();
        turn += 1;
        let Some((rep, outcome, customers)) = people.get(turn % people.len().max(1)) else { break };
        let Some(customer) = customers.get(turn / people.len() % customers.len().max(1)) else { continue };
        // the clock on the wall is everybody's: who commits ahead of it would take others along
        let at = Clock::System.now();
        let write = match turn % TAKEN_BACK {
            0 => call::write(*rep, at, Change::Undo { write: None }),
            _ => call::call((*rep, *customer), outcome, at),
        };
        // what may not be taken back is refused, and that is all
        let made = until_there(|| store.make(write.clone()));
        told.made.fetch_add(u64::from(made.is_ok()), Ordering::AcqRel);
        rest(pace.saturating_sub(begun.elapsed()));
    }
    Ok(())
}

/// A rep, how calls are said to end, and the own customers.
type Person = (UserId, OutcomeCode, Vec<CustomerId>);

fn people(eyes: &mut Db) -> Result<Vec<Person>, StoreError> {
    let mut people = Vec::new();
    for rep in eyes.snapshot(|tx, _| agenda::reps(tx))? {
        let Answer::Me(me) = eyes.read(&Query::Me(rep))? else { continue };
        let by = Viewer { id: rep, now: Timestamp(0) };
        let ask = Query::Customers { owner: Some(rep), after: None, by, limit: CUSTOMERS };
        let Answer::Found(found) = eyes.read(&ask)? else { continue };
        if let Ok(outcome) = call::answered(&me.playbook) {
            people.push((rep, outcome, found.rows.iter().map(|row| row.id).collect()));
        }
    }
    Ok(people)
}
