//! Accepting a match, declining it, taking it away.

use crate::domain::clean::clean;
use crate::domain::id::PkId;
use crate::domain::lists::{PkPhase, PkState, Role};
use crate::domain::pk::{Who, phase};
use crate::store::change::Topic;
use crate::store::customers::invalid;
use crate::store::error::StoreError;
use crate::store::pk::kept::{Kept, load};
use crate::store::pk::propose::{forbidden, set_state};
use crate::store::pk::stand::Stand;
use crate::store::rights::{Action, Relation};
use crate::store::undo::Reversal;
use crate::store::write::Work;
use crate::{sql, values};

/// Accepts a match for every side that has not, and for which the actor may speak.
pub fn accept(work: &mut Work<'_>, pk: PkId) -> Result<(), StoreError> {
    let (kept, stand) = seen(work, pk)?;
    in_phase(work, &kept, &[PkPhase::Proposed])?;
    let speaks = |who: &Who| stand.may(Action::AnswerPk, stand.to_side(who));
    if !kept.sides.iter().any(|side| speaks(&side.who)) {
        return Err(forbidden(work.by.role, "accept this match for others"));
    }
    let mut open = 0;
    let mut accepted = Vec::new();
    for side in kept.sides.iter().filter(|side| side.accepted.is_none()) {
        if speaks(&side.who) {
            accepted.push(side.number);
            work.tx.put(
                sql!("UPDATE pk_side SET accepted_by = $3, accepted_at = $4 WHERE pk_id = $1 AND side = $2"),
                values![pk, side.number, work.by.id, work.at],
            )?;
        } else {
            open += 1;
        }
    }
    if accepted.is_empty() {
        return Err(invalid("pk_accepted", "this side has accepted the match already; the other has to"));
    }
    if open == 0 {
        set_state(work, pk, PkState::Accepted)?;
    }
    work.reverse(Reversal::PkAnswered { pk, state: kept.state, sides: accepted });
    about(work, pk);
    Ok(())
}

/// Declines a match that waits for an answer.
pub fn decline(work: &mut Work<'_>, pk: PkId, reason: &str) -> Result<(), StoreError> {
    let (kept, stand) = seen(work, pk)?;
    in_phase(work, &kept, &[PkPhase::Proposed])?;
    if !kept.sides.iter().any(|side| stand.may(Action::AnswerPk, stand.to_side(&side.who))) {
        return Err(forbidden(work.by.role, "decline this match for others"));
    }
    end(work, &kept, PkState::Declined, reason)
}

/// Takes a match away: who proposed it before it begins, a manager until it is decided.
pub fn withdraw(work: &mut Work<'_>, pk: PkId, reason: &str) -> Result<(), StoreError> {
    let (kept, stand) = seen(work, pk)?;
    if !stand.may(Action::WithdrawPk, stand.to_user(kept.by)) {
        return Err(forbidden(work.by.role, "take this match away"));
    }
    let open: &[PkPhase] = if work.by.role >= Role::Manager {
        &[PkPhase::Proposed, PkPhase::Accepted, PkPhase::Running]
    } else {
        &[PkPhase::Proposed, PkPhase::Accepted]
    };
    in_phase(work, &kept, open)?;
    end(work, &kept, PkState::Withdrawn, reason)
}

fn end(work: &mut Work<'_>, kept: &Kept, state: PkState, reason: &str) -> Result<(), StoreError> {
    let reason = clean(reason);
    work.tx.put(
        sql!("UPDATE pk_match SET state = $2, ended_by = $3, ended_at = $4, reason = $5 WHERE id = $1"),
        values![kept.id, state, work.by.id, work.at, reason.as_ref()],
    )?;
    work.reverse(Reversal::PkAnswered { pk: kept.id, state: kept.state, sides: Vec::new() });
    about(work, kept.id);
    Ok(())
}

/// Notes which match a change was about.
pub fn about(work: &mut Work<'_>, pk: PkId) {
    work.effects.pk = Some(pk);
    work.touch(Topic::Pk);
}

/// A match as far as the actor may see it: of one that may not be seen nothing is said.
pub fn seen(work: &Work<'_>, pk: PkId) -> Result<(Kept, Stand), StoreError> {
    let kept = load(work.tx, pk)?;
    let stand = Stand::load(work.tx, work.by.id, work.day)?;
    if !stand.may(Action::SeePk, stand.to_match(&kept)) && kept.by != work.by.id {
        return Err(forbidden(work.by.role, "see this match"));
    }
    Ok((kept, stand))
}

/// Refuses what a match is too late or too early for.
pub fn in_phase(work: &Work<'_>, kept: &Kept, wanted: &[PkPhase]) -> Result<(), StoreError> {
    let now = phase(kept.state, kept.window, work.at);
    if wanted.contains(&now) {
        return Ok(());
    }
    let wanted: Vec<&str> = wanted.iter().map(|phase| phase.as_str()).collect();
    Err(invalid(
        "pk_phase",
        format!("the match {} is '{now}'; this can be done while it is '{}'", kept.id, wanted.join("' or '")),
    ))
}

/// Takes an answer back: the sides have not accepted, the state is what it was. Answers how many rows that were; none once it has begun.
pub fn back(work: &Work<'_>, pk: PkId, (state, sides): (PkState, &[u32])) -> Result<usize, StoreError> {
    let rows = work.tx.run(
        sql!(
            "UPDATE pk_match SET state = $2, ended_by = NULL, ended_at = NULL, reason = '' WHERE id = $1 AND from_at > $3 \
             AND state IN ('proposed', 'accepted', 'turned_down', 'withdrawn')"
        ),
        values![pk, state, work.at],
    )?;
    for side in sides {
        work.tx.put(
            sql!("UPDATE pk_side SET accepted_by = NULL, accepted_at = NULL WHERE pk_id = $1 AND side = $2"),
            values![pk, *side],
        )?;
    }
    Ok(rows)
}

/// Whether somebody may speak for a side that has not answered.
pub fn may_accept(stand: &Stand, kept: &Kept) -> bool {
    let open = kept.sides.iter().filter(|side| side.accepted.is_none());
    open.map(|side| stand.to_side(&side.who)).any(|relation| stand.may(Action::AnswerPk, relation))
}

/// Whether somebody may speak for any side.
pub fn may_decline(stand: &Stand, kept: &Kept) -> bool {
    let speaks = |relation: Relation| stand.may(Action::AnswerPk, relation);
    kept.sides.iter().map(|side| stand.to_side(&side.who)).any(speaks)
}
