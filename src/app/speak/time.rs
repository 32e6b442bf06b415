//! Times as a rep says them, in the business time zone.

use std::time::Duration;

use chrono::Datelike;

use crate::app::session::Session;
use crate::domain::span::Span;
use crate::domain::time::{DAY_MS, Day, Timestamp};
use crate::text::{Text, format};

/// An instant relative to now: `15:30`, `tomorrow 10:00`, `Thu 19:30`, `Dec 5 19:00`.
pub fn when(session: &Session, at: Timestamp) -> String {
    let zone = session.zone();
    let clock = zone.clock(at);
    match day_name(session, zone.day(at)) {
        None => clock.to_string(),
        Some(day) => format!("{day} {clock}"),
    }
}

/// A day relative to today; `None` is today.
pub fn day_name(session: &Session, day: Day) -> Option<String> {
    let words = &session.words;
    let today = session.zone().day(session.now);
    match day.0 - today.0 {
        0 => None,
        1 => Some(words.say(Text("common.tomorrow")).to_owned()),
        -1 => Some(words.say(Text("common.yesterday")).to_owned()),
        2..=6 => Some(format::weekday(words, u32::try_from(day.weekday()).unwrap_or(0)).to_owned()),
        _ => Some(date(session, day)),
    }
}

/// A day by month and day: `Dec 5`; with the year where it is another one.
pub fn date(session: &Session, day: Day) -> String {
    let date = day.date();
    let shown = format::month_day(&session.words, date.month(), date.day());
    if date.year() == session.zone().day(session.now).date().year() {
        shown
    } else {
        format!("{} {shown}", date.year())
    }
}

/// A length of time between two instants, in its largest unit.
pub fn length(session: &Session, milliseconds: i64) -> String {
    let length = Duration::from_millis(milliseconds.max(0).unsigned_abs());
    format::duration(&session.words, length)
}

/// How long ago an instant was; on a screen that is read aloud when it was, since that does not change by itself.
pub fn ago(session: &Session, at: Timestamp) -> String {
    if session.theme.manner().is_spoken() {
        return when(session, at);
    }
    let past = session.now.since(at).max(0).unsigned_abs();
    format::ago(&session.words, Duration::from_millis(past))
}

/// Whole days from an instant to now, 0 when it lies ahead.
pub fn days_since(session: &Session, at: Timestamp) -> i64 {
    session.now.since(at).max(0) / DAY_MS
}

/// An instant as it is typed: `15:30`, `+2h`, `tomorrow 10:00`, `明天 10:00`, `thu 19:30`, `周四 19:30`, `12-05 19:00`, `12-05`.
///
/// A clock time alone is the next one that comes; a day alone is 10:00 of that day. `None` where it says none.
pub fn typed(text: &str, now: Timestamp, zone: crate::domain::time::Zone) -> Option<Timestamp> {
    let text = text.trim().replace('：', ":").to_lowercase();
    if let Some(span) = text.strip_prefix('+') {
        return crate::domain::time::parse_span(span).ok().map(|span| now.plus(span));
    }
    let today = zone.day(now);
    if let Ok(clock) = text.parse() {
        let at = zone.at(today, clock);
        return Some(if at > now { at } else { zone.at(today.plus(1), clock) });
    }
    let (day, clock) = match text.rsplit_once(' ') {
        Some((day, clock)) => (day.trim().to_owned(), clock.parse().ok()?),
        None => match split_chinese(&text) {
            Some((day, clock)) => (day, clock),
            None => (text, crate::domain::time::Clock::new(10, 0)?),
        },
    };
    Some(zone.at(typed_day(&day, today)?, clock))
}

/// `明天10:00` has no blank between day and time.
fn split_chinese(text: &str) -> Option<(String, crate::domain::time::Clock)> {
    let at = text.char_indices().find(|(_, c)| c.is_ascii_digit())?.0;
    let (day, clock) = text.split_at_checked(at)?;
    Some((day.to_owned(), clock.parse().ok()?))
}

fn typed_day(text: &str, today: Day) -> Option<Day> {
    const WEEK: [[&str; 3]; 7] = [
        ["mon", "周一", "星期一"],
        ["tue", "周二", "星期二"],
        ["wed", "周三", "星期三"],
        ["thu", "周四", "星期四"],
        ["fri", "周五", "星期五"],
        ["sat", "周六", "星期六"],
        ["sun", "周日", "星期天"],
    ];
    match text {
        "today" | "今天" => return Some(today),
        "tomorrow" | "tom" | "明天" => return Some(today.plus(1)),
        "后天" => return Some(today.plus(2)),
        _ => {}
    }
    if let Some(wanted) = WEEK.iter().position(|names| names.contains(&text)) {
        return (1..=7).map(|n| today.plus(n)).find(|day| day.weekday() == wanted);
    }
    if let Ok(day) = text.parse::<Day>() {
        return Some(day);
    }
    let (month, day) = text.split_once(['-', '/', '.'])?;
    let (month, day) = (month.parse().ok()?, day.parse().ok()?);
    let year = today.date().year();
    let this = chrono::NaiveDate::from_ymd_opt(year, month, day).map(Day::of_date);
    match this {
        Some(day) if day >= today => Some(day),
        _ => chrono::NaiveDate::from_ymd_opt(year + 1, month, day).map(Day::of_date),
    }
}

/// A stretch of days in words: the period, or its first and last day.
pub fn span(session: &Session, span: Span) -> String {
    if let Span::Of(period, 0) = span {
        return session.words.name("period.this", period.as_str()).to_owned();
    }
    let (first, last) = span.days(session.zone().day(session.now));
    if first == last { first.to_string() } else { format!("{first} – {last}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::Zone;

    #[test]
    fn times_are_read_as_people_type_them() {
        let zone = Zone("Asia/Shanghai".parse().unwrap());
        // a Sunday, 11:42
        let now: Timestamp = "2026-11-22T11:42:00+08:00".parse().unwrap();
        for (text, expected) in [
            ("15:30", "2026-11-22T15:30:00+08:00"),
            ("9:00", "2026-11-23T09:00:00+08:00"),
            ("+2h", "2026-11-22T13:42:00+08:00"),
            ("明天 10:00", "2026-11-23T10:00:00+08:00"),
            ("明天19：30", "2026-11-23T19:30:00+08:00"),
            ("tomorrow 10:00", "2026-11-23T10:00:00+08:00"),
            ("thu 19:30", "2026-11-26T19:30:00+08:00"),
            ("周日 19:30", "2026-11-29T19:30:00+08:00"),
            ("12-05 19:00", "2026-12-05T19:00:00+08:00"),
            ("1-3", "2027-01-03T10:00:00+08:00"),
            ("2026-12-24 08:15", "2026-12-24T08:15:00+08:00"),
        ] {
            assert_eq!(
                typed(text, now, zone).map(|at| zone.rfc3339(at)).as_deref(),
                Some(expected),
                "{text}"
            );
        }
        for wrong in ["", "x", "25:00", "13-40", "+", "tomorrow 99"] {
            assert_eq!(typed(wrong, now, zone), None, "{wrong}");
        }
    }
}
