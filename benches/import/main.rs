//! How fast a lead file comes in, with every check, against a bare loop of inserts.
//!
//! ```sh
//! cargo bench --bench import                        # a floor of 10,000 customers, made on the way
//! cargo bench --bench import -- --db large.db       # a floor made by `--example million`
//! ```
//!
//! The floor is copied twice. `corral import leads` brings one file after another into one copy, as an admin would: reading the file
//! twice, who is known by which number, whose turn it is, what planning makes of it, the journal, a breath between parts. Into
//! the other copy go the same rows of the same tables by plain statements, prepared once, under the same pragmas and indexes, in as
//! many commits. What these statements are is noted beforehand by a third connection that takes each part back. At the end both
//! copies must have as many rows in every table. A line of JSON each goes to `target/perf/import.jsonl`.

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
#[expect(dead_code, reason = "a rate is no comparison of pairs")]
mod figures;
mod file;
#[path = "../common/floor.rs"]
mod floor;
mod parts;
#[path = "../common/record.rs"]
#[expect(dead_code, reason = "only what a change says is noted here")]
mod record;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use clap::Parser;
use corral::domain::time::Timestamp;
use corral::store::books::Books;
use corral::store::change::Write;
use rusqlite::Connection;

use figures::{Book, Figure, Times};
use floor::{Copy, Floor, bare, rows};
use parts::Parts;
use record::{Recorder, Said};

/// The least share of the bare rate.
const SHARE: f64 = 0.2;

/// Measures an import
#[derive(Debug, Parser)]
struct Args {
    /// Floors to measure on; a small one is made where none is given
    #[arg(long)]
    db: Vec<PathBuf>,
    /// Rows of a file
    #[arg(long, default_value_t = 5_000)]
    rows: usize,
    /// Files
    #[arg(long, default_value_t = 7)]
    files: usize,
    /// Where the copies go; a folder beside the floor where not given
    #[arg(long)]
    work: Option<PathBuf>,
    /// Tells what a row says to the database
    #[arg(long)]
    explain: bool,
    /// Given by cargo
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() {
    let args = Args::parse();
    let book = &mut Book::new("import");
    let made = args.db.is_empty().then(floor::small);
    let floors = made.as_ref().map_or_else(|| args.db.clone(), |(_, path)| vec![path.clone()]);
    for path in &floors {
        measure(&Floor::look(path), &args, book);
    }
}

fn measure(floor: &Floor, args: &Args, book: &Book) {
    println!("\n{} customers, {} touches, {} reps", floor.size(), floor.touches, floor.reps);
    let ours = Copy::of(floor, args.work.as_deref(), "product");
    let theirs = Copy::of(floor, args.work.as_deref(), "bare");
    let mut side = Side::open(&theirs.path, args.explain);
    let before = rows(&side.connection);
    let folder = tempfile::tempdir().unwrap();
    let (mut product, mut store, mut bare_times) = (Times::default(), Times::default(), Times::default());
    let mut statements = 0;
    for (number, later) in (0..args.files).zip(1_i64..) {
        let lead_file = folder.path().join(format!("leads-{number}.csv"));
        file::write(&lead_file, number, args.rows);
        let now = Timestamp(floor.now.0 + later * 600_000);
        let parts = Parts::read(&lead_file, &theirs.path, now);
        let run = || bring_in(&ours.path, &lead_file, (&parts.team, now), args.rows);
        // the first to go may find a colder disk: they take turns
        let took = if number % 2 == 0 { Some(run()) } else { None };
        let bare = side.insert(parts.writes());
        product.add(took.unwrap_or_else(run));
        store.add(bare.rehearsed);
        bare_times.add(bare.took);
        statements = bare.statements;
    }
    same(&ours.path, &side.connection, &before);
    let rate = |times: &Times| args.rows as f64 / times.middle() * 1e6;
    let share = rate(&product) / rate(&bare_times);
    println!(
        "  {:.1} statements a row; the store alone, every part taken back again: {:.0} rows a second",
        statements as f64 / args.rows as f64,
        rate(&store)
    );
    book.tell(&Figure {
        name: &format!("rows a second of a lead file, {} customers", floor.size()),
        unit: "/s",
        floor: Some(rate(&bare_times)),
        product: rate(&product),
        ratio: Some(share),
        target: ("≥ 0.2 ×", Some(share >= SHARE)),
    });
}

/// Runs the program on a file, as an admin would.
fn bring_in(db: &Path, file: &Path, (team, now): (&str, Timestamp), rows: usize) -> Duration {
    let mut command = Command::new(env!("CARGO_BIN_EXE_corral"));
    command.arg("--db").arg(db).args(["--json", "--now", &now.to_string(), "import", "leads"]).arg(file);
    command.args(["--assign", team]);
    let begun = Instant::now();
    let out = command.output().unwrap();
    let took = begun.elapsed();
    let told = String::from_utf8_lossy(&out.stdout).into_owned();
    assert!(out.status.success(), "{told} {}", String::from_utf8_lossy(&out.stderr));
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert_eq!(told["created"], rows, "{told}");
    took
}

/// The bare side.
struct Side {
    connection: Connection,
    recorder: Recorder,
    books: Books,
    explain: bool,
}

/// What a file came to on the bare side.
struct Inserted {
    /// How long the inserts took.
    took: Duration,
    /// How long the store took for the same, without its commits.
    rehearsed: Duration,
    statements: usize,
}

impl Side {
    fn open(path: &Path, explain: bool) -> Self {
        let (recorder, books) = (Recorder::open(path), Books::default());
        Self { connection: bare(path, "FULL"), recorder, books, explain }
    }

    fn insert(&mut self, parts: impl IntoIterator<Item = Write>) -> Inserted {
        let mut done = Inserted { took: Duration::ZERO, rehearsed: Duration::ZERO, statements: 0 };
        for part in parts {
            let begun = Instant::now();
            let noted = self.recorder.rehearse(&mut self.books, &part);
            done.rehearsed += begun.elapsed();
            done.statements += noted.reads.len() + noted.writes.len();
            if std::mem::take(&mut self.explain) {
                explain(&noted.reads);
                explain(&noted.writes);
            }
            let begun = Instant::now();
            self.connection.prepare_cached("BEGIN IMMEDIATE").unwrap().raw_execute().unwrap();
            noted.writes.iter().for_each(|said| said.run(&self.connection));
            self.connection.prepare_cached("COMMIT").unwrap().raw_execute().unwrap();
            done.took += begun.elapsed();
            let number = |row: &rusqlite::Row<'_>| row.get::<_, i64>(1);
            self.connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], number).unwrap();
        }
        done
    }
}

/// Prints how often each statement is said in a part.
fn explain(said: &[Said]) {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for said in said {
        *counts.entry(said.line()).or_default() += 1;
    }
    for (line, count) in counts {
        println!("{count:>6}  {line}");
    }
}

/// Both copies have as many rows in every table.
fn same(ours: &Path, other: &Connection, before: &BTreeMap<String, i64>) {
    // what is still in the log is read from there
    let (ours, theirs) = (rows(&bare(ours, "NORMAL")), rows(other));
    let differ: Vec<_> = ours.iter().filter(|(table, rows)| theirs[*table] != **rows).collect();
    assert!(differ.is_empty(), "the bare loop wrote other rows than the product: {differ:?}, {theirs:?}");
    let grown: Vec<String> = ours
        .iter()
        .filter(|(table, rows)| before[*table] != **rows)
        .map(|(table, rows)| format!("{table} +{}", rows - before[table]))
        .collect();
    println!("  the same rows on both sides: {}", grown.join(", "));
}
