//! Who may do and see what, tried on the store: every kind of change by every role on customers in every relation, every field by
//! every role, held against the tables of `docs/rights.md` that a manager can read; and what a rep tries to get at another's customer.
//!
//! `UPDATE_DOCS=1 cargo test --test it rights` writes the tables anew, to be read before they are kept.

mod examples;
mod fields;
mod ground;
mod table;
mod tried;

use std::fmt::Write as _;
use std::path::Path;

use corral::domain::lists::Role;
use corral::store::journal::KINDS;

use ground::Ground;
use table::Cells;

/// The document with the tables.
const DOCUMENT: &str = "docs/rights.md";

#[test]
fn every_change_is_allowed_to_whom_the_table_says() {
    let mut ground = Ground::new();
    let mut text = String::new();
    let groups = [
        ("With a customer", examples::Group::Customer),
        ("With a colleague", examples::Group::Colleague),
        ("With the house", examples::Group::House),
    ];
    let mut told = 0;
    for (title, group) in groups {
        let _ = writeln!(text, "### {title}\n");
        let _ = writeln!(text, "| What | {} |", Role::ALL.map_str().join(" | "));
        let _ = writeln!(text, "|---|{}", "---|".repeat(Role::ALL.len()));
        for kind in KINDS.iter().filter(|kind| examples::group(kind) == group) {
            let cells: Vec<String> =
                Role::ALL.iter().map(|role| Cells::tried(&mut ground, kind, *role).text(group)).collect();
            let _ = writeln!(text, "| {} | {} |", examples::name(kind), cells.join(" | "));
            told += 1;
        }
        text.push('\n');
    }
    assert_eq!(told, KINDS.len(), "a kind stands in no table");
    table::same(DOCUMENT, "changes", &text);
}

#[test]
fn every_field_is_seen_and_written_by_whom_the_table_says() {
    table::same(DOCUMENT, "fields", &fields::table());
}

#[test]
fn the_example_in_the_document_is_the_one_the_table_is_made_of() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let document = std::fs::read_to_string(root.join(DOCUMENT)).unwrap();
    assert!(document.contains(fields::RULES.trim()), "the rules differ from those of the document");
}

/// The words of a closed list.
trait Words {
    fn map_str(&self) -> Vec<&'static str>;
}

impl Words for [Role] {
    fn map_str(&self) -> Vec<&'static str> {
        self.iter().map(|role| role.as_str()).collect()
    }
}
