//! A day's work over SSH, and what becomes of it when the line breaks.

use super::host::server;
use crate::faults::floor::NAMES;
use crate::faults::pty::until;

#[test]
fn a_key_opens_the_day_and_an_outcome_takes_two_keys() {
    let Some(server) = server() else { return };
    let mut screen = server.open("wang");
    screen.until(NAMES[0]);
    screen.until("Start");
    // another size, as a terminal gets it while one works
    screen.resize((80, 24));
    screen.until(NAMES[0]);
    screen.resize((150, 45));
    screen.press("\r");
    screen.until("since 13:30");
    // a note, pasted in Chinese with a line break: it is text, and no key of it is an outcome
    screen.press("n");
    screen.press("\x1b[200~约了周四\r1q\x1b[201~");
    screen.until("约了周四");
    screen.press("\r");
    screen.press("1");
    screen.until("saved");
    screen.press("\x1b");
    screen.until("Materials");
    screen.press("q");
    assert_eq!(screen.end(), 0);
    assert!(screen.is_left_as_it_was());
    let notes = server.floor().notes();
    assert!(notes.len() == 1 && notes[0].starts_with("约了周四"), "{notes:?}");
    server.floor().verified();
}

#[test]
fn a_call_that_was_cut_off_is_open_again_with_its_note() {
    let Some(server) = server() else { return };
    let mut screen = server.open("wang");
    screen.until(NAMES[0]);
    screen.until("Start");
    screen.press("\r");
    screen.until("since 13:30");
    screen.press("nshe asked for 王老师");
    screen.until("she asked for 王老师");
    // the line breaks: nothing is said, nothing is ended in good order
    screen.signal("KILL");
    screen.end();
    until("the session is over", || {
        server.json("boss", "serve sessions --json")["sessions"].as_array().unwrap().len() == 1
    });
    let mut screen = server.open("wang");
    screen.until("back in the call");
    screen.until("since 13:30");
    screen.until("she asked for 王老师");
    assert!(screen.shown().contains(NAMES[0]), "{}", screen.shown());
    screen.press("1");
    screen.until("saved");
    assert_eq!(server.floor().notes(), ["she asked for 王老师"]);
    // a call that has its outcome is not gone back to
    screen.signal("KILL");
    screen.end();
    until("the session is over", || {
        server.json("boss", "serve sessions --json")["sessions"].as_array().unwrap().len() == 1
    });
    let mut screen = server.open("wang");
    screen.until("Materials");
    screen.until(NAMES[1]);
    assert!(!screen.shown().contains("since 13:30"), "{}", screen.shown());
}

#[test]
fn a_session_goes_on_at_another_terminal_without_losing_the_call() {
    let Some(server) = server() else { return };
    let mut first = server.open("wang");
    first.until(NAMES[0]);
    first.until("Start");
    first.press("\r");
    first.until("since 13:30");
    first.press("nin the middle of");
    first.until("in the middle of");
    // a second terminal beside it is one of its own: the call stays where it is
    let mut beside = server.open("wang");
    beside.until(NAMES[0]);
    beside.until("Materials");
    assert!(!beside.shown().contains("since 13:30"), "{}", beside.shown());
    beside.press("q");
    assert_eq!(beside.end(), 0);
    let mut second = server.knock("wang", Some(&server.key_of("wang")), &["take"]);
    second.until("since 13:30");
    second.until("in the middle of");
    first.end();
    assert!(first.sent().contains("this session goes on at another terminal"), "{}", first.sent());
    assert!(first.is_left_as_it_was());
    second.press("1");
    second.until("saved");
    assert_eq!(server.floor().notes(), ["in the middle of"]);
}

#[test]
fn choices_are_the_persons_own_and_kept() {
    let Some(server) = server() else { return };
    let mut screen = server.open("wang");
    screen.until("Materials");
    // F2: the other language
    screen.press("\x1bOQ");
    screen.until("今日");
    screen.press("q");
    assert_eq!(screen.end(), 0);
    let mut screen = server.open("wang");
    screen.until("今日");
    let mut other = server.open("li");
    other.until("Materials");
}
