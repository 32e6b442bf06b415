//! An outcome saved by one program, seen on the board, the match and the wall of others: on a file and on a server.
//!
//! ```sh
//! cargo build --release --bin corral --example live
//! target/release/examples/live --outcomes 100
//! ```
//!
//! On a made-up floor two teams play a match in valid calls. A lead's session shows today's board with somebody else's row
//! selected, another shows the match, and a wall of a view-only user holds the page of matches: three programs in terminals of
//! their own. This program saves calls of a rep, one every second or two, and notes the instant each is acknowledged; what is timed
//! is from there to the frame with the new figure. The row that was selected must stay so. Where there is no server, the file alone.

#[path = "live/call.rs"]
mod call;
#[path = "../tests/cluster/cluster.rs"]
mod cluster;
#[path = "floor/error.rs"]
mod error;
#[path = "floor/figures.rs"]
#[expect(dead_code, reason = "other programs take more of it")]
mod figures;
#[path = "live/floor.rs"]
mod floor;
#[path = "live/program.rs"]
mod program;
#[path = "session/pty.rs"]
#[expect(dead_code, reason = "other programs take more of it")]
mod pty;
#[path = "live/watched.rs"]
mod watched;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Parser;
use corral::runtime::clock::Clock;

use cluster::{Cluster, Options};
use error::{Failed, print, say};
use figures::Figures;
use floor::Floor;
use watched::Watched;

/// The least and the most time between two outcomes: nobody knows when a colleague presses a key. A wall reads once a second.
const BETWEEN_MS: (u64, u64) = (1_150, 1_950);

/// From an outcome to the others' screens.
#[derive(Debug, Parser)]
#[command(name = "live", max_term_width = 100)]
struct Args {
    /// Outcomes that are timed, on each engine
    #[arg(long, default_value_t = 100)]
    outcomes: usize,
}

fn main() -> ExitCode {
    match both(&Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failed) => {
            say(&format!("live: {failed}"));
            ExitCode::FAILURE
        }
    }
}

fn both(args: &Args) -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    measure("file", &folder.path().join("floor.db"), folder.path(), args)?;
    if !cluster::wanted() {
        return print("there is no PostgreSQL server on this machine: the file alone").map_err(Failed::from);
    }
    let cluster = Cluster::with(&Options { fsync: true, ..Options::default() });
    let server: PathBuf = format!("{}?schema=floor", cluster.url(&cluster.database_name())).into();
    measure("server", &server, folder.path(), args)
}

fn measure(engine: &str, db: &Path, home: &Path, args: &Args) -> Result<(), Failed> {
    let floor = Floor::make(db, home)?;
    let mut board = Watched::board(&floor, home)?;
    let mut others = [("match", Watched::pk(&floor, home)?), ("wall", Watched::wall(&floor, home)?)];
    let mut writer = corral::store::Db::open(db)?;
    let (mut seen, mut chance) = ([Vec::new(), Vec::new(), Vec::new()], 7_u64);
    let selected = board.selected();
    for number in 0..args.outcomes {
        chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let between = Duration::from_millis(BETWEEN_MS.0 + (chance >> 33) % (BETWEEN_MS.1 - BETWEEN_MS.0));
        let since = Instant::now();
        board.rest(between / 3);
        for (_, other) in &mut others {
            other.rest(between.saturating_sub(since.elapsed()) / 2);
        }
        board.rest(Duration::ZERO);
        let write = floor.call(number, Clock::System.now())?;
        writer.write(&write)?;
        let made = Instant::now();
        let [of_board, of_others @ ..] = &mut seen;
        of_board.push(micros(made, board.moves()?));
        for ((_, other), seen) in others.iter_mut().zip(of_others) {
            seen.push(micros(made, other.moves()?));
        }
        let now = board.selected();
        if now != selected {
            return Err(Failed::Part(format!("the board's selection moved from «{selected}» to «{now}»")));
        }
    }
    let names = ["board", "match", "wall"];
    for (name, seen) in names.into_iter().zip(seen) {
        let figures = Figures::of(seen);
        print(&format!(
            "{engine}: an outcome on another's {name}: p50 {:.1} ms, p99 {:.1} ms, of {}",
            figures.p50, figures.p99, args.outcomes
        ))?;
    }
    board.end()?;
    others.into_iter().try_for_each(|(_, other)| other.end())
}

fn micros(from: Instant, to: Instant) -> u64 {
    u64::try_from(to.saturating_duration_since(from).as_micros()).unwrap_or(u64::MAX)
}
