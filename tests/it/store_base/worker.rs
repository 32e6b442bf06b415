//! Several programs, and several sessions of one, on one file.

use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use corral::domain::id::WriteId;
use corral::domain::lists::{Metric, Period};
use corral::store::Db;
use corral::store::change::people::{NewTarget, TargetOf};
use corral::store::change::{Change, PeopleChange, Topic, Write};
use corral::store::query::{Answer, Query};
use corral::store::worker::Store;

use crate::floor::Floor;

/// Long enough for any machine; a test that waits this long has failed.
const PATIENCE: Duration = Duration::from_mins(1);

fn target(floor: &mut Floor) -> Write {
    let (lead, scope, from) = (floor.lead, TargetOf::User(floor.rep), floor.day());
    let target = NewTarget::goal(scope, Period::Day, Metric::CallsDialed, (80, from));
    floor.prepare(lead, Change::People(PeopleChange::SetTarget(target)))
}

#[test]
fn two_programs_hammering_one_file_lose_nothing() {
    let mut floor = Floor::new();
    let writes: Vec<Write> = (0..400).map(|_| target(&mut floor)).collect();
    let before = floor.db.revision().unwrap();
    let (left, right) = writes.split_at(200);
    thread::scope(|scope| {
        for half in [left, right] {
            let mut db = floor.second();
            scope.spawn(move || {
                for write in half {
                    db.write(write).unwrap();
                }
            });
        }
    });
    assert_eq!(floor.db.revision().unwrap(), before + 400);
    let numbers = floor.rows("SELECT count(*), min(rev), max(rev), count(DISTINCT write_id) FROM journal");
    let all = (before + 400).to_string();
    assert_eq!(numbers, [[all.as_str(), "1", all.as_str(), all.as_str()]]);
    assert_eq!(floor.rows("SELECT count(*) FROM target"), [["400"]]);
}

#[test]
fn changes_that_wait_together_are_answered_each_alone() {
    let mut floor = Floor::new();
    let store = Store::open(&floor.path()).unwrap();
    let (tell, hear) = channel();
    let mut writes: Vec<Write> = (0..100).map(|_| target(&mut floor)).collect();
    // the fiftieth is refused: a rep sets no targets
    writes[50].by = floor.rep;
    for (place, write) in writes.into_iter().enumerate() {
        let tell = tell.clone();
        store.write(write, move |made| tell.send((place, made.is_ok())).unwrap());
    }
    let mut answers: Vec<_> = (0..100).map(|_| hear.recv_timeout(PATIENCE).unwrap()).collect();
    answers.sort_unstable();
    let refused: Vec<_> = answers.iter().filter(|(_, made)| !made).collect();
    assert_eq!(refused, [&(50, false)]);
    assert_eq!(floor.rows("SELECT count(*) FROM target"), [["99"]]);
}

#[test]
fn the_same_write_sent_twice_is_made_once() {
    let mut floor = Floor::new();
    let store = Store::open(&floor.path()).unwrap();
    let write = target(&mut floor);
    let first = store.make(write.clone()).unwrap();
    let second = store.make(write).unwrap();
    assert!(!first.replayed && second.replayed);
    assert_eq!(first.revision, second.revision);
    assert_eq!(floor.rows("SELECT count(*) FROM target"), [["1"]]);
}

#[test]
fn news_of_own_and_others_commits_arrive_once_each() {
    let mut floor = Floor::new();
    let store = Store::open(&floor.path()).unwrap();
    let news = store.subscribe();
    let own = target(&mut floor);
    store.make(own.clone()).unwrap();
    let theirs = target(&mut floor);
    floor.db.write(&theirs).unwrap();
    let mut heard: Vec<WriteId> = Vec::new();
    while heard.len() < 2 {
        let commit = news.recv_timeout(PATIENCE).unwrap();
        assert_eq!(commit.topics, [Topic::Targets]);
        heard.push(commit.write);
    }
    assert_eq!(heard, [own.id, theirs.id]);
    let last = target(&mut floor);
    floor.db.write(&last).unwrap();
    // nothing came a second time in between
    assert_eq!(news.recv_timeout(PATIENCE).unwrap().write, last.id);
}

#[test]
fn a_full_queue_answers_busy_at_once() {
    let mut floor = Floor::new();
    let store = Store::open(&floor.path()).unwrap();
    // another program holds the pen: nothing moves until it lets go
    let other = rusqlite::Connection::open(floor.path()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let (tell, hear) = channel();
    let writes: Vec<Write> = (0..400).map(|_| target(&mut floor)).collect();
    for write in writes {
        let tell = tell.clone();
        store.write(write, move |made| {
            // the listener may be gone by the time the last ones are answered
            let _ = tell.send(made.map_err(|e| e.code().to_owned()));
        });
    }
    assert_eq!(hear.recv_timeout(PATIENCE).unwrap(), Err("busy".to_owned()));
    other.execute_batch("ROLLBACK").unwrap();
}

#[test]
fn a_handle_that_is_dropped_leaves_one_file_and_no_thread() {
    let mut floor = Floor::new();
    let path = floor.path();
    let writes: Vec<Write> = (0..20).map(|_| target(&mut floor)).collect();
    let store = Store::open(&path).unwrap();
    let clone = store.clone();
    for write in writes {
        store.make(write).unwrap();
    }
    drop(store);
    assert!(matches!(clone.ask(Query::Users).unwrap(), Answer::Users(_)));
    drop(clone);
    let folder = floor.folder().to_owned();
    drop(std::mem::replace(&mut floor.db, Db::create(&folder.join("other.db")).unwrap()));
    assert!(!folder.join("floor.db-wal").exists(), "the log was not moved into the file");
    assert_eq!(floor.rows("SELECT count(*) FROM target"), [["20"]]);
}

#[test]
fn the_log_stays_bounded_when_nobody_keeps_it() {
    let mut floor = Floor::new();
    let target = target(&mut floor);
    for _ in 0..1_500 {
        let write = floor.prepare(target.by, target.change.clone());
        floor.db.write(&write).unwrap();
    }
    let log = std::fs::metadata(floor.folder().join("floor.db-wal")).unwrap().len();
    // 4 MiB begin the work; a few hundred pages may come on top
    assert!(log < 8 << 20, "{log} bytes");
}
