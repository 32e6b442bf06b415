//! Writers killed in the middle of their work, round after round: what was acknowledged is there, once.
//!
//! ```sh
//! cargo run --release --example crash -- --rounds 50 --writers 20
//! ```
//!
//! The program starts itself once a writer. Each is a session's store with two reps at work without a pause, and tells over a
//! pipe what it is about to send and what was acknowledged. In the middle of it all of them get `SIGKILL`. What arrived over the
//! pipe is then compared with the file, read by plain SQL: every acknowledged change stands in the journal once, with its touch
//! and its figures, and nothing else does; what was under way is sent again with its id and is there once, whichever way the kill
//! had fallen; `corral verify` finds no difference. Exit status 1 on any.

#[path = "crash/book.rs"]
mod book;
#[path = "crash/child.rs"]
mod child;
#[path = "floor/error.rs"]
mod error;
#[path = "crash/file.rs"]
mod file;
#[path = "crash/line.rs"]
mod line;
#[path = "crash/round.rs"]
mod round;
#[path = "crash/told.rs"]
mod told;
#[path = "crash/writer.rs"]
mod writer;

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use corral::playbook::{embedded, source};
use corral::sample::{self, Request};
use serde_json::json;

use child::Role;
use error::{Failed, print, say};

/// The playbook of the floor that is made up, and the morning its history ends.
const PLAYBOOK: &str = "edu-english";
const MORNING: &str = "2026-11-20T10:30:00+08:00";
/// Customers of a rep.
const CUSTOMERS: usize = 12;

/// Writers killed in the middle of their work.
#[derive(Debug, Parser)]
#[command(name = "crash", max_term_width = 100)]
struct Args {
    /// Rounds
    #[arg(long, default_value_t = 50)]
    rounds: usize,
    /// Writers, each a process
    #[arg(long, default_value_t = 20)]
    writers: usize,
    /// The same seed, the same choices
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The longest time until the kill, milliseconds
    #[arg(long, default_value_t = 1_200)]
    within_ms: u64,
    /// The folder of the database, which is kept; one of its own where none is named
    #[arg(long, value_name = "FOLDER")]
    folder: Option<PathBuf>,
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
        None => rounds(&args),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(failed) => {
            say(&format!("crash: {failed}"));
            ExitCode::FAILURE
        }
    }
}

/// Runs all rounds; `false` when any found a difference.
fn rounds(args: &Args) -> Result<bool, Failed> {
    let own = tempfile::tempdir()?;
    let folder = args.folder.clone().unwrap_or_else(|| own.path().to_owned());
    let path = folder.join("crash.db");
    make(args, &path)?;
    let mut sum = round::Sum::default();
    for number in 0..args.rounds {
        let round = round::run(args, &path, number)?;
        print(&round.line(number + 1))?;
        for difference in &round.differences {
            print(&format!("  DIFFERENCE {difference}"))?;
        }
        sum.add(&round);
    }
    print(&sum.line(args))?;
    if let Some(into) = &args.record {
        record(into, args, &sum)?;
    }
    Ok(sum.differences == 0)
}

/// Appends the sum beside its target.
fn record(into: &Path, args: &Args, sum: &round::Sum) -> Result<(), Failed> {
    if let Some(folder) = into.parent() {
        fs::create_dir_all(folder)?;
    }
    let line = json!({
        "name": format!("{} writers killed {} times: differences", args.writers, args.rounds), "unit": "", "floor": null,
        "product": sum.differences, "ratio": null, "target": "0",
    });
    let mut out = File::options().create(true).append(true).open(into)?;
    Ok(writeln!(out, "{line}")?)
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
