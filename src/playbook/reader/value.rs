//! One value, by the kind the schema gives it.

use toml::Spanned;
use toml::de::{DeArray, DeString, DeTable, DeValue};
use unicode_normalization::UnicodeNormalization;

use super::row::{Item, Value};
use super::{MoneyUnit, Reader};
use crate::domain::clean::clean_lines;
use crate::domain::money::Money;
use crate::domain::time::{Clock, parse_span};
use crate::playbook::model::Bilingual;
use crate::playbook::problem::Place;
use crate::playbook::reader::names::meant;
use crate::playbook::schema::{Domain, Kind};

/// Characters a text may hold.
const TEXT_MAX: usize = 2_000;
/// Characters an id may hold.
const ID_MAX: usize = 40;
/// Entries a list may hold.
const LIST_MAX: usize = 2_000;

impl Reader {
    /// Reads a value; `None` when it is wrong, which has been said.
    pub(super) fn value(&mut self, kind: &Kind, key: &str, value: &Spanned<DeValue<'_>>) -> Option<Item> {
        let place = self.place(value.span());
        let raw = value.get_ref();
        let value = match (kind, raw) {
            (Kind::Id(domain), DeValue::String(text)) => {
                let id = self.id_text(text, place)?;
                self.names.id(*domain, &id, place);
                Value::Text(id)
            }
            (Kind::Ref(domain), DeValue::String(text)) => {
                self.names.reference(*domain, text, place);
                Value::Text(text.to_string())
            }
            (Kind::PipelineStage, DeValue::String(text)) => {
                self.names.reference(Domain::PipelineStage, text, place);
                Value::Text(text.to_string())
            }
            (Kind::Text | Kind::Line | Kind::Scalar | Kind::Any, DeValue::String(text)) => {
                Value::Text(self.text(text, place)?)
            }
            (Kind::Word, DeValue::String(text)) => {
                let text = self.text(text, place)?;
                if text.contains(char::is_whitespace) || text.chars().count() > ID_MAX {
                    self.problems.error(place, format!("'{text}' is not one word"), "leave out the blanks");
                    return None;
                }
                Value::Text(text)
            }
            (Kind::Letter, DeValue::String(text)) => self.letter(text, place)?,
            (Kind::Both | Kind::Template | Kind::Address, DeValue::Table(table)) => {
                Value::Both(self.both(key, table.iter(), place)?)
            }
            (Kind::Int(min, max), DeValue::Integer(number)) => {
                let number = i64::from_str_radix(number.as_str(), number.radix()).ok();
                let Some(number) = number.filter(|number| (min..=max).contains(&number)) else {
                    let hint = format!("'{key}' is a {}", kind.words());
                    self.problems.error(place, format!("'{}' is out of range", shown(raw)), hint);
                    return None;
                };
                Value::Int(number)
            }
            (Kind::Share, DeValue::Integer(number)) => self.share(number.as_str(), place)?,
            (Kind::Share, DeValue::Float(number)) => self.share(number.as_str(), place)?,
            (Kind::Bool | Kind::Scalar | Kind::Any, DeValue::Boolean(truth)) => Value::Bool(*truth),
            (Kind::Money, DeValue::Integer(_)) => self.money(raw, place)?,
            (Kind::Clock, DeValue::String(text)) => Value::Clock(self.clock(text, place)?),
            (Kind::Window, DeValue::Table(table)) => self.window(table, place)?,
            (Kind::Span, DeValue::String(text)) => match parse_span(text) {
                Ok(span) => Value::Span(span),
                Err(error) => {
                    self.problems.error(place, error.to_string(), "");
                    return None;
                }
            },
            (Kind::OneOf(names), DeValue::String(text)) => {
                let names = names();
                if !names.contains(&text.as_ref()) {
                    let hint = meant(text, names.iter().copied());
                    self.problems.error(place, format!("'{text}' may not stand at '{key}'"), hint);
                    return None;
                }
                Value::Text(text.to_string())
            }
            (Kind::Phrase(words), DeValue::String(text)) => self.phrase(&words(), key, text, place)?,
            (Kind::Scalar | Kind::Any, DeValue::Integer(number)) => {
                Value::Int(i64::from_str_radix(number.as_str(), number.radix()).ok()?)
            }
            (Kind::Any, DeValue::Array(array)) => self.list(&Kind::Text, key, array, place)?,
            (Kind::Options, DeValue::Array(array)) => self.options(array, place)?,
            (Kind::List(kind), DeValue::Array(array)) => self.list(kind, key, array, place)?,
            (Kind::Tables(spec), DeValue::Array(array)) => {
                self.list(&Kind::Table(spec), key, array, place)?
            }
            (Kind::Table(spec), DeValue::Table(table)) => Value::Row(self.table(spec, table, place)),
            (Kind::Map(domain, kind), DeValue::Table(table)) => {
                let mut entries = Vec::new();
                for (name, value) in table {
                    let at = self.place(name.span());
                    self.names.reference(*domain, name.get_ref(), at);
                    if let Some(item) = self.value(kind, name.get_ref(), value) {
                        entries.push((name.get_ref().to_string(), item));
                    }
                }
                Value::Map(entries)
            }
            (kind, raw) => {
                let wanted = kind.words().replace('`', "");
                let message = format!("'{key}' is a {} here: '{}'", raw.type_str(), shown(raw));
                self.problems.error(place, message, format!("wanted: {wanted}"));
                return None;
            }
        };
        Some(Item { place, value })
    }

