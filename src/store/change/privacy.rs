//! Changes for the sake of privacy.

use serde::{Deserialize, Serialize};

use crate::domain::id::{CustomerId, TouchId};
use crate::domain::time::Timestamp;

/// What is done for the sake of privacy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PrivacyChange {
    /// Erases what a customer can be recognised by. It has no way back.
    Erase {
        /// Whom.
        customer: CustomerId,
        /// Why, in words that name nobody: they stay.
        why: String,
        /// Rows of the journal about the customer that were found before, up to `until`.
        rows: Vec<i64>,
        /// The last row that was looked at; those behind it are looked for in the change itself.
        until: i64,
    },
    /// Takes words that have had their time, as a playbook says. It has no way back.
    Age {
        /// The playbook.
        playbook: String,
        /// Only what is from before.
        before: Timestamp,
        /// Touches.
        touches: Vec<TouchId>,
        /// Rows of the journal.
        rows: Vec<i64>,
    },
}
