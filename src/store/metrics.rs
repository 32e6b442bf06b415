//! Counting: every increment goes to the day's and the month's roll-up in the transaction of the fact it counts.

use crate::domain::id::{TeamId, UserId};
use crate::domain::lists::Metric;
use crate::domain::time::Day;
use crate::store::change::Topic;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::undo::Reversal;
use crate::store::write::Work;
use crate::{sql, values};

/// Whose figure an increment goes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The business day.
    pub day: Day,
    /// The person.
    pub user: UserId,
    /// The person's team on that day.
    pub team: Option<TeamId>,
    /// The pipeline; empty where a fact has none.
    pub pipeline: String,
}

/// Adds `value` to a metric, notes how to take it back, and reports it where the acting user is the one credited.
pub fn count(work: &mut Work<'_>, account: &Account, metric: Metric, value: i64) -> Result<(), StoreError> {
    if value == 0 {
        return Ok(());
    }
    add(work.tx, account, metric, value)?;
    work.touch(Topic::Metrics);
    work.reverse(Reversal::Counted {
        day: account.day,
        user: account.user,
        team: account.team.map_or(0, |t| t.0),
        pipeline: account.pipeline.clone(),
        metric,
        value,
    });
    if account.user == work.by.id {
        match work.effects.metrics.iter_mut().find(|(m, _)| *m == metric) {
            Some((_, sum)) => *sum += value,
            None => work.effects.metrics.push((metric, value)),
        }
    }
    Ok(())
}

/// Adds to the day's and the month's row.
pub fn add(tx: Tx<'_>, account: &Account, metric: Metric, value: i64) -> Result<(), StoreError> {
    let team = account.team.map_or(0, |t| t.0);
    let pipeline = &account.pipeline;
    tx.put(
        sql!(
            "INSERT INTO metric_day (day, user_id, team_id, pipeline, metric, value) VALUES ($1, $2, $3, $4, $5, $6) \
             ON CONFLICT (day, metric, user_id, team_id, pipeline) DO UPDATE SET value = metric_day.value + excluded.value"
        ),
        values![account.day, account.user, team, pipeline, metric, value],
    )?;
    tx.put(
        sql!(
            "INSERT INTO metric_month (month, user_id, team_id, pipeline, metric, value) VALUES ($1, $2, $3, $4, $5, $6) \
             ON CONFLICT (month, metric, user_id, team_id, pipeline) DO UPDATE SET value = metric_month.value + excluded.value"
        ),
        values![account.day.month(), account.user, team, pipeline, metric, value],
    )?;
    Ok(())
}

/// Removes rows that came back to nothing, so that a day taken back looks like a day on which nothing was done.
pub fn drop_empty(tx: Tx<'_>, account: &Account, metric: Metric) -> Result<(), StoreError> {
    let team = account.team.map_or(0, |t| t.0);
    tx.put(
        sql!(
            "DELETE FROM metric_day WHERE day = $1 AND metric = $2 AND user_id = $3 AND team_id = $4 AND pipeline = $5 \
             AND value = 0"
        ),
        values![account.day, metric, account.user, team, &account.pipeline],
    )?;
    tx.put(
        sql!(
            "DELETE FROM metric_month WHERE month = $1 AND metric = $2 AND user_id = $3 AND team_id = $4 \
             AND pipeline = $5 AND value = 0"
        ),
        values![account.day.month(), metric, account.user, team, &account.pipeline],
    )?;
    Ok(())
}
