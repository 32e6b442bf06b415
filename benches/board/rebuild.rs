//! What making the sums of a month again costs, against one bare reading of the same rows.

use std::time::{Duration, Instant};

use corral::domain::time::{Day, Zone};
use corral::store::Db;
use corral::store::rebuild::rebuilt;
use rusqlite::Connection;

use crate::figures::{Book, Figure};
use crate::floor::{Floor, bare};

/// Times both are done, in turn.
const TIMES: usize = 3;
/// To a bare reading, at most.
const RATIO: f64 = 3.0;
/// The longest it may take for a month of five hundred reps.
const SECONDS: f64 = 60.0;

/// Measures the rebuilding of the newest month; nothing may differ.
pub fn measure(floor: &Floor, book: &mut Book) {
    let mut db = Db::open(&floor.path).unwrap();
    let connection = bare(&floor.path, "NORMAL");
    let month = Zone(chrono_tz::Asia::Shanghai).day(floor.now).month();
    let manager =
        connection
            .query_row("SELECT id FROM person_user WHERE role = 'manager' LIMIT 1", [], |row| row.get(0));
    let by = corral::domain::id::UserId(manager.unwrap());
    let (mut least, mut bare_least) = (Duration::MAX, Duration::MAX);
    let mut rows = 0;
    for _ in 0..TIMES {
        let begun = Instant::now();
        let made = rebuilt(&mut db, Some(month), (by, floor.now)).unwrap();
        least = least.min(begun.elapsed());
        assert_eq!(
            made.differences,
            [],
            "the sums of {} are not those of the journal",
            Day::to_string(&month.first())
        );
        rows = made.rows;
        let begun = Instant::now();
        assert_eq!(read(&connection), rows);
        bare_least = bare_least.min(begun.elapsed());
    }
    let (ours, theirs) = (least.as_secs_f64(), bare_least.as_secs_f64());
    let name = format!("a month's sums made again from {rows} rows of the journal, {} reps", floor.reps);
    let met = ours <= SECONDS && ours <= RATIO * theirs;
    book.tell(&Figure {
        name: &name,
        unit: "s",
        floor: Some(theirs),
        product: ours,
        ratio: Some(ours / theirs),
        target: ("≤ 60 s, ≤ 3 ×", Some(met)),
    });
}

/// Reads the same rows into texts, as any program would.
fn read(connection: &Connection) -> u64 {
    let mut statement =
        connection.prepare("SELECT at, reversal FROM journal WHERE undone_by IS NULL").unwrap();
    let mut rows = statement.query([]).unwrap();
    let (mut read, mut newest, mut bytes) = (0, 0, 0);
    while let Some(row) = rows.next().unwrap() {
        let text: String = row.get(1).unwrap();
        bytes += text.len();
        newest = row.get::<_, i64>(0).unwrap().max(newest);
        read += 1;
    }
    assert!(bytes > 0 && newest > 0);
    read
}
