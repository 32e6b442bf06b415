//! What a server has to know of somebody who wants in.

use crate::domain::id::UserId;
use crate::domain::lists::{Came, Way};
use crate::domain::secret::Secret;
use crate::domain::time::Timestamp;
use crate::store::query::UserRow;

/// What can be asked about ways in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignInAsk {
    /// Everything about who goes by a sign-in name: for the server's door alone.
    Door(String),
    /// The PIN of a user: for whoever compares it.
    Pin(UserId),
    /// Whether a user has a PIN.
    HasPin(UserId),
    /// Whether anybody is invited.
    Expects {
        /// At what instant.
        now: Timestamp,
    },
    /// The keys of a user, or of everybody.
    Keys(Option<UserId>),
    /// The tries of a user, or of everybody, newest first.
    Tries {
        /// Whose.
        user: Option<UserId>,
        /// At most this many.
        limit: usize,
    },
}

/// The answer to the question of the same name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignInAnswer {
    /// Nobody who works here goes by the name where there is none.
    Door(Option<Box<Door>>),
    /// What is kept of it.
    Pin(Pin),
    /// Whether there is one.
    HasPin(bool),
    /// Whether anybody is.
    Expects(bool),
    /// By user, oldest first.
    Keys(Vec<KeyRow>),
    /// Newest first.
    Tries(Vec<TryRow>),
}

/// The ways in of one user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Door {
    /// Who.
    pub user: UserRow,
    /// The keys that are let in, as OpenSSH writes them.
    pub keys: Vec<String>,
    /// The password's hash.
    pub password: Option<Secret>,
    /// The secret of one-time codes.
    pub totp: Option<Secret>,
    /// The step of the last one-time code used.
    pub totp_step: i64,
    /// The hash of an invitation's code and the last instant it holds.
    pub invitation: Option<(Secret, Timestamp)>,
    /// Until when no guess is looked at.
    pub locked_until: Option<Timestamp>,
}

/// The PIN of a user.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pin {
    /// Its hash; `None` where none was set.
    pub hash: Option<Secret>,
    /// Until when no guess is looked at.
    pub locked_until: Option<Timestamp>,
}

/// A key that is let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRow {
    /// Whose.
    pub user: UserId,
    /// The sign-in name.
    pub login: String,
    /// SHA-256, as OpenSSH writes it.
    pub fingerprint: String,
    /// Algorithm and key.
    pub body: String,
    /// What its owner calls it.
    pub name: String,
    /// Since when.
    pub added_at: Timestamp,
}

/// A try to come in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TryRow {
    /// When.
    pub at: Timestamp,
    /// Who was named; empty where nobody goes by the name.
    pub login: String,
    /// How.
    pub way: Way,
    /// What came of it.
    pub came: Came,
    /// From where.
    pub address: String,
}
