//! `tests/corpus/hostile`: every string through cleaning, number reading, cells of tables, playbooks, names and
//! notes in a database, search, and the screens that show them.

use corral::domain::clean::{clean, clean_lines};
use corral::domain::phone::{PhoneError, Region, parse};
use corral::intake::rejects::harmless;
use corral::playbook::source::load_text;
use corral::store::query::customer::Happened;
use corral::store::query::{Answer, Query, TimelineAsk};
use corral::text::width::cells;
use serde::Deserialize;

use super::session::Desk;
use crate::customers::{add, card, household};
use crate::floor::Floor;

/// How many strings there are at least.
const STRINGS_MIN: usize = 300;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Hostile {
    pub text: String,
    clean: String,
    lines: Option<String>,
    cells: usize,
    phone: Option<String>,
    csv: Option<String>,
    times: Option<usize>,
    #[serde(skip)]
    place: String,
}

/// All strings, each with its file and line.
pub(super) fn strings() -> Vec<Hostile> {
    let mut files: Vec<_> =
        std::fs::read_dir(super::corpus("hostile")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|ending| ending == "jsonl"));
    files.sort();
    let mut all = Vec::new();
    for path in files {
        for (line, text) in (1..).zip(std::fs::read_to_string(&path).unwrap().lines()) {
            let mut one: Hostile = serde_json::from_str(text).unwrap();
            one.place = format!("{}:{line}", path.file_name().unwrap().to_string_lossy());
            if let Some(times) = one.times {
                one.text = one.text.repeat(times);
                one.clean = one.clean.repeat(times);
            }
            all.push(one);
        }
    }
    assert!(all.len() >= STRINGS_MIN, "only {} strings", all.len());
    all
}

/// Runs a check on every string and tells all that fail it.
fn each(mut check: impl FnMut(&Hostile) -> Result<(), String>) {
    let all = strings();
    let wrong: Vec<String> = all
        .iter()
        .filter_map(|one| check(one).err().map(|why| format!("{}: {:.80?}: {why}", one.place, one.text)))
        .collect();
    assert!(wrong.is_empty(), "{} of {} strings:\n{}", wrong.len(), all.len(), wrong.join("\n"));
}

fn same(what: &str, is: &str, should: &str) -> Result<(), String> {
    if is == should { Ok(()) } else { Err(format!("{what} is {is:.80?}, should be {should:.80?}")) }
}

