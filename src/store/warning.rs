//! Warnings (S000-24): one open a rule and subject, opened and closed in the transaction of what brings them about and cures them.
//!
//! What holds is what planning finds ([`crate::playbook::plan::Alarm`]), with every change of a customer and once a day for all. How far
//! a warning has climbed is read from its age. Nobody closes one by hand.

mod page;
pub mod rep;
mod share;

use crate::domain::id::{CustomerId, DealId, TaskId, WarningId};
use crate::domain::time::Timestamp;
use crate::domain::warning::Ladder;
use crate::playbook::Playbook;
use crate::playbook::model::Warning;
use crate::playbook::plan::{Alarm, Plan};
use crate::store::change::Topic;
use crate::store::error::StoreError;
use crate::store::undo::Reversal;
use crate::store::value::Row;
use crate::store::write::Work;
use crate::{sql, values};

pub use page::{Wanted, climbed, page};

/// The open warnings of a customer.
pub const OPEN: &str = sql!(
    "SELECT id, rule, deal_id, since, task_id FROM warning WHERE customer_id = $1 AND closed_at IS NULL"
);

/// An open warning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Open {
    /// Which.
    pub id: WarningId,
    /// Its rule.
    pub rule: String,
    /// The deal; 0 for the customer as a whole.
    pub deal: i64,
    /// Since when.
    pub since: Timestamp,
    /// Its task.
    pub task: Option<TaskId>,
}

impl Open {
    /// Reads the columns of [`OPEN`].
    pub fn read(row: &dyn Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: WarningId(row.int(0)?),
            rule: row.text(1)?.to_owned(),
            deal: row.int(2)?,
            since: Timestamp(row.int(3)?),
            task: row.opt_int(4)?.map(TaskId),
        })
    }
}

/// When a warning of a rule is told to whom.
pub fn ladder(playbook: &Playbook, rule: Option<&Warning>) -> Ladder {
    let desk = &playbook.desk;
    Ladder {
        lead: rule.and_then(|rule| rule.lead_after).unwrap_or(desk.lead_after),
        manager: rule.and_then(|rule| rule.manager_after).unwrap_or(desk.manager_after),
    }
}

/// Opens what holds and is not open, closes what is open and holds no more.
pub fn follow(
    work: &mut Work<'_>,
    playbook: &Playbook,
    (customer, plan): (CustomerId, &Plan),
) -> Result<(), StoreError> {
    let alarms = plan.alarms.as_slice();
    if playbook.warnings.is_empty() && work.foreseen.warnings.is_none() {
        return Ok(());
    }
    let known = work.foreseen.warnings.take().filter(|(of, _)| *of == customer);
    let mut open = match known {
        Some((_, open)) => open,
        None => work.tx.all(OPEN, values![customer], Open::read)?,
    };
    let before = open.len();
    let holds = |open: &Open| {
        alarms.iter().any(|alarm| alarm.rule.as_str() == open.rule && of_deal(alarm.deal) == open.deal)
    };
    let (kept, cured): (Vec<Open>, Vec<Open>) = std::mem::take(&mut open).into_iter().partition(holds);
    open = kept;
    for cured in &cured {
        work.tx.put(sql!("UPDATE warning SET closed_at = $2 WHERE id = $1"), values![cured.id, work.at])?;
        work.reverse(Reversal::WarningClosed(cured.id));
    }
    for alarm in alarms {
        let deal = of_deal(alarm.deal);
        let mut task = planned_task(work, plan, alarm);
        let known = open.iter_mut().find(|open| open.rule == alarm.rule.as_str() && open.deal == deal);
        // one that is new here is looked for: what is planned twice in a change is made once
        if task.is_some() && known.as_ref().is_none_or(|known| known.task != task) {
            task = there(work, task)?;
        }
        if let Some(known) = known {
            if task.is_some() && known.task != task {
                // the task of a later episode takes the place of the one that ended
                work.tx
                    .put(sql!("UPDATE warning SET task_id = $2 WHERE id = $1"), values![known.id, task])?;
                known.task = task;
            }
            continue;
        }
        let id = WarningId(work.ids.make());
        work.tx.put(
            sql!(
                "INSERT INTO warning (id, playbook, rule, customer_id, deal_id, task_id, since, closed_at) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, NULL)"
            ),
            values![id, &playbook.id, &alarm.rule, customer, deal, task, alarm.at],
        )?;
        work.reverse(Reversal::WarningOpened(id));
        let rule = alarm.rule.as_str().to_owned();
        open.push(Open { id, rule, deal, since: alarm.at, task });
    }
    if !cured.is_empty() || open.len() != before {
        work.touch(Topic::Desk);
    }
    work.foreseen.warnings = Some((customer, open));
    Ok(())
}

/// The task of a warning, where it is there: of an episode whose task has ended none is made again.
fn planned_task(work: &Work<'_>, plan: &Plan, alarm: &Alarm) -> Option<TaskId> {
    let planned = |task: TaskId| plan.made.iter().any(|made| made.id == task);
    let made = |task: TaskId| work.effects.made.iter().any(|made| made.id == task);
    alarm.task.filter(|task| !planned(*task) || made(*task))
}

/// A task, where it is there.
fn there(work: &Work<'_>, task: Option<TaskId>) -> Result<Option<TaskId>, StoreError> {
    let made = |task: &TaskId| work.effects.made.iter().any(|made| made.id == *task);
    match task {
        Some(task) if !made(&task) => {
            let found = work.tx.number(sql!("SELECT id FROM task WHERE id = $1"), values![task])?;
            Ok(found.map(TaskId))
        }
        task => Ok(task),
    }
}

fn of_deal(deal: Option<DealId>) -> i64 {
    deal.map_or(0, |deal| deal.0)
}

/// Takes the opening of a warning back with the change that brought it about.
pub fn opened_back(work: &mut Work<'_>, warning: WarningId) -> Result<(), StoreError> {
    work.tx.put(sql!("DELETE FROM warning WHERE id = $1"), values![warning])?;
    work.touch(Topic::Desk);
    Ok(())
}

/// Opens a warning again with the change that cured it, unless it holds again already.
pub fn closed_back(work: &mut Work<'_>, warning: WarningId) -> Result<(), StoreError> {
    work.tx.put(
        sql!(
            "UPDATE warning SET closed_at = NULL WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM warning o \
             WHERE o.customer_id = warning.customer_id AND o.rule = warning.rule AND o.deal_id = warning.deal_id \
             AND o.closed_at IS NULL)"
        ),
        values![warning],
    )?;
    work.touch(Topic::Desk);
    Ok(())
}
