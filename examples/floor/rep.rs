//! A rep's process: outcomes, materials and coupons through the real store, each timed.

use std::io::{self, BufRead as _, Write as _};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use corral::domain::time::Timestamp;
use corral::sample::rep::{Next, Rep};
use corral::store::change::{Commit, Write};
use corral::store::worker::Store;
use corral::store::{Db, StoreError, agenda, journal};
use serde::{Deserialize, Serialize};

use crate::args::Child;
use crate::error::Failed;

/// What became of one change, a line to the parent.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Told {
    /// The kind of change, as the journal names it.
    pub kind: String,
    /// When it was asked for, microseconds after the beginning.
    pub at: u64,
    /// How long it took to be acknowledged, microseconds.
    pub micros: u64,
    /// The write's id where it was acknowledged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<i64>,
    /// Why it was refused by a rule; no fault of the store's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
    /// What went wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// How the changes are made.
enum Hand {
    /// As a session does.
    Store(Store),
    /// By one connection that waits as SQLite does.
    Plain(Box<Db>),
}

impl Hand {
    fn open(child: &Child) -> Result<Self, StoreError> {
        if child.plain {
            let mut db = Db::open(&child.path)?;
            if let Some(file) = db.file_mut() {
                file.plainly()?;
            }
            return Ok(Self::Plain(Box::new(db)));
        }
        let store = Store::open(&child.path)?;
        // a session hears of everybody's commits
        let news = store.subscribe();
        thread::spawn(move || news.into_iter().for_each(drop));
        Ok(Self::Store(store))
    }

    fn make(&mut self, write: &Write) -> Result<Commit, StoreError> {
        match self {
            Self::Store(store) => store.make(write.clone()),
            Self::Plain(db) => db.write(write),
        }
    }
}

/// Works for as long as was said, then tells what happened.
pub fn run(child: &Child) -> Result<(), Failed> {
    let mut hand = Hand::open(child)?;
    let mut eyes = Db::open(&child.path)?;
    let reps = eyes.snapshot(|tx, _| agenda::reps(tx))?;
    let user = reps.get(child.place % reps.len().max(1)).copied();
    let user = user.ok_or_else(|| Failed::Part("no rep to be".to_owned()))?;
    let mut rep = Rep::new(user, child.seed.wrapping_add(child.place as u64));
    let begins = Timestamp(child.begins);
    let mut next = eyes.snapshot(|tx, books| rep.next(tx, books, begins))?;
    let mut pace = Pace::begin(child)?;
    let mut told = Vec::new();
    while let Some(passed) = pace.wait() {
        let now = begins.plus(passed);
        let mut make = |write: &Write| {
            let begun = Instant::now();
            let made = hand.make(write);
            told.push(tell(write, &made, (pace.since(begun), begun.elapsed())));
            made
        };
        let done = match &next {
            Next::Job(job) => rep.work(job, now, &mut make).map(drop),
            Next::Own(write) => make(write).map(drop),
            Next::Nothing => Ok(()),
        };
        // told already; the next thing may go better
        drop(done);
        next = eyes.snapshot(|tx, books| rep.next(tx, books, now))?;
    }
    finish(&told)
}

/// Tells the parent everything, when the load is over and nobody is in the way.
pub fn finish(told: &[Told]) -> Result<(), Failed> {
    let mut out = io::stdout().lock();
    for told in told {
        let line = serde_json::to_string(told).map_err(io::Error::from)?;
        writeln!(out, "{line}")?;
    }
    Ok(out.flush()?)
}

fn tell(write: &Write, made: &Result<Commit, StoreError>, (at, took): (u64, Duration)) -> Told {
    let mut told = Told {
        kind: journal::kind(&write.change).to_owned(),
        at,
        micros: micros(took),
        id: None,
        refused: None,
        error: None,
    };
    match made {
        Ok(_) => told.id = Some(write.id.0),
        Err(
            error @ (StoreError::Invalid { .. }
            | StoreError::Held { .. }
            | StoreError::Conflict { .. }
            | StoreError::Forbidden { .. }
            | StoreError::NotFound { .. }),
        ) => told.refused = Some(error.to_string()),
        Err(error) => told.error = Some(error.to_string()),
    }
    told
}

/// A time in microseconds.
pub fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

/// When a rep does things.
#[derive(Debug)]
pub struct Pace {
    start: Instant,
    ends: Duration,
    think: Duration,
    phase: Duration,
    beat: u32,
}

/// How long after the beginning the first burst comes: everybody is awake by then.
const DRAWN_BREATH: Duration = Duration::from_millis(20);

impl Pace {
    /// Tells the parent that this process is ready, and waits for the instant at which all begin.
    pub fn begin(child: &Child) -> Result<Self, Failed> {
        let mut out = io::stdout().lock();
        writeln!(out, "ready")?;
        out.flush()?;
        let mut line = String::new();
        io::stdin().lock().read_line(&mut line)?;
        let at: u64 = line.trim().parse().map_err(|_| Failed::Part(format!("no instant: '{line}'")))?;
        let at = Duration::from_millis(at);
        let clock = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        thread::sleep(at.saturating_sub(clock()));
        // whoever is woken late has not begun late
        let late = clock().saturating_sub(at);
        let start = Instant::now();
        // spread evenly over a think time, in an order that has nothing to do with the file's
        let part = (child.place as u64).wrapping_mul(2_654_435_761) % 1_000;
        Ok(Self {
            start: start.checked_sub(late).unwrap_or(start),
            ends: Duration::from_secs(child.seconds),
            think: Duration::from_millis(child.think_ms),
            phase: if child.burst { DRAWN_BREATH } else { Duration::from_micros(child.think_ms * part) },
            beat: 0,
        })
    }

    /// Microseconds from the beginning to an instant.
    pub fn since(&self, at: Instant) -> u64 {
        micros(at.saturating_duration_since(self.start))
    }

    /// Waits until it is time for the next thing; answers with the time since the beginning, nothing when the load is over.
    /// Whoever is late waits for the next beat: nobody presses twice to make up for it.
    pub fn wait(&mut self) -> Option<Duration> {
        let passed = self.start.elapsed();
        let due = if self.think.is_zero() {
            passed
        } else {
            let gone = passed.saturating_sub(self.phase).as_nanos().div_ceil(self.think.as_nanos());
            self.beat = self.beat.max(u32::try_from(gone).unwrap_or(u32::MAX));
            let due = self.phase.saturating_add(self.think.saturating_mul(self.beat));
            self.beat = self.beat.saturating_add(1);
            due
        };
        if due >= self.ends {
            return None;
        }
        thread::sleep(due.saturating_sub(passed));
        Some(self.start.elapsed())
    }
}
