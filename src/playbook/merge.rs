//! Merge fields: `{name}` in a text becomes a value. What has none stays visible as missing; such a text is not sent.

use std::fmt;

/// Names every playbook may use, beside its field codes, `<role>_call`, `<role>_name` and `<node>_at`.
pub const NAMES: &[(&str, &str)] = &[
    ("rep", "the rep's name"),
    ("rep_no", "the rep's number (login)"),
    ("team", "the rep's team"),
    ("customer", "the customer's name"),
    ("name", "the name of the person spoken to"),
    ("child", "the name of the household's member who may not be contacted"),
    ("product", "the name of the deal's product"),
    ("deal_amount", "the deal's amount"),
    ("coupon_code", "the code of the coupon given"),
    ("coupon_until", "the last day it is valid"),
    ("coupon_left", "days it is still valid"),
    ("lessons_left", "lessons left"),
    ("lessons_month", "lessons taken this month"),
    ("words_month", "words learnt this month"),
];

/// A merge field as it stands in a text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct MergeField {
    /// Its name, without braces.
    pub name: String,
    /// Byte offset of its opening brace.
    pub at: usize,
}

/// Tells that the braces of a text do not match.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{found}' is not a merge field; write '{{{{' and '}}}}' for braces that are meant to be seen")]
pub struct BadBraces {
    /// What stands there.
    pub found: String,
}

/// A text with its fields filled in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filled {
    /// The text, cut where fields stood.
    pub parts: Vec<Part>,
    /// Names of fields without a value, in order, each once. Empty when the text may be sent.
    pub missing: Vec<String>,
}

/// A piece of a filled text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Text of the playbook.
    Text(String),
    /// What a field became.
    Value(String),
    /// A field that has no value.
    Missing(String),
}

impl Filled {
    /// Whether nothing is missing.
    pub fn is_complete(&self) -> bool {
        self.missing.is_empty()
    }
}

/// The text as it is read; a missing field shows as `{name}`.
impl fmt::Display for Filled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.parts.iter().try_for_each(|part| match part {
            Part::Text(text) | Part::Value(text) => f.write_str(text),
            Part::Missing(name) => write!(f, "{{{name}}}"),
        })
    }
}

/// The merge fields of a text, in order. Braces that do not match are left out; [`check`] names them.
pub fn fields_of(text: &str) -> Vec<MergeField> {
    pieces(text)
        .into_iter()
        .filter_map(|piece| match piece {
            Piece::Field(name, at) => Some(MergeField { name: name.to_owned(), at }),
            _ => None,
        })
        .collect()
}

/// Says whether the braces of a text match.
///
/// # Errors
/// [`BadBraces`] with the first that do not.
pub fn check(text: &str) -> Result<(), BadBraces> {
    let bad = pieces(text).into_iter().find_map(|piece| match piece {
        Piece::Bad(found) => Some(found.chars().take(20).collect()),
        _ => None,
    });
    bad.map_or(Ok(()), |found| Err(BadBraces { found }))
}

/// Fills a text. `value` gives what a field becomes; `None` and blank values are missing.
pub fn fill(text: &str, value: &dyn Fn(&str) -> Option<String>) -> Filled {
    let mut filled = Filled::default();
    for piece in pieces(text) {
        match piece {
            Piece::Text(text) | Piece::Bad(text) => match filled.parts.last_mut() {
                Some(Part::Text(before)) => before.push_str(text),
                _ => filled.parts.push(Part::Text(text.to_owned())),
            },
            Piece::Field(name, _) => {
                if let Some(value) = value(name).filter(|value| !value.trim().is_empty()) {
                    filled.parts.push(Part::Value(value));
                } else {
                    filled.parts.push(Part::Missing(name.to_owned()));
                    if !filled.missing.iter().any(|known| known == name) {
                        filled.missing.push(name.to_owned());
                    }
                }
            }
        }
    }
    filled
}

enum Piece<'a> {
    Text(&'a str),
    Field(&'a str, usize),
    Bad(&'a str),
}

fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    let mut at = 0;
    while let Some(brace) = rest.find(['{', '}']) {
        let (before, from) = rest.split_at(brace);
        if !before.is_empty() {
            pieces.push(Piece::Text(before));
        }
        at += brace;
        let (piece, length) = piece(from, at);
        pieces.push(piece);
        at += length;
        rest = from.get(length..).unwrap_or_default();
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest));
    }
    pieces
}

/// What begins with the brace `from` begins with, and its length.
fn piece(from: &str, at: usize) -> (Piece<'_>, usize) {
    let doubled = from.get(..2).filter(|two| matches!(*two, "{{" | "}}"));
    if let Some(two) = doubled {
        return (Piece::Text(two.get(1..).unwrap_or_default()), 2);
    }
    let name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let field = from.strip_prefix('{').and_then(|rest| rest.split_once('}')).map(|(inner, _)| inner);
    match field.filter(|inner| !inner.is_empty() && inner.chars().all(name)) {
        Some(inner) => (Piece::Field(inner, at), inner.len() + 2),
        None => (Piece::Bad(from.get(..1).unwrap_or_default()), 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<String> {
        fields_of(text).into_iter().map(|field| field.name).collect()
    }

    #[test]
    fn fields_are_found_in_order_with_their_places() {
        assert_eq!(names("{a}您好,{b_2}!{a}"), ["a", "b_2", "a"]);
        // 您好, is 7 bytes after the 3 of {a}
        assert_eq!(fields_of("{a}您好,{b}")[1].at, 10);
        assert_eq!(names("no fields, {{literal}}"), [""; 0]);
    }

    #[test]
    fn an_empty_value_is_missing_and_stays_visible() {
        let filled = fill("{a} and {b}, {{c}} {b}", &|name| match name {
            "a" => Some("x".into()),
            _ => Some("  ".into()),
        });
        assert_eq!(filled.to_string(), "x and {b}, {c} {b}");
        assert_eq!(filled.missing, ["b"]);
        assert!(!filled.is_complete());
        assert_eq!(filled.parts[0], Part::Value("x".into()));
        assert_eq!(filled.parts[2], Part::Missing("b".into()));
    }

    #[test]
    fn a_value_is_never_read_as_a_field() {
        let filled = fill("{a}", &|_| Some("{b}".into()));
        assert_eq!((filled.to_string().as_str(), filled.is_complete()), ("{b}", true));
    }

    #[test]
    fn braces_that_do_not_match_are_named() {
        for bad in ["{a", "a}", "{}", "{A}", "{a b}", "{中}"] {
            assert!(check(bad).is_err(), "{bad}");
        }
        assert!(check("{a} {{ok}} }}{{").is_ok());
    }
}
