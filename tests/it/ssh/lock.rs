//! A locked screen over SSH and on the machine itself: the PIN, who sets it, and what guessing it comes to.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use super::host::{Server, server};
use crate::faults::floor::{Floor, NAMES, NOW};

const PIN: &str = "2580";

/// Sets a PIN by a line of standard input.
fn set_pin(floor: &Floor, login: &str, pin: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_corral"));
    for name in ["HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME"] {
        command.env(name, floor.home());
    }
    for name in ["CORRAL_DB", "CORRAL_USER", "CORRAL_SETTINGS"] {
        command.env_remove(name);
    }
    command.arg("--db").arg(floor.db()).args(["--json", "--now", NOW, "user", "pin", login]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    writeln!(child.stdin.take().unwrap(), "{pin}").unwrap();
    child.wait_with_output().unwrap()
}

/// How PINs that were typed are noted in the audit trail.
fn noted(floor: &Floor) -> Vec<String> {
    let trail = floor.json(&["audit", "list"]);
    let rows = trail["rows"].as_array().unwrap_or_else(|| panic!("{trail}")).iter();
    let mut noted: Vec<String> = rows
        .filter_map(|row| row["after"].as_str())
        .filter(|after| after.starts_with("pin: "))
        .map(str::to_owned)
        .collect();
    // the clock stands still: which came first is not known
    noted.sort();
    noted
}

fn in_a_locked_call(server: &Server) -> crate::faults::pty::Pty {
    let mut screen = server.open("wang");
    screen.until(NAMES[0]);
    screen.until("Start");
    screen.press("\r");
    screen.until("since 13:30");
    screen.press("nshe asked for 王老师");
    screen.until("she asked for 王老师");
    // Enter leaves the note
    screen.press("\rL");
    screen.until("locked since 13:30");
    screen
}

#[test]
fn a_locked_screen_hides_the_call_and_the_pin_brings_it_back() {
    let Some(server) = server() else { return };
    assert!(set_pin(server.floor(), "wang", PIN).status.success());
    let mut screen = in_a_locked_call(&server);
    screen.until("PIN:");
    for hidden in [NAMES[0], NAMES[1], "1390000", "she asked for"] {
        assert!(!screen.shown().contains(hidden), "{}", screen.shown());
    }
    screen.press("1357\r");
    screen.until("That is not the PIN");
    screen.press(&format!("{PIN}\r"));
    screen.until("she asked for 王老师");
    screen.press("1");
    screen.until("saved");
    assert_eq!(server.floor().notes(), ["she asked for 王老师"]);
    assert!(!screen.sent().contains(PIN), "what is typed is never drawn");
    assert_eq!(noted(server.floor()), ["pin: in", "pin: wrong"]);
}

#[test]
fn a_locked_screen_of_who_has_no_pin_opens_by_a_key_and_ends_with_a_forced_sign_out() {
    let Some(server) = server() else { return };
    let mut screen = in_a_locked_call(&server);
    screen.until("Enter opens the screen again");
    screen.press("\r");
    screen.until("she asked for 王老师");
    screen.press("L");
    screen.until("locked since 13:30");
    let told = server.json("zhou", "serve sessions --json");
    let rows = told["sessions"].as_array().unwrap();
    let id = rows.iter().find(|row| row["kind"] == "screen").unwrap()["id"].as_str().unwrap().to_owned();
    server.json("zhou", &format!("serve end {id} --json"));
    screen.end();
    assert!(screen.sent().contains("zhou signed you out"), "{}", screen.sent());
    assert!(screen.is_left_as_it_was());
}

#[test]
fn who_guesses_a_pin_is_locked_out_until_a_lead_says_otherwise() {
    let Some(server) = server() else { return };
    assert!(set_pin(server.floor(), "wang", PIN).status.success());
    let mut screen = in_a_locked_call(&server);
    screen.until("PIN:");
    for _ in 0..4 {
        screen.press("1357\r");
        screen.until("That is not the PIN");
        // the next key takes the word away
        screen.press("\x1b");
        screen.until_gone("That is not the PIN");
    }
    screen.press("1357\r");
    screen.until("until 13:45");
    // the right one is not looked at now
    screen.press("\x1b");
    screen.until_gone("until 13:45");
    screen.press(&format!("{PIN}\r"));
    screen.until("until 13:45");
    assert!(server.refused("li", "user unlock wang --json").1.contains("forbidden"));
    server.json("zhou", "user unlock wang --json");
    screen.press("\x1b");
    screen.until_gone("until 13:45");
    screen.press(&format!("{PIN}\r"));
    screen.until("she asked for 王老师");
    let mut wanted = vec!["pin: in", "pin: locked"];
    wanted.extend(["pin: wrong"; 5]);
    assert_eq!(noted(server.floor()), wanted);
}

#[test]
fn a_pin_is_set_by_oneself_or_a_lead_and_easy_ones_are_refused() {
    let Some(server) = server() else { return };
    let set = |login: &str, whose: &str, pin: &str| {
        let output = server.command(login, &format!("user pin {whose} --json"), &format!("{pin}\n"));
        let error: Value = serde_json::from_slice(&output.stderr).unwrap_or_default();
        error["error"]["code"].as_str().unwrap_or("").to_owned()
    };
    assert_eq!(set("wang", "wang", PIN), "");
    assert_eq!(set("zhou", "wang", PIN), "");
    assert_eq!(set("li", "wang", PIN), "forbidden");
    assert_eq!(set("wang", "zhou", PIN), "forbidden");
    for easy in ["1234", "0000", "1111", "9876", "12", "abcd"] {
        assert_eq!(set("wang", "wang", easy), "unfit", "{easy}");
    }
    // what is given as an argument is no PIN: every program of the machine could read it
    assert_eq!(server.refused("wang", "user pin wang 2580").0, 2);
}

#[test]
fn the_local_screen_asks_for_the_pin_where_the_settings_say_so() {
    let Some(server) = server() else { return };
    let floor = server.floor();
    // nobody is let in without one, nor by leaving the settings aside
    std::fs::create_dir_all(floor.home().join("corral")).unwrap();
    std::fs::write(floor.home().join("corral").join("settings.toml"), "ask_pin = true\n").unwrap();
    for more in [&["--now", NOW][..], &["--now", NOW, "--safe"][..]] {
        let mut screen = floor.begin(more);
        screen.until("corral user pin wang");
        assert!(!screen.sent().contains(NAMES[0]), "{}", screen.sent());
        screen.press("\x03");
        screen.end();
    }
    assert!(set_pin(floor, "wang", PIN).status.success());
    let mut screen = floor.begin(&["--now", NOW]);
    screen.until("PIN:");
    screen.press("1357\r");
    screen.until("That is not the PIN");
    assert!(!screen.sent().contains(NAMES[0]), "{}", screen.sent());
    screen.press(&format!("{PIN}\r"));
    screen.until(NAMES[0]);
    assert_eq!(noted(floor), ["pin: in", "pin: wrong"]);
}
