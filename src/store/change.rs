//! Changes: data, named after what a person did. Each knows its inverse, or says why it has none.

pub mod access;
pub mod customer;
pub mod deal;
pub mod desk;
pub mod figures;
pub mod note;
pub mod people;
pub mod pk;
pub mod privacy;
pub mod report;
pub mod sign_in;
pub mod work;

use serde::{Deserialize, Serialize};

use crate::domain::code::CouponCode;
use crate::domain::id::{
    AskId, CustomerId, DealId, IssueId, NodeId, OrderId, PersonId, PkId, ReportId, TaskId, TouchId, UserId,
    WriteId,
};
use crate::domain::lists::{Metric, TaskState};
use crate::domain::origin::Origin;
use crate::domain::time::Timestamp;

pub use access::AccessChange;
pub use customer::CustomerChange;
pub use deal::DealChange;
pub use desk::DeskChange;
pub use figures::FiguresChange;
pub use note::{About, Note};
pub use people::PeopleChange;
pub use pk::PkChange;
pub use privacy::PrivacyChange;
pub use report::ReportChange;
pub use sign_in::SignInChange;
pub use work::WorkChange;

/// One change and who makes it: idempotent by `id`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Write {
    /// Made by the client; the same id twice changes nothing.
    pub id: WriteId,
    /// Who acts.
    pub by: UserId,
    /// When, by the client's clock (or `--now`).
    pub at: Timestamp,
    /// Where it comes from.
    #[serde(default)]
    pub from: Origin,
    /// What.
    pub change: Change,
}

/// What a person did, by subject.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// Users, teams, playbooks, targets.
    People(PeopleChange),
    /// Customers, persons, contacts, fields, tags, imports.
    Customer(CustomerChange),
    /// Touches, tasks, materials, coupons.
    Work(WorkChange),
    /// Deals, stages, nodes, orders.
    Deal(DealChange),
    /// Keys, passwords, invitations; tries to come in.
    SignIn(SignInChange),
    /// Grants over customers, numbers shown, exports asked for.
    Access(AccessChange),
    /// Who is erased.
    Privacy(PrivacyChange),
    /// Matches between people and teams.
    Pk(PkChange),
    /// Reports.
    Report(ReportChange),
    /// Who is here, a day shared out or put off, whispers, rounds.
    Desk(DeskChange),
    /// Sums that are set right.
    Figures(FiguresChange),
    /// Takes a change of mine back: the named one, or my last.
    Undo {
        /// Which; `None` for my last that is not undone.
        write: Option<WriteId>,
    },
    /// Notes in the audit trail what is no change: a sign-in, a number shown, records taken out. The journal gets no row.
    Note(Box<Note>),
}

impl Change {
    /// The task it is about, where it is about one that it ends or moves.
    pub fn task(&self) -> Option<TaskId> {
        match self {
            Self::Work(change) => change.task(),
            _ => None,
        }
    }
}

/// What a write came to: answered once it is on disk.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Commit {
    /// The journal's number of this change.
    pub revision: i64,
    /// The write's id.
    pub write: WriteId,
    /// What others may want to read again.
    pub topics: Vec<Topic>,
    /// What it caused.
    pub effects: Effects,
    /// Whether the write had been done before and nothing was changed now.
    pub replayed: bool,
}

impl Commit {
    /// What everybody is told of it: whose and which customer it was about, and nothing of what was said or given. The feed that other
    /// programs read tells as much.
    #[must_use]
    pub fn news(&self) -> Self {
        let Effects { customer, owners, .. } = &self.effects;
        let effects = Effects { customer: *customer, owners: owners.clone(), ..Effects::default() };
        Self { write: self.write, topics: self.topics.clone(), effects, ..*self }
    }

    /// Joins newer news into this: the newer revision, the topics and owners of both. The effects of the newer are kept.
    pub fn join(&mut self, newer: &Self) {
        let mut joined = newer.clone();
        for topic in &self.topics {
            if !joined.topics.contains(topic) {
                joined.topics.push(*topic);
            }
        }
        let is_everybodys =
            |commit: &Self| commit.topics.contains(&Topic::Tasks) && commit.effects.owners.is_empty();
        if is_everybodys(self) || is_everybodys(newer) {
            joined.effects.owners.clear();
        } else {
            for owner in &self.effects.owners {
                if !joined.effects.owners.contains(owner) {
                    joined.effects.owners.push(*owner);
                }
            }
        }
        if joined.effects.customer != self.effects.customer {
            // several customers are concerned: none is named, so that every card is read again
            joined.effects.customer = None;
        }
        *self = joined;
    }
}

