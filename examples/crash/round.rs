//! One round: writers start, work, are killed; what they told is compared with the file.

use std::env;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child as Process, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use corral::store::change::{Commit, Write};
use corral::store::verify::verify;
use corral::store::{Db, StoreError};

use crate::Args;
use crate::book::{Book, Mark};
use crate::error::Failed;
use crate::file::File;
use crate::line::Line;
use crate::told::Told;

/// The shortest time until the kill.
const AT_LEAST: Duration = Duration::from_millis(60);
/// The longest time between two kills: those who are left go on over the dead.
const GAP_MICROS: u64 = 4_000;

/// What a round came to.
#[derive(Debug, Default)]
pub struct Round {
    /// Milliseconds from the first change to the kill.
    pub after_ms: u64,
    /// Writers killed.
    pub killed: usize,
    /// Changes acknowledged before the kill.
    pub acknowledged: usize,
    /// Changes under way at the kill.
    pub under_way: usize,
    /// Those of them that were on disk all the same.
    pub arrived: usize,
    /// Those that were sent again and are there now.
    pub sent_again: usize,
    /// Rows the check compared.
    pub compared: u64,
    /// What is not as it must be.
    pub differences: Vec<String>,
}

impl Round {
    /// The round as a line.
    pub fn line(&self, number: usize) -> String {
        format!(
            "round {number:3}: {} killed after {:4} ms; {:5} acknowledged, all there once; {:3} under way, {:3} of them on disk, \
             {:3} sent again; verify {} rows; {}",
            self.killed,
            self.after_ms,
            self.acknowledged,
            self.under_way,
            self.arrived,
            self.sent_again,
            self.compared,
            if self.differences.is_empty() {
                "clean".to_owned()
            } else {
                format!("{} DIFFERENCES", self.differences.len())
            }
        )
    }
}

/// What all rounds came to.
#[derive(Debug, Default)]
pub struct Sum {
    rounds: usize,
    killed: usize,
    acknowledged: usize,
    under_way: usize,
    arrived: usize,
    /// Differences in all rounds.
    pub differences: usize,
}

impl Sum {
    /// Adds a round.
    pub fn add(&mut self, round: &Round) {
        self.rounds += 1;
        self.killed += round.killed;
        self.acknowledged += round.acknowledged;
        self.under_way += round.under_way;
        self.arrived += round.arrived;
        self.differences += round.differences.len();
    }

    /// All rounds as a line.
    pub fn line(&self, args: &Args) -> String {
        format!(
            "{} rounds, {} kills of {} writers: {} changes acknowledged, each there once; {} under way, {} of them on disk, each \
             there once after being sent again; {} differences",
            self.rounds,
            self.killed,
            args.writers,
            self.acknowledged,
            self.under_way,
            self.arrived,
            self.differences
        )
    }
}

/// Runs a round.
pub fn run(args: &Args, path: &Path, number: usize) -> Result<Round, Failed> {
    let mark = Mark::set(&File::open(path)?)?;
    let now = mark.instant;
    let seed = args.seed.wrapping_mul(1_000_003).wrapping_add((number * 1_000) as u64);
    let mut chance = seed;
    let mut writers = Vec::new();
    for place in 0..args.writers {
        writers.push(Victim::start(path, (place, now, seed))?);
    }
    for writer in &writers {
        writer.is_at_work()?;
    }
    let span = args.within_ms.saturating_sub(60).max(1);
    let after = AT_LEAST + Duration::from_millis(next(&mut chance) % span);
    thread::sleep(after);
    // in another order each round
    let turn = usize::try_from(next(&mut chance) % args.writers.max(1) as u64).unwrap_or(0);
    writers.rotate_left(turn);
    for writer in &mut writers {
        writer.process.kill()?;
        thread::sleep(Duration::from_micros(next(&mut chance) % GAP_MICROS));
    }
    let mut round = Round {
        after_ms: u64::try_from(after.as_millis()).unwrap_or(u64::MAX),
        killed: writers.len(),
        ..Round::default()
    };
    let mut told = Vec::new();
    for writer in writers {
        told.extend(writer.lines(&mut round.differences)?);
    }
    compare(path, told, &mark, &mut round)?;
    Ok(round)
}

