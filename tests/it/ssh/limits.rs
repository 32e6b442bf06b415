//! How many may be here, who ends a session, and how the server itself ends.

use std::io::{ErrorKind, Read as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use super::host::{Server, server, server_with};
use crate::faults::floor::NAMES;
use crate::faults::pty;

#[test]
fn a_server_that_is_told_to_end_tells_people_and_loses_nothing() {
    let Some(mut server) = server() else { return };
    let mut screen = server.open("wang");
    screen.until(NAMES[0]);
    screen.until("Start");
    screen.press("\r");
    screen.until("since 13:30");
    screen.press("nhalf a sentence");
    screen.until("half a sentence");
    let since = Instant::now();
    assert_eq!(server.end(), Some(0));
    assert!(since.elapsed() < Duration::from_secs(10), "{:?}", since.elapsed());
    screen.end();
    assert!(screen.sent().contains("the server is being restarted"), "{}", screen.sent());
    assert!(screen.is_left_as_it_was());
    // the draft is there for whoever opens the floor again, here on the machine itself
    let mut here = server.floor().begin(&["--now", crate::faults::floor::NOW]);
    here.until("since 13:30");
    here.until("half a sentence");
}

#[test]
fn a_lead_sees_the_team_and_signs_somebody_out() {
    let Some(server) = server() else { return };
    let (mut wang, mut li) = (server.open("wang"), server.open("li"));
    wang.until(NAMES[0]);
    li.until("Materials");
    let seen = |login: &str| -> Vec<String> {
        let told = server.json(login, "serve sessions --json");
        let screens = told["sessions"].as_array().unwrap().iter().filter(|row| row["kind"] == "screen");
        screens.map(|row| row["login"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(seen("zhou"), ["wang"]);
    assert_eq!(seen("li"), ["li"]);
    assert_eq!(seen("boss"), ["wang", "li"]);
    let told = server.json("boss", "serve sessions --json");
    let id = told["sessions"][0]["id"].as_str().unwrap().to_owned();
    assert!(server.refused("li", &format!("serve end {id}")).1.contains("no session"), "li");
    server.json("zhou", &format!("serve end {id} --json"));
    wang.end();
    assert!(wang.sent().contains("zhou signed you out"), "{}", wang.sent());
    // who leaves the team for good is signed out at once
    server.floor().json(&["user", "set", "li", "--state", "left"]);
    li.end();
    assert!(li.sent().contains("signed you out"), "{}", li.sent());
}

#[test]
fn one_person_has_so_many_sessions_and_no_more() {
    let Some(server) = server_with(&["--max-per-person", "2"]) else { return };
    let (mut first, mut second) = (server.open("wang"), server.open("wang"));
    first.until(NAMES[0]);
    second.until(NAMES[0]);
    let mut third = server.open("wang");
    assert_eq!(third.end(), 1);
    assert!(third.sent().contains("you have 2 sessions open"), "{}", third.sent());
    let mut other = server.open("zhou");
    other.until("Reps today");
    first.press("q");
    first.end();
    let mut again = server.open("wang");
    again.until(NAMES[0]);
}

/// Somebody who opens a connection, hears the server's name and says nothing.
fn idler(server: &Server) -> TcpStream {
    let mut stream = TcpStream::connect(("127.0.0.1", server.port())).unwrap();
    stream.set_read_timeout(Some(pty::PATIENCE)).unwrap();
    let mut name = [0; 8];
    stream.read_exact(&mut name).unwrap();
    assert_eq!(&name, b"SSH-2.0-");
    stream
}

/// Reads to the end of a connection that the server ends.
fn is_ended(mut stream: TcpStream) -> bool {
    // one that is cut off has ended too
    stream
        .read_to_end(&mut Vec::new())
        .map_or_else(|error| error.kind() == ErrorKind::ConnectionReset, |_| true)
}

#[test]
fn who_stands_at_the_door_for_nothing_keeps_nobody_out() {
    let Some(server) = server_with(&["--max-waiting", "3", "--handshake", "600"]) else { return };
    let mut idlers: Vec<TcpStream> = (0..3).map(|_| idler(&server)).collect();
    // a fourth: the first goes, whoever it is
    let mut screen = server.open("wang");
    screen.until(NAMES[0]);
    assert!(is_ended(idlers.remove(0)));
    // who is in waits no more: two idlers and two who come are too many by one
    let _more = [idler(&server), idler(&server)];
    assert!(is_ended(idlers.remove(0)));
    let last = idlers.remove(0);
    last.set_nonblocking(true).unwrap();
    // the rest of what the server offers, and then no end
    let rest = std::iter::repeat_with(|| (&last).read(&mut [0; 4_096])).find(|read| !matches!(read, Ok(1..)));
    assert_eq!(rest.unwrap().unwrap_err().kind(), ErrorKind::WouldBlock, "it still stands there");
    screen.press("\r");
    screen.until("since 13:30");
}

#[test]
fn who_takes_too_long_at_the_door_is_sent_away() {
    let Some(server) = server_with(&["--handshake", "3"]) else { return };
    assert!(is_ended(idler(&server)));
    // who has begun to speak and is asked for a password, too
    let mut asked = server.knock("wang", None, &[]);
    asked.until("or password:");
    assert!(is_ended(idler(&server)), "who came after it");
    // ssh hears of it with the next key
    asked.press("x\r");
    assert_ne!(asked.end(), 0);
    assert_eq!(asked.sent().matches("or password:").count(), 1, "{}", asked.sent());
    // who is in stays
    let mut screen = server.open("wang");
    screen.until(NAMES[0]);
    assert!(is_ended(idler(&server)));
    screen.press("\r");
    screen.until("since 13:30");
}

#[test]
fn the_server_tells_how_it_is() {
    let Some(server) = server_with(&["--metrics", "127.0.0.1:0"]) else { return };
    let mut screen = server.open("wang");
    screen.until(NAMES[0]);
    let told = server.floor().json(&["serve", "status"]);
    let status = &told["servers"][0];
    assert_eq!(
        (&status["screens"], &status["port"]),
        (&1.into(), &server.port().to_string().into()),
        "{told}"
    );
    assert_eq!(status["pid"], server.id(), "{told}");
    // settings are read again while people work
    std::fs::create_dir_all(server.floor().home().join("corral")).unwrap();
    std::fs::write(server.floor().home().join("corral").join("settings.toml"), "serve_person_sessions = 1\n")
        .unwrap();
    pty::signal(server.id(), "HUP");
    pty::until("the new limit holds", || server.knock("wang", Some(&server.key_of("wang")), &[]).end() == 1);
    screen.press("\r");
    screen.until("since 13:30");
}

#[test]
fn a_host_key_that_others_may_read_is_refused() {
    let Some(mut server) = server() else { return };
    let key = server.floor().home().join("corral").join("host_key");
    assert_eq!(server.end(), Some(0));
    let mut loose = std::fs::metadata(&key).unwrap().permissions();
    std::os::unix::fs::PermissionsExt::set_mode(&mut loose, 0o644);
    std::fs::set_permissions(&key, loose).unwrap();
    assert_eq!(server.floor().refused(&["serve", "--listen", "127.0.0.1:0"]), "host_key");
}
