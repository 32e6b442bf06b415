//! Where the time comes from: the machine, or fixed by `--now`.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::domain::time::{MINUTE_MS, Timestamp};

/// A source of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// Always this instant (`--now`).
    Fixed(Timestamp),
    /// The machine's clock, moved by this many milliseconds: a demonstration by night shows a day.
    Moved(i64),
}

impl Clock {
    /// The present instant.
    pub fn now(self) -> Timestamp {
        match self {
            Self::Fixed(at) => at,
            Self::Moved(by) => Timestamp(Self::System.now().0.saturating_add(by)),
            Self::System => {
                // a clock set before 1970 is as good as 1970
                let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
            }
        }
    }

    /// How long until the clock's next full minute; a fixed clock never gets there.
    pub fn to_next_minute(self) -> Duration {
        match self {
            Self::Fixed(_) => Duration::from_hours(24),
            Self::System | Self::Moved(_) => {
                let into = self.now().0.rem_euclid(MINUTE_MS);
                Duration::from_millis(u64::try_from(MINUTE_MS - into).unwrap_or(1).max(1))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fixed_clock_stands_still() {
        let clock = Clock::Fixed(Timestamp(5));
        assert_eq!(clock.now(), Timestamp(5));
        assert_eq!(clock.now(), Timestamp(5));
    }

    #[test]
    fn a_moved_clock_goes_on_from_where_it_was_set() {
        let day_ago = Clock::Moved(-86_400_000);
        assert!(day_ago.now() < Clock::System.now());
        assert!(day_ago.now().since(Clock::System.now()).abs() <= 86_400_000);
    }

    #[test]
    fn the_next_minute_is_at_most_a_minute_away() {
        assert!(Clock::System.to_next_minute() <= Duration::from_mins(1));
    }
}
