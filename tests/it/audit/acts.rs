//! What leaves a row, and what does not.

use corral::domain::id::CustomerId;
use corral::domain::lists::{AuditKind, Lane, Metric, Period};
use corral::domain::origin::Origin;
use corral::store::Db;
use corral::store::change::people::{NewTarget, TargetOf};
use corral::store::change::{About, Change, CustomerChange, Note, PeopleChange, WorkChange};

use super::told;
use crate::floor::Floor;
use crate::store_base::undo::{add as household, due, log};

/// A household of the rep's.
fn add(floor: &mut Floor) -> CustomerId {
    household(floor, "王小明", "+8613800138000")
}

#[test]
fn users_and_the_first_playbook_are_on_record_with_what_they_became() {
    let floor = Floor::new();
    let told = told(&floor);
    let playbook = &told[0];
    assert!(playbook.starts_with("playbook_applied playbook small |  | number 1, version "), "{playbook}");
    let lead = format!(
        "user_added user {} |  | login: lead, name: 孙组长, role: lead, state: active, rank: junior, team: One | ",
        floor.lead
    );
    assert_eq!(told[2], lead);
    assert_eq!(told.len(), 6);
    // by whom, when, and from where
    let row = &floor.rows("SELECT by_user, at, origin, team_id, number FROM audit WHERE number = 3")[0];
    assert_eq!(*row, ["1", "1794794400000", "local", "NULL", "3"]);
    let machine = floor.rows("SELECT DISTINCT machine FROM audit");
    assert_eq!(machine.len(), 1);
    assert_eq!(machine[0][0], corral::store::machine::name());
}

#[test]
fn a_user_who_is_changed_leaves_what_differs_and_nothing_else() {
    let mut floor = Floor::new();
    let (manager, rep) = (floor.manager, floor.rep);
    let change = PeopleChange::SetUser {
        user: rep,
        name: None,
        role: None,
        team: Some("Two".to_owned()),
        rank: None,
        job: None,
        state: None,
        coach: Some("mate".to_owned()),
    };
    floor.write(manager, Change::People(change)).unwrap();
    let told = told(&floor);
    assert_eq!(
        told.last().unwrap(),
        &format!("user_changed user {rep} | team: One | coach: mate, team: Two | ")
    );
}

#[test]
fn a_target_tells_the_one_before() {
    let mut floor = Floor::new();
    let (lead, rep) = (floor.lead, floor.rep);
    for value in [20, 30] {
        let target =
            NewTarget::goal(TargetOf::User(rep), Period::Month, Metric::CallsDialed, (value, floor.day()));
        floor.write(lead, Change::People(PeopleChange::SetTarget(target))).unwrap();
    }
    let told = told(&floor);
    assert_eq!(told[6], format!("target_set user {rep} |  | calls_dialed a month: 20, from 2026-11-16 | "));
    let after = "calls_dialed a month: 30, from 2026-11-16";
    assert_eq!(told[7], format!("target_set user {rep} | calls_dialed a month: 20 | {after} | "));
    let team = floor.rows("SELECT team_id FROM audit WHERE number = 8");
    assert_eq!(team, [[floor.team.to_string()]], "the team of who did it");
}

#[test]
fn a_transfer_and_a_correction_name_both_sides_and_who_may_be_recognised_is_kept_apart() {
    let mut floor = Floor::new();
    let customer = add(&mut floor);
    let (lead, mate) = (floor.lead, floor.mate);
    let before = told(&floor).len();
    let assign =
        CustomerChange::Assign { customers: vec![customer], to: Some(mate), reason: "away".to_owned() };
    floor.write(lead, Change::Customer(assign)).unwrap();
    let edit = CustomerChange::Edit {
        customer,
        version: 1,
        name: Some("王晓明".to_owned()),
        city: None,
        source: None,
    };
    floor.write(lead, Change::Customer(edit)).unwrap();
    let told = told(&floor);
    assert_eq!(told[before], format!("transferred customer {customer} | rep | mate | away"));
    assert_eq!(told[before + 1], format!("corrected customer {customer} | name: 王小明 | name: 王晓明 | "));
    let open = floor.rows("SELECT was, became, why FROM audit WHERE kind = 'corrected'");
    assert_eq!(open, [["", "", ""]]);
}

