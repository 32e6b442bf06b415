//! Instants, business days and clock times.
//!
//! An instant is UTC milliseconds. A *day* is the business day in the playbook's time zone. A clock time is a minute of
//! that day; around a change to or from summer time it is resolved so that nothing is planned into an hour that does not exist.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use chrono::{
    DateTime, Datelike, LocalResult, NaiveDate, NaiveTime, SecondsFormat, TimeZone, Timelike, Utc, Weekday,
};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Milliseconds of a day.
pub const DAY_MS: i64 = 86_400_000;
/// Milliseconds of an hour.
pub const HOUR_MS: i64 = 3_600_000;
/// Milliseconds of a minute.
pub const MINUTE_MS: i64 = 60_000;

/// Tells that a text is not a time of the wanted kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{text}' is not {wanted}")]
pub struct BadTime {
    /// What was given.
    pub text: String,
    /// What would have been right, with an example.
    pub wanted: &'static str,
}

/// An instant: milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// This instant moved by `duration` into the future, saturating.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)))
    }

    /// This instant moved by `duration` into the past, saturating.
    #[must_use]
    pub fn minus(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)))
    }

    /// Milliseconds from `earlier` to here; negative when `earlier` is later.
    pub fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match DateTime::<Utc>::from_timestamp_millis(self.0) {
            Some(utc) => f.write_str(&utc.to_rfc3339_opts(SecondsFormat::AutoSi, true)),
            None => write!(f, "{} ms", self.0),
        }
    }
}

impl FromStr for Timestamp {
    type Err = BadTime;

