//! A database on a server: whether it can be had, who reads along, what the server is, and whether this user may work in it.

use std::cmp::Ordering;
use std::time::Duration;

use serde_json::json;

use super::Asked;
use super::finding::{Finding, Findings, Part};
use crate::store::StoreError;
use crate::store::engine::server::examine::{self, Guarded, Server};
use crate::text::format::size;
use crate::text::{Text, format};

/// Clocks that are apart by less are not worth a word: the network alone makes some of it.
const APART: Duration = Duration::from_secs(5);

/// Looks at the server and the line to it.
pub fn look(asked: &Asked) -> Vec<Finding> {
    let (words, path) = (&asked.words, &asked.place.db);
    let mut at = Findings::new(Part::Database, words);
    let shown = path.display().to_string();
    at.fine("address", shown.clone(), shown.clone());
    let found = match examine::server(path) {
        Ok(found) => found,
        Err(error) => {
            let next = match &error {
                StoreError::Away { .. } => Text("doctor.away_next"),
                _ => Text("doctor.refused_in_next"),
            };
            let said = match &error {
                StoreError::Away { what, .. } | StoreError::Refused { what, .. } => what.clone(),
                other => other.to_string(),
            };
            at.wrong("server", error.code().to_owned(), said, next);
            return at.all();
        }
    };
    at.fine(
        "server",
        found.version.clone(),
        words.fill(Text("doctor.server_version"), &[("version", &found.version)]),
    );
    line(&mut at, asked, &found);
    let Some(layout) = found.layout else {
        let said = words.fill(Text("doctor.missing"), &[("path", &shown)]);
        at.wrong("kind", "missing", said, Text("doctor.missing_next"));
        return at.all();
    };
    at.fine("kind", "corral", words.say(Text("doctor.ours")));
    inside(&mut at, asked, &found, layout);
    at.all()
}

/// The line, and what hangs on it.
fn line(at: &mut Findings<'_>, asked: &Asked, found: &Server) {
    let words = &asked.words;
    match found.guarded {
        Guarded::Tls => at.fine("line", "tls", words.say(Text("doctor.line_tls"))),
        Guarded::Near => at.fine("line", "near", words.say(Text("doctor.line_near"))),
        Guarded::Plain => {
            at.warn("line", "plain", words.say(Text("doctor.line_plain")), Text("doctor.line_plain_next"));
        }
    }
    let micros = u64::try_from(found.round.as_micros()).unwrap_or(u64::MAX);
    let shown = format!("{}.{}", micros / 1_000, micros % 1_000 / 100);
    at.fine("round", micros, words.fill(Text("doctor.round"), &[("ms", &shown)]));
    if found.pooled {
        at.fine("news", "asked", words.say(Text("doctor.news_asked")));
    } else {
        at.fine("news", "pushed", words.say(Text("doctor.news_told")));
    }
    let apart = Duration::from_millis(found.ahead.unsigned_abs());
    let shown = words.fill(Text("doctor.apart"), &[("length", &format::duration(words, apart))]);
    if apart > APART {
        at.warn("apart", found.ahead, shown, Text("doctor.apart_next"));
    } else {
        at.fine("apart", found.ahead, shown);
    }
    let (used, most) = found.connections;
    let shown = words.fill(Text("doctor.connections"), &[("used", &used), ("most", &most)]);
    let value = json!({ "used": used, "most": most });
    // the last tenth goes in a minute when everybody comes in the morning
    if used * 10 >= most * 9 {
        at.warn("connections", value, shown, Text("doctor.connections_next"));
    } else {
        at.fine("connections", value, shown);
    }
}

/// The database, and what the server does for it.
fn inside(at: &mut Findings<'_>, asked: &Asked, found: &Server, layout: i64) {
    let words = &asked.words;
    let known = examine::known_layout();
    let value = json!({ "found": layout, "known": known });
    let said = words.fill(Text("doctor.layout"), &[("found", &layout), ("known", &known)]);
    match layout.cmp(&known) {
        Ordering::Greater => {
            let said = words.fill(Text("doctor.newer"), &[("found", &layout), ("known", &known)]);
            at.wrong("layout", value, said, Text("doctor.newer_next"));
        }
        Ordering::Less => at.warn("layout", value, said, Text("doctor.layout_next")),
        Ordering::Equal => at.fine("layout", value, said),
    }
    if found.barred.is_empty() {
        at.fine("rights", json!([]), words.say(Text("doctor.rights")));
    } else {
        let said = words.fill(Text("doctor.rights_lack"), &[("tables", &found.barred.join(", "))]);
        at.wrong("rights", found.barred.clone(), said, Text("doctor.rights_next"));
    }
    at.fine("size", found.bytes, size(found.bytes));
    if found.durable {
        at.fine("durability", "full", words.say(Text("doctor.durable")));
    } else {
        let said = words.say(Text("doctor.not_durable"));
        at.warn("durability", "memory", said, Text("doctor.not_durable_next"));
    }
    let names = if found.waits_for.is_empty() { words.say(Text("doctor.none")) } else { &found.waits_for };
    at.fine("waits_for", found.waits_for.clone(), names);
}
