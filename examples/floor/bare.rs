//! A rep's process of the bare engine: the rows of an outcome by hand, on a copy.

#[path = "../bare/writer.rs"]
#[expect(dead_code, reason = "the bare screen reads more of it")]
mod writer;

use std::time::{Duration, Instant};

use corral::domain::id::IdMaker;
use corral::domain::time::Timestamp;

use crate::args::Child;
use crate::error::Failed;
use crate::rep::{Pace, Told, finish, micros};

/// Ids between two outcomes of one process.
const APART: u64 = 64;

/// Works for as long as was said, then tells what happened.
pub fn run(child: &Child) -> Result<(), Failed> {
    let mut connection = writer::open(&child.path)?;
    let reps = writer::reps(&connection)?;
    let rep = reps.get(child.place % reps.len().max(1)).copied();
    let rep = rep.ok_or_else(|| Failed::Part("no rep to be".to_owned()))?;
    let begins = Timestamp(child.begins);
    let mut due = writer::day(&connection, rep, begins.0)?;
    let mut pace = Pace::begin(child)?;
    let mut told = Vec::new();
    while let Some(passed) = pace.wait() {
        let Some(next) = due.pop() else {
            due = writer::day(&connection, rep, begins.0)?;
            if due.is_empty() {
                break;
            }
            continue;
        };
        let now = begins.plus(passed);
        let random = (child.place * 2_048 + told.len()) as u64 * APART;
        let id = IdMaker::new(Timestamp(now.0 + 86_400_000), random).make();
        let begun = Instant::now();
        let made = writer::outcome(&mut connection, rep, &next, (id, now.0));
        told.push(tell(id, made, (pace.since(begun), begun.elapsed())));
    }
    finish(&told)
}

fn tell(id: i64, made: rusqlite::Result<()>, (at, took): (u64, Duration)) -> Told {
    Told {
        kind: "work.log".to_owned(),
        at,
        micros: micros(took),
        id: made.is_ok().then_some(id),
        refused: None,
        error: made.err().map(|error| error.to_string()),
    }
}
