//! A copy that is killed while it runs, in a real terminal that shows how far it is, and the same command again.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use portable_pty::CommandBuilder;
use rusqlite::Connection;
use serde_json::Value;

use super::{moved, server};
use crate::cluster;
use crate::faults::pty::{Pty, surroundings};

/// Imports on record: rows that no figure hangs on.
const ROWS: u64 = 20_000;

/// A file with many rows in a table.
fn source(folder: &Path) -> PathBuf {
    let path = folder.join("source.db");
    drop(corral::store::Db::create(&path).unwrap());
    let many = format!(
        "INSERT INTO import_batch WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {ROWS}) \
         SELECT i, 'leads ' || i, '', i, 1, 0, 0, 0, 0, 0, 1, '' FROM n"
    );
    Connection::open(&path).unwrap().execute_batch(&many).unwrap();
    path
}

fn again(home: &Path, from: &Path, to: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_corral"));
    command.env("HOME", home).env("XDG_CONFIG_HOME", home).env("LANG", "C.UTF-8").env_remove("CORRAL_DB");
    command.args(["--json", "--lang", "en", "db", "copy"]).arg(from).arg(to).output().unwrap()
}

fn document(output: &Output) -> Value {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Begins to copy and kills the program once it tells of rows that are there.
fn cut_off(home: &Path, from: &Path, to: &Path) {
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_corral"));
    command.args(["--lang", "en", "db", "copy", "--pace", "4000"]);
    command.arg(from);
    command.arg(to);
    surroundings(home, &mut command);
    let mut terminal = Pty::open(command, (120, 36));
    terminal.wait("no rows were told of", |shown| {
        let (Some(end), Some(line)) = (shown.find(" of 20,0"), shown.find(" rows · ")) else { return false };
        end < line && !shown.contains("\n0 of ") && !shown.starts_with("0 of ")
    });
    terminal.signal("KILL");
    terminal.end();
    let refused = corral::store::Db::open(to).unwrap_err();
    assert_eq!(refused.code(), "missing", "a copy that is not finished was taken for a database");
}

fn goes_on(home: &Path, from: &Path, to: &Path) {
    cut_off(home, from, to);
    let told = document(&again(home, from, to));
    let resumed = told["resumed"].as_u64().unwrap();
    assert!((1_000..ROWS).contains(&resumed), "{resumed} rows were there");
    assert_eq!(told["ok"], true);
    let many =
        told["tables"].as_array().unwrap().iter().find(|table| table["table"] == "import_batch").unwrap();
    assert_eq!((&many["rows"], &many["same"]), (&ROWS.into(), &true.into()));
    let beside: Vec<_> = std::fs::read_dir(home).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert!(!beside.iter().any(|name| name.to_string_lossy().contains(".moving")), "{beside:?}");
}

#[test]
fn a_copy_into_a_file_that_was_killed_goes_on_where_it_was_cut_off() {
    let folder = tempfile::tempdir().unwrap();
    goes_on(folder.path(), &source(folder.path()), &folder.path().join("copy.db"));
}

#[test]
fn a_copy_onto_a_server_that_was_killed_goes_on_where_it_was_cut_off() {
    if !cluster::wanted() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    goes_on(folder.path(), &source(folder.path()), &server());
}

#[test]
fn a_copy_off_a_server_that_was_killed_goes_on_where_it_was_cut_off() {
    if !cluster::wanted() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let there = server();
    assert!(moved(&source(folder.path()), &there).is_same());
    goes_on(folder.path(), &there, &folder.path().join("copy.db"));
}

#[test]
fn a_copy_whose_source_has_changed_meanwhile_begins_again_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let (from, to) = (source(folder.path()), folder.path().join("copy.db"));
    cut_off(folder.path(), &from, &to);
    let mut db = corral::store::Db::open(&from).unwrap();
    let text = corral::playbook::embedded::text("edu-english").unwrap().to_owned();
    let change = corral::store::change::people::PeopleChange::ApplyPlaybook { text };
    let write = corral::store::change::Write {
        id: corral::domain::id::WriteId(1 << 40),
        by: corral::store::Db::SYSTEM,
        at: "2026-11-16T10:00:00+08:00".parse().unwrap(),
        from: corral::domain::origin::Origin::Local,
        change: corral::store::change::Change::People(change),
    };
    db.write(&write).unwrap();
    drop(db);
    let output = again(folder.path(), &from, &to);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(told.contains("the source has changed since the copy was begun"), "{told}");
    let document = document(&output);
    assert_eq!((&document["ok"], &document["resumed"]), (&true.into(), &0.into()));
}

#[test]
fn two_who_copy_to_one_place_do_not_mix() {
    let folder = tempfile::tempdir().unwrap();
    let (from, to) = (source(folder.path()), folder.path().join("copy.db"));
    let (engine, making) = corral::store::engine::make(&to).unwrap();
    let output = again(folder.path(), &from, &to);
    let told: Value = serde_json::from_slice(&output.stderr).unwrap();
    assert_eq!((output.status.code(), &told["error"]["code"]), (Some(1), &"busy".into()));
    drop(engine);
    making.discard();
    assert_eq!(document(&again(folder.path(), &from, &to))["ok"], true);
}
