//! A day far away, and nothing of a person in what the server writes and tells of itself.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};

use super::host::server_with;
use crate::faults::floor::{NAMES, NOW};

/// Customers, numbers, notes, words searched for.
const MARKS: [&str; 5] = ["mark", "1390000", "secret", "13800138000", "王"];

fn has_no_mark(what: &str, text: &str) {
    let small = text.to_lowercase();
    for mark in MARKS {
        let found = small.lines().find(|line| line.contains(mark));
        assert!(found.is_none(), "'{mark}' is in {what}: {found:?}");
    }
}

#[test]
fn a_day_far_away_leaves_no_mark_in_log_status_and_figures() {
    // a port that was free a moment ago
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let figures = format!("127.0.0.1:{port}");
    let Some(mut server) = server_with(&["--log", "debug", "--metrics", &figures]) else { return };
    let mut screen = server.open("wang");
    screen.until(NAMES[0]);
    screen.press("\rnsecret wish of MARK 王\r1");
    screen.until("saved ·");
    screen.press("u");
    screen.until("undone");
    screen.press("\x1b");
    screen.until("Materials");
    screen.press("2");
    screen.until("My customers");
    screen.press("/13800138000");
    screen.until("/ 13800138000");
    // a command from afar, and an erasure beside it
    let found = server.json("wang", "customer find MARK-Bert --json");
    let customer = found["rows"][0]["id"].as_str().unwrap().to_owned();
    let refused = server.command("wang", "log MARK --outcome no_answer --note secret --json", "");
    assert_ne!(refused.status.code(), Some(0));
    server.floor().json(&["privacy", "erase", &customer, "--why", "asked for", "--yes", "--log", "debug"]);
    let status = server.floor().run(&["serve", "status", "--now", NOW]);
    has_no_mark("status", &String::from_utf8_lossy(&status.stdout));
    let mut stream = TcpStream::connect(&figures).unwrap();
    stream.write_all(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    let mut page = String::new();
    stream.read_to_string(&mut page).unwrap();
    assert!(page.contains("corral_sessions{kind=\"screen\"} 1"), "{page}");
    has_no_mark("figures", &page);
    screen.press("\x1b");
    assert_eq!(server.end(), Some(0));
    let folder = server.floor().home().join("corral");
    let log: String = std::fs::read_dir(folder.join("log"))
        .unwrap()
        .map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap())
        .collect();
    assert!(log.contains("the server takes connections") && log.contains("kind=\"work.log\""), "{log}");
    has_no_mark("the log", &log);
    assert!(!folder.join("crash").exists(), "nothing crashed");
}
