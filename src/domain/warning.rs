//! How far a warning has climbed: rep, lead, manager, by its age alone (peers.md 2.14). Nothing is kept of it, so it cannot be wrong.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::domain::lists::WarnLevel;
use crate::domain::report::funnel::median;
use crate::domain::report::share::{Share, WHOLE_BP};
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

/// What a rep's share is held against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bar {
    /// Below this part of the team's median it is too low, basis points.
    pub below_bp: i64,
    /// Fewer cases than these say nothing (AP-05).
    pub cases: i64,
}

/// The team's median in basis points where a rep is too far below it; `None` where the rep is not, has too few cases, or is the only
/// one of the team who has enough (S001-57).
pub fn behind(own: Share, team: &[Share], bar: Bar) -> Option<i64> {
    let enough = |share: &&Share| share.of >= bar.cases;
    let own = Some(&own).filter(enough)?.exact_bp()?;
    let mut counted = BTreeMap::new();
    for bp in team.iter().filter(enough).filter_map(|share| share.exact_bp()) {
        *counted.entry(bp).or_insert(0) += 1;
    }
    if counted.values().sum::<i64>() < 2 {
        return None;
    }
    let middle = median(&counted)?;
    (i128::from(own) * i128::from(WHOLE_BP) < i128::from(middle) * i128::from(bar.below_bp)).then_some(middle)
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
    fn a_rep_at_twelve_per_cent_of_a_team_at_twenty_eight_is_behind_with_enough_leads() {
        let bar = Bar { below_bp: 5_000, cases: 30 };
        // 12 %, 28 % and 30 %: the one in the middle is 28; half of it is 14
        let team = [Share::of(6, 50), Share::of(14, 50), Share::of(15, 50)];
        assert_eq!(behind(team[0], &team, bar), Some(2_800));
        assert_eq!(behind(team[1], &team, bar), None);
        // 1 of 8 is 12.5 %, and says nothing; nor does it move the middle
        let few = [Share::of(1, 8), team[1], team[2]];
        assert_eq!(behind(few[0], &few, bar), None);
        // exactly half is not below it
        assert_eq!(behind(Share::of(7, 50), &team, bar), None);
        // nobody to be held against
        assert_eq!(behind(team[0], &team[..1], bar), None);
    }

    #[test]
    fn four_of_ten_are_forty_per_cent() {
        assert_eq!(share_bp(4, 10), Some(4_000));
        assert_eq!(share_bp(0, 0), None);
    }
}
