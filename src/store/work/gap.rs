//! The gap after a change: what the status line tells whoever saved it (AP-50).

use crate::domain::lists::{Level, Period};
use crate::playbook::Playbook;
use crate::store::error::StoreError;
use crate::store::foreseen::OF_MONTH;
use crate::store::write::Work;
use crate::values;

/// Tells the actor's gap of the month's main metric in the effects; nothing where no target is set.
pub fn tell(work: &mut Work<'_>, playbook: &Playbook) -> Result<(), StoreError> {
    let Some(target) = target(work, playbook)? else { return Ok(()) };
    let main = playbook.metrics.main;
    let done = match work.foreseen.sum {
        // what was there before, and what this change counted: all of it on the day it is made
        Some((metric, before)) if metric == main => {
            before + work.effects.metrics.iter().filter(|(m, _)| *m == main).map(|(_, n)| n).sum::<i64>()
        }
        _ => work.tx.number(OF_MONTH, values![work.day.month(), main, work.by.id])?.unwrap_or(0),
    };
    work.effects.gap = Some(target.saturating_sub(done));
    Ok(())
}

/// The actor's own target, else the playbook's for the rank or the job.
fn target(work: &mut Work<'_>, playbook: &Playbook) -> Result<Option<i64>, StoreError> {
    let main = playbook.metrics.main;
    let (tx, user, day) = (work.tx, work.by.id, work.day);
    let own = work.books().month_target(tx, user, main, day)?;
    if own.is_some() {
        return Ok(own);
    }
    Ok(playbook.target_of(work.by.seat(), (main, Period::Month, Level::Goal), day.month().first()))
}
