//! How soon another program hears of a commit.

use std::time::{Duration, Instant};

use corral::domain::id::{IdMaker, WriteId};
use corral::domain::lists::{Metric, Period};
use corral::domain::origin::Origin;
use corral::domain::time::{Day, Timestamp};
use corral::store::Db;
use corral::store::change::people::{NewTarget, TargetOf};
use corral::store::change::{Change, PeopleChange, Write};
use corral::store::worker::Store;

use crate::Ground;
use crate::table::{Table, part};

/// Commits that are listened for.
const COMMITS: i64 = 200;
/// p99 of what may pass until a commit is heard of.
const GOAL: f64 = 100.0;

/// Measures from the acknowledgement to what the other program hears.
pub fn measure(ground: &Ground, table: &mut Table) {
    let (ours, other) = (Store::open(&ground.server).unwrap(), Store::open(&ground.server).unwrap());
    let news = other.subscribe();
    let now = ours.newest().unwrap();
    let mut times = Vec::new();
    for nth in 0..COMMITS + 10 {
        let at = Timestamp(now.0 + 1_000_000 + nth * 10);
        let id = WriteId(IdMaker::new(at, 7).make());
        let target = NewTarget::goal(
            TargetOf::User(Db::SYSTEM),
            Period::Month,
            Metric::CallsDialed,
            (nth, Day(20_000)),
        );
        let write = Write {
            id,
            by: Db::SYSTEM,
            at,
            from: Origin::Local,
            change: Change::People(PeopleChange::SetTarget(target)),
        };
        ours.make(write).unwrap();
        let begun = Instant::now();
        while news.recv_timeout(Duration::from_secs(5)).expect("a commit is heard of").write != id {}
        if nth >= 10 {
            times.push(begun.elapsed().as_secs_f64() * 1_000.0);
        }
    }
    table.alone("another program's commit heard of, p50", part(&mut times, 0.5), None);
    table.alone("another program's commit heard of, p99", part(&mut times, 0.99), Some(GOAL));
}
