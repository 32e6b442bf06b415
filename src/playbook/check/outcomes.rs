//! Outcomes and reasons: keys, ladders, and that every pen can be worked.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::{Checker, FIELDS_MAX, RESERVED_KEYS};
use crate::playbook::problem::Place;
use crate::playbook::reader::row::{Row, Value};

impl Checker<'_> {
    /// Checks outcomes, reasons, and that every lane in use has outcomes.
    pub(super) fn outcomes(&mut self) {
        let mut keys: BTreeMap<(&str, &str), &str> = BTreeMap::new();
        for row in self.root.rows("outcomes") {
            let id = row.text("id").unwrap_or_default();
            let key = row.text("key").unwrap_or_default();
            self.key(id, key, row.place_of("key"));
            let mut lanes = BTreeSet::new();
            for (lane, place) in row.texts("lanes") {
                if !lanes.insert(lane) {
                    self.error(place, format!("outcome '{id}' names lane '{lane}' twice"), "leave one out");
                } else if let Some(other) = keys.insert((lane, key), id)
                    && !key.is_empty()
                {
                    let message = format!("outcomes '{other}' and '{id}' share key '{key}' in lane '{lane}'");
                    self.error(row.place_of("key"), message, "give one of them another key");
                }
            }
            self.outcome(row, id);
        }
        self.loops();
        self.lanes();
        for (list, noun) in [("lost", "losing"), ("skip", "skipping")] {
            let mut keys: BTreeMap<&str, &str> = BTreeMap::new();
            for row in self.root.row("reasons").into_iter().flat_map(|reasons| reasons.rows(list)) {
                let (id, key) = (row.text("id").unwrap_or_default(), row.text("key").unwrap_or_default());
                self.key(id, key, row.place_of("key"));
                if let Some(other) = keys.insert(key, id)
                    && !key.is_empty()
                {
                    let message = format!("reasons '{other}' and '{id}' for {noun} share key '{key}'");
                    self.error(row.place_of("key"), message, "give one of them another key");
                }
            }
        }
    }

    fn key(&mut self, id: &str, key: &str, place: Place) {
        if key.chars().any(|letter| RESERVED_KEYS.contains(&letter)) {
            let reserved: Vec<String> = RESERVED_KEYS.iter().map(char::to_string).collect();
            let hint = format!("the program keeps {} for itself", reserved.join(" "));
            self.error(place, format!("'{id}' cannot have the key '{key}'"), hint);
        }
    }

    fn outcome(&mut self, row: &Row, id: &str) {
        let needs = row.list("needs").len();
        if needs > FIELDS_MAX {
            let message = format!("outcome '{id}' needs {needs} fields, max {FIELDS_MAX}");
            self.error(row.place_of("needs"), message, "ask for the rest at another outcome");
        }
        for (field, place) in row.texts("needs") {
            if self.find("fields", field).and_then(|field| field.text("tier")) == Some("optional") {
                let message = format!("outcome '{id}' needs '{field}', which is optional");
                self.error(place, message, "an optional field is never asked for");
            }
        }
        let flags: BTreeSet<&str> = row.texts("flags").map(|(flag, _)| flag).collect();
        let about_node =
            ["node_booked", "node_attended", "node_missed"].into_iter().find(|flag| flags.contains(flag));
        match (about_node, row.has("node")) {
            (Some(flag), false) => {
                let message = format!("outcome '{id}' has flag '{flag}' and no 'node'");
                self.error(row.place, message, "add node = …");
            }
            (None, true) => {
                let message = format!("outcome '{id}' has a node and does not say what becomes of it");
                self.error(
                    row.place_of("node"),
                    message,
                    "add flag node_booked, node_attended or node_missed",
                );
            }
            _ => {}
        }
        if flags.contains("dnc") && row.row("next").and_then(|next| next.text("kind")) != Some("none") {
            let message = format!("outcome '{id}' forbids contact and plans a next action");
            self.error(row.place_of("next"), message, "write next = { kind = \"none\" }");
        }
        if let Some(next) = row.row("next") {
            self.next(row, next, id);
        }
    }

    fn next(&mut self, row: &Row, next: &Row, id: &str) {
        let Some(kind) = next.text("kind") else { return };
        let delays: Vec<(Duration, Place)> = next
            .list("after")
            .iter()
            .filter_map(|item| match item.value {
                Value::Span(span) => Some((span, item.place)),
                _ => None,
            })
            .collect();
        let allowed: &[&str] = match kind {
            "retry" => &["at", "max_per_day", "then", "script"],
            "callback" | "follow" | "cool" => &["at", "script"],
            "material" => &["at", "material"],
            "coupon" => &["at", "coupon"],
            _ => &[],
        };
        let (least, most) = match kind {
            "retry" => (1, 12),
            "follow" | "cool" => (1, 1),
            "sop" | "none" => (0, 0),
            _ => (0, 1),
        };
        let place = next.place_of("after");
        if delays.len() < least {
            self.error(place, format!("'{kind}' of outcome '{id}' has no delay"), "add after = [\"1d\"]");
        } else if delays.len() > most {
            let message = format!("'{kind}' of outcome '{id}' has {} delays, max {most}", delays.len());
            self.error(place, message, "leave the others out");
        }
        for (key, item) in
            next.items().filter(|(key, _)| !matches!(*key, "kind" | "after") && !allowed.contains(key))
        {
            self.error(item.place, format!("'{kind}' takes no '{key}'"), "leave it out");
        }
        if matches!(kind, "material" | "coupon") && !next.has(kind) {
            self.error(
                next.place,
                format!("outcome '{id}' does not say which {kind}"),
                format!("add {kind} = …"),
            );
        }
        if let Some(clock) = next.clock("at") {
            self.clock(clock, next.place_of("at"));
        }
        if kind == "retry" {
            self.ladder(row, next, &delays);
        }
    }

    /// A ladder the contact rules forbid would never be climbed.
    fn ladder(&mut self, row: &Row, next: &Row, delays: &[(Duration, Place)]) {
        let id = row.text("id").unwrap_or_default();
        let Some(rules) = self.root.row("contact_rules") else { return };
        let calls = row.texts("lanes").any(|(lane, _)| lane == "call");
        let seconds =
            |key: &str, unit: i64| rules.int(key).and_then(|n| u64::try_from(n.saturating_mul(unit)).ok());
        let gap =
            seconds("min_minutes_between_tries", 60).or_else(|| seconds("min_hours_between_calls", 3_600));
        let gap = Duration::from_secs(gap.unwrap_or(0));
        for (delay, place) in delays.iter().filter(|(delay, _)| calls && *delay < gap) {
            let message = format!("outcome '{id}' tries again after {} min", delay.as_secs() / 60);
            let hint = format!(
                "the contact rules allow it after {} min; lower min_minutes_between_tries or wait longer",
                gap.as_secs() / 60
            );
            self.error(*place, message, hint);
        }
        let cap = rules.int("max_calls_per_day").filter(|_| calls);
        if let (Some(tries), Some(cap)) = (next.int("max_per_day"), cap)
            && tries > cap
        {
            let message = format!("outcome '{id}' tries {tries} times a day");
            self.error(next.place_of("max_per_day"), message, format!("max_calls_per_day is {cap}"));
        }
    }

    /// A ladder that ends in another ladder must come to an end.
    fn loops(&mut self) {
        let then: BTreeMap<&str, &str> = self
            .root
            .rows("outcomes")
            .filter_map(|row| Some((row.text("id")?, row.row("next")?.text("then")?)))
            .collect();
        for row in self.root.rows("outcomes") {
            let Some(id) = row.text("id") else { continue };
            let mut seen = vec![id];
            let mut at = id;
            while let Some(next) = then.get(at).copied() {
                if next == id {
                    let place = row.row("next").map_or(row.place, |next| next.place_of("then"));
                    seen.push(id);
                    self.error(
                        place,
                        format!("outcomes follow in a ring: {}", seen.join(" → ")),
                        "end the ring",
                    );
                    break;
                }
                // a ring this one is not part of is said at its own members
                if seen.contains(&next) {
                    break;
                }
                seen.push(next);
                at = next;
            }
        }
    }

    fn lanes(&mut self) {
        let offered: BTreeSet<&str> =
            self.root.rows("outcomes").flat_map(|row| row.texts("lanes")).map(|(lane, _)| lane).collect();
        let mut used: BTreeMap<&str, Place> = BTreeMap::new();
        let steps = self.root.rows("sops").flat_map(|row| row.rows("steps"));
        for row in steps.chain(self.root.rows("task_rules")).chain(self.root.rows("warnings")) {
            if let Some(lane) = row.text("lane") {
                used.entry(lane).or_insert(row.place_of("lane"));
            }
        }
        for row in self.root.rows("outcomes") {
            let Some(next) = row.row("next") else { continue };
            let lane = match next.text("kind") {
                Some("callback" | "follow" | "cool") => "call",
                Some("material") => "material",
                Some("coupon") => "coupon",
                _ => continue,
            };
            used.entry(lane).or_insert(next.place);
        }
        if let Some(node) = self.root.rows("nodes").next() {
            used.entry("node").or_insert(node.place);
        }
        for (lane, place) in used.iter().filter(|(lane, _)| !offered.contains(*lane)) {
            let hint = format!("add [[outcomes]] with lanes = [\"{lane}\"]");
            self.error(*place, format!("lane '{lane}' is used and has no outcome"), hint);
        }
    }
}
