//! A copy of a database moved in time by whole days: every instant, day and month in it, so that its last day becomes another.
//!
//! Clock times stay what they were (summer time apart). Roll-ups are moved or rebuilt, seals made anew: the copy verifies like
//! the original. Never for a database people work on: the journal is written again.

mod text;

use std::collections::BTreeMap;

use crate::domain::id::WriteId;
use crate::domain::time::{Day, Timestamp};
use crate::store::db::{Bulk, Db};
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::journal::{HEAD, Sealed};
use crate::{sql, values};

pub use text::moved;

/// Moves everything in a database by `days` (back when negative).
///
/// # Errors
/// Where the engine fails; nothing is changed then.
pub fn shift(db: &mut Db, days: i64) -> Result<(), StoreError> {
    if days == 0 {
        return Ok(());
    }
    db.bulk(|bulk: &mut Bulk<'_>| {
        bulk.look(|tx, _| everything(tx, days))?;
        bulk.shift_audit(days.saturating_mul(crate::domain::time::DAY_MS))
    })
}

/// When the newest change in the journal was made; `None` before the first.
pub fn newest(tx: Tx<'_>) -> Result<Option<Timestamp>, StoreError> {
    Ok(tx.number(sql!("SELECT max(at) FROM journal"), &[])?.map(Timestamp))
}

fn everything(tx: Tx<'_>, days: i64) -> Result<(), StoreError> {
    let by = days.saturating_mul(crate::domain::time::DAY_MS);
    instants(tx, by)?;
    days_of_rows(tx, days)?;
    day_keys(tx, days)?;
    texts(tx, days)?;
    months(tx, days)?;
    journal(tx, days)?;
    // whoever keeps what it read of users and teams reads it again
    tx.put(
        sql!("UPDATE setting SET value = value || ' ' || $2 WHERE name = $1"),
        values![crate::store::books::PEOPLE, &days.to_string()],
    )?;
    Ok(())
}

/// Columns of instants. What is not there stays not there.
fn instants(tx: Tx<'_>, by: i64) -> Result<(), StoreError> {
    const MOVES: &[&str] = &[
        sql!("UPDATE team SET created_at = created_at + $1"),
        // the system's own user was born with the epoch
        sql!("UPDATE person_user SET created_at = created_at + $1 WHERE created_at > 0"),
        sql!("UPDATE playbook_version SET at = at + $1"),
        sql!("UPDATE target SET at = at + $1, void_at = void_at + $1"),
        sql!(
            "UPDATE customer SET assigned_at = assigned_at + $1, created_at = created_at + $1, dnc_until = dnc_until + $1, \
             last_touch_at = last_touch_at + $1, last_valid_at = last_valid_at + $1"
        ),
        sql!("UPDATE person SET created_at = created_at + $1"),
        sql!("UPDATE contact SET added_at = added_at + $1, verified_at = verified_at + $1"),
        sql!("UPDATE field_value SET at = at + $1"),
        sql!("UPDATE ownership SET from_at = from_at + $1, to_at = to_at + $1"),
        sql!("UPDATE private_note SET at = at + $1"),
        sql!("UPDATE consent SET until = until + $1, at = at + $1, lifted_at = lifted_at + $1"),
        sql!("UPDATE import_batch SET at = at + $1"),
        sql!("UPDATE usage_event SET at = at + $1"),
        sql!(
            "UPDATE deal SET stage_since = stage_since + $1, opened_at = opened_at + $1, closed_at = closed_at + $1, \
             void_at = void_at + $1"
        ),
        sql!("UPDATE stage_move SET at = at + $1, void_at = void_at + $1"),
        sql!(
            "UPDATE node_event SET node_at = node_at + $1, booked_at = booked_at + $1, settled_at = settled_at + $1, \
             void_at = void_at + $1"
        ),
        sql!("UPDATE sale_order SET at = at + $1, void_at = void_at + $1"),
        sql!("UPDATE payment SET at = at + $1, void_at = void_at + $1"),
        sql!("UPDATE order_credit SET at = at + $1, void_at = void_at + $1"),
        sql!(
            "UPDATE task SET due_at = due_at + $1, clock_from = clock_from + $1, planned_at = planned_at + $1, \
             closed_at = closed_at + $1"
        ),
        sql!("UPDATE touch SET at = at + $1, void_at = void_at + $1"),
        sql!("UPDATE promise SET due_at = due_at + $1, made_at = made_at + $1, settled_at = settled_at + $1"),
        sql!(
            "UPDATE coupon_issue SET reserved_at = reserved_at + $1, pushed_at = pushed_at + $1, until = until + $1"
        ),
        sql!("UPDATE number_use SET last_at = last_at + $1"),
        sql!("UPDATE good_news SET at = at + $1, void_at = void_at + $1"),
        // 0 says that it was not noted
        sql!("UPDATE metric_day SET at = at + $1 WHERE at > 0"),
        sql!(
            "UPDATE pk_match SET at = at + $1, from_at = from_at + $1, to_at = to_at + $1, ended_at = ended_at + $1"
        ),
        sql!("UPDATE pk_side SET accepted_at = accepted_at + $1"),
        sql!("UPDATE pk_leg SET from_at = from_at + $1, to_at = to_at + $1"),
        sql!("UPDATE pk_round SET from_at = from_at + $1, to_at = to_at + $1, decided_at = decided_at + $1"),
        sql!("UPDATE pk_result SET first_at = first_at + $1"),
        sql!("UPDATE pk_dispute SET at = at + $1, settled_at = settled_at + $1"),
        sql!("UPDATE pk_nemesis SET since_at = since_at + $1"),
        sql!("UPDATE report SET kept_at = kept_at + $1, handed_at = handed_at + $1"),
        sql!("UPDATE score SET at = at + $1, void_at = void_at + $1"),
        sql!("UPDATE report_comment SET at = at + $1, void_at = void_at + $1"),
        sql!("UPDATE health_note SET at = at + $1, void_at = void_at + $1"),
        sql!("UPDATE attendance SET at = at + $1"),
        sql!("UPDATE put_off SET at = at + $1"),
        sql!("UPDATE whisper SET at = at + $1, heard_at = heard_at + $1, void_at = void_at + $1"),
        sql!("UPDATE warning SET since = since + $1, closed_at = closed_at + $1"),
        sql!("UPDATE rep_warning SET since = since + $1, closed_at = closed_at + $1"),
        sql!("UPDATE round_call SET at = at + $1, void_at = void_at + $1"),
        sql!("UPDATE stock_take SET began_at = began_at + $1, finished_at = finished_at + $1"),
        sql!(
            "UPDATE stock_row SET stage_since = stage_since + $1, opened_at = opened_at + $1, last_touch_at = last_touch_at + $1, \
             at = at + $1, void_at = void_at + $1"
        ),
        sql!(
            "UPDATE decision SET at = at + $1, due_at = due_at + $1, done_at = done_at + $1, void_at = void_at + $1"
        ),
    ];
    for statement in MOVES {
        tx.put(statement, values![by])?;
    }
    Ok(())
}

