//! The reference of the format, printed from the reader's own tables of keys.

use std::fmt::Write as _;

use super::merge;
use super::schema::root::ROOT;
use super::schema::{Key, Kind, Need, Table};

/// The mark before the printed reference in `docs/playbook-format.md`.
pub const BEGIN: &str = "<!-- reference: printed from the program, do not edit -->";
/// The mark after it.
pub const END: &str = "<!-- end of reference -->";

/// The reference as Markdown: every table with every key, then the merge fields.
pub fn print() -> String {
    let mut tables: Vec<&'static Table> = Vec::new();
    collect(&ROOT, &mut tables);
    let mut text = String::new();
    for table in tables {
        let _ = write!(text, "\n### `{}`\n\n{}\n\n", table.name, table.doc);
        text.push_str("| key | | what may stand there | meaning |\n|---|---|---|---|\n");
        for key in table.keys {
            let _ = writeln!(text, "| `{}` | {} | {} | {} |", key.name, need(key), key.kind.words(), key.doc);
        }
    }
    text.push_str("\n### Merge fields\n\n| field | becomes |\n|---|---|\n");
    for (name, meaning) in merge::NAMES {
        let _ = writeln!(text, "| `{{{name}}}` | {meaning} |");
    }
    text.push_str("| `{<field>}` | the value of the field of that code |\n");
    text.push_str("| `{<role>_call}` | how the person in that role is addressed |\n");
    text.push_str("| `{<role>_name}` | the name of the person in that role |\n");
    text.push_str("| `{<node>_at}` | the booked time of the node |\n\n");
    text
}

fn need(key: &Key) -> String {
    match key.need {
        Need::Must => "must".to_owned(),
        Need::May | Need::Else("[]" | "{}") => String::new(),
        Need::Else(otherwise) => format!("else `{otherwise}`"),
    }
}

fn collect(table: &'static Table, tables: &mut Vec<&'static Table>) {
    if tables.iter().any(|known| std::ptr::eq(*known, table)) {
        return;
    }
    tables.push(table);
    for key in table.keys {
        if let Some(inner) = inner(&key.kind) {
            collect(inner, tables);
        }
    }
}

fn inner(kind: &Kind) -> Option<&'static Table> {
    match kind {
        Kind::Table(table) | Kind::Tables(table) => Some(table),
        Kind::List(kind) | Kind::Map(_, kind) => inner(kind),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_described_in_a_sentence_that_fits_a_table() {
        let mut tables = Vec::new();
        collect(&ROOT, &mut tables);
        assert!(tables.len() > 40, "{}", tables.len());
        for table in tables {
            for key in table.keys {
                assert!(key.doc.ends_with('.') && !key.doc.contains('|'), "{} {}", table.name, key.name);
            }
        }
    }
}
