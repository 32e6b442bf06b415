//! The lead's desk: reps × today, who was followed up, what is too much, what deserves a look, warnings, rounds.

use serde::Serialize;

use crate::domain::code::OutcomeCode;
use crate::domain::id::{
    CustomerId, DealId, DecisionId, RoundId, StockRowId, StockTakeId, TaskId, TeamId, TouchId, UserId,
    WarningId, WhisperId,
};
use crate::domain::lists::{Attendance, Lane, Metric, RepState, RoundKind, Severity, SignalKind, WarnLevel};
use crate::domain::report::share::Share;
use crate::domain::time::{Day, Timestamp};
use crate::store::query::Viewer;
use crate::store::query::stock::{StockPage, StockSaved};

/// What is asked at the desk. A team that is not named is the own one, or every one for who runs several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeskAsk {
    /// Reps × today.
    Floor {
        /// Who asks.
        by: Viewer,
        /// Of which team.
        team: Option<TeamId>,
    },
    /// Who was followed up today, newest first: each customer once, by the last touch.
    Followed {
        /// Who asks.
        by: Viewer,
        /// Of which team.
        team: Option<TeamId>,
        /// Only by this person.
        rep: Option<UserId>,
        /// Older than this touch.
        before: Option<(Timestamp, TouchId)>,
        /// At most this many.
        limit: usize,
    },
    /// What of today is too much, and what of it could wait.
    Tail {
        /// Who asks.
        by: Viewer,
        /// Of which team.
        team: Option<TeamId>,
    },
    /// What was whispered to who asks and not heard yet, oldest first.
    Whispers {
        /// Who asks.
        by: Viewer,
    },
    /// The page of a round of today.
    Round {
        /// Who asks.
        by: Viewer,
        /// Of which team.
        team: Option<TeamId>,
        /// Which.
        kind: RoundKind,
    },
    /// Warnings that are open, the longest open first: one's own, or those that have climbed to who asks.
    Warnings {
        /// Who asks.
        by: Viewer,
        /// Of which team.
        team: Option<TeamId>,
        /// From this level on; `None` for that of who asks.
        level: Option<WarnLevel>,
        /// Opened later than this one.
        after: Option<(Timestamp, WarningId)>,
        /// At most this many.
        limit: usize,
    },
    /// Reps and deals that deserve a look.
    Signals {
        /// Who asks.
        by: Viewer,
        /// Of which team.
        team: Option<TeamId>,
    },
    /// A window of the open stock-take of a team's deals: the own team, or the first by name for who runs several (S001-56).
    Stock {
        /// Who asks.
        by: Viewer,
        /// Of which team.
        team: Option<TeamId>,
        /// The rows after this deal.
        after: Option<DealId>,
        /// At most this many.
        limit: usize,
    },
    /// A stock-take with its decisions and its forecast.
    StockSaved {
        /// Who asks.
        by: Viewer,
        /// Of which team.
        team: Option<TeamId>,
        /// Which; `None` for the one that is open, else the one finished last.
        take: Option<StockTakeId>,
        /// Decided after this row.
        after: Option<StockRowId>,
        /// At most this many rows.
        limit: usize,
    },
}

/// The answer to the question of the same name.
#[derive(Debug, Clone, PartialEq)]
pub enum DeskAnswer {
    /// To `Floor`.
    Floor(Box<DeskFloor>),
    /// To `Followed`.
    Followed(Vec<FollowedRow>),
    /// To `Tail`.
    Tail(Tail),
    /// To `Whispers`.
    Whispers(Vec<WhisperRow>),
    /// To `Round`.
    Round(Box<RoundPage>),
    /// To `Warnings`.
    Warnings(WarningPage),
    /// To `Signals`.
    Signals(Signals),
    /// To `Stock`.
    Stock(Box<StockPage>),
    /// To `StockSaved`.
    StockSaved(Box<StockSaved>),
}

/// Reps × today.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeskFloor {
    /// Teams, by name.
    pub teams: Vec<(TeamId, String)>,
    /// The business day.
    pub day: Day,
    /// Everybody's row, by team and name.
    pub rows: Vec<DeskRow>,
    /// Tasks a rep can do in a day; 0 for no limit.
    pub capacity: u32,
    /// Tasks due today that are nobody's: of whoever is absent or has left (S002-17).
    pub orphans: u32,
    /// The journal's number it was read at.
    pub revision: i64,
}

impl DeskFloor {
    /// Tasks left today, of everybody.
    pub fn due(&self) -> u32 {
        self.rows.iter().map(|row| row.due).sum()
    }

    /// Tasks done today.
    pub fn done(&self) -> u32 {
        self.rows.iter().map(|row| row.done).sum()
    }