#[test]
fn an_outcome_leaves_no_row_and_taking_it_back_leaves_one() {
    let mut floor = Floor::new();
    let customer = add(&mut floor);
    let rep = floor.rep;
    let task = due(&floor, customer, Lane::Call.as_str());
    let before = told(&floor).len();
    let commit = floor.write(rep, Change::Work(WorkChange::Log(Box::new(log(task, "silent"))))).unwrap();
    assert_eq!(told(&floor).len(), before, "an outcome is the journal's");
    floor.pass_minutes(1);
    floor.write(rep, Change::Undo { write: None }).unwrap();
    let row = format!(
        "undone customer {customer} | change {}, work.log of 2026-11-16T02:00:00Z |  | ",
        commit.revision
    );
    assert_eq!(told(&floor).last().unwrap(), &row);
}

#[test]
fn lifting_do_not_contact_is_on_record_with_the_words_apart() {
    let mut floor = Floor::new();
    let customer = add(&mut floor);
    let (rep, manager) = (floor.rep, floor.manager);
    let until = Some("2026-12-24T00:00:00+08:00".parse().unwrap());
    let forbid = WorkChange::DoNotContact { customer, until, words: "stop".to_owned() };
    floor.write(rep, Change::Work(forbid)).unwrap();
    floor.pass_minutes(1);
    let lift = WorkChange::MayContact { customer, words: "小明妈妈 called us".to_owned() };
    floor.write(manager, Change::Work(lift)).unwrap();
    let row =
        format!("contact_lifted customer {customer} | until 2026-12-23T16:00:00Z |  | 小明妈妈 called us");
    assert_eq!(told(&floor).last().unwrap(), &row);
    assert_eq!(floor.rows("SELECT was, why FROM audit WHERE kind = 'contact_lifted'"), [["", ""]]);
}

#[test]
fn what_is_no_change_is_noted_once_and_leaves_the_journal_alone() {
    let mut floor = Floor::new();
    let (rep, revision) = (floor.rep, floor.db.revision().unwrap());
    let note = Note::new(AuditKind::SignedIn, About::User(rep)).because("key \u{1b}[31mlaptop");
    let mut write = floor.prepare(rep, Change::Note(Box::new(note)));
    write.from = Origin::Ssh("10.0.0.7".parse().unwrap());
    for _ in 0..2 {
        floor.db.write(&write).unwrap();
    }
    assert_eq!(floor.db.revision().unwrap(), revision);
    let rows = floor.rows("SELECT kind, origin, by_user, why FROM audit WHERE number > 6");
    assert_eq!(rows, [["signed_in", "ssh 10.0.0.7", &rep.to_string(), "key laptop"]]);
}

#[test]
fn a_refusal_is_noted_once_with_what_was_tried_and_the_change_that_failed_leaves_nothing() {
    let mut floor = Floor::new();
    let customer = add(&mut floor);
    let stranger = floor.stranger;
    let before = told(&floor).len();
    let edit =
        CustomerChange::Edit { customer, version: 1, name: Some("x".to_owned()), city: None, source: None };
    let write = floor.prepare(stranger, Change::Customer(edit));
    for _ in 0..2 {
        assert_eq!(floor.db.write(&write).unwrap_err().code(), "forbidden");
    }
    let told = told(&floor);
    assert_eq!(told.len(), before + 1);
    let why = "a rep may not change a customer: the customer is another rep's; ask for collaboration";
    assert_eq!(told[before], format!("refused customer {customer} |  | customer.edit | {why}"));
}

#[test]
fn the_refusals_of_an_older_file_come_into_the_trail() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("old.db");
    let texts = corral::store::migrate::texts();
    let before = texts.iter().position(|text| *text == corral::store::migrate::AUDIT).unwrap();
    let old = rusqlite::Connection::open(&path).unwrap();
    for text in &texts[..before] {
        old.execute_batch(text).unwrap();
    }
    let rows = "INSERT INTO audit VALUES (9, 200, 7, 'work.log', 70, 'a rep may not log a call'), \
                (8, 100, 7, 'people.add_user', NULL, 'a rep may not add users')";
    old.execute_batch(&format!(
        "PRAGMA application_id = 1129468492; PRAGMA user_version = {before}; PRAGMA journal_mode = WAL; {rows}"
    ))
    .unwrap();
    drop(old);
    let mut db = Db::open(&path).unwrap();
    assert!(corral::store::verify::trail(&mut db).unwrap().ok);
    drop(db);
    let columns = "number, at, by_user, kind, about, became, why";
    let moved = crate::ground::rows(&path, &format!("SELECT {columns} FROM audit ORDER BY number"));
    assert_eq!(
        moved,
        [
            ["1", "100", "7", "refused", "", "people.add_user", "a rep may not add users"],
            ["2", "200", "7", "refused", "customer 70", "work.log", "a rep may not log a call"],
        ]
    );
}
