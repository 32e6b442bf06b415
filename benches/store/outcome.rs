//! Saving an outcome with all it causes.

use std::collections::BTreeMap;
use std::time::Instant;

use corral::domain::id::{IdMaker, TaskId, UserId, WriteId};
use corral::domain::time::{DAY_MS, Timestamp};
use corral::store::Db;
use corral::store::books::Books;
use corral::store::change::work::LogTouch;
use corral::store::change::{Change, WorkChange, Write};
use corral::store::engine::Keeper as _;
use corral::store::engine::sqlite::checkpoint::Keeper;
use rusqlite::Connection;

use crate::Args;
use crate::figures::{Book, Goal, Times};
use crate::floor::{Copy, Floor, bare, rows};
use crate::record::{Noted, Recorder, Said};

/// Saving: at most one and a half times at the median, twice at the 99th part.
const GOAL: Goal = Goal { median: 1.5, tail: Some(2.0), growth: Some(1.5) };
/// Between two outcomes, as the clock on the wall goes.
const PACE_MS: i64 = 1_500;
/// Pairs after which both logs are moved into their files, beside what is measured.
const SETTLE: usize = 50;

/// What is said in a call: the outcome and how many of ten calls end so.
struct Kind {
    name: &'static str,
    outcome: &'static str,
    of_ten: usize,
}

const KINDS: [Kind; 4] = [
    Kind { name: "nobody answered, try again", outcome: "no_answer", of_ten: 5 },
    Kind { name: "interested: facts, stage, next call", outcome: "interested", of_ten: 2 },
    Kind { name: "call back at a time, a promise", outcome: "call_back", of_ten: 2 },
    Kind { name: "not interested, left in peace", outcome: "no_interest", of_ten: 1 },
];

/// A task to do.
pub struct Job {
    task: TaskId,
    by: UserId,
}

/// Measures saving outcomes on two copies of a floor.
pub fn measure(floor: &Floor, args: &Args, book: &mut Book) {
    let (ours, theirs) =
        (Copy::of(floor, args.work.as_deref(), "product"), Copy::of(floor, args.work.as_deref(), "bare"));
    let mut db = Db::open(&ours.path).unwrap();
    db.file().unwrap().pragma(&format!("PRAGMA synchronous = {}", args.sync)).unwrap();
    let other = bare(&theirs.path, &args.sync);
    let jobs = jobs(&other, args.pairs);
    if args.solo {
        solo(floor, &mut db, &jobs);
        return;
    }
    let before = rows(&other);
    let mut keeper = Keeper::new(&ours.path);
    let (mut here, mut there) = (Recorder::open(&ours.path), Recorder::open(&theirs.path));
    let (mut books, mut theirs) = (Books::default(), Books::default());
    let mut all = (Times::default(), Times::default());
    let mut kinds: BTreeMap<usize, (Times, Times)> = BTreeMap::new();
    let (mut reads, mut writes) = (0, 0);
    for (number, job) in jobs.iter().enumerate() {
        let (kind, change) = change(floor, job, number);
        if number % SETTLE == 0 {
            keeper.look(None).unwrap();
            keeper_of(&other);
        }
        // both sides meet what they touch once before, so that neither pays for the other's first look
        here.rehearse(&mut books, &change);
        let noted = there.rehearse(&mut theirs, &change);
        reads += noted.reads.len();
        writes += noted.writes.len();
        if args.explain && (100..108).contains(&number) {
            explain(&other, KINDS[kind].name, &noted);
        }
        let mut product = || {
            let begun = Instant::now();
            db.write(&change).unwrap();
            begun.elapsed()
        };
        let floor = || {
            let begun = Instant::now();
            other.prepare_cached("BEGIN IMMEDIATE").unwrap().raw_execute().unwrap();
            for said in &noted.writes {
                said.run(&other);
            }
            other.prepare_cached("COMMIT").unwrap().raw_execute().unwrap();
            begun.elapsed()
        };
        let (p, b) = if number % 2 == 0 {
            let p = product();
            (p, floor())
        } else {
            let b = floor();
            (product(), b)
        };
        // the first ones prepare the statements
        if number >= 20 {
            all.0.add(b);
            all.1.add(p);
            let of_kind = kinds.entry(kind).or_default();
            of_kind.0.add(b);
            of_kind.1.add(p);
        }
    }
    let size = floor.customers;
    book.add("outcome saved", size, (&all.0, &all.1), Some(GOAL));
    for (kind, (b, p)) in &kinds {
        book.add(&format!("  {}", KINDS[*kind].name), size, (b, p), None);
    }
    println!(
        "  statements an outcome: {:.1} that write, {:.1} that read",
        writes as f64 / jobs.len() as f64,
        reads as f64 / jobs.len() as f64
    );
    same(&ours, &other, &before);
}

/// Saves outcomes and does nothing else.
fn solo(floor: &Floor, db: &mut Db, jobs: &[Job]) {
    let mut times = Times::default();
    for (number, job) in jobs.iter().enumerate() {
        let (_, change) = change(floor, job, number);
        let begun = Instant::now();
        db.write(&change).unwrap();
        times.add(begun.elapsed());
    }
    println!("{:.1} us, a tenth below {:.1} us", times.part(0.5), times.part(0.1));
}

/// Moves the log of the bare copy as the product's keeper does.
pub fn keeper_of(connection: &Connection) {
    let number = |place| move |row: &rusqlite::Row<'_>| row.get::<_, i64>(place);
    let log = connection.query_row("PRAGMA wal_checkpoint(NOOP)", [], number(1)).unwrap();
    if log >= 1_000 {
        connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], number(1)).unwrap();
    }
}

