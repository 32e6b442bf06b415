//! A wall that hangs for an hour while a floor works and its database stops twice: memory stays, and it goes on by itself.
//!
//! ```sh
//! cargo build --release --bin corral --example wall
//! target/release/examples/wall --minutes 60
//! ```
//!
//! The program makes a PostgreSQL server of its own with a made-up floor on it, starts the release program's `wall` in a
//! pseudo-terminal, and lets reps work. After a third of the time the server is stopped in good order, after two thirds it is killed;
//! each time it is away for a while, in which the figures must stay and the head line must say of when they are. Whenever work pauses
//! (after each stop, and at the end) every page is compared line by line with that of a wall that was just started. Memory is noted
//! through all of it. Exit status 1 where a page differs, where it does not say that the server is away, or where memory grew.

#[path = "failover/again.rs"]
mod again;
#[path = "live/call.rs"]
mod call;
#[path = "../tests/cluster/cluster.rs"]
mod cluster;
#[path = "floor/error.rs"]
mod error;
#[path = "wall/hand.rs"]
mod hand;
#[path = "wall/hung.rs"]
mod hung;
#[path = "session/memory.rs"]
mod memory;
#[path = "live/program.rs"]
mod program;
#[path = "session/pty.rs"]
mod pty;

use std::path::PathBuf;
use std::process::ExitCode;
use std::thread;
use std::time::{Duration, Instant};

use clap::Parser;

use cluster::{Cluster, Options};
use error::{Failed, print, say};
use hand::Hand;
use hung::Hung;

/// Memory at the end to memory when everything had been shown once: what is more has grown.
const GROWTH: f64 = 1.1;
/// Between two looks at memory.
const LOOK: Duration = Duration::from_secs(5);

/// A wall that hangs for an hour.
#[derive(Debug, Parser)]
#[command(name = "wall", max_term_width = 100)]
struct Args {
    /// How long it hangs, minutes
    #[arg(long, default_value_t = 60)]
    minutes: u64,
    /// Reps of the floor
    #[arg(long, default_value_t = 60)]
    reps: usize,
    /// Changes a second
    #[arg(long, default_value_t = 4)]
    changes: u64,
    /// How long the server is away each time, seconds
    #[arg(long, default_value_t = 60)]
    away: u64,
}

fn main() -> ExitCode {
    match hang(&Args::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(failed) => {
            say(&format!("wall: {failed}"));
            ExitCode::FAILURE
        }
    }
}

fn hang(args: &Args) -> Result<bool, Failed> {
    if !cluster::wanted() {
        return Err(Failed::Part("there is no PostgreSQL server on this machine to stop".to_owned()));
    }
    let cluster = Cluster::with(&Options { fsync: true, ..Options::default() });
    let floor: PathBuf = format!("{}?schema=floor", cluster.url(&cluster.database_name())).into();
    let home = tempfile::tempdir()?;
    program::floor(&floor, home.path(), (args.reps, args.reps * 40, 3))?;
    let hand = Hand::start(&floor, Duration::from_millis(1_000 / args.changes.max(1)))?;
    let mut wall = Hung::start(&floor, home.path())?;
    let begun = Instant::now();
    let whole = Duration::from_secs(args.minutes * 60);
    let mut wrong = Vec::new();
    for (part, stop) in [(1, Some(false)), (2, Some(true)), (3, None)] {
        wall.hang_until(begun + whole * part / 3, LOOK, || hand.made())?;
        if let Some(killed) = stop {
            let how = if killed { "killed" } else { "stopped" };
            print(&format!("{:4} s: the server is {how}", begun.elapsed().as_secs()))?;
            if killed {
                cluster.kill();
            } else {
                cluster.stop();
            }
            wrong.extend(wall.stays_through(Duration::from_secs(args.away)));
            cluster.start_again();
            let again = Instant::now();
            let took = wall.goes_on()?;
            hand.goes_on()?;
            print(&format!(
                "{:4} s: started again; the wall is fresh {} ms later, changes are made {} ms later",
                begun.elapsed().as_secs(),
                took.as_millis(),
                again.elapsed().as_millis()
            ))?;
        }
        hand.pause();
        wrong.extend(wall.equals_a_new_one(&floor, home.path())?);
        hand.go_on();
    }
    let made = hand.end()?;
    let memory = wall.end()?;
    for line in &wrong {
        print(&format!("  WRONG {line}"))?;
    }
    let (first, most, last) = (memory.settled(), memory.most(), memory.last());
    print(&format!(
        "{} minutes, {made} changes, the server away twice for {} s; memory {:.1} MiB when every page had been shown, {:.1} at the most, \
         {:.1} at the end; {} bytes sent a second; {} pages compared, {} wrong",
        args.minutes,
        args.away,
        mebibytes(first),
        mebibytes(most),
        mebibytes(last),
        memory.bytes as u64 / begun.elapsed().as_secs().max(1),
        memory.compared,
        wrong.len()
    ))?;
    let grew = mebibytes(last) > mebibytes(first) * GROWTH;
    if grew {
        print("  WRONG memory grew")?;
    }
    Ok(wrong.is_empty() && !grew)
}

#[expect(clippy::cast_precision_loss, reason = "far below 2⁵²")]
fn mebibytes(kibibytes: usize) -> f64 {
    kibibytes as f64 / 1_024.0
}

/// Sleeps where nothing is to be read meanwhile.
fn rest(time: Duration) {
    thread::sleep(time);
}