/// Columns of business days that are no part of a key.
fn days_of_rows(tx: Tx<'_>, days: i64) -> Result<(), StoreError> {
    const MOVES: &[&str] = &[
        sql!("UPDATE touch SET day = day + $1"),
        sql!("UPDATE task SET closed_day = closed_day + $1"),
        sql!("UPDATE target SET from_day = from_day + $1"),
        sql!("UPDATE membership SET to_day = to_day + $1"),
        sql!("UPDATE report SET last_day = last_day + $1"),
        sql!("UPDATE round_call SET day = day + $1"),
    ];
    for statement in MOVES {
        tx.put(statement, values![days])?;
    }
    Ok(())
}

/// Days that are part of a key: by way of their negatives, so that no row meets another on its way.
fn day_keys(tx: Tx<'_>, days: i64) -> Result<(), StoreError> {
    const AWAY: &[&str] = &[
        sql!("UPDATE membership SET from_day = -(from_day + $1)"),
        sql!("UPDATE contact_use SET day = -(day + $1)"),
        sql!("UPDATE number_use SET day = -(day + $1)"),
        sql!("UPDATE metric_day SET day = -(day + $1)"),
        sql!("UPDATE day_roll SET day = -(day + $1)"),
        sql!("UPDATE report SET first_day = -(first_day + $1)"),
        sql!("UPDATE attendance SET day = -(day + $1)"),
    ];
    const BACK: &[&str] = &[
        sql!("UPDATE membership SET from_day = -from_day"),
        sql!("UPDATE contact_use SET day = -day"),
        sql!("UPDATE number_use SET day = -day"),
        sql!("UPDATE metric_day SET day = -day"),
        sql!("UPDATE day_roll SET day = -day"),
        sql!("UPDATE report SET first_day = -first_day"),
        sql!("UPDATE attendance SET day = -day"),
    ];
    for statement in AWAY {
        tx.put(statement, values![days])?;
    }
    for statement in BACK {
        tx.put(statement, &[])?;
    }
    Ok(())
}

/// Dates inside texts: facts with a date, keys of tasks.
fn texts(tx: Tx<'_>, days: i64) -> Result<(), StoreError> {
    let facts = tx.all(sql!("SELECT entity, entity_id, field, value FROM field_value"), &[], |row| {
        Ok((row.text(0)?.to_owned(), row.int(1)?, row.text(2)?.to_owned(), row.text(3)?.to_owned()))
    })?;
    for (entity, id, field, value) in facts {
        if let Some(later) = text::instant_or_date(&value, days) {
            tx.put(
                sql!("UPDATE field_value SET value = $4 WHERE entity = $1 AND entity_id = $2 AND field = $3"),
                values![&entity, id, &field, &later],
            )?;
        }
    }
    let reports = tx
        .all(sql!("SELECT id, figures FROM report"), &[], |row| Ok((row.int(0)?, row.text(1)?.to_owned())))?;
    for (id, figures) in reports {
        tx.put(sql!("UPDATE report SET figures = $2 WHERE id = $1"), values![id, &moved(&figures, days)])?;
    }
    let keys =
        tx.all(sql!("SELECT id, task_key FROM task"), &[], |row| Ok((row.int(0)?, row.text(1)?.to_owned())))?;
    for (id, key) in keys {
        let later = text::key(&key, days);
        if later != key {
            tx.put(sql!("UPDATE task SET task_key = $2 WHERE id = $1"), values![id, &later])?;
        }
    }
    Ok(())
}

