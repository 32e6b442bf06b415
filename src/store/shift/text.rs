//! Dates inside texts: of facts, of tasks' keys, of the journal's JSON.

use serde_json::Value;

use crate::domain::time::{DAY_MS, Day, MINUTE_MS, Timestamp};

/// Digits of an instant in milliseconds between 2001 and 2286.
const INSTANT_DIGITS: usize = 13;
/// Length of a date such as `2026-11-22`.
const DATE: usize = 10;

/// A JSON text with every date and instant in it moved by `days`; what is not JSON is left as it is.
pub fn moved(json: &str, days: i64) -> String {
    let Ok(mut value) = serde_json::from_str::<Value>(json) else { return json.to_owned() };
    walk(&mut value, days);
    serde_json::to_string(&value).unwrap_or_else(|_| json.to_owned())
}

fn walk(value: &mut Value, days: i64) {
    match value {
        Value::String(text) => {
            if let Some(later) = instant_or_date(text, days) {
                *text = later;
            }
        }
        Value::Array(list) => list.iter_mut().for_each(|value| walk(value, days)),
        Value::Object(map) => map.values_mut().for_each(|value| walk(value, days)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// A text that is a date or an RFC 3339 instant as a whole, moved; `None` for every other text.
pub fn instant_or_date(text: &str, days: i64) -> Option<String> {
    if text.len() == DATE {
        return text.parse::<Day>().ok().map(|day| day.plus(days).to_string());
    }
    let at = text.parse::<Timestamp>().ok().filter(|_| text.len() > DATE)?;
    let later = Timestamp(at.0.saturating_add(days.saturating_mul(DAY_MS)));
    // an instant keeps the offset it was written with
    let offset = text.get(text.len().saturating_sub(6)..).filter(|tail| tail.starts_with(['+', '-']));
    let Some(offset) = offset else { return Some(later.to_string()) };
    let minutes: i64 = chrono::DateTime::parse_from_rfc3339(text).ok()?.offset().local_minus_utc().into();
    let shown = Timestamp(later.0.saturating_add(minutes / 60 * MINUTE_MS)).to_string();
    Some(format!("{}{offset}", shown.trim_end_matches('Z')))
}

/// A task's key with the days and instants among its parts moved.
pub fn key(key: &str, days: i64) -> String {
    let mut later = String::with_capacity(key.len());
    let mut part = String::new();
    for c in key.chars() {
        if matches!(c, ':' | '@' | '/' | '+') {
            later.push_str(&moved_part(&part, days));
            part.clear();
            later.push(c);
        } else {
            part.push(c);
        }
    }
    later.push_str(&moved_part(&part, days));
    later
}

fn moved_part(part: &str, days: i64) -> String {
    // a letter before it says what the instant is of
    let digits = part.trim_start_matches(|c: char| c.is_ascii_lowercase());
    if digits.len() == INSTANT_DIGITS
        && let Ok(at) = digits.parse::<i64>()
    {
        let letter = part.strip_suffix(digits).unwrap_or_default();
        return format!("{letter}{}", at.saturating_add(days.saturating_mul(DAY_MS)));
    }
    instant_or_date(part, days).unwrap_or_else(|| part.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_instants_move_and_keep_clock_and_offset() {
        let moves = |text: &str| instant_or_date(text, 3);
        assert_eq!(moves("2026-11-29").as_deref(), Some("2026-12-02"));
        assert_eq!(moves("2026-11-29T18:30:00+08:00").as_deref(), Some("2026-12-02T18:30:00+08:00"));
        assert_eq!(moves("2026-11-29T18:30:00Z").as_deref(), Some("2026-12-02T18:30:00Z"));
        assert_eq!(moves("2026-11-29T23:30:00.250Z").as_deref(), Some("2026-12-02T23:30:00.250Z"));
        for other in ["", "4680", "2026-13-40", "号码 2026-11-29", "1763000000000"] {
            assert_eq!(moves(other), None, "{other}");
        }
    }

    #[test]
    fn keys_move_where_they_name_a_day_or_an_instant() {
        // 1,763,000,000,000 + 1 day = 1,763,086,400,000; the long number is an id
        let before = "sop:first/0:c738000000000000001@1763000000000:2026-11-12";
        assert_eq!(key(before, 1), "sop:first/0:c738000000000000001@1763086400000:2026-11-13");
        assert_eq!(key("next:738000000000000001", 1), "next:738000000000000001");
        assert_eq!(key("rule:late:d73+2026-11-30", 1), "rule:late:d73+2026-12-01");
        assert_eq!(key("rule:late:d73+s1763000000000", 1), "rule:late:d73+s1763086400000");
    }

    #[test]
    fn json_moves_inside_out_and_other_texts_stay() {
        let json = r#"{"at":"2026-11-29T10:00:00Z","list":[{"day":"2026-11-29"},5,"x"]}"#;
        assert_eq!(moved(json, 1), r#"{"at":"2026-11-30T10:00:00Z","list":[{"day":"2026-11-30"},5,"x"]}"#);
        assert_eq!(moved("no json", 1), "no json");
    }
}
