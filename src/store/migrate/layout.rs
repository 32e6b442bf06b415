//! What the migrations come to: every table with its columns and its key, and every index, read from their texts.
//!
//! So nobody keeps a second list of the tables: what a migration adds is moved and compared with everything else. A test holds
//! it against what the engines themselves say they have.

use crate::store::migrate;

/// Tables and indexes of the newest layout.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Layout {
    /// Tables in the order they are made: what a row refers to stands in an earlier one.
    pub tables: Vec<Table>,
    /// Indexes that are not part of a table.
    pub indexes: Vec<Index>,
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// Its columns, in their order.
    pub columns: Vec<Column>,
    /// The places of the columns that tell its rows apart, in the order of the key.
    pub key: Vec<usize>,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// What is in it.
    pub kind: Kind,
}

/// What a column holds, or nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Whole numbers.
    Int,
    /// Texts.
    Text,
}

/// An index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Index {
    /// Its name.
    pub name: String,
    /// Its table.
    pub table: String,
    /// The statement that makes it, where it is not there.
    pub making: String,
}

impl Table {
    /// The names of the columns, with commas.
    pub fn list(&self) -> String {
        self.columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>().join(", ")
    }

    /// The names of the key's columns, with commas.
    pub fn key_list(&self) -> String {
        let names: Vec<&str> =
            self.key.iter().filter_map(|at| self.columns.get(*at)).map(|c| &*c.name).collect();
        names.join(", ")
    }
}

/// The mark of a table whose rows are only ever added; each engine says in its own way that it refuses the rest.
const ONLY_ADDED_TO: &str = ") /* only added to */;";

/// The tables of a migration whose rows are only ever added.
pub fn only_added_to(text: &str) -> Vec<&str> {
    let made = text.split("CREATE TABLE ").skip(1);
    made.filter(|making| making.split_inclusive(';').next().is_some_and(|own| own.ends_with(ONLY_ADDED_TO)))
        .filter_map(|making| making.split_whitespace().next())
        .collect()
}

/// The newest layout.
pub fn newest() -> Layout {
    let mut layout = Layout::default();
    for text in migrate::texts() {
        let plain: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with("--")).collect();
        for statement in plain.join("\n").split(';') {
            layout.follow(statement.trim());
        }
    }
    layout
}

impl Layout {
    /// Does to the list what a statement does to a database.
    fn follow(&mut self, statement: &str) {
        let words: Vec<&str> = statement.split_whitespace().collect();
        match *words.as_slice() {
            ["CREATE", "TABLE", name, ..] => self.tables.extend(table(name, statement)),
            ["DROP", "TABLE", name] => {
                self.tables.retain(|table| table.name != name);
                self.indexes.retain(|index| index.table != name);
            }
            ["ALTER", "TABLE", name, "ADD", "COLUMN", column, kind, ..] => {
                if let Some(table) = self.tables.iter_mut().find(|table| table.name == name) {
                    table.columns.push(Column { name: column.to_owned(), kind: kind_of(kind) });
                }
            }
            ["CREATE", "INDEX", name, "ON", table, ..]
            | ["CREATE", "UNIQUE", "INDEX", name, "ON", table, ..] => {
                self.indexes.push(Index {
                    name: name.to_owned(),
                    table: table.to_owned(),
                    making: statement.replacen(" INDEX ", " INDEX IF NOT EXISTS ", 1),
                });
            }
            ["DROP", "INDEX", name] => self.indexes.retain(|index| index.name != name),
            _ => {}
        }
    }
}

