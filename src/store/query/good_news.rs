//! Good news that was told.

use serde::Serialize;

use crate::domain::id::{NewsId, UserId};
use crate::domain::lists::{Gladness, Metric};
use crate::domain::time::{Day, Timestamp};
use crate::store::query::Viewer;

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoodNewsAsk {
    /// Who asks: hears of the own team and of what is for everybody.
    pub by: Viewer,
    /// The business day, which tells the team.
    pub day: Day,
    /// Only what came after this instant and id.
    pub after: (Timestamp, NewsId),
    /// The newest so many.
    pub limit: usize,
}

/// Something to be glad of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GoodNews {
    /// Its id.
    pub id: NewsId,
    /// When.
    pub at: Timestamp,
    /// The playbook whose rule told it.
    pub playbook: String,
    /// The rule.
    pub rule: String,
    /// What happened.
    pub kind: Gladness,
    /// Whose it is.
    pub rep: (UserId, String),
    /// The team then; empty for none.
    pub team: String,
    /// The metric the value is of.
    pub metric: Metric,
    /// An order's price, or what the month came to.
    pub value: i64,
    /// Who was passed.
    pub other: Option<String>,
}
