//! Coming in: keys, invitations, passwords; and not coming in.

use serde_json::Value;
use std::fmt::Write as _;

use super::host::{Server, server};
use crate::faults::floor::NAMES;

const PASSWORD: &str = "correct horse battery";

/// How those who came are noted: way, what came of it.
fn tries(server: &Server, login: &str) -> Vec<(String, String)> {
    let told = server.floor().json(&["user", "tries", login]);
    let word = |value: &Value| value.as_str().unwrap().to_owned();
    let rows = told["tries"].as_array().unwrap().iter();
    let mut tries: Vec<(String, String)> = rows.map(|row| (word(&row["way"]), word(&row["came"]))).collect();
    // the clock stands still: which came first is not known
    tries.sort();
    tries
}

/// The code that an authenticator shows at the time of the floor, made apart from the program (RFC 6238).
fn code_of(secret: &str) -> String {
    use hmac::{Hmac, KeyInit as _, Mac as _};
    let mut bits = String::new();
    for letter in secret.chars() {
        let value = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".find(letter).unwrap();
        write!(bits, "{value:05b}").unwrap();
    }
    let key: Vec<u8> = bits
        .as_bytes()
        .chunks_exact(8)
        .map(|byte| u8::from_str_radix(std::str::from_utf8(byte).unwrap(), 2).unwrap())
        .collect();
    let now: corral::domain::time::Timestamp = crate::faults::floor::NOW.parse().unwrap();
    let mut mac = Hmac::<sha1::Sha1>::new_from_slice(&key).unwrap();
    mac.update(&(now.0 / 30_000).to_be_bytes());
    let made = mac.finalize().into_bytes();
    let from = usize::from(made[19] & 0xF);
    let number = u32::from_be_bytes(made[from..from + 4].try_into().unwrap()) & 0x7FFF_FFFF;
    format!("{:06}", number % 1_000_000)
}

