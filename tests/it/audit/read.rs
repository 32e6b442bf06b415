//! The trail as it is read: whose rows, which rows, through a window, from the command line.

use corral::domain::id::UserId;
use corral::domain::lists::AuditKind;
use corral::domain::time::Timestamp;
use corral::store::StoreError;
use corral::store::change::{About, Change, CustomerChange, Note};
use corral::store::query::{Answer, AuditAsk, AuditRow, Query};
use serde_json::{Value, json};

use crate::floor::Floor;
use crate::ground;
use crate::program::{MORNING, Program};
use crate::store_base::undo::add;

fn asked(floor: &mut Floor, ask: AuditAsk) -> Result<Vec<AuditRow>, StoreError> {
    match floor.read(&Query::Audit(ask))? {
        Answer::Audit(page) => Ok(page.rows),
        other => panic!("{other:?}"),
    }
}

fn newest(floor: &Floor, by: UserId) -> AuditAsk {
    AuditAsk::newest(by, floor.now(), 100)
}

fn numbers(rows: &[AuditRow]) -> Vec<i64> {
    rows.iter().map(|row| row.number).collect()
}

fn note(floor: &mut Floor, by: UserId, kind: AuditKind) {
    floor.write(by, Change::Note(Box::new(Note::new(kind, About::Nothing)))).unwrap();
}

