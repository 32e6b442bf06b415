//! A server killed under load and started again, or its stand-by promoted: sessions go on by themselves, and what was acknowledged is
//! there, once.
//!
//! ```sh
//! cargo run --release --example failover -- --kills 20
//! cargo run --release --example failover -- --promote --kills 5
//! ```
//!
//! The program makes a PostgreSQL server of its own, which waits for the disk, and starts itself once a writer. Each is a session's
//! store with two reps at work without a pause; a change that is not acknowledged is sent again with its id until it is, as a session
//! does. In the middle of it the postmaster and all its processes get `SIGKILL` in one blow; then the server is started again, or a
//! stand-by that has every commit takes its place and the next one is made. When all is over, what the writers told is compared with
//! the database, read by plain SQL: every acknowledged change stands in the journal once, with its touch, its tasks and its figures,
//! and nothing else does; `corral verify` finds no difference. Exit status 1 on any.

#[path = "failover/again.rs"]
mod again;
#[path = "crash/book.rs"]
mod book;
#[path = "crash/child.rs"]
mod child;
#[path = "../tests/cluster/cluster.rs"]
mod cluster;
#[path = "failover/crew.rs"]
mod crew;
#[path = "floor/error.rs"]
mod error;
#[path = "crash/line.rs"]
mod line;
#[path = "failover/pair.rs"]
mod pair;
#[path = "failover/report.rs"]
mod report;
#[path = "crash/told.rs"]
mod told;
#[path = "failover/writer.rs"]
mod writer;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use clap::Parser;
use corral::playbook::{embedded, source};
use corral::sample::{self, Request};

use book::Mark;
use child::Role;
use crew::Crew;
use error::{Failed, print, say};
use pair::Pair;
use report::{Blow, Sum};

/// The playbook of the floor that is made up, and the morning its history ends.
const PLAYBOOK: &str = "edu-english";
const MORNING: &str = "2026-11-20T10:30:00+08:00";
/// Customers of a rep.
const CUSTOMERS: usize = 12;
/// Changes that are acknowledged between two blows, at least.
const BETWEEN: usize = 40;
/// The longest time the writers may take to be at work again.
const PATIENCE: Duration = Duration::from_mins(2);

/// A server killed under load, or its stand-by promoted.
#[derive(Debug, Parser)]
#[command(name = "failover", max_term_width = 100)]
struct Args {
    /// Times the server is killed
    #[arg(long, default_value_t = 20)]
    kills: usize,
    /// Promotes a stand-by each time instead of starting the server again
    #[arg(long)]
    promote: bool,
    /// Writers, each a process
    #[arg(long, default_value_t = 8)]
    writers: usize,
    /// The same seed, the same choices
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The longest time under load before a kill, milliseconds
    #[arg(long, default_value_t = 1_500)]
    within_ms: u64,
    /// Appends the sum to this file, a JSON object
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
    /// What a process is; for the program itself
    #[command(subcommand)]
    role: Option<Role>,
}

fn main() -> ExitCode {
    let args = Args::parse();
    let done = match &args.role {
        Some(Role::Writer(child)) => writer::run(child).map(|()| true),
        None => blows(&args),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(failed) => {
            say(&format!("failover: {failed}"));
            ExitCode::FAILURE
        }
    }
}

/// Strikes all blows and compares; `false` when there is any difference.
fn blows(args: &Args) -> Result<bool, Failed> {
    if !cluster::wanted() {
        return Err(Failed::Part("there is no PostgreSQL server on this machine to kill".to_owned()));
    }
    let mut pair = Pair::start(args.promote);
    let place = pair.place();
    make(args, &place)?;
    let mark = Mark::set(&pair)?;
    let crew = Crew::start(args, &place, mark.instant)?;
    crew.all_go_on(PATIENCE)?;
    let mut sum = Sum::new(args);
    let mut chance = args.seed;
    for number in 0..args.kills {
        let before = crew.acknowledged();
        thread::sleep(Duration::from_millis(200 + next(&mut chance) % args.within_ms.max(1)));
        crew.until(before + BETWEEN, PATIENCE)?;
        let acknowledged = crew.acknowledged() - before;
        pair.kill();
        let struck = Instant::now();
        pair.come_back();
        let ready = struck.elapsed();
        let first = crew.until(crew.acknowledged() + 1, PATIENCE)?;
        crew.all_go_on(PATIENCE)?;
        let blow = Blow { acknowledged, ready, first, all: struck.elapsed() };
        print(&blow.line(number + 1, args.promote))?;
        sum.add(blow);
        pair.be_two_again();
    }
    let lines = crew.end(&mut sum.differences)?;
    report::compare(&pair, &place, (&mark, lines), &mut sum)?;
    for difference in &sum.differences {
        print(&format!("  DIFFERENCE {difference}"))?;
    }
    print(&sum.line(args))?;
    if let Some(into) = &args.record {
        sum.record(into, args)?;
    }
    Ok(sum.differences.is_empty())
}

fn make(args: &Args, path: &Path) -> Result<(), Failed> {
    let text = embedded::text(PLAYBOOK).ok_or_else(|| Failed::Part("no built-in playbook".to_owned()))?;
    let book = source::load_text(PLAYBOOK, text).map_err(|_| Failed::Part("a broken playbook".to_owned()))?;
    let now = MORNING.parse().map_err(|_| Failed::Part("a broken morning".to_owned()))?;
    let reps = args.writers * writer::HANDS;
    let playbooks = vec![Arc::new(book)];
    let request = Request { playbooks, reps, customers: reps * CUSTOMERS, days: 1, seed: args.seed, now };
    sample::make(path, &request, &mut |_, _| {})?;
    Ok(())
}

/// The next number of a source of chance with a full period.
fn next(chance: &mut u64) -> u64 {
    *chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    *chance >> 33
}
