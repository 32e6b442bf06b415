//! What somebody did today, and what would come of taking it back.

use crate::domain::id::{CustomerId, UserId, WriteId};
use crate::domain::lists::{IssueState, Lane, Metric};
use crate::domain::time::Timestamp;

/// A window of a user's changes of today, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangesAsk {
    /// Who asks.
    pub by: UserId,
    /// Whose changes: one's own, or those of somebody whose changes one may take back.
    pub user: UserId,
    /// At what instant.
    pub now: Timestamp,
    /// Those before this revision; `None` from the newest.
    pub before: Option<i64>,
    /// Only this change, whichever day it is of.
    pub only: Option<WriteId>,
    /// At most this many.
    pub limit: usize,
}

/// A change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeRow {
    /// The journal's number of it: the key of the window.
    pub revision: i64,
    /// Its id.
    pub write: WriteId,
    /// When.
    pub at: Timestamp,
    /// Its kind, a stable word.
    pub kind: String,
    /// The customer it was about.
    pub customer: Option<(CustomerId, String)>,
    /// The outcome, where it logged one.
    pub outcome: Option<String>,
    /// Whether it can be taken back: tried out and rolled back, not guessed.
    pub standing: Standing,
    /// What would come of taking it back; nothing where it was taken back already.
    pub consequences: Vec<Consequence>,
}

/// Whether a change can be taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It can.
    Free,
    /// It was.
    TakenBack,
    /// Something stands in the way.
    Barred {
        /// A stable word for it.
        why: &'static str,
        /// Who is behind it; empty for whoever made the change, and where it is nobody.
        name: String,
        /// The store's own words.
        what: String,
    },
}

/// One thing that would come of taking a change back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Consequence {
    /// What was sent stays sent: only the record of it goes.
    Left,
    /// A record of a touch is struck out.
    Touch {
        /// Its outcome.
        outcome: String,
    },
    /// A task that was planned goes.
    Cancelled {
        /// Its pen.
        lane: Lane,
        /// When it is due.
        due_at: Timestamp,
    },
    /// A task is due again.
    Reopened {
        /// Its pen.
        lane: Lane,
        /// When it is due.
        due_at: Timestamp,
    },
    /// A task is due at another time again.
    Moved {
        /// Its pen.
        lane: Lane,
        /// Now.
        from: Timestamp,
        /// Then.
        to: Timestamp,
    },
    /// A deal goes back.
    Stage {
        /// Its pipeline.
        pipeline: String,
        /// The stage, or the state where it is closed, now.
        from: String,
        /// The same then.
        to: String,
    },
    /// A coupon goes back.
    Coupon {
        /// Which.
        coupon: String,
        /// Its code.
        code: String,
        /// What it becomes.
        state: IssueState,
        /// What of the month's quota is free again by it; negative where one is taken again.
        quota: i64,
    },
    /// A figure moves.
    Figure {
        /// Which.
        metric: Metric,
        /// By how much.
        by: i64,
    },
    /// The gap of the month's main figure moves.
    Gap {
        /// Of which figure.
        metric: Metric,
        /// Now.
        from: i64,
        /// Then.
        to: i64,
    },
    /// Something else goes back.
    Other {
        /// A stable word for it.
        what: &'static str,
        /// Its name or its value then; empty where it has none.
        name: String,
    },
}
