//! Counting: every increment goes to the day's and the month's roll-up in the transaction of the fact it counts.

use crate::domain::id::{TeamId, UserId, WriteId};
use crate::domain::lists::Metric;
use crate::domain::time::{DAY_MS, Day, Timestamp};
use crate::store::change::Topic;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::journal::from_json;
use crate::store::undo::Reversal;
use crate::store::value::Row;
use crate::store::write::Work;
use crate::{sql, values};

/// Whose figure an increment goes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The business day.
    pub day: Day,
    /// The instant of what is counted.
    pub at: Timestamp,
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
        at: (account.at != work.at).then_some(account.at),
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
            "INSERT INTO metric_day (day, user_id, team_id, pipeline, metric, value, at) VALUES ($1, $2, $3, $4, $5, $6, $7) \
             ON CONFLICT (day, metric, user_id, team_id, pipeline) DO UPDATE SET value = metric_day.value + excluded.value, \
             at = CASE WHEN excluded.at > metric_day.at THEN excluded.at ELSE metric_day.at END"
        ),
        values![account.day, account.user, team, pipeline, metric, value, account.at],
    )?;
    tx.put(
        sql!(
            "INSERT INTO metric_month (month, user_id, team_id, pipeline, metric, value, at) VALUES ($1, $2, $3, $4, $5, $6, $7) \
             ON CONFLICT (month, metric, user_id, team_id, pipeline) DO UPDATE SET value = metric_month.value + excluded.value, \
             at = CASE WHEN excluded.at > metric_month.at THEN excluded.at ELSE metric_month.at END"
        ),
        values![account.day.month(), account.user, team, pipeline, metric, value, account.at],
    )?;
    Ok(())
}

/// Takes `value` off again, as far as the write `undone` counted it, and sets back when the figure last moved: to the newest
/// count that stands. Of two who have the same, a slip that was taken back costs nobody the place.
pub fn take_off(
    tx: Tx<'_>,
    account: &Account,
    (metric, value): (Metric, i64),
    undone: WriteId,
) -> Result<(), StoreError> {
    add(tx, account, metric, -value)?;
    drop_empty(tx, account, metric)?;
    let Some(day_at) = last_moved(tx, account, metric, account.day)? else {
        return set_month_back(tx, account, metric);
    };
    if day_at != account.at {
        // something was counted later
        return Ok(());
    }
    let before = newest_count(tx, account, metric, undone)?;
    tx.put(
        sql!(
            "UPDATE metric_day SET at = $6 WHERE day = $1 AND metric = $2 AND user_id = $3 AND team_id = $4 AND pipeline = $5"
        ),
        values![account.day, metric, account.user, team_of(account), &account.pipeline, before],
    )?;
    set_month_back(tx, account, metric)
}

fn team_of(account: &Account) -> i64 {
    account.team.map_or(0, |team| team.0)
}

fn last_moved(
    tx: Tx<'_>,
    account: &Account,
    metric: Metric,
    day: Day,
) -> Result<Option<Timestamp>, StoreError> {
    let at = tx.number(
        sql!(
            "SELECT at FROM metric_day WHERE day = $1 AND metric = $2 AND user_id = $3 AND team_id = $4 AND pipeline = $5"
        ),
        values![day, metric, account.user, team_of(account), &account.pipeline],
    )?;
    Ok(at.map(Timestamp))
}

/// The month's figure moved last when that of its last day did.
fn set_month_back(tx: Tx<'_>, account: &Account, metric: Metric) -> Result<(), StoreError> {
    let month = account.day.month();
    let at = tx.number(
        sql!(
            "SELECT at FROM metric_month WHERE month = $1 AND metric = $2 AND user_id = $3 AND team_id = $4 AND pipeline = $5"
        ),
        values![month, metric, account.user, team_of(account), &account.pipeline],
    )?;
    if at != Some(account.at.0) {
        return Ok(());
    }
    let mut before = None;
    for day in (month.first().0..=account.day.0).rev() {
        before = last_moved(tx, account, metric, Day(day))?;
        if before.is_some() {
            break;
        }
    }
    tx.put(
        sql!(
            "UPDATE metric_month SET at = $6 WHERE month = $1 AND metric = $2 AND user_id = $3 AND team_id = $4 AND pipeline = $5"
        ),
        values![
            month,
            metric,
            account.user,
            team_of(account),
            &account.pipeline,
            before.unwrap_or(Timestamp(0))
        ],
    )
}

/// The newest instant at which a change that stands, but for one, counted this on the account's day; 0 where none did.
fn newest_count(
    tx: Tx<'_>,
    account: &Account,
    metric: Metric,
    undone: WriteId,
) -> Result<Timestamp, StoreError> {
    let counts = format!("%\"{metric}\"%");
    // the account's day decides; the instants only lead the index near it
    let (from, to) = (account.at.0 - DAY_MS, account.at.0 + DAY_MS);
    let mut newest = Timestamp(0);
    let mut look = |row: &dyn Row| {
        let at = Timestamp(row.int(0)?);
        let steps: Vec<Reversal> = from_json(row.text(1)?)?;
        for step in steps {
            if let Reversal::Counted { day, user, team, pipeline, metric: counted, at: own, .. } = step
                && (day, user, team, counted) == (account.day, account.user, team_of(account), metric)
                && pipeline == account.pipeline
            {
                newest = newest.max(own.unwrap_or(at));
            }
        }
        Ok(())
    };
    tx.each(
        sql!(
            "SELECT at, reversal FROM journal WHERE by_user = $1 AND at >= $2 AND at < $3 AND undone_by IS NULL AND write_id <> $4 \
             AND reversal LIKE $5"
        ),
        values![account.user, from, to, undone, &counts],
        &mut look,
    )?;
    // what others counted for this account: changes that carry no touch
    tx.each(
        sql!(
            "SELECT at, reversal FROM journal WHERE at >= $1 AND at < $2 AND kind IN ('customer.add', 'customer.add_person', \
             'customer.add_contact', 'customer.set_contact', 'deal.open', 'deal.move', 'deal.win', 'deal.book', 'deal.node', 'deal.untag') \
             AND by_user <> $3 AND undone_by IS NULL AND write_id <> $4 AND reversal LIKE $5"
        ),
        values![from, to, account.user, undone, &counts],
        &mut look,
    )?;
    Ok(newest)
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
