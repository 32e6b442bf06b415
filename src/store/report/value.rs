//! What the program is worth (S001-09): the last weeks against the first, with counts, never a bare percentage.

use crate::domain::id::CustomerId;
use crate::domain::lists::{AuditKind, Metric};
use crate::domain::report::share::Share;
use crate::domain::report::{Execution, Promises};
use crate::domain::time::{DAY_MS, Day, Timestamp, Zone};
use crate::playbook::Playbook;
use crate::store::books::Books;
use crate::store::change::people::TargetOf;
use crate::store::customers::invalid;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::query::Viewer;
use crate::store::query::report::{ValueFigure, ValueKind, ValueLine, ValueReport, ValueRow};
use crate::store::read::board::people;
use crate::store::report::card::{Eye, check};
use crate::store::report::figures::{book_of, execution, promises};
use crate::store::rights::{Action, Relation};
use crate::{sql, values};

/// Days of the baseline, and of the days held against it, at most.
const DAYS: i64 = 28;
/// Days there must be on record: fewer tell nothing.
const DAYS_MIN: i64 = 14;
/// Days a customer must have lain still to count as revived.
const STILL_DAYS: i64 = 14;
/// Customers that are answered at once, at most.
const ROWS_MAX: usize = 200;

/// A stretch of days.
#[derive(Debug, Clone, Copy)]
struct Stretch {
    days: (Day, Day),
    from: Timestamp,
    to: Timestamp,
}

impl Stretch {
    fn of(zone: Zone, days: (Day, Day)) -> Self {
        Self { days, from: zone.start(days.0), to: zone.end(days.1) }
    }
}

/// The first weeks and the last.
fn stretches(tx: Tx<'_>, zone: Zone, now: Timestamp) -> Result<(Stretch, Stretch), StoreError> {
    let today = zone.day(now);
    let first = tx.number(sql!("SELECT min(day) FROM metric_day"), &[])?.map_or(today, Day);
    // today is not over
    let last = today.plus(-1);
    let all = last.0 - first.0 + 1;
    if all < DAYS_MIN {
        let what = format!(
            "there are {} days on record; from {DAYS_MIN} on the last ones can be held against the first",
            all.max(0)
        );
        return Err(invalid("no_baseline", what));
    }
    let long = DAYS.min(all / 2);
    let before = (first, first.plus(long - 1));
    let after = (last.plus(1 - long), last);
    Ok((Stretch::of(zone, before), Stretch::of(zone, after)))
}

/// The report.
pub fn report(tx: Tx<'_>, books: &mut Books, by: Viewer) -> Result<ValueReport, StoreError> {
    let eye = Eye::of(tx, books, by)?;
    check(eye.actor.role, Action::SeeValue, Relation::Nobody, "see what the program is worth")?;
    let book = book_of(tx, books, TargetOf::User(by.id))?.playbook;
    let (before, after) = stretches(tx, book.zone, by.now)?;
    let (one, other) = (all(tx, &book, before, by.now)?, all(tx, &book, after, by.now)?);
    let lines = ValueKind::ALL.into_iter().zip(one).zip(other);
    Ok(ValueReport {
        baseline: before.days,
        period: after.days,
        worked: (
            book.workdays.count(before.days.0, before.days.1),
            book.workdays.count(after.days.0, after.days.1),
        ),
        currency: book.currency.clone(),
        main: book.metrics.main,
        lines: lines.map(|((kind, before), now)| ValueLine { kind, before, now }).collect(),
    })
}

/// Every line of a stretch, in the order of [`ValueKind::ALL`].
fn all(tx: Tx<'_>, book: &Playbook, of: Stretch, now: Timestamp) -> Result<[ValueFigure; 8], StoreError> {
    let (mut work, mut promised) = (Execution::default(), Promises::default());
    for member in people::all(tx, of.days.1)? {
        work = work.and(execution(tx, member.id, (of.days, (of.from, of.to)), now)?);
        promised = promised.and(promises(tx, member.id, (of.from, of.to))?);
    }
    let kept = i64::from(promised.kept);
    let heads = heads(tx, of)?;
    let revived = revived(tx, of)?;
    let bought = revived.iter().filter(|(_, _, amount)| *amount > 0).count();
    let amount = revived.iter().map(|(_, _, amount)| amount).sum();
    let (duplicates, seen) = duplicates(tx, of)?;
    let refused = tx.number(
        sql!("SELECT count(*) FROM audit WHERE kind = $1 AND at >= $2 AND at < $3"),
        values![AuditKind::Refused, of.from, of.to],
    )?;
    Ok([
        ValueFigure::Share(Share::of(i64::from(work.on_time), i64::from(work.planned))),
        ValueFigure::Share(conversion(tx, book, of)?),
        ValueFigure::Share(Share::of(kept, kept + i64::from(promised.broken))),
        ValueFigure::PerHead { sum: sum(tx, of, book.metrics.main)?, days: heads },
        ValueFigure::PerHead { sum: sum(tx, of, Metric::CallsValid)?, days: heads },
        ValueFigure::Count {
            count: i64::try_from(revived.len()).unwrap_or(i64::MAX),
            won: i64::try_from(bought).unwrap_or(i64::MAX),
            amount,
        },
        ValueFigure::Share(Share::of(duplicates, seen)),
        ValueFigure::Count { count: refused.unwrap_or(0), won: 0, amount: 0 },
    ])
}

fn sum(tx: Tx<'_>, of: Stretch, metric: Metric) -> Result<i64, StoreError> {
    let mut sum = 0;
    for day in of.days.0.0..=of.days.1.0 {
        let found = tx.number(
            sql!("SELECT CAST(sum(value) AS BIGINT) FROM metric_day WHERE day = $1 AND metric = $2"),
            values![day, metric],
        )?;
        sum += found.unwrap_or(0);
    }
    Ok(sum)
}

