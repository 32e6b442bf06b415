//! The publisher's list of leads, with numbers made up for it, brought in twice and worked by a team (issue 2, no. 2).

use std::path::{Path, PathBuf};
use std::process::Command;

use rstest::rstest;
use serde_json::{Value, json};

use crate::program::{Program, id, python, repository, skipped};

/// Tuesday evening, after work: the calls are due on Wednesday morning.
const EVENING: &str = "2026-11-17T21:00:00+08:00";
const MORNING: &str = "2026-11-18T10:05:00+08:00";

/// The list lies beside the repository, or beside one of the folders it lies in.
fn list() -> Option<PathBuf> {
    let found = Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .skip(1)
        .map(|folder| folder.join("shared/data/x-education-leads.csv"))
        .find(|file| file.is_file());
    if found.is_none() {
        skipped("../shared/data/x-education-leads.csv is not on this machine; the list was not imported");
    }
    found
}

/// Adds numbers; answers how many of each kind were made.
fn with_numbers(list: &Path, to: &Path, encoding: &str, rows: Option<u32>) -> Option<Value> {
    let Some(python) = python() else {
        skipped("there is no python3 on this machine; the list has no numbers");
        return None;
    };
    let mut command = Command::new(python);
    command
        .arg("-B")
        .arg(repository("tests/tools/add_phones.py"))
        .arg(list)
        .arg(to)
        .args(["--encoding", encoding]);
    if let Some(rows) = rows {
        command.args(["--rows", &rows.to_string()]);
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

fn count(told: &Value, name: &str) -> i64 {
    told[name].as_i64().unwrap_or_else(|| panic!("no '{name}' in {told}"))
}

#[rstest]
#[case::utf_8_all_of_it("utf-8", None)]
#[case::gb18030_its_beginning("gb18030", Some(2_000))]
fn the_list_is_imported_once_and_worked_by_a_team(#[case] encoding: &str, #[case] rows: Option<u32>) {
    let Some(list) = list() else { return };
    let reps = ["wang", "li", "zhao", "qian"];
    let program = Program::with("edu-english", &reps);
    let file = program.folder().join("leads.csv");
    let Some(made) = with_numbers(&list, &file, encoding, rows) else { return };
    let map = repository("tests/corpus/leads/x-education.map.toml");
    let map = map.to_str().unwrap();
    let words = ["import", "leads", "leads.csv", "--map", map, "--assign", "One"];

    let told = program.json(EVENING, &words);
    let [read, created, updated, duplicates, rejected] =
        ["rows", "created", "updated", "duplicates", "rejected"].map(|name| count(&told, name));
    assert_eq!(read, count(&made, "rows"));
    assert_eq!(read, created + updated + duplicates + rejected, "{told}");
    assert_eq!((created, updated), (count(&made, "good"), 0), "{told} of {made}");
    assert_eq!(duplicates, count(&made, "duplicate"));
    assert_eq!(rejected, count(&made, "masked") + count(&made, "invalid"));
    let rejects = program.folder().join(told["rejects_file"].as_str().unwrap());
    let refused = csv::Reader::from_path(rejects).unwrap().into_records().count();
    assert_eq!(i64::try_from(refused).unwrap(), rejected);
    assert_eq!(program.number("SELECT count(*) FROM customer"), created);

    let again = program.json("2026-11-17T21:30:00+08:00", &words);
    assert_eq!((count(&again, "created"), count(&again, "updated")), (0, 0), "{again}");
    assert_eq!(count(&again, "rows"), count(&again, "duplicates") + count(&again, "rejected"));
    assert_eq!(program.number("SELECT count(*) FROM customer"), created);

    // in turn over the four: nobody has more than one above another
    let spread = program.number(
        "SELECT max(n) - min(n) FROM (SELECT count(*) AS n FROM customer WHERE owner_id IS NOT NULL GROUP BY owner_id) AS owners",
    );
    assert!(spread <= 1 && program.number("SELECT count(DISTINCT owner_id) FROM customer") == 4);

    for rep in reps {
        let today = program.today(MORNING, rep);
        let calls = today["calls"].as_array().unwrap();
        assert!(calls.iter().any(|task| task["reason"] == "sop:sop_first_contact/0"), "{rep}");
        assert!(calls.iter().all(|task| !task["reason"].as_str().unwrap().is_empty()));
    }
    let today = program.today(MORNING, "wang");
    let task = id(&today["calls"][0]["id"]).to_owned();
    let logged = program
        .json("2026-11-18T10:07:00+08:00", &["log", &task, "--user", "wang", "--outcome", "no_answer"]);
    let next = &logged["effects"]["tasks"][0];
    // the playbook's ladder begins with half an hour
    assert_eq!((&next["reason"], &next["due_at"]), (&json!("retry:2"), &json!("2026-11-18T10:37:00+08:00")));
    program.verified();
}
