//! Sums that are set right.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::domain::id::UserId;
use crate::domain::lists::Metric;
use crate::domain::time::{Day, Month};

/// A change of figures that are kept beside the facts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FiguresChange {
    /// Sets sums right by what the journal says was counted: at most [`MENDED_MAX`] at once.
    Mend {
        /// The sums that differed.
        rows: Vec<Mend>,
    },
}

/// Sums of one change at most.
pub const MENDED_MAX: usize = 2_000;

/// A sum that is not what the journal makes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mend {
    /// Whether of a day or of a month.
    pub of: SumOf,
    /// Whose.
    pub user: UserId,
    /// The team then; 0 for none.
    pub team: i64,
    /// Pipeline; empty for none.
    pub pipeline: String,
    /// The metric.
    pub metric: Metric,
    /// What was kept, in the metric's unit, and when it last moved; `None` where there was no row.
    pub found: Option<Kept>,
    /// What the journal makes it.
    pub right: Kept,
}

impl fmt::Display for Mend {
    /// Which sum: `2026-11-22 calls_dialed user 7 team 9 pipeline ''`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { of, user, team, pipeline, metric, .. } = self;
        write!(f, "{} {metric} user {user} team {team} pipeline '{pipeline}'", of.first())
    }
}

/// A sum as it is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Kept {
    /// The value, in the metric's unit.
    pub value: i64,
    /// The newest instant that counted, milliseconds; 0 where it was not noted.
    pub at: i64,
}

/// Which roll-up a sum is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SumOf {
    /// A day's.
    Day(Day),
    /// A month's.
    Month(Month),
}

impl SumOf {
    /// The first day of it.
    pub fn first(self) -> Day {
        match self {
            Self::Day(day) => day,
            Self::Month(month) => month.first(),
        }
    }
}
