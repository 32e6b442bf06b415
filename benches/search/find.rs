//! Finding: the product, the bare index, the scan.

use std::time::{Duration, Instant};

use corral::domain::id::UserId;
use corral::domain::time::Timestamp;
use corral::screen::customers::FOUND;
use corral::store::Db;
use corral::store::query::Viewer;
use corral::store::query::{Answer, Query};

use crate::Args;
use crate::figures::{Book, Figure, Goal, Times, in_turn};
use crate::floor::{Copy, Floor, bare};
use crate::grams::{First, Grams};
use crate::probe::{pairs, probes};

const GOAL: Goal = Goal { median: 2.0, tail: None, growth: None };
/// Rows that are shown.
const SHOWN: i64 = FOUND.cast_signed() as i64;
/// Looks at every name.
const SCANS: usize = 7;
/// A look-up that takes so long is repeated less.
const SLOW: Duration = Duration::from_millis(20);
/// How many times a scan must take what a search takes, on a floor of a million.
const FASTER: f64 = 500.0;
const LARGE: u64 = 1_000_000;

/// Measures everything that can be typed.
pub fn measure(floor: &Floor, copy: &Copy, args: &Args, book: &mut Book) {
    let mut db = Db::open(&copy.path).unwrap();
    let connection = bare(&copy.path, "NORMAL");
    let reps: Vec<UserId> = {
        let mut found =
            connection.prepare("SELECT id FROM person_user WHERE role = 'rep' ORDER BY id").unwrap();
        found.query_map([], |row| Ok(UserId(row.get(0)?))).unwrap().map(Result::unwrap).collect()
    };
    let pairs = pairs(&connection);
    let probes = probes(&connection, &mut db, &pairs);
    drop(connection);
    let grams = Grams::beside(&copy.path, &pairs, &probes);
    Book::heading();
    for probe in &probes {
        let answers = probe.answers.as_ref().or_else(|| pairs.get(&probe.typed)).map_or(0, Vec::len);
        let shown = answers.min(FOUND);
        let mut pair = |name: &str, first: fn(UserId) -> First, goal: Option<Goal>| {
            let (mut before, mut ours) = (0, 0);
            // a floor that takes half a second need not be waited for so often
            let slow = grams.fetch(&probe.typed, first(reps[0]), SHOWN).0 > SLOW;
            let times = in_turn(
                if slow { (15, 1) } else { (args.pairs, 20) },
                |pair| {
                    let (took, rows) = grams.fetch(&probe.typed, first(reps[pair % reps.len()]), SHOWN);
                    before = rows;
                    took
                },
                |pair| {
                    let (took, rows) = product(&mut db, &probe.typed, reps[pair % reps.len()]);
                    ours = rows;
                    took
                },
            );
            assert_eq!(before, shown, "'{}' of the bare index", probe.typed);
            // letters may also begin what the bare index knows only whole
            assert!(ours == shown || ours > shown && !probe.two, "'{}': {ours}, not {shown}", probe.typed);
            book.add(name, floor.customers, (&times.0, &times.1), goal);
            times.1
        };
        let times = pair(probe.name, |by| First::Own(by.0), probe.two.then_some(GOAL));
        if answers > shown {
            // what it costs that the own ones come first
            pair(&format!("{}, the newest only", probe.name), |_| First::Newest, None);
        }
        if probe.scanned {
            let mut scans = Times::default();
            (0..SCANS).for_each(|_| scans.add(grams.scan(&probe.typed, SHOWN)));
            told(book, (probe.name, floor), (scans.middle(), times.middle()));
        }
    }
}

fn told(book: &Book, (name, floor): (&str, &Floor), (scan, ours): (f64, f64)) {
    let faster = scan / ours;
    let name = format!("{name}: how often it goes into a scan of every name, {} customers", floor.size());
    let goal = (floor.customers >= LARGE).then_some(("≥ 500 ×", Some(faster >= FASTER)));
    book.tell(&Figure {
        name: &name,
        unit: "us",
        floor: Some(scan),
        product: ours,
        ratio: Some(faster),
        target: goal.unwrap_or_default(),
    });
}

fn product(db: &mut Db, typed: &str, by: UserId) -> (Duration, usize) {
    let query =
        Query::Find { text: typed.to_owned(), by: Viewer { id: by, now: Timestamp(0) }, limit: FOUND };
    let begun = Instant::now();
    let answer = db.read(&query).unwrap();
    let took = begun.elapsed();
    let Answer::Found(found) = answer else { panic!("not customers") };
    (took, found.rows.len())
}
