//! Matches between people and teams: proposed, answered, decided, disputed, settled.

use serde::{Deserialize, Serialize};

use crate::domain::id::{PkId, UserId};
use crate::domain::lists::PkVerdict;
use crate::domain::pk::Plan;

/// What becomes of a match.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PkChange {
    /// Proposes one; the sides for which the proposer may speak have accepted it.
    Propose(Box<Plan>),
    /// Accepts it for every side for which the actor may speak.
    Accept {
        /// Which.
        pk: PkId,
    },
    /// Declines it for a side: it does not come about.
    Decline {
        /// Which.
        pk: PkId,
        /// Why.
        reason: String,
    },
    /// Takes a proposal or a match away before it is decided.
    Withdraw {
        /// Which.
        pk: PkId,
        /// Why.
        reason: String,
    },
    /// Decides a round whose window has passed; done by whoever notices first.
    Decide {
        /// Which.
        pk: PkId,
        /// The round, from 1.
        round: u32,
    },
    /// Says that a result is not right.
    Dispute {
        /// Which.
        pk: PkId,
        /// Why; must be said.
        reason: String,
    },
    /// Says what becomes of a disputed result. The result itself is left as it is.
    Settle {
        /// Which.
        pk: PkId,
        /// What becomes of it.
        verdict: PkVerdict,
        /// The side that has won, where the verdict says so.
        winner: Option<u32>,
        /// Why; must be said.
        words: String,
    },
    /// Chooses whom the own figures are measured with; nobody else is told whom.
    Nemesis {
        /// Whom; `None` for nobody.
        whom: Option<UserId>,
    },
}
