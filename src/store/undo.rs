//! What takes a change back, row by row: written into the journal by the change, applied in reverse by the undo.

pub mod ahead;
mod choose;
mod customer;
mod day;
mod deal;
mod figures;

use serde::{Deserialize, Serialize};

use crate::domain::id::{
    CustomerId, DealId, DecisionId, IssueId, NewsId, NodeId, OrderId, PersonId, PkId, PromiseId, ReportId,
    RoundId, StockRowId, StockTakeId, TargetId, TaskId, TouchId, UserId, WarningId, WhisperId, WriteId,
};
use crate::domain::lists::{Attendance, IssueState, Metric, NodeState, PkState, TaskState};
use crate::domain::time::{Day, Timestamp};
use crate::store::access;
use crate::store::desk;
use crate::store::error::StoreError;
use crate::store::good_news;
use crate::store::pay;
use crate::store::pk;
use crate::store::report;
use crate::store::warning;
use crate::store::write::Work;
use crate::{sql, values};

pub use choose::{NEVER, Past};

/// One step back.
///
/// Every change of the day leaves some of them in the journal, and the journal is the largest table: the steps of a touch
/// have short names and leave out what is nothing. The long names of earlier rows are read all the same.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reversal {
    /// A task was made: cancel it. Refused when it has been worked since.
    TaskMade(TaskId),
    /// A task ended: make it due again.
    TaskClosed {
        /// Which.
        task: TaskId,
        /// What it became; anything else means that somebody changed it since.
        now: TaskState,
    },
    /// A task was moved in time.
    TaskDue {
        /// Which.
        task: TaskId,
        /// When it was due before.
        before: Timestamp,
    },
    /// A touch was logged: void it.
    TouchMade(TouchId),
    /// A customer's counters were changed: put them back.
    Counters {
        /// Whose.
        #[serde(rename = "c", alias = "customer")]
        customer: CustomerId,
        /// Calls made.
        #[serde(rename = "a", alias = "attempts", default, skip_serializing_if = "is_zero")]
        attempts: i64,
        /// Calls since the last answered one.
        #[serde(rename = "t", alias = "tries", default, skip_serializing_if = "is_zero")]
        tries: i64,
        /// Whether a call ever connected.
        #[serde(rename = "k", alias = "connected", default, skip_serializing_if = "is_zero")]
        connected: i64,
        /// Last touch.
        #[serde(rename = "l", alias = "last_touch", default, skip_serializing_if = "Option::is_none")]
        last_touch: Option<Timestamp>,
        /// Last valid touch.
        #[serde(rename = "v", alias = "last_valid", default, skip_serializing_if = "Option::is_none")]
        last_valid: Option<Timestamp>,
        /// Last note.
        #[serde(rename = "n", alias = "last_note", default, skip_serializing_if = "String::is_empty")]
        last_note: String,
    },
    /// A person was reached for the first time.
    PersonTouched(PersonId),
    /// A field was set: put back what was there.
    Field {
        /// `customer`, `person`, `opportunity`.
        entity: String,
        /// Its id.
        id: i64,
        /// The field.
        field: String,
        /// What was there: value, when, by whom.
        before: Option<(String, Timestamp, UserId)>,
        /// What was written; anything else means that somebody changed it since.
        after: String,
    },
    /// A deal was opened: void it.
    DealOpened(DealId),
    /// A deal changed stage or state: put it back, and void the move.
    DealMoved {
        /// Which.
        deal: DealId,
        /// The move's row.
        stage_move: i64,
        /// Stage before; `None` for tags.
        stage: Option<String>,
        /// Since when.
        since: Timestamp,
        /// State before.
        state: String,
    },
    /// A node was booked: void it.
    NodeMade(NodeId),
    /// A node changed: put its state and time back.
    NodeChanged {
        /// Which.
        node: NodeId,
        /// State before.
        state: NodeState,
        /// Time before.
        at: Timestamp,
    },
    /// A contact was added: remove it and its search keys.
    ContactMade(i64),
    /// A contact changed: put its state back.
    ContactState {
        /// Which.
        contact: i64,
        /// State before.
        state: String,
    },
    /// An order was made: void it with its payments and credits.
    OrderMade(OrderId),
    /// A payment was recorded: void it.
    PaymentMade(i64),
    /// A coupon was reserved: release it and give the quota back.
    Reserved(IssueId),
    /// A coupon changed state: put it back.
    IssueChanged {
        /// Which.
        issue: IssueId,
        /// State before.
        state: IssueState,
    },
    /// A promise was made: withdraw it.
    PromiseMade(PromiseId),
    /// A promise was settled: open it again.
    PromiseSettled(PromiseId),
    /// Good news was told: take it back.
    NewsTold(NewsId),
    /// A metric was counted: take it off again.
    Counted {
        /// Day.
        #[serde(rename = "d", alias = "day")]
        day: Day,
        /// Whose.
        #[serde(rename = "u", alias = "user")]
        user: UserId,
        /// The team then; 0 for none.
        #[serde(rename = "t", alias = "team", default, skip_serializing_if = "is_zero")]
        team: i64,
        /// Pipeline; empty for none.
        #[serde(rename = "p", alias = "pipeline", default, skip_serializing_if = "String::is_empty")]
        pipeline: String,
        /// Metric.
        #[serde(rename = "m", alias = "metric")]
        metric: Metric,
        /// How much.
        #[serde(rename = "v", alias = "value")]
        value: i64,
        /// When what was counted happened, where that is not when the change was made.
        #[serde(rename = "a", alias = "at", default, skip_serializing_if = "Option::is_none")]
        at: Option<Timestamp>,
    },
    /// The contact budget was used.
    Used {
        /// Customer.
        #[serde(rename = "c", alias = "customer")]
        customer: CustomerId,
        /// Day.
        #[serde(rename = "d", alias = "day")]
        day: Day,
        /// Touches.
        #[serde(rename = "t", alias = "touches")]
        touches: i64,
        /// Commercial ones.
        #[serde(rename = "o", alias = "commercial", default, skip_serializing_if = "is_zero")]
        commercial: i64,
    },
    /// A number was called.
    Called {
        /// The number.
        #[serde(rename = "n", alias = "number")]
        number: String,
        /// Day.
        #[serde(rename = "d", alias = "day")]
        day: Day,
        /// The last call before that: when, and whether it was answered.
        #[serde(rename = "b", alias = "before", default, skip_serializing_if = "Option::is_none")]
        before: Option<(Timestamp, i64)>,
    },
    /// Do-not-contact was set: put back what was there. Only for those who may lift it.
    Forbidden {
        /// Whose.
        customer: CustomerId,
        /// Before.
        before: Option<Timestamp>,
    },
    /// A customer's own columns changed: name, city, source before.
    Renamed {
        /// Whose.
        customer: CustomerId,
        /// Name before.
        name: String,
        /// City before.
        city: String,
        /// Source before.
        source: String,
    },
    /// A member was added: remove it.
    PersonMade(PersonId),
    /// A customer was added: remove it with everything, while nobody has worked on it.
    CustomerMade(CustomerId),
    /// A customer changed hands: give it back.
    Assigned {
        /// Which.
        customer: CustomerId,
        /// The owner before.
        before: Option<UserId>,
        /// Since when.
        since: Timestamp,
    },
    /// A right over a customer was granted: end it.
    Granted {
        /// The row.
        id: i64,
        /// Until when it was.
        until: Option<Timestamp>,
    },
    /// A right was taken back: give it again.
    Revoked {
        /// The row.
        id: i64,
        /// Until when it was.
        until: Option<Timestamp>,
    },
    /// The notebook was written.
    PrivateNote {
        /// Whose card.
        customer: CustomerId,
        /// What was there.
        before: String,
    },
    /// A match was proposed: withdraw it.
    PkProposed(PkId),
    /// A match was answered or taken away: put its state back, and take back what sides accepted.
    PkAnswered {
        /// Which.
        pk: PkId,
        /// How it stood.
        state: PkState,
        /// Sides that accepted it with the change.
        sides: Vec<u32>,
    },
    /// A result was disputed: take that back.
    PkDisputed {
        /// Of which match.
        pk: PkId,
        /// The row.
        id: i64,
    },
    /// A report was handed in: take it back, or put back what was handed in before.
    ReportHandedIn {
        /// Which.
        report: ReportId,
        /// What had been handed in before.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        before: Option<Box<report::Before>>,
    },
    /// Something was said to a report: take it back.
    ReportCommented {
        /// To which.
        report: ReportId,
        /// The row.
        comment: i64,
    },
    /// Something was noted of a team's quarter: take it back.
    HealthNoted(i64),
    /// Somebody was said to be here or not: put back what was said before.
    Attended {
        /// Who.
        user: UserId,
        /// Of which day.
        day: Day,
        /// What was said before, when and by whom.
        before: Option<(Attendance, Timestamp, UserId)>,
    },
    /// A task was given to somebody else: give it back while it is due.
    TaskGiven {
        /// Which.
        task: TaskId,
        /// Whose it was.
        before: Option<UserId>,
        /// Whose it is.
        to: UserId,
    },
    /// A task was put off for want of time: due when it was.
    TaskPutOff {
        /// Which.
        task: TaskId,
        /// When it was due.
        before: Timestamp,
        /// Whether it had been put off before.
        was: bool,
    },
    /// Something was whispered: unsaid while it was not heard.
    Whispered(WhisperId),
    /// A round was called: not called while nothing was decided in it.
    RoundCalled(RoundId),
    /// Something was decided: not decided.
    Decided(DecisionId),
    /// What was decided was done: not done.
    DecisionDone(DecisionId),
    /// A stock-take decided about a deal: its row is marked, the deal waits for a decision again.
    StockDecided(StockRowId),
    /// A stock-take was finished: it is open again, while no other has begun.
    StockFinished(StockTakeId),
    /// A warning was opened: it never was.
    WarningOpened(WarningId),
    /// A warning was closed by what cured it: open again.
    WarningClosed(WarningId),
    /// A warning of a rep was closed by what cured it: open again.
    RepWarningClosed(WarningId),
    /// A target was set: void it.
    TargetSet(TargetId),
    /// A score was set: void it, so that the one before counts.
    ScoreSet(i64),
    /// What the change said was erased with a customer: there is no way back. Only what it counted is told behind this.
    Erased,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn is_zero(n: &i64) -> bool {
    *n == 0
}

