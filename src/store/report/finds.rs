//! What does not go together in what a person put on record in some days: told, not judged.

use crate::domain::id::{CustomerId, UserId};
use crate::domain::lists::Contradicts;
use crate::domain::report::{CONTACT_WITHIN, Find, NODE_EARLY};
use crate::domain::time::{Day, Timestamp};
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::report::figures::Place;
use crate::store::value::Row;
use crate::{sql, values};

/// Finds of one kind that are read of a period: more tell nothing more.
const READ: i64 = 500;

/// Everything of a person in a period.
pub fn of(tx: Tx<'_>, place: &Place, user: UserId) -> Result<Vec<Find>, StoreError> {
    let (from, to) = place.instants();
    let mut finds = Vec::new();
    stages(tx, user, (from, to), &mut finds)?;
    orders(tx, user, (from, to), &mut finds)?;
    lost(tx, user, (from, to), &mut finds)?;
    early(tx, user, (from, to), &mut finds)?;
    talk(tx, place, user, &mut finds)?;
    Ok(finds)
}

fn take(finds: &mut Vec<Find>, kind: Contradicts) -> impl FnMut(&dyn Row) -> Result<(), StoreError> {
    move |row| {
        finds.push(Find { at: Timestamp(row.int(0)?), kind, customer: row.opt_int(1)?.map(CustomerId) });
        Ok(())
    }
}

/// Stages moved by hand although nobody was spoken to, and nobody had come, in the two days before.
fn stages(
    tx: Tx<'_>,
    user: UserId,
    (from, to): (Timestamp, Timestamp),
    finds: &mut Vec<Find>,
) -> Result<(), StoreError> {
    let within = i64::try_from(CONTACT_WITHIN.as_millis()).unwrap_or(i64::MAX);
    tx.each(
        sql!(
            "SELECT m.at, m.customer_id FROM stage_move m WHERE m.by_user = $1 AND m.at >= $2 AND m.at < $3 AND m.void_at IS NULL \
             AND m.evidence = 'move' AND m.from_stage <> '' AND m.to_stage <> '' \
             AND NOT EXISTS (SELECT 1 FROM touch t WHERE t.customer_id = m.customer_id AND t.at >= m.at - CAST($4 AS BIGINT) \
                 AND t.at <= m.at AND t.void_at IS NULL AND (t.connected = 1 OR t.direction = 'in')) \
             AND NOT EXISTS (SELECT 1 FROM node_event n WHERE n.customer_id = m.customer_id AND n.state = 'attended' \
                 AND n.void_at IS NULL AND n.settled_at >= m.at - CAST($4 AS BIGINT) AND n.settled_at <= m.at) \
             ORDER BY m.at LIMIT $5"
        ),
        values![user, from, to, within, READ],
        take(finds, Contradicts::StageWithoutContact),
    )
}

/// Orders of customers whom nobody ever spoke to, and who never came.
fn orders(
    tx: Tx<'_>,
    user: UserId,
    (from, to): (Timestamp, Timestamp),
    finds: &mut Vec<Find>,
) -> Result<(), StoreError> {
    tx.each(
        sql!(
            "SELECT o.at, o.customer_id FROM sale_order o WHERE o.by_user = $1 AND o.at >= $2 AND o.at < $3 AND o.void_at IS NULL \
             AND NOT EXISTS (SELECT 1 FROM touch t WHERE t.customer_id = o.customer_id AND t.at <= o.at AND t.void_at IS NULL \
                 AND (t.connected = 1 OR t.direction = 'in')) \
             AND NOT EXISTS (SELECT 1 FROM node_event n WHERE n.customer_id = o.customer_id AND n.state = 'attended' \
                 AND n.void_at IS NULL AND n.settled_at <= o.at) ORDER BY o.at LIMIT $4"
        ),
        values![user, from, to, READ],
        take(finds, Contradicts::OrderWithoutContact),
    )
}

/// Deals given up that nobody had touched while they were open.
fn lost(
    tx: Tx<'_>,
    user: UserId,
    (from, to): (Timestamp, Timestamp),
    finds: &mut Vec<Find>,
) -> Result<(), StoreError> {
    tx.each(
        sql!(
            "SELECT m.at, m.customer_id FROM stage_move m JOIN deal d ON d.id = m.deal_id \
             WHERE m.by_user = $1 AND m.at >= $2 AND m.at < $3 AND m.void_at IS NULL \
             AND m.to_stage = '' AND m.from_stage <> '' AND m.evidence <> 'untag' \
             AND NOT EXISTS (SELECT 1 FROM touch t WHERE t.customer_id = m.customer_id AND t.at >= d.opened_at AND t.at <= m.at \
                 AND t.void_at IS NULL) ORDER BY m.at LIMIT $4"
        ),
        values![user, from, to, READ],
        take(finds, Contradicts::LostUntouched),
    )
}

/// Nodes that were attended before their time.
fn early(
    tx: Tx<'_>,
    user: UserId,
    (from, to): (Timestamp, Timestamp),
    finds: &mut Vec<Find>,
) -> Result<(), StoreError> {
    let early = i64::try_from(NODE_EARLY.as_millis()).unwrap_or(i64::MAX);
    tx.each(
        sql!(
            "SELECT n.settled_at, n.customer_id FROM node_event n WHERE n.settled_by = $1 AND n.settled_at >= $2 AND n.settled_at < $3 \
             AND n.state = 'attended' AND n.void_at IS NULL AND n.settled_at < n.node_at - CAST($4 AS BIGINT) \
             ORDER BY n.settled_at LIMIT $5"
        ),
        values![user, from, to, early, READ],
        take(finds, Contradicts::AttendedEarly),
    )
}

/// Long talks with nobody reached; more talk than a working day has minutes.
fn talk(tx: Tx<'_>, place: &Place, user: UserId, finds: &mut Vec<Find>) -> Result<(), StoreError> {
    let playbook = &place.book.playbook;
    let (from, to) = place.instants();
    tx.each(
        sql!(
            "SELECT at, customer_id FROM touch WHERE user_id = $1 AND at >= $2 AND at < $3 AND void_at IS NULL \
             AND connected = 0 AND direction = 'out' AND lane = 'call' AND seconds >= $4 ORDER BY at LIMIT $5"
        ),
        values![user, from, to, playbook.metrics.valid_seconds.max(1), READ],
        take(finds, Contradicts::UnreachedTalk),
    )?;
    let (open, close) = playbook.hours;
    let hours = (i64::from(close.minutes()) - i64::from(open.minutes())).max(0) * 60;
    tx.each(
        sql!(
            "SELECT day, CAST(sum(seconds) AS BIGINT) FROM touch WHERE user_id = $1 AND at >= $2 AND at < $3 AND void_at IS NULL \
             GROUP BY day"
        ),
        values![user, from, to],
        |row| {
            if row.int(1)? > hours {
                let at = playbook.zone.at(Day(row.int(0)?), close);
                finds.push(Find { at, kind: Contradicts::MoreTalkThanTime, customer: None });
            }
            Ok(())
        },
    )
}
