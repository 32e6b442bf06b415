//! Users, teams, playbooks, targets.

use serde::{Deserialize, Serialize};

use crate::domain::id::{TeamId, UserId};
use crate::domain::lists::{Metric, Period, Role, UserState};
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
    /// The value in the metric's unit.
    pub value: i64,
    /// From this day on.
    pub from: Day,
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
