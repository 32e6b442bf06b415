//! Keeping the reports of periods that have closed: whoever notices first does it.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::id::{IdMaker, UserId, WriteId};
use crate::domain::lists::Period;
use crate::domain::origin::Origin;
use crate::domain::time::{Day, Timestamp};
use crate::runtime::clock::Clock;
use crate::store::StoreError;
use crate::store::change::people::TargetOf;
use crate::store::change::{Change, ReportChange, Write};
use crate::store::query::{Answer, Query, ReportAnswer, ReportAsk};
use crate::store::worker::Store;

/// Reports that are looked for at once.
pub const AT_ONCE: usize = 400;
/// Reports that are kept in one change: few enough that nobody waits.
const PART: usize = 25;

/// A report that is due to be kept.
pub type Due = (TargetOf, Period, Day);

/// Keeps what is due by `clock` on a store. A failure is left to whoever comes next: a report is kept once.
///
/// # Errors
/// What the store refuses.
pub fn close(store: &Store, by: UserId, clock: Clock) -> Result<(), StoreError> {
    let now = clock.now();
    due(
        || match store.ask(Query::Report(ReportAsk::Due { now, limit: AT_ONCE }))? {
            Answer::Report(ReportAnswer::Due(due)) => Ok(due),
            _ => Ok(Vec::new()),
        },
        |change, part| {
            store.make(Write { id: id(now, part), by, at: now, from: Origin::Local, change }).map(drop)
        },
    )
    .map(drop)
}

/// Keeps part after part until nothing is due: `look` tells what is, `make` makes the change. Answers with how many were kept.
///
/// # Errors
/// What either of them refuses.
pub fn due<E>(
    mut look: impl FnMut() -> Result<Vec<Due>, E>,
    mut make: impl FnMut(Change, u64) -> Result<(), E>,
) -> Result<usize, E> {
    let mut done: BTreeSet<(u8, i64, &'static str, Day)> = BTreeSet::new();
    let mut parts = 0;
    loop {
        let mut wanted: BTreeMap<(Period, Day), Vec<TargetOf>> = BTreeMap::new();
        for (whose, period, first) in look()? {
            if done.insert(key(whose, period, first)) {
                wanted.entry((period, first)).or_default().push(whose);
            }
        }
        if wanted.is_empty() {
            return Ok(done.len());
        }
        for ((period, first), who) in wanted {
            for who in who.chunks(PART) {
                parts += 1;
                make(Change::Report(ReportChange::Close { who: who.to_vec(), period, first }), parts)?;
            }
        }
    }
}

const fn key(whose: TargetOf, period: Period, first: Day) -> (u8, i64, &'static str, Day) {
    match whose {
        TargetOf::User(user) => (0, user.0, period.as_str(), first),
        TargetOf::Team(team) => (1, team.0, period.as_str(), first),
    }
}

/// An id of keeping this part.
fn id(now: Timestamp, part: u64) -> WriteId {
    let mixed = part.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ u64::from(std::process::id());
    WriteId(IdMaker::new(now, mixed).make())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_report_is_kept_once_and_in_parts() {
        let day = Day(20_000);
        let all: Vec<Due> = (1..=60).map(|n| (TargetOf::User(UserId(n)), Period::Day, day)).collect();
        let mut sizes = Vec::new();
        let kept = due(
            || Ok::<_, ()>(all.clone()),
            |change, _| {
                let Change::Report(ReportChange::Close { who, .. }) = change else { panic!() };
                sizes.push(who.len());
                Ok(())
            },
        );
        // what is told as due again was kept in the meantime, or cannot be
        assert_eq!(kept, Ok(60));
        assert_eq!(sizes, [25, 25, 10]);
    }
}
