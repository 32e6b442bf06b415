//! Facts that must agree with each other: tasks, promises, owners, members.

use super::Report;
use crate::domain::time::Day;
use crate::sql;
use crate::store::engine::Tx;
use crate::store::error::StoreError;

/// A task that ended says when and why; one that is due does not, and is somebody's if its customer is.
pub fn tasks(tx: Tx<'_>, report: &mut Report) -> Result<(), StoreError> {
    each_id(
        tx,
        report,
        ("task", "an end with time, day and reason", "an end without one of them"),
        sql!(
            "SELECT id FROM task WHERE state <> 'due' AND (closed_at IS NULL OR closed_day IS NULL OR why IS NULL)"
        ),
    )?;
    each_id(
        tx,
        report,
        ("task", "no end while it is due", "an end"),
        sql!("SELECT id FROM task WHERE state = 'due' AND (closed_at IS NOT NULL OR why IS NOT NULL)"),
    )?;
    each_id(
        tx,
        report,
        ("task", "an owner as long as its customer has one", "the other way round"),
        sql!(
            "SELECT t.id FROM task t JOIN customer c ON c.id = t.customer_id WHERE t.state = 'due' \
             AND (t.owner_id IS NULL) <> (c.owner_id IS NULL)"
        ),
    )?;
    each_id(
        tx,
        report,
        ("task", "an owner who is a user", "nobody of that id"),
        sql!(
            "SELECT t.id FROM task t WHERE t.owner_id IS NOT NULL AND t.state = 'due' \
             AND NOT EXISTS (SELECT 1 FROM person_user u WHERE u.id = t.owner_id)"
        ),
    )?;
    count(tx, report, "task", sql!("SELECT COUNT(*) FROM task"))
}

/// An open promise has a due task, a due task that was promised has an open promise.
pub fn promises(tx: Tx<'_>, report: &mut Report) -> Result<(), StoreError> {
    each_id(
        tx,
        report,
        ("promise", "a due task while it is open", "none"),
        sql!(
            "SELECT p.id FROM promise p WHERE p.state = 'open' AND p.task_id IS NOT NULL \
             AND NOT EXISTS (SELECT 1 FROM task t WHERE t.id = p.task_id AND t.state = 'due')"
        ),
    )?;
    each_id(
        tx,
        report,
        ("task", "an open promise behind it", "none"),
        sql!(
            "SELECT t.id FROM task t WHERE t.state = 'due' AND t.promised = 1 \
             AND NOT EXISTS (SELECT 1 FROM promise p WHERE p.task_id = t.id AND p.state = 'open')"
        ),
    )?;
    count(tx, report, "promise", sql!("SELECT COUNT(*) FROM promise"))
}

/// The owner on the customer is the one of the open ownership row.
pub fn owners(tx: Tx<'_>, report: &mut Report) -> Result<(), StoreError> {
    tx.each(
        sql!(
            "SELECT c.id, c.owner_id, o.user_id FROM customer c LEFT JOIN ownership o ON o.customer_id = c.id \
             AND o.process = '' AND o.owner_right = 'follow' AND o.to_at IS NULL \
             WHERE c.owner_id IS DISTINCT FROM o.user_id"
        ),
        &[],
        |row| {
            let name = |id: Option<i64>| id.map_or("nobody".to_owned(), |id| format!("user {id}"));
            report.differs(
                "ownership",
                format!("customer {}", row.int(0)?),
                (name(row.opt_int(2)?), name(row.opt_int(1)?)),
            );
            Ok(())
        },
    )?;
    each_id(
        tx,
        report,
        ("ownership", "an end after its beginning", "an earlier one"),
        sql!("SELECT id FROM ownership WHERE to_at IS NOT NULL AND to_at < from_at"),
    )?;
    count(tx, report, "ownership", sql!("SELECT COUNT(*) FROM ownership"))
}

/// Nobody is in two teams on one day.
pub fn members(tx: Tx<'_>, report: &mut Report) -> Result<(), StoreError> {
    tx.each(
        sql!(
            "SELECT a.user_id, a.from_day, b.from_day FROM membership a JOIN membership b ON b.user_id = a.user_id \
             AND b.from_day > a.from_day AND (a.to_day IS NULL OR a.to_day >= b.from_day)"
        ),
        &[],
        |row| {
            report.differs(
                "membership",
                format!("user {}", row.int(0)?),
                (
                    format!("an end before {}", Day(row.int(2)?)),
                    format!("the one since {} goes on", Day(row.int(1)?)),
                ),
            );
            Ok(())
        },
    )?;
    count(tx, report, "membership", sql!("SELECT COUNT(*) FROM membership"))
}

pub(super) fn each_id(
    tx: Tx<'_>,
    report: &mut Report,
    (kind, expected, found): (&'static str, &str, &str),
    sql: &str,
) -> Result<(), StoreError> {
    tx.each(sql, &[], |row| {
        report.differs(kind, row.int(0)?, (expected, found));
        Ok(())
    })
}

pub(super) fn count(
    tx: Tx<'_>,
    report: &mut Report,
    kind: &'static str,
    sql: &str,
) -> Result<(), StoreError> {
    let rows = tx.number(sql, &[])?.unwrap_or(0);
    report.count(kind, u64::try_from(rows).unwrap_or(0));
    Ok(())
}
