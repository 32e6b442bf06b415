//! Access rules: each is about something, and hides nothing from those whom the method asks for it.

use std::collections::BTreeSet;

use super::Checker;
use crate::domain::lists::Role;
use crate::playbook::channel::{BuiltIn, built_in};
use crate::playbook::reader::names::meant;
use crate::playbook::reader::row::Row;

impl Checker<'_> {
    /// Checks `[access]`.
    pub(super) fn access(&mut self) {
        let rules: Vec<&Row> =
            self.root.row("access").into_iter().flat_map(|row| row.rows("rules")).collect();
        for rule in &rules {
            if rule.list("fields").is_empty() && rule.list("contacts").is_empty() {
                self.error(rule.place, "this rule is about nothing", "name fields, contacts, or both");
            }
            self.kinds(rule);
            self.process(rule);
        }
        let locked: Vec<(&str, &Row)> = rules
            .into_iter()
            .filter(|rule| rule.text("right") != Some("write"))
            .filter(|rule| rule.texts("roles").any(|(role, _)| role == Role::Rep.as_str()))
            .flat_map(|rule| rule.texts("fields").map(move |(field, _)| (field, rule)))
            .collect();
        for (field, rule) in locked {
            if let Some(asked) = self.asked_at(field) {
                let message = format!("a rep may not write '{field}', which {asked} asks for");
                self.error(rule.place_of("right"), message, "let a rep write it, or do not ask a rep for it");
            }
        }
    }

    /// Says when a way of contact is none that a channel is reached by.
    fn kinds(&mut self, rule: &Row) {
        let mut known: BTreeSet<&str> = built_in().iter().filter_map(BuiltIn::contact).collect();
        known.extend(self.root.rows("channels").filter_map(|channel| channel.text("contact")));
        for (kind, place) in rule.texts("contacts") {
            if !known.contains(kind) {
                let hint = meant(kind, known.iter().copied());
                self.error(place, format!("no channel is reached by '{kind}'"), hint);
            }
        }
    }

    /// Says when a rule is about a process and about what is of none.
    fn process(&mut self, rule: &Row) {
        let Some(process) = rule.text("process") else { return };
        let place = rule.place_of("process");
        let of = |row: &'_ Row| row.text("process").or_else(|| row.text("id")).unwrap_or_default().to_owned();
        let known: BTreeSet<String> = self.root.rows("pipelines").map(of).collect();
        if !known.contains(process) {
            let hint = meant(process, known.iter().map(String::as_str));
            self.error(place, format!("no pipeline belongs to the process '{process}'"), hint);
        }
        if !rule.list("contacts").is_empty() {
            let message = "a way of contact belongs to no process";
            self.error(place, message, "make a rule of its own for contacts, without 'process'");
        }
        for (field, place) in rule.texts("fields") {
            let on = self.find("fields", field).and_then(|field| field.text("on"));
            if matches!(on, Some("customer" | "person")) {
                let message =
                    format!("'{field}' sits on the {} and belongs to no process", on.unwrap_or_default());
                self.error(place, message, "make a rule of its own for it, without 'process'");
            }
        }
    }

    /// The stage or outcome that asks for a field.
    fn asked_at(&self, field: &str) -> Option<String> {
        let names = |row: &Row, key: &str| row.texts(key).any(|(asked, _)| asked == field);
        let stages = self.root.rows("pipelines").flat_map(|pipeline| pipeline.rows("stages"));
        let stage = stages.filter(|stage| names(stage, "required")).find_map(|stage| stage.text("id"));
        let outcome =
            self.root.rows("outcomes").filter(|row| names(row, "needs")).find_map(|row| row.text("id"));
        stage.map(|id| format!("stage '{id}'")).or_else(|| outcome.map(|id| format!("outcome '{id}'")))
    }
}
