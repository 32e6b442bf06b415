//! The audit trail as it is read.

use crate::domain::id::{CustomerId, TeamId, UserId};
use crate::domain::lists::AuditKind;
use crate::domain::time::Timestamp;
use crate::store::change::About;

/// A window of the trail, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditAsk {
    /// Who asks: reading the trail is a right, and a lead sees what the own team did.
    pub by: UserId,
    /// At what instant.
    pub now: Timestamp,
    /// Those before this number; `None` from the newest.
    pub before: Option<i64>,
    /// From this instant on, and before that one.
    pub between: (Option<Timestamp>, Option<Timestamp>),
    /// Only those of this kind.
    pub kind: Option<AuditKind>,
    /// Only those this user did, or that are about this user.
    pub user: Option<UserId>,
    /// Only those about this customer.
    pub customer: Option<CustomerId>,
    /// At most this many.
    pub limit: usize,
}

impl AuditAsk {
    /// The newest rows of all.
    pub const fn newest(by: UserId, now: Timestamp, limit: usize) -> Self {
        Self { by, now, before: None, between: (None, None), kind: None, user: None, customer: None, limit }
    }
}

/// A row of the trail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRow {
    /// Its number: the key of the window.
    pub number: i64,
    /// When.
    pub at: Timestamp,
    /// Who: id, sign-in name, name.
    pub by: (UserId, String, String),
    /// The team of who did it, then.
    pub team: Option<(TeamId, String)>,
    /// The way it came: `local`, or `ssh` and an address.
    pub origin: String,
    /// The machine of the program that wrote it.
    pub machine: String,
    /// What kind of act, a stable word.
    pub kind: String,
    /// Whom or what it is about, and its name where it has one.
    pub about: (About, String),
    /// The change it came with.
    pub change: i64,
    /// What was before.
    pub before: String,
    /// What is after it.
    pub after: String,
    /// Why.
    pub why: String,
    /// Whether the three were erased.
    pub is_erased: bool,
    /// The hash of what is kept apart; empty where nothing is.
    pub personal: String,
    /// Its seal.
    pub seal: String,
}

/// A window of the trail, and its newest row as it is named beside it: number and seal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditPage {
    /// Rows, newest first.
    pub rows: Vec<AuditRow>,
    /// The head of the whole trail.
    pub head: (i64, String),
}