#[test]
fn a_manager_reads_all_a_lead_the_own_team_and_a_rep_nothing() {
    let mut floor = Floor::new();
    let (manager, lead, rep, stranger) = (floor.manager, floor.lead, floor.rep, floor.stranger);
    for by in [rep, stranger, manager, lead] {
        note(&mut floor, by, AuditKind::SignedIn);
    }
    let ask = newest(&floor, manager);
    assert_eq!(numbers(&asked(&mut floor, ask).unwrap()), [10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
    let ask = newest(&floor, lead);
    // 1 to 6 are the system's, which is in no team; 8 is of another team, 9 of none
    assert_eq!(numbers(&asked(&mut floor, ask).unwrap()), [10, 7]);
    for by in [rep, floor.mate] {
        let ask = newest(&floor, by);
        let refused = asked(&mut floor, ask).unwrap_err();
        assert_eq!(refused.to_string(), "a rep may not read the audit trail");
    }
}

#[test]
fn rows_are_narrowed_by_kind_person_customer_and_time() {
    let mut floor = Floor::new();
    let customer = add(&mut floor, "王小明", "+8613800138000");
    let (manager, lead, rep, mate) = (floor.manager, floor.lead, floor.rep, floor.mate);
    note(&mut floor, rep, AuditKind::SignedIn); // 7
    floor.pass_minutes(60);
    let assign = CustomerChange::Assign { customers: vec![customer], to: Some(mate), reason: String::new() };
    floor.write(lead, Change::Customer(assign)).unwrap(); // 8
    note(&mut floor, rep, AuditKind::SignedOut); // 9
    let all = newest(&floor, manager);
    let hour = floor.now();
    let cases = [
        (AuditAsk { kind: Some(AuditKind::SignedIn), ..all.clone() }, vec![7]),
        // the system added the rep: 4; the rep signed in and out
        (AuditAsk { user: Some(rep), ..all.clone() }, vec![9, 7, 4]),
        (AuditAsk { user: Some(rep), kind: Some(AuditKind::SignedOut), ..all.clone() }, vec![9]),
        (AuditAsk { customer: Some(customer), ..all.clone() }, vec![8]),
        (AuditAsk { customer: Some(customer), user: Some(lead), ..all.clone() }, vec![8]),
        (AuditAsk { customer: Some(customer), user: Some(rep), ..all.clone() }, vec![]),
        (AuditAsk { customer: Some(customer), kind: Some(AuditKind::SignedIn), ..all.clone() }, vec![]),
        (AuditAsk { between: (Some(hour), None), ..all.clone() }, vec![9, 8]),
        (AuditAsk { between: (None, Some(hour)), limit: 2, ..all.clone() }, vec![7, 6]),
        (AuditAsk { between: (Some(Timestamp(hour.0 + 1)), None), ..all.clone() }, vec![]),
        (AuditAsk { before: Some(8), limit: 2, ..all }, vec![7, 6]),
    ];
    for (ask, expected) in cases {
        assert_eq!(numbers(&asked(&mut floor, ask.clone()).unwrap()), expected, "{ask:?}");
    }
}

#[test]
fn a_row_names_who_and_whom() {
    let mut floor = Floor::new();
    let customer = add(&mut floor, "王小明", "+8613800138000");
    let (lead, mate) = (floor.lead, floor.mate);
    let assign =
        CustomerChange::Assign { customers: vec![customer], to: Some(mate), reason: "away".to_owned() };
    floor.write(lead, Change::Customer(assign)).unwrap();
    let ask = newest(&floor, lead);
    let row = asked(&mut floor, ask).unwrap().remove(0);
    assert_eq!(row.by, (lead, "lead".to_owned(), "孙组长".to_owned()));
    assert_eq!(row.team, Some((floor.team, "One".to_owned())));
    assert_eq!(row.about, (About::Customer(customer), "王小明".to_owned()));
    assert_eq!((row.before.as_str(), row.after.as_str(), row.why.as_str()), ("rep", "mate", "away"));
    assert!(!row.is_erased && row.personal.is_empty());
}

fn school() -> Program {
    Program::with("edu-english", &["wang"])
}

#[test]
fn the_trail_is_listed_and_what_is_taken_out_is_on_it_before_the_file_has_its_name() {
    let program = school();
    program.json(MORNING, &["export", "customers", "--to", "all.csv", "--user", "boss"]);
    let told = program.json(MORNING, &["audit", "list", "--kind", "exported"]);
    let row = &told["rows"][0];
    assert_eq!((&row["by"]["login"], &row["origin"]), (&json!("boss"), &json!("local")));
    assert_eq!(row["about"], json!({ "what": "records", "id": "customers", "name": null }));
    assert_eq!(row["after"], "0 rows\nfile: all.csv");
    assert_eq!(told["head"]["number"], row["number"]);
    // a rep is refused, and that is on record too
    let (status, error) = program.refused(MORNING, &["audit", "list", "--user", "wang"]);
    assert_eq!((status, &error["code"]), (1, &json!("forbidden")));
    let tried = program.rows("SELECT became, why FROM audit WHERE kind = 'refused'");
    assert_eq!(tried, [["audit", "a rep may not read the audit trail"]]);
    // to standard output it is noted as well
    program.command(&["export", "customers", "--user", "boss"]).assert().success();
    let told = program.json(MORNING, &["audit", "list", "--of", "boss", "--limit", "1"]);
    assert_eq!(told["rows"][0]["after"], "to standard output");
    assert_eq!(told["next"], told["rows"][0]["number"]);
    // where the file cannot be written nothing was taken out
    let (_, error) =
        program.refused(MORNING, &["export", "customers", "--to", "no/where.csv", "--user", "boss"]);
    assert_eq!(error["code"], "unwritable");
    // nor where it is refused
    program.command(&["export", "customers", "--user", "wang"]).assert().failure();
    assert_eq!(program.number("SELECT count(*) FROM audit WHERE kind = 'refused' AND became = 'export'"), 1);
    assert_eq!(program.number("SELECT count(*) FROM audit WHERE kind = 'exported'"), 2);
}

#[test]
fn the_trail_is_written_out_with_what_its_seals_cover() {
    use sha2::{Digest as _, Sha256};
    let program = school();
    let told = program.json(MORNING, &["audit", "export", "trail.jsonl", "--user", "boss"]);
    let text = std::fs::read_to_string(program.folder().join("trail.jsonl")).unwrap();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines[0]["head"], told["head"]);
    let rows = &lines[1..];
    assert_eq!(told["rows"], rows.len());
    assert_eq!(rows[0]["seal"], told["head"]["seal"]);
    // whoever has the file can check the chain without the program
    for pair in rows.windows(2) {
        let row = &pair[0];
        let said = |name: &str| row[name].as_str().map_or_else(|| row[name].to_string(), str::to_owned);
        let about = &row["about"];
        let about = match (about["what"].as_str().unwrap(), about["id"].as_str().unwrap()) {
            ("", _) => String::new(),
            (what, id) => format!("{what} {id}"),
        };
        let team = row["team"]["id"].as_str().unwrap_or_default().to_owned();
        let parts = [
            pair[1]["seal"].as_str().unwrap().to_owned(),
            said("number"),
            said("at_ms"),
            row["by"]["id"].as_str().unwrap().to_owned(),
            team,
            said("origin"),
            said("machine"),
            said("kind"),
            about,
            said("change"),
            said("before"),
            said("after"),
            said("why"),
            said("personal"),
        ];
        let mut sha = Sha256::new();
        for part in parts {
            sha.update((part.len() as u64).to_le_bytes());
            sha.update(part.as_bytes());
        }
        let seal = corral::domain::hex::hex(&sha.finalize());
        assert_eq!(row["seal"], json!(seal), "{row}");
    }
    // a table for people, with the head first and no formula in it
    program.json(MORNING, &["audit", "export", "trail.csv"]);
    let text = std::fs::read_to_string(program.folder().join("trail.csv")).unwrap();
    assert_eq!(text.lines().nth(1).unwrap().split(',').nth(9), Some("head"));
    let marked = text.lines().filter(|line| line.contains(",user_added,")).count();
    assert_eq!(marked, 2);
}

#[test]
fn a_bent_trail_ends_with_1_and_names_the_row() {
    let program = school();
    assert_eq!(program.json(MORNING, &["audit", "verify"])["ok"], true);
    let guard = if ground::is_server() { "" } else { "DROP TRIGGER audit_no_UPDATE; " };
    program.sql(&format!("{guard}UPDATE audit SET why = 'nobody asked' WHERE number = 2"));
    for words in [&["audit", "verify"][..], &["verify"]] {
        let output = program.command(words).arg("--json").output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        let told: Value = serde_json::from_slice(&output.stdout).unwrap();
        let found = &told["differences"][0];
        assert_eq!((&found["kind"], &found["id"]), (&json!("audit_seal"), &json!("2")), "{words:?}");
    }
}
