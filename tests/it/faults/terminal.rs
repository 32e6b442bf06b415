//! The terminal closed, resized, stopped; the program told to end and killed.

use portable_pty::CommandBuilder;

use super::floor::{Floor, NAMES, NOW};
use super::pty::{Pty, signal, surroundings, until};

struct Here {
    floor: Floor,
    _folder: tempfile::TempDir,
    _home: tempfile::TempDir,
}

fn here() -> Here {
    let (folder, home) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let floor = Floor::make(folder.path(), home.path());
    Here { floor, _folder: folder, _home: home }
}

/// Starts the first call and types half a note.
fn half_a_note(screen: &mut Pty) {
    screen.press("\r");
    screen.until("since 13:30");
    screen.press("nhalf a no");
    screen.until("half a no");
}

/// The call is open again in the next session, with its note.
fn is_there_again(floor: &Floor) {
    let mut screen = floor.begin(&["--now", NOW]);
    screen.until("since 13:30");
    screen.until("half a no");
    screen.signal("TERM");
    assert_eq!(screen.end(), 143);
    floor.verified();
}

#[test]
fn a_killed_session_leaves_the_note_that_was_being_typed() {
    let here = here();
    let mut screen = here.floor.open();
    half_a_note(&mut screen);
    screen.signal("KILL");
    screen.end();
    is_there_again(&here.floor);
}

#[test]
fn a_closed_terminal_ends_the_session_and_leaves_the_note() {
    let here = here();
    let mut screen = here.floor.open();
    half_a_note(&mut screen);
    screen.hang_up();
    // the signal of a terminal that hangs up, or the hang-up itself: whichever is heard first
    assert!([0, 129].contains(&screen.end()));
    is_there_again(&here.floor);
}

#[test]
fn a_terminal_that_ends_without_a_word_ends_the_session() {
    let here = here();
    // in a session of its own, whose terminal this is not: nobody tells it that the terminal hung up
    let db = here.floor.db().to_str().unwrap().to_owned();
    let mut command = CommandBuilder::new("setsid");
    command.args([
        "-w",
        env!("CARGO_BIN_EXE_corral"),
        "--db",
        &db,
        "--user",
        "wang",
        "--lang",
        "en",
        "--now",
        NOW,
    ]);
    surroundings(here.floor.home(), &mut command);
    let mut screen = Pty::open(command, (120, 36));
    screen.until(NAMES[0]);
    let program = child_of(screen.id());
    half_a_note(&mut screen);
    screen.hang_up();
    let ends = Ending(program);
    until("the program ends", || !is_running(program));
    drop(ends);
    is_there_again(&here.floor);
}

#[test]
fn a_session_told_to_end_saves_what_is_under_way_and_puts_the_terminal_back() {
    for name in ["TERM", "INT", "QUIT"] {
        let here = here();
        let mut screen = here.floor.open();
        screen.press("\r");
        screen.until("since 13:30");
        // in one breath: the outcome may be under way when the signal comes
        screen.press("1");
        screen.until(NAMES[1]);
        half_a_note(&mut screen);
        screen.signal(name);
        let status = match name {
            "TERM" => 143,
            "INT" => 130,
            _ => 131,
        };
        assert_eq!(screen.end(), status, "{name}");
        assert!(screen.is_left_as_it_was(), "{name}");
        assert_eq!(here.floor.notes(), [""], "the outcome is saved");
        is_there_again(&here.floor);
    }
}

#[test]
fn a_terminal_of_any_size_is_drawn_on() {
    let here = here();
    let mut screen = here.floor.open();
    screen.resize((1, 1));
    screen.press("j");
    screen.resize((500, 200));
    screen.until("Materials");
    screen.resize((40, 12));
    // so narrow that whose it is stands on one line with the gap
    screen.until("gap 35,000 Wang");
    for size in [(1, 200), (500, 1), (2, 2), (79, 23)] {
        screen.resize(size);
        screen.press("k");
    }
    screen.resize((120, 36));
    screen.until(NAMES[2]);
    screen.until("Start");
    screen.press("q");
    assert_eq!(screen.end(), 0);
}

