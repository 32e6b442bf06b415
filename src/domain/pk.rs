//! Matches between people and teams (S001-109): what is agreed, how a side is measured, who has won. Pure.
//!
//! A side is one person, some people, or a team. What it did in a window is weighed to whole *units* ([`Weight`]); its kind says
//! what the units are held against ([`Tally`]): nothing, its heads, its own target, what is usual for it. Nothing is rounded
//! before two sides are compared.

mod bracket;
mod judge;
mod measure;
mod plan;
mod tally;
mod when;
mod window;

use crate::domain::id::{TeamId, UserId};
use crate::domain::lists::{PkPhase, PkState};
use crate::domain::time::Timestamp;

pub use bracket::{entrants, pairs, rounds};
pub use judge::{Entry, Judged, judge, pair, prize};
pub use measure::{USUAL_DAYS, day_members, days_of, median_twice, target};
pub use plan::{BadPlan, Leg, Plan, Round, SIDES_MAX, Side, check};
pub use tally::{Measure, Tally, WHOLE, Weight, is_plain, units};
pub use when::{End, instant};
pub use window::{Parts, Window};

/// Days back among which a ghost looks for the best one.
pub const GHOST_DAYS: i64 = 60;

/// Who makes up a side.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Who {
    /// Whoever is in a team.
    Team(TeamId),
    /// These people; in a relay in the order of its legs.
    People(Vec<UserId>),
}

/// Where a match stands: what is kept of it, and what the clock says of its window.
pub fn phase(state: PkState, window: Window, now: Timestamp) -> PkPhase {
    match state {
        PkState::Proposed if now >= window.to => PkPhase::Lapsed,
        PkState::Proposed => PkPhase::Proposed,
        PkState::Accepted if now >= window.to => PkPhase::Over,
        PkState::Accepted if now >= window.from => PkPhase::Running,
        PkState::Accepted => PkPhase::Accepted,
        PkState::Decided => PkPhase::Decided,
        PkState::Disputed => PkPhase::Disputed,
        PkState::Settled => PkPhase::Settled,
        PkState::Declined => PkPhase::Declined,
        PkState::Withdrawn => PkPhase::Withdrawn,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_says_whether_an_accepted_match_waits_runs_or_is_over() {
        let window = Window { from: Timestamp(100), to: Timestamp(200) };
        let at = |state, now| phase(state, window, Timestamp(now));
        assert_eq!(at(PkState::Accepted, 99), PkPhase::Accepted);
        assert_eq!(at(PkState::Accepted, 100), PkPhase::Running);
        assert_eq!(at(PkState::Accepted, 199), PkPhase::Running);
        assert_eq!(at(PkState::Accepted, 200), PkPhase::Over);
        assert_eq!(at(PkState::Proposed, 199), PkPhase::Proposed);
        assert_eq!(at(PkState::Proposed, 200), PkPhase::Lapsed);
        assert_eq!(at(PkState::Disputed, 50), PkPhase::Disputed);
    }
}
