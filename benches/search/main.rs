//! What finding customers costs as something is typed, and what being found costs when a customer is written.
//!
//! ```sh
//! cargo bench --bench search                        # a floor of 10,000 customers, made on the way
//! cargo bench --bench search -- --db large.db       # a floor made by `--example million`
//! ```
//!
//! The floor is copied. Beside it stands the barest index there can be: a table of what is typed and who answers it, and one
//! statement that looks it up and fetches the fifty rows a list shows, those of whoever asks before the others. It knows nothing
//! of closeness and spellings. Where more answer than are shown, a second line tells how it compares with one that does not care
//! whose they are. The other yardstick is what a program does without an index: `LIKE` over every name. A line of JSON each goes
//! to `target/perf/search.jsonl`.

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
#[expect(dead_code, reason = "growth is no goal of searching")]
mod figures;
mod find;
#[path = "../common/floor.rs"]
#[expect(dead_code, reason = "rows are not counted here")]
mod floor;
mod grams;
mod probe;
#[path = "../common/record.rs"]
#[expect(dead_code, reason = "only what a change says is noted here")]
mod record;
mod written;

use std::path::PathBuf;

use clap::Parser;

use figures::Book;
use floor::{Copy, Floor};

/// Measures search against a bare index and a scan
#[derive(Debug, Parser)]
struct Args {
    /// Floors to measure on; a small one is made where none is given
    #[arg(long)]
    db: Vec<PathBuf>,
    /// Pairs of searches of a kind
    #[arg(long, default_value_t = 400)]
    pairs: usize,
    /// Only this: find, written
    #[arg(long)]
    only: Option<String>,
    /// Where the copies go; a folder beside the floor where not given
    #[arg(long)]
    work: Option<PathBuf>,
    /// Given by cargo
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() {
    let args = Args::parse();
    let book = &mut Book::new("search");
    let made = args.db.is_empty().then(floor::small);
    let floors = made.as_ref().map_or_else(|| args.db.clone(), |(_, path)| vec![path.clone()]);
    let wants = |what: &str| args.only.as_deref().is_none_or(|only| only == what);
    for path in &floors {
        let floor = Floor::look(path);
        println!("\n{} customers, {} touches, {} reps", floor.size(), floor.touches, floor.reps);
        let copy = Copy::of(&floor, args.work.as_deref(), "search");
        if wants("find") {
            find::measure(&floor, &copy, &args, book);
        }
        if wants("written") {
            written::measure(&floor, &copy, &args, book);
        }
    }
}
