//! Texts: merge fields that are known and the same in both languages, no forbidden phrase, claims with a proof.

use std::collections::BTreeSet;

use super::Checker;
use crate::playbook::merge;
use crate::playbook::problem::Place;
use crate::playbook::reader::names::meant;
use crate::playbook::reader::row::{Item, Row, Value};
use crate::playbook::schema::Domain;

/// What a text in both languages is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    Address,
    Name,
    Template,
    /// Good news.
    Told,
}

impl Checker<'_> {
    /// Checks every text of the playbook.
    pub(super) fn texts(&mut self) {
        let known = self.merge_names();
        let rules = self.root.row("contact_rules");
        let forbidden: Vec<&str> = rules
            .into_iter()
            .flat_map(|rules| rules.texts("forbidden_phrases"))
            .map(|(text, _)| text)
            .collect();
        for (pair, what, place) in gather(self.root) {
            self.merged(pair, what, place, &known);
            for text in pair {
                let lower = text.to_lowercase();
                for phrase in forbidden.iter().filter(|phrase| lower.contains(&phrase.to_lowercase())) {
                    self.error(
                        place,
                        format!("the text holds the forbidden phrase '{phrase}'"),
                        "say it another way",
                    );
                }
            }
        }
        for line in self.root.rows("scripts").flat_map(|row| row.rows("lines")) {
            if line.text("kind") == Some("claim") && !line.has("proof") {
                self.error(line.place, "a claim has no 'proof'", "name the material that proves it");
            }
        }
    }

    fn merge_names(&self) -> BTreeSet<String> {
        let mut known: BTreeSet<String> = merge::NAMES.iter().map(|(name, _)| (*name).to_owned()).collect();
        known.extend(self.names.all(Domain::Field).map(str::to_owned));
        for role in self.names.all(Domain::Role) {
            known.insert(format!("{role}_call"));
            known.insert(format!("{role}_name"));
        }
        known.extend(self.names.all(Domain::Node).map(|node| format!("{node}_at")));
        known
    }

    fn merged(&mut self, pair: [&str; 2], what: Use, place: Place, known: &BTreeSet<String>) {
        let mut fields: Vec<BTreeSet<String>> = Vec::new();
        for text in pair {
            if what == Use::Name {
                if text.contains(['{', '}']) {
                    self.error(
                        place,
                        format!("'{text}' holds braces"),
                        "merge fields are not filled in here",
                    );
                }
                continue;
            }
            if let Err(error) = merge::check(text) {
                self.error(place, error.to_string(), "");
            }
            fields.push(merge::fields_of(text).into_iter().map(|field| field.name).collect());
        }
        let [zh, en] = fields.as_slice() else { return };
        for (one, other, language) in [(zh, en, "zh"), (en, zh, "en")] {
            for name in one.difference(other) {
                let hint = "both languages use the same merge fields";
                self.error(place, format!("only the text in {language} has '{{{name}}}'"), hint);
            }
        }
        for name in zh.union(en) {
            let found = match what {
                Use::Address => name == "name",
                Use::Told => matches!(name.as_str(), "rep" | "amount" | "other"),
                _ => known.contains(name),
            };
            if !found {
                let hint = match what {
                    Use::Address => "an address knows '{name}' only".to_owned(),
                    Use::Told => "good news knows '{rep}', '{amount}' and '{other}'".to_owned(),
                    _ => meant(name, known.iter().map(String::as_str)),
                };
                self.error(place, format!("no merge field '{name}'"), hint);
            }
        }
    }
}

/// Every text in both languages within a row.
fn gather(row: &Row) -> Vec<([&str; 2], Use, Place)> {
    let mut found = Vec::new();
    if let (Some(zh), Some(en)) = (row.text("zh"), row.text("en")) {
        found.push(([zh, en], Use::Template, row.place_of("zh")));
    }
    for (key, item) in row.items() {
        let what = match key {
            "text" => Use::Template,
            "address" => Use::Address,
            "says" => Use::Told,
            _ => Use::Name,
        };
        gather_item(item, what, &mut found);
    }
    found
}

fn gather_item<'a>(item: &'a Item, what: Use, found: &mut Vec<([&'a str; 2], Use, Place)>) {
    match &item.value {
        Value::Both(both) => found.push(([both.zh.as_str(), both.en.as_str()], what, item.place)),
        Value::Row(row) => found.extend(gather(row)),
        Value::List(items) => items.iter().for_each(|item| gather_item(item, Use::Name, found)),
        Value::Map(entries) => entries.iter().for_each(|(_, item)| gather_item(item, Use::Name, found)),
        _ => {}
    }
}