/// Days on which somebody called, all people together.
fn heads(tx: Tx<'_>, of: Stretch) -> Result<i64, StoreError> {
    let mut heads = 0;
    for day in of.days.0.0..=of.days.1.0 {
        let found = tx.number(
            sql!(
                "SELECT count(DISTINCT user_id) FROM metric_day WHERE day = $1 AND metric = $2 AND value > 0"
            ),
            values![day, Metric::CallsDialed],
        )?;
        heads += found.unwrap_or(0);
    }
    Ok(heads)
}

/// Deals that opened in the stretch, and those of them that were won by its end: both stretches are as long.
fn conversion(tx: Tx<'_>, book: &Playbook, of: Stretch) -> Result<Share, StoreError> {
    let mut share = Share::default();
    for pipeline in book.pipelines.iter().filter(|pipeline| !pipeline.stages.is_empty()) {
        let found = tx.one(
            sql!(
                "SELECT count(*), CAST(sum(CASE WHEN state = 'won' AND closed_at < $3 THEN 1 ELSE 0 END) AS BIGINT) FROM deal \
                 WHERE pipeline = $1 AND opened_at >= $2 AND opened_at < $3 AND void_at IS NULL"
            ),
            values![&pipeline.code, of.from, of.to],
            |row| Ok(Share::of(row.opt_int(1)?.unwrap_or(0), row.int(0)?)),
        )?;
        share = share.and(found.unwrap_or_default());
    }
    Ok(share)
}

fn duplicates(tx: Tx<'_>, of: Stretch) -> Result<(i64, i64), StoreError> {
    let found = tx.one(
        sql!(
            "SELECT CAST(sum(duplicates) AS BIGINT), CAST(sum(seen) AS BIGINT) FROM import_batch WHERE at >= $1 AND at < $2"
        ),
        values![of.from, of.to],
        |row| Ok((row.opt_int(0)?.unwrap_or(0), row.opt_int(1)?.unwrap_or(0))),
    )?;
    Ok(found.unwrap_or_default())
}

/// Customers that had lain still, were given to somebody else in the stretch, and were reached again in it; with what they bought in it
/// since.
fn revived(tx: Tx<'_>, of: Stretch) -> Result<Vec<(CustomerId, Timestamp, i64)>, StoreError> {
    let given: Vec<(CustomerId, Timestamp)> = tx.all(
        sql!(
            "SELECT o.customer_id, min(o.from_at) FROM ownership o WHERE o.owner_right = 'follow' AND o.from_at >= $1 AND o.from_at < $2 \
             AND EXISTS (SELECT 1 FROM ownership e WHERE e.customer_id = o.customer_id AND e.owner_right = 'follow' \
                 AND e.from_at < o.from_at AND e.user_id <> o.user_id) \
             AND NOT EXISTS (SELECT 1 FROM touch t WHERE t.customer_id = o.customer_id AND t.at >= o.from_at - CAST($3 AS BIGINT) \
                 AND t.at < o.from_at AND t.void_at IS NULL AND t.connected = 1) \
             AND EXISTS (SELECT 1 FROM customer c WHERE c.id = o.customer_id AND c.created_at < o.from_at - CAST($3 AS BIGINT)) \
             AND EXISTS (SELECT 1 FROM touch t WHERE t.customer_id = o.customer_id AND t.at >= o.from_at AND t.at < $2 \
                 AND t.void_at IS NULL AND t.connected = 1) \
             GROUP BY o.customer_id ORDER BY o.customer_id"
        ),
        values![of.from, of.to, STILL_DAYS * DAY_MS],
        |row| Ok((CustomerId(row.int(0)?), Timestamp(row.int(1)?))),
    )?;
    let mut revived = Vec::with_capacity(given.len());
    for (customer, since) in given {
        let bought = tx.number(
            sql!(
                "SELECT CAST(sum(price) AS BIGINT) FROM sale_order WHERE customer_id = $1 AND at >= $2 AND at < $3 AND void_at IS NULL"
            ),
            values![customer, since, of.to],
        )?;
        revived.push((customer, since, bought.unwrap_or(0)));
    }
    Ok(revived)
}

/// The customers behind a line of the last weeks.
pub fn rows(
    tx: Tx<'_>,
    books: &mut Books,
    line: ValueKind,
    by: Viewer,
    (after, limit): (Option<CustomerId>, usize),
) -> Result<Vec<ValueRow>, StoreError> {
    let eye = Eye::of(tx, books, by)?;
    check(eye.actor.role, Action::SeeValue, Relation::Nobody, "see what the program is worth")?;
    if line != ValueKind::Revived {
        let what =
            format!("'{}' is a sum; its facts are behind the figures of boards and funnels", line.word());
        return Err(invalid("no_rows", what));
    }
    let book = book_of(tx, books, TargetOf::User(by.id))?.playbook;
    let (_, last) = stretches(tx, book.zone, by.now)?;
    let found = revived(tx, last)?;
    let wanted = found.into_iter().filter(|(customer, ..)| after.is_none_or(|after| *customer > after));
    let mut rows = Vec::new();
    for (customer, since, amount) in wanted.take(limit.min(ROWS_MAX)) {
        let row = tx.one(
            sql!(
                "SELECT c.name, u.name FROM customer c LEFT JOIN person_user u ON u.id = c.owner_id WHERE c.id = $1"
            ),
            values![customer],
            |row| {
                Ok(ValueRow {
                    customer,
                    name: row.text(0)?.to_owned(),
                    owner: row.opt_text(1)?.unwrap_or_default().to_owned(),
                    since,
                    amount,
                })
            },
        )?;
        rows.extend(row);
    }
    Ok(rows)
}
