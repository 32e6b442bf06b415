//! What counting adds to the transaction of an outcome.
//!
//! The same changes are written by bare rusqlite into two copies of a floor, in turn: into one with every statement the product
//! says, into the other without those that go to the figures' sums. What the journal's row holds of them is in both.

use std::time::{Duration, Instant};

use corral::store::books::Books;
use rusqlite::Connection;

use crate::Args;
use crate::figures::{Book, Goal, Times};
use crate::floor::{Copy, Floor, bare};
use crate::outcome::{change, jobs, keeper_of};
use crate::record::{Recorder, Said};

/// Counting may add a fifth.
const GOAL: Goal = Goal { median: 1.2, tail: None, growth: None };
/// Pairs after which both logs are moved into their files, beside what is measured.
const SETTLE: usize = 50;

/// Measures outcomes with their sums and without.
pub fn measure(floor: &Floor, args: &Args, book: &mut Book) {
    let (with, without) = (
        Copy::of(floor, args.work.as_deref(), "counted"),
        Copy::of(floor, args.work.as_deref(), "uncounted"),
    );
    let (counted, plain) = (bare(&with.path, &args.sync), bare(&without.path, &args.sync));
    let jobs = jobs(&counted, args.pairs);
    let mut recorder = Recorder::open(&with.path);
    let mut books = Books::default();
    let (mut all, mut sums) = ((Times::default(), Times::default()), 0);
    for (number, job) in jobs.iter().enumerate() {
        let (_, change) = change(floor, job, number);
        if number % SETTLE == 0 {
            keeper_of(&counted);
            keeper_of(&plain);
        }
        let noted = recorder.rehearse(&mut books, &change);
        let of_sums = |said: &Said| said.sql.contains("metric_day") || said.sql.contains("metric_month");
        let rest: Vec<&Said> = noted.writes.iter().filter(|said| !of_sums(said)).collect();
        let every: Vec<&Said> = noted.writes.iter().collect();
        sums += every.len() - rest.len();
        let (b, p) = if number % 2 == 0 {
            let b = run(&plain, &rest);
            (b, run(&counted, &every))
        } else {
            let p = run(&counted, &every);
            (run(&plain, &rest), p)
        };
        // the first ones prepare the statements
        if number >= 20 {
            all.0.add(b);
            all.1.add(p);
        }
    }
    assert!(sums > jobs.len(), "outcomes that count nothing");
    book.add("outcome with its figures to one without", floor.customers, (&all.0, &all.1), Some(GOAL));
    println!("  statements of sums an outcome: {:.1}", sums as f64 / jobs.len() as f64);
}

fn run(connection: &Connection, writes: &[&Said]) -> Duration {
    let begun = Instant::now();
    connection.prepare_cached("BEGIN IMMEDIATE").unwrap().raw_execute().unwrap();
    for said in writes {
        said.run(connection);
    }
    connection.prepare_cached("COMMIT").unwrap().raw_execute().unwrap();
    begun.elapsed()
}
