//! The clock, against the newest change there is, and the zones the day is counted in.

use std::time::Duration;

use chrono::{Local as Machine, Offset as _};
use serde_json::json;

use super::Asked;
use super::finding::{Finding, Findings, Part};
use crate::domain::time::{Timestamp, Zone};
use crate::runtime::steady::{FOLLOWED, WORTH_TELLING};
use crate::store::engine::file::{examine, guard};
use crate::store::engine::{self, server};
use crate::text::{Text, format};

/// Looks at the clock.
pub fn look(asked: &Asked) -> Vec<Finding> {
    let words = &asked.words;
    let mut at = Findings::new(Part::Clock, words);
    let path = &asked.place.db;
    let inside = if engine::is_server(path) {
        server::examine::inside(path).ok()
    } else {
        guard::look(path).ok().and_then(|_| examine::inside(path).ok())
    };
    let (newest, books) = inside.map(|inside| (inside.newest, inside.playbooks)).unwrap_or_default();
    let zone = books.first().map_or(Zone::UTC, |book| book.zone);
    let now = zone.rfc3339(asked.now);
    at.fine("now", now.clone(), now);
    if let Some(newest) = newest {
        against(&mut at, asked, newest, zone);
    }
    let mut zones: Vec<&str> = books.iter().map(|book| book.zone.0.name()).collect();
    zones.sort_unstable();
    zones.dedup();
    let offset = Machine::now().offset().fix().to_string();
    let machine = machine_zone().map_or_else(|| offset.clone(), |name| format!("{name} ({offset})"));
    let said = if zones.is_empty() {
        words.fill(Text("doctor.zone"), &[("machine", &machine)])
    } else {
        let hours = now_offset(zone, asked.now);
        let playbook = format!("{} ({hours})", zones.join(", "));
        words.fill(Text("doctor.zones"), &[("machine", &machine), ("playbook", &playbook)])
    };
    at.fine("zone", json!({ "machine": machine_zone(), "offset": offset, "playbooks": zones }), said);
    at.all()
}

/// How far a zone is from UTC, as in `+08:00`: the end of a time written in it.
fn now_offset(zone: Zone, now: Timestamp) -> String {
    let shown = zone.rfc3339(now);
    shown.get(shown.len().saturating_sub(6)..).unwrap_or_default().to_owned()
}

/// A clock that is behind the newest change was set back, or that of whoever made it was ahead.
fn against(at: &mut Findings<'_>, asked: &Asked, newest: Timestamp, zone: Zone) {
    let words = &asked.words;
    let ahead = Duration::from_millis(u64::try_from(newest.since(asked.now)).unwrap_or(0));
    let shown = zone.rfc3339(newest);
    if ahead <= WORTH_TELLING {
        at.fine("newest", shown.clone(), shown);
        return;
    }
    let length = format::duration(words, ahead);
    let said = words.fill(Text("doctor.behind"), &[("at", &shown), ("length", &length)]);
    if ahead > FOLLOWED {
        at.wrong("newest", shown, said, Text("doctor.behind_next"));
    } else {
        at.warn("newest", shown, said, Text("doctor.behind_next"));
    }
}

/// The name of the machine's zone, where it has one.
fn machine_zone() -> Option<String> {
    let named = std::env::var("TZ").ok().filter(|name| !name.is_empty());
    named.or_else(|| {
        let link = std::fs::read_link("/etc/localtime").ok()?;
        Some(link.to_str()?.split_once("zoneinfo/")?.1.to_owned())
    })
}
