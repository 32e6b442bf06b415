//! Sending a material (S001-113): the text is merged here, whole or not at all, and the contact budget is kept.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::domain::id::TaskId;
use crate::domain::lists::{FieldRight, Lane, OutcomeFlag, Tongue};
use crate::domain::time::{DAY_MS, Timestamp};
use crate::playbook::Playbook;
use crate::playbook::merge::fill;
use crate::playbook::model::{Material, Outcome};
use crate::store::change::work::LogTouch;
use crate::store::error::StoreError;
use crate::store::known::Basics;
use crate::store::reach::Way;
use crate::store::work::log::{Gone, foresee, save};
use crate::store::work::look::look_up;
use crate::store::work::merge::{For, merge_values};
use crate::store::work::task::{self, Task};
use crate::store::work::{held, invalid};
use crate::store::write::Work;
use crate::{sql, values};

/// Sends the material of a task.
pub fn send(work: &mut Work<'_>, id: TaskId, chinese: bool) -> Result<(), StoreError> {
    let task = task::due(work, id, "send a material")?;
    work.effects.customer = Some(task.customer);
    let book = work.book(&task.head.playbook)?;
    let playbook = &book.playbook;
    let material = task.material.as_ref().and_then(|code| playbook.material(code));
    let Some(material) = material else {
        return Err(invalid("no_material", format!("task {id} has no material of this playbook to send")));
    };
    foresee(work, &book, task.customer)?;
    let basics = Basics::of(work.tx, task.head.clone())?;
    work.foreseen.deals(task.customer, &basics.deals);
    let way = held::way(playbook, &task, &basics)?;
    let tongue = tongue(chinese);
    let ask = whose(work, playbook, (&task, way.as_ref()), tongue);
    let values = merge_values(work.tx, &ask, &basics)?;
    let text = material.text.of(tongue);
    may_quote(work, playbook, &task, text)?;
    let text = merged(text, &values)?;
    not_lately(work, playbook, &task, material)?;
    held::check(work, playbook, &task, false)?;
    let outcome = with_flag(playbook, Lane::Material, OutcomeFlag::Sent)?;
    let touch = LogTouch {
        task: Some(id),
        person: way.map(|way| way.person),
        outcome: outcome.code.clone(),
        note: text.clone(),
        ..LogTouch::default()
    };
    let mut said = look_up(&touch, (&book, outcome), (basics, Some(&task)))?;
    said.gone = Gone { material: Some(material.code.clone()), coupon: None };
    save(work, said)?;
    work.effects.text = Some(text);
    Ok(())
}

/// The language a text goes out in.
pub(super) const fn tongue(chinese: bool) -> Tongue {
    if chinese { Tongue::Zh } else { Tongue::En }
}

/// For whom the text of a task is merged.
pub(super) fn whose<'a>(
    work: &Work<'_>,
    playbook: &'a Playbook,
    (task, way): (&Task, Option<&Way>),
    tongue: Tongue,
) -> For<'a> {
    For {
        playbook,
        customer: task.customer,
        person: way.map(|way| way.person),
        deal: task.deal,
        rep: work.by.id,
        tongue,
        now: work.at,
    }
}

/// Refuses a text with a field that the playbook hides or masks from who sends it: it would stand on the timeline.
pub(super) fn may_quote(
    work: &Work<'_>,
    playbook: &Playbook,
    task: &Task,
    text: &str,
) -> Result<(), StoreError> {
    let process = task.pipeline.as_ref().and_then(|code| playbook.pipeline(code)).map(|p| p.process.as_str());
    let fields = playbook.access.rules.iter().flat_map(|rule| &rule.fields);
    let barred = fields
        .filter(|field| text.contains(&format!("{{{field}}}")))
        .find(|field| playbook.access.field(work.by.role, process, field) < FieldRight::Read);
    match barred {
        None => Ok(()),
        Some(field) => {
            let what = format!("the text tells '{field}', which the playbook hides from a {}", work.by.role);
            Err(StoreError::held("field_right", what))
        }
    }
}

/// A text with every field filled; refused with the names of the empty ones.
pub(super) fn merged(text: &str, values: &BTreeMap<String, String>) -> Result<String, StoreError> {
    let filled = fill(text, &|name| values.get(name).cloned());
    if filled.is_complete() {
        return Ok(filled.to_string());
    }
    Err(StoreError::Held {
        rule: "empty_field".to_owned(),
        what: format!("nothing is known for {}; fill it in first", filled.missing.join(", ")),
        until: None,
    })
}

/// The outcome of a pen that says something left the building.
pub(super) fn with_flag(playbook: &Playbook, lane: Lane, flag: OutcomeFlag) -> Result<&Outcome, StoreError> {
    playbook.outcomes_for(lane).find(|outcome| outcome.flags.contains(&flag)).ok_or_else(|| {
        invalid(
            "no_outcome",
            format!("the playbook '{}' has no {lane} outcome with the flag '{flag}'", playbook.id),
        )
    })
}

/// Refuses a material that the customer got within its `again_days`.
fn not_lately(
    work: &Work<'_>,
    playbook: &Playbook,
    task: &Task,
    material: &Material,
) -> Result<(), StoreError> {
    let last = work.tx.number(
        sql!("SELECT max(at) FROM touch WHERE customer_id = $1 AND material = $2 AND void_at IS NULL"),
        values![task.customer, &material.code],
    )?;
    let days = u64::from(material.again_days);
    let day = Duration::from_millis(DAY_MS.unsigned_abs());
    let Some(last) = last.map(Timestamp) else { return Ok(()) };
    let free = last.plus(day * u32::try_from(days).unwrap_or(u32::MAX));
    if free <= work.at {
        return Ok(());
    }
    Err(StoreError::Held {
        rule: "sent_lately".to_owned(),
        what: format!(
            "the customer got this on {}; it may be sent again after {days} days",
            playbook.zone.day(last)
        ),
        until: Some(free),
    })
}
