//! Boards, the gap line, and the facts behind a figure.

use std::fmt;
use std::sync::Arc;

use serde::Serialize;

use crate::domain::code::PipelineCode;
use crate::domain::floor::HeldDown;
use crate::domain::gap::Gap;
use crate::domain::id::{CustomerId, TeamId, UserId};
use crate::domain::lists::{Metric, Unit};
use crate::domain::outlook::Outlook;
use crate::domain::pay::Earning;
use crate::domain::ratio::Ratio;
use crate::domain::report::share::Share;
use crate::domain::span::Span;
use crate::domain::time::{Day, Timestamp};
use crate::playbook::model::Bilingual;

pub use crate::store::change::people::Part;

/// Days a trend shows.
pub const TREND_DAYS: usize = 14;

/// What a board measures.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Measure {
    /// A metric.
    Metric(Metric),
    /// The weighted sum of metrics that a board of the playbook scores by: its code.
    Score(String),
}

impl Measure {
    /// The metric; `None` for a score.
    pub const fn metric(&self) -> Option<Metric> {
        match self {
            Self::Metric(metric) => Some(*metric),
            Self::Score(_) => None,
        }
    }
}

impl fmt::Display for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Metric(metric) => f.pad(metric.as_str()),
            Self::Score(code) => f.pad(code),
        }
    }
}

/// Which board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoardAsk {
    /// What is measured.
    pub of: Measure,
    /// What of it.
    pub part: Part,
    /// The days.
    pub span: Span,
    /// One row a rep, a team or a coach's group.
    pub by: BoardBy,
    /// Only this team.
    pub team: Option<TeamId>,
    /// The instant.
    pub now: Timestamp,
}

impl BoardAsk {
    /// Everything of a metric in a stretch of days, a row each.
    pub fn new(metric: Metric, span: Span, by: BoardBy, now: Timestamp) -> Self {
        Self { of: Measure::Metric(metric), part: Part::default(), span, by, team: None, now }
    }
}

/// What a row of a board is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum BoardBy {
    /// A rep.
    Rep,
    /// A team.
    Team,
    /// A coach with the trainees.
    Coach,
    /// Where leads came from: their households, first given to somebody on the days (S001-86). Read at most once a minute.
    Source,
}

/// What a board by source may be ranked by, beside what the leads brought.
pub const BY_SOURCE: [Metric; 4] =
    [Metric::OrdersWon, Metric::ConversionRateBp, Metric::CallsValid, Metric::NodesAttended];

/// Whether what leads came to can be told in a metric: the main one where it is money, and [`BY_SOURCE`].
pub fn is_by_source(metric: Metric, main: Metric) -> bool {
    BY_SOURCE.contains(&metric) || (metric == main && metric.unit() == Unit::Money)
}

/// A board. Whoever asks the same of one program shares one.
#[derive(Debug, Clone, PartialEq)]
pub struct Board {
    /// What it shows, as asked.
    pub ask: BoardAsk,
    /// Unit of its values.
    pub unit: Unit,
    /// First and last day.
    pub days: (Day, Day),
    /// Rows by value; of equal values whoever had it first stands before, then by name.
    pub rows: Vec<BoardRow>,
    /// The revision it was read at.
    pub revision: i64,
}

/// An answer to a question for a board.
pub type SharedBoard = Arc<Board>;

/// A row of a board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoardRow {
    /// 1 for the first; equal values share a rank.
    pub rank: u32,
    /// User or team id as text; of a source its name.
    pub id: String,
    /// Name.
    pub name: String,
    /// Team name, for reps.
    pub team: String,
    /// Value, target, gap, pace, per day and hour: see [`Gap`].
    pub gap: Gap,
    /// Of a ratio the two sums it is of; where too few cases make it be withheld, `gap` says nothing but the target.
    pub ratio: Option<Ratio>,
    /// Of a source what its leads came to.
    pub source: Option<SourceSums>,
    /// Where a product is below its floor: what counts as attained of the target, and what is to go.
    pub held_down: Option<HeldDown>,
    /// The target to stretch for.
    pub stretch: Option<i64>,
    /// The challenge.
    pub challenge: Option<i64>,
    /// How far the nearest one above is; `None` for the first.
    pub behind: Option<i64>,
    /// How it is likely to end.
    pub outlook: Option<Outlook>,
    /// When the value was reached; `None` where nothing was done, or it was not noted.
    pub reached: Option<Timestamp>,
    /// The last [`TREND_DAYS`] days' values, oldest first, up to today or the last day.
    pub trend: Vec<i64>,
}

/// What the leads of a source came to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SourceSums {
    /// Households that were first given to somebody on the days.
    pub leads: i64,
    /// Of them, those that were validly reached since.
    pub valid: i64,
    /// Those who attended a node.
    pub attended: i64,
    /// Those who bought within the playbook's `conversion_window_days` of the end of their month.
    pub won: i64,
    /// For how much.
    pub revenue: i64,
    /// Why deals with them were lost, the most frequent first.
    pub reasons: Vec<LostFor>,
}

/// How many deals were lost for a reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LostFor {
    /// The reason's code.
    pub reason: String,
    /// Its name, in whichever playbook has it; `None` where none has it any more.
    pub name: Option<Bilingual>,
    /// How many.
    pub count: i64,
}

impl BoardRow {
    /// What is shown; `None` of a ratio of too few cases.
    pub fn value(&self) -> Option<i64> {
        match self.ratio {
            Some(ratio) => ratio.value(),
            None => Some(self.gap.done),
        }
    }
}

/// Which row of which board, day by day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BurnUpAsk {
    /// The board.
    pub board: BoardAsk,
    /// The row: a user's id, or a team's; `None` for everybody on the board together.
    pub id: Option<i64>,
}

/// A row of a board day by day, each day with everything up to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BurnUp {
    /// First and last day.
    pub days: (Day, Day),
    /// What was done, up to today or the last day.
    pub done: Vec<i64>,
    /// What the target asks by each day's end; empty without one.
    pub plan: Vec<i64>,
    /// What was done in the stretch of days before.
    pub before: Vec<i64>,
    /// How it is likely to end.
    pub outlook: Option<Outlook>,
}

/// The line on top of the screen (S001-108).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GapLine {
    /// The metric shown: the playbook's main one.
    pub metric: Metric,
    /// Its unit.
    pub unit: Unit,
    /// Whose month it is where not one's own: the team that is led, by name; empty for every team's.
    pub team: Option<String>,
    /// The month's figures.
    pub gap: Gap,
    /// Where a product is below its floor: what counts as attained of the target, and what is to go.
    pub held_down: Option<HeldDown>,
    /// Leads that became orders, of those the way in leads is told by.
    pub conversion: Share,
    /// Own rank in the team and how many are ranked.
    pub rank: Option<(u32, u32)>,
    /// Who is next above, and how far.
    pub ahead: Option<(String, i64)>,
    /// Today's value of the main metric.
    pub today: i64,
    /// What today's work is paid; `None` where nothing is paid by the piece.
    pub earning: Option<Earning>,
}

/// Which facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactsAsk {
    /// Metric.
    pub metric: Metric,
    /// The days.
    pub span: Span,
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
