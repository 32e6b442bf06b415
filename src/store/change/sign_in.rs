//! Keys, passwords, invitations, and tries to come in.

use serde::{Deserialize, Serialize};

use crate::domain::id::UserId;
use crate::domain::lists::{Came, Way};
use crate::domain::secret::Secret;
use crate::domain::time::Timestamp;

/// What becomes of somebody's ways in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignInChange {
    /// Lets a key in.
    AddKey {
        /// Whose.
        user: UserId,
        /// The key.
        key: NewKey,
    },
    /// Lets a key in no more.
    RemoveKey {
        /// Whose.
        user: UserId,
        /// The key's fingerprint.
        fingerprint: String,
    },
    /// Lets whoever knows a code add a key, once. It takes the place of an earlier invitation.
    Invite {
        /// Whom.
        user: UserId,
        /// The hash of the code.
        code: Secret,
        /// The last instant it holds.
        until: Timestamp,
    },
    /// Takes an invitation up: the key is let in, the code holds no more. The server's, for who knew the code.
    Enrol {
        /// Who was invited.
        user: UserId,
        /// The hash of the code.
        code: Secret,
        /// The key.
        key: NewKey,
    },
    /// Sets a password, or takes it away.
    SetPassword {
        /// Whose.
        user: UserId,
        /// Its hash, with how it was made; `None` lets no password in.
        password: Option<Secret>,
    },
    /// Asks for a one-time code beside the password from now on, or no more.
    SetTotp {
        /// Whose.
        user: UserId,
        /// The secret that the codes are made of, in base 32; `None` asks for none.
        secret: Option<Secret>,
    },
    /// Sets the PIN that a screen asks for, or takes it away.
    SetPin {
        /// Whose.
        user: UserId,
        /// Its hash, with how it was made; `None` asks for none.
        pin: Option<Secret>,
    },
    /// Lets guess again who was locked out.
    Unlock {
        /// Whom.
        user: UserId,
    },
    /// Notes a try to come in, and locks out who guessed too often. The server's; it stands in no journal.
    Tried(Tried),
}

/// A key to let in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewKey {
    /// SHA-256 of the key, as OpenSSH writes it: `SHA256:…`.
    pub fingerprint: String,
    /// Algorithm and key, as OpenSSH writes them.
    pub body: String,
    /// What its owner calls it.
    pub name: String,
}

/// A try to come in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tried {
    /// Who was named; `None` where nobody goes by the name.
    pub user: Option<UserId>,
    /// How.
    pub way: Way,
    /// What came of it.
    pub came: Came,
    /// From where.
    pub address: String,
    /// The step of the one-time code that was used: it holds once.
    pub step: Option<i64>,
}

impl SignInChange {
    /// Whose ways in it changes.
    pub fn user(&self) -> Option<UserId> {
        match self {
            Self::AddKey { user, .. }
            | Self::RemoveKey { user, .. }
            | Self::Invite { user, .. }
            | Self::Enrol { user, .. }
            | Self::SetPassword { user, .. }
            | Self::SetTotp { user, .. }
            | Self::SetPin { user, .. }
            | Self::Unlock { user } => Some(*user),
            Self::Tried(tried) => tried.user,
        }
    }
}
