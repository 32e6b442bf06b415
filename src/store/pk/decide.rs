//! Deciding a round whose window has passed. Whoever notices first does it; a second time changes nothing, and nothing takes it back.

use crate::domain::id::PkId;
use crate::domain::lists::{PkHow, PkKind, PkState};
use crate::domain::pk::{Entry, Judged, judge, pair, pairs, prize};
use crate::store::customers::invalid;
use crate::store::error::StoreError;
use crate::store::journal;
use crate::store::pk::answer::about;
use crate::store::pk::kept::{Kept, KeptRound, load};
use crate::store::pk::propose::set_state;
use crate::store::pk::score::Score;
use crate::store::rights::{self, Action, Relation};
use crate::store::write::Work;
use crate::{sql, values};

/// Decides a round.
pub fn decide(work: &mut Work<'_>, pk: PkId, round: u32) -> Result<(), StoreError> {
    rights::check(work.by.role, Action::DecidePk, Relation::Nobody, "decide a match")?;
    let kept = load(work.tx, pk)?;
    let Some(this) = kept.round(round) else {
        return Err(StoreError::NotFound { kind: "round", id: round.to_string(), hint: None });
    };
    if this.decided.is_some() {
        work.idle();
        return Ok(());
    }
    if kept.state != PkState::Accepted {
        let state = kept.state;
        return Err(invalid(
            "pk_phase",
            format!("the match {pk} is '{state}'; only one that was accepted is decided"),
        ));
    }
    if this.window.to > work.at {
        let to = this.window.to;
        return Err(invalid(
            "pk_not_over",
            format!("round {round} of the match {pk} runs until {to}; it is decided then"),
        ));
    }
    if kept.rounds.iter().any(|before| before.number < round && before.decided.is_none()) {
        return Err(invalid(
            "pk_not_over",
            format!("round {} of the match {pk} is not decided yet; that comes first", round - 1),
        ));
    }
    let book = work.book(&kept.playbook)?.playbook;
    let entries = Score::new(work.tx, &kept, &book)?.entries(round, this.window)?;
    let is_last = kept.rounds.last().is_some_and(|last| last.number == round);
    write(work, &kept, this, &judged(&kept, &entries), is_last)?;
    work.tx.put(
        sql!("UPDATE pk_round SET decided_at = $3, decided_rev = $4 WHERE pk_id = $1 AND round = $2"),
        values![pk, round, work.at, journal::revision(work.tx)? + 1],
    )?;
    if is_last {
        set_state(work, pk, PkState::Decided)?;
    }
    work.irreversible();
    about(work, pk);
    Ok(())
}

/// Who meets whom, and what came of it: in a bracket pair by pair, else all together.
fn judged(kept: &Kept, entries: &[Entry]) -> Vec<(Vec<Entry>, Judged)> {
    if kept.kind != PkKind::Bracket {
        return vec![(entries.to_vec(), judge(entries))];
    }
    let numbers: Vec<u32> = entries.iter().map(|entry| entry.side).collect();
    let of = |side: u32| entries.iter().find(|entry| entry.side == side).copied();
    let meet = |(one, other): (u32, u32)| {
        let (one, other) = (of(one)?, of(other)?);
        Some((vec![one, other], pair(one, other)))
    };
    pairs(&numbers).into_iter().filter_map(meet).collect()
}

fn write(
    work: &Work<'_>,
    kept: &Kept,
    round: &KeptRound,
    judged: &[(Vec<Entry>, Judged)],
    is_last: bool,
) -> Result<(), StoreError> {
    for (entries, judged) in judged {
        for entry in entries {
            let won = judged.winners.contains(&entry.side);
            // who goes on has points to come
            let points = if won && !is_last { 0 } else { prize(judged, entry.side, kept.points) };
            let points = if entry.side == 0 { 0 } else { points };
            let how: PkHow = judged.how;
            work.tx.put(
                sql!(
                    "INSERT INTO pk_result (pk_id, round, side, won, how, units, times, held_by, first_at, points) \
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
                ),
                values![
                    kept.id,
                    round.number,
                    entry.side,
                    won,
                    how,
                    entry.tally.units,
                    entry.tally.times,
                    entry.tally.by,
                    entry.first,
                    points
                ],
            )?;
        }
    }
    Ok(())
}
