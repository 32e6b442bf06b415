//! One timeline of all channels, newest first, in windows keyed by instant and id (S001-104).

use std::cmp::Reverse;

use crate::domain::code::ScriptCode;
use crate::domain::id::TouchId;
use crate::domain::lists::{Direction, NodeState};
use crate::domain::money::Money;
use crate::domain::time::Timestamp;
use crate::store::actor::owner_of;
use crate::store::customers::add::NOBODY;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::query::customer::{Happened, TimelineAsk, TimelineItem};
use crate::store::sight::Sight;
use crate::store::value::word;
use crate::{sql, values};

/// A window of a customer's timeline, for who may see the customer. With a channel given only touches are shown: nothing else has one.
pub fn window(tx: Tx<'_>, ask: &TimelineAsk) -> Result<Vec<TimelineItem>, StoreError> {
    let sight = Sight::of(tx, ask.by)?;
    let mut items = touches(tx, ask)?;
    if ask.channel.is_none() {
        items.extend(moves(tx, ask)?);
        items.extend(orders(tx, ask)?);
        items.extend(nodes(tx, ask)?);
        items.extend(note(tx, ask)?);
        items.sort_by_key(|item| Reverse((item.at, item.id)));
        items.truncate(ask.limit);
    }
    sight.check(tx, ask.customer, owner_of(tx, ask.customer)?)?;
    Ok(items)
}

fn before(ask: &TimelineAsk) -> (i64, i64) {
    ask.before.map_or((i64::MAX, i64::MAX), |(at, id)| (at.0, id))
}

fn limit(ask: &TimelineAsk) -> i64 {
    i64::try_from(ask.limit).unwrap_or(i64::MAX)
}

/// The touches of a window.
pub fn touches(tx: Tx<'_>, ask: &TimelineAsk) -> Result<Vec<TimelineItem>, StoreError> {
    let (at, id) = before(ask);
    tx.all(
        sql!(
            "SELECT t.id, t.at, coalesce(u.name, ''), t.channel, t.direction, coalesce(p.name, ''), t.outcome, t.seconds, \
               t.note, t.void_at, t.script, t.script_line \
             FROM touch t LEFT JOIN person_user u ON u.id = t.user_id LEFT JOIN person p ON p.id = t.person_id \
             WHERE t.customer_id = $1 AND (t.at < $2 OR (t.at = $2 AND t.id < $3)) AND (CAST($4 AS TEXT) IS NULL OR t.channel = $4) \
             ORDER BY t.at DESC, t.id DESC LIMIT $5"
        ),
        values![ask.customer, at, id, ask.channel.as_ref(), limit(ask)],
        |row| {
            let line = usize::try_from(row.opt_int(11)?.unwrap_or(0)).unwrap_or(0);
            Ok(TimelineItem {
                id: row.int(0)?,
                at: Timestamp(row.int(1)?),
                by: row.text(2)?.to_owned(),
                what: Happened::Touch {
                    id: TouchId(row.int(0)?),
                    channel: row.text(3)?.into(),
                    direction: word(row, 4, Direction::parse)?,
                    person: row.text(5)?.to_owned(),
                    outcome: row.text(6)?.into(),
                    seconds: u32::try_from(row.int(7)?).unwrap_or(0),
                    note: row.text(8)?.to_owned(),
                    void: row.opt_int(9)?.is_some(),
                    script: row.opt_text(10)?.map(|script| (ScriptCode::from(script), line)),
                },
            })
        },
    )
}

