//! Many at once, and killed at once: short runs of the programs that docs/performance.md is made with.

use std::process::Command;

use corral::domain::id::WriteId;
use corral::domain::lists::Lane;
use corral::store::change::{Change, WorkChange};

use crate::cluster;
use crate::school::{due, family, said, school};

/// Runs an example as the README would, built like this test; answers with what it printed.
fn example(name: &str, words: &[&str]) -> String {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["run", "--quiet", "--locked", "--example", name]);
    if !cfg!(debug_assertions) {
        cargo.arg("--release");
    }
    let out = cargo.arg("--").args(words).current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
    let told = String::from_utf8(out.stdout).unwrap();
    assert!(out.status.success(), "{name}: {told}\n{}", String::from_utf8_lossy(&out.stderr));
    told
}

#[test]
fn people_who_press_a_key_in_one_millisecond_get_ids_that_do_not_meet() {
    let mut floor = school();
    let rep = floor.rep;
    let tasks: Vec<_> = (0..12)
        .map(|n| {
            let customer = family(&mut floor, rep, &format!("138000000{n:02}"), "");
            due(&floor, customer, Lane::Call)
        })
        .collect();
    let first = floor.prepare(rep, Change::Work(WorkChange::Log(Box::new(said(tasks[0], "no_answer")))));
    // each makes several ids after its own: without care the second would make those of the first again
    for (n, task) in (0_i64..).zip(&tasks) {
        let change = Change::Work(WorkChange::Log(Box::new(said(*task, "no_answer"))));
        let write = corral::store::change::Write { id: WriteId(first.id.0 + n), change, ..first.clone() };
        let commit = floor.db.write(&write).unwrap();
        assert!(!commit.replayed && commit.effects.touch.is_some(), "change {n}");
    }
    assert_eq!(floor.rows("SELECT count(*) FROM touch"), [["12"]]);
}

#[test]
fn writers_killed_in_the_middle_of_their_work_leave_every_acknowledged_change_once() {
    let told = example("crash", &["--rounds", "3", "--writers", "4", "--within-ms", "400"]);
    assert_eq!(told.lines().count(), 4, "a line a round and the sum: {told}");
    assert!(told.ends_with("0 differences\n"), "{told}");
}

#[test]
fn a_server_killed_under_load_and_a_standby_promoted_lose_and_double_nothing() {
    if !cluster::wanted() {
        return;
    }
    for (words, what) in
        [(&["--kills", "2"][..], "2 kills of the server"), (&["--promote", "--kills", "1"], "1 stand-by")]
    {
        let told = example("failover", &[words, &["--writers", "3", "--within-ms", "600"]].concat());
        assert!(told.contains(what) && told.ends_with("0 differences\n"), "{told}");
    }
}

#[test]
fn a_floor_of_processes_ends_without_an_error_a_loss_or_a_difference() {
    let folder = tempfile::tempdir().unwrap();
    let db = folder.path().join("floor.db").display().to_string();
    let words = ["--db", &db, "--reps", "4", "--think-ms", "50", "--seconds", "2", "--json"];
    let told: serde_json::Value = serde_json::from_str(&example("floor", &words)).unwrap();
    assert!(told["runs"][0]["made"].as_u64().unwrap() > 4, "{told}");
    assert_eq!(told["runs"][0]["errors"], serde_json::json!({}));
    assert_eq!((&told["runs"][0]["lost"], &told["verify"]["ok"]), (&0.into(), &true.into()));
}

#[test]
fn one_script_comes_to_the_same_on_a_file_and_on_a_server() {
    if !cluster::wanted() {
        return;
    }
    let told = example("twins", &["--changes", "40", "--customers", "16", "--reps", "2", "--seed", "3"]);
    assert!(told.ends_with("the same to the byte\n"), "{told}");
    // the made-up floor before, and everything after
    assert_eq!(told.matches(" tables (").count(), 2, "{told}");
}
