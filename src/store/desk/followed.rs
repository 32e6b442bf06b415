//! Who was followed up today, with the touch before and what comes next (S001-123).

use crate::domain::code::OutcomeCode;
use crate::domain::id::{CustomerId, TeamId, TouchId, UserId};
use crate::domain::lists::Lane;
use crate::domain::time::Timestamp;
use crate::store::books::Books;
use crate::store::desk::stand::Sphere;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::query::Viewer;
use crate::store::query::desk::FollowedRow;
use crate::store::usage::small;
use crate::store::value::word;
use crate::{sql, values};

/// Rows of one window, at most.
const WINDOW_MAX: usize = 500;

/// Customers with a touch today, newest first, each once: by the last touch of today by somebody who is asked about.
pub fn followed(
    tx: Tx<'_>,
    books: &mut Books,
    by: Viewer,
    (team, rep): (Option<TeamId>, Option<UserId>),
    (before, limit): (Option<(Timestamp, TouchId)>, usize),
) -> Result<Vec<FollowedRow>, StoreError> {
    let sphere = Sphere::find(tx, books, by, team)?;
    let zone = sphere.book.playbook.zone;
    let (start, end) = (zone.start(sphere.day), zone.end(sphere.day));
    let (at, id) = before.unwrap_or((end, TouchId(i64::MAX)));
    let limit = limit.min(WINDOW_MAX);
    let wanted = sphere.members.iter().filter(|member| rep.is_none_or(|rep| rep == member.id));
    // first which touches, of everybody; then all that is told of those that are shown
    let mut newest: Vec<(Timestamp, TouchId, (UserId, String))> = Vec::new();
    for member in wanted {
        tx.each(
            sql!(
                "SELECT t.id, t.at FROM touch t WHERE t.user_id = $1 AND t.at >= $2 AND t.at < $3 AND t.void_at IS NULL \
                 AND (t.at < $4 OR (t.at = $4 AND t.id < $5)) \
                 AND NOT EXISTS (SELECT 1 FROM touch l WHERE l.customer_id = t.customer_id AND l.user_id = $1 AND l.void_at IS NULL \
                     AND l.at >= t.at AND l.at < $3 AND (l.at > t.at OR l.id > t.id)) \
                 ORDER BY t.at DESC, t.id DESC LIMIT $6"
            ),
            values![member.id, start, end, at, id, i64::try_from(limit).unwrap_or(i64::MAX)],
            |row| {
                newest.push((
                    Timestamp(row.int(1)?),
                    TouchId(row.int(0)?),
                    (member.id, member.name.clone()),
                ));
                Ok(())
            },
        )?;
    }
    newest.sort_by_key(|(at, touch, _)| (std::cmp::Reverse(*at), std::cmp::Reverse(*touch)));
    newest.truncate(limit);
    let mut rows = Vec::with_capacity(newest.len());
    for (_, touch, by) in newest {
        rows.extend(told(tx, touch, &by, (start, end))?);
    }
    Ok(rows)
}

fn told(
    tx: Tx<'_>,
    touch: TouchId,
    by: &(UserId, String),
    (start, end): (Timestamp, Timestamp),
) -> Result<Option<FollowedRow>, StoreError> {
    tx.one(
        sql!(
            "SELECT t.id, t.at, t.customer_id, c.name, t.lane, t.outcome, t.seconds, \
             (SELECT COUNT(*) FROM touch n WHERE n.customer_id = t.customer_id AND n.at >= $2 AND n.at < $3 AND n.void_at IS NULL), \
             (SELECT max(p.at) FROM touch p WHERE p.customer_id = t.customer_id AND p.at < $2 AND p.void_at IS NULL), \
             (SELECT min(k.due_at) FROM task k WHERE k.customer_id = t.customer_id AND k.state = 'due') \
             FROM touch t JOIN customer c ON c.id = t.customer_id WHERE t.id = $1"
        ),
        values![touch, start, end],
        |row| {
            Ok(FollowedRow {
                touch: TouchId(row.int(0)?),
                at: Timestamp(row.int(1)?),
                by: by.clone(),
                customer: (CustomerId(row.int(2)?), row.text(3)?.to_owned()),
                lane: word(row, 4, Lane::parse)?,
                outcome: OutcomeCode::from(row.text(5)?),
                seconds: row.int(6)?,
                times: small(row.int(7)?),
                previous_at: row.opt_int(8)?.map(Timestamp),
                next_at: row.opt_int(9)?.map(Timestamp),
            })
        },
    )
}
