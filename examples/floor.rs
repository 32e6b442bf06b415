//! A floor at work, as real processes: reps who log outcomes, send materials and push coupons on one database.
//!
//! ```sh
//! cargo run --release --example floor -- --db F --reps 300 --think-ms 1000 --seconds 30 --json
//! ```
//!
//! Where there is no file yet a floor with that many reps is made up first. The program starts itself once a rep, lets all begin
//! at one instant, gathers what each of them was told by the store, looks for every acknowledged change in the journal, and ends
//! with the check of `corral verify`. With `--vs` the same load runs against SQLite's own way of waiting, turn by turn, so that
//! the ratio comes from one run.

#[path = "floor/args.rs"]
mod args;
#[path = "floor/bare.rs"]
mod bare;
#[path = "floor/crew.rs"]
mod crew;
#[path = "floor/error.rs"]
mod error;
#[path = "floor/figures.rs"]
mod figures;
#[path = "floor/ground.rs"]
mod ground;
#[path = "floor/leads.rs"]
mod leads;
#[path = "floor/rep.rs"]
mod rep;
#[path = "floor/report.rs"]
mod report;

use std::process::ExitCode;

use clap::Parser as _;

use args::{Args, Role};
use error::Failed;

fn main() -> ExitCode {
    let args = Args::parse();
    let done = match &args.role {
        Some(Role::Rep(child)) => rep::run(child).map(|()| true),
        Some(Role::Bare(child)) => bare::run(child).map(|()| true),
        None => lead(&args),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(failed) => {
            error::say(&format!("floor: {failed}"));
            ExitCode::FAILURE
        }
    }
}

/// Runs the load and reports; `false` when an error was shown, something was lost, or the check found a difference.
fn lead(args: &Args) -> Result<bool, Failed> {
    let begins = ground::prepare(args)?;
    let mut runs = Vec::new();
    for round in 0..args.rounds.max(1) {
        for way in args.ways() {
            runs.push(crew::run(args, way, (round, begins))?);
        }
    }
    let report = report::Report::new(args, &runs, ground::check(args)?);
    report.print(args.json)?;
    if let Some(into) = &args.record {
        report.record(into)?;
    }
    Ok(report.is_well())
}