/// Both copies hold the same rows: as many in every table, and the same journal, whose last seal covers all of it.
fn same(ours: &Copy, other: &Connection, before: &BTreeMap<String, i64>) {
    let product = bare(&ours.path, "NORMAL");
    let (ours, theirs) = (rows(&product), rows(other));
    assert_eq!(ours, theirs, "the product and bare rusqlite wrote different rows");
    journals(&product, other);
    let grown: Vec<String> = ours
        .iter()
        .filter(|(table, rows)| before[*table] != **rows)
        .map(|(table, rows)| format!("{table} +{}", rows - before[table]))
        .collect();
    println!("  the same rows on both sides: {}", grown.join(", "));
}

/// Both journals say the same, but for the seals: a row's is made with a number that nobody can guess.
fn journals(ours: &Connection, theirs: &Connection) {
    let sql =
        "SELECT rev, write_id, at, by_user, kind || payload || effects || reversal FROM journal ORDER BY rev";
    let (mut ours, mut theirs) = (ours.prepare(sql).unwrap(), theirs.prepare(sql).unwrap());
    let (mut ours, mut theirs) = (ours.query([]).unwrap(), theirs.query([]).unwrap());
    loop {
        let row = |row: Option<&rusqlite::Row<'_>>| {
            let number = |row: &rusqlite::Row<'_>, at: usize| row.get::<_, i64>(at).unwrap();
            row.map(|row| ([0, 1, 2, 3].map(|at| number(row, at)), row.get::<_, String>(4).unwrap()))
        };
        let (one, other) = (row(ours.next().unwrap()), row(theirs.next().unwrap()));
        assert_eq!(one, other, "the journals differ");
        if one.is_none() {
            return;
        }
    }
}

/// Calls that are due, of any rep and customer.
pub fn jobs(connection: &Connection, wanted: usize) -> Vec<Job> {
    let mut found = connection
        .prepare(
            "SELECT id, owner_id FROM task WHERE state = 'due' AND lane = 'call' AND promised = 0 \
             ORDER BY (id >> 4) * 2654435761 % 1000003, id LIMIT ?1",
        )
        .unwrap();
    let jobs: Vec<Job> = found
        .query_map([i64::try_from(wanted).unwrap_or(i64::MAX)], |row| {
            Ok(Job { task: TaskId(row.get(0)?), by: UserId(row.get(1)?) })
        })
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert_eq!(jobs.len(), wanted, "the floor has too few calls due");
    jobs
}

pub fn change(floor: &Floor, job: &Job, number: usize) -> (usize, Write) {
    let mut left = number * 7 % 10;
    let kind = KINDS
        .iter()
        .position(|kind| {
            let here = left < kind.of_ten;
            left = left.wrapping_sub(kind.of_ten);
            here
        })
        .unwrap_or(0);
    let at = Timestamp(floor.now.0 + 60_000 + i64::try_from(number).unwrap_or(0) * PACE_MS);
    let outcome = KINDS[kind].outcome;
    let mut touch = LogTouch {
        task: Some(job.task),
        outcome: outcome.into(),
        seconds: Some(35 + number as u32 % 200),
        ..LogTouch::default()
    };
    match outcome {
        "interested" => {
            "有兴趣,周末前再定".clone_into(&mut touch.note);
            let facts = [("child_age", "7"), ("english_base", "phonics"), ("decider_known", "mother")];
            touch.set = facts.map(|(field, value)| (field.into(), value.to_owned())).to_vec();
        }
        "call_back" => {
            touch.next_at = Some(Timestamp(at.0 + DAY_MS));
            "等家里人一起听".clone_into(&mut touch.words);
        }
        _ => {}
    }
    let id = WriteId(IdMaker::new(at, 77).make());
    (
        kind,
        Write {
            id,
            by: job.by,
            at,
            from: corral::domain::origin::Origin::Local,
            change: Change::Work(WorkChange::Log(Box::new(touch))),
        },
    )
}

/// Prints the statements of a change, how long each of those that read takes, which of them read a whole table, and which SQLite plans anew
/// for every value.
pub fn explain(connection: &Connection, name: &str, noted: &Noted) {
    println!("-- {name}");
    for said in &noted.reads {
        for _ in 0..3 {
            said.run(connection);
        }
        let begun = Instant::now();
        for _ in 0..20 {
            said.run(connection);
        }
        let took = begun.elapsed().as_nanos() / 20_000;
        println!("   {took:>4} us  {}", said.line());
        plan(connection, said);
    }
    for said in &noted.writes {
        println!("   writes   {}", said.line());
        plan(connection, said);
    }
}

fn plan(connection: &Connection, said: &Said) {
    let again = said.planned_again(connection);
    if again > 0 {
        println!("      PLANNED ANEW {again} times");
    }
    let sql = format!("EXPLAIN QUERY PLAN {}", said.sql);
    let mut plan = connection.prepare(&sql).unwrap();
    for (place, value) in (1..).zip(&said.values) {
        plan.raw_bind_parameter(place, value).unwrap();
    }
    let mut rows = plan.raw_query();
    while let Some(row) = rows.next().unwrap() {
        let step: String = row.get(3).unwrap();
        if step.starts_with("SCAN") {
            println!("      WHOLE TABLE: {step}");
        }
    }
}