/// What steers a terminal or turns text round; `\n` stands in notes.
pub(super) fn steers(c: char) -> bool {
    (c.is_control() && c != '\n')
        || matches!(c, '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

#[test]
fn what_is_left_of_a_string_is_its_text() {
    each(|one| {
        same("clean", &clean(&one.text), &one.clean)?;
        let lines = one.lines.as_ref().unwrap_or(&one.clean);
        same("the note", &clean_lines(&one.text), lines)?;
        if one.clean.chars().chain(lines.chars()).any(steers) {
            return Err("the expectation itself has what steers a terminal".to_owned());
        }
        match cells(&one.clean) {
            wide if wide == one.cells => Ok(()),
            wide => Err(format!("{wide} cells, should be {}", one.cells)),
        }
    });
}

#[test]
fn a_string_is_the_number_it_is_or_refused_by_the_right_name() {
    each(|one| {
        let read = match parse(&one.text, &Region::china()) {
            Ok(phone) => {
                let extension = phone.extension.map(|extension| format!("x{extension}")).unwrap_or_default();
                format!("{}{extension}", phone.e164)
            }
            Err(error) => {
                let name = match error {
                    PhoneError::Empty => "empty",
                    PhoneError::Masked { .. } => "masked",
                    PhoneError::Lossy { .. } => "rounded",
                    PhoneError::NoAreaCode { .. } => "no area code",
                    PhoneError::NotANumber { .. } => "not a number",
                    PhoneError::TooShort { .. } => "too short",
                    PhoneError::TooLong { .. } => "too long",
                    PhoneError::Invalid { .. } => "not in use",
                    other => panic!("{other}"),
                };
                format!("error: {name}")
            }
        };
        match &one.phone {
            Some(expected) => same("the number", &read, expected),
            None if read.starts_with("error: ") => Ok(()),
            None => Err(format!("the number {read} is read out of what is none")),
        }
    });
}

#[test]
fn a_cell_that_goes_out_is_no_formula() {
    each(|one| same("the cell", &harmless(&one.clean), one.csv.as_ref().unwrap_or(&one.clean)));
}

/// A TOML basic string.
fn quoted(text: &str) -> String {
    let escaped: String = text
        .chars()
        .map(|c| match c {
            '"' | '\\' => format!("\\{c}"),
            c if c.is_control() => format!("\\u{:04X}", u32::from(c)),
            c => c.to_string(),
        })
        .collect();
    format!("\"{escaped}\"")
}

#[test]
fn a_playbook_takes_a_string_clean_or_refuses_it_without_repeating_it() {
    let method = include_str!("../floor/small.toml");
    each(|one| {
        let name = "name = { zh = \"小\", en = \"Small\" }";
        assert!(method.contains(name));
        for text in [
            method.replace(name, &format!("name = {{ zh = {}, en = \"Small\" }}", quoted(&one.text))),
            one.text.clone(),
        ] {
            let told: String = match load_text("hostile.toml", &text) {
                Ok(loaded) => format!("{:?}", loaded.playbook.name).replace("\\n", "\n"),
                Err(problems) => problems.iter().map(ToString::to_string).collect(),
            };
            if let Some(c) = told.chars().find(|c| steers(*c)) {
                return Err(format!("{c:?} is in {told:.200?}"));
            }
        }
        Ok(())
    });
}

#[test]
fn names_and_notes_are_stored_clean_found_again_and_shown_without_harm() {
    let mut floor = Floor::new();
    let rep = floor.rep;
    let mut number = 13_700_000_000_u64;
    let mut ids = Vec::new();
    each(|one| {
        number += 1;
        let mut new = household(&one.text, &number.to_string(), Some(rep));
        new.note.clone_from(&one.text);
        new.city.clone_from(&one.text);
        let id = add(&mut floor, rep, new).map_err(|error| error.to_string())?;
        ids.push(id);
        let card = card(&mut floor, rep, id);
        let (name, city) = (card.persons[0].name.clone(), card.city.clone());
        if !one.clean.is_empty() && one.times.is_none() {
            same("the name", &name, &one.clean)?;
            same("the city", &city, &one.clean)?;
        }
        let ask = TimelineAsk { customer: id, by: floor.sees(rep), before: None, limit: 50, channel: None };
        let Answer::Timeline(items) = floor.read(&Query::Timeline(ask)).unwrap() else { panic!() };
        let notes: Vec<_> = items
            .iter()
            .filter_map(|item| match &item.what {
                Happened::Note { text } => Some(text.as_str()),
                _ => None,
            })
            .collect();
        let lines = one.lines.as_ref().unwrap_or(&one.clean);
        match notes.as_slice() {
            [] if lines.is_empty() => {}
            [note] if one.times.is_some() || note == lines => {}
            other => return Err(format!("the note is {other:.80?}")),
        }
        let everything: String =
            [&name, &card.name, &city].into_iter().chain(&[notes.concat()]).cloned().collect();
        if let Some(c) = everything.chars().find(|c| steers(*c)) {
            return Err(format!("{c:?} is stored"));
        }
        // Whatever is typed into the search, it is answered; the whole name finds its customer.
        let query = Query::Find { text: one.text.clone(), by: floor.sees(rep), limit: 50 };
        let Answer::Found(found) = floor.read(&query).map_err(|error| error.to_string())? else { panic!() };
        // a pair of characters that stand together is what a name is found by
        let han = |c: char| ('\u{4E00}'..='\u{9FFF}').contains(&c);
        let findable = one.clean.chars().zip(one.clean.chars().skip(1)).any(|(a, b)| han(a) && han(b));
        if findable
            && one.times.is_none()
            && !found.rows.iter().any(|row| row.id == id)
            && found.rows.len() < 50
        {
            return Err(format!("is not found under its own name, only {} others", found.rows.len()));
        }
        Ok(())
    });
    let mut desk = Desk::new(&mut floor, rep);
    for id in &ids {
        desk.show_card(*id);
    }
    desk.show_lists(ids.len());

    // The same once more with what no program of ours would have stored.
    let all = strings();
    let raw = |text: &str| text.replace('\'', "''").replace('\0', "");
    let sql: Vec<String> = all
        .iter()
        .zip(&ids)
        .map(|(one, id)| {
            let text = raw(&one.text);
            format!("UPDATE customer SET name = '{text}', city = '{text}' WHERE id = {id}; UPDATE person SET name = '{text}' WHERE customer_id = {id};")
        })
        .collect();
    floor.tamper(&sql.concat());
    let mut desk = Desk::new(&mut floor, rep);
    for id in &ids {
        desk.show_card(*id);
    }
    desk.show_lists(ids.len());
}
