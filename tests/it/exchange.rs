//! Records out and in again: the same to the byte, with the same figures; what is cut off goes on; rights hold.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use assert_cmd::Command;
use serde_json::{Value, json};

use crate::program::{MORNING, Program, id};

const EVENING: &str = "2026-11-17T18:30:00+08:00";
const LEADS: &str = "姓名,手机号,微信,标签,备注\n张三,10012345678,zs_1,转介绍,=1+1\n李四,10012345679,,,\n王五,10012345670,,,约好周五\n";
const ALL: [&str; 6] = ["customers", "deals", "touches", "tasks", "orders", "usage"];

/// A school with two reps, three leads, and a day's work: a talk with a booked lesson, a missed call, an order.
fn worked() -> Program {
    let program = Program::with("edu-english", &["wang", "li"]);
    program.import(MORNING, LEADS, &["--assign", "wang"]);
    let today = program.today(MORNING, "wang");
    let task = |place: usize| id(&today["calls"][place]["id"]);
    program.json(MORNING, &["-u", "wang", "log", task(0), "-o", "1", "--note", "+86 在忙\n改天 \"再\" 打"]);
    program.json(MORNING, &["-u", "wang", "log", task(1), "-o", "interested", "--seconds", "180"]);
    program
}

fn export(program: &Program, records: &str, file: &str) -> Vec<u8> {
    program.json(EVENING, &["export", records, "--to", file]);
    fs::read(program.folder().join(file)).unwrap()
}

/// An empty database with the same people.
fn beside() -> Program {
    Program::with("edu-english", &["wang", "li"])
}

#[test]
fn what_is_exported_comes_in_again_to_the_byte_with_the_same_figures() {
    let program = worked();
    for form in ["csv", "xlsx"] {
        let other = beside();
        for records in ALL {
            let file = format!("{records}.{form}");
            export(&program, records, &file);
            fs::copy(program.folder().join(&file), other.folder().join(&file)).unwrap();
            let told = other.json(EVENING, &["import", records, &file]);
            assert_eq!((&told["rejected"], &told["duplicates"]), (&json!(0), &json!(0)), "{records} {told}");
        }
        for records in ALL {
            let first = export(&program, records, "a.csv");
            let second = export(&other, records, "b.csv");
            assert_eq!(
                String::from_utf8(first).unwrap(),
                String::from_utf8(second).unwrap(),
                "{records} by {form}"
            );
        }
        assert!(other.json(EVENING, &["verify"])["ok"].as_bool().unwrap());
        for metric in ["calls_dialed", "calls_valid", "talk_minutes"] {
            let board = |p: &Program| {
                let board = p.json(EVENING, &["board", "--period", "month", "--metric", metric]);
                let rows = board["rows"].as_array().unwrap().clone();
                rows.into_iter().map(|r| (r["name"].clone(), r["value"].clone())).collect::<Vec<_>>()
            };
            assert_eq!(board(&program), board(&other), "{metric}");
        }
        // the same again is all known
        let told = other.json(EVENING, &["import", "touches", &format!("touches.{form}")]);
        assert_eq!((&told["created"], &told["duplicates"]), (&json!(0), &json!(2)));
    }
}

#[test]
fn no_cell_of_a_table_is_a_formula() {
    let program = worked();
    for records in ALL {
        let bytes = export(&program, records, "x.csv");
        assert_eq!(bytes.get(..3), Some(b"\xEF\xBB\xBF".as_slice()), "{records}: no byte order mark");
        let mut reader = csv::ReaderBuilder::new().from_reader(&bytes[3..]);
        for row in reader.records() {
            for cell in &row.unwrap() {
                let risky = cell.starts_with(['=', '+', '@', '\t', '\r'])
                    || (cell.starts_with('-') && cell.parse::<f64>().is_err());
                assert!(!risky, "{records}: {cell}");
            }
        }
    }
    let customers = String::from_utf8(export(&program, "customers", "x.csv")).unwrap();
    assert!(customers.contains("'=1+1"), "the note of a lead is not guarded: {customers}");
}

