//! Reports: handed in, closed, commented on.

use serde::{Deserialize, Serialize};

use crate::domain::id::{CustomerId, TeamId, UserId};
use crate::domain::lists::Period;
use crate::domain::report::Lines;
use crate::domain::time::{Day, Timestamp};
use crate::store::change::people::TargetOf;

/// What becomes of a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReportChange {
    /// Hands a report in with the lines that were added; until its period closes it may be handed in again.
    HandIn {
        /// Which.
        of: ReportOf,
        /// What was added.
        lines: Lines,
    },
    /// Keeps reports of a period that has closed as they are; done by whoever notices first, a part at a time.
    Close {
        /// Of whom.
        who: Vec<TargetOf>,
        /// Of which period.
        period: Period,
        /// Its first day.
        first: Day,
    },
    /// Says something to a report, and makes the tasks that come of it.
    Comment {
        /// Which.
        of: ReportOf,
        /// What is said.
        words: String,
        /// What comes of it.
        tasks: Vec<CommentTask>,
    },
    /// Notes what a quarter of a team taught (S004-28).
    NoteHealth {
        /// Which team.
        team: TeamId,
        /// A day of the quarter; the first in the table.
        quarter: Day,
        /// What is said.
        words: String,
    },
}

/// A report: whose, and of which days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportOf {
    /// Whose.
    pub whose: TargetOf,
    /// Of which period.
    pub period: Period,
    /// A day of it; the first in the journal.
    pub first: Day,
}

impl ReportOf {
    /// Of a person.
    pub const fn user(user: UserId, period: Period, first: Day) -> Self {
        Self { whose: TargetOf::User(user), period, first }
    }

    /// Of a team.
    pub const fn team(team: TeamId, period: Period, first: Day) -> Self {
        Self { whose: TargetOf::Team(team), period, first }
    }
}

/// A task that comes of a comment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommentTask {
    /// With whom.
    pub customer: CustomerId,
    /// When it is due.
    pub due_at: Timestamp,
    /// What is to be done.
    pub words: String,
}
