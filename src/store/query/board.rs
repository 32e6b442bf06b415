//! Boards, the gap line, and the facts behind a figure.

use serde::Serialize;

use crate::domain::code::PipelineCode;
use crate::domain::gap::Gap;
use crate::domain::id::{CustomerId, TeamId, UserId};
use crate::domain::lists::{Metric, Period, Unit};
use crate::domain::time::{Day, Timestamp};

/// Which board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoardAsk {
    /// Metric.
    pub metric: Metric,
    /// Period that `now` lies in.
    pub period: Period,
    /// One row a rep, a team or a coach's group.
    pub by: BoardBy,
    /// Only this team.
    pub team: Option<TeamId>,
    /// The instant.
    pub now: Timestamp,
}

/// What a row of a board is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BoardBy {
    /// A rep.
    Rep,
    /// A team.
    Team,
    /// A coach with the trainees.
    Coach,
}

/// A board.
#[derive(Debug, Clone, PartialEq)]
pub struct Board {
    /// What it shows, as asked.
    pub ask: BoardAsk,
    /// Unit of its values.
    pub unit: Unit,
    /// First and last day of the period.
    pub days: (Day, Day),
    /// Rows, by value, then name.
    pub rows: Vec<BoardRow>,
    /// The revision it was read at.
    pub revision: i64,
}

/// A row of a board.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BoardRow {
    /// 1 for the first; equal values share a rank.
    pub rank: u32,
    /// User or team id as text.
    pub id: String,
    /// Name.
    pub name: String,
    /// Team name, for reps.
    pub team: String,
    /// Value, target, gap, pace, per day: see [`Gap`].
    #[serde(flatten)]
    pub gap: Gap,
}

/// The line on top of a rep's day (S001-108).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GapLine {
    /// The metric shown: the playbook's main one.
    pub metric: Metric,
    /// Its unit.
    pub unit: Unit,
    /// The month's figures.
    pub gap: Gap,
    /// Own rank in the team and how many are ranked.
    pub rank: Option<(u32, u32)>,
    /// Who is next above, and how far.
    pub ahead: Option<(String, i64)>,
    /// Today's value of the main metric.
    pub today: i64,
}

/// Which facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactsAsk {
    /// Metric.
    pub metric: Metric,
    /// Period that `now` lies in.
    pub period: Period,
    /// The instant.
    pub now: Timestamp,
    /// Who asks: customers whom this user may not see have no name here, but in facts of the own.
    pub by: UserId,
    /// Whose: a user, or `None` with a team.
    pub user: Option<UserId>,
    /// Or a team's.
    pub team: Option<TeamId>,
    /// Before this instant and id; `None` from the newest.
    pub before: Option<(Timestamp, i64)>,
    /// At most this many.
    pub limit: usize,
}

/// One fact behind a figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactRow {
    /// Its id.
    pub id: i64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: String,
    /// Customer.
    pub customer: CustomerId,
    /// The customer's name.
    pub customer_name: String,
    /// What it was: an outcome code, a product, a node.
    pub what: String,
    /// Pipeline, where it has one.
    pub pipeline: Option<PipelineCode>,
    /// What it counts.
    pub value: i64,
    /// The playbook version under which it was counted.
    pub version: i64,
}
