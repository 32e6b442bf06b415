//! Saying that a result is not right, and what becomes of it. The result itself is never rewritten: what was settled stands beside it.

use crate::domain::clean::clean;
use crate::domain::id::PkId;
use crate::domain::lists::{AuditKind, PkPhase, PkState, PkVerdict};
use crate::store::change::{About, Note};
use crate::store::customers::invalid;
use crate::store::error::StoreError;
use crate::store::pk::answer::{about, in_phase, seen};
use crate::store::pk::propose::{forbidden, set_state};
use crate::store::rights::Action;
use crate::store::undo::Reversal;
use crate::store::write::Work;
use crate::{sql, values};

/// Says that a decided result is not right.
pub fn dispute(work: &mut Work<'_>, pk: PkId, reason: &str) -> Result<(), StoreError> {
    let (kept, stand) = seen(work, pk)?;
    if !stand.may(Action::DisputePk, stand.to_match(&kept)) {
        return Err(forbidden(work.by.role, "dispute a match of others"));
    }
    in_phase(work, &kept, &[PkPhase::Decided])?;
    let reason = said(reason)?;
    let id = work.ids.make();
    work.tx.put(
        sql!(
            "INSERT INTO pk_dispute (id, pk_id, by_user, at, reason, settled_by, settled_at, verdict, winner, words) \
             VALUES ($1, $2, $3, $4, $5, NULL, NULL, NULL, NULL, '')"
        ),
        values![id, pk, work.by.id, work.at, &reason],
    )?;
    set_state(work, pk, PkState::Disputed)?;
    work.reverse(Reversal::PkDisputed { pk, id });
    about(work, pk);
    Ok(())
}

/// Says what becomes of a disputed result.
pub fn settle(
    work: &mut Work<'_>,
    pk: PkId,
    (verdict, winner): (PkVerdict, Option<u32>),
    words: &str,
) -> Result<(), StoreError> {
    let (kept, stand) = seen(work, pk)?;
    if !stand.may(Action::SettlePk, stand.to_match(&kept)) {
        return Err(forbidden(work.by.role, "settle a match of the own side"));
    }
    in_phase(work, &kept, &[PkPhase::Disputed])?;
    let words = said(words)?;
    let last = kept.rounds.last();
    let sides: Vec<u32> =
        last.into_iter().flat_map(|round| &round.results).map(|result| result.side).collect();
    match (verdict, winner) {
        (PkVerdict::Winner, Some(side)) if sides.contains(&side) && side != 0 => {}
        (PkVerdict::Winner, _) => {
            let known: Vec<String> = sides.iter().filter(|side| **side != 0).map(u32::to_string).collect();
            return Err(invalid("pk_winner", format!("name the side that has won: {}", known.join(", "))));
        }
        (_, None) => {}
        (_, Some(side)) => {
            return Err(invalid("pk_winner", format!("'{verdict}' names no winner; leave side {side} out")));
        }
    }
    work.tx.put(
        sql!(
            "UPDATE pk_dispute SET settled_by = $2, settled_at = $3, verdict = $4, winner = $5, words = $6 \
             WHERE pk_id = $1 AND settled_at IS NULL"
        ),
        values![pk, work.by.id, work.at, verdict, winner, &words],
    )?;
    set_state(work, pk, PkState::Settled)?;
    let became = winner.map_or_else(|| verdict.to_string(), |side| format!("{verdict} {side}"));
    let note = Note::new(AuditKind::Corrected, About::thing("pk", pk.to_string()));
    work.note(note.changed("disputed", became).because(words.as_str()));
    // what was said to both sides is not unsaid
    work.irreversible();
    about(work, pk);
    Ok(())
}

fn said(reason: &str) -> Result<String, StoreError> {
    let reason = clean(reason).into_owned();
    if reason.is_empty() {
        return Err(invalid("no_reason", "say why; the other side will read it"));
    }
    Ok(reason)
}

/// Takes a dispute back while nothing was said to it; answers how many rows that were.
pub fn back(work: &Work<'_>, pk: PkId, id: i64) -> Result<usize, StoreError> {
    let rows =
        work.tx.run(sql!("DELETE FROM pk_dispute WHERE id = $1 AND settled_at IS NULL"), values![id])?;
    if rows > 0 {
        work.tx.put(
            sql!("UPDATE pk_match SET state = 'decided' WHERE id = $1 AND state = 'disputed'"),
            values![pk],
        )?;
    }
    Ok(rows)
}
