//! Values of fields: how they are shown and how what was typed becomes one.
//!
//! Stored forms: yes/no `true`/`false`; a choice its code; money whole minor units; a date `2026-12-05`; a date and time
//! RFC 3339; everything else as given.

use crate::app::session::Session;
use crate::app::speak::{amount, named, time};
use crate::domain::code::{FieldCode, ProductCode};
use crate::domain::lists::FieldType;
use crate::domain::money::Money;
use crate::domain::time::{Day, Timestamp};
use crate::playbook::model::Field;
use crate::text::Text;

/// The name of a field.
pub fn name(session: &Session, code: &FieldCode) -> String {
    session
        .playbook()
        .and_then(|p| p.field(code))
        .map_or_else(|| code.to_string(), |field| named(session, &field.name))
}

/// A stored value as a person reads it.
pub fn shown(session: &Session, code: &FieldCode, value: &str) -> String {
    let Some(field) = session.playbook().and_then(|p| p.field(code)) else { return value.to_owned() };
    match field.kind {
        FieldType::Bool => {
            let yes = matches!(value, "true" | "1");
            session.words.say(if yes { Text("common.yes") } else { Text("common.no") }).to_owned()
        }
        FieldType::Enum => option(session, field, value),
        FieldType::Money => {
            value.parse().map_or_else(|_| value.to_owned(), |minor| amount::money(session, Money(minor)))
        }
        FieldType::Date => {
            value.parse::<Day>().map_or_else(|_| value.to_owned(), |day| time::date(session, day))
        }
        FieldType::DateTime => {
            value.parse::<Timestamp>().map_or_else(|_| value.to_owned(), |at| time::when(session, at))
        }
        FieldType::Product => session
            .playbook()
            .and_then(|p| p.product(&ProductCode::from(value)))
            .map_or_else(|| value.to_owned(), |product| named(session, &product.name)),
        FieldType::Role => super::role(session, value),
        _ => value.to_owned(),
    }
}

fn option(session: &Session, field: &Field, value: &str) -> String {
    let found = field.options.iter().find(|option| option.code == value);
    found.map_or_else(|| value.to_owned(), |option| named(session, &option.name))
}

/// The choices of a field that is answered by one key, code and name: those of an enum, the products, yes and no.
pub fn choices(session: &Session, field: &Field) -> Vec<(String, String)> {
    let words = &session.words;
    match field.kind {
        FieldType::Enum => {
            field.options.iter().map(|option| (option.code.clone(), named(session, &option.name))).collect()
        }
        FieldType::Bool => vec![
            ("true".to_owned(), words.say(Text("common.yes")).to_owned()),
            ("false".to_owned(), words.say(Text("common.no")).to_owned()),
        ],
        FieldType::Product => session
            .playbook()
            .map(|p| {
                p.products
                    .iter()
                    .map(|product| (product.code.to_string(), named(session, &product.name)))
                    .collect()
            })
            .unwrap_or_default(),
        FieldType::Role => session
            .playbook()
            .map(|p| p.roles.iter().map(|role| (role.code.to_string(), named(session, &role.name))).collect())
            .unwrap_or_default(),
        _ => Vec::new(),
    }
}

/// What was typed as the stored value; the error says what would be right.
pub fn typed(session: &Session, field: &Field, text: &str) -> Result<String, Text> {
    let text = text.trim();
    match field.kind {
        FieldType::Int => text.parse::<i64>().map(|n| n.to_string()).map_err(|_| Text("asked.want_number")),
        FieldType::Money => money(text).map(|m| m.0.to_string()).ok_or(Text("asked.want_money")),
        FieldType::Date => typed_time(session, text)
            .map(|at| session.zone().day(at).to_string())
            .ok_or(Text("asked.want_date")),
        FieldType::DateTime => {
            typed_time(session, text).map(|at| session.zone().rfc3339(at)).ok_or(Text("asked.want_time"))
        }
        _ => Ok(text.to_owned()),
    }
}

fn typed_time(session: &Session, text: &str) -> Option<Timestamp> {
    time::typed(text, session.now, session.zone())
}

/// An amount typed in whole units with at most two decimals, digits perhaps grouped: `4680`, `4,680.50`, `1.2万`.
pub fn money(text: &str) -> Option<Money> {
    let text: String = text.chars().filter(|c| !matches!(c, ',' | '，' | ' ' | '¥' | '$' | '元')).collect();
    let (number, times) = match text.strip_suffix(['万', 'w']) {
        Some(number) => (number, 10_000),
        None => (text.as_str(), 1),
    };
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    if part.len() > 2
        || !part.bytes().all(|b| b.is_ascii_digit())
        || !whole.bytes().all(|b| b.is_ascii_digit())
    {
        return None;
    }
    let whole: i64 = whole.parse().ok()?;
    let cents: i64 = format!("{part:0<2}").parse().ok()?;
    whole.checked_mul(100)?.checked_add(cents)?.checked_mul(times).map(Money)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_as_people_write_them() {
        for (typed, fen) in [("4680", 468_000), ("4,680.5", 468_050), ("¥97.50", 9_750), ("1.2万", 1_200_000)]
        {
            assert_eq!(money(typed), Some(Money(fen)), "{typed}");
        }
        for wrong in ["", "abc", "-5", "1.234", "4 6x"] {
            assert_eq!(money(wrong), None, "{wrong}");
        }
    }
}