/// What a commit touched, so that a layer re-reads only what it shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// Tasks of a rep (the low level: which rep is in `Effects::owners`).
    Tasks,
    /// A customer's card, persons, fields, timeline.
    Customer,
    /// Figures and boards.
    Metrics,
    /// Users and teams.
    People,
    /// Playbooks.
    Playbook,
    /// Targets.
    Targets,
    /// Good news.
    News,
    /// Matches.
    Pk,
    /// Reports.
    Reports,
    /// Who is here, whispers, rounds, warnings.
    Desk,
}

/// What a change caused, in words of data: kept in the journal, shown in the status line, printed by the CLI.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Effects {
    /// The customer it was about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer: Option<CustomerId>,
    /// Users whose tasks changed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub owners: Vec<UserId>,
    /// The touch made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub touch: Option<TouchId>,
    /// The task it was made from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task: Option<TaskId>,
    /// Tasks made: id, due, lane word and reason code.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub made: Vec<MadeTask>,
    /// Tasks that ended, with their new state.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub closed: Vec<(TaskId, TaskState)>,
    /// Metric increments of the acting user.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub metrics: Vec<(Metric, i64)>,
    /// The acting user's gap of the month's main metric after the change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gap: Option<i64>,
    /// Deals opened.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub opened: Vec<DealId>,
    /// Deals moved: deal, from, to.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub moved: Vec<(DealId, String, String)>,
    /// Why a stage move that the outcome asks for was not made: required facts missing or the gate, as a stable text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blocked: Option<String>,
    /// The node booked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node: Option<NodeId>,
    /// The order made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<OrderId>,
    /// The merged text that was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The coupon given: definition, issue, code, last instant it is valid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coupon: Option<GivenCoupon>,
    /// The person made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonId>,
    /// The user made or changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<UserId>,
    /// The export asked for, or decided about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ask: Option<AskId>,
    /// The match it was about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pk: Option<PkId>,
    /// The report it was about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub report: Option<ReportId>,
    /// What was made at the desk: a whisper, a round, a decision.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub made_at_desk: Option<i64>,
    /// Tasks that were given to others, and to whom.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub given: Vec<(TaskId, UserId)>,
    /// How many tasks were put off.
    #[serde(skip_serializing_if = "is_none")]
    pub put_off: u32,
    /// Rows of an import chunk, by what became of them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rows: Vec<customer::RowFate>,
    /// What an undo took back: the change's id and its kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undone: Option<(WriteId, String)>,
    /// The playbook version applied.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub playbook: Option<(String, i64)>,
    /// Whether more is to be done by sending the next part (rolling a day over, in chunks): continue after this customer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub more: Option<CustomerId>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
const fn is_none(n: &u32) -> bool {
    *n == 0
}

/// A task that a change made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MadeTask {
    /// Its id.
    pub id: TaskId,
    /// Its pen.
    pub lane: crate::domain::lists::Lane,
    /// When it is due.
    pub due_at: Timestamp,
    /// Its reason as a stable text.
    pub reason: String,
}

/// A coupon that was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GivenCoupon {
    /// The definition.
    pub coupon: CouponCode,
    /// The issue.
    pub issue: IssueId,
    /// The code the customer uses.
    pub code: String,
    /// The last instant it is valid.
    pub until: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn others_are_told_no_more_than_whose_it_was() {
        let effects = Effects {
            customer: Some(CustomerId(7)),
            owners: vec![UserId(8)],
            text: Some("您好，课表".to_owned()),
            blocked: Some("budget".to_owned()),
            undone: Some((WriteId(3), "work.log".to_owned())),
            ..Effects::default()
        };
        let topics = vec![Topic::Tasks];
        let commit = Commit { revision: 4, write: WriteId(5), topics, effects, replayed: false };
        let news = commit.news();
        let left = Effects { customer: Some(CustomerId(7)), owners: vec![UserId(8)], ..Effects::default() };
        assert_eq!((news.effects, news.revision, news.topics), (left, 4, commit.topics));
    }
}
