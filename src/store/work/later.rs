//! Tasks put off, skipped, made by hand.

use crate::domain::clean::clean;
use crate::domain::code::ReasonCode;
use crate::domain::contact::next_allowed;
use crate::domain::id::{CustomerId, TaskId};
use crate::domain::lists::{Lane, TaskState};
use crate::domain::time::Timestamp;
use crate::playbook::plan::{NewTask, Source};
use crate::store::error::StoreError;
use crate::store::rights::Action;
use crate::store::undo::Reversal;
use crate::store::work::{invalid, task};
use crate::store::write::Work;
use crate::store::{reach, tasks};
use crate::{sql, values};

/// How far ahead a task may be planned by hand (peers.md 2.4: twelve months).
const AHEAD_DAYS: i64 = 366;

/// Skips a task with a reason of the playbook.
pub fn skip(work: &mut Work<'_>, id: TaskId, reason: &ReasonCode, words: &str) -> Result<(), StoreError> {
    let task = task::due(work, id, "skip a task")?;
    work.effects.customer = Some(task.customer);
    let playbook = work.book(&task.head.playbook)?.playbook;
    let reasons = &playbook.reasons.skip;
    if !reasons.iter().any(|known| known.code == *reason) {
        let near = crate::playbook::near::nearest(reason.as_str(), reasons.iter().map(|r| r.code.as_str()));
        let near = near.map(|near| format!("; did you mean '{near}'?")).unwrap_or_default();
        return Err(invalid("unknown_reason", format!("'{reason}' is not a reason for skipping{near}")));
    }
    let words = clean(words);
    let why = if words.is_empty() { reason.0.clone() } else { format!("{reason}: {words}") };
    tasks::close(work, id, TaskState::Skipped, &why)?;
    Ok(())
}

/// Puts a task off to a time, out of quiet hours; a promise behind it stays what it was.
pub fn snooze(work: &mut Work<'_>, id: TaskId, until: Timestamp) -> Result<(), StoreError> {
    let task = task::due(work, id, "put off a task")?;
    work.effects.customer = Some(task.customer);
    let playbook = work.book(&task.head.playbook)?.playbook;
    let until = ahead(work, &playbook, until)?;
    work.tx.put(sql!("UPDATE task SET due_at = $2 WHERE id = $1"), values![id, until])?;
    work.reverse(Reversal::TaskDue { task: id, before: task.due_at });
    work.effects.task = Some(id);
    work.owner(task.owner);
    Ok(())
}

/// Makes a task by hand.
pub fn add(
    work: &mut Work<'_>,
    customer: CustomerId,
    (lane, due_at): (Lane, Timestamp),
    words: &str,
) -> Result<(), StoreError> {
    work.may(Action::WorkCustomer, customer, "make a task")?;
    work.effects.customer = Some(customer);
    let playbook = work.book_of(customer)?.playbook;
    let due_at = ahead(work, &playbook, due_at)?;
    let ways = reach::ways(work.tx, customer)?;
    let of_lane = |call: bool| playbook.channels.iter().filter(move |c| c.is_call == call);
    let reachable =
        |c: &&crate::playbook::model::Channel| reach::choose(&playbook, &ways, &c.code, None).is_some();
    let call = lane == Lane::Call;
    let channel = of_lane(call).find(reachable).or_else(|| of_lane(call).next());
    let Some(channel) = channel else {
        return Err(invalid("no_channel", format!("the playbook has no channel for a {lane} task")));
    };
    let id = TaskId(work.ids.make());
    let owner = tasks::owner_of(work, customer)?;
    let task = NewTask {
        id,
        key: format!("manual:{id}"),
        lane,
        channel: channel.code.clone(),
        person: None,
        deal: None,
        pipeline: None,
        node: None,
        due_at,
        clock_from: None,
        priority: 3,
        source: Source::Manual { words: clean(words).into_owned() },
        script: None,
        material: None,
        coupon: None,
        promised: false,
    };
    tasks::make(work, customer, owner, &task)?;
    work.effects.task = Some(id);
    Ok(())
}

/// A time that is still to come, within a year, moved out of quiet hours.
fn ahead(
    work: &Work<'_>,
    playbook: &crate::playbook::Playbook,
    at: Timestamp,
) -> Result<Timestamp, StoreError> {
    let shown = playbook.zone.rfc3339(at);
    if at < work.at {
        return Err(invalid("past", format!("{shown} is past; name a time that is still to come")));
    }
    if playbook.zone.day(at) > work.day.plus(AHEAD_DAYS) {
        return Err(invalid("too_far", format!("{shown} is more than a year ahead; name a nearer time")));
    }
    Ok(next_allowed(&playbook.contact, &playbook.calendar(), at))
}
