//! The database: whose it is, what lies beside it, what it lies on, and what is in it.

use std::path::Path;

use serde_json::json;

use super::Asked;
use super::finding::{Finding, Findings, Part};
use super::server as far;
use crate::store::StoreError;
use crate::store::disk::{self, Trust};
use crate::store::engine::file::examine::{self, COUNTED, Head, Unseen};
use crate::store::engine::file::guard::{self, Look};
use crate::store::engine::{self, server};
use crate::text::Text;
use crate::text::format::{self, size};

/// Bytes of a log that is longer than it should ever get: twice of what it is brought to an end at.
const LONG_LOG: u64 = 128 << 20;
/// Bytes of free room below which there is little.
const LITTLE: u64 = 256 << 20;

/// The file from outside.
pub fn file(asked: &Asked) -> Vec<Finding> {
    let (words, path) = (&asked.words, &asked.place.db);
    if engine::is_server(path) {
        return far::look(asked);
    }
    let mut at = Findings::new(Part::Database, words);
    let shown = path.display().to_string();
    let looked = guard::look(path);
    if matches!(looked, Err(StoreError::Missing { .. })) {
        let said = words.fill(Text("doctor.missing"), &[("path", &path.display())]);
        at.wrong("path", shown, said, Text("doctor.missing_next"));
        return at.all();
    }
    at.fine("path", shown.clone(), shown);
    let is_ours = !matches!(looked, Err(StoreError::Foreign { .. }));
    whose(&mut at, asked, looked);
    if let (true, Ok(head)) = (is_ours, examine::head(path)) {
        shape(&mut at, asked, head);
    }
    room(&mut at, asked);
    at.all()
}

/// Whose file it is, and whether it can be worked on.
fn whose(at: &mut Findings<'_>, asked: &Asked, looked: Result<Look, StoreError>) {
    let words = &asked.words;
    let error = match looked {
        Ok(Look::Plain) => return at.fine("kind", "corral", words.say(Text("doctor.ours"))),
        Ok(Look::Suspicious(what)) => {
            let said = words.fill(Text("doctor.odd"), &[("what", &what)]);
            return at.warn("kind", "odd", said, Text("doctor.odd_next"));
        }
        Err(error) => error,
    };
    let code = error.code().to_owned();
    let (said, next) = match &error {
        StoreError::Foreign { what, .. } => {
            (words.fill(Text("doctor.foreign"), &[("what", what)]), Text("doctor.foreign_next"))
        }
        StoreError::Newer { found, known, .. } => {
            let said = words.fill(Text("doctor.newer"), &[("found", found), ("known", known)]);
            (said, Text("doctor.newer_next"))
        }
        StoreError::Damaged { what, .. } => {
            (words.fill(Text("doctor.damaged"), &[("what", what)]), Text("doctor.damaged_next"))
        }
        StoreError::ReadOnly { why, .. } => {
            (words.fill(Text("doctor.read_only"), &[("why", why)]), Text("doctor.read_only_next"))
        }
        other => (other.to_string(), Text("doctor.hangs_next")),
    };
    at.wrong("kind", code, said, next);
}

