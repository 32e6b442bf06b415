//! Users, teams, playbooks, targets.

use serde::{Deserialize, Serialize};

use crate::domain::code::{PipelineCode, ProductCode};
use crate::domain::id::{TeamId, UserId};
use crate::domain::lists::{Level, Metric, Period, Role, UserState};
use crate::domain::time::Day;

/// Changes an admin, manager or lead makes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PeopleChange {
    /// Adds a user; a team that does not exist yet is made.
    AddUser(NewUser),
    /// Changes a user; `None` leaves as it is.
    SetUser {
        /// Who.
        user: UserId,
        /// The name shown.
        name: Option<String>,
        /// The role.
        role: Option<Role>,
        /// The team, from today on.
        team: Option<String>,
        /// The rank.
        rank: Option<String>,
        /// The job that owns pipelines (`owner_role` of the playbook).
        job: Option<String>,
        /// Whether the user works here.
        state: Option<UserState>,
        /// The coach; an empty login clears it.
        coach: Option<String>,
    },
    /// Stores a playbook as its next version. Refused while stages with open deals vanish.
    ApplyPlaybook {
        /// The whole text, files one after another as `source::load` gives it.
        text: String,
    },
    /// Says which playbook a team works by.
    TeamPlaybook {
        /// The team.
        team: TeamId,
        /// The playbook's id.
        playbook: String,
    },
    /// Sets a target from a day on.
    SetTarget(NewTarget),
    /// Sets several, all or none.
    SetTargets(Vec<NewTarget>),
    /// Sets a score that no fact says.
    SetScore(NewScore),
}

/// A user to add.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewUser {
    /// The name to sign in with; unique, lower case.
    pub login: String,
    /// The name shown.
    pub name: String,
    /// The role.
    pub role: Role,
    /// The team.
    pub team: Option<String>,
    /// The rank; `None` takes the playbook's first.
    pub rank: Option<String>,
    /// The job that owns pipelines; `None` for any.
    pub job: Option<String>,
}

/// A target to set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewTarget {
    /// Whose.
    pub scope: TargetOf,
    /// The period.
    pub period: Period,
    /// The metric.
    pub metric: Metric,
    /// How high it is.
    #[serde(default = "goal", skip_serializing_if = "is_goal")]
    pub level: Level,
    /// What of the metric.
    #[serde(default, skip_serializing_if = "Part::is_whole")]
    pub part: Part,
    /// The value in the metric's unit.
    pub value: i64,
    /// From this day on.
    pub from: Day,
}

/// A score to set, for a month: pay goes by it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewScore {
    /// Whose.
    pub user: UserId,
    /// The first day of the month.
    pub first: Day,
    /// What is scored.
    pub metric: Metric,
    /// The score, basis points: 0 to 10,000.
    pub value: i64,
    /// Why.
    pub why: String,
}

impl NewTarget {
    /// A goal of all of a metric, from a day on.
    pub fn goal(scope: TargetOf, period: Period, metric: Metric, (value, from): (i64, Day)) -> Self {
        Self { scope, period, metric, level: Level::Goal, part: Part::default(), value, from }
    }
}

const fn goal() -> Level {
    Level::Goal
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
const fn is_goal(level: &Level) -> bool {
    matches!(level, Level::Goal)
}

/// What of a metric is counted: everything, or one pipeline's or one product's part.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct Part {
    /// Only of this pipeline.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pipeline: Option<PipelineCode>,
    /// Only of this product: for what orders count.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product: Option<ProductCode>,
}

impl Part {
    /// Whether nothing is left out.
    pub const fn is_whole(&self) -> bool {
        self.pipeline.is_none() && self.product.is_none()
    }
}

/// Whose target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TargetOf {
    /// A person's.
    User(UserId),
    /// A team's.
    Team(TeamId),
}