/// Compares what was told with the file.
fn compare(path: &Path, told: Vec<Line>, mark: &Mark, round: &mut Round) -> Result<(), Failed> {
    let mut told = Told::of(told, &mut round.differences);
    round.acknowledged = told.made.len();
    let mut db = Db::open(path)?;
    let book = Book::since(mark, &File::open(path)?)?;
    let under_way: Vec<Write> = told.under_way().cloned().collect();
    round.under_way = under_way.len();
    for write in &under_way {
        let there = book.revision(write.id);
        round.arrived += usize::from(there.is_some());
        if let Some(commit) = again(&mut db, write, there, &mut round.differences) {
            round.sent_again += 1;
            told.made.insert(write.id, commit);
        }
    }
    let book = Book::since(mark, &File::open(path)?)?;
    told.compare(&book, mark, &mut round.differences);
    let report = verify(&mut db)?;
    round.compared = report.checked.values().sum();
    round
        .differences
        .extend(report.differences.iter().take(20).map(|difference| format!("verify: {difference:?}")));
    Ok(())
}

/// Sends a change again with its id, twice: it is there once.
fn again(db: &mut Db, write: &Write, there: Option<i64>, differences: &mut Vec<String>) -> Option<Commit> {
    let first = db.write(write);
    let first = match first {
        Ok(commit) => commit,
        // the rules may have something against it by now; then it must not be there
        Err(error @ (StoreError::Invalid { .. } | StoreError::Held { .. } | StoreError::Conflict { .. })) => {
            if there.is_some() {
                differences.push(format!("change {} is in the journal, yet sent again: {error}", write.id));
            }
            return None;
        }
        Err(error) => {
            differences.push(format!("change {} sent again: {error}", write.id));
            return None;
        }
    };
    if first.replayed != there.is_some() || there.is_some_and(|revision| revision != first.revision) {
        differences
            .push(format!("change {} was at {there:?}; sent again it is at {}", write.id, first.revision));
    }
    match db.write(write) {
        Ok(second) if second.replayed && second.revision == first.revision => {}
        other => differences.push(format!("change {} sent a third time: {other:?}", write.id)),
    }
    Some(first)
}

/// A writer as its parent sees it.
struct Victim {
    process: Process,
    lines: JoinHandle<Vec<String>>,
    first: Receiver<()>,
    place: usize,
}

impl Victim {
    fn start(path: &Path, (place, now, seed): (usize, i64, u64)) -> Result<Self, Failed> {
        let mut command = Command::new(env::current_exe()?);
        command.arg("writer").arg(path).args([place.to_string(), now.to_string(), seed.to_string()]);
        let mut process = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
        let out = process.stdout.take().ok_or_else(|| Failed::Part("a process without a pipe".to_owned()))?;
        let (tell, first) = channel();
        let lines = thread::spawn(move || {
            let mut lines = Vec::new();
            let mut out = BufReader::new(out);
            let mut line = String::new();
            // a line that the kill cut off was never told
            while out.read_line(&mut line).is_ok_and(|read| read > 0) && line.ends_with('\n') {
                lines.push(std::mem::take(&mut line));
                if lines.len() == 2 {
                    // a parent that gave up hears nothing
                    let _ = tell.send(());
                }
            }
            lines
        });
        Ok(Self { process, lines, first, place })
    }

    /// Waits for the writer's first change to be over.
    fn is_at_work(&self) -> Result<(), Failed> {
        self.first.recv().map_err(|_| Failed::Part(format!("writer {} never got to work", self.place)))
    }

    fn lines(mut self, differences: &mut Vec<String>) -> Result<Vec<Line>, Failed> {
        let status = self.process.wait()?;
        if status.code().is_some() {
            differences.push(format!("writer {} ended by itself: {status}", self.place));
        }
        let lines = self.lines.join().map_err(|_| Failed::Part("a reader panicked".to_owned()))?;
        let read: Result<Vec<Line>, _> = lines.iter().map(|line| serde_json::from_str(line)).collect();
        read.map_err(|e| Failed::Part(format!("writer {} told nonsense: {e}", self.place)))
    }
}

/// The next number of a source of chance with a full period.
fn next(chance: &mut u64) -> u64 {
    *chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    *chance >> 33
}
