//! When the next backup is due, and which are no longer needed: pure, for whoever has a clock.

use std::time::Duration;

use crate::domain::time::{Clock, DAY_MS, Timestamp, Zone};

/// When backups are made by themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// A span after the last.
    Every(Duration),
    /// Once a day at this time, in the zone of the floor.
    At(Clock, Zone),
}

impl When {
    /// When the next is due, with the last good one made at `last`: at once where there is none, or where it lies ahead of a clock
    /// that was set back.
    pub fn due(self, last: Option<Timestamp>, now: Timestamp) -> Timestamp {
        match (self, last) {
            (Self::Every(every), last) => due(last, every, now),
            (Self::At(clock, zone), Some(last)) if last <= now => {
                let today = zone.at(zone.day(last), clock);
                if today > last { today } else { zone.at(zone.day(last).plus(1), clock) }
            }
            (Self::At(..), _) => now,
        }
    }
}

/// How long and how many backups are kept. Each rule keeps: one goes where neither wants it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Keep {
    /// Those of so many days; `None` keeps none for its age.
    pub days: Option<u32>,
    /// So many of the newest; `None` keeps none for its place.
    pub count: Option<u32>,
}

impl Keep {
    /// Whether nothing is ever dropped.
    pub const fn is_all(self) -> bool {
        self.days.is_none() && self.count.is_none()
    }
}

/// When the next backup is due: at once where there is none, or where the last lies ahead of a clock that was set back.
pub fn due(last: Option<Timestamp>, every: Duration, now: Timestamp) -> Timestamp {
    let every = i64::try_from(every.as_millis()).unwrap_or(i64::MAX);
    match last {
        Some(last) if last <= now => Timestamp(last.0.saturating_add(every)),
        _ => now,
    }
}

/// Which of the backups are no longer needed, the oldest first. The newest stays whatever its age.
pub fn surplus<T: Clone>(backups: &[(Timestamp, T)], keep: Keep, now: Timestamp) -> Vec<T> {
    if keep.is_all() {
        return Vec::new();
    }
    let mut sorted: Vec<&(Timestamp, T)> = backups.iter().collect();
    sorted.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    let oldest =
        keep.days.map(|days| Timestamp(now.0.saturating_sub(i64::from(days).saturating_mul(DAY_MS))));
    let count = usize::try_from(keep.count.unwrap_or(0)).unwrap_or(usize::MAX).max(1);
    let mut gone: Vec<T> = sorted
        .into_iter()
        .skip(count)
        .filter(|(at, _)| oldest.is_none_or(|oldest| *at < oldest))
        .map(|(_, backup)| backup.clone())
        .collect();
    gone.reverse();
    gone
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Backups of the first to the ninth, at noon.
    fn nine() -> Vec<(Timestamp, i64)> {
        (1..=9).map(|day| (Timestamp(day * DAY_MS + DAY_MS / 2), day)).collect()
    }

    /// The evening of the ninth.
    const NOW: Timestamp = Timestamp(9 * DAY_MS + 20 * DAY_MS / 24);

    #[test]
    fn nothing_goes_where_nothing_is_asked() {
        assert_eq!(surplus(&nine(), Keep::default(), NOW), Vec::<i64>::new());
    }

    #[test]
    fn by_count_the_newest_stay() {
        let keep = Keep { count: Some(3), days: None };
        assert_eq!(surplus(&nine(), keep, NOW), [1, 2, 3, 4, 5, 6]);
        assert_eq!(surplus(&nine(), Keep { count: Some(20), days: None }, NOW), Vec::<i64>::new());
    }

    #[test]
    fn by_age_those_of_the_last_days_stay() {
        // three days before the evening of the ninth is the evening of the sixth: its noon is older
        let keep = Keep { days: Some(3), count: None };
        assert_eq!(surplus(&nine(), keep, NOW), [1, 2, 3, 4, 5, 6]);
        let keep = Keep { days: Some(4), count: None };
        assert_eq!(surplus(&nine(), keep, NOW), [1, 2, 3, 4, 5]);
    }

    #[test]
    fn one_goes_where_neither_rule_wants_it() {
        let keep = Keep { days: Some(2), count: Some(5) };
        assert_eq!(surplus(&nine(), keep, NOW), [1, 2, 3, 4]);
        let keep = Keep { days: Some(5), count: Some(2) };
        assert_eq!(surplus(&nine(), keep, NOW), [1, 2, 3, 4]);
    }

    #[test]
    fn the_newest_stays_however_old_it_is() {
        let late = Timestamp(NOW.0 + 100 * DAY_MS);
        for keep in [Keep { days: Some(1), count: None }, Keep { days: None, count: Some(0) }] {
            assert_eq!(surplus(&nine(), keep, late), [1, 2, 3, 4, 5, 6, 7, 8], "{keep:?}");
        }
    }

    #[test]
    fn by_the_hour_one_is_due_at_the_next_such_hour_after_the_last() {
        let shanghai: Zone = Zone(chrono_tz::Asia::Shanghai);
        let when = When::At(Clock::new(2, 0).unwrap(), shanghai);
        let at = |text: &str| -> Timestamp { text.parse().unwrap() };
        let noon = at("2026-11-17T12:00:00+08:00");
        assert_eq!(when.due(None, noon), noon);
        let last = at("2026-11-17T01:59:59+08:00");
        assert_eq!(when.due(Some(last), noon), at("2026-11-17T02:00:00+08:00"));
        // one made a little after two is that day's
        let last = at("2026-11-17T02:00:04+08:00");
        assert_eq!(when.due(Some(last), noon), at("2026-11-18T02:00:00+08:00"));
        // made by hand at noon: the next night all the same
        assert_eq!(when.due(Some(noon), noon), at("2026-11-18T02:00:00+08:00"));
        // made by a clock that was ahead
        assert_eq!(when.due(Some(at("2026-11-18T12:00:00+08:00")), noon), noon);
    }

    #[test]
    fn the_next_is_due_a_span_after_the_last_and_at_once_without_one() {
        let hour = Duration::from_hours(1);
        assert_eq!(due(None, hour, NOW), NOW);
        assert_eq!(due(Some(Timestamp(NOW.0 - 1_000)), hour, NOW), Timestamp(NOW.0 - 1_000 + 3_600_000));
        // long past: whoever asks does it now
        assert!(due(Some(Timestamp(0)), hour, NOW) < NOW);
        // made by a clock that was ahead
        assert_eq!(due(Some(Timestamp(NOW.0 + 1)), hour, NOW), NOW);
    }
}