/// What the first bytes say, and what lies beside.
fn shape(at: &mut Findings<'_>, asked: &Asked, head: Head) {
    let (words, path) = (&asked.words, &asked.place.db);
    let known = examine::known_layout();
    let said = words.fill(Text("doctor.layout"), &[("found", &head.layout), ("known", &known)]);
    let layout = json!({ "found": head.layout, "known": known });
    if head.layout < known {
        at.warn("layout", layout, said, Text("doctor.layout_next"));
    } else {
        at.fine("layout", layout, said);
    }
    at.fine("size", head.bytes, size(head.bytes));
    let log = head.log.unwrap_or(0);
    if log > LONG_LOG {
        at.warn("log", log, size(log), Text("doctor.log_next"));
    } else {
        at.fine("log", log, size(log));
    }
    if head.logs {
        at.fine("journal", "wal", words.say(Text("doctor.wal")));
    } else {
        at.warn("journal", "rollback", words.say(Text("doctor.rollback")), Text("doctor.rollback_next"));
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    // SQLite makes its files beside the database
    if disk::may_write(folder) {
        at.fine("folder", true, words.fill(Text("doctor.writable"), &[("path", &folder.display())]));
    } else {
        let said = words.fill(Text("doctor.unwritable"), &[("path", &folder.display())]);
        at.wrong("folder", false, said, Text("doctor.read_only_next"));
    }
}

/// The disk it lies on, or would lie on.
fn room(at: &mut Findings<'_>, asked: &Asked) {
    let (words, path) = (&asked.words, &asked.place.db);
    let durable = words.say(Text("doctor.durable")).to_owned();
    match disk::kind(path) {
        Some(kind) if kind.trust == Trust::Network => {
            at.warn("disk", kind.name.clone(), kind.name, Text("doctor.network_next"));
            at.warn("durability", "unsure", words.say(Text("doctor.unsure")), Text("doctor.network_next"));
        }
        Some(kind) if kind.trust == Trust::Memory => {
            at.warn("disk", kind.name.clone(), kind.name, Text("doctor.memory_next"));
            at.warn("durability", "memory", words.say(Text("doctor.memory")), Text("doctor.memory_next"));
        }
        Some(kind) => {
            at.fine("disk", kind.name.clone(), kind.name);
            at.fine("durability", "full", durable);
        }
        None => at.fine("durability", "full", durable),
    }
    if let Some(bytes) = disk::room(path) {
        let said = words.fill(Text("doctor.room"), &[("size", &size(bytes))]);
        if disk::is_full(path) {
            at.wrong("room", bytes, said, Text("doctor.full_next"));
        } else if bytes < LITTLE {
            at.warn("room", bytes, said, Text("doctor.little_next"));
        } else {
            at.fine("room", bytes, said);
        }
    }
}

/// What is in it, where that can be read without a change.
pub fn inside(asked: &Asked) -> Vec<Finding> {
    let (words, path) = (&asked.words, &asked.place.db);
    let mut at = Findings::new(Part::Database, words);
    // whose it is, is told by the look from outside; one that may only be read can still be looked into
    let is_ours = || matches!(guard::look(path), Ok(_) | Err(StoreError::ReadOnly { .. }));
    let looked = if engine::is_server(path) {
        // why it cannot be had is told there too
        server::examine::inside(path).ok().map(Ok)
    } else {
        is_ours().then(|| examine::inside(path))
    };
    let Some(looked) = looked else { return Vec::new() };
    let inside = match looked {
        Ok(inside) => inside,
        Err(Unseen::LogLeft) => {
            at.warn("rows", (), words.say(Text("doctor.log_left")), Text("doctor.log_left_next"));
            return at.all();
        }
        Err(Unseen::Failed(error @ StoreError::Damaged { .. })) => {
            let said = words.fill(Text("doctor.damaged"), &[("what", &error)]);
            at.wrong("rows", error.code().to_owned(), said, Text("doctor.damaged_next"));
            return at.all();
        }
        Err(Unseen::Failed(error)) => {
            let said = words.fill(Text("doctor.unseen"), &[("why", &error)]);
            at.warn("rows", error.code().to_owned(), said, Text("doctor.unseen_next"));
            return at.all();
        }
    };
    let more = if inside.customers > COUNTED { ">" } else { "" };
    let said = words.fill(
        Text("doctor.rows"),
        &[
            ("users", &inside.users),
            ("customers", &format!("{more}{}", format::grouped(inside.customers.min(COUNTED)))),
            ("changes", &format::grouped(inside.changes)),
        ],
    );
    let rows = json!({
        "users": inside.users, "customers": inside.customers.min(COUNTED),
        "more_customers": inside.customers > COUNTED, "changes": inside.changes,
    });
    at.fine("rows", rows, said);
    let shapes: Vec<_> = inside
        .playbooks
        .iter()
        .map(|book| json!({ "id": book.id, "version": book.version, "number": book.number }))
        .collect();
    let named: Vec<String> = inside
        .playbooks
        .iter()
        .map(|book| {
            let values: [(&str, &dyn std::fmt::Display); 3] =
                [("id", &book.id), ("version", &book.version), ("number", &book.number)];
            words.fill(Text("doctor.playbook"), &values)
        })
        .collect();
    if named.is_empty() {
        at.warn("playbooks", shapes, words.say(Text("doctor.none")), Text("doctor.playbooks_next"));
    } else {
        at.fine("playbooks", shapes, named.join(", "));
    }
    at.all()
}
