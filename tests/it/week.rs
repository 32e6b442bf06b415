//! A simulated working week through the line-driven command, explained by an independent script.

use std::process::Command;

use rstest::rstest;
use serde_json::Value;

use crate::program::{MORNING, Program, explained, id, python, repository};

/// The summary of `tests/tools/week.py`, which ends with an error on the first thing it cannot explain.
fn week(playbook: &str, reps: u32, days: u32) -> Option<Value> {
    let (leads, reps, days) = ((reps * 20).to_string(), reps.to_string(), days.to_string());
    explained("week.py", playbook, &["--reps", &reps, "--days", &days, "--leads", &leads])
}

#[rstest]
#[case::lessons("edu-english", 6, 3)]
#[case::homes("home-yunqi", 3, 3)]
#[case::insurance("life-anqiao", 3, 3)]
fn a_simulated_week_is_explained_by_its_playbook(
    #[case] playbook: &str,
    #[case] reps: u32,
    #[case] days: u32,
) {
    let Some(summary) = week(playbook, reps, days) else { return };
    assert_eq!((&summary["violations"], &summary["verify"]), (&0.into(), &true.into()));
    // a week in which nothing happened would be explained as well
    let count = |part: &str, name: &str| summary[part][name].as_u64().unwrap_or(0);
    assert!(count("driven", "done") > u64::from(reps * days) * 10, "{summary}");
    for kind in ["tasks_sop", "tasks_next", "tasks_limit", "tasks_node", "calls"] {
        assert!(count("explained", kind) > 0, "{kind}: {summary}");
    }
    assert!(summary["driven"]["held"].as_object().is_some_and(|held| !held.is_empty()), "{summary}");
}

/// The checker itself must be able to fail: one task put an hour off its time, one call in the night, one step twice.
#[test]
fn the_independent_script_finds_what_does_not_follow_from_the_playbook() {
    let Some(python) = python() else { return };
    let program = Program::with("edu-english", &["wang"]);
    program.import(MORNING, "name,phone\n张三,10012345678\n", &["--assign", "wang"]);
    let today = program.today(MORNING, "wang");
    let task = id(&today["calls"][0]["id"]);
    program.json("2026-11-17T10:06:00+08:00", &["log", task, "--user", "wang", "--outcome", "no_answer"]);
    let check = || {
        let output = Command::new(python)
            .arg("-B")
            .arg(repository("tests/tools/week_check.py"))
            .arg(program.path())
            .arg(repository("playbooks/edu-english.toml"))
            .output()
            .unwrap();
        (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
    };
    let (status, told) = check();
    assert_eq!(status, 0, "{told}");
    for (damage, repair, said) in [
        (
            "UPDATE task SET due_at = due_at + 3600000 WHERE task_key LIKE 'next:%'",
            "UPDATE task SET due_at = due_at - 3600000 WHERE task_key LIKE 'next:%'",
            "the playbook says 2026-11-17 10:36:00",
        ),
        (
            "UPDATE touch SET at = at - 3600000, day = day",
            "UPDATE touch SET at = at + 3600000",
            "in quiet hours",
        ),
        (
            "UPDATE task SET source = '{\"kind\":\"sop\",\"sop\":\"sop_first_contact\",\"step\":2}' WHERE task_key LIKE '%/3:%'",
            "UPDATE task SET source = '{\"kind\":\"sop\",\"sop\":\"sop_first_contact\",\"step\":3}' WHERE task_key LIKE '%/3:%'",
            "the same step is open already",
        ),
        (
            "UPDATE task SET task_key = replace(task_key, '/4:', '/9:') WHERE task_key LIKE '%/4:%'",
            "UPDATE task SET task_key = replace(task_key, '/9:', '/4:') WHERE task_key LIKE '%/9:%'",
            "never planned",
        ),
    ] {
        program.sql(damage);
        let (status, told) = check();
        assert!(status == 1 && told.contains(said), "{damage}: {told}");
        program.sql(repair);
    }
    assert_eq!(check().0, 0);
}
