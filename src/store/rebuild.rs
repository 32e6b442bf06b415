//! Figures made again from the journal: found beside the work, set right by a change.
//!
//! The journal is read once, in one snapshot, and nobody waits for that: what differs is then put right by how much it was off, so
//! that what was counted meanwhile stays. The change names every sum with what was kept and what is right, so that a figure that
//! moved without a fact can be explained too.

mod added_up;
pub(in crate::store) mod compare;
mod step;

use crate::domain::id::{TeamId, UserId};
use crate::domain::lists::Metric;
use crate::domain::time::{Day, Month, Timestamp};
use crate::store::actor::Actor;
use crate::store::change::Topic;
use crate::store::change::figures::{FiguresChange, MENDED_MAX, Mend, SumOf};
use crate::store::db::Db;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::metrics::{Account, drop_empty};
use crate::store::rights::{self, Action, Relation};
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
pub(in crate::store) type Key = (SumOf, i64, i64, String, Metric);

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
        let (counted, rows) = added_up::added_up(tx, month)?;
        let compared = compare::compare(tx, counted, month)?;
        let mut differences = compared.differences;
        differences.sort_by(|a, b| {
            (a.of, a.user, a.team, a.metric, &a.pipeline).cmp(&(b.of, b.user, b.team, b.metric, &b.pipeline))
        });
        let unkept = differences.iter().filter(|row| row.found.is_none()).count() as u64;
        Ok(Rebuilt { rows, sums: compared.days + compared.months + unkept, differences })
    })
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

/// Moves a sum by how much it was off; its instant is set where nothing was counted since. What has come to nothing is no row any more.
fn set_right(tx: Tx<'_>, row: &Mend) -> Result<(), StoreError> {
    let found = row.found.unwrap_or_default();
    let (period, put) = match row.of {
        SumOf::Day(Day(day)) => (
            day,
            sql!(
                "INSERT INTO metric_day (day, user_id, team_id, pipeline, metric, value, at) VALUES ($1, $2, $3, $4, $5, $6, $7) \
                 ON CONFLICT (day, metric, user_id, team_id, pipeline) DO UPDATE SET value = metric_day.value + excluded.value, \
                 at = CASE WHEN metric_day.at = $8 THEN excluded.at ELSE metric_day.at END"
            ),
        ),
        SumOf::Month(Month(month)) => (
            month,
            sql!(
                "INSERT INTO metric_month (month, user_id, team_id, pipeline, metric, value, at) VALUES ($1, $2, $3, $4, $5, $6, $7) \
                 ON CONFLICT (month, metric, user_id, team_id, pipeline) DO UPDATE SET value = metric_month.value + excluded.value, \
                 at = CASE WHEN metric_month.at = $8 THEN excluded.at ELSE metric_month.at END"
            ),
        ),
    };
    let off = row.right.value - found.value;
    tx.put(put, values![period, row.user, row.team, &row.pipeline, row.metric, off, row.right.at, found.at])?;
    let account = Account {
        day: row.of.first(),
        at: Timestamp(row.right.at),
        user: row.user,
        team: Some(TeamId(row.team)),
        pipeline: row.pipeline.clone(),
    };
    drop_empty(tx, &account, row.metric)
}
