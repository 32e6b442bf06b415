//! What a commit costs those who look at a board: the first takes in what moved, all others share what that one made.

use std::time::{Duration, Instant};

use corral::domain::id::{CustomerId, IdMaker, UserId, WriteId};
use corral::domain::lists::Period;
use corral::domain::origin::Origin;
use corral::domain::time::Timestamp;
use corral::store::Db;
use corral::store::change::work::LogTouch;
use corral::store::change::{Change, WorkChange, Write};

use crate::figures::{Book, Times};
use crate::floor::{Copy, Floor, bare};
use crate::{fetch, timed};

/// Who looks at one board: a floor of five hundred with its leads and walls.
const VIEWERS: usize = 550;
/// Commits.
const COMMITS: usize = 200;

/// Measures readings after a commit, on a copy of a floor.
pub fn measure(floor: &Floor, book: &mut Book) {
    let copy = Copy::of(floor, None, "viewers");
    let floor = &Floor::look(&copy.path);
    let (mut writer, mut db) = (Db::open(&copy.path).unwrap(), Db::open(&copy.path).unwrap());
    let connection = bare(&copy.path, "NORMAL");
    let people: Vec<(i64, i64)> = connection
        .prepare("SELECT id, owner_id FROM customer WHERE owner_id IS NOT NULL ORDER BY id LIMIT 200")
        .unwrap()
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let (mut first, mut rest, mut bare_rows) = (Times::default(), Times::default(), Times::default());
    timed(&mut db, floor, Period::Day);
    for number in 0..COMMITS {
        let (customer, owner) = people[number % people.len()];
        let at = Timestamp(floor.now.0 + 1_000 + i64::try_from(number).unwrap() * 1_000);
        let touch = LogTouch {
            customer: Some(CustomerId(customer)),
            outcome: "no_answer".into(),
            ..LogTouch::default()
        };
        let id = WriteId(IdMaker::new(at, 77).make());
        let change = Change::Work(WorkChange::Log(Box::new(touch)));
        // a customer may be left in peace: nothing is counted then
        if writer.write(&Write { id, by: UserId(owner), at, from: Origin::Local, change }).is_err() {
            continue;
        }
        let (took, board) = timed(&mut db, floor, Period::Day);
        first.add(took);
        let begun = Instant::now();
        for _ in 1..VIEWERS {
            let (_, other) = timed(&mut db, floor, Period::Day);
            assert!(std::sync::Arc::ptr_eq(&board, &other), "a board of one's own");
        }
        rest.add(begun.elapsed() / (VIEWERS as u32 - 1));
        bare_rows.add(fetch(&connection, floor));
    }
    assert!(first.middle() > 0.0 && Duration::from_secs(1).as_micros() as f64 > rest.middle());
    book.add("today's board after a commit, the first viewer", floor.customers, (&bare_rows, &first), None);
    book.add("today's board after a commit, each of 549 more", floor.customers, (&bare_rows, &rest), None);
}
