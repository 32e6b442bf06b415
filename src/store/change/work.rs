//! What a rep does all day.

use serde::{Deserialize, Serialize};

use crate::domain::code::{ChannelCode, FieldCode, OutcomeCode, QuestionCode, ReasonCode, ScriptCode};
use crate::domain::id::{CustomerId, DealId, PersonId, TaskId};
use crate::domain::lists::{Direction, Lane};
use crate::domain::time::{Day, Timestamp};

/// Changes of the day's work.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WorkChange {
    /// Saves a touch with its outcome and everything that follows.
    Log(Box<LogTouch>),
    /// Sends the material of a task: the text is merged in the store, blocked where a field is empty.
    Send {
        /// The material task.
        task: TaskId,
        /// Whether the Chinese text goes out (else the English).
        chinese: bool,
    },
    /// Reserves the coupon of a task (idempotent), so that its code can be shown and copied before it is pushed.
    Reserve {
        /// The coupon task.
        task: TaskId,
    },
    /// Pushes the coupon of a task, reserving it where that was not done.
    Push {
        /// The coupon task.
        task: TaskId,
        /// Whether the Chinese text goes out (else the English).
        chinese: bool,
    },
    /// Gives a reserved coupon back.
    Release {
        /// The coupon task.
        task: TaskId,
    },
    /// Skips a task with a reason of the playbook.
    Skip {
        /// Which.
        task: TaskId,
        /// Why.
        reason: ReasonCode,
        /// Own words, may be empty.
        words: String,
    },
    /// Puts a task off to a time.
    Snooze {
        /// Which.
        task: TaskId,
        /// Until when.
        until: Timestamp,
    },
    /// Makes a task by hand.
    AddTask {
        /// For whom.
        customer: CustomerId,
        /// The pen.
        lane: Lane,
        /// When.
        due_at: Timestamp,
        /// Why.
        words: String,
    },
    /// Registers that the customer must not be contacted. Has no undo for a rep.
    DoNotContact {
        /// Who.
        customer: CustomerId,
        /// Until when; `None` takes the playbook's months.
        until: Option<Timestamp>,
        /// What the customer said.
        words: String,
    },
    /// Lifts it: a manager's right.
    MayContact {
        /// Who.
        customer: CustomerId,
        /// Why.
        words: String,
    },
    /// Rolls the business day over for a part of the customers: daily rules, missed nodes, ageing. Idempotent.
    RollDay {
        /// The day that begins.
        day: Day,
        /// Continue after this customer.
        after: Option<CustomerId>,
    },
}

impl WorkChange {
    /// The task it ends or moves.
    pub fn task(&self) -> Option<TaskId> {
        match self {
            Self::Log(touch) => touch.task,
            Self::Send { task, .. }
            | Self::Push { task, .. }
            | Self::Skip { task, .. }
            | Self::Snooze { task, .. } => Some(*task),
            Self::Reserve { .. }
            | Self::Release { .. }
            | Self::AddTask { .. }
            | Self::DoNotContact { .. }
            | Self::MayContact { .. }
            | Self::RollDay { .. } => None,
        }
    }
}

/// A touch to save (S001-08, S003-23).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct LogTouch {
    /// The task it does; `None` for a touch without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task: Option<TaskId>,
    /// The customer; may be left out where a task is named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer: Option<CustomerId>,
    /// Who was spoken to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonId>,
    /// The deal it was about; `None` takes the task's, else the customer's only open one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deal: Option<DealId>,
    /// The channel; `None` takes the task's, else the call channel.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel: Option<ChannelCode>,
    /// Which way it went; `None` is outgoing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub direction: Option<Direction>,
    /// How it ended.
    pub outcome: OutcomeCode,
    /// How long it lasted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seconds: Option<u32>,
    /// The note.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// The time named for what comes next; `None` takes the playbook's proposal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_at: Option<Timestamp>,
    /// The time of the node that was booked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node_at: Option<Timestamp>,
    /// What was promised.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub words: String,
    /// Facts learned.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub set: Vec<(FieldCode, String)>,
    /// The script used and the line reached.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub script: Option<(ScriptCode, usize)>,
    /// Questions answered, and whether that solved them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub questions: Vec<(QuestionCode, bool)>,
}
