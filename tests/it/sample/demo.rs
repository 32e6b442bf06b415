//! The demonstration: the built-in sample moved to any day, and colleagues on it.

use corral::domain::lists::{Lane, Role};
use corral::domain::time::{DAY_MS, Timestamp};
use corral::sample::demo::{Colleagues, Floor, prepare};
use corral::store::Db;
use corral::store::query::{Answer, Query, Today, TodayAsk};
use rusqlite::Connection;

use super::{differences, number};

fn today(db: &mut Db, user: corral::domain::id::UserId, now: Timestamp) -> Today {
    let ask = TodayAsk { user, now, limit: 100, filter: String::new() };
    let Answer::Today(today) = db.read(&Query::Today(ask)).unwrap() else { panic!() };
    *today
}

#[test]
fn the_sample_of_the_program_opens_and_verifies() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sample.db");
    std::fs::copy("sample.db", &path).unwrap();
    assert!(std::fs::metadata(&path).unwrap().len() <= 8 << 20, "at most 8 MiB");
    assert_eq!(differences(&path), []);
    let db = Connection::open(&path).unwrap();
    assert_eq!(number(&db, "SELECT count(*) FROM person_user WHERE role = 'rep'"), 18);
    assert_eq!(number(&db, "SELECT count(*) FROM team"), 4);
    assert_eq!(number(&db, "SELECT count(*) FROM playbook_version"), 3);
    assert!(number(&db, "SELECT count(*) FROM sale_order") >= 5, "orders");
    let missing = "SELECT count(*) FROM setting WHERE name = 'journal_head'";
    assert_eq!(number(&db, missing), 1);
}

#[test]
fn a_demonstration_is_alive_on_every_weekday_at_every_hour() {
    // a week of days, each at another hour of Shanghai; the 23rd is a Monday, on which the first playbook does not work
    for (n, hour) in (0..7).zip([0, 9, 11, 13, 16, 20, 23]) {
        let monday: Timestamp = "2027-08-22T16:00:00Z".parse().unwrap();
        let now = Timestamp(monday.0 + n * DAY_MS + hour * 3_600_000);
        let copy = prepare(None, now).unwrap();
        let mut db = Db::open(copy.path()).unwrap();
        let Answer::Users(users) = db.read(&Query::Users).unwrap() else { panic!() };
        let reps: Vec<_> = users.iter().filter(|user| user.role == Role::Rep).collect();
        let mut full = 0;
        for rep in &reps {
            let today = today(&mut db, rep.id, copy.begins());
            let due = |lane| today.pens.iter().find(|pen| pen.lane == lane).map_or(0, |pen| pen.due);
            full += usize::from(due(Lane::Call) >= 10);
        }
        assert!(full * 10 >= reps.len() * 8, "day {n}: {full} of {} reps have ten calls", reps.len());
    }
}

#[test]
fn a_moved_copy_verifies_forward_and_back_over_months() {
    for now in ["2026-11-30T20:00:00Z", "2027-03-02T03:00:00Z", "2024-02-28T18:00:00Z"] {
        let copy = prepare(None, now.parse().unwrap()).unwrap();
        assert_eq!(differences(copy.path()), [], "{now}");
    }
}

#[test]
fn the_original_is_only_read_and_the_copy_goes_with_its_folder() {
    let before = std::fs::read("sample.db").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let original = folder.path().join("mine.db");
    std::fs::write(&original, &before).unwrap();
    let copy = prepare(Some(&original), "2026-12-24T03:00:00Z".parse().unwrap()).unwrap();
    let place = copy.folder().to_owned();
    assert!(place.exists());
    drop(copy);
    assert!(!place.exists());
    let kept = Connection::open(&original).unwrap();
    let fresh = Connection::open("sample.db").unwrap();
    let newest = "SELECT max(at) FROM touch";
    assert_eq!(number(&kept, newest), number(&fresh, newest));
}

#[test]
fn colleagues_move_boards_and_leave_work_for_two_hours_and_more() {
    let copy = prepare(None, "2026-12-08T04:00:00Z".parse().unwrap()).unwrap();
    let touches = "SELECT count(*) FROM touch";
    let before = number(&Connection::open(copy.path()).unwrap(), touches);
    let mut floor = Floor::open(copy.path(), 6, 5).unwrap();
    let mut now = copy.begins();
    let end = now.0 + 2 * 3_600_000;
    while now.0 < end {
        now = now.plus(floor.pause());
        floor.step(now).unwrap();
    }
    drop(floor);
    let db = Connection::open(copy.path()).unwrap();
    assert!(number(&db, touches) > before + 40, "something happened");
    let left = "SELECT min(n) FROM (SELECT count(*) AS n FROM task WHERE state = 'due' AND lane = 'call' \
                AND owner_id IN (SELECT id FROM person_user WHERE role = 'rep') GROUP BY owner_id)";
    assert!(number(&db, left) >= 6, "nobody ran out of work");
    drop(db);
    assert_eq!(differences(copy.path()), []);
}

#[test]
fn colleagues_stop_when_they_are_dropped() {
    let copy = prepare(None, "2026-12-08T04:00:00Z".parse().unwrap()).unwrap();
    let colleagues = Colleagues::start(copy.path(), 3, copy.begins()).unwrap();
    // joins their thread: a colleague who did not stop would hang here
    drop(colleagues);
    assert_eq!(differences(copy.path()), []);
}