    /// Who is here.
    pub fn present(&self) -> u32 {
        u32::try_from(self.rows.iter().filter(|row| row.state != RepState::Absent).count()).unwrap_or(0)
    }

    /// Tasks that are more than those here can do; 0 where there is no limit.
    pub fn over(&self) -> u32 {
        if self.capacity == 0 {
            return 0;
        }
        let can = self.capacity.saturating_mul(self.present()).saturating_sub(self.done());
        self.due().saturating_sub(can)
    }

    /// What a standard comes to over everybody: metric, done, standard.
    pub fn sums(&self) -> Vec<(Metric, i64, i64)> {
        let mut sums: Vec<(Metric, i64, i64)> = Vec::new();
        for standard in self.rows.iter().flat_map(|row| &row.standards) {
            match sums.iter_mut().find(|(metric, ..)| *metric == standard.metric) {
                Some((_, done, wanted)) => {
                    *done += standard.done;
                    *wanted += standard.standard;
                }
                None => sums.push((standard.metric, standard.done, standard.standard)),
            }
        }
        sums
    }
}

/// A rep's day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeskRow {
    /// Who.
    pub rep: (UserId, String),
    /// Of which team.
    pub team: (TeamId, String),
    /// How the day stands.
    pub state: RepState,
    /// Since when it stands so.
    pub since: Timestamp,
    /// Whether the rep was said to be here, absent or on leave.
    pub attendance: Option<Attendance>,
    /// When that was said last.
    pub attended_at: Option<Timestamp>,
    /// The standards of the day, in the playbook's order.
    pub standards: Vec<StandardRow>,
    /// Tasks due today that are left, those of before among them.
    pub due: u32,
    /// Tasks done today.
    pub done: u32,
    /// Of those left: the time has passed.
    pub overdue: u32,
    /// Of those left: a promised time has passed.
    pub promised_late: u32,
    /// Of those left: a response clock has run out (S000-23).
    pub clocks_red: u32,
    /// What the rep did last today.
    pub last: Option<LastAct>,
    /// Warnings of the rep's customers that have climbed to the lead.
    pub warnings: u32,
}

impl DeskRow {
    /// The first standard: what the row is ordered and its pace told by.
    pub fn main(&self) -> Option<&StandardRow> {
        self.standards.first()
    }
}

/// A process standard of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct StandardRow {
    /// What is counted.
    pub metric: Metric,
    /// What the rank asks of a day.
    pub standard: i64,
    /// What was done.
    pub done: i64,
    /// How far ahead of an even day that is.
    pub pace: i64,
}

/// What somebody did last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LastAct {
    /// The touch.
    pub touch: TouchId,
    /// When.
    pub at: Timestamp,
    /// Its outcome.
    pub outcome: OutcomeCode,
    /// With whom.
    pub customer: (CustomerId, String),
}

/// A customer that was followed up today.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FollowedRow {
    /// The last touch today.
    pub touch: TouchId,
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: (UserId, String),
    /// With whom.
    pub customer: (CustomerId, String),
    /// In which pen.
    pub lane: Lane,
    /// What came of it.
    pub outcome: OutcomeCode,
    /// Seconds it took.
    pub seconds: i64,
    /// Touches with the customer today.
    pub times: u32,
    /// When the touch before today's was.
    pub previous_at: Option<Timestamp>,
    /// When the next task is due.
    pub next_at: Option<Timestamp>,
}

/// What is too much today.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Tail {
    /// Tasks a rep can do in a day; 0 for no limit.
    pub capacity: u32,
    /// Who is here.
    pub heads: u32,
    /// Tasks left.
    pub due: u32,
    /// Tasks done.
    pub done: u32,
    /// Tasks that are too many.
    pub over: u32,
    /// Those to put off: the least worth a minute first, none of them promised.
    pub tasks: Vec<TailRow>,
    /// To which day they would go.
    pub to: Day,
}

/// A task that could wait.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TailRow {
    /// Which.
    pub task: TaskId,
    /// Its pen.
    pub lane: Lane,
    /// Whose.
    pub owner: (UserId, String),
    /// With whom.
    pub customer: (CustomerId, String),
    /// When it is due.
    pub due_at: Timestamp,
    /// What a minute on it is worth, thousandths of a point.
    pub worth: i64,
}

/// A line that was whispered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WhisperRow {
    /// Which.
    pub id: WhisperId,
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: (UserId, String),
    /// What.
    pub words: String,
}

/// Warnings, and how many of what went wrong was warned of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WarningPage {
    /// The warnings.
    pub rows: Vec<WarningRow>,
    /// How many are open at each level, from the rep's to the manager's.
    pub open: [u32; 3],
    /// Deals lost this month by those asked about.
    pub lost: u32,
    /// Those of them that were warned of before (S000-26).
    pub warned: u32,
    /// Their share, basis points; `None` where nothing was lost.
    pub share_bp: Option<i64>,
}

