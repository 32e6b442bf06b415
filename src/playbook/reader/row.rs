//! What the reader makes of a table: typed values with their places.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::domain::money::Money;
use crate::domain::time::Clock;
use crate::playbook::model::Bilingual;
use crate::playbook::problem::Place;

/// A value and where it stands.
#[derive(Debug, Clone)]
pub struct Item {
    /// Where.
    pub place: Place,
    /// What.
    pub value: Value,
}

impl Item {
    /// Gives it and all within it one place: that of the row it was filled into.
    pub fn stand(&mut self, place: Place) {
        self.place = place;
        match &mut self.value {
            Value::List(items) => items.iter_mut().for_each(|item| item.stand(place)),
            Value::Map(entries) => entries.iter_mut().for_each(|(_, item)| item.stand(place)),
            Value::Row(row) => row.stand(place),
            _ => {}
        }
    }
}

/// A value as the schema wants it.
#[derive(Debug, Clone)]
pub enum Value {
    /// True or false.
    Bool(bool),
    /// A whole number; shares in basis points.
    Int(i64),
    /// A text, word, id or reference.
    Text(String),
    /// A text in both languages.
    Both(Bilingual),
    /// An amount.
    Money(Money),
    /// A clock time.
    Clock(Clock),
    /// From … to.
    Window(Clock, Clock),
    /// A length of time.
    Span(Duration),
    /// A list.
    List(Vec<Item>),
    /// A table with keys of the playbook's naming.
    Map(Vec<(String, Item)>),
    /// A table.
    Row(Row),
    /// Something else stood there; said already.
    Wrong,
}

/// A table: known keys, and the others its spec allows.
#[derive(Debug, Clone)]
pub struct Row {
    /// Where the table begins.
    pub place: Place,
    /// Keys of the playbook's naming.
    pub extra: Vec<(String, Item)>,
    keys: BTreeMap<&'static str, Item>,
}

impl Row {
    /// An empty table.
    pub const fn new(place: Place) -> Self {
        Self { place, extra: Vec::new(), keys: BTreeMap::new() }
    }

    /// Puts a value at a key.
    pub fn set(&mut self, key: &'static str, item: Item) {
        self.keys.insert(key, item);
    }

    /// Puts a value at a key; a list is added to the list there.
    pub fn add(&mut self, key: &'static str, item: Item) {
        match (self.keys.get_mut(key).map(|item| &mut item.value), item.value) {
            (Some(Value::List(there)), Value::List(mut more)) => there.append(&mut more),
            (_, value) => self.set(key, Item { place: item.place, value }),
        }
    }

    /// Gives it and all within it one place.
    pub fn stand(&mut self, place: Place) {
        self.place = place;
        self.keys.values_mut().for_each(|item| item.stand(place));
    }

    /// All values at known keys.
    pub fn items(&self) -> impl Iterator<Item = (&'static str, &Item)> {
        self.keys.iter().map(|(key, item)| (*key, item))
    }

    /// The value at a key.
    pub fn item(&self, key: &str) -> Option<&Item> {
        self.keys.get(key)
    }

    /// Whether a key stands there.
    pub fn has(&self, key: &str) -> bool {
        self.keys.contains_key(key)
    }

    /// Where a key's value stands; where the row begins when there is none.
    pub fn place_of(&self, key: &str) -> Place {
        self.item(key).map_or(self.place, |item| item.place)
    }

    /// The text at a key.
    pub fn text(&self, key: &str) -> Option<&str> {
        match self.item(key)?.value {
            Value::Text(ref text) => Some(text),
            _ => None,
        }
    }

    /// The number at a key.
    pub fn int(&self, key: &str) -> Option<i64> {
        match self.item(key)?.value {
            Value::Int(number) => Some(number),
            _ => None,
        }
    }

    /// The truth at a key; false when there is none.
    pub fn flag(&self, key: &str) -> bool {
        matches!(self.item(key), Some(Item { value: Value::Bool(true), .. }))
    }

    /// The text in both languages at a key.
    pub fn both(&self, key: &str) -> Option<&Bilingual> {
        match self.item(key)?.value {
            Value::Both(ref both) => Some(both),
            _ => None,
        }
    }

    /// The amount at a key.
    pub fn money(&self, key: &str) -> Option<Money> {
        match self.item(key)?.value {
            Value::Money(money) => Some(money),
            _ => None,
        }
    }

    /// The clock time at a key.
    pub fn clock(&self, key: &str) -> Option<Clock> {
        match self.item(key)?.value {
            Value::Clock(clock) => Some(clock),
            _ => None,
        }
    }

    /// The length of time at a key.
    pub fn span(&self, key: &str) -> Option<Duration> {
        match self.item(key)?.value {
            Value::Span(span) => Some(span),
            _ => None,
        }
    }

    /// The window at a key.
    pub fn window(&self, key: &str) -> Option<(Clock, Clock)> {
        match self.item(key)?.value {
            Value::Window(from, to) => Some((from, to)),
            _ => None,
        }
    }

    /// The table at a key.
    pub fn row(&self, key: &str) -> Option<&Self> {
        match self.item(key)?.value {
            Value::Row(ref row) => Some(row),
            _ => None,
        }
    }

    /// The list at a key; empty when there is none.
    pub fn list(&self, key: &str) -> &[Item] {
        match self.item(key) {
            Some(Item { value: Value::List(items), .. }) => items,
            _ => &[],
        }
    }

    /// The tables of the list at a key.
    pub fn rows(&self, key: &str) -> impl Iterator<Item = &Self> {
        self.list(key).iter().filter_map(|item| match &item.value {
            Value::Row(row) => Some(row),
            _ => None,
        })
    }

    /// The texts of the list at a key, with their places.
    pub fn texts(&self, key: &str) -> impl Iterator<Item = (&str, Place)> {
        self.list(key).iter().filter_map(|item| match &item.value {
            Value::Text(text) => Some((text.as_str(), item.place)),
            _ => None,
        })
    }

    /// The entries of the table of the playbook's naming at a key.
    pub fn map(&self, key: &str) -> &[(String, Item)] {
        match self.item(key) {
            Some(Item { value: Value::Map(entries), .. }) => entries,
            _ => &[],
        }
    }
}
