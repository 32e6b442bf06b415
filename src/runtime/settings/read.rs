//! Reading a settings file: every fault with its place, everything else used.

use std::ops::Range;
use std::path::Path;

use toml::de::{DeTable, DeValue};

use super::{Loaded, Problem, TABLE};
use crate::playbook::near::nearest;

/// Reads the text of a settings file.
pub fn read(path: &Path, text: &str) -> Loaded {
    let mut found: Vec<(usize, String)> = Vec::new();
    let sound = sound(text, &mut found);
    let mut loaded = Loaded::default();
    let (table, _) = DeTable::parse_recoverable(&sound);
    for (key, value) in table.get_ref() {
        let name = key.get_ref().as_ref();
        let Some(row) = TABLE.iter().find(|row| row.name == name) else {
            let meant = nearest(name, TABLE.iter().map(|row| row.name));
            let hint = meant.map(|name| format!("; did you mean '{name}'?")).unwrap_or_default();
            found.push((key.span().start, format!("there is no setting '{name}'{hint}")));
            continue;
        };
        match (row.take)(&mut loaded.settings, value.get_ref()) {
            Ok(()) => {
                loaded.named.insert(row.name);
            }
            Err(what) => {
                let span = faulty(value.get_ref(), value.span());
                found.push((span.start, format!("{what}; the default is used instead")));
            }
        }
    }
    found.sort();
    loaded.problems = found
        .into_iter()
        .map(|(offset, what)| at(path, text.get(..offset).unwrap_or_default(), what))
        .collect();
    loaded
}

/// A problem behind `before`.
pub fn at(path: &Path, before: &str, message: String) -> Problem {
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    Problem { file: path.to_owned(), line, column, message }
}

/// The text with the lines that are no TOML blanked out: a setting is a line, so that a slip spoils no other. Offsets stay.
fn sound(text: &str, found: &mut Vec<(usize, String)>) -> String {
    let mut sound = text.to_owned();
    loop {
        let (_, errors) = DeTable::parse_recoverable(&sound);
        let Some(error) = errors.first() else { return sound };
        let start = error.span().map_or(0, |span| span.start).min(sound.len());
        let line = line_of(&sound, start);
        let rest = sound.get(line.clone()).unwrap_or_default();
        if rest.trim().is_empty() {
            // a fault that belongs to no line: what cannot be taken out is told and ends the search
            found.push((start, said(error.message())));
            return String::new();
        }
        found.push((start, format!("{}; the line is left out", said(error.message()))));
        sound.replace_range(line.clone(), &" ".repeat(line.len()));
    }
}

fn said(message: &str) -> String {
    message.trim_end().replace('\n', " ")
}

fn line_of(text: &str, at: usize) -> Range<usize> {
    let (before, after) = text.split_at_checked(at).unwrap_or((text, ""));
    let start = before.rfind('\n').map_or(0, |end| end + 1);
    let end = after.find('\n').map_or(text.len(), |end| at + end);
    start..end
}

/// Where in a value the fault is: in a list, its first entry that is no text.
fn faulty(value: &DeValue<'_>, whole: Range<usize>) -> Range<usize> {
    let entry =
        value.as_array().and_then(|list| list.iter().find(|entry| entry.get_ref().as_str().is_none()));
    entry.map_or(whole, toml::Spanned::span)
}
