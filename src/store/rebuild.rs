//! Figures made again from the journal: found beside the work, set right by a change.
//!
//! The journal is read once, in one snapshot, and nobody waits for that: what differs is then put right by how much it was off, so
//! that what was counted meanwhile stays. The change names every sum with what was kept and what is right, so that a figure that
//! moved without a fact can be explained too.

mod added_up;
mod step;

use crate::domain::id::UserId;
use crate::domain::lists::Metric;
use crate::domain::time::{Day, Month, Timestamp};
use crate::store::actor::Actor;
use crate::store::change::Topic;
use crate::store::change::figures::{FiguresChange, Kept, MENDED_MAX, Mend, SumOf};
use crate::store::db::Db;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::rights::{self, Action, Relation};
use crate::store::value::{Row, word};
use crate::store::write::{self, Work};
use crate::{sql, values};

/// What the journal makes of the figures.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rebuilt {
    /// Rows of the journal that were read.
    pub rows: u64,
    /// Sums compared, of days and of months.
    pub sums: u64,
    /// Those that differ, in order.
    pub differences: Vec<Mend>,
}

/// Whose sum of what: user, team, pipeline, metric.
type Key = (SumOf, i64, i64, String, Metric);

/// Adds up what the journal says was counted in a month, or ever, and compares it with what is kept.
///
/// # Errors
/// [`StoreError::Forbidden`], and what the engine says.
pub fn rebuilt(
    db: &mut Db,
    month: Option<Month>,
    (by, now): (UserId, Timestamp),
) -> Result<Rebuilt, StoreError> {
    db.snapshot(|tx, books| {
        let day = write::zone_of(tx, books, by)?.day(now);
        let actor = Actor::load(tx, by, day)?;
        rights::check(actor.role, Action::Mend, Relation::Nobody, "set figures right")?;
        let (mut right, rows) = added_up::added_up(tx, month)?;
        let mut rebuilt = Rebuilt { rows, ..Rebuilt::default() };
        let kept = |of: SumOf, row: &dyn Row| {
            let key = (of, row.int(1)?, row.int(2)?, row.text(3)?.to_owned(), word(row, 4, Metric::parse)?);
            Ok((key, Kept { value: row.int(5)?, at: row.int(6)? }))
        };
        let (first, last) = month.map_or((Day(i64::MIN), Day(i64::MAX)), |month| (month.first(), month.last()));
        let mut stored: Vec<(Key, Kept)> = tx.all(
            sql!(
                "SELECT day, user_id, team_id, pipeline, metric, value, at FROM metric_day WHERE day >= $1 AND day <= $2"
            ),
            values![first, last],
            |row| kept(SumOf::Day(Day(row.int(0)?)), row),
        )?;
        let (first, last) = month.map_or((Month(i64::MIN), Month(i64::MAX)), |month| (month, month));
        stored.extend(tx.all(
            sql!(
                "SELECT month, user_id, team_id, pipeline, metric, value, at FROM metric_month \
                 WHERE month >= $1 AND month <= $2"
            ),
            values![first, last],
            |row| kept(SumOf::Month(Month(row.int(0)?)), row),
        )?);
        for (key, found) in stored {
            rebuilt.sums += 1;
            let right = right.remove(&key).unwrap_or_default();
            // of a sum that is nothing, and of one from before it was noted, the instant says nothing
            let moved = found.at != 0 && found.value != 0 && right.at != found.at;
            if right.value != found.value || moved {
                rebuilt.differences.push(mend(key, found, right));
            }
        }
        for (key, right) in right {
            if right.value != 0 {
                rebuilt.sums += 1;
                rebuilt.differences.push(mend(key, Kept::default(), right));
            }
        }
        rebuilt.differences.sort_by(|a, b| {
            (a.of, a.user, a.team, a.metric, &a.pipeline).cmp(&(b.of, b.user, b.team, b.metric, &b.pipeline))
        });
        Ok(rebuilt)
    })
}

fn mend((of, user, team, pipeline, metric): Key, found: Kept, right: Kept) -> Mend {
    Mend { of, user: UserId(user), team, pipeline, metric, found, right }
}

/// Makes the change.
pub fn apply(work: &mut Work<'_>, change: &FiguresChange) -> Result<(), StoreError> {
    let FiguresChange::Mend { rows } = change;
    rights::check(work.by.role, Action::Mend, Relation::Nobody, "set figures right")?;
    if rows.len() > MENDED_MAX {
        return Err(StoreError::Invalid {
            code: "too_many_sums",
            what: format!("{} sums are too many for one change; set at most {MENDED_MAX} right", rows.len()),
        });
    }
    for row in rows {
        set_right(work.tx, row)?;
    }
    work.irreversible();
    work.touch(Topic::Metrics);
    Ok(())
}

/// Moves a sum by how much it was off; its instant is set where nothing was counted since.
fn set_right(tx: Tx<'_>, row: &Mend) -> Result<(), StoreError> {
    let off = row.right.value - row.found.value;
    let (period, put, drop) = match row.of {
        SumOf::Day(day) => (
            day.0,
            sql!(
                "INSERT INTO metric_day (day, user_id, team_id, pipeline, metric, value, at) VALUES ($1, $2, $3, $4, $5, $6, $7) \
                 ON CONFLICT (day, metric, user_id, team_id, pipeline) DO UPDATE SET value = metric_day.value + excluded.value, \
                 at = CASE WHEN metric_day.at = $8 THEN excluded.at ELSE metric_day.at END"
            ),
            sql!(
                "DELETE FROM metric_day WHERE day = $1 AND metric = $2 AND user_id = $3 AND team_id = $4 AND pipeline = $5 \
                 AND value = 0"
            ),
        ),
        SumOf::Month(month) => (
            month.0,
            sql!(
                "INSERT INTO metric_month (month, user_id, team_id, pipeline, metric, value, at) VALUES ($1, $2, $3, $4, $5, $6, $7) \
                 ON CONFLICT (month, metric, user_id, team_id, pipeline) DO UPDATE SET value = metric_month.value + excluded.value, \
                 at = CASE WHEN metric_month.at = $8 THEN excluded.at ELSE metric_month.at END"
            ),
            sql!(
                "DELETE FROM metric_month WHERE month = $1 AND metric = $2 AND user_id = $3 AND team_id = $4 AND pipeline = $5 \
                 AND value = 0"
            ),
        ),
    };
    tx.put(
        put,
        values![period, row.user, row.team, &row.pipeline, row.metric, off, row.right.at, row.found.at],
    )?;
    tx.put(drop, values![period, row.metric, row.user, row.team, &row.pipeline])
}
