//! What a field may hold, by the playbook's type; the form in which it is stored.

use unicode_normalization::UnicodeNormalization;

use crate::domain::clean::{clean, clean_lines};
use crate::domain::lists::FieldType;
use crate::domain::time::{Clock, Day, Timestamp};
use crate::playbook::Playbook;
use crate::playbook::model::{Bilingual, Field};
use crate::store::customers::{hint, invalid};
use crate::store::error::StoreError;

/// Checks a value that was typed or read from a file and gives it as it is stored; empty stays empty.
///
/// Whole numbers and `true`/`false` are stored as such, choices, products and roles by their code, money in minor units
/// (typed in whole ones), dates as `2026-11-22`, instants as RFC 3339 in the business zone.
pub fn checked(book: &Playbook, field: &Field, typed: &str) -> Result<String, StoreError> {
    let text = clean(typed);
    if text.is_empty() {
        return Ok(String::new());
    }
    let plain: String = text.nfkc().collect();
    let wrong = |wanted: &str| {
        invalid("field_value", format!("'{text}' is not {wanted}, which '{}' holds", field.code))
    };
    match field.kind {
        FieldType::Text | FieldType::Unit | FieldType::Person | FieldType::Hash => {
            Ok(clean_lines(typed).into_owned())
        }
        FieldType::Int => plain
            .replace([',', ' '], "")
            .parse::<i64>()
            .map(|n| n.to_string())
            .map_err(|_| wrong("a whole number such as 6")),
        FieldType::Bool => flag(&plain).map(str::to_owned).ok_or_else(|| wrong("yes or no")),
        FieldType::Money => {
            minor(&plain).map(|n| n.to_string()).ok_or_else(|| wrong("an amount such as 4680 or 97.50"))
        }
        FieldType::Date => {
            date(&plain).map(|day| day.to_string()).ok_or_else(|| wrong("a date such as 2026-11-22"))
        }
        FieldType::DateTime => instant(book, &plain)
            .map(|at| book.zone.rfc3339(at))
            .ok_or_else(|| wrong("a time such as 2026-11-22 19:30")),
        FieldType::Window => window(&plain).ok_or_else(|| wrong("a span of the day such as 19:00-21:00")),
        FieldType::Enum => one_of(field, &text, field.options.iter().map(|o| (o.code.as_str(), &o.name))),
        FieldType::Product => one_of(field, &text, book.products.iter().map(|p| (p.code.as_str(), &p.name))),
        FieldType::Role => one_of(field, &text, book.roles.iter().map(|r| (r.code.as_str(), &r.name))),
    }
}

fn one_of<'a>(
    field: &Field,
    text: &str,
    known: impl Iterator<Item = (&'a str, &'a Bilingual)> + Clone,
) -> Result<String, StoreError> {
    let same = |name: &str| name.to_lowercase() == text.to_lowercase();
    let found = known.clone().find(|(code, _)| same(code));
    let found = found.or_else(|| known.clone().find(|(_, name)| same(&name.zh) || same(&name.en)));
    if let Some((code, _)) = found {
        return Ok(code.to_owned());
    }
    let codes: Vec<&str> = known.map(|(code, _)| code).collect();
    let near = hint(text, codes.iter().copied());
    let list = codes.join(", ");
    Err(invalid("field_value", format!("'{text}' is not a choice of '{}': {list}{near}", field.code)))
}

fn flag(text: &str) -> Option<&'static str> {
    match text.to_lowercase().as_str() {
        "true" | "yes" | "y" | "1" | "是" | "有" | "对" => Some("true"),
        "false" | "no" | "n" | "0" | "否" | "无" | "没有" | "不是" => Some("false"),
        _ => None,
    }
}

/// An amount in whole units with at most two decimals, as minor units.
fn minor(text: &str) -> Option<i64> {
    let digits = text.replace([',', ' '], "");
    let digits = digits.trim_start_matches(['¥', '$', '€']).trim_end_matches('元');
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    if part.len() > 2 || !part.bytes().all(|b| b.is_ascii_digit()) || whole.starts_with('+') {
        return None;
    }
    let part: i64 = format!("{part:0<2}").parse().ok()?;
    let whole: i64 = whole.parse().ok().filter(|whole| *whole >= 0)?;
    whole.checked_mul(100)?.checked_add(part)
}

fn date(text: &str) -> Option<Day> {
    if let Ok(day) = text.parse::<Day>() {
        return Some(day);
    }
    let (date, _) = text.split_once([' ', 'T']).unwrap_or((text, ""));
    date.replace(['/', '.'], "-").parse().ok()
}

fn instant(book: &Playbook, text: &str) -> Option<Timestamp> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(at);
    }
    let (date_part, clock) = text.split_once([' ', 'T'])?;
    let clock: Clock = clock.trim().get(..5).unwrap_or(clock.trim()).parse().ok()?;
    Some(book.zone.at(date(date_part)?, clock))
}

fn window(text: &str) -> Option<String> {
    let (from, to) = text.split_once(['-', '~', '–'])?;
    let (from, to): (Clock, Clock) = (from.trim().parse().ok()?, to.trim().parse().ok()?);
    Some(format!("{from}-{to}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_typed_in_whole_units_and_kept_in_minor_ones() {
        for (typed, kept) in [("4680", 468_000), ("97.5", 9_750), ("¥1,200.05", 120_005), ("3元", 300)] {
            assert_eq!(minor(typed), Some(kept), "{typed}");
        }
        for wrong in ["", "1.234", "-5", "abc", "1.x", "+5", "99999999999999999999"] {
            assert_eq!(minor(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn dates_of_spreadsheets_and_spans_of_the_day_are_read() {
        assert_eq!(date("2026/11/2").unwrap().to_string(), "2026-11-02");
        assert_eq!(date("2026-11-22 00:00:00").unwrap().to_string(), "2026-11-22");
        assert_eq!(date("22.11.2026"), None);
        assert_eq!(window("9:00 - 21:00").as_deref(), Some("09:00-21:00"));
        assert_eq!(window("evening"), None);
        assert_eq!((flag("YES"), flag("否"), flag("maybe")), (Some("true"), Some("false"), None));
    }
}
