//! From another process's commit to its figure on the board.

use std::thread;
use std::time::{Duration, Instant};

use corral::domain::id::CustomerId;
use corral::domain::lists::Metric;
use corral::domain::time::Timestamp;
use corral::runtime::clock::Clock;
use corral::store::Db;
use corral::store::query::Viewer;
use corral::store::query::{Answer, Query};

use crate::Figure;
use crate::call;
use crate::error::Failed;
use crate::figures::Figures;
use crate::place::{Place, strange};
use crate::pty::{Lines, Terminal};

/// The least and the most time between two commits: nobody knows when a colleague presses a key.
const BETWEEN_MS: (u64, u64) = (420, 980);
/// After this long without a byte a screen is complete.
const QUIET: Duration = Duration::from_millis(120);
/// The mark of the selected row.
const MARK: &str = "▸";

/// Times commits of this process until they are seen in another.
pub fn measure(place: &Place, runs: usize) -> Result<Vec<Figure>, Failed> {
    let mut db = Db::open(&place.db)?;
    let ask = Query::Customers {
        owner: Some(place.user),
        after: None,
        by: Viewer { id: place.user, now: Timestamp(0) },
        limit: 200,
    };
    let Answer::Found(found) = db.read(&ask)? else { return Err(strange()) };
    let customers: Vec<CustomerId> = found.rows.iter().map(|row| row.id).collect();
    let answered = call::answered(&place.book)?;
    let mut session = board(place)?;
    let mut seen = Vec::new();
    let mut chance = 7_u64;
    for customer in customers.iter().cycle().take(runs) {
        chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let between = BETWEEN_MS.0 + (chance >> 33) % (BETWEEN_MS.1 - BETWEEN_MS.0);
        session.rest(Duration::from_millis(between));
        let before = own(&session.lines());
        let write = call::call((place.user, *customer), &answered, Clock::System.now());
        db.write(&write)?;
        let made = Instant::now();
        let at = session.until("the figure", |lines| own(lines) != before)?;
        seen.push(u64::try_from(at.saturating_duration_since(made).as_micros()).unwrap_or(u64::MAX));
    }
    session.end("q")?;
    thread::sleep(QUIET);
    let seen = Figures::of(seen);
    Ok(vec![
        Figure::alone("another process's commit on the board, p50", "ms", seen.p50, "≤ 60 ms"),
        Figure::alone("another process's commit on the board, p99", "ms", seen.p99, "≤ 150 ms"),
    ])
}

/// A session that shows today's board in the metric that a valid call counts in.
fn board(place: &Place) -> Result<Terminal, Failed> {
    let names = place.names_at(Clock::System.now())?;
    // the clock runs: readings of a board are kept apart by it
    let mut session = place.product(true)?;
    session.until("the day", |lines| lines.have(&names))?;
    session.settle(QUIET);
    session.press("3")?;
    session.until("the board", |lines| !own(lines).is_empty())?;
    session.settle(QUIET);
    // the month comes first, the day after it
    session.press("p")?;
    session.settle(QUIET);
    let metrics = metrics(place);
    let right = metrics.iter().position(|metric| *metric == Metric::CallsValid);
    let right =
        right.ok_or_else(|| Failed::Part("no board of this playbook counts valid calls".to_owned()))?;
    for _ in 0..right {
        session.press("\x1b[C")?;
        session.settle(QUIET);
    }
    Ok(session)
}

/// The metrics of a board in the order they are shown: the main one, then the columns that are sums.
fn metrics(place: &Place) -> Vec<Metric> {
    let mut metrics = vec![place.book.metrics.main];
    for metric in place.book.boards.iter().flat_map(|board| &board.columns) {
        if metric.is_summed() && !metrics.contains(metric) {
            metrics.push(*metric);
        }
    }
    metrics
}

/// The own row: the one that is selected.
fn own(lines: &Lines) -> String {
    lines.0.iter().find(|line| line.contains(MARK)).cloned().unwrap_or_default()
}