    fn list(&mut self, kind: &Kind, key: &str, array: &DeArray<'_>, place: Place) -> Option<Value> {
        if array.len() > LIST_MAX {
            self.problems.error(place, format!("'{key}' has {} entries, max {LIST_MAX}", array.len()), "");
            return None;
        }
        Some(Value::List(array.iter().filter_map(|value| self.value(kind, key, value)).collect()))
    }

    fn id_text(&mut self, text: &str, place: Place) -> Option<String> {
        let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '-';
        if text.is_empty() || text.len() > ID_MAX || !text.chars().all(good) {
            let hint = "an id is at most 40 lower-case letters, digits, '_' and '-'";
            self.problems.error(place, format!("'{}' is not an id", text.escape_debug()), hint);
            return None;
        }
        Some(text.to_owned())
    }

    /// A text that is there, not too long, and holds nothing that could reach the terminal as an order.
    pub(super) fn text(&mut self, text: &str, place: Place) -> Option<String> {
        let text: String = text.replace('\t', " ").nfc().collect();
        let text = text.trim();
        let cleaned = clean_lines(text);
        if text.is_empty() {
            self.problems.error(place, "the text is empty", "write something");
        } else if text.chars().count() > TEXT_MAX {
            self.problems.error(place, format!("the text is over {TEXT_MAX} characters long"), "shorten it");
        } else if *text != *cleaned {
            // the first character that cleaning took out
            let same = text.chars().zip(cleaned.chars()).take_while(|(given, kept)| given == kept).count();
            let code = text.chars().nth(same).map_or(0, u32::from);
            self.problems.error(
                place,
                format!("the text holds the control character U+{code:04X}"),
                "remove it",
            );
        } else {
            return Some(text.to_owned());
        }
        None
    }

    fn letter(&mut self, text: &str, place: Place) -> Option<Value> {
        let mut letters = text.chars();
        match (letters.next(), letters.next()) {
            (Some(c), None) if c.is_ascii_lowercase() || c.is_ascii_digit() => {
                Some(Value::Text(c.to_string()))
            }
            _ => {
                let message = format!("'{}' is not one key", text.escape_debug());
                self.problems.error(place, message, "a key is one digit or lower-case letter");
                None
            }
        }
    }

