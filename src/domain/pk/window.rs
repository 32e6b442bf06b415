//! The window of a match or a leg: from an instant until before another, as whole business days and what is left at its ends.

use serde::{Deserialize, Serialize};

use crate::domain::time::{Day, Timestamp, Zone};

/// From an instant until before another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// The first instant in it.
    pub from: Timestamp,
    /// The first instant after it.
    pub to: Timestamp,
}

/// A window by business days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parts {
    /// The days that lie in it whole, first and last: their roll-ups are read.
    pub days: Option<(Day, Day)>,
    /// What is left before and after them: the facts behind it are read.
    pub ends: Vec<Window>,
}

impl Window {
    /// Whether an instant lies in it.
    pub fn holds(self, at: Timestamp) -> bool {
        self.from <= at && at < self.to
    }

    /// The first and the last business day that it touches.
    pub fn span(self, zone: Zone) -> (Day, Day) {
        (zone.day(self.from), zone.day(Timestamp(self.to.0 - 1).max(self.from)))
    }

    /// Parted into whole days and ends.
    pub fn parts(self, zone: Zone) -> Parts {
        let (first, last) = self.span(zone);
        let whole_from = if zone.start(first) == self.from { first } else { first.plus(1) };
        let whole_to = if zone.end(last) == self.to { last } else { last.plus(-1) };
        if whole_from > whole_to {
            // at most an end of one day and the beginning of the next: read as one
            return Parts { days: None, ends: vec![self] };
        }
        let before = Self { from: self.from, to: zone.start(whole_from) };
        let after = Self { from: zone.end(whole_to), to: self.to };
        let ends = [before, after].into_iter().filter(|end| end.from < end.to).collect();
        Parts { days: Some((whole_from, whole_to)), ends }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(from: &str, to: &str) -> Window {
        Window { from: from.parse().unwrap(), to: to.parse().unwrap() }
    }

    #[test]
    fn whole_days_are_told_from_the_hours_at_both_ends() {
        let zone = Zone("Asia/Shanghai".parse().unwrap());
        let day = |text: &str| text.parse::<Day>().unwrap();
        let whole = window("2026-11-23T00:00:00+08:00", "2026-11-28T00:00:00+08:00");
        assert_eq!(
            whole.parts(zone),
            Parts { days: Some((day("2026-11-23"), day("2026-11-27"))), ends: vec![] }
        );
        assert_eq!(whole.span(zone), (day("2026-11-23"), day("2026-11-27")));
        let hours = window("2026-11-23T14:00:00+08:00", "2026-11-23T16:00:00+08:00");
        assert_eq!(hours.parts(zone), Parts { days: None, ends: vec![hours] });
        let mixed = window("2026-11-23T14:00:00+08:00", "2026-11-26T12:00:00+08:00");
        let ends = vec![
            window("2026-11-23T14:00:00+08:00", "2026-11-24T00:00:00+08:00"),
            window("2026-11-26T00:00:00+08:00", "2026-11-26T12:00:00+08:00"),
        ];
        assert_eq!(mixed.parts(zone), Parts { days: Some((day("2026-11-24"), day("2026-11-25"))), ends });
        let night = window("2026-11-23T20:00:00+08:00", "2026-11-24T02:00:00+08:00");
        assert_eq!(night.parts(zone), Parts { days: None, ends: vec![night] });
        let until_midnight = window("2026-11-23T20:00:00+08:00", "2026-11-24T00:00:00+08:00");
        assert_eq!(until_midnight.parts(zone), Parts { days: None, ends: vec![until_midnight] });
    }
}
