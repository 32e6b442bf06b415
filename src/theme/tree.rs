//! The text of a theme file as keys and values, each with its place.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Where something stands: which file of the chain of inheritance (0 is the one asked for), line and character from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub file: usize,
    pub line: usize,
    pub column: usize,
}

/// A key with its value.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub key: String,
    pub at: Place,
    pub value: Value,
    /// Where the value stands.
    pub value_at: Place,
}

/// A value, as far as a theme knows any.
#[derive(Clone, Debug)]
pub(super) enum Value {
    Text(String),
    Flag(bool),
    Table(Vec<Entry>),
    /// Something no theme has: what kind of thing it is.
    Other(&'static str),
}

impl Value {
    /// The value as a fault quotes it.
    pub fn said(&self) -> String {
        match self {
            Self::Text(text) => format!("'{text}'"),
            Self::Flag(flag) => format!("'{flag}'"),
            Self::Table(_) => "a table".to_owned(),
            Self::Other(kind) => format!("of the kind {kind}"),
        }
    }
}

/// Reads a text as far as it is TOML; what is not comes back as faults.
pub(super) fn read(text: &str, file: usize) -> (Vec<Entry>, Vec<(Place, String)>) {
    let (table, errors) = DeTable::parse_recoverable(text);
    let reader = Reader { text, file };
    let faults = errors
        .iter()
        .map(|error| {
            let start = error.span().map_or(text.len(), |span| span.start);
            (
                reader.place(start),
                format!("this is not TOML: {}", error.message().trim_end().replace('\n', " ")),
            )
        })
        .collect();
    (reader.table(table.get_ref(), 0), faults)
}

struct Reader<'t> {
    text: &'t str,
    file: usize,
}

/// Tables in tables deeper than this are not read: a theme has two.
const DEEPEST: usize = 4;

impl Reader<'_> {
    fn place(&self, offset: usize) -> Place {
        let before = self.text.get(..offset).unwrap_or(self.text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        Place { file: self.file, line, column }
    }

    fn table(&self, table: &DeTable<'_>, depth: usize) -> Vec<Entry> {
        let mut entries: Vec<Entry> = table
            .iter()
            .map(|(key, value)| Entry {
                key: key.get_ref().to_string(),
                at: self.place(key.span().start),
                value: self.value(value, depth),
                value_at: self.place(value.span().start),
            })
            .collect();
        // as they stand in the file, so that faults are told from top to bottom
        entries.sort_by_key(|entry| entry.at);
        entries
    }

    fn value(&self, value: &Spanned<DeValue<'_>>, depth: usize) -> Value {
        match value.get_ref() {
            DeValue::String(text) => Value::Text(text.to_string()),
            DeValue::Boolean(flag) => Value::Flag(*flag),
            DeValue::Table(table) if depth < DEEPEST => Value::Table(self.table(table, depth + 1)),
            other => Value::Other(other.type_str()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_has_its_place() {
        // line 3 is "  红 = …": the key is its third character, the value its seventh
        let (entries, faults) = read("a = true\n[palette]\n  '红' = \"#ff0000\"\n", 2);
        assert!(faults.is_empty());
        let Value::Table(inner) = &entries[1].value else { panic!() };
        assert_eq!(inner[0].at, Place { file: 2, line: 3, column: 3 });
        assert_eq!(inner[0].value_at, Place { file: 2, line: 3, column: 9 });
    }

    #[test]
    fn what_is_no_toml_is_a_fault_and_the_rest_is_read() {
        let (entries, faults) = read("[palette]\nred = \nblue = \"#0000ff\"\n", 0);
        assert_eq!(faults.len(), 1);
        assert_eq!((faults[0].0.line, faults[0].0.column), (2, 7));
        let Value::Table(inner) = &entries[0].value else { panic!() };
        assert!(inner.iter().any(|entry| entry.key == "blue"));
    }
}