/// What is kept by month: the roll-up is summed up anew from the days, coupons belong to the month they were reserved in.
fn months(tx: Tx<'_>, days: i64) -> Result<(), StoreError> {
    type Key = (i64, i64, i64, String, String);
    let mut sums: BTreeMap<Key, (i64, i64)> = BTreeMap::new();
    tx.each(sql!("SELECT day, user_id, team_id, pipeline, metric, value, at FROM metric_day"), &[], |row| {
        let month = Day(row.int(0)?).month().0;
        let key = (month, row.int(1)?, row.int(2)?, row.text(3)?.to_owned(), row.text(4)?.to_owned());
        let (sum, at) = sums.entry(key).or_default();
        *sum += row.int(5)?;
        *at = row.int(6)?.max(*at);
        Ok(())
    })?;
    tx.put(sql!("DELETE FROM metric_month"), &[])?;
    for ((month, user, team, pipeline, metric), (value, at)) in &sums {
        tx.put(
            sql!(
                "INSERT INTO metric_month (month, user_id, team_id, pipeline, metric, value, at) VALUES ($1, $2, $3, $4, $5, $6, $7)"
            ),
            values![*month, *user, *team, pipeline, metric, *value, *at],
        )?;
    }
    quotas(tx, days)
}

/// A coupon's month: the middle of its old month moved, the same for the whole quota of that month.
fn quotas(tx: Tx<'_>, days: i64) -> Result<(), StoreError> {
    let issues = tx.all(sql!("SELECT id, reserved_at, month FROM coupon_issue"), &[], |row| {
        Ok((row.int(0)?, row.int(1)?, row.int(2)?))
    })?;
    for (id, reserved, month) in issues {
        // the day of the reservation in the zone its month was taken in: before the move it lay in `month`
        let before = Timestamp(reserved.saturating_sub(days.saturating_mul(crate::domain::time::DAY_MS)));
        let day = day_in(before, month).plus(days);
        tx.put(sql!("UPDATE coupon_issue SET month = $2 WHERE id = $1"), values![id, day.month().0])?;
    }
    tx.put(sql!("DELETE FROM coupon_quota"), &[])?;
    tx.put(
        sql!(
            "INSERT INTO coupon_quota (playbook, coupon, month, used) \
             SELECT playbook, coupon, month, COUNT(*) FROM coupon_issue WHERE state <> 'released' \
             GROUP BY playbook, coupon, month"
        ),
        &[],
    )?;
    Ok(())
}

/// The day of an instant, pulled into the month it is known to lie in: zones differ by a day at most.
fn day_in(at: Timestamp, month: i64) -> Day {
    let day = crate::domain::time::Zone::UTC.day(at);
    let month = crate::domain::time::Month(month);
    Day(day.0.clamp(month.first().0, month.last().0))
}

struct Kept {
    write: i64,
    at: i64,
    by: i64,
    kind: String,
    payload: String,
    effects: String,
    reversal: String,
    salt: i64,
}

/// Moves the journal and seals it anew, row after row.
fn journal(tx: Tx<'_>, days: i64) -> Result<(), StoreError> {
    let by = days.saturating_mul(crate::domain::time::DAY_MS);
    let (mut seal, mut last) = (String::new(), 0);
    loop {
        let found = tx.one(
            sql!(
                "SELECT rev, write_id, at, by_user, kind, payload, effects, reversal, salt FROM journal WHERE rev > $1 \
                 ORDER BY rev LIMIT 1"
            ),
            values![last],
            |row| {
                let kept = Kept {
                    write: row.int(1)?,
                    at: row.int(2)? + by,
                    by: row.int(3)?,
                    kind: row.text(4)?.to_owned(),
                    payload: moved(row.text(5)?, days),
                    effects: moved(row.text(6)?, days),
                    reversal: moved(row.text(7)?, days),
                    salt: row.int(8)?,
                };
                Ok((row.int(0)?, kept))
            },
        )?;
        let Some((revision, row)) = found else { break };
        last = revision;
        let sealed = Sealed {
            revision,
            write: WriteId(row.write),
            at: Timestamp(row.at),
            by: row.by,
            kind: &row.kind,
            payload: &row.payload,
            effects: &row.effects,
            reversal: &row.reversal,
            salt: row.salt,
        };
        seal = sealed.hash(&seal);
        tx.put(
            sql!(
                "UPDATE journal SET at = $2, payload = $3, effects = $4, reversal = $5, hash = $6 WHERE rev = $1"
            ),
            values![revision, row.at, &row.payload, &row.effects, &row.reversal, &seal],
        )?;
    }
    if last > 0 {
        tx.put(
            sql!("UPDATE setting SET value = $2 WHERE name = $1"),
            values![HEAD, &format!("{last} {seal}")],
        )?;
    }
    Ok(())
}