    fn both<'a>(
        &mut self,
        key: &str,
        entries: impl Iterator<Item = (&'a Spanned<DeString<'a>>, &'a Spanned<DeValue<'a>>)>,
        place: Place,
    ) -> Option<Bilingual> {
        let (mut zh, mut en) = (None, None);
        let mut good = true;
        for (name, value) in entries {
            let slot = match name.get_ref().as_ref() {
                "zh" => &mut zh,
                "en" => &mut en,
                other => {
                    let at = self.place(name.span());
                    let message = format!("unknown key '{other}' in {key} = {{ … }}");
                    self.problems.error(at, message, "allowed: zh, en");
                    good = false;
                    continue;
                }
            };
            match self.value(&Kind::Text, name.get_ref(), value) {
                Some(Item { value: Value::Text(text), .. }) => *slot = Some(text),
                _ => good = false,
            }
        }
        match (zh, en) {
            (Some(zh), Some(en)) if good => Some(Bilingual { zh, en }),
            (zh, en) => {
                for (language, text) in [("zh", zh), ("en", en)] {
                    if text.is_none() && good {
                        let message = format!("'{key}' has no '{language}'");
                        self.problems.error(
                            place,
                            message,
                            "texts stand in both languages: { zh = …, en = … }",
                        );
                    }
                }
                None
            }
        }
    }

    fn share(&mut self, text: &str, place: Place) -> Option<Value> {
        let (whole, part) = text.split_once('.').unwrap_or((text, ""));
        let digits = part.len() <= 4 && part.bytes().all(|b| b.is_ascii_digit());
        let number = |text: &str| text.parse::<i64>().ok().filter(|n| (0..=10_000).contains(n));
        if let (Some(whole), Some(part), true) = (number(whole), number(&format!("{part:0<4}")), digits) {
            return Some(Value::Int(whole * 10_000 + part));
        }
        let hint = "write a number from 0 with at most four decimals, such as 1.10";
        self.problems.error(place, format!("'{text}' is not a share"), hint);
        None
    }

    fn money(&mut self, raw: &DeValue<'_>, place: Place) -> Option<Value> {
        let DeValue::Integer(number) = raw else { return None };
        let number = i64::from_str_radix(number.as_str(), number.radix()).ok();
        let Some(number) = number.filter(|number| (0..=1_000_000_000_000).contains(number)) else {
            let message = format!("'{}' is not an amount", shown(raw));
            self.problems.error(place, message, "an amount is a whole number from 0");
            return None;
        };
        Some(Value::Money(match self.money {
            MoneyUnit::Whole => Money::whole(number),
            MoneyUnit::Minor => Money(number),
        }))
    }

    fn clock(&mut self, text: &str, place: Place) -> Option<Clock> {
        text.parse()
            .map_err(|error: crate::domain::time::BadTime| self.problems.error(place, error.to_string(), ""))
            .ok()
    }

    fn window(&mut self, table: &DeTable<'_>, place: Place) -> Option<Value> {
        let (mut from, mut to) = (None, None);
        for (name, value) in table {
            let at = self.place(name.span());
            match (name.get_ref().as_ref(), value.get_ref()) {
                ("from", DeValue::String(text)) => from = Some(self.clock(text, self.place(value.span()))?),
                ("to", DeValue::String(text)) => to = Some(self.clock(text, self.place(value.span()))?),
                (other, _) => {
                    self.problems.error(
                        at,
                        format!("'{other}' may not stand in a window"),
                        "wanted: { from, to }",
                    );
                    return None;
                }
            }
        }
        match (from, to) {
            (Some(from), Some(to)) if from != to => Some(Value::Window(from, to)),
            _ => {
                self.problems.error(place, "a window needs two different times", "wanted: { from, to }");
                None
            }
        }
    }

    fn phrase(
        &mut self,
        words: &[(&'static str, Option<Domain>)],
        key: &str,
        text: &str,
        place: Place,
    ) -> Option<Value> {
        let (word, name) = text.split_once(':').map_or((text, None), |(word, name)| (word, Some(name)));
        match (words.iter().find(|(known, _)| *known == word), name) {
            (None, _) => {
                let hint = meant(word, words.iter().map(|(word, _)| *word));
                self.problems.error(place, format!("'{text}' may not stand at '{key}'"), hint);
            }
            (Some((_, Some(domain))), Some(name)) => {
                self.names.reference(*domain, name, place);
                return Some(Value::Text(text.to_owned()));
            }
            (Some((_, Some(domain))), None) => {
                let hint = format!("write '{word}:<{}>'", domain.noun());
                self.problems.error(place, format!("'{word}' does not say of what"), hint);
            }
            (Some((_, None)), Some(_)) => {
                self.problems.error(place, format!("'{word}' carries no name"), format!("write '{word}'"));
            }
            (Some((_, None)), None) => return Some(Value::Text(text.to_owned())),
        }
        None
    }

    fn options(&mut self, array: &DeArray<'_>, place: Place) -> Option<Value> {
        let mut entries: Vec<(String, Item)> = Vec::new();
        let mut good = !array.is_empty();
        if !good {
            self.problems.error(place, "'options' is empty", "name the choices");
        }
        for value in array {
            let at = self.place(value.span());
            let read = match value.get_ref() {
                DeValue::String(text) => {
                    self.text(text, at).map(|text| (text.clone(), Bilingual { zh: text.clone(), en: text }))
                }
                DeValue::Table(table) => self.option(table, at),
                other => {
                    let message = format!("a choice is a {} here: '{}'", other.type_str(), shown(other));
                    self.problems.error(at, message, "wanted: { id, zh, en } or a bare word");
                    None
                }
            };
            match read {
                Some((code, _)) if entries.iter().any(|(known, _)| *known == code) => {
                    self.problems.error(at, format!("the choice '{code}' stands twice"), "leave one out");
                    good = false;
                }
                Some((code, name)) => entries.push((code, Item { place: at, value: Value::Both(name) })),
                None => good = false,
            }
        }
        good.then_some(Value::Map(entries))
    }

    fn option(&mut self, table: &DeTable<'_>, place: Place) -> Option<(String, Bilingual)> {
        let code = table.get("id").and_then(|id| Some((id.get_ref().as_str()?.to_owned(), id.span())));
        let name = self.both("choice", table.iter().filter(|(name, _)| name.get_ref() != "id"), place);
        let Some((code, span)) = code else {
            self.problems.error(place, "the choice has no 'id'", "wanted: { id, zh, en } or a bare word");
            return None;
        };
        let at = self.place(span);
        Some((self.text(&code, at)?, name?))
    }
}

/// A value as messages show it: short.
fn shown(value: &DeValue<'_>) -> String {
    let text = match value {
        DeValue::String(text) => text.to_string(),
        DeValue::Integer(number) => number.to_string(),
        DeValue::Float(number) => number.to_string(),
        DeValue::Boolean(truth) => truth.to_string(),
        DeValue::Datetime(time) => time.to_string(),
        DeValue::Array(_) => return "[…]".to_owned(),
        DeValue::Table(_) => return "{…}".to_owned(),
    };
    let short: String = text.chars().take(40).collect();
    short.escape_debug().to_string()
}
