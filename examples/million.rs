//! Makes a database of any size for measuring: `cargo run --release --example million -- --db F --customers N --touches M --reps R`.
//!
//! The same options make the same file. A million customers with five million touches take some minutes, 6 GB of disk and
//! 2 GB of memory. What the floor holds and what it leaves out: `corral::sample::million`. `--now` ends its history (its day
//! is "today": each rep has `--today` tasks due on it), so give the measuring program the same `--now`.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program speaks to whoever started it")]

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use clap::Parser;
use corral::domain::time::Timestamp;
use corral::playbook::{embedded, source};
use corral::sample::million::{DAYS, Request, make};
use corral::store::{Db, verify};

/// Makes a database of any size for measuring
#[derive(Debug, Parser)]
struct Args {
    /// The file to make; none may be there
    #[arg(long)]
    db: PathBuf,
    /// Customers
    #[arg(long, default_value_t = 10_000)]
    customers: usize,
    /// Touches; five a customer where not given
    #[arg(long)]
    touches: Option<usize>,
    /// Working days the touches are spread over
    #[arg(long, default_value_t = DAYS)]
    days: usize,
    /// Tasks, two fifths of them due; one a customer where not given
    #[arg(long)]
    tasks: Option<usize>,
    /// Reps
    #[arg(long, default_value_t = 10)]
    reps: usize,
    /// Tasks due today, a rep
    #[arg(long, default_value_t = 200)]
    today: usize,
    /// The built-in playbook everybody works by
    #[arg(long, default_value = "edu-english")]
    playbook: String,
    /// The same seed makes the same floor
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The instant the history ends at
    #[arg(long, default_value = "2026-11-19T10:30:00+08:00")]
    now: Timestamp,
    /// Days from that of --now on that count as rolled over already
    #[arg(long, default_value_t = 1)]
    rolled: usize,
    /// Verifies the file when it is made
    #[arg(long)]
    verify: bool,
}

fn main() -> ExitCode {
    let args = Args::parse();
    match run(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &Args) -> Result<(), Box<dyn std::error::Error>> {
    let text = embedded::text(&args.playbook)
        .ok_or_else(|| format!("there is no built-in playbook '{}'", args.playbook))?;
    let loaded = source::load_text(&args.playbook, text)
        .map_err(|problems| problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))?;
    let request = Request {
        playbook: Arc::new(loaded),
        customers: args.customers,
        touches: args.touches.unwrap_or(args.customers * 5),
        days: args.days,
        tasks: args.tasks.unwrap_or(args.customers),
        reps: args.reps,
        today: args.today,
        seed: args.seed,
        now: args.now,
        rolled: args.rolled,
    };
    let begun = Instant::now();
    let mut told = String::new();
    make(&args.db, &request, &mut |what, part| {
        if what != told {
            what.clone_into(&mut told);
            println!("{:>7.1} s  {part:>3} %  {what}", begun.elapsed().as_secs_f64());
        }
    })?;
    let bytes = std::fs::metadata(&args.db)?.len();
    let seconds = begun.elapsed().as_secs_f64();
    println!("{seconds:>7.1} s  made {} ({} MiB)", args.db.display(), bytes >> 20);
    if args.verify {
        let report = verify::verify(&mut Db::open(&args.db)?)?;
        for found in &report.differences {
            println!("{} {}: expected {}, found {}", found.kind, found.id, found.expected, found.found);
        }
        let seconds = begun.elapsed().as_secs_f64() - seconds;
        println!("{seconds:>7.1} s  verified: {}", if report.ok { "clean" } else { "NOT clean" });
    }
    Ok(())
}
