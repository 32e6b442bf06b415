//! Who may see what: grants over a customer, numbers shown, exports asked for.

use serde::{Deserialize, Serialize};

use crate::domain::id::{AskId, ContactId, CustomerId, UserId};
use crate::domain::lists::{OwnerRight, Records};
use crate::domain::time::Timestamp;

/// What becomes of rights over a customer, and what is shown or taken out by them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccessChange {
    /// Grants somebody a right over a customer; an earlier grant of the same right is replaced.
    Grant(Box<NewGrant>),
    /// Takes a grant back.
    Revoke {
        /// Over which customer.
        customer: CustomerId,
        /// From whom.
        from: UserId,
        /// Which right.
        right: OwnerRight,
        /// For which process; empty for all.
        process: String,
        /// Why.
        reason: String,
    },
    /// Has a masked number or id shown for a while: counted, and on record.
    Reveal {
        /// Which.
        contact: ContactId,
        /// Why; must be said.
        reason: String,
    },
    /// Asks whether records may be taken out.
    AskExport {
        /// Which records.
        records: Records,
        /// To what they are narrowed, as words.
        narrowed: String,
        /// What for; must be said.
        reason: String,
    },
    /// Says whether an export that was asked for may be made.
    DecideExport {
        /// Which.
        ask: AskId,
        /// Whether it may.
        approve: bool,
        /// Why.
        words: String,
    },
}

/// A right to grant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewGrant {
    /// Over which customer.
    pub customer: CustomerId,
    /// To whom.
    pub to: UserId,
    /// To see, to collaborate, or credit; to follow is given by assigning.
    pub right: OwnerRight,
    /// For which process; empty for all.
    pub process: String,
    /// Until when; `None` until it is taken back.
    pub until: Option<Timestamp>,
    /// Of credit: the share of an order, 1 to 10,000 basis points; else 0.
    pub share_bp: i64,
    /// Why.
    pub reason: String,
}