fn moves(tx: Tx<'_>, ask: &TimelineAsk) -> Result<Vec<TimelineItem>, StoreError> {
    let (at, id) = before(ask);
    tx.all(
        sql!(
            "SELECT m.id, m.at, coalesce(u.name, ''), d.pipeline, m.from_stage, m.to_stage, m.void_at \
             FROM stage_move m JOIN deal d ON d.id = m.deal_id LEFT JOIN person_user u ON u.id = m.by_user \
             WHERE m.customer_id = $1 AND (m.at < $2 OR (m.at = $2 AND m.id < $3)) \
             ORDER BY m.at DESC, m.id DESC LIMIT $4"
        ),
        values![ask.customer, at, id, limit(ask)],
        |row| {
            Ok(TimelineItem {
                id: row.int(0)?,
                at: Timestamp(row.int(1)?),
                by: row.text(2)?.to_owned(),
                what: Happened::Stage {
                    pipeline: row.text(3)?.into(),
                    from: row.text(4)?.to_owned(),
                    to: row.text(5)?.to_owned(),
                    void: row.opt_int(6)?.is_some(),
                },
            })
        },
    )
}

fn orders(tx: Tx<'_>, ask: &TimelineAsk) -> Result<Vec<TimelineItem>, StoreError> {
    let (at, id) = before(ask);
    tx.all(
        sql!(
            "SELECT o.id, o.at, coalesce(u.name, ''), o.product, o.price, o.void_at \
             FROM sale_order o LEFT JOIN person_user u ON u.id = o.by_user \
             WHERE o.customer_id = $1 AND (o.at < $2 OR (o.at = $2 AND o.id < $3)) \
             ORDER BY o.at DESC, o.id DESC LIMIT $4"
        ),
        values![ask.customer, at, id, limit(ask)],
        |row| {
            Ok(TimelineItem {
                id: row.int(0)?,
                at: Timestamp(row.int(1)?),
                by: row.text(2)?.to_owned(),
                what: Happened::Order {
                    product: row.text(3)?.into(),
                    price: Money(row.int(4)?),
                    void: row.opt_int(5)?.is_some(),
                },
            })
        },
    )
}

/// A node stands where it was last changed: booked, or settled.
fn nodes(tx: Tx<'_>, ask: &TimelineAsk) -> Result<Vec<TimelineItem>, StoreError> {
    let (at, id) = before(ask);
    tx.all(
        sql!(
            "SELECT n.id, coalesce(n.settled_at, n.booked_at) AS changed, coalesce(u.name, ''), n.node, n.node_at, n.state \
             FROM node_event n LEFT JOIN person_user u ON u.id = coalesce(n.settled_by, n.booked_by) \
             WHERE n.customer_id = $1 AND n.void_at IS NULL AND (coalesce(n.settled_at, n.booked_at) < $2 \
               OR (coalesce(n.settled_at, n.booked_at) = $2 AND n.id < $3)) \
             ORDER BY changed DESC, n.id DESC LIMIT $4"
        ),
        values![ask.customer, at, id, limit(ask)],
        |row| {
            Ok(TimelineItem {
                id: row.int(0)?,
                at: Timestamp(row.int(1)?),
                by: row.text(2)?.to_owned(),
                what: Happened::Node {
                    node: row.text(3)?.to_owned(),
                    at: Timestamp(row.int(4)?),
                    state: word(row, 5, NodeState::parse)?,
                },
            })
        },
    )
}

/// The note the customer came with; the customer's own id keys it, which precedes every fact about it.
fn note(tx: Tx<'_>, ask: &TimelineAsk) -> Result<Option<TimelineItem>, StoreError> {
    let (at, id) = before(ask);
    tx.one(
        sql!(
            "SELECT c.id, n.at, coalesce(u.name, ''), n.body FROM private_note n JOIN customer c ON c.id = n.customer_id \
             LEFT JOIN person_user u ON u.id = c.created_by \
             WHERE n.customer_id = $1 AND n.user_id = $2 AND (n.at < $3 OR (n.at = $3 AND c.id < $4))"
        ),
        values![ask.customer, NOBODY, at, id],
        |row| {
            Ok(TimelineItem {
                id: row.int(0)?,
                at: Timestamp(row.int(1)?),
                by: row.text(2)?.to_owned(),
                what: Happened::Note { text: row.text(3)?.to_owned() },
            })
        },
    )
}
