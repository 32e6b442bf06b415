//! Other programs that hold the database for seconds.

use std::fs::File;
use std::time::{Duration, Instant};

use super::floor::{Floor, NOW};
use super::pty::Pty;

fn outcome(screen: &mut Pty) {
    screen.press("\r");
    screen.until("since 13:30");
    screen.press("nwhile they write\r");
    screen.until("while they write");
    screen.press("1");
}

#[test]
fn an_outcome_waits_for_a_program_that_writes_for_long() {
    let (folder, home) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let floor = Floor::make(folder.path(), home.path());
    let mut screen = floor.open();
    let other = rusqlite::Connection::open(floor.db()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    outcome(&mut screen);
    screen.until("1 not saved yet: the database does not answer");
    screen.until("1 not saved yet: the database is busy");
    other.execute_batch("ROLLBACK").unwrap();
    screen.until("saved ·");
    screen.until_gone("unsaved");
    screen.signal("TERM");
    assert_eq!(screen.end(), 143);
    assert_eq!(floor.notes(), ["while they write"]);
    floor.verified();
}

#[test]
fn an_outcome_waits_for_its_turn_in_the_queue() {
    let (folder, home) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let floor = Floor::make(folder.path(), home.path());
    let mut screen = floor.open();
    let queue = File::options().write(true).open(floor.db().with_extension("db-queue")).unwrap();
    queue.lock().unwrap();
    outcome(&mut screen);
    screen.until("1 not saved yet: the database does not answer");
    drop(queue);
    screen.until("saved ·");
    screen.signal("TERM");
    assert_eq!(screen.end(), 143);
    assert_eq!(floor.notes(), ["while they write"]);
    floor.verified();
}

#[test]
fn a_session_told_to_end_does_not_wait_for_a_database_that_does_not_answer() {
    let (folder, home) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let floor = Floor::make(folder.path(), home.path());
    let mut screen = floor.open();
    let other = rusqlite::Connection::open(floor.db()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    outcome(&mut screen);
    screen.until("1 not saved yet");
    let told = Instant::now();
    screen.signal("TERM");
    assert_eq!(screen.end(), 143);
    assert!(told.elapsed() < Duration::from_secs(12), "{:?}", told.elapsed());
    assert!(screen.is_left_as_it_was());
    screen.until("1 changes are not saved yet; they are kept on this machine");
    other.execute_batch("ROLLBACK").unwrap();

    let mut screen = floor.begin(&["--now", NOW]);
    screen.until("saved ·");
    screen.press("q");
    assert_eq!(screen.end(), 0);
    assert_eq!(floor.notes(), ["while they write"]);
    floor.verified();
}
