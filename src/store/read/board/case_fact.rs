//! The cases behind a ratio: every one is a row, and those that came to something count one each. So both sums open at once.

use crate::domain::id::UserId;
use crate::domain::lists::{Metric, TaskState};
use crate::domain::time::{DAY_MS, Timestamp};
use crate::playbook::Playbook;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::query::board::FactRow;
use crate::store::read::board::cases::cohorts;
use crate::store::read::board::fact::{Window, fact};
use crate::store::read::board::people;
use crate::store::report::LATE_DAYS;
use crate::store::value::word;
use crate::{sql, values};

/// A window of the cases of whoever is asked for.
pub(super) fn facts(tx: Tx<'_>, book: &Playbook, window: &Window<'_>) -> Result<Vec<FactRow>, StoreError> {
    let mut found = Vec::new();
    for user in whose(tx, book, window)? {
        match window.ask.metric {
            Metric::ConversionRateBp => found.extend(leads(tx, book, (user, window))?),
            Metric::ProactiveRatio => found.extend(touches(tx, (user, window))?),
            metric => {
                found.extend(settled(tx, (user, window), metric == Metric::ExecutionRate)?);
                found.extend(open(tx, (user, window))?);
            }
        }
    }
    Ok(found)
}

/// Whose cases: a person's, or those of whoever is in the team on the last day, as on the board.
pub(super) fn whose(tx: Tx<'_>, book: &Playbook, window: &Window<'_>) -> Result<Vec<UserId>, StoreError> {
    if let Some(user) = window.ask.user {
        return Ok(vec![user]);
    }
    let today = book.zone.day(window.ask.now);
    let on = window.last.min(today).max(window.first.min(today));
    let members = people::all(tx, on)?.into_iter();
    Ok(members
        .filter(|member| window.ask.team.is_none_or(|team| member.team == Some(team)))
        .map(|member| member.id)
        .collect())
}

/// Leads with when they were given, each of which counts where it was won in time.
fn leads(
    tx: Tx<'_>,
    book: &Playbook,
    (user, window): (UserId, &Window<'_>),
) -> Result<Vec<FactRow>, StoreError> {
    let mut found = Vec::new();
    let days = i64::from(book.metrics.conversion_window_days);
    for (from, to, until) in cohorts(book.zone, (window.first, window.last), days) {
        let rows = tx.all(
            sql!(
                "SELECT o.id, o.from_at, u.name, o.customer_id, c.name, c.source, CAST(NULL AS TEXT), CAST(0 AS BIGINT), \
                 CAST(CASE WHEN EXISTS (SELECT 1 FROM sale_order s WHERE s.customer_id = o.customer_id AND s.at >= o.from_at \
                     AND s.at < $4 AND (o.to_at IS NULL OR s.at < o.to_at) AND s.void_at IS NULL) THEN 1 ELSE 0 END AS BIGINT) \
                 FROM ownership o JOIN customer c ON c.id = o.customer_id JOIN person_user u ON u.id = o.user_id \
                 WHERE o.user_id = $1 AND o.owner_right = 'follow' AND o.from_at >= $2 AND o.from_at < $3 \
                 AND (o.from_at < $5 OR (o.from_at = $5 AND o.id < $6)) \
                 AND NOT EXISTS (SELECT 1 FROM sale_order b WHERE b.customer_id = o.customer_id AND b.at < o.from_at AND b.void_at IS NULL) \
                 ORDER BY o.from_at DESC, o.id DESC LIMIT $7"
            ),
            values![user, from, to, until, window.before.0, window.before.1, window.limit],
            |row| fact(row, row.int(8)?, row.int(7)?),
        )?;
        found.extend(rows);
    }
    Ok(found)
}

/// Touches in which somebody was reached, each of which counts where it went out to a household without an order.
fn touches(tx: Tx<'_>, (user, window): (UserId, &Window<'_>)) -> Result<Vec<FactRow>, StoreError> {
    tx.all(
        sql!(
            "SELECT t.id, t.at, u.name, t.customer_id, c.name, t.outcome, t.pipeline, t.playbook_number, \
             CAST(CASE WHEN t.direction = 'out' AND NOT EXISTS (SELECT 1 FROM sale_order o WHERE o.customer_id = t.customer_id \
                 AND o.at < t.at AND o.void_at IS NULL) THEN 1 ELSE 0 END AS BIGINT) \
             FROM touch t JOIN customer c ON c.id = t.customer_id JOIN person_user u ON u.id = t.user_id \
             WHERE t.user_id = $1 AND t.at >= $2 AND t.at < $3 AND (t.at < $4 OR (t.at = $4 AND t.id < $5)) \
             AND t.connected = 1 AND t.void_at IS NULL ORDER BY t.at DESC, t.id DESC LIMIT $6"
        ),
        values![user, window.from, window.to, window.before.0, window.before.1, window.limit],
        |row| fact(row, row.int(8)?, row.int(7)?),
    )
}

/// Planned tasks that ended, with when they were due, each of which counts where it was done on its day, or at all.
fn settled(
    tx: Tx<'_>,
    (user, window): (UserId, &Window<'_>),
    late_counts: bool,
) -> Result<Vec<FactRow>, StoreError> {
    let to = window.to.min(Timestamp(window.ask.now.0.saturating_add(1)));
    tx.all(
        sql!(
            "SELECT t.id, t.due_at, u.name, t.customer_id, c.name, t.lane, t.pipeline, CAST(0 AS BIGINT), t.state, t.closed_day \
             FROM task t JOIN customer c ON c.id = t.customer_id JOIN person_user u ON u.id = t.owner_id \
             WHERE t.owner_id = $1 AND t.due_at >= $2 AND t.due_at < $3 AND (t.due_at < $4 OR (t.due_at = $4 AND t.id < $5)) \
             AND t.state <> 'due' AND t.state IN ('done', 'skipped', 'expired') AND t.closed_day >= $7 AND t.closed_day <= $8 ORDER BY t.due_at DESC, t.id DESC LIMIT $6"
        ),
        values![
            user,
            window.from,
            to,
            window.before.0,
            window.before.1,
            window.limit,
            window.first.plus(-LATE_DAYS),
            window.last.plus(LATE_DAYS)
        ],
        |row| {
            // the day as the figure tells it, by whole days from the first midnight
            let due_day = window.first.0 + row.int(1)?.saturating_sub(window.from.0).div_euclid(DAY_MS);
            let done = word(row, 8, TaskState::parse)? == TaskState::Done;
            let in_time = row.opt_int(9)?.is_some_and(|day| day <= due_day);
            fact(row, i64::from(done && (in_time || late_counts)), row.int(7)?)
        },
    )
}

/// Planned tasks that are due and not done.
fn open(tx: Tx<'_>, (user, window): (UserId, &Window<'_>)) -> Result<Vec<FactRow>, StoreError> {
    let to = window.to.min(Timestamp(window.ask.now.0.saturating_add(1)));
    tx.all(
        sql!(
            "SELECT t.id, t.due_at, u.name, t.customer_id, c.name, t.lane, t.pipeline, CAST(0 AS BIGINT) \
             FROM task t JOIN customer c ON c.id = t.customer_id JOIN person_user u ON u.id = t.owner_id \
             WHERE t.owner_id = $1 AND t.state = 'due' AND t.due_at >= $2 AND t.due_at < $3 \
             AND (t.due_at < $4 OR (t.due_at = $4 AND t.id < $5)) ORDER BY t.due_at DESC, t.id DESC LIMIT $6"
        ),
        values![user, window.from, to, window.before.0, window.before.1, window.limit],
        |row| fact(row, 0, row.int(7)?),
    )
}
