//! The folders in use, and what lies in them.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::json;

use super::Asked;
use super::finding::{Finding, Findings, Part};
use crate::runtime::crash;
use crate::store::disk;
use crate::text::Text;
use crate::text::format::size;

/// Looks at the folders.
pub fn look(asked: &Asked) -> Vec<Finding> {
    let (words, place) = (&asked.words, &asked.place);
    let mut at = Findings::new(Part::Folders, words);
    writable(&mut at, asked, "settings_folder", place.settings_file.parent().unwrap_or(Path::new(".")));
    writable(&mut at, asked, "state_folder", &place.state);

    // of every database and every user there was
    let drafts = files(&place.mine.join("drafts"));
    let drafts = drafts.iter().filter(|path| ends(path, ".draft")).count();
    at.fine("drafts", drafts, words.fill(Text("doctor.drafts"), &[("n", &drafts)]));
    let outbox = files(&place.mine.join("outbox"));
    let held = outbox.iter().filter(|path| ends(path, ".held.json")).count();
    let refused: Vec<&PathBuf> = outbox.iter().filter(|path| ends(path, ".refused.json")).collect();
    let value = json!({ "held": held, "refused": refused.len() });
    let mut said = words.fill(Text("doctor.outbox"), &[("held", &held), ("refused", &refused.len())]);
    if let Some(folder) = refused.first().and_then(|path| path.parent()) {
        said = format!("{said}: {}", folder.display());
    }
    match (held, refused.len()) {
        (0, 0) => at.fine("outbox", value, said),
        (_, 0) => at.warn("outbox", value, said, Text("doctor.held_changes_next")),
        _ => at.warn("outbox", value, said, Text("doctor.refused_next")),
    }

    let log = files(&place.log());
    let bytes: u64 = log.iter().filter_map(|path| path.metadata().ok()).map(|about| about.len()).sum();
    let said = words.fill(
        Text("doctor.logs"),
        &[
            ("level", &asked.level),
            ("n", &log.len()),
            ("size", &size(bytes)),
            ("path", &place.log().display()),
        ],
    );
    at.fine("logs", json!({ "level": asked.level, "files": log.len(), "bytes": bytes }), said);
    let reports = crash::reports(&place.crashes());
    match reports.last() {
        None => at.fine("crashes", 0, words.say(Text("doctor.none"))),
        Some(newest) => {
            let said =
                words.fill(Text("doctor.crashes"), &[("n", &reports.len()), ("path", &newest.display())]);
            at.warn("crashes", reports.len(), said, Text("doctor.crashes_next"));
        }
    }
    at.all()
}

/// A folder, or the nearest one above it that is there: nothing is tried, the system is asked.
fn writable(at: &mut Findings<'_>, asked: &Asked, id: &'static str, folder: &Path) {
    let words = &asked.words;
    let whole = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    let there = whole.ancestors().find(|path| path.exists());
    let may = there.is_some_and(|path| path.is_dir() && disk::may_write(path));
    let value = json!({ "path": whole.display().to_string(), "writable": may, "exists": whole.exists() });
    let path: (&str, &dyn std::fmt::Display) = ("path", &whole.display());
    if !may {
        // it is told with what stands in the way: notes and changes have nowhere to be kept then
        at.warn(id, value, words.fill(Text("doctor.unwritable"), &[path]), Text("doctor.unwritable_next"));
    } else if disk::is_full(&whole.join("x")) {
        at.warn(id, value, words.fill(Text("doctor.no_room"), &[path]), Text("doctor.full_next"));
    } else if whole.exists() {
        at.fine(id, value, words.fill(Text("doctor.writable"), &[path]));
    } else {
        at.fine(id, value, words.fill(Text("doctor.not_yet"), &[path]));
    }
}

/// Every file under a folder, in order.
fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut found = Vec::new();
    for entry in entries.flatten() {
        // a link is not followed: it may lead round in a circle
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => found.extend(files(&entry.path())),
            Ok(kind) if kind.is_file() => found.push(entry.path()),
            _ => {}
        }
    }
    found.sort();
    found
}

fn ends(path: &Path, end: &str) -> bool {
    path.to_str().is_some_and(|path| path.ends_with(end))
}