#[test]
fn an_export_is_narrowed_by_period_team_and_rep() {
    let program = worked();
    let rows = |words: &[&str]| {
        let words = [&["export"], words, &["--to", "x.csv"]].concat();
        program.json(EVENING, &words)["rows"].as_u64().unwrap()
    };
    assert_eq!(rows(&["touches"]), 2);
    assert_eq!(rows(&["touches", "--rep", "wang"]), 2);
    assert_eq!(rows(&["touches", "--rep", "li"]), 0);
    assert_eq!(rows(&["touches", "--team", "One"]), 2);
    assert_eq!(rows(&["touches", "--period", "day"]), 2);
    assert_eq!(rows(&["touches", "--from", "2026-11-18"]), 0);
    assert_eq!(rows(&["touches", "--until", "2026-11-16"]), 0);
    assert_eq!(rows(&["touches", "--from", "2026-11-17", "--until", "2026-11-17"]), 2);
    let (status, error) = program.refused(EVENING, &["export", "touches", "--team", "Two", "--to", "x.csv"]);
    assert_eq!((status, error["code"].as_str()), (1, Some("not_found")));
}

#[test]
fn a_rep_takes_nothing_out_and_a_lead_only_the_own_team() {
    let program = worked();
    program.json(MORNING, &["user", "add", "eve", "--role", "lead", "--team", "Two"]);
    let (status, error) = program.refused(EVENING, &["-u", "wang", "export", "customers", "--to", "x.csv"]);
    assert_eq!((status, error["code"].as_str()), (1, Some("forbidden")));
    assert!(!program.folder().join("x.csv").exists(), "a refused export leaves a file");
    let (_, error) = program.refused(EVENING, &["-u", "eve", "export", "customers", "--to", "x.csv"]);
    assert_eq!(error["code"], "not_approved");
    let why = ["-u", "eve", "export", "customers", "--to", "x.csv", "--why", "yearly review"];
    let asked = program.json(EVENING, &why)["asked"].as_str().unwrap().to_owned();
    assert!(!program.folder().join("x.csv").exists(), "an export that was only asked for leaves a file");
    let (_, error) = program.refused(EVENING, &["-u", "eve", "approval", "give", &asked]);
    assert_eq!(error["code"], "forbidden");
    program.json(EVENING, &["approval", "give", &asked]);
    let listed = program.json(EVENING, &["-u", "eve", "approval", "list"]);
    assert_eq!(
        (&listed["asked"][0]["id"], &listed["asked"][0]["decided"]["approved"]),
        (&json!(asked), &json!(true))
    );
    let own = program.json(EVENING, &why);
    assert_eq!(own["rows"], 0, "a lead sees another team's customers");
    let (_, error) =
        program.refused(EVENING, &["-u", "eve", "export", "customers", "--team", "One", "--to", "y.csv"]);
    assert_eq!(error["code"], "forbidden");
}

#[test]
fn touches_of_another_system_count_by_the_rules() {
    let program = worked();
    let lines = [
        json!({"phone": "100 1234 5670", "user": "li", "at": "2026-11-16T15:00:00+08:00", "outcome": "interested", "seconds": 240}),
        json!({"phone": "10012345670", "user": "li", "at": "2026-11-16T15:00:00+08:00", "outcome": "interested"}),
        json!({"phone": "10099999999", "user": "li", "at": "2026-11-16T15:00:00+08:00", "outcome": "interested"}),
        json!({"phone": "10012345670", "user": "nobody", "at": "2026-11-16T15:00:00+08:00", "outcome": "interested"}),
        json!({"phone": "10012345670", "user": "li", "at": "2026-11-16T16:00:00+08:00", "outcome": "intrested"}),
        json!({"phone": "10012345670", "user": "li", "at": "2027-01-01T16:00:00+08:00", "outcome": "interested"}),
        json!({"phone": "10012345670", "at": "2026-11-16T16:00:00+08:00", "outcome": "interested"}),
    ];
    let typed: Vec<String> = lines.iter().map(ToString::to_string).collect();
    let output = program
        .command(&["import", "touches", "-", "--now", EVENING])
        .write_stdin(typed.join("\n"))
        .output()
        .unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    let told: Vec<Value> = told.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((&told[0]["fate"], &told[1]["fate"]), (&json!("created"), &json!("duplicate")), "{told:?}");
    let said = |place: usize| told[place]["error"]["message"].as_str().unwrap().to_owned();
    assert!(said(2).contains("there is no customer with the phone '+8610099999999'"), "{}", said(2));
    assert!(said(3).contains("there is no user 'nobody'"), "{}", said(3));
    assert!(said(4).contains("did you mean 'interested'"), "{}", said(4));
    assert!(said(5).contains("in the future"), "{}", said(5));
    assert!(said(6).contains("the line lacks 'user'"), "{}", said(6));
    // one call of 240 s counts for li on the day it was made, and in the month
    let board = program.json(EVENING, &["board", "--period", "month", "--metric", "calls_valid"]);
    let li = board["rows"].as_array().unwrap().iter().find(|r| r["name"] == "li").unwrap().clone();
    assert_eq!(li["value"], 1);
    assert!(program.json(EVENING, &["verify"])["ok"].as_bool().unwrap());
}

