//! What a board costs, a month's against today's, and whether it says what the facts say.
//!
//! ```sh
//! cargo bench --bench board                                     # a floor of 10,000 customers, made on the way
//! cargo bench --bench board -- --db small.db --db large.db      # floors made by `--example million`
//! ```
//!
//! The board of a month is read in turn with that of today, of the same floor and metric; and today's in turn with the one bare
//! statement that sums the same rows. Before anything is timed, the boards of a day, a week and a month of every metric that was
//! counted are compared, row for row, with two sums of the facts that know nothing of the roll-ups: what the journal says was
//! counted, and what the touches say. A line of JSON each goes to `target/perf/board.jsonl`.

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
#[expect(dead_code, reason = "growth is no goal of boards")]
mod figures;
#[path = "../common/floor.rs"]
#[expect(dead_code, reason = "nothing is written here")]
mod floor;
mod rebuild;
mod truth;
mod viewers;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use clap::Parser;
use corral::domain::lists::{Metric, Period};
use corral::domain::span::Span;
use corral::store::Db;
use corral::store::query::board::BoardBy;
use corral::store::query::{Answer, BoardAsk, Query, SharedBoard};
use rusqlite::{Connection, params};

use figures::{Book, Figure, Goal, in_turn};
use floor::{Floor, bare};

/// What is on the boards that are timed.
const METRIC: Metric = Metric::CallsDialed;
const PERIODS: [Period; 3] = [Period::Day, Period::Week, Period::Month];
/// A month's board to today's, at most.
const MONTH: Goal = Goal { median: 2.0, tail: None, growth: None };
/// The bare sums of a day with whose they are.
const ROWS: &str = "SELECT u.id, u.name, t.name, (SELECT sum(m.value) FROM metric_day m \
     WHERE m.day = ?1 AND m.metric = ?2 AND m.user_id = u.id) AS done \
     FROM person_user u LEFT JOIN membership b ON b.user_id = u.id AND b.from_day <= ?1 AND (b.to_day IS NULL OR b.to_day >= ?1) \
     LEFT JOIN team t ON t.id = b.team_id WHERE u.role IN ('rep', 'coach') AND u.state <> 'left' ORDER BY done DESC, u.name, u.id";

/// Measures boards
#[derive(Debug, Parser)]
struct Args {
    /// Floors to measure on; a small one is made where none is given
    #[arg(long)]
    db: Vec<PathBuf>,
    /// Pairs of boards
    #[arg(long, default_value_t = 300)]
    pairs: usize,
    /// Only this: boards, viewers, rebuild
    #[arg(long)]
    only: Option<String>,
    /// Given by cargo
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() {
    let args = Args::parse();
    let book = &mut Book::new("board");
    Book::heading();
    let made = args.db.is_empty().then(floor::small);
    let floors = made.as_ref().map_or_else(|| args.db.clone(), |(_, path)| vec![path.clone()]);
    for path in &floors {
        let floor = Floor::look(path);
        println!("\n{} customers, {} touches, {} reps", floor.size(), floor.touches, floor.reps);
        let wants = |what: &str| args.only.as_deref().is_none_or(|only| only == what);
        if wants("boards") {
            measure(&floor, &args, book);
        }
        if wants("viewers") {
            viewers::measure(&floor, book);
        }
        if wants("rebuild") {
            rebuild::measure(&floor, book);
        }
    }
}

fn measure(floor: &Floor, args: &Args, book: &mut Book) {
    let mut db = Db::open(&floor.path).unwrap();
    let compared = compare(floor, &mut db);
    let name = format!(
        "rows of boards that differ from the facts, of {compared} compared, {} customers",
        floor.size()
    );
    book.tell(&Figure {
        name: &name,
        unit: "",
        floor: None,
        product: 0.0,
        ratio: None,
        target: ("0", Some(true)),
    });
    // two connections, as two people have: what one reads does not warm the other
    let mut other = Db::open(&floor.path).unwrap();
    let size = floor.customers;
    let times = in_turn(
        (args.pairs, 5),
        |_| timed(&mut other, floor, Period::Day).0,
        |_| timed(&mut db, floor, Period::Month).0,
    );
    book.add("a month's board to today's", size, (&times.0, &times.1), Some(MONTH));
    let connection = bare(&floor.path, "NORMAL");
    let times =
        in_turn((args.pairs, 5), |_| fetch(&connection, floor), |_| timed(&mut db, floor, Period::Day).0);
    book.add("today's board to its bare rows", size, (&times.0, &times.1), None);
}

fn timed(db: &mut Db, floor: &Floor, period: Period) -> (Duration, SharedBoard) {
    let query = Query::Board(ask(floor, METRIC, period));
    let begun = Instant::now();
    let answer = db.read(&query).unwrap();
    let took = begun.elapsed();
    let Answer::Board(board) = answer else { panic!("not a board") };
    assert!(board.rows.len() as u64 >= floor.reps && board.rows[0].gap.done > 0, "an empty board");
    (took, board)
}

fn ask(floor: &Floor, metric: Metric, period: Period) -> BoardAsk {
    BoardAsk::new(metric, Span::this(period), BoardBy::Rep, floor.now)
}

/// Compares the boards of every metric that was counted with the facts; answers with the rows compared.
fn compare(floor: &Floor, db: &mut Db) -> usize {
    let connection = bare(&floor.path, "NORMAL");
    let people = truth::people(&connection);
    let facts = truth::Facts::read(&connection, floor.now);
    let mut compared = 0;
    for metric in facts.metrics() {
        for period in PERIODS {
            let Answer::Board(board) = db.read(&Query::Board(ask(floor, metric, period))).unwrap() else {
                panic!("not a board")
            };
            let shown: Vec<truth::Row> = board
                .rows
                .iter()
                .map(|row| (row.rank, row.id.clone(), row.name.clone(), row.gap.done))
                .collect();
            for (of, sums) in facts.sums(metric, board.days) {
                assert_eq!(shown, truth::board(&people, &sums), "{metric} of a {period:?} by the {of}");
            }
            compared += shown.len();
        }
    }
    assert!(compared > 0, "nothing was counted on this floor");
    compared
}

/// Fetches the rows into texts and numbers, as any program would that shows them.
fn fetch(connection: &Connection, floor: &Floor) -> Duration {
    let zone = corral::domain::time::Zone(chrono_tz::Asia::Shanghai);
    let day = zone.day(floor.now).0;
    let begun = Instant::now();
    let mut statement = connection.prepare_cached(ROWS).unwrap();
    let mut rows = statement.query(params![day, METRIC.as_str()]).unwrap();
    let mut kept: Vec<(i64, String, Option<String>, Option<i64>)> = Vec::new();
    while let Some(row) = rows.next().unwrap() {
        kept.push((row.get(0).unwrap(), row.get(1).unwrap(), row.get(2).unwrap(), row.get(3).unwrap()));
    }
    let took = begun.elapsed();
    assert!(kept.len() as u64 >= floor.reps);
    took
}
