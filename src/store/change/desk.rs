//! The lead's desk: who is here, a day shared out or put off, a word in passing, rounds and what is decided in them.

use serde::{Deserialize, Serialize};

use crate::domain::id::{CustomerId, DecisionId, RoundId, TaskId, TeamId, UserId, WhisperId};
use crate::domain::lists::{Attendance, RoundKind};
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