/// Takes a change back: the named one, or the acting user's last of today. Every step first makes sure that nobody has built
/// on what it takes away; else nothing is changed and the words name what stands in the way.
pub fn apply(work: &mut Work<'_>, write: Option<WriteId>) -> Result<(), StoreError> {
    let past = choose::choose(work, write)?;
    let mut steps = past.steps.clone();
    steps.reverse();
    choose::nothing_later(work, &past)?;
    for step in &steps {
        match step {
            Reversal::Counted { .. } | Reversal::Used { .. } | Reversal::Called { .. } => {
                figures::back(work, &past, step)?;
            }
            Reversal::TaskMade(_)
            | Reversal::TaskClosed { .. }
            | Reversal::TaskDue { .. }
            | Reversal::TouchMade(_)
            | Reversal::Counters { .. }
            | Reversal::PersonTouched(_)
            | Reversal::PromiseMade(_)
            | Reversal::PromiseSettled(_)
            | Reversal::Reserved(_)
            | Reversal::IssueChanged { .. } => day::back(work, &past, step)?,
            Reversal::DealOpened(_)
            | Reversal::DealMoved { .. }
            | Reversal::NodeMade(_)
            | Reversal::NodeChanged { .. }
            | Reversal::OrderMade(_)
            | Reversal::PaymentMade(_) => deal::back(work, &past, step)?,
            Reversal::Field { .. }
            | Reversal::ContactMade(_)
            | Reversal::ContactState { .. }
            | Reversal::Forbidden { .. }
            | Reversal::Renamed { .. }
            | Reversal::PersonMade(_)
            | Reversal::CustomerMade(_)
            | Reversal::Assigned { .. }
            | Reversal::PrivateNote { .. } => customer::back(work, &past, step)?,
            Reversal::Granted { id, until } => {
                let ended = access::back(work, *id, *until)?;
                past.expect(ended, "the grant was changed since")?;
            }
            Reversal::Revoked { id, until } => {
                let given = access::taken_back(work, *id, (past.at, *until))?;
                past.expect(given, "the grant was changed since")?;
            }
            Reversal::PkProposed(id) => {
                let withdrawn = pk::proposed_back(work, *id)?;
                past.expect(withdrawn, "the match has begun, or somebody has accepted it")?;
                work.effects.pk = Some(*id);
            }
            Reversal::PkAnswered { pk, state, sides } => {
                let back = pk::answered_back(work, *pk, (*state, sides))?;
                past.expect(back, "the match has begun")?;
                work.effects.pk = Some(*pk);
            }
            Reversal::PkDisputed { pk, id } => {
                let back = pk::disputed_back(work, *pk, *id)?;
                past.expect(back, "the dispute was settled")?;
                work.effects.pk = Some(*pk);
            }
            Reversal::ReportHandedIn { report: id, before } => {
                let back = report::handed_back(work, *id, before.as_deref())?;
                past.expect(back, "something was said to the report")?;
                work.effects.report = Some(*id);
            }
            Reversal::ReportCommented { report: id, comment } => {
                let back = report::commented_back(work, *comment)?;
                past.expect(back, "it was taken back already")?;
                work.effects.report = Some(*id);
            }
            Reversal::HealthNoted(id) => {
                let back = report::noted_back(work, *id)?;
                past.expect(back, "it was taken back already")?;
            }
            Reversal::Attended { .. }
            | Reversal::TaskGiven { .. }
            | Reversal::TaskPutOff { .. }
            | Reversal::Whispered(_)
            | Reversal::RoundCalled(_)
            | Reversal::Decided(_)
            | Reversal::DecisionDone(_)
            | Reversal::StockDecided(_)
            | Reversal::StockFinished(_) => desk::back(work, &past, step)?,
            Reversal::WarningOpened(warning) => warning::opened_back(work, *warning)?,
            Reversal::WarningClosed(warning) => warning::closed_back(work, *warning)?,
            Reversal::RepWarningClosed(warning) => warning::rep::closed_back(work, *warning)?,
            // refused before
            Reversal::Erased => {}
            Reversal::NewsTold(news) => good_news::take_back(work, *news)?,
            Reversal::ScoreSet(id) => {
                let voided = pay::back(work, *id)?;
                past.expect(voided, "the score was taken back already")?;
            }
            Reversal::TargetSet(target) => {
                let voided = work.tx.run(
                    sql!("UPDATE target SET void_at = $2 WHERE id = $1 AND void_at IS NULL"),
                    values![*target, work.at],
                )?;
                past.expect(voided, "the target was taken back already")?;
            }
        }
    }
    choose::close(work, past)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::journal::{from_json, to_json};

    #[test]
    fn the_steps_of_a_touch_are_written_short_and_read_in_both_forms() {
        let counted = Reversal::Counted {
            day: Day(20_776),
            user: UserId(7),
            team: 0,
            pipeline: String::new(),
            metric: Metric::CallsDialed,
            value: 1,
            at: None,
        };
        let short = r#"{"counted":{"d":"2026-11-19","u":"7","m":"calls_dialed","v":1}}"#;
        let long = r#"{"counted":{"day":"2026-11-19","user":"7","team":0,"pipeline":"","metric":"calls_dialed","value":1}}"#;
        assert_eq!(to_json(&counted).unwrap(), short);
        for text in [short, long] {
            assert_eq!(from_json::<Reversal>(text).unwrap(), counted, "{text}");
        }
        let counters = Reversal::Counters {
            customer: CustomerId(3),
            attempts: 2,
            tries: 0,
            connected: 1,
            last_touch: None,
            last_valid: None,
            last_note: String::new(),
        };
        assert_eq!(to_json(&counters).unwrap(), r#"{"counters":{"c":"3","a":2,"k":1}}"#);
        let long = r#"{"counters":{"customer":"3","attempts":2,"tries":0,"connected":1,"last_touch":null,"last_valid":null,"last_note":""}}"#;
        assert_eq!(from_json::<Reversal>(long).unwrap(), counters);
    }
}
