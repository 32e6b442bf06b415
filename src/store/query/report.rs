//! Reports as they are shown: what was kept beside what the figures say now, who has handed in, funnels, what the program is worth.

use serde::Serialize;

use crate::domain::code::{PipelineCode, StageCode};
use crate::domain::id::{CustomerId, DealId, ReportId, TaskId, TeamId, UserId};
use crate::domain::lists::{FunnelCell, Metric, Period, ReportState, Unit};
use crate::domain::report::funnel::Level;
use crate::domain::report::share::Share;
use crate::domain::report::{DueWindow, Figures, Lines};
use crate::domain::span::Span;
use crate::domain::time::{Day, Timestamp, Zone};
use crate::store::change::people::TargetOf;
use crate::store::query::Viewer;
use crate::store::query::health::HealthReport;

/// What can be asked about reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReportAsk {
    /// One of a person or a team.
    One {
        /// Whose.
        whose: TargetOf,
        /// Of which period.
        period: Period,
        /// So many periods before the one that today lies in.
        back: u16,
        /// Who asks.
        by: Viewer,
    },
    /// A team's with those of its people.
    Team {
        /// Which; `None` for the asker's own, or the first where there is none.
        team: Option<TeamId>,
        /// Of which period.
        period: Period,
        /// So many periods before the one that today lies in.
        back: u16,
        /// Who asks.
        by: Viewer,
    },
    /// Reports of closed periods that nobody has kept yet.
    Due {
        /// At what instant.
        now: Timestamp,
        /// At most this many.
        limit: usize,
    },
    /// A funnel.
    Funnel(FunnelAsk),
    /// The deals in a cell of a funnel.
    FunnelRows(FunnelRowsAsk),
    /// What the program is worth, against the first weeks.
    Value {
        /// Who asks.
        by: Viewer,
    },
    /// How teams are doing under the surface.
    Health {
        /// So many quarters before the last that is over.
        back: u16,
        /// Who asks.
        by: Viewer,
    },
    /// The customers behind a line of that.
    ValueRows {
        /// Which line.
        line: ValueKind,
        /// Who asks.
        by: Viewer,
        /// After this customer; `None` from the first.
        after: Option<CustomerId>,
        /// At most this many.
        limit: usize,
    },
}

/// The answer to the question of the same name.
#[derive(Debug, Clone, PartialEq)]
pub enum ReportAnswer {
    /// It.
    One(Box<ReportCard>),
    /// It, with its people's.
    Team(Box<TeamReport>),
    /// Whose, of which period, from which day on.
    Due(Vec<(TargetOf, Period, Day)>),
    /// The funnel.
    Funnel(Box<FunnelSheet>),
    /// The deals, newest first.
    FunnelRows(Vec<FunnelRow>),
    /// The lines.
    Value(Box<ValueReport>),
    /// The page.
    Health(Box<HealthReport>),
    /// The customers.
    ValueRows(Vec<ValueRow>),
}

/// A report.
#[derive(Debug, Clone, PartialEq)]
pub struct ReportCard {
    /// The row, once it is kept.
    pub id: Option<ReportId>,
    /// Whose.
    pub whose: TargetOf,
    /// The name of the person or team.
    pub name: String,
    /// Of which period.
    pub period: Period,
    /// First and last day.
    pub days: (Day, Day),
    /// The business zone.
    pub zone: Zone,
    /// The currency of amounts.
    pub currency: String,
    /// When it opens, is due and closes.
    pub window: DueWindow,
    /// How it stands.
    pub state: ReportState,
    /// When it was handed in, and by whom.
    pub handed: Option<(Timestamp, String)>,
    /// Since when its figures are kept; `None` while they move.
    pub kept: Option<Timestamp>,
    /// What was added.
    pub lines: Lines,
    /// What stands in it: as it was kept, else as it is.
    pub figures: Figures,
    /// What is so now, where it was kept.
    pub now: Option<Figures>,
    /// Customers that are named in it, as far as the asker may see them.
    pub names: Vec<(CustomerId, String)>,
    /// What was said to it.
    pub comments: Vec<ReportComment>,
    /// What the asker may do with it now.
    pub may: ReportMay,
}

impl ReportCard {
    /// The name of a customer in it; a dash where it may not be seen.
    pub fn customer(&self, id: CustomerId) -> &str {
        self.names.iter().find(|(known, _)| *known == id).map_or("—", |(_, name)| name)
    }

    /// Whether tasks came of it (AP-14, S003-14).
    pub fn has_effect(&self) -> bool {
        self.comments.iter().any(|comment| !comment.tasks.is_empty())
    }

    /// What a metric comes to now, where that is not what was kept.
    pub fn since(&self, metric: Metric) -> Option<i64> {
        self.now.as_ref().and_then(|now| self.figures.since(metric, now))
    }
}

/// What was said to a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportComment {
    /// By whom.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// What.
    pub words: String,
    /// The tasks that came of it, and whether each is done.
    pub tasks: Vec<(TaskId, CustomerId, bool)>,
}

/// What somebody may do with a report now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct ReportMay {
    /// Hand it in.
    pub hand_in: bool,
    /// Say something to it.
    pub comment: bool,
}

/// A team's report with those of its people.
#[derive(Debug, Clone, PartialEq)]
pub struct TeamReport {
    /// The team's.
    pub whole: ReportCard,
    /// Its people's, by name.
    pub people: Vec<ReportCard>,
    /// Who goes another way than the team (S001-57), and whom old customers carry (S004-06).
    pub signals: Vec<Signal>,
    /// The teams the asker may look at.
    pub teams: Vec<(TeamId, String)>,
}