/// The table a statement makes.
fn table(name: &str, statement: &str) -> Option<Table> {
    let (_, body) = statement.split_once('(')?;
    let (body, _) = body.rsplit_once(')')?;
    let mut table = Table { name: name.to_owned(), columns: Vec::new(), key: Vec::new() };
    let mut key: Vec<String> = Vec::new();
    for part in parts(body) {
        if let Some(rest) = part.strip_prefix("PRIMARY KEY") {
            let inside = rest.trim().trim_start_matches('(').trim_end_matches(')');
            key = inside.split(',').map(|name| name.trim().to_owned()).collect();
            continue;
        }
        let mut words = part.split_whitespace();
        let (Some(name), Some(kind)) = (words.next(), words.next()) else { continue };
        if part.contains("PRIMARY KEY") {
            key = vec![name.to_owned()];
        }
        table.columns.push(Column { name: name.to_owned(), kind: kind_of(kind) });
    }
    let at = |name: &String| table.columns.iter().position(|column| column.name == *name);
    table.key = key.iter().filter_map(at).collect();
    Some(table)
}

fn kind_of(word: &str) -> Kind {
    if word == "TEXT" { Kind::Text } else { Kind::Int }
}

/// What stands between the commas that are not in brackets.
fn parts(body: &str) -> Vec<&str> {
    let mut depth = 0_u32;
    let between = |c: char| {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        c == ',' && depth == 0
    };
    body.split(between).map(str::trim).filter(|part| !part.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Layout {
        let mut layout = Layout::default();
        text.split(';').for_each(|statement| layout.follow(statement.trim()));
        layout
    }

    #[test]
    fn a_table_has_its_columns_and_its_key() {
        let layout =
            of("CREATE TABLE a (\n  id BIGINT NOT NULL PRIMARY KEY,\n  b_id BIGINT REFERENCES b (id)\n);\
                         CREATE TABLE c (x TEXT, y BIGINT, PRIMARY KEY (y, x)) /* kept in its order */;");
        let [a, c] = layout.tables.as_slice() else { panic!("{layout:?}") };
        assert_eq!((a.list().as_str(), a.key_list().as_str()), ("id, b_id", "id"));
        assert_eq!((c.list().as_str(), c.key_list().as_str()), ("x, y", "y, x"));
        let kinds: Vec<Kind> = c.columns.iter().map(|column| column.kind).collect();
        assert_eq!(kinds, [Kind::Text, Kind::Int]);
    }

    #[test]
    fn what_a_later_migration_takes_away_or_adds_is_followed() {
        let layout = of("CREATE TABLE a (id BIGINT PRIMARY KEY); CREATE TABLE b (id BIGINT PRIMARY KEY);\
                         CREATE UNIQUE INDEX a_one ON a (id) WHERE id > 0; CREATE INDEX b_one ON b (id);\
                         CREATE INDEX a_two ON a (id); DROP INDEX a_two; DROP TABLE b;\
                         ALTER TABLE a ADD COLUMN name TEXT NOT NULL DEFAULT ''");
        let [a] = layout.tables.as_slice() else { panic!("{layout:?}") };
        assert_eq!(a.list(), "id, name");
        let [index] = layout.indexes.as_slice() else { panic!("{layout:?}") };
        assert_eq!(index.making, "CREATE UNIQUE INDEX IF NOT EXISTS a_one ON a (id) WHERE id > 0");
    }

    #[test]
    fn every_table_of_the_migrations_can_be_walked_by_its_key() {
        let layout = newest();
        assert!(layout.tables.len() > 30, "only {} tables", layout.tables.len());
        for table in &layout.tables {
            assert!(!table.key.is_empty(), "{} has no key", table.name);
        }
    }

    #[test]
    fn what_a_row_refers_to_stands_in_an_earlier_table() {
        let text = migrate::texts().join("\n");
        let mut seen: Vec<&str> = Vec::new();
        for making in text.split("CREATE TABLE ").skip(1) {
            let name = making.split_whitespace().next().unwrap();
            let body = making.split(';').next().unwrap();
            for refers in body.split("REFERENCES ").skip(1) {
                let other = refers.split_whitespace().next().unwrap();
                assert!(seen.contains(&other), "{name} refers to {other}");
            }
            seen.push(name);
        }
    }
}
