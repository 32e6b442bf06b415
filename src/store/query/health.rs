//! How teams are doing under the surface (S004-10, S004-28): results beside what they come from.

use serde::Serialize;

use crate::domain::health::Trend;
use crate::domain::id::TeamId;
use crate::domain::lists::Metric;
use crate::domain::report::share::Share;
use crate::domain::time::{Day, Month, Timestamp, Zone};

/// The page of a quarter that is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HealthReport {
    /// Its first and its last day.
    pub days: (Day, Day),
    /// The twelve months that end with it.
    pub months: Vec<Month>,
    /// The teams the asker may look at, by name.
    pub teams: Vec<TeamHealth>,
    /// Whether the asker may write a note.
    pub may_note: bool,
    /// The calendar.
    pub zone: Zone,
}

/// A team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TeamHealth {
    /// Which.
    pub team: TeamId,
    /// Its name.
    pub name: String,
    /// What it is measured in.
    pub main: Metric,
    /// The currency of amounts.
    pub currency: String,
    /// What was done in the quarter, of its target.
    pub result: Share,
    /// What was done by month.
    pub done: Vec<i64>,
    /// What it comes from, in the order of [`Leading::ALL`].
    pub lines: Vec<HealthLine>,
    /// Whether the result looks well while something it comes from is red (S004-10).
    pub hides: bool,
    /// What was thought of this quarter and of the one before, oldest first.
    pub notes: Vec<HealthNote>,
}

impl TeamHealth {
    /// How much of the target was done, in basis points; `None` without one.
    pub fn attained_bp(&self) -> Option<i64> {
        self.result.exact_bp()
    }
}

/// Something that results come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HealthLine {
    /// What.
    pub kind: Leading,
    /// By month: so much, of so many days worked or cases; of nothing where there is no record.
    pub months: Vec<(i64, i64)>,
    /// How it went.
    pub trend: Trend,
}

/// What a manager thought of a team's quarter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HealthNote {
    /// Of which quarter: its first day.
    pub quarter: Day,
    /// Who.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// The words.
    pub words: String,
}

/// What results come from, months before they do. All four are sums that are kept by month anyway, so that the page costs as much in
/// the tenth year as in the first: who is found, how much is tried, how well it goes, and who stays within reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Leading {
    /// New customers by head and working day.
    NewCustomers,
    /// Valid calls by head and working day.
    ValidCalls,
    /// Nodes booked of valid calls.
    Booked,
    /// `WeChat` contacts added by head and working day.
    Wechat,
}

impl Leading {
    /// All, in their order.
    pub const ALL: [Self; 4] = [Self::NewCustomers, Self::ValidCalls, Self::Booked, Self::Wechat];

    /// Its word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::NewCustomers => "new_customers",
            Self::ValidCalls => "valid_calls",
            Self::Booked => "booked",
            Self::Wechat => "wechat",
        }
    }

    /// What is counted.
    pub const fn metric(self) -> Metric {
        match self {
            Self::NewCustomers => Metric::NewCustomers,
            Self::ValidCalls => Metric::CallsValid,
            Self::Booked => Metric::NodesBooked,
            Self::Wechat => Metric::WechatAdded,
        }
    }

    /// What it is of; `None` for the days people worked.
    pub const fn of(self) -> Option<Metric> {
        match self {
            Self::Booked => Some(Metric::CallsValid),
            _ => None,
        }
    }
}
