//! How far a warning has climbed: rep, lead, manager, by its age alone (peers.md 2.14). Nothing is kept of it, so it cannot be wrong.

use std::time::Duration;

use crate::domain::lists::WarnLevel;
use crate::domain::time::Timestamp;

/// How old a warning is when each of them is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ladder {
    /// The lead.
    pub lead: Duration,
    /// The manager.
    pub manager: Duration,
}

impl Ladder {
    /// Whom a warning open since then has reached.
    pub fn level(&self, since: Timestamp, now: Timestamp) -> WarnLevel {
        if since <= now.minus(self.manager) {
            WarnLevel::Manager
        } else if since <= now.minus(self.lead) {
            WarnLevel::Lead
        } else {
            WarnLevel::Rep
        }
    }

    /// The newest instant at which a warning was opened that has reached a level by now.
    pub fn since(&self, level: WarnLevel, now: Timestamp) -> Timestamp {
        match level {
            WarnLevel::Rep => now,
            WarnLevel::Lead => now.minus(self.lead),
            WarnLevel::Manager => now.minus(self.manager.max(self.lead)),
        }
    }
}

/// A share in basis points, rounded down; `None` of nothing.
pub const fn share_bp(part: i64, whole: i64) -> Option<i64> {
    if whole <= 0 { None } else { Some(part * 10_000 / whole) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_warning_climbs_with_its_age() {
        let ladder = Ladder { lead: Duration::from_hours(48), manager: Duration::from_hours(96) };
        let now: Timestamp = "2026-11-20T10:00:00+08:00".parse().unwrap();
        let level = |hours: u64| ladder.level(now.minus(Duration::from_hours(hours)), now);
        assert_eq!([level(0), level(47)], [WarnLevel::Rep; 2]);
        assert_eq!([level(48), level(95)], [WarnLevel::Lead; 2]);
        assert_eq!([level(96), level(999)], [WarnLevel::Manager; 2]);
        for wanted in WarnLevel::ALL {
            let since = ladder.since(*wanted, now);
            assert_eq!(ladder.level(since, now), *wanted);
        }
    }

    #[test]
    fn four_of_ten_are_forty_per_cent() {
        assert_eq!(share_bp(4, 10), Some(4_000));
        assert_eq!(share_bp(0, 0), None);
    }
}
