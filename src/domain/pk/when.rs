//! When a match begins and ends, as somebody types it: a day, a day and a clock time, a clock time of today, or an instant.

use crate::domain::time::{BadTime, Clock, Day, Timestamp, Zone};

/// What would have been right.
const WANTED: &str = "a time such as 2026-11-23, 2026-11-23T14:00, or 14:00 today";

/// Which end of a window is meant: a day alone begins at its first instant and ends at its last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Its beginning.
    From,
    /// Its end.
    To,
}

/// Reads one end of a window.
///
/// # Errors
/// [`BadTime`] when it is none of these.
pub fn instant(text: &str, end: End, (zone, today): (Zone, Day)) -> Result<Timestamp, BadTime> {
    let text = text.trim();
    let bad = || BadTime { text: text.to_owned(), wanted: WANTED };
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(at);
    }
    if let Ok(clock) = text.parse::<Clock>() {
        return Ok(zone.at(today, clock));
    }
    if let Some((day, clock)) = text.split_once(['T', ' ']) {
        let (day, clock): (Day, Clock) =
            (day.parse().map_err(|_| bad())?, clock.trim().parse().map_err(|_| bad())?);
        return Ok(zone.at(day, clock));
    }
    let day: Day = text.parse().map_err(|_| bad())?;
    Ok(match end {
        End::From => zone.start(day),
        End::To => zone.end(day),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_at_its_first_instant_and_ends_at_its_last() {
        let zone = Zone("Asia/Shanghai".parse().unwrap());
        let today: Day = "2026-11-23".parse().unwrap();
        let read = |text: &str, end| instant(text, end, (zone, today)).map(|at| zone.rfc3339(at));
        assert_eq!(read("2026-11-24", End::From).unwrap(), "2026-11-24T00:00:00+08:00");
        assert_eq!(read("2026-11-24", End::To).unwrap(), "2026-11-25T00:00:00+08:00");
        assert_eq!(read("2026-11-24T14:30", End::To).unwrap(), "2026-11-24T14:30:00+08:00");
        assert_eq!(read("2026-11-24 9:05", End::From).unwrap(), "2026-11-24T09:05:00+08:00");
        assert_eq!(read("16:00", End::To).unwrap(), "2026-11-23T16:00:00+08:00");
        assert_eq!(read("2026-11-24T06:00:00Z", End::From).unwrap(), "2026-11-24T14:00:00+08:00");
        for wrong in ["", "tomorrow", "2026-11-24T25:00", "24/11/2026"] {
            assert!(read(wrong, End::From).is_err(), "{wrong}");
        }
    }
}