/// Somebody whose share is far from the team's, or whom old customers carry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signal {
    /// Who.
    pub user: UserId,
    /// The name.
    pub name: String,
    /// In what.
    pub kind: SignalKind,
    /// The own share.
    pub own: Share,
    /// The middle one of the team's, or the share from which on old customers carry somebody, in basis points.
    pub median_bp: i64,
    /// Since when somebody whom old customers carry has been here.
    pub since: Option<Day>,
}

/// In what somebody goes another way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SignalKind {
    /// Planned tasks done on time.
    OnTime,
    /// Nodes booked of valid calls.
    Booked,
    /// What old customers brought in the quarter, of its target.
    Sufficient,
}

impl SignalKind {
    /// Its word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::OnTime => "on_time",
            Self::Booked => "booked",
            Self::Sufficient => "sufficient",
        }
    }
}

/// Which funnel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunnelAsk {
    /// Who asks.
    pub by: Viewer,
    /// Whose deals; `None` for the asker's own, of a lead the team's, of a manager everybody's.
    pub whose: Option<TargetOf>,
    /// Of which pipeline; `None` for the first that has stages.
    pub pipeline: Option<PipelineCode>,
    /// When the deals opened.
    pub span: Span,
}

/// A funnel.
#[derive(Debug, Clone, PartialEq)]
pub struct FunnelSheet {
    /// Whose.
    pub whose: Option<TargetOf>,
    /// The name of the person or team; empty for everybody.
    pub name: String,
    /// Of which pipeline.
    pub pipeline: PipelineCode,
    /// All pipelines that have stages.
    pub pipelines: Vec<PipelineCode>,
    /// When the deals opened: first and last day.
    pub days: (Day, Day),
    /// The stages in their order.
    pub stages: Vec<FunnelStage>,
    /// How many deals were won, of how many.
    pub won: Share,
}

/// A stage of a funnel.
#[derive(Debug, Clone, PartialEq)]
pub struct FunnelStage {
    /// Which.
    pub stage: StageCode,
    /// How many came, went on, stand, were lost and why.
    pub level: Level,
    /// The same of the whole team, where it is one person's funnel.
    pub team: Option<Share>,
    /// The script that is for this stage.
    pub script: Option<String>,
    /// The step of a procedure that begins at it.
    pub step: Option<String>,
}

/// Which deals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunnelRowsAsk {
    /// Of which funnel.
    pub funnel: FunnelAsk,
    /// Of which stage.
    pub stage: StageCode,
    /// Of which cell.
    pub cell: FunnelCell,
    /// After this deal; `None` from the newest.
    pub after: Option<DealId>,
    /// At most this many.
    pub limit: usize,
}

/// A deal of a funnel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunnelRow {
    /// Which.
    pub deal: DealId,
    /// Whose.
    pub customer: CustomerId,
    /// The customer's name; dots where the asker may not see it.
    pub name: String,
    /// Who follows the customer.
    pub owner: String,
    /// Where it stands.
    pub stage: String,
    /// Since when.
    pub since: Timestamp,
    /// How it stands: open, won, lost.
    pub state: String,
    /// Why it was lost.
    pub reason: String,
}

/// What the program is worth (S001-09).
#[derive(Debug, Clone, PartialEq)]
pub struct ValueReport {
    /// The first weeks: first and last day.
    pub baseline: (Day, Day),
    /// The last weeks.
    pub period: (Day, Day),
    /// Working days of both.
    pub worked: (i64, i64),
    /// The currency of amounts.
    pub currency: String,
    /// The main metric.
    pub main: Metric,
    /// The lines.
    pub lines: Vec<ValueLine>,
}

/// A line of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ValueLine {
    /// What.
    pub kind: ValueKind,
    /// In the first weeks.
    pub before: ValueFigure,
    /// In the last weeks.
    pub now: ValueFigure,
}

/// A figure of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueFigure {
    /// A part of a whole.
    Share(Share),
    /// A sum, by as many days somebody has worked.
    PerHead {
        /// The sum.
        sum: i64,
        /// Days on which somebody did something, all people together.
        days: i64,
    },
    /// How many, and what they brought.
    Count {
        /// How many.
        count: i64,
        /// Those that bought.
        won: i64,
        /// For how much.
        amount: i64,
    },
}

/// What is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ValueKind {
    /// Planned tasks done on time.
    OnTime,
    /// Deals that were won, of those that opened.
    Conversion,
    /// Promises that were kept.
    Promises,
    /// The main metric by day and head.
    Main,
    /// Valid calls by day and head.
    ValidCalls,
    /// Customers that had lain still, were given to somebody else, and were reached again.
    Revived,
    /// Leads that were known already when they came in.
    Duplicates,
    /// Things tried that the rules refused.
    Refused,
}

impl ValueKind {
    /// All, in their order.
    pub const ALL: [Self; 8] = [
        Self::OnTime,
        Self::Conversion,
        Self::Promises,
        Self::Main,
        Self::ValidCalls,
        Self::Revived,
        Self::Duplicates,
        Self::Refused,
    ];

    /// Its word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::OnTime => "on_time",
            Self::Conversion => "conversion",
            Self::Promises => "promises",
            Self::Main => "main",
            Self::ValidCalls => "valid_calls",
            Self::Revived => "revived",
            Self::Duplicates => "duplicates",
            Self::Refused => "refused",
        }
    }

    /// That of the word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// The unit of its amounts.
    pub const fn unit(self, main: Unit) -> Unit {
        match self {
            Self::Main => main,
            Self::Revived => Unit::Money,
            _ => Unit::Count,
        }
    }
}

/// A customer behind a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueRow {
    /// Who.
    pub customer: CustomerId,
    /// The name.
    pub name: String,
    /// Who follows.
    pub owner: String,
    /// Since when.
    pub since: Timestamp,
    /// Bought for.
    pub amount: i64,
}
