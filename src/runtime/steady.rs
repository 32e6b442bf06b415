//! A session's time: never backwards.
//!
//! Ids are made of the time and a business day is a part of it: where the machine's clock is set back, both would run
//! backwards. So the session goes on from the last instant it knew, at the pace of a clock that nobody sets, until the
//! machine's own has caught up; how far that one is behind is told to the person.

use std::time::{Duration, Instant};

use crate::domain::time::Timestamp;
use crate::runtime::clock::Clock;

/// A clock that is behind by less is not worth a word: times are shown in minutes.
pub const WORTH_TELLING: Duration = Duration::from_secs(90);
/// A database whose last change lies further ahead is not followed: its clock was wrong, or this one is by days.
pub const FOLLOWED: Duration = Duration::from_hours(36);

/// A clock that never goes back.
#[derive(Debug)]
pub struct Steady {
    clock: Clock,
    /// The latest instant known, and when that was by the clock nobody sets.
    known: (Timestamp, Instant),
    behind: i64,
    /// By how much the last change lies ahead, where it is not followed.
    beyond: i64,
}

impl Steady {
    /// A session's clock that begins no earlier than `floor`, the instant of the last change, unless that lies further
    /// ahead than [`FOLLOWED`].
    pub fn new(clock: Clock, floor: Option<Timestamp>) -> Self {
        let now = clock.now();
        let floor = floor.filter(|floor| !matches!(clock, Clock::Fixed(_)) && *floor > now);
        let followed = floor.filter(|floor| *floor <= now.plus(FOLLOWED));
        let ahead = floor.map_or(0, |floor| floor.since(now));
        let (behind, beyond) = if followed.is_some() { (ahead, 0) } else { (0, ahead) };
        Self { clock, known: (followed.unwrap_or(now), Instant::now()), behind, beyond }
    }

    /// The present instant: no earlier than the one before.
    pub fn now(&mut self) -> Timestamp {
        self.at(self.clock.now(), Instant::now())
    }

    fn at(&mut self, wall: Timestamp, pace: Instant) -> Timestamp {
        if matches!(self.clock, Clock::Fixed(_)) {
            return wall;
        }
        let (known, since) = self.known;
        let going = known.plus(pace.saturating_duration_since(since));
        let behind = going.since(wall);
        if wall >= known && behind <= millis(WORTH_TELLING) {
            // the machine's clock leads, even where it goes a little slower than the other
            self.known = (wall, pace);
            self.behind = 0;
            return wall;
        }
        self.behind = behind;
        going.max(known)
    }

    /// By how many milliseconds the machine's clock is behind, where that is worth telling.
    pub fn behind(&self) -> Option<i64> {
        let behind = self.behind.max(self.beyond);
        (behind > millis(WORTH_TELLING)).then_some(behind)
    }

    /// Milliseconds by which this clock began ahead of the machine's, which is behind the last change.
    pub const fn ahead(&self) -> i64 {
        self.behind
    }

    /// How long until the clock's next full minute.
    pub fn to_next_minute(&self) -> Duration {
        self.clock.to_next_minute()
    }
}

fn millis(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: i64 = 60_000;

    /// A clock that began when it was a million, and the instant of that.
    fn begun() -> (Steady, Instant) {
        let pace = Instant::now();
        let known = (Timestamp(1_000_000), pace);
        (Steady { clock: Clock::System, known, behind: 0, beyond: 0 }, pace)
    }

    #[test]
    fn a_clock_that_goes_on_is_followed_also_where_it_leaps_ahead() {
        let (mut clock, pace) = begun();
        assert_eq!(clock.at(Timestamp(1_000_500), pace + Duration::from_millis(500)), Timestamp(1_000_500));
        // a machine that slept: the wall clock is hours ahead
        let later = Timestamp(1_000_500 + 300 * MINUTE);
        assert_eq!(clock.at(later, pace + Duration::from_secs(1)), later);
        assert_eq!(clock.behind(), None);
    }

    #[test]
    fn a_clock_set_back_goes_on_from_where_it_was_until_the_machine_has_caught_up() {
        let (mut clock, pace) = begun();
        let hour = 60 * MINUTE;
        let mut last = clock.at(Timestamp(1_000_000), pace);
        for second in 1_u32..=5 {
            let passed = i64::from(second) * 1_000;
            let now =
                clock.at(Timestamp(1_000_000 - hour + passed), pace + Duration::from_secs(second.into()));
            assert_eq!(now.since(last), 1_000, "it goes on at its pace");
            last = now;
        }
        assert_eq!(clock.behind(), Some(hour));
        // two hours of the machine's clock later it is ahead of the session's again
        let caught_up = Timestamp(1_000_000 + hour + 5_000);
        assert_eq!(clock.at(caught_up, pace + Duration::from_hours(1)), caught_up);
        assert_eq!(clock.behind(), None);
    }

    #[test]
    fn a_clock_corrected_by_a_second_stands_still_for_a_moment_and_says_nothing() {
        let (mut clock, pace) = begun();
        let now = clock.at(Timestamp(999_000), pace + Duration::from_millis(10));
        assert!(now >= Timestamp(1_000_000));
        assert_eq!(clock.behind(), None);
    }

    #[test]
    fn a_session_begins_no_earlier_than_the_last_change() {
        let now = Clock::System.now();
        let hour_ahead = now.plus(Duration::from_hours(1));
        let mut clock = Steady::new(Clock::System, Some(hour_ahead));
        assert!(clock.now() >= hour_ahead);
        assert!(clock.behind().is_some());
        // what lies years ahead was a clock that was wrong: told, not followed
        let years_ahead = now.plus(Duration::from_hours(24 * 3_650));
        let mut clock = Steady::new(Clock::System, Some(years_ahead));
        assert!(clock.now() < hour_ahead);
        assert!(clock.behind().is_some());
    }

    #[test]
    fn a_fixed_clock_is_left_alone() {
        let mut clock = Steady::new(Clock::Fixed(Timestamp(5)), Some(Timestamp(9)));
        assert_eq!((clock.now(), clock.behind()), (Timestamp(5), None));
    }
}