fn set_password(server: &Server, login: &str) {
    use std::io::Write as _;
    use std::process::{Command, Stdio};
    let mut command = Command::new(env!("CARGO_BIN_EXE_corral"));
    command.env("HOME", server.floor().home()).env_remove("CORRAL_DB").env_remove("CORRAL_USER");
    command.arg("--db").arg(server.floor().db()).args(["user", "password", login]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(format!("{PASSWORD}\n").as_bytes()).unwrap();
    assert!(child.wait().unwrap().success());
}

#[test]
fn an_invitation_lets_a_key_in_once() {
    let Some(server) = server() else { return };
    let told = server.floor().json(&["user", "invite", "wang"]);
    let code = told["invitation"]["code"].as_str().unwrap().to_owned();
    let (mine, other) = (server.new_key("mine"), server.new_key("other"));
    let mut screen = server.knock("wang", Some(&mine), &[]);
    screen.until("Code of your invitation, or password:");
    // read out over the telephone: in small letters, without dashes
    screen.press(&format!("{}\r", code.to_lowercase().replace('-', " ")));
    screen.until(NAMES[0]);
    screen.press("q");
    assert_eq!(screen.end(), 0);
    assert!(!screen.sent().contains(&code), "what is typed at the door is not shown");
    // the key comes in without a code from here on
    let mut screen = server.knock("wang", Some(&mine), &[]);
    screen.until(NAMES[0]);
    assert!(!screen.sent().contains("invitation"));
    // the code was good once
    let mut screen = server.knock("wang", Some(&other), &["-o", "NumberOfPasswordPrompts=1"]);
    screen.until("Code of your invitation");
    screen.press(&format!("{code}\r"));
    assert_ne!(screen.end(), 0);
    assert_eq!(
        tries(&server, "wang")[..],
        [("code", "enrolled"), ("key", "in"), ("password", "wrong")]
            .map(|(a, b)| (a.to_owned(), b.to_owned()))
    );
    let keys = server.floor().json(&["user", "key", "list", "wang"]);
    assert_eq!(keys["keys"].as_array().unwrap().len(), 1, "{keys}");
}

#[test]
fn an_invitation_is_for_one_person_and_needs_a_key() {
    let Some(server) = server() else { return };
    let told = server.floor().json(&["user", "invite", "wang"]);
    let code = told["invitation"]["code"].as_str().unwrap().to_owned();
    let mut screen = server.knock("li", Some(&server.new_key("li")), &[]);
    screen.until("Code of your invitation");
    screen.press(&format!("{code}\r"));
    screen.wait_sent("the code of another let somebody in", |sent| sent.matches("Code of your").count() == 2);
    drop(screen);
    // without a key the person is told, and the code still holds
    let mut screen = server.knock("wang", None, &[]);
    screen.until("Code of your invitation");
    screen.press(&format!("{code}\r"));
    screen.until("ssh-keygen -t ed25519");
    drop(screen);
    let mut screen = server.knock("wang", Some(&server.new_key("mine")), &[]);
    screen.until("Code of your invitation");
    screen.press(&format!("{code}\r"));
    screen.until(NAMES[0]);
}

#[test]
fn a_password_lets_in_and_a_removed_key_does_not() {
    let Some(server) = server() else { return };
    set_password(&server, "wang");
    let mut screen = server.knock("wang", None, &[]);
    screen.until("or password:");
    screen.press(&format!("{PASSWORD}\r"));
    screen.until(NAMES[0]);
    screen.press("q");
    assert_eq!(screen.end(), 0);
    let key = server.key_of("wang");
    let mut screen = server.open("wang");
    screen.until(NAMES[0]);
    screen.press("q");
    assert_eq!(screen.end(), 0);
    server.floor().json(&["user", "key", "remove", "wang", "id_wang"]);
    let mut screen = server.knock("wang", Some(&key), &[]);
    screen.until("or password:");
}

#[test]
fn who_guesses_is_locked_out_until_a_lead_says_otherwise_and_others_are_not() {
    let Some(server) = server() else { return };
    set_password(&server, "wang");
    set_password(&server, "li");
    // five wrong ones, in two connections
    for count in [3, 2] {
        let mut screen = server.knock("wang", None, &[]);
        for n in 1..=count {
            screen.wait_sent("the door asks again", |sent| sent.matches("or password:").count() == n);
            screen.press("wrong as can be\r");
        }
        if count == 3 {
            assert_ne!(screen.end(), 0);
        } else {
            screen.wait_sent("the door asks again", |sent| sent.matches("or password:").count() == 3);
        }
    }
    // the right one is not looked at now, and nothing says so
    let mut screen = server.knock("wang", None, &[]);
    screen.until("or password:");
    screen.press(&format!("{PASSWORD}\r"));
    screen.wait_sent("who is locked out came in", |sent| sent.matches("or password:").count() == 2);
    assert!(!screen.sent().contains("lock"), "{}", screen.sent());
    drop(screen);
    let came: Vec<String> = tries(&server, "wang").into_iter().map(|(_, came)| came).collect();
    assert_eq!(came.iter().filter(|came| *came == "locked").count(), 1, "{came:?}");
    assert_eq!(came.iter().filter(|came| *came == "wrong").count(), 5, "{came:?}");
    // a key cannot be guessed: it lets in all the same; and others are not concerned
    let mut screen = server.open("wang");
    screen.until(NAMES[0]);
    let mut screen = server.knock("li", None, &[]);
    screen.until("or password:");
    screen.press(&format!("{PASSWORD}\r"));
    screen.until("Materials");
    // a lead of the team releases, the rep of another team does not
    assert!(server.refused("li", "user unlock wang --json").1.contains("forbidden"));
    server.json("zhou", "user unlock wang --json");
    let mut screen = server.knock("wang", None, &[]);
    screen.until("or password:");
    screen.press(&format!("{PASSWORD}\r"));
    screen.until(NAMES[0]);
}

#[test]
fn a_name_that_nobody_goes_by_is_treated_like_any_other() {
    let Some(server) = server() else { return };
    set_password(&server, "wang");
    let key = server.new_key("stranger");
    let mut said = Vec::new();
    for login in ["wang", "li", "nobody", "../../x"] {
        let mut screen = server.knock(login, Some(&key), &[]);
        for n in 1..=3 {
            screen.wait_sent("the door asks", |sent| sent.matches("or password:").count() == n);
            screen.press("not the password\r");
        }
        assert_eq!(screen.end(), 255);
        said.push(screen.sent().replace(&format!("{login}@"), "LOGIN@"));
    }
    assert!(said.iter().all(|one| *one == said[0]), "{said:#?}");
}

#[test]
fn a_second_step_is_asked_for_beside_the_password_and_each_code_holds_once() {
    let Some(server) = server() else { return };
    set_password(&server, "wang");
    let told = server.floor().json(&["user", "totp", "wang"]);
    assert!(
        told["totp"]["link"].as_str().unwrap().starts_with("otpauth://totp/Corral:wang?secret="),
        "{told}"
    );
    let mut screen = server.knock("wang", None, &[]);
    screen.until("or password:");
    screen.press(&format!("{PASSWORD}\r"));
    screen.until("Code of your authenticator:");
    screen.press("000000\r");
    screen.wait_sent("a wrong code let somebody in", |sent| sent.matches("or password:").count() == 2);
    drop(screen);
    // the right one lets in, also as authenticators show it
    let code = code_of(told["totp"]["secret"].as_str().unwrap());
    let spaced = format!("{} {}", &code[..3], &code[3..]);
    let with_code = |code: &str| {
        let mut screen = server.knock("wang", None, &[]);
        screen.until("or password:");
        screen.press(&format!("{PASSWORD}\r"));
        screen.until("Code of your authenticator:");
        screen.press(&format!("{code}\r"));
        screen
    };
    with_code(&spaced).until(NAMES[0]);
    // and holds once: the clock stands still, the code is the same
    let again = "a code that was used let somebody in";
    with_code(&code).wait_sent(again, |sent| sent.matches("or password:").count() == 2);
    // whoever has the key is not asked
    let mut screen = server.open("wang");
    screen.until(NAMES[0]);
}
