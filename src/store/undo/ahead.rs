//! What would come of taking a change back, read from its steps while everything still stands.

use super::Reversal;
use crate::domain::id::{DealId, IssueId, TaskId, UserId};
use crate::domain::lists::{IssueState, Lane, Metric};
use crate::domain::time::Timestamp;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::query::changes::Consequence;
use crate::store::value::word;
use crate::{sql, values};

/// What would come of taking steps back, the most telling first; figures are those of `user`.
pub fn consequences(
    tx: Tx<'_>,
    kind: &str,
    steps: &[Reversal],
    user: UserId,
) -> Result<Vec<Consequence>, StoreError> {
    let mut found = Vec::new();
    if matches!(kind, "work.send" | "work.push") {
        found.push(Consequence::Left);
    }
    for step in steps.iter().rev() {
        found.extend(consequence(tx, step)?);
    }
    found.sort_by_key(rank);
    let mut figures: Vec<(Metric, i64)> = Vec::new();
    for step in steps {
        let Reversal::Counted { user: whose, metric, value, .. } = step else { continue };
        match figures.iter_mut().find(|(known, _)| known == metric) {
            _ if *whose != user => {}
            Some((_, sum)) => *sum -= value,
            None => figures.push((*metric, -value)),
        }
    }
    let moved = figures.into_iter().filter(|(_, by)| *by != 0);
    found.extend(moved.map(|(metric, by)| Consequence::Figure { metric, by }));
    Ok(found)
}

const fn rank(consequence: &Consequence) -> u8 {
    match consequence {
        Consequence::Left => 0,
        Consequence::Touch { .. } => 1,
        Consequence::Reopened { .. } | Consequence::Moved { .. } => 2,
        Consequence::Cancelled { .. } => 3,
        Consequence::Stage { .. } => 4,
        Consequence::Coupon { .. } => 5,
        Consequence::Other { .. } => 6,
        Consequence::Figure { .. } | Consequence::Gap { .. } => 7,
    }
}

fn consequence(tx: Tx<'_>, step: &Reversal) -> Result<Option<Consequence>, StoreError> {
    let other = |what, name: &str| Some(Consequence::Other { what, name: name.to_owned() });
    Ok(match step {
        Reversal::TaskMade(id) => {
            task(tx, *id)?.map(|(lane, due_at)| Consequence::Cancelled { lane, due_at })
        }
        Reversal::TaskClosed { task: id, .. } => {
            task(tx, *id)?.map(|(lane, due_at)| Consequence::Reopened { lane, due_at })
        }
        Reversal::TaskDue { task: id, before } => {
            task(tx, *id)?.map(|(lane, from)| Consequence::Moved { lane, from, to: *before })
        }
        Reversal::TouchMade(touch) => tx
            .one(sql!("SELECT outcome FROM touch WHERE id = $1"), values![*touch], |row| {
                Ok(row.text(0)?.to_owned())
            })?
            .map(|outcome| Consequence::Touch { outcome }),
        Reversal::DealMoved { deal, stage, state, .. } => moved(tx, *deal, stage.as_deref(), state)?,
        Reversal::Reserved(issue) => coupon(tx, *issue, IssueState::Released)?,
        Reversal::IssueChanged { issue, state } => coupon(tx, *issue, *state)?,
        Reversal::DealOpened(_) => other("deal", ""),
        Reversal::NodeMade(_) => other("node", ""),
        Reversal::NodeChanged { .. } => other("node_back", ""),
        Reversal::OrderMade(_) => other("order", ""),
        Reversal::PaymentMade(_) => other("payment", ""),
        Reversal::PromiseMade(_) => other("promise", ""),
        Reversal::PromiseSettled(_) => other("promise_back", ""),
        Reversal::Field { field, .. } => other("field", field),
        Reversal::ContactMade(_) | Reversal::ContactState { .. } => other("contact", ""),
        Reversal::Forbidden { .. } => other("do_not_contact", ""),
        Reversal::Renamed { name, .. } => other("name", name),
        Reversal::PersonMade(_) => other("person", ""),
        Reversal::CustomerMade(_) => other("customer", ""),
        Reversal::Assigned { .. } => other("owner", ""),
        Reversal::Granted { .. } => other("grant", ""),
        Reversal::Revoked { .. } => other("grant_back", ""),
        Reversal::PrivateNote { .. } => other("note", ""),
        Reversal::NewsTold(_) => other("news", ""),
        Reversal::TargetSet(_) => other("target", ""),
        Reversal::ScoreSet(_) => other("score", ""),
        Reversal::PkProposed(_) => other("pk", ""),
        Reversal::PkAnswered { .. } => other("pk_answer", ""),
        Reversal::PkDisputed { .. } => other("pk_dispute", ""),
        Reversal::ReportHandedIn { .. } => other("report", ""),
        Reversal::ReportCommented { .. } => other("report_comment", ""),
        Reversal::HealthNoted(_) => other("health_note", ""),
        Reversal::TaskPutOff { task: id, before, .. } => {
            task(tx, *id)?.map(|(lane, from)| Consequence::Moved { lane, from, to: *before })
        }
        Reversal::Attended { .. } => other("attendance", ""),
        Reversal::TaskGiven { .. } => other("given", ""),
        Reversal::Whispered(_) => other("whisper", ""),
        Reversal::RoundCalled(_) => other("round", ""),
        Reversal::Decided(_) | Reversal::DecisionDone(_) => other("decision", ""),
        Reversal::StockDecided(_) => other("stock_row", ""),
        Reversal::StockFinished(_) => other("stock_take", ""),
        Reversal::WarningOpened(_)
        | Reversal::WarningClosed(_)
        | Reversal::RepWarningClosed(_)
        | Reversal::Erased
        | Reversal::Counters { .. }
        | Reversal::PersonTouched(_)
        | Reversal::Counted { .. }
        | Reversal::Used { .. }
        | Reversal::Called { .. } => None,
    })
}

fn task(tx: Tx<'_>, id: TaskId) -> Result<Option<(Lane, Timestamp)>, StoreError> {
    tx.one(sql!("SELECT lane, due_at FROM task WHERE id = $1"), values![id], |row| {
        Ok((word(row, 0, Lane::parse)?, Timestamp(row.int(1)?)))
    })
}

/// A deal that is open is named by its stage, one that is closed by its state.
fn moved(
    tx: Tx<'_>,
    deal: DealId,
    stage: Option<&str>,
    before: &str,
) -> Result<Option<Consequence>, StoreError> {
    let place = |stage: Option<&str>, is: &str| stage.filter(|_| is == "open").unwrap_or(is).to_owned();
    tx.one(sql!("SELECT pipeline, stage, state FROM deal WHERE id = $1"), values![deal], |row| {
        Ok(Consequence::Stage {
            pipeline: row.text(0)?.to_owned(),
            from: place(row.opt_text(1)?, row.text(2)?),
            to: place(stage, before),
        })
    })
}

fn coupon(tx: Tx<'_>, issue: IssueId, to: IssueState) -> Result<Option<Consequence>, StoreError> {
    tx.one(sql!("SELECT coupon, code, state FROM coupon_issue WHERE id = $1"), values![issue], |row| {
        let free = |state| i64::from(state == IssueState::Released);
        Ok(Consequence::Coupon {
            coupon: row.text(0)?.to_owned(),
            code: row.text(1)?.to_owned(),
            state: to,
            quota: free(to) - free(word(row, 2, IssueState::parse)?),
        })
    })
}
