//! The stock-take of a team's open deals: rows to decide about, what was decided, the forecast it ends with.

use serde::Serialize;

use crate::domain::id::{CustomerId, DealId, StockRowId, StockTakeId, TaskId, TeamId, UserId};
use crate::domain::lists::{StockDecision, StockNews};
use crate::domain::money::Money;
use crate::domain::stock::{Rate, Sums, sums};
use crate::domain::time::{Day, Timestamp};

/// A window of the stock-take that is open, or of the one that would begin.
#[derive(Debug, Clone, PartialEq)]
pub struct StockPage {
    /// Whose deals.
    pub team: (TeamId, String),
    /// Teams there are for who asks, by name.
    pub teams: Vec<(TeamId, String)>,
    /// Deals open for more than so many days.
    pub older_than: u32,
    /// The one that is open: which, since when, begun by whom; `None` before its first decision.
    pub open: Option<(StockTakeId, Timestamp, String)>,
    /// When the one before was finished.
    pub before: Option<Timestamp>,
    /// Rows of the window, in the order they are gone through.
    pub rows: Vec<StockRow>,
    /// Rows there are in all, decided ones among them.
    pub all: u32,
    /// Rows that nothing is decided about.
    pub left: u32,
    /// Of those, rows that have changed since the stock-take before.
    pub left_changed: u32,
    /// How many of each decision.
    pub decided: Vec<(StockDecision, u32)>,
}

/// A deal of a stock-take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StockRow {
    /// Which.
    pub deal: DealId,
    /// Whose.
    pub customer: (CustomerId, String),
    /// Who follows the customer; of what is decided: who did.
    pub owner: (UserId, String),
    /// The pipeline.
    pub pipeline: String,
    /// The stage; of what is decided: the one it stood at.
    pub stage: String,
    /// Since when it stands there.
    pub stage_since: Timestamp,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// What it is worth.
    pub value: Money,
    /// When somebody was in touch with the customer last.
    pub last_at: Option<Timestamp>,
    /// When something is due next.
    pub next_at: Option<Timestamp>,
    /// What has changed since the stock-take before; empty where nothing has.
    pub news: Vec<StockNews>,
    /// What was decided then.
    pub last: Option<StockDecision>,
    /// What is decided now.
    pub decided: Option<Decided>,
}

/// A decision as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// Its row.
    pub id: StockRowId,
    /// What.
    pub decision: StockDecision,
    /// The stage it brought the deal to.
    pub to_stage: Option<String>,
    /// Why the deal was lost.
    pub reason: Option<String>,
    /// The advice, or why.
    pub words: String,
    /// The task that was made.
    pub task: Option<TaskId>,
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: (UserId, String),
    /// When it was taken back: the row stays.
    pub void_at: Option<Timestamp>,
}

/// What a month's end is likely to bring: open deals by the rate of their stage.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Forecast {
    /// The last day of the month.
    pub month_end: Day,
    /// Months whose deals tell the rates.
    pub months: u32,
    /// Every stage with open deals, in the order of the method.
    pub rates: Vec<Rate>,
}

impl Forecast {
    /// Both sums, and what they leave out.
    pub fn sums(&self) -> Sums {
        sums(&self.rates)
    }
}

/// A finished stock-take, or the open one as it stands: every decision, those taken back too.
#[derive(Debug, Clone, PartialEq)]
pub struct StockSaved {
    /// Which.
    pub id: StockTakeId,
    /// Whose deals.
    pub team: (TeamId, String),
    /// Deals open for more than so many days.
    pub older_than: u32,
    /// When it began.
    pub began_at: Timestamp,
    /// When it was finished, and by whom.
    pub finished: Option<(Timestamp, String)>,
    /// Rows that nothing was decided about when it was finished.
    pub left_over: u32,
    /// A window of the rows, in the order they were decided about.
    pub rows: Vec<StockRow>,
    /// How many of each decision that stands.
    pub decided: Vec<(StockDecision, u32)>,
    /// The forecast it ended with.
    pub forecast: Forecast,
}
