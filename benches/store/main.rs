//! What a change and the opening of Today cost, against bare rusqlite on the same rows.
//!
//! ```sh
//! cargo bench --bench store                                     # a floor of 10,000 customers, made on the way
//! cargo bench --bench store -- --db small.db --db large.db      # floors made by `--example million`, and how they compare
//! ```
//!
//! Every floor is copied twice: the product writes into one copy and bare rusqlite into the other, in turn, pair by pair, under
//! the same pragmas. What bare rusqlite writes is what the product wrote, statement by statement with the values bound: a
//! third connection makes each change beforehand, notes its statements and takes it back. At the end both copies must hold
//! the same rows. Figures are medians and 99th parts of a hundred; a line of JSON each goes to `target/perf/store.jsonl`.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a measurement that goes wrong says so and ends"
)]

#[path = "../common/figures.rs"]
#[expect(dead_code, reason = "other benches tell figures that are no times")]
mod figures;
#[path = "../common/floor.rs"]
mod floor;
mod metrics;
mod outcome;
#[path = "../common/record.rs"]
mod record;
mod today;

use std::path::PathBuf;

use clap::Parser;

use figures::Book;

/// Measures the store against bare rusqlite
#[derive(Debug, Parser)]
struct Args {
    /// Floors to measure on, smallest first; a small one is made where none is given
    #[arg(long)]
    db: Vec<PathBuf>,
    /// Pairs of changes
    #[arg(long, default_value_t = 2_000)]
    pairs: usize,
    /// Only this: outcome, metrics, today
    #[arg(long)]
    only: Option<String>,
    /// Where the copies go; a folder beside the floor where not given
    #[arg(long)]
    work: Option<PathBuf>,
    /// How durable a commit is: full, or off to leave the disk out
    #[arg(long, default_value = "full")]
    sync: String,
    /// Tells what the product's statements are, and which of them read a whole table
    #[arg(long)]
    explain: bool,
    /// Runs only the product, for a profiler
    #[arg(long)]
    solo: bool,
    /// Given by cargo
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() {
    let args = Args::parse();
    let mut book = Book::new("store");
    Book::heading();
    let made = args.db.is_empty().then(floor::small);
    let floors = made.as_ref().map_or_else(|| args.db.clone(), |(_, path)| vec![path.clone()]);
    let wants = |what: &str| args.only.as_deref().is_none_or(|only| only == what);
    for path in &floors {
        let floor = floor::Floor::look(path);
        println!("\n{} customers, {} touches, {} reps", floor.size(), floor.touches, floor.reps);
        if wants("today") {
            today::measure(&floor, &args, &mut book);
        }
        if wants("outcome") {
            outcome::measure(&floor, &args, &mut book);
        }
        if wants("metrics") {
            metrics::measure(&floor, &args, &mut book);
        }
    }
    book.growth();
}