/// A warning that is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WarningRow {
    /// Which.
    pub id: WarningId,
    /// The rule.
    pub rule: String,
    /// Its name in the playbook, in both languages.
    pub name: crate::playbook::model::Bilingual,
    /// How bad.
    pub severity: Severity,
    /// Whom it has climbed to.
    pub level: WarnLevel,
    /// Since when it holds.
    pub since: Timestamp,
    /// The customer.
    pub customer: (CustomerId, String),
    /// The deal; `None` for the customer as a whole.
    pub deal: Option<DealId>,
    /// Who follows the customer.
    pub owner: Option<(UserId, String)>,
    /// Its task, while that is due.
    pub task: Option<TaskId>,
}

/// What deserves a lead's look.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct Signals {
    /// About reps.
    pub reps: Vec<RepSignal>,
    /// Open deals nobody was in touch with, the longest first; at most [`Signals::DEALS`].
    pub deals: Vec<DealSignal>,
    /// How each rep goes out: over the last working days and today.
    pub ratios: Vec<Proactive>,
}

impl Signals {
    /// Deals that are listed, at most.
    pub const DEALS: usize = 200;
}

/// Something about a rep.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RepSignal {
    /// What.
    pub kind: SignalKind,
    /// Who.
    pub rep: (UserId, String),
    /// Working days it has lasted, or quarters of a drift.
    pub lasts: u32,
    /// Since which day, where one is known.
    pub since: Option<Day>,
    /// What there is of it: a share in basis points of one that waits; 0 else.
    pub value: i64,
    /// Of one who is far below the team: what it is held against.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub behind: Option<Behind>,
}

/// A rep's warning: what it is held against, and who sees to it (S001-57).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Behind {
    /// The rule.
    pub rule: String,
    /// Both sums of the rep when it was opened.
    pub own: Share,
    /// The team's median then, basis points.
    pub median_bp: i64,
    /// Who has its task, where somebody has.
    pub coach: Option<(UserId, String)>,
    /// The task, while it is due.
    pub task: Option<TaskId>,
}

/// A deal nobody was in touch with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DealSignal {
    /// The deal.
    pub deal: DealId,
    /// Its customer.
    pub customer: (CustomerId, String),
    /// Who follows it.
    pub owner: (UserId, String),
    /// Its pipeline and stage.
    pub stage: (String, Option<String>),
    /// The last touch; `None` where there was none.
    pub last_at: Option<Timestamp>,
    /// When the next task is due; `None` where none is planned (S002-17).
    pub next_at: Option<Timestamp>,
}

/// How much of what a rep did went out to new households (formulas.md 11).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Proactive {
    /// Who.
    pub rep: (UserId, String),
    /// Connected touches, and those of them that went out to households without an order; by working day, oldest first, today last.
    pub days: Vec<(Day, i64, i64)>,
    /// The share over all these days, basis points; `None` without a touch.
    pub share_bp: Option<i64>,
}

/// A round's page.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RoundPage {
    /// Which.
    pub kind: RoundKind,
    /// The team.
    pub team: (TeamId, String),
    /// The day.
    pub day: Day,
    /// The round, where it was called: id, when, by whom, what it is about.
    pub called: Option<(RoundId, Timestamp, String, String)>,
    /// The day the figures are of: the working day before in the morning, today in the evening.
    pub of: Day,
    /// The standards of that day over the team: metric, done, standard.
    pub sums: Vec<(Metric, i64, i64)>,
    /// Who did how much of the first standard that day, the most first: done, standard.
    pub reps: Vec<(UserId, String, i64, i64)>,
    /// The month: metric, done, target.
    pub month: (Metric, i64, i64),
    /// Who is here, and of how many.
    pub present: (u32, u32),
    /// Tasks due today, and those that are more than can be done.
    pub due: (u32, u32),
    /// Promises and response clocks that have run out.
    pub late: u32,
    /// Warnings that have climbed to the lead.
    pub warnings: u32,
    /// Nodes of today, soonest first, at most eight: kind, when, customer, who follows it.
    pub nodes: Vec<(String, Timestamp, String, String)>,
    /// How many nodes there are today.
    pub nodes_count: u32,
    /// What was decided in this round, and in earlier ones and is not done.
    pub decisions: Vec<DecisionRow>,
}

/// What was decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DecisionRow {
    /// Which.
    pub id: DecisionId,
    /// In which round.
    pub round: RoundId,
    /// Who does it.
    pub user: (UserId, String),
    /// With which customer.
    pub customer: Option<(CustomerId, String)>,
    /// The task it became.
    pub task: Option<TaskId>,
    /// What.
    pub words: String,
    /// By when.
    pub due_at: Timestamp,
    /// Whether it is done.
    pub done: bool,
}
