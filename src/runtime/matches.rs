//! Deciding matches whose window has passed: whoever notices first does it.

use crate::domain::id::{IdMaker, PkId, UserId, WriteId};
use crate::domain::origin::Origin;
use crate::domain::time::Timestamp;
use crate::runtime::clock::Clock;
use crate::store::StoreError;
use crate::store::change::{Change, PkChange, Write};
use crate::store::query::{Answer, PkAnswer, PkAsk, Query};
use crate::store::worker::Store;

/// Rounds that are looked for at once.
pub const AT_ONCE: usize = 100;

/// Decides what is due by `clock` on a store. A failure is left to whoever comes next: a round is decided once.
///
/// # Errors
/// What the store refuses.
pub fn decide(store: &Store, by: UserId, clock: Clock) -> Result<(), StoreError> {
    let now = clock.now();
    due(
        || match store.ask(Query::Pk(PkAsk::Due { now, limit: AT_ONCE }))? {
            Answer::Pk(PkAnswer::Due(due)) => Ok(due),
            _ => Ok(Vec::new()),
        },
        |change, due| {
            store.make(Write { id: id(now, due), by, at: now, from: Origin::Local, change }).map(drop)
        },
    )
    .map(drop)
}

/// Decides round after round until none is due: `look` tells which are, `make` makes the change. Answers with those decided.
///
/// # Errors
/// What either of them refuses.
pub fn due<E>(
    mut look: impl FnMut() -> Result<Vec<(PkId, u32)>, E>,
    mut make: impl FnMut(Change, (PkId, u32)) -> Result<(), E>,
) -> Result<Vec<(PkId, u32)>, E> {
    let mut done: Vec<(PkId, u32)> = Vec::new();
    loop {
        // a bracket's next round may be due as soon as the one before is decided
        let due: Vec<(PkId, u32)> = look()?.into_iter().filter(|due| !done.contains(due)).collect();
        if due.is_empty() {
            return Ok(done);
        }
        for (pk, round) in due {
            make(Change::Pk(PkChange::Decide { pk, round }), (pk, round))?;
            done.push((pk, round));
        }
    }
}

/// An id of deciding this round of this match.
fn id(now: Timestamp, (pk, round): (PkId, u32)) -> WriteId {
    let mixed = pk.0.unsigned_abs().wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ u64::from(round);
    WriteId(IdMaker::new(now, mixed ^ u64::from(std::process::id())).make())
}
