//! `tests/corpus/dirty`: every file read, and compared with the `.expected.json` beside it.

use std::path::{Path, PathBuf};

use corral::domain::phone::{Phone, Region};
use corral::domain::time::Zone;
use corral::intake::encoding::Found;
use corral::intake::lead::{Context, LeadRow, lead};
use corral::intake::mapping::{Vocabulary, propose};
use corral::intake::table::{Format, Options, Table};
use corral::intake::{IntakeError, Reject};
use serde_json::{Value, json};

/// How many files there are at least.
const FILES_MIN: usize = 200;

#[test]
fn every_dirty_list_is_read_as_expected() {
    let mut expected = Vec::new();
    find(&super::corpus("dirty"), &mut expected);
    expected.sort();
    assert!(expected.len() >= FILES_MIN, "only {} files", expected.len());
    let wrong: Vec<String> = expected.iter().filter_map(|path| check(path).err()).collect();
    assert!(wrong.is_empty(), "{} of {} lists:\n{}", wrong.len(), expected.len(), wrong.join("\n"));
}

fn find(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            find(&path, found);
        } else if path.to_str().unwrap().ends_with(".expected.json") {
            found.push(path);
        }
    }
}

/// What a file gave.
struct Read {
    format: Format,
    headers: Vec<String>,
    notes: Vec<String>,
    rejects: Vec<Reject>,
    leads: Vec<LeadRow>,
    refused: Vec<Reject>,
}

fn check(path: &Path) -> Result<(), String> {
    let expected: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let file = path.with_file_name(expected["file"].as_str().unwrap());
    let name = file.strip_prefix(super::corpus("dirty")).unwrap().display().to_string();
    let wrong = |what: &str, is: &dyn std::fmt::Debug, should: &Value| {
        Err(format!("{name}: {what}\n    is     {is:?}\n    should {should}"))
    };
    let read = match (read(&file, &expected["options"]), expected["error"].as_str()) {
        (Err(error), Some(part)) if error.to_string().contains(part) => return Ok(()),
        (Err(error), _) => return wrong("error", &error.to_string(), &expected["error"]),
        (Ok(_), Some(part)) => return wrong("error", &"none", &json!(part)),
        (Ok(read), None) => read,
    };
    let (format, detail) = match &read.format {
        Format::Csv { encoding, delimiter } => {
            ("csv", [encoding.to_string(), delimiter.to_string(), String::new()])
        }
        Format::Xlsx { sheet } => ("xlsx", [String::new(), String::new(), sheet.clone()]),
        Format::Xls { sheet } => ("xls", [String::new(), String::new(), sheet.clone()]),
        Format::Ods { sheet } => ("ods", [String::new(), String::new(), sheet.clone()]),
        Format::Xml { sheet } => ("xml", [String::new(), String::new(), sheet.clone()]),
        Format::Html => ("html", Default::default()),
    };
    let [encoding, delimiter, sheet] = detail;
    let headers = read.headers.join("|");
    for (key, is) in
        [("format", format), ("encoding", &encoding), ("delimiter", &delimiter), ("sheet", &sheet)]
    {
        if expected.get(key).is_some_and(|should| should != is) {
            return wrong(key, &is, &expected[key]);
        }
    }
    if let Some(should) = expected["headers"].as_array() {
        let should = should.iter().map(|name| name.as_str().unwrap()).collect::<Vec<_>>().join("|");
        if headers != should {
            return wrong("headers", &headers, &json!(should));
        }
    }
    if let Some(should) = expected["notes"].as_array() {
        let has = |part: &Value| read.notes.iter().any(|note| note.contains(part.as_str().unwrap()));
        if !should.iter().all(has) || should.is_empty() != read.notes.is_empty() {
            return wrong("notes", &read.notes, &expected["notes"]);
        }
    }
    refusals(&read.rejects, &expected["rejects"])
        .or_else(|is| wrong("rejected rows", &is, &expected["rejects"]))?;
    let Some(should) = expected["leads"].as_array() else { return Ok(()) };
    refusals(&read.refused, &expected["refused"])
        .or_else(|is| wrong("refused leads", &is, &expected["refused"]))?;
    if read.leads.len() != should.len() {
        let rows: Vec<u64> = read.leads.iter().map(|lead| lead.row).collect();
        return wrong("rows with leads", &rows, &expected["leads"]);
    }
    for (lead, should) in read.leads.iter().zip(should) {
        let is = told(lead);
        if let Some((key, _)) = should.as_object().unwrap().iter().find(|(key, value)| is[*key] != **value) {
            return wrong(&format!("{key} of row {}", lead.row), &is[key], &should[key]);
        }
    }
    Ok(())
}

fn read(file: &Path, options: &Value) -> Result<Read, IntakeError> {
    let encoding = options["encoding"].as_str().map(Found::named).transpose()?;
    let options = Options { sheet: options["sheet"].as_str().map(str::to_owned), encoding };
    let table = Table::open_with(file, &options)?;
    let mut read = Read {
        format: table.format.clone(),
        headers: table.headers.clone(),
        notes: table.notes.clone(),
        rejects: Vec::new(),
        leads: Vec::new(),
        refused: Vec::new(),
    };
    let mut rows = Vec::new();
    for item in table {
        match item? {
            Ok(row) => rows.push(row),
            Err(reject) => read.rejects.push(reject),
        }
    }
    let region = Region::china();
    let sample: Vec<Vec<String>> = rows.iter().take(50).map(|row| row.cells.clone()).collect();
    let mapping = propose(&read.headers, &sample, &Vocabulary::default(), &region);
    let context = Context { region, zone: Zone("Asia/Shanghai".parse().unwrap()) };
    for row in rows {
        match lead(&row, &mapping, &context) {
            Ok(lead) => read.leads.push(lead),
            Err(reject) => read.refused.push(reject),
        }
    }
    Ok(read)
}

/// Compares refused rows with pairs of a row and a part of the reason.
fn refusals(is: &[Reject], should: &Value) -> Result<(), Vec<(u64, String)>> {
    let empty = Vec::new();
    let should = should.as_array().unwrap_or(&empty);
    let same = |(reject, pair): (&Reject, &Value)| {
        pair[0] == reject.row && reject.reason.contains(pair[1].as_str().unwrap())
    };
    if is.len() == should.len() && is.iter().zip(should).all(same) {
        return Ok(());
    }
    Err(is.iter().map(|reject| (reject.row, reject.reason.clone())).collect())
}

fn told(lead: &LeadRow) -> Value {
    let phone = |phone: &Phone| match &phone.extension {
        Some(extension) => format!("{}x{extension}", phone.e164),
        None => phone.e164.to_string(),
    };
    json!({
        "row": lead.row, "name": lead.name, "phones": lead.phones.iter().map(phone).collect::<Vec<_>>(),
        "wechat": lead.wechat, "note": lead.note, "source": lead.source, "external_id": lead.external_id,
        "do_not_call": lead.do_not_call, "created_at": lead.created_at.map(|at| at.0), "unread": lead.unread_phones.len(),
    })
}
