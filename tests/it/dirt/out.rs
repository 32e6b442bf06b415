//! The hostile strings out of the program again: in files that a spreadsheet opens, and back.

use std::fs;

use serde_json::json;

use super::strings::{steers, strings};
use crate::program::{MORNING, Program};

/// What a spreadsheet takes for the beginning of a formula.
const FORMULA: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];

#[test]
fn hostile_names_go_out_as_text_and_come_in_again_as_they_were() {
    let program = Program::with("edu-english", &["wang"]);
    let mut list = csv::Writer::from_path(program.folder().join("leads.csv")).unwrap();
    list.write_record(["姓名", "手机号", "备注", "城市"]).unwrap();
    let strings = strings();
    for (number, one) in (10_000_000_000_u64..).zip(&strings) {
        list.write_record([&one.text, &number.to_string(), &one.text, &one.text]).unwrap();
    }
    list.flush().unwrap();
    let told = program.json(MORNING, &["import", "leads", "leads.csv", "--assign", "wang"]);
    let (created, rejected) = (told["created"].as_u64().unwrap(), told["rejected"].as_u64().unwrap());
    assert_eq!(created + rejected, strings.len() as u64, "{told}");
    // Those with a NUL inside: a list with such a cell is damaged there.
    let damaged = strings.iter().filter(|one| one.text.trim_matches('\0').contains('\0')).count();
    assert_eq!(rejected, damaged as u64, "{told}");

    let other = Program::with("edu-english", &["wang"]);
    for records in ["customers", "deals", "touches", "tasks"] {
        let file = format!("{records}.csv");
        program.json(MORNING, &["export", records, "--to", &file]);
        let text = fs::read_to_string(program.folder().join(&file)).unwrap();
        let mut cells = 0;
        for record in csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes()).records() {
            for cell in &record.unwrap() {
                cells += 1;
                let number = cell
                    .strip_prefix(['+', '-'])
                    .is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_digit()));
                assert!(number || !cell.starts_with(FORMULA), "{records}: {cell:.60?}");
                assert!(!cell.chars().any(steers), "{records}: {cell:.60?}");
            }
        }
        assert!(cells > 0 || records == "touches", "{records}");
        fs::copy(program.folder().join(&file), other.folder().join(&file)).unwrap();
        let told = other.json(MORNING, &["import", records, &file]);
        assert_eq!((&told["rejected"], &told["duplicates"]), (&json!(0), &json!(0)), "{records} {told}");
        other.json(MORNING, &["export", records, "--to", "again.csv"]);
        let again = fs::read_to_string(other.folder().join("again.csv")).unwrap();
        assert!(again == text, "{records} are others when they have been out and in");
    }
    program.verified();
}
