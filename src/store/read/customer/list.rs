//! Customers in a window, newest first, and the row a list shows of one.

use std::sync::Arc;

use crate::domain::code::{PipelineCode, StageCode};
use crate::domain::id::{CustomerId, UserId};
use crate::domain::time::Timestamp;
use crate::playbook::Playbook;
use crate::store::books::Books;
use crate::store::customers::contact::is_phone;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::query::customer::{CustomerRow, Found};
use crate::{sql, values};

/// A window of customers, of one owner or of all.
pub fn window(
    tx: Tx<'_>,
    books: &mut Books,
    (owner, after): (Option<UserId>, Option<CustomerId>),
    limit: usize,
) -> Result<Found, StoreError> {
    let after = after.map_or(i64::MAX, |id| id.0);
    let most = most(limit);
    let ids = match owner {
        Some(owner) => tx.all(
            sql!("SELECT id FROM customer WHERE owner_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3"),
            values![owner, after, most],
            |row| Ok(CustomerId(row.int(0)?)),
        )?,
        None => tx.all(
            sql!("SELECT id FROM customer WHERE id < $1 ORDER BY id DESC LIMIT $2"),
            values![after, most],
            |row| Ok(CustomerId(row.int(0)?)),
        )?,
    };
    rows(tx, books, &ids, limit)
}

/// One more than is shown, so that it is known whether more follow.
pub fn most(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX - 1).saturating_add(1)
}

/// The rows of customers in the order given, at most `limit`.
pub fn rows(tx: Tx<'_>, books: &mut Books, ids: &[CustomerId], limit: usize) -> Result<Found, StoreError> {
    let mut rows = Vec::with_capacity(ids.len().min(limit));
    for id in ids.iter().take(limit) {
        rows.extend(row(tx, books, *id)?);
    }
    Ok(Found { rows, more: ids.len() > limit })
}

fn row(tx: Tx<'_>, books: &mut Books, id: CustomerId) -> Result<Option<CustomerRow>, StoreError> {
    let head = tx.one(
        sql!(
            "SELECT c.name, c.owner_id, u.name, c.last_touch_at, c.playbook, \
               (SELECT min(t.due_at) FROM task t WHERE t.customer_id = c.id AND t.state = 'due') \
             FROM customer c LEFT JOIN person_user u ON u.id = c.owner_id WHERE c.id = $1"
        ),
        values![id],
        |row| {
            let owner = match row.opt_int(1)? {
                Some(owner) => Some((UserId(owner), row.opt_text(2)?.unwrap_or_default().to_owned())),
                None => None,
            };
            let shown = CustomerRow {
                id,
                name: row.text(0)?.to_owned(),
                owner,
                phone: String::new(),
                deal: None,
                next_at: row.opt_int(5)?.map(Timestamp),
                last_touch: row.opt_int(3)?.map(Timestamp),
            };
            Ok((shown, row.text(4)?.to_owned()))
        },
    )?;
    let Some((mut shown, playbook)) = head else { return Ok(None) };
    let book = books.newest(tx, &playbook)?.playbook;
    shown.phone = phone(tx, &book, id)?;
    shown.deal = furthest(tx, &book, id)?;
    Ok(Some(shown))
}

fn phone(tx: Tx<'_>, book: &Playbook, id: CustomerId) -> Result<String, StoreError> {
    let contacts = tx.all(
        sql!("SELECT channel, norm FROM contact WHERE customer_id = $1 ORDER BY state = 'dead', id"),
        values![id],
        |row| Ok((row.text(0)?.to_owned(), row.text(1)?.to_owned())),
    )?;
    Ok(contacts
        .into_iter()
        .find(|(channel, _)| is_phone(book, channel))
        .map(|(_, norm)| norm)
        .unwrap_or_default())
}

/// The open deal that has come furthest in its pipeline; tags have no stage and come last.
fn furthest(
    tx: Tx<'_>,
    book: &Arc<Playbook>,
    id: CustomerId,
) -> Result<Option<(PipelineCode, Option<StageCode>)>, StoreError> {
    let deals = tx.all(
        sql!(
            "SELECT pipeline, stage FROM deal \
             WHERE customer_id = $1 AND state = 'open' AND void_at IS NULL ORDER BY id DESC"
        ),
        values![id],
        |row| Ok((PipelineCode::from(row.text(0)?), row.opt_text(1)?.map(StageCode::from))),
    )?;
    let place = |(pipeline, stage): &(PipelineCode, Option<StageCode>)| {
        let stages = book.pipelines.iter().find(|p| p.code == *pipeline).map(|p| &p.stages);
        let at = stages.and_then(|stages| stages.iter().position(|s| Some(&s.code) == stage.as_ref()));
        at.map_or(0, |at| at + 1)
    };
    Ok(deals.into_iter().max_by_key(place))
}