/// A shell with job control that runs the program, says when it is stopped, and brings it back at a key.
fn under_a_shell(floor: &Floor) -> Pty {
    let script =
        "set -m; \"$@\"; echo WAS-STOPPED; stty -a | grep -c ' icanon'; read key; fg; echo SHELL-ENDS";
    let mut command = CommandBuilder::new("sh");
    let db = floor.db().to_str().unwrap();
    command.args(["-c", script, "sh", env!("CARGO_BIN_EXE_corral"), "--db", db, "--user", "wang"]);
    command.args(["--lang", "en", "--now", NOW]);
    surroundings(floor.home(), &mut command);
    let mut screen = Pty::open(command, (120, 36));
    screen.until(NAMES[0]);
    screen.until("Start");
    screen
}

fn stops_and_goes_on(stop: impl Fn(&mut Pty)) {
    let here = here();
    let mut screen = under_a_shell(&here.floor);
    half_a_note(&mut screen);
    stop(&mut screen);
    screen.until("WAS-STOPPED");
    // the shell has its terminal, in its own modes
    screen.until("\n1");
    assert!(screen.is_left_as_it_was());
    screen.press("\n");
    screen.until("half a no");
    // keys come at once again, and nothing is lost
    screen.press("te");
    screen.until("half a note");
    screen.press("\r1");
    screen.until(NAMES[1]);
    screen.until("saved ·");
    screen.press("\x1b");
    screen.until("Materials");
    screen.press("q");
    screen.until("SHELL-ENDS");
    assert_eq!(here.floor.notes(), ["half a note"]);
    here.floor.verified();
}

#[test]
fn a_stopped_session_gives_the_terminal_back_and_paints_it_again_when_it_goes_on() {
    stops_and_goes_on(|screen| signal(child_of(screen.id()), "TSTP"));
}

#[test]
fn the_key_that_stops_a_program_stops_this_one() {
    stops_and_goes_on(|screen| screen.press("\x1a"));
}

#[test]
fn a_session_without_a_shell_is_not_stopped_by_a_key() {
    let here = here();
    let mut screen = here.floor.open();
    screen.press("\x1a");
    screen.until("there is no shell to come back from");
    screen.press("q");
    assert_eq!(screen.end(), 0);
}

#[test]
fn a_session_stopped_from_outside_paints_its_terminal_again() {
    let here = here();
    let mut screen = here.floor.open();
    let clears = screen.sent().matches("\x1b[2J").count();
    screen.signal("STOP");
    screen.signal("CONT");
    screen.press("j");
    screen.until(NAMES[0]);
    // a key alone draws a few cells: only a painting of the whole begins with a cleared screen
    screen.wait_sent("the screen was not painted again", |sent| sent.matches("\x1b[2J").count() > clears);
    screen.press("q");
    assert_eq!(screen.end(), 0);
}

/// A program that is not the test's own child: one that should have ended and did not must not go on for ever.
struct Ending(u32);

impl Drop for Ending {
    fn drop(&mut self) {
        if is_running(self.0) {
            signal(self.0, "KILL");
        }
    }
}

/// The one process another one started.
fn child_of(parent: u32) -> u32 {
    let path = format!("/proc/{parent}/task/{parent}/children");
    until("the program runs", || std::fs::read_to_string(&path).is_ok_and(|text| !text.trim().is_empty()));
    let children = std::fs::read_to_string(&path).unwrap();
    children.split_whitespace().last().unwrap().parse().unwrap()
}

fn is_running(process: u32) -> bool {
    std::fs::read_to_string(format!("/proc/{process}/stat")).is_ok_and(|text| !text.contains(") Z "))
}
