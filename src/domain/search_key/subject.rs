//! What a customer is found by, packed into one text: names, numbers, ids.

use super::{WORD_CHARS_MAX, canonical};
use crate::domain::phone::PhoneNumber;

/// Everything a customer is found by, a line each: `=` and a name, `#` and a number, `@` and an id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subject(String);

/// One thing a customer is found by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry<'a> {
    /// A name as it is compared.
    Name(&'a str),
    /// The digits of a number with its country code, and as they are dialled at home.
    Number(&'a str, &'a str),
    /// An id, folded.
    Id(&'a str),
}

impl Subject {
    /// The subject that a text from the database is.
    pub fn unpacked(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text for the database.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Adds a name of the customer or of a member; one that is there already, or empty, adds nothing.
    pub fn name(&mut self, name: &str) {
        self.line("=", &canonical(name));
    }

    /// Adds a number.
    pub fn number(&mut self, number: &PhoneNumber) {
        self.line("#", &format!("{}/{}", number.digits(), home_digits(number)));
    }

    /// Adds an id that has been folded.
    pub fn id(&mut self, folded: &str) {
        let cut: String = folded.chars().take(WORD_CHARS_MAX).collect();
        self.line("@", &cut);
    }

    fn line(&mut self, mark: &str, text: &str) {
        let line = format!("{mark}{text}");
        if !text.is_empty() && !self.0.lines().any(|there| there == line) {
            self.0.push_str(&line);
            self.0.push('\n');
        }
    }

    /// What the customer is found by.
    pub fn entries(&self) -> impl Iterator<Item = Entry<'_>> {
        entries(&self.0)
    }
}

/// What the customer of a packed text is found by.
pub(super) fn entries(packed: &str) -> impl Iterator<Item = Entry<'_>> {
    packed.lines().filter_map(|line| {
        let mut chars = line.chars();
        match (chars.next()?, chars.as_str()) {
            ('=', name) => Some(Entry::Name(name)),
            ('#', number) => number.split_once('/').map(|(abroad, home)| Entry::Number(abroad, home)),
            ('@', id) => Some(Entry::Id(id)),
            _ => None,
        }
    })
}

/// The digits of a number as it is dialled at home.
pub(super) fn home_digits(number: &PhoneNumber) -> String {
    match number.chinese_mobile() {
        Some(eleven) => eleven.to_owned(),
        None => number.national().chars().filter(char::is_ascii_digit).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_is_read_as_it_was_packed() {
        let mut subject = Subject::default();
        subject.name("王小明");
        subject.name("王小明");
        subject.name("  ");
        subject.name("Anna Li");
        subject.number(&PhoneNumber::new("+8613800138000").unwrap());
        subject.number(&PhoneNumber::new("+862162345678").unwrap());
        subject.number(&PhoneNumber::new("+919876543210").unwrap());
        subject.id("wxid_7");
        let again = Subject::unpacked(subject.as_str());
        assert_eq!(
            again.entries().collect::<Vec<_>>(),
            [
                Entry::Name("王小明"),
                Entry::Name("anna li"),
                Entry::Number("8613800138000", "13800138000"),
                Entry::Number("862162345678", "02162345678"),
                Entry::Number("919876543210", "919876543210"),
                Entry::Id("wxid_7"),
            ]
        );
    }
}
