//! The kinds of values a setting may have, and how they are read from a file and written to one.

use toml::de::DeValue;

/// What values a setting takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A whole number in these bounds.
    Number(i64, i64),
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// `true` or `false`.
    Switch,
    /// Any text.
    Text,
    /// A list of texts.
    Texts,
}

impl Kind {
    /// What to write: a sentence for the file and the documents; empty where any text does.
    pub fn words(self) -> String {
        match self {
            Self::Number(least, most) => format!("A whole number from {least} to {most}."),
            Self::OneOf(words) => {
                let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
                match quoted.split_last() {
                    Some((last, rest)) if !rest.is_empty() => format!("{} or {last}.", rest.join(", ")),
                    _ => quoted.concat(),
                }
            }
            Self::Switch => "`true` or `false`.".to_owned(),
            Self::Text => String::new(),
            Self::Texts => "A list of texts.".to_owned(),
        }
    }

    /// Whether its value stands in the file without quotes.
    pub const fn is_bare(self) -> bool {
        matches!(self, Self::Number(..) | Self::Switch | Self::Texts)
    }
}

/// A type a setting may have.
pub trait Take: Sized {
    /// Reads a value.
    ///
    /// # Errors
    /// What is wrong with it.
    fn accept(value: &DeValue<'_>, kind: Kind) -> Result<Self, String>;

    /// The value as it stands in a file.
    fn shown(&self) -> String;

    /// The default from the table. A row whose default cannot be read gets what the type has for nothing; a test finds it.
    fn of_default(text: &str) -> Self;
}

macro_rules! of_default {
    ($nothing:expr) => {
        fn of_default(text: &str) -> Self {
            // the table's kinds are checked against its defaults by a test
            let any = Kind::Text;
            DeValue::parse(text)
                .ok()
                .and_then(|value| Self::accept(value.get_ref(), any).ok())
                .unwrap_or($nothing)
        }
    };
}

impl Take for Option<String> {
    fn accept(value: &DeValue<'_>, kind: Kind) -> Result<Self, String> {
        match value.as_str() {
            Some("") => Ok(None),
            _ => String::accept(value, kind).map(Some),
        }
    }

    fn shown(&self) -> String {
        self.clone().unwrap_or_default().shown()
    }

    of_default!(None);
}

impl Take for String {
    fn accept(value: &DeValue<'_>, kind: Kind) -> Result<Self, String> {
        let text = value.as_str().ok_or_else(|| wrong(value, "a text in quotes"))?;
        match kind {
            Kind::OneOf(words) if !words.contains(&text) => {
                let meant = crate::playbook::near::nearest(text, words.iter().copied());
                let hint = meant.map(|word| format!("; did you mean '{word}'?")).unwrap_or_default();
                Err(format!("'{text}' is none of {}{hint}", words.join(", ")))
            }
            _ => Ok(text.to_owned()),
        }
    }

    fn shown(&self) -> String {
        toml::Value::String(self.clone()).to_string()
    }

    of_default!(Self::new());
}

impl Take for bool {
    fn accept(value: &DeValue<'_>, _: Kind) -> Result<Self, String> {
        value.as_bool().ok_or_else(|| wrong(value, "true or false, without quotes"))
    }

    fn shown(&self) -> String {
        self.to_string()
    }

    of_default!(false);
}

impl Take for i64 {
    fn accept(value: &DeValue<'_>, kind: Kind) -> Result<Self, String> {
        let number = value.as_integer().ok_or_else(|| wrong(value, "a whole number, without quotes"))?;
        let read = Self::from_str_radix(number.as_str(), number.radix());
        match (read, kind) {
            (Ok(number), Kind::Number(least, most)) if (least..=most).contains(&number) => Ok(number),
            (Ok(number), Kind::Number(..)) => Err(format!("'{number}' is out of bounds")),
            (Ok(number), _) => Ok(number),
            (Err(_), _) => Err(format!("'{}' is too large", number.as_str())),
        }
    }

    fn shown(&self) -> String {
        self.to_string()
    }

    of_default!(0);
}

impl Take for Vec<String> {
    fn accept(value: &DeValue<'_>, kind: Kind) -> Result<Self, String> {
        let list = value.as_array().ok_or_else(|| wrong(value, "a list of texts, as in [\"a\", \"b\"]"))?;
        list.iter().map(|entry| String::accept(entry.get_ref(), kind)).collect()
    }

    fn shown(&self) -> String {
        let entries: Vec<String> = self.iter().map(Take::shown).collect();
        format!("[{}]", entries.join(", "))
    }

    of_default!(Self::new());
}

/// What stands there, and what was wanted.
fn wrong(value: &DeValue<'_>, wanted: &str) -> String {
    let found = match value {
        DeValue::String(text) => format!("'{text}' is a text"),
        DeValue::Integer(number) => format!("'{}' is a number", number.as_str()),
        DeValue::Float(number) => format!("'{}' is a number", number.as_str()),
        DeValue::Boolean(truth) => format!("'{truth}' is a switch"),
        DeValue::Datetime(when) => format!("'{when}' is a date"),
        DeValue::Array(_) => "this is a list".to_owned(),
        DeValue::Table(_) => "this is a table".to_owned(),
    };
    format!("{found}; {wanted} is wanted here")
}
