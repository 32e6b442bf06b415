//! Answers about people, teams, playbooks and targets.

use std::sync::Arc;

use crate::domain::id::{TargetId, TeamId, UserId};
use crate::domain::lists::{Level, Metric, Period, Role, UserState};
use crate::domain::time::{Day, Timestamp};
use crate::playbook::Playbook;
use crate::store::change::people::TargetOf;
use crate::store::query::board::Part;

/// A user in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserRow {
    /// Id.
    pub id: UserId,
    /// The sign-in name.
    pub login: String,
    /// The name shown.
    pub name: String,
    /// Role.
    pub role: Role,
    /// Whether the user works here.
    pub state: UserState,
    /// Today's team.
    pub team: Option<(TeamId, String)>,
    /// Rank code.
    pub rank: String,
    /// Job; empty for any.
    pub job: String,
    /// The coach, where there is one.
    pub coach: Option<UserId>,
}

/// What a session knows of its user.
#[derive(Debug, Clone, PartialEq)]
pub struct Me {
    /// The user.
    pub user: UserRow,
    /// The playbook of the user's team (or the only one).
    pub playbook: Arc<Playbook>,
    /// Its stored version number.
    pub version: i64,
}

/// A team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TeamRow {
    /// Id.
    pub id: TeamId,
    /// Name.
    pub name: String,
    /// The playbook it works by; empty for the only one.
    pub playbook: String,
    /// Members today.
    pub members: u32,
}

/// A stored playbook version.
#[derive(Debug, Clone, PartialEq)]
pub struct PlaybookVersion {
    /// The playbook's id.
    pub id: String,
    /// The number in this database, from 1.
    pub number: i64,
    /// SHA-256 of the text, hex.
    pub hash: String,
    /// When it was applied.
    pub at: Timestamp,
    /// By whom.
    pub by: UserId,
    /// The playbook.
    pub playbook: Arc<Playbook>,
}

/// A target in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetRow {
    /// The row, where a person set it; `None` where it comes from the playbook's rank.
    pub id: Option<TargetId>,
    /// Whose.
    pub scope: TargetOf,
    /// The name of the person or team.
    pub name: String,
    /// Period.
    pub period: Period,
    /// Metric.
    pub metric: Metric,
    /// How high it is.
    pub level: Level,
    /// What of the metric.
    pub part: Part,
    /// Value in the metric's unit.
    pub value: i64,
    /// Since when.
    pub from: Day,
}