#[test]
fn use_of_what_was_bought_opens_the_renewal() {
    // the playbook opens a renewal when 20 lessons are left (S000-09, S001-72)
    let program = worked();
    let file = program.folder().join("usage.csv");
    fs::write(&file, "phone,at,amount,left\n10012345670,2026-11-17T09:00:00+08:00,1,21\n").unwrap();
    program.json(EVENING, &["import", "usage", "usage.csv"]);
    let renewals = |program: &Program| {
        let bytes = export(program, "deals", "deals.csv");
        String::from_utf8(bytes).unwrap().matches(",renewal,").count()
    };
    assert_eq!(renewals(&program), 0);
    fs::write(&file, "phone,at,amount,left\n10012345670,2026-11-17T10:00:00+08:00,1,20\n").unwrap();
    let told = program.json(EVENING, &["import", "usage", "usage.csv"]);
    assert_eq!(told["created"], 1);
    assert_eq!(renewals(&program), 1);
    let told = program.json(EVENING, &["import", "usage", "usage.csv"]);
    assert_eq!((&told["created"], &told["duplicates"]), (&json!(0), &json!(1)));
    assert_eq!(renewals(&program), 1);
}

/// A list of so many households.
fn list(path: &Path, rows: u32) {
    let mut text = "姓名,手机号\n".to_owned();
    for n in 0..rows {
        // writing to a String cannot fail
        writeln!(text, "客户{n},138{n:08}").unwrap();
    }
    text.push_str("坏,abc\n");
    fs::write(path, text).unwrap();
}

#[test]
fn an_import_that_was_killed_goes_on_and_comes_to_the_same() {
    let program = Program::with("edu-english", &["wang", "li"]);
    list(&program.folder().join("leads.csv"), 1_200);
    let words = ["import", "leads", "leads.csv", "--assign", "One", "--json", "--now", MORNING];
    let mut child = std::process::Command::new(Command::cargo_bin("corral").unwrap().get_program())
        .current_dir(program.folder())
        .env("HOME", program.folder())
        .env("CORRAL_SETTINGS", program.folder().join("settings.toml"))
        .arg("--db")
        .arg(program.db())
        .args(words)
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    // as soon as the first part is in the database, and before the last
    let done = |sql: &str| program.number(sql);
    while done("SELECT count(*) FROM customer") == 0 {
        std::thread::yield_now();
        assert!(child.try_wait().unwrap().is_none(), "the import ended before it was killed");
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let cut = done("SELECT count(*) FROM customer");
    assert!((500..1_200).contains(&cut), "{cut} customers are in before the kill");
    let told = program.json(MORNING, &words[..5]);
    assert_eq!(told["resumed"], true, "{told}");
    for (name, count) in [("rows", 1_201), ("created", 1_200), ("duplicates", 0), ("rejected", 1)] {
        assert_eq!(told[name], count, "{name} in {told}");
    }
    assert_eq!(done("SELECT count(*) FROM customer"), 1_200);
    assert_eq!(done("SELECT count(*) FROM import_batch WHERE done = 1 AND created = 1200"), 1);
    // in turn, over the cut as well: 600 each
    assert_eq!(
        done("SELECT max(n) - min(n) FROM (SELECT count(*) AS n FROM customer GROUP BY owner_id) AS owners"),
        0
    );
    let again = program.json(MORNING, &words[..5]);
    assert_eq!(
        (&again["resumed"], &again["created"], &again["duplicates"]),
        (&json!(false), &json!(0), &json!(1_200))
    );
    let batch = id(&told["batch"]);
    let undone = program.json(EVENING, &["import", "undo", batch]);
    assert_eq!(undone["removed"], 1_200);
    assert_eq!(done("SELECT count(*) FROM customer"), 0);
}
