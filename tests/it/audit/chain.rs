//! Rows that are altered, taken out, put elsewhere or added past the program.

use std::collections::BTreeSet;

use corral::domain::lists::AuditKind;
use corral::store::change::{About, Change, Note};
use corral::store::verify::{trail, verify};

use super::{bend, differences, found};
use crate::floor::Floor;
use crate::ground;

/// A floor whose trail has eight rows, the last with something kept apart.
fn floor() -> Floor {
    let mut floor = Floor::new();
    let (lead, customer) = (floor.lead, corral::domain::id::CustomerId(70));
    let plain = Note::new(AuditKind::Exported, About::thing("records", "customers"));
    floor
        .write(lead, Change::Note(Box::new(plain.changed("before it", "after it").because("on the phone"))))
        .unwrap();
    let personal = Note::new(AuditKind::Revealed, About::Customer(customer)).changed("138", "139");
    floor.write(lead, Change::Note(Box::new(personal.because("called back").personal()))).unwrap();
    assert_eq!(floor.rows("SELECT max(number) FROM audit"), [["8"]]);
    floor
}

#[test]
fn a_trail_nobody_touched_is_whole() {
    let mut floor = floor();
    assert_eq!(found(&mut floor), []);
    let report = verify(&mut floor.db).unwrap();
    assert_eq!((report.checked["audit"], report.checked["audit_personal"]), (8, 1));
}

#[test]
fn an_altered_row_is_named_whatever_column_it_is() {
    let mut floor = floor();
    let columns = ground::columns(&floor.path(), "audit");
    assert_eq!(columns.len(), 14);
    let numbers = BTreeSet::from(["at", "by_user", "team_id", "change_id"]);
    for row in ["1", "7", "8"] {
        for column in columns.iter().filter(|column| *column != "number") {
            let own =
                floor.rows(&format!("SELECT number, {column} FROM audit WHERE number = {row}"))[0][1].clone();
            let (other, back) = if numbers.contains(column.as_str()) {
                (format!("coalesce({column}, 0) + 1"), own)
            } else {
                (format!("{column} || ' '"), format!("'{own}'"))
            };
            bend(&floor, &format!("UPDATE audit SET {column} = {other} WHERE number = {row}"));
            let kinds = found(&mut floor);
            assert!(kinds.contains(&("audit_seal", row.to_owned())), "{column} of {row}: {kinds:?}");
            let named: BTreeSet<&str> = kinds.iter().map(|(_, id)| id.as_str()).collect();
            assert_eq!(named, BTreeSet::from([row]), "{column}: no other row is to be named");
            assert!(!verify(&mut floor.db).unwrap().ok, "{column}: the whole check misses it");
            bend(&floor, &format!("UPDATE audit SET {column} = {back} WHERE number = {row}"));
            assert_eq!(found(&mut floor), [], "{column}: it was put back");
        }
    }
}

#[test]
fn one_bit_of_one_row_in_the_file_is_found() {
    if ground::is_server() {
        return;
    }
    let floor = floor();
    let path = floor.path();
    let folder = tempfile::tempdir().unwrap();
    let whole = folder.path().join("whole.db");
    floor.db.copy_to(&whole).unwrap();
    let bytes = std::fs::read(&whole).unwrap();
    drop(floor);
    assert!(!path.exists());
    let at = |text: &str| {
        let found: Vec<usize> =
            (0..bytes.len() - text.len()).filter(|at| bytes[*at..].starts_with(text.as_bytes())).collect();
        *found.last().unwrap()
    };
    for text in ["before it", "after it", "on the phone"] {
        // the highest bit makes it no text at all
        for bit in [1, 0x20, 0x80] {
            let mut altered = bytes.clone();
            altered[at(text)] ^= bit;
            let damaged = folder.path().join(format!("{}-{bit}.db", text.replace(' ', "_")));
            std::fs::write(&damaged, &altered).unwrap();
            let mut db = corral::store::Db::open(&damaged).unwrap();
            let report = trail(&mut db).unwrap();
            assert!(report.differences.iter().any(|found| found.id == "7"), "{text} {bit}: {report:?}");
        }
    }
}

