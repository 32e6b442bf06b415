//! Deals lost, tags cleared.

use crate::domain::clean::clean_lines;
use crate::domain::code::ReasonCode;
use crate::domain::id::DealId;
use crate::domain::lists::{DealState, Shape};
use crate::store::deals::{find, stage};
use crate::store::error::StoreError;
use crate::store::tasks;
use crate::store::work::invalid;
use crate::store::write::Work;
use crate::{sql, values};

/// Closes a deal as lost, with a reason of the playbook.
pub fn lose(work: &mut Work<'_>, deal: DealId, reason: &ReasonCode, words: &str) -> Result<(), StoreError> {
    let deal = find::open(work, deal, "lose a deal")?;
    work.effects.customer = Some(deal.customer);
    let playbook = work.book_of(deal.customer)?.playbook;
    let reasons = &playbook.reasons.lost;
    if !reasons.iter().any(|known| known.code == *reason) {
        let near = crate::playbook::near::nearest(reason.as_str(), reasons.iter().map(|r| r.code.as_str()));
        let near = near.map(|near| format!("; did you mean '{near}'?")).unwrap_or_default();
        return Err(invalid("unknown_reason", format!("'{reason}' is not a reason for losing a deal{near}")));
    }
    work.tx.put(
        sql!("UPDATE deal SET reason = $2, words = $3 WHERE id = $1"),
        values![deal.id, reason, clean_lines(words).trim()],
    )?;
    stage::write(work, deal.id, (None, DealState::Lost), reason.as_str())?;
    tasks::told_closed(work, deal.customer, deal.id, DealState::Lost, Vec::new())
}

/// Clears a tag; its history stays.
pub fn untag(work: &mut Work<'_>, deal: DealId) -> Result<(), StoreError> {
    let deal = find::open(work, deal, "clear a tag")?;
    work.effects.customer = Some(deal.customer);
    let playbook = work.book_of(deal.customer)?.playbook;
    if find::pipeline(&playbook, &deal.pipeline)?.shape != Shape::Tag {
        return Err(invalid("not_a_tag", format!("'{}' is no tag; close the deal instead", deal.pipeline)));
    }
    stage::write(work, deal.id, (None, DealState::Lost), "untag")?;
    tasks::told_closed(work, deal.customer, deal.id, DealState::Lost, Vec::new())
}
