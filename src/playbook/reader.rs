//! Walks parsed TOML by the schema: takes keys off tables, remembers where they stand, notes every problem and goes on.
//!
//! What comes out is a tree of [`Row`]s whose values have the types the schema says. References are collected and resolved
//! at the end ([`names`]), when every file has been read.

pub mod names;
pub mod row;
mod syntax;
mod value;

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::near::nearest;
use super::problem::{File, Place, Problems, spot};
use super::schema::root::ROOT;
use super::schema::{Extra, FORMAT, Kind, Need, Table};
use names::Names;
use row::{Item, Row, Value};
use syntax::Syntax;

/// The unit amounts are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum MoneyUnit {
    Whole,
    Minor,
}

/// What was read, as far as it could be.
#[derive(Debug)]
pub struct Reading {
    /// The top level over all files.
    pub root: Row,
    /// Ids and references.
    pub names: Names,
    /// Problems so far.
    pub problems: Problems,
    /// Whether the text was broken, so that what is missing proves nothing.
    pub broken: bool,
}

/// Reads files as one playbook.
pub fn read(files: &[File]) -> Reading {
    let (texts, parsed): (Vec<Syntax<'_>>, Vec<_>) =
        files.iter().map(|file| syntax::parse(&file.text)).unzip();
    let broken = texts.iter().any(|text| !text.mistakes.is_empty());
    let mut reader = Reader {
        names: Names::default(),
        problems: Problems::default(),
        file: 0,
        money: MoneyUnit::Whole,
        broken,
        defaults: HashMap::new(),
    };
    let mut tables = Vec::new();
    for (number, (text, whole)) in texts.iter().zip(parsed).enumerate() {
        for (at, message) in &text.mistakes {
            reader.problems.error(Place { file: number, at: *at }, format!("not TOML: {message}"), "");
        }
        let table = whole.unwrap_or_else(|| DeTable::parse_recoverable(&text.sound).0);
        tables.push(table.into_inner());
    }
    reader.money = tables.iter().find_map(money_unit).unwrap_or(MoneyUnit::Whole);
    let mut root = Row::new(Place::default());
    let mut seen: BTreeMap<&'static str, Place> = BTreeMap::new();
    for (number, table) in tables.iter().enumerate() {
        reader.file = number;
        for (key, value) in table {
            let place = reader.place(key.span());
            let Some(spec) = ROOT.keys.iter().find(|spec| spec.name == key.get_ref().as_ref()) else {
                reader.unknown(&ROOT, key.get_ref(), place);
                continue;
            };
            match (seen.get(spec.name), spec.kind) {
                (None, _) | (Some(_), Kind::Tables(_) | Kind::Text) => {}
                (Some(first), _) => {
                    let first = spot(files, *first);
                    reader.problems.error(
                        place,
                        format!("'{}' stands already at {first}", spec.name),
                        "only lists may be spread over files",
                    );
                    continue;
                }
            }
            seen.insert(spec.name, place);
            if let Some(item) = reader.value(&spec.kind, spec.name, value) {
                if spec.name == "format" {
                    reader.format(&item);
                }
                root.add(spec.name, item);
            }
        }
    }
    reader.file = 0;
    reader.finish(&ROOT, &mut root);
    let Reader { mut names, mut problems, .. } = reader;
    names.add_stages(&root);
    if !broken {
        names.resolve(files, &mut problems);
    }
    Reading { root, names, problems, broken }
}

fn money_unit(table: &DeTable<'_>) -> Option<MoneyUnit> {
    let unit = table.get("playbook")?.get_ref().as_table()?.get("money")?.get_ref().as_str()?;
    Some(if matches!(unit, "fen" | "minor") { MoneyUnit::Minor } else { MoneyUnit::Whole })
}

/// The state of a walk.
struct Reader {
    names: Names,
    problems: Problems,
    file: usize,
    money: MoneyUnit,
    /// Whether a text was broken, so that what is missing proves nothing.
    broken: bool,
    /// What stands for keys that were left out, parsed once for all rows.
    defaults: HashMap<&'static str, Rc<Spanned<DeValue<'static>>>>,
}

impl Reader {
    fn place(&self, span: std::ops::Range<usize>) -> Place {
        Place { file: self.file, at: span.start }
    }

    /// Reads one table by its spec.
    fn table(&mut self, spec: &'static Table, table: &DeTable<'_>, place: Place) -> Row {
        let mut row = Row::new(place);
        for (key, value) in table {
            self.entry(spec, &mut row, key, value);
        }
        self.finish(spec, &mut row);
        row
    }

    fn entry(
        &mut self,
        spec: &'static Table,
        row: &mut Row,
        key: &Spanned<std::borrow::Cow<'_, str>>,
        value: &Spanned<DeValue<'_>>,
    ) {
        let place = self.place(key.span());
        match spec.keys.iter().find(|known| known.name == key.get_ref().as_ref()) {
            Some(known) => {
                let item = self.value(&known.kind, known.name, value);
                // a wrong value was said; standing there at all is enough not to be called missing
                row.set(known.name, item.unwrap_or(Item { place, value: Value::Wrong }));
            }
            None if spec.extra == Extra::Fields => {
                self.names.extra(key.get_ref(), place);
                if let Some(item) = self.value(&Kind::Any, key.get_ref(), value) {
                    row.extra.push((key.get_ref().to_string(), item));
                }
            }
            None => self.unknown(spec, key.get_ref(), place),
        }
    }

    /// Fills in what was left out and says what may not be.
    fn finish(&mut self, spec: &'static Table, row: &mut Row) {
        for key in spec.keys {
            if let Some(item) = row.item(key.name) {
                let empty = matches!(&item.value, Value::List(items) if items.is_empty());
                // a list that lost its entries to problems is not empty to its author
                if empty && matches!(key.need, Need::Must) && !self.problems.is_fatal() {
                    self.problems.error(item.place, format!("'{}' is empty", key.name), "name at least one");
                }
                continue;
            }
            match key.need {
                Need::May => {}
                Need::Must if self.broken => {}
                Need::Must => {
                    let hint = format!("add {} = … ({})", key.name, key.kind.words().replace('`', ""));
                    self.problems.error(row.place, format!("{} has no '{}'", spec.name, key.name), hint);
                }
                Need::Else(otherwise) => {
                    if let Some(item) = self.otherwise(&key.kind, otherwise, row.place) {
                        row.set(key.name, item);
                    }
                }
            }
        }
    }

    fn otherwise(&mut self, kind: &Kind, text: &'static str, place: Place) -> Option<Item> {
        let value = if let Some(value) = self.defaults.get(text) {
            value.clone()
        } else {
            let value = Rc::new(DeValue::parse(text).ok()?);
            self.defaults.insert(text, value.clone());
            value
        };
        let mut item = self.value(kind, "", &value)?;
        item.stand(place);
        Some(item)
    }

    fn unknown(&mut self, spec: &'static Table, key: &str, place: Place) {
        let known = || spec.keys.iter().map(|key| key.name);
        let mut hint =
            nearest(key, known()).map_or_else(String::new, |near| format!("did you mean '{near}'? "));
        hint.push_str("allowed: ");
        hint.push_str(&known().collect::<Vec<_>>().join(", "));
        self.problems.error(place, format!("unknown key '{key}' in {}", spec.name), hint);
    }

    fn format(&mut self, item: &Item) {
        if let Value::Text(found) = &item.value
            && found != FORMAT
        {
            self.problems.error(
                item.place,
                format!("this program reads '{FORMAT}', not '{found}'"),
                format!("bring the file up to docs/playbook-format.md and write format = \"{FORMAT}\""),
            );
        }
    }
}
