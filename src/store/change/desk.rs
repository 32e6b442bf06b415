//! The lead's desk: who is here, a day shared out or put off, a word in passing, rounds and what is decided in them.

use serde::{Deserialize, Serialize};

use crate::domain::code::{FieldCode, ReasonCode, StageCode};
use crate::domain::id::{CustomerId, DealId, DecisionId, RoundId, TaskId, TeamId, UserId, WhisperId};
use crate::domain::lists::{Attendance, RoundKind, StockDecision};
use crate::domain::time::Timestamp;

/// What a lead does at the desk, and what is answered to it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeskChange {
    /// Says whether somebody is here today; of oneself: checks in.
    Attend {
        /// Who.
        user: UserId,
        /// How.
        kind: Attendance,
    },
    /// Says that somebody is not here today, and gives what is due today to others, who may work those customers until the day is over.
    Reassign {
        /// Who is not here.
        from: UserId,
        /// Who takes it; empty: everybody of the team who is here.
        to: Vec<UserId>,
        /// Only these tasks, without saying that anybody is absent; empty: all of today.
        tasks: Vec<TaskId>,
    },
    /// Puts tasks off to the next working day, for want of time.
    Defer {
        /// Which; none of them promised, waited for or bound to a meeting.
        tasks: Vec<TaskId>,
    },
    /// Says a line to somebody; held back while that person is in a call.
    Whisper {
        /// To whom.
        to: UserId,
        /// What.
        words: String,
    },
    /// Says that a whisper was shown.
    Heard {
        /// Which.
        whisper: WhisperId,
    },
    /// Calls a round of today.
    CallRound {
        /// Of which team.
        team: TeamId,
        /// Which.
        kind: RoundKind,
        /// What it is about, such as one line to practise; may be empty.
        words: String,
    },
    /// Notes what was decided in a round: of a customer it becomes a task of who follows it, else it is whispered to the person.
    Decide(Box<Decide>),
    /// Says that what was decided is done.
    Settle {
        /// Which.
        decision: DecisionId,
    },
    /// Decides about a deal in the stock-take of its team, which begins with its first decision (S001-56).
    TakeStock(Box<TakeStock>),
    /// Ends the open stock-take of a team: its decisions and its forecast stay as they are.
    FinishStock {
        /// Whose.
        team: TeamId,
    },
}

/// What a stock-take decides about a deal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TakeStock {
    /// Which.
    pub deal: DealId,
    /// What.
    pub decision: StockDecision,
    /// To which stage it goes on; `None` for the next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<StageCode>,
    /// Facts that stage asks for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub set: Vec<(FieldCode, String)>,
    /// Why it is lost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<ReasonCode>,
    /// The advice of a task, or why; may be empty where nobody is to do anything.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub words: String,
    /// Who gets the task; `None` for who follows the customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub who: Option<UserId>,
    /// By when; `None` for the end of today.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<Timestamp>,
}

impl TakeStock {
    /// A decision that needs nothing more said.
    pub fn new(deal: DealId, decision: StockDecision) -> Self {
        Self {
            deal,
            decision,
            to: None,
            set: Vec::new(),
            reason: None,
            words: String::new(),
            who: None,
            due_at: None,
        }
    }
}

/// Something decided in a round.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decide {
    /// In which.
    pub round: RoundId,
    /// Who does it.
    pub user: UserId,
    /// With which customer; `None` where it is about none.
    pub customer: Option<CustomerId>,
    /// What.
    pub words: String,
    /// By when.
    pub due_at: Timestamp,
}