    fn from_str(text: &str) -> Result<Self, BadTime> {
        DateTime::parse_from_rfc3339(text.trim()).map(|at| Self(at.timestamp_millis())).map_err(|_| BadTime {
            text: text.to_owned(),
            wanted: "an RFC 3339 time such as 2026-11-22T09:30:00+08:00",
        })
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// A business day: days since 1970-01-01 in the playbook's time zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Day(pub i64);

impl Day {
    /// The calendar date.
    pub fn date(self) -> NaiveDate {
        let days = i32::try_from(self.0 + 719_163).unwrap_or(719_163);
        NaiveDate::from_num_days_from_ce_opt(days).unwrap_or_default()
    }

    /// The day of a calendar date.
    pub fn of_date(date: NaiveDate) -> Self {
        Self(i64::from(date.num_days_from_ce()) - 719_163)
    }

    /// `n` days later (earlier when negative).
    #[must_use]
    pub const fn plus(self, n: i64) -> Self {
        Self(self.0 + n)
    }

    /// The weekday, 0 = Monday … 6 = Sunday.
    pub fn weekday(self) -> usize {
        self.date().weekday().num_days_from_monday() as usize
    }

    /// The month this day lies in.
    pub fn month(self) -> Month {
        let date = self.date();
        Month(i64::from(date.year()) * 12 + i64::from(date.month0()))
    }

    /// Monday of this day's ISO week.
    #[must_use]
    pub fn week_start(self) -> Self {
        self.plus(-(i64::try_from(self.weekday()).unwrap_or(0)))
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.date().fmt(f)
    }
}

impl FromStr for Day {
    type Err = BadTime;

    fn from_str(text: &str) -> Result<Self, BadTime> {
        NaiveDate::parse_from_str(text.trim(), "%Y-%m-%d")
            .map(Self::of_date)
            .map_err(|_| BadTime { text: text.to_owned(), wanted: "a date such as 2026-11-22" })
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// A calendar month: year × 12 + month (0 = January).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Month(pub i64);

impl Month {
    /// The month's first day.
    pub fn first(self) -> Day {
        let year = i32::try_from(self.0.div_euclid(12)).unwrap_or(1970);
        let month = u32::try_from(self.0.rem_euclid(12) + 1).unwrap_or(1);
        Day::of_date(NaiveDate::from_ymd_opt(year, month, 1).unwrap_or_default())
    }

    /// The month's last day.
    pub fn last(self) -> Day {
        Self(self.0 + 1).first().plus(-1)
    }
}

/// A time of day in whole minutes since midnight, 0..=1439.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Clock(u16);

impl Clock {
    /// A clock time from hour 0..=23 and minute 0..=59.
    pub const fn new(hour: u16, minute: u16) -> Option<Self> {
        if hour < 24 && minute < 60 { Some(Self(hour * 60 + minute)) } else { None }
    }

    /// Minutes since midnight.
    pub const fn minutes(self) -> u16 {
        self.0
    }
}

impl fmt::Display for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl FromStr for Clock {
    type Err = BadTime;

    fn from_str(text: &str) -> Result<Self, BadTime> {
        let bad = || BadTime { text: text.to_owned(), wanted: "a clock time such as 09:30" };
        let (hour, minute) = text.trim().split_once(':').ok_or_else(bad)?;
        if minute.len() != 2 || hour.is_empty() || hour.len() > 2 {
            return Err(bad());
        }
        let (hour, minute) = (hour.parse().map_err(|_| bad())?, minute.parse().map_err(|_| bad())?);
        Self::new(hour, minute).ok_or_else(bad)
    }
}

/// A length of time as playbooks write it: `10m`, `2h`, `3d`, `45s`.
///
/// # Errors
/// [`BadTime`] when the text is not a whole number followed by s, m, h or d, or is over 366 days.
pub fn parse_span(text: &str) -> Result<Duration, BadTime> {
    let bad = || BadTime { text: text.to_owned(), wanted: "a length of time such as 10m, 2h or 3d" };
    let text = text.trim();
    let unit = text.chars().last().ok_or_else(bad)?;
    let number = text.strip_suffix(unit).ok_or_else(bad)?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        _ => return Err(bad()),
    };
    let number: u64 = number.parse().map_err(|_| bad())?;
    match number.checked_mul(seconds) {
        Some(total) if total <= 366 * 86_400 => Ok(Duration::from_secs(total)),
        _ => Err(bad()),
    }
}

/// The business time zone: turns instants into days and clock times and back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Zone(pub chrono_tz::Tz);

impl Zone {
    /// UTC, where no playbook says otherwise.
    pub const UTC: Self = Self(chrono_tz::Tz::UTC);

    /// The business day of an instant.
    pub fn day(self, at: Timestamp) -> Day {
        Day::of_date(self.local(at).date_naive())
    }

    /// The clock time of an instant, seconds dropped.
    pub fn clock(self, at: Timestamp) -> Clock {
        let local = self.local(at);
        Clock(u16::try_from(local.hour() * 60 + local.minute()).unwrap_or(0))
    }

    /// The instant of a clock time on a day. In the hour that summer time skips: the first instant after
    /// the gap. In the hour that comes twice: the earlier one.
    pub fn at(self, day: Day, clock: Clock) -> Timestamp {
        let time =
            NaiveTime::from_hms_opt(u32::from(clock.0 / 60), u32::from(clock.0 % 60), 0).unwrap_or_default();
        let mut wall = day.date().and_time(time);
        // no zone skips more than a day; two hours of quarter hours cover all but the rarest
        for _ in 0..=96 {
            match self.0.from_local_datetime(&wall) {
                LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => {
                    return Timestamp(at.timestamp_millis());
                }
                LocalResult::None => wall += chrono::Duration::minutes(15),
            }
        }
        Timestamp(wall.and_utc().timestamp_millis())
    }

    /// The first instant of a day.
    pub fn start(self, day: Day) -> Timestamp {
        self.at(day, Clock(0))
    }

    /// The first instant of the next day.
    pub fn end(self, day: Day) -> Timestamp {
        self.start(day.plus(1))
    }

    /// An instant as RFC 3339 with this zone's offset, whole seconds.
    pub fn rfc3339(self, at: Timestamp) -> String {
        self.local(at).to_rfc3339_opts(SecondsFormat::Secs, false)
    }

    /// An instant to the millisecond with the zone's offset; whole seconds have no fraction.
    pub fn exact(self, at: Timestamp) -> String {
        self.local(at).to_rfc3339_opts(SecondsFormat::AutoSi, false)
    }

    fn local(self, at: Timestamp) -> DateTime<chrono_tz::Tz> {
        DateTime::<Utc>::from_timestamp_millis(at.0).unwrap_or_default().with_timezone(&self.0)
    }
}

/// Working days of a week, Monday first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Workdays(pub [bool; 7]);

impl Workdays {
    /// Whether work is done on `day`.
    pub fn works(self, day: Day) -> bool {
        self.0.get(day.weekday()).copied().unwrap_or(false)
    }

    /// Working days from `from` to `to`, both included; 0 when `to` is before `from`.
    pub fn count(self, from: Day, to: Day) -> i64 {
        (from.0..=to.0).filter(|d| self.works(Day(*d))).count().try_into().unwrap_or(0)
    }

    /// Reads `mon`, `tue`, … ; `None` for anything else.
    pub fn index(name: &str) -> Option<usize> {
        name.parse::<Weekday>().ok().filter(|_| name.len() == 3).map(|w| w.num_days_from_monday() as usize)
    }
}

/// What the days of a week weigh in a plan, Monday first; 0 where no work is done. An ordinary working day weighs
/// [`Workweek::DAY`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Workweek(pub [u16; 7]);

impl Workweek {
    /// The weight of an ordinary working day.
    pub const DAY: u16 = 100;

    /// A week whose working days weigh the same.
    pub fn even(days: Workdays) -> Self {
        Self(days.0.map(|works| if works { Self::DAY } else { 0 }))
    }

    /// What a day weighs.
    pub fn weight(self, day: Day) -> i64 {
        self.0.get(day.weekday()).copied().unwrap_or(0).into()
    }

    /// Whether work is done on `day`.
    pub fn works(self, day: Day) -> bool {
        self.weight(day) > 0
    }

    /// What the days from `from` to `to` weigh together, both included; 0 when `to` is before `from`.
    pub fn weigh(self, from: Day, to: Day) -> i64 {
        (from.0..=to.0).map(|day| self.weight(Day(day))).sum()
    }

    /// Working days from `from` to `to`, both included; 0 when `to` is before `from`.
    pub fn count(self, from: Day, to: Day) -> i64 {
        (from.0..=to.0).filter(|day| self.works(Day(*day))).count().try_into().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zone(name: &str) -> Zone {
        Zone(name.parse().unwrap())
    }

    #[test]
    fn a_day_begins_at_midnight_of_the_business_zone() {
        let shanghai = zone("Asia/Shanghai");
        let at: Timestamp = "2026-11-21T16:00:00Z".parse().unwrap();
        assert_eq!(shanghai.day(at).to_string(), "2026-11-22");
        assert_eq!(shanghai.day(Timestamp(at.0 - 1)).to_string(), "2026-11-21");
        assert_eq!(shanghai.start("2026-11-22".parse().unwrap()), at);
        assert_eq!(shanghai.rfc3339(at), "2026-11-22T00:00:00+08:00");
    }

    #[test]
    fn a_clock_time_that_summer_time_skips_is_the_first_that_exists() {
        // New York 2026-03-08: 02:00 EST becomes 03:00 EDT, which is 07:00 UTC
        let new_york = zone("America/New_York");
        let day: Day = "2026-03-08".parse().unwrap();
        let at = new_york.at(day, "02:30".parse().unwrap());
        assert_eq!(at.to_string(), "2026-03-08T07:00:00Z");
        // 23 hours lie between the two midnights
        assert_eq!(new_york.end(day).since(new_york.start(day)), 23 * HOUR_MS);
    }

    #[test]
    fn months_and_weeks_have_the_ends_a_calendar_shows() {
        let day: Day = "2026-11-22".parse().unwrap();
        assert_eq!(day.weekday(), 6, "a Sunday");
        assert_eq!(day.week_start().to_string(), "2026-11-16");
        assert_eq!(day.month().first().to_string(), "2026-11-01");
        assert_eq!(day.month().last().to_string(), "2026-11-30");
        assert_eq!("1970-01-01".parse::<Day>().unwrap(), Day(0));
    }

    #[test]
    fn working_days_are_counted_by_the_playbooks_week() {
        // Tuesday to Sunday: November 2026 has 30 days and 5 Mondays (2, 9, 16, 23, 30)
        let week = Workdays([false, true, true, true, true, true, true]);
        let month = "2026-11-22".parse::<Day>().unwrap().month();
        assert_eq!(week.count(month.first(), month.last()), 25);
    }

    #[test]
    fn spans_and_clocks_are_read_strictly() {
        assert_eq!(parse_span("90m").unwrap(), Duration::from_mins(90));
        for wrong in ["", "m", "1.5h", "10", "-3d", "400d", "10 m"] {
            assert!(parse_span(wrong).is_err(), "{wrong}");
        }
        assert_eq!("9:05".parse::<Clock>().unwrap().to_string(), "09:05");
        for wrong in ["24:00", "9:5", "0930", "12:60"] {
            assert!(wrong.parse::<Clock>().is_err(), "{wrong}");
        }
    }
}
