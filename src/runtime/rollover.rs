//! Rolling the business day over: whoever comes first does it, part by part, so that nobody is stopped for long.

use crate::domain::id::{CustomerId, IdMaker, UserId, WriteId};
use crate::domain::origin::Origin;
use crate::domain::time::{Day, Timestamp};
use crate::runtime::clock::Clock;
use crate::store::StoreError;
use crate::store::change::{Change, Commit, WorkChange, Write};
use crate::store::query::{Answer, Query};
use crate::store::worker::Store;

/// Rolls the day of `clock` over on a store. A failure is left to whoever comes next: the change is idempotent.
///
/// # Errors
/// What the store refuses.
pub fn roll_over(store: &Store, by: UserId, clock: Clock) -> Result<(), StoreError> {
    let Answer::Me(me) = store.ask(Query::Me(by))? else { return Ok(()) };
    let now = clock.now();
    let day = me.playbook.zone.day(now);
    parts(day, |change, after| {
        store.make(Write { id: roll_id(now, day, after), by, at: now, from: Origin::Local, change })
    })
    .map(|_| ())
}

/// Rolls a day over part by part; `make` makes the change of the part after a customer. Answers with the parts that were
/// still to do.
///
/// # Errors
/// What `make` refuses.
pub fn parts<E>(
    day: Day,
    mut make: impl FnMut(Change, Option<CustomerId>) -> Result<Commit, E>,
) -> Result<usize, E> {
    let mut after = None;
    let mut done = 0;
    loop {
        let commit = make(Change::Work(WorkChange::RollDay { day, after }), after)?;
        // somebody has done it already
        done += usize::from(!commit.replayed);
        match commit.effects.more {
            Some(next) => after = Some(next),
            None => return Ok(done),
        }
    }
}

/// An id of this part of this day's rolling over.
fn roll_id(now: Timestamp, day: Day, after: Option<CustomerId>) -> WriteId {
    let mixed =
        day.0.unsigned_abs().wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ after.map_or(0, |c| c.0.unsigned_abs());
    WriteId(IdMaker::new(now, mixed ^ u64::from(std::process::id())).make())
}
