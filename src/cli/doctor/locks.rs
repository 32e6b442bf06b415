//! Who has the database open, writes, waits, moves its log.

use std::thread;
use std::time::Duration;

use serde_json::json;

use super::Asked;
use super::finding::{Finding, Findings, Part};
use crate::store::engine::file::locks::{self, Lock, Locks};
use crate::text::{Text, Words};

/// Looks, to tell a lock that is held from one that is passed on.
const LOOKS: usize = 5;
/// Time between two of them: a change takes milliseconds.
const BETWEEN: Duration = Duration::from_millis(200);

/// Looks at the locks for a second.
pub fn look(asked: &Asked) -> Vec<Finding> {
    let words = &asked.words;
    let mut at = Findings::new(Part::Locks, words);
    let path = &asked.place.db;
    if !path.exists() {
        return Vec::new();
    }
    let Some(first) = locks::seen(path) else {
        at.fine("open", (), words.say(Text("doctor.untold")));
        return at.all();
    };
    let mut seen = vec![first];
    // nobody holds anything: there is nothing to wait for
    let is_free = |locks: &Locks| locks.queue.held_by.is_empty() && locks.writing.held_by.is_empty();
    while seen.len() < LOOKS && !seen.last().is_none_or(is_free) {
        thread::sleep(BETWEEN);
        seen.extend(locks::seen(path));
    }
    let Some(last) = seen.last() else { return Vec::new() };
    at.fine("open", last.open.clone(), programs(&last.open, words));
    passed_on(&mut at, "queue", words, &seen, |locks| &locks.queue);
    passed_on(&mut at, "writing", words, &seen, |locks| &locks.writing);
    at.fine("lease", last.lease.held_by.clone(), programs(&last.lease.held_by, words));
    at.all()
}

/// A lock that goes from hand to hand: one that stays in one hand is worth a word.
fn passed_on(
    at: &mut Findings<'_>,
    id: &'static str,
    words: &Words,
    seen: &[Locks],
    of: impl Fn(&Locks) -> &Lock,
) {
    let Some(last) = seen.last().map(&of) else { return };
    let value = json!({ "held_by": last.held_by, "waiting": last.waiting });
    let mut said = programs(&last.held_by, words);
    if !last.waiting.is_empty() {
        said.push_str(&words.fill(Text("doctor.waiting"), &[("n", &last.waiting.len())]));
    }
    let stays = seen.len() == LOOKS
        && last.held_by.iter().any(|holder| seen.iter().all(|locks| of(locks).held_by.contains(holder)));
    if stays {
        at.warn(id, value, said, Text("doctor.held_next"));
    } else {
        at.fine(id, value, said);
    }
}

/// Programs by name and number.
fn programs(numbers: &[u32], words: &Words) -> String {
    if numbers.is_empty() {
        return words.say(Text("doctor.nobody")).to_owned();
    }
    let named: Vec<String> = numbers
        .iter()
        .map(|number| {
            let name = std::fs::read_to_string(format!("/proc/{number}/comm")).unwrap_or_default();
            let name: String = name.chars().filter(|c| !c.is_control()).collect();
            match (number, name.as_str()) {
                (0, _) => words.say(Text("doctor.unknown_program")).to_owned(),
                (number, "") => number.to_string(),
                (number, name) => format!("{name} ({number})"),
            }
        })
        .collect();
    named.join(", ")
}
