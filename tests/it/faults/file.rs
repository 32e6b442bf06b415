//! The database file removed, replaced or brought back while a session has it open.

use std::fs;
use std::path::PathBuf;

use super::floor::{Floor, NAMES, NOW};
use super::pty::Pty;

struct Taken {
    floor: Floor,
    away: PathBuf,
    _folder: tempfile::TempDir,
    _home: tempfile::TempDir,
}

fn floor() -> Taken {
    let (folder, home) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let floor = Floor::make(folder.path(), home.path());
    Taken { floor, away: folder.path().join("away.db"), _folder: folder, _home: home }
}

/// Calls the customer on screen and saves an outcome with a note.
fn call(screen: &mut Pty, note: &str) {
    screen.press("\r");
    screen.until("since 13:30");
    screen.press(&format!("n{note}\r"));
    screen.until(note);
    screen.press("1");
}

#[test]
fn a_file_taken_away_is_noticed_and_nothing_is_claimed_until_it_is_back() {
    let taken = floor();
    let mut screen = taken.floor.open();
    fs::rename(taken.floor.db(), &taken.away).unwrap();
    // nobody writes, and it is noticed all the same
    screen.until("the database file was removed or replaced: nothing is saved until it is back");
    call(&mut screen, "while it is away");
    screen.until("1 not saved yet: the file was removed or replaced, put it back");
    assert!(!screen.shown().contains("saved ·"));
    fs::rename(&taken.away, taken.floor.db()).unwrap();
    screen.until("saved ·");
    screen.until_gone("unsaved");
    screen.press("\x1b");
    screen.until("Materials");
    screen.press("q");
    assert_eq!(screen.end(), 0);
    assert_eq!(taken.floor.notes(), ["while it is away"]);
    taken.floor.verified();
}

#[test]
fn a_file_replaced_by_another_takes_nothing_that_was_meant_for_the_first() {
    let taken = floor();
    let other = tempfile::tempdir().unwrap();
    let impostor = Floor::make(other.path(), other.path());
    let mut screen = taken.floor.open();
    fs::rename(taken.floor.db(), &taken.away).unwrap();
    fs::copy(impostor.db(), taken.floor.db()).unwrap();
    call(&mut screen, "for the first");
    screen.until("1 not saved yet: the file was removed or replaced");
    // the person leaves: the outcome waits on this machine
    screen.until(NAMES[1]);
    screen.press("\x1b");
    screen.until("Materials");
    screen.press("q");
    screen.until("kept on this machine");
    screen.press("q");
    assert_eq!(screen.end(), 0);
    assert!(
        screen.sent().contains("1 changes are not saved yet") || screen.shown().contains("not saved yet")
    );

    fs::rename(&taken.away, taken.floor.db()).unwrap();
    assert_eq!(taken.floor.notes(), [""; 0]);
    let mut screen = taken.floor.begin(&["--now", NOW]);
    screen.until("saved ·");
    screen.press("q");
    assert_eq!(screen.end(), 0);
    assert_eq!(taken.floor.notes(), ["for the first"]);
    taken.floor.verified();
}

#[test]
fn a_log_removed_under_an_open_session_is_noticed() {
    let taken = floor();
    let mut screen = taken.floor.open();
    // what it holds is in the file before it goes: only the danger is left
    rusqlite::Connection::open(taken.floor.db())
        .unwrap()
        .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
        .unwrap();
    fs::remove_file(taken.floor.db().with_extension("db-wal")).unwrap();
    screen.until("the database file was removed or replaced");
    call(&mut screen, "into the void");
    screen.until("1 not saved yet");
    screen.signal("TERM");
    assert_eq!(screen.end(), 143);
    // the next session opens what is there and saves it
    let mut screen = taken.floor.begin(&["--now", NOW]);
    screen.until("saved ·");
    screen.press("q");
    assert_eq!(screen.end(), 0);
    assert_eq!(taken.floor.notes(), ["into the void"]);
    taken.floor.verified();
}
