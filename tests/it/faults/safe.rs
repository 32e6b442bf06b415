//! A safe start: when what the person wrote is broken.

use std::fs;

use super::floor::{Floor, NAMES, NOW};
use super::pty::Pty;

struct Here {
    floor: Floor,
    _folder: tempfile::TempDir,
    _home: tempfile::TempDir,
}

/// A person whose settings, keys and theme are all broken, with a half-typed note.
fn here() -> Here {
    let (folder, home) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let floor = Floor::make(folder.path(), home.path());
    let mut screen = floor.open();
    screen.press("\r");
    screen.until("since 13:30");
    screen.press("nhalf a no");
    screen.until("half a no");
    screen.signal("KILL");
    screen.end();
    let own = home.path().join("corral");
    fs::create_dir_all(own.join("themes")).unwrap();
    // a theme of one's own, keys that take away what is needed, a database that is somewhere else
    fs::write(
        own.join("settings.toml"),
        "theme = \"broken\"\nmouse = = 7\nlanguage = \"fr\"\ndb = \"/nowhere/else.db\"\n",
    )
    .unwrap();
    fs::write(own.join("keys.toml"), "[keys]\nquit = \"none\"\nstart = \"Q\"\nnonsense = [[[\n").unwrap();
    fs::write(own.join("themes").join("broken.toml"), "inherits = \"broken\"\n[styles]\nx = {").unwrap();
    Here { floor, _folder: folder, _home: home }
}

/// Everything in the person's folder that a safe start has to leave alone.
fn own_files(floor: &Floor) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for name in ["settings.toml", "keys.toml", "themes", "drafts", "outbox"] {
        collect(&floor.home().join("corral").join(name), &mut found);
    }
    found.sort();
    found
}

fn collect(path: &std::path::Path, found: &mut Vec<(String, Vec<u8>)>) {
    if path.is_file() {
        found.push((path.display().to_string(), fs::read(path).unwrap()));
        return;
    }
    let Ok(entries) = fs::read_dir(path) else { return };
    for entry in entries {
        collect(&entry.unwrap().path(), found);
    }
}

fn safe(floor: &Floor, more: &[&str]) -> Pty {
    let mut screen = floor.begin(&[&["--now", NOW, "--safe"], more].concat());
    // in place of the keys, until the first one
    screen.until("safe start: without settings, keys and themes of yours; 1 draft left as they are");
    screen.until(NAMES[0]);
    screen
}

#[test]
fn a_safe_start_says_so_and_heeds_no_file_of_the_persons() {
    let here = here();
    let mut screen = safe(&here.floor, &[]);
    assert!(!screen.sent().contains("settings.toml"), "not one fault of the files is told");
    // the default keys: Enter starts, q leaves
    screen.press("\r");
    screen.until("since 13:30");
    assert!(!screen.shown().contains("half a no"), "a draft of before is not offered");
    screen.press("\x1b");
    screen.until("Materials");
    screen.press("q");
    assert_eq!(screen.end(), 0);
    assert!(screen.is_left_as_it_was());
}

#[test]
fn a_theme_named_on_the_command_line_is_not_read_either() {
    let here = here();
    let mut screen = safe(&here.floor, &["--theme", "broken"]);
    assert!(!screen.sent().contains("theme 'broken'"));
    screen.press("q");
    assert_eq!(screen.end(), 0);
}

#[test]
fn a_safe_start_leaves_drafts_held_changes_and_the_files_as_they_are() {
    let here = here();
    // a change that an earlier session could not save
    let floor = &here.floor;
    let mut screen = floor.begin(&["--now", NOW, "--settings", "none.toml"]);
    // the call that was cut off is open again
    screen.until("since");
    screen.press("\x1b");
    screen.until("Start");
    let away = floor.db().with_extension("away");
    fs::rename(floor.db(), &away).unwrap();
    screen.press("j\r1");
    screen.until("1 not saved yet");
    screen.signal("KILL");
    screen.end();
    fs::rename(&away, floor.db()).unwrap();

    let before = own_files(floor);
    assert!(before.iter().any(|(name, _)| name.ends_with(".held.json")), "{before:?}");
    assert!(before.iter().any(|(name, _)| name.contains(".draft")), "{before:?}");
    let mut screen = safe(floor, &[]);
    // work is saved, notes are kept beside; a choice made here holds for the session alone
    screen.press("\rnsafe words");
    screen.until("safe words");
    screen.press("\r1");
    screen.until("saved ·");
    screen.press("\x1b");
    screen.until("Materials");
    screen.press("\x1bOQ");
    screen.until("材料");
    screen.press("q");
    assert_eq!(screen.end(), 0);
    assert_eq!(floor.notes(), ["safe words"], "the held change was not sent");
    assert_eq!(own_files(floor), before);
    floor.verified();
}

#[test]
fn without_it_the_same_files_are_told_about_and_stop_nothing() {
    let here = here();
    let mut screen = here.floor.begin(&["--now", NOW]);
    screen.until(NAMES[0]);
    let sent = screen.sent();
    for told in ["settings.toml:", "theme 'broken'"] {
        assert!(sent.contains(told), "{told} in {sent}");
    }
    screen.signal("TERM");
    assert_eq!(screen.end(), 143);
}
