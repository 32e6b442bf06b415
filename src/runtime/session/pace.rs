//! How soon a frame may follow the one before.
//!
//! A key draws a frame, and the answer to what it asked for draws another a moment later: these two may follow each other at once.
//! What comes faster for longer is drawn at the pace of one frame every [`FRAME_MIN`].

use std::time::{Duration, Instant};

/// Time from frame to frame where many follow each other.
pub const FRAME_MIN: Duration = Duration::from_millis(8);

/// The pace frames are drawn at.
#[derive(Debug, Default)]
pub struct Pace {
    /// Up to when the frames that were drawn use the time up.
    used: Option<Instant>,
}

impl Pace {
    /// Notes a frame.
    pub fn drawn(&mut self, now: Instant) {
        self.used = Some(self.used.map_or(now, |used| used.max(now)) + FRAME_MIN);
    }

    /// How long the next frame has to wait.
    pub fn rest(&self, now: Instant) -> Duration {
        // one frame may be ahead of its time
        self.used.map_or(Duration::ZERO, |used| used.saturating_duration_since(now).saturating_sub(FRAME_MIN))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_frames_may_follow_each_other_and_more_keep_the_pace() {
        let begun = Instant::now();
        let at = |ms| begun + Duration::from_millis(ms);
        let mut pace = Pace::default();
        assert_eq!(pace.rest(at(0)), Duration::ZERO);
        pace.drawn(at(0));
        // the answer to what the first one asked for
        assert_eq!(pace.rest(at(1)), Duration::ZERO);
        pace.drawn(at(1));
        // two took the time of two: the third comes when the first one's is over, the fourth when the second one's is
        assert_eq!(pace.rest(at(2)), Duration::from_millis(6));
        pace.drawn(at(8));
        assert_eq!(pace.rest(at(9)), Duration::from_millis(7));
        pace.drawn(at(16));
        // after a rest it begins anew: time that was not used is not saved up
        assert_eq!(pace.rest(at(1_000)), Duration::ZERO);
        pace.drawn(at(1_000));
        assert_eq!(pace.rest(at(1_000)), Duration::ZERO);
        pace.drawn(at(1_000));
        assert_eq!(pace.rest(at(1_000)), Duration::from_millis(8));
    }
}
