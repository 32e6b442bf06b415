//! A full disk, and one that is only read.

use super::floor::{Floor, NAMES};
use super::mounts::{self, Filler, with_own_mounts};
use super::pty;

/// Room for the database and its log, in KiB.
const ROOM: u32 = 12_288;

#[test]
fn a_note_and_an_outcome_survive_a_full_disk() {
    with_own_mounts("faults::disk::on_a_full_disk");
}

#[test]
#[ignore = "run by the test above, in a mount namespace of its own"]
fn on_a_full_disk() {
    if !mounts::are_own() {
        return;
    }
    let (disk, home) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    mounts::small(disk.path(), ROOM);
    let floor = Floor::make(disk.path(), home.path());
    let mut screen = floor.open();
    screen.press("\r");
    screen.until("since 13:30");
    screen.press("nask for the mother\r");
    screen.until("ask for the mother");

    let mut filler = Filler::fill(disk.path());
    screen.press("1");
    screen.until("1 not saved yet: disk full, make room and it goes on; kept, tried every few s");
    screen.until("▲ 1 unsaved");
    // the day goes on: the next record is there, its outcome waits behind the first
    screen.until(NAMES[1]);
    screen.press("\r");
    screen.press("nsecond note\r");
    screen.until("second note");
    filler.more();
    screen.press("1");
    screen.until("2 not saved yet");
    // back on the day: what was done is not offered again
    screen.press("\x1b");
    screen.until("Materials");
    screen.wait("the row is still there", |shown| {
        shown.contains(NAMES[2]) && !shown.contains(NAMES[0]) && !shown.contains(NAMES[1])
    });
    // the person is asked once before leaving, and stays
    screen.press("q");
    screen.until("q again leaves");
    assert_eq!(floor.notes(), [""; 0]);

    drop(filler);
    screen.until_gone("unsaved");
    screen.until("saved");
    // it is said of the first; the second follows it
    pty::until("both are saved", || floor.notes() == ["ask for the mother", "second note"]);
    screen.press("q");
    assert_eq!(screen.end(), 0);
    assert!(screen.is_left_as_it_was());
    floor.verified();
}

#[test]
fn a_session_killed_on_a_full_disk_is_saved_by_the_next() {
    with_own_mounts("faults::disk::killed_on_a_full_disk");
}

#[test]
#[ignore = "run by the test above, in a mount namespace of its own"]
fn killed_on_a_full_disk() {
    if !mounts::are_own() {
        return;
    }
    let (disk, home) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    mounts::small(disk.path(), ROOM);
    let floor = Floor::make(disk.path(), home.path());
    let mut screen = floor.open();
    screen.press("\r");
    screen.until("since 13:30");
    screen.press("nask for the mother\r");
    screen.until("ask for the mother");
    let filler = Filler::fill(disk.path());
    screen.press("1");
    screen.until("1 not saved yet");
    screen.until(NAMES[1]);
    screen.press("\r");
    screen.press("nhalf a not");
    screen.until("half a not");
    screen.signal("KILL");
    screen.end();
    drop(filler);

    let mut screen = floor.begin(&["--now", super::floor::NOW]);
    screen.until("saved");
    screen.until(NAMES[1]);
    screen.press("\r");
    screen.until("half a not");
    screen.press("\x1b");
    screen.until("Materials");
    screen.press("q");
    assert_eq!(screen.end(), 0);
    assert_eq!(floor.notes(), ["ask for the mother"]);
    floor.verified();
}

#[test]
fn a_note_survives_where_drafts_find_no_room_either() {
    with_own_mounts("faults::disk::everything_on_the_full_disk");
}

#[test]
#[ignore = "run by the test above, in a mount namespace of its own"]
fn everything_on_the_full_disk() {
    if !mounts::are_own() {
        return;
    }
    let disk = tempfile::tempdir().unwrap();
    mounts::small(disk.path(), ROOM);
    let floor = Floor::make(disk.path(), disk.path());
    let mut screen = floor.open();
    screen.press("\r");
    screen.until("since 13:30");
    let mut filler = Filler::fill(disk.path());
    // what is kept of the open call goes with its outcome, and would leave room to keep that in
    let held = filler.hold(disk.path());
    screen.press("nask for the mother");
    screen.until("no room for drafts: 1 note in this window only");
    screen.press("\r1");
    screen.until("1 not saved yet: disk full, make room and it goes on; kept in this window");
    screen.until(NAMES[1]);
    screen.press("\x1b");
    screen.until("Materials");
    screen.press("q");
    screen.until("again leaves without them");

    drop((held, filler));
    screen.until_gone("unsaved");
    screen.press("q");
    assert_eq!(screen.end(), 0);
    assert_eq!(floor.notes(), ["ask for the mother"]);
    floor.verified();
}

#[test]
fn a_program_that_starts_on_a_full_disk_says_so() {
    with_own_mounts("faults::disk::started_on_a_full_disk");
}

#[test]
#[ignore = "run by the test above, in a mount namespace of its own"]
fn started_on_a_full_disk() {
    if !mounts::are_own() {
        return;
    }
    let (disk, home) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    mounts::small(disk.path(), ROOM);
    let floor = Floor::make(disk.path(), home.path());
    let filler = Filler::fill(disk.path());
    assert_eq!(floor.refused(&["user", "add", "li", "--role", "rep", "--team", "One"]), "disk_full");
    drop(filler);
    floor.json(&["user", "add", "li", "--role", "rep", "--team", "One"]);
    floor.verified();
}

#[test]
fn a_file_or_folder_that_is_only_read_is_told() {
    with_own_mounts("faults::disk::only_read");
}

#[test]
#[ignore = "run by the test above, in a mount namespace of its own"]
fn only_read() {
    if !mounts::are_own() {
        return;
    }
    let (disk, home) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    mounts::small(disk.path(), ROOM);
    let floor = Floor::make(disk.path(), home.path());
    let before = std::fs::read(floor.db()).unwrap();
    // a file that may be written, in a folder that may not
    let writable = tempfile::tempdir().unwrap();
    std::fs::copy(floor.db(), writable.path().join("it")).unwrap();
    mounts::bind(&writable.path().join("it"), floor.db());
    mounts::read_only(disk.path());
    assert_eq!(floor.refused(&["today", "--user", "wang"]), "read_only");
    let unmounted = std::process::Command::new("umount").arg(floor.db()).status().unwrap();
    assert!(unmounted.success());

    // the file itself may not be written either
    assert_eq!(floor.refused(&["today", "--user", "wang"]), "read_only");
    let mut screen = floor.begin(&["--now", super::floor::NOW]);
    screen.until("cannot be written");
    assert_eq!(screen.end(), 1);
    assert_eq!(std::fs::read(floor.db()).unwrap(), before);
}