#[test]
fn a_row_that_is_gone_is_named_in_the_middle_and_at_the_end() {
    for (gone, named) in [("3", vec!["3"]), ("8", vec!["8"]), ("1", vec!["1"])] {
        let mut floor = floor();
        bend(&floor, &format!("DELETE FROM audit WHERE number = {gone}"));
        let found = found(&mut floor);
        let missing: Vec<&str> = found.iter().map(|(_, id)| id.as_str()).collect();
        assert_eq!(missing, named);
        assert!(differences(&mut floor)[0].found.contains(&format!("audit row {gone} is missing")));
    }
    let mut floor = floor();
    bend(&floor, "DELETE FROM audit WHERE number > 5");
    let found = found(&mut floor);
    assert_eq!(found.iter().map(|(_, id)| id.as_str()).collect::<Vec<_>>(), ["6", "7", "8"]);
}

#[test]
fn rows_that_changed_places_are_told_with_both_places() {
    let mut floor = floor();
    bend(
        &floor,
        "UPDATE audit SET number = -3 WHERE number = 3; UPDATE audit SET number = 3 WHERE number = 5; \
         UPDATE audit SET number = 5 WHERE number = -3",
    );
    let told: Vec<(String, String)> =
        differences(&mut floor).into_iter().map(|found| (found.id, found.found)).collect();
    let row = |n: &str| format!("audit row {n} stands there");
    assert_eq!(told, [("3".to_owned(), row("5")), ("5".to_owned(), row("3"))]);
}

#[test]
fn a_row_that_was_given_a_number_behind_the_newest_is_told_with_the_one_it_had() {
    let mut floor = floor();
    bend(&floor, "UPDATE audit SET number = 500 WHERE number = 4");
    let told: Vec<(&str, String, String)> =
        differences(&mut floor).into_iter().map(|found| (found.kind, found.id, found.found)).collect();
    assert_eq!(told[0].0, "audit_head");
    assert_eq!(told[1], ("audit", "500".to_owned(), "audit row 4 stands there".to_owned()));
    assert_eq!(told.len(), 2);
}

#[test]
fn a_row_that_is_added_past_the_program_does_not_pass() {
    let mut floor = floor();
    bend(
        &floor,
        "INSERT INTO audit SELECT 9, at, by_user, team_id, origin, machine, kind, about, change_id + 1, was, became, why, '', \
         seal FROM audit WHERE number = 7",
    );
    let found = found(&mut floor);
    assert!(found.contains(&("audit_seal", "9".to_owned())), "{found:?}");
    assert!(found.contains(&("audit_head", "8".to_owned())), "{found:?}");
}

#[test]
fn a_head_that_was_altered_is_told() {
    let mut floor = floor();
    bend(&floor, "UPDATE setting SET value = value || '0' WHERE name = 'audit_head'");
    assert_eq!(found(&mut floor), [("audit_head", "8".to_owned())]);
    bend(&floor, "DELETE FROM setting WHERE name = 'audit_head'");
    assert_eq!(found(&mut floor)[0], ("audit_head", "0".to_owned()));
}

#[test]
fn what_is_kept_apart_is_checked_and_may_not_vanish_without_a_word() {
    for column in ["salt", "was", "became", "why"] {
        let mut floor = floor();
        bend(&floor, &format!("UPDATE audit_personal SET {column} = {column} || 'x'"));
        assert_eq!(found(&mut floor), [("audit_personal", "8".to_owned())], "{column}");
    }
    let mut floor = floor();
    bend(&floor, "DELETE FROM audit_personal");
    assert_eq!(found(&mut floor), [("audit_personal", "8".to_owned())]);
    // with an erasure of this customer behind it, it is in order
    let (manager, customer) = (floor.manager, corral::domain::id::CustomerId(70));
    let erased = Note::new(AuditKind::Erased, About::Customer(customer));
    floor.write(manager, Change::Note(Box::new(erased))).unwrap();
    assert_eq!(found(&mut floor), []);
}

#[test]
fn the_engine_refuses_to_change_or_remove_a_row() {
    let mut floor = floor();
    for sql in ["UPDATE audit SET why = 'x' WHERE number = 3", "DELETE FROM audit WHERE number = 3"] {
        let refused = floor.db.bulk(|bulk| bulk.look(|tx, _| tx.run(sql, &[]))).unwrap_err().to_string();
        assert!(refused.contains("rows of audit are only ever added"), "{sql}: {refused}");
    }
    assert_eq!(found(&mut floor), []);
}
