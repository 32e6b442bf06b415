//! Batches: what was brought in when, and taking one back while nobody has worked on it.

use crate::domain::id::{BatchId, CustomerId, UserId};
use crate::domain::lists::AuditKind;
use crate::domain::time::Timestamp;
use crate::store::change::customer::{Fate, ImportChunk, RowFate};
use crate::store::change::{About, Note, Topic};
use crate::store::customers::invalid;
use crate::store::customers::remove::remove;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::query::customer::BatchRow;
use crate::store::rights::{self, Action, Relation};
use crate::store::value::Row;
use crate::store::write::Work;
use crate::{sql, values};

/// Customers removed in one change, at most: each is a score of rows.
pub const REMOVED_MAX: usize = 100;

/// Batches, newest first, those before `before`.
pub fn window(tx: Tx<'_>, before: Option<BatchId>, limit: usize) -> Result<Vec<BatchRow>, StoreError> {
    let before = before.map_or(i64::MAX, |batch| batch.0);
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    tx.all(
        sql!(
            "SELECT b.id, b.file, b.hash, b.options, b.at, b.by_user, u.name, b.seen, b.created, b.updated, b.duplicates, \
               b.rejected, b.done FROM import_batch b LEFT JOIN person_user u ON u.id = b.by_user \
             WHERE b.id < $1 ORDER BY b.id DESC LIMIT $2"
        ),
        values![before, limit],
        batch,
    )
}

/// The batch of a file that was begun in this way and not finished; the newest where there are several.
pub fn unfinished(tx: Tx<'_>, hash: &str, options: &str) -> Result<Option<BatchRow>, StoreError> {
    tx.one(
        sql!(
            "SELECT b.id, b.file, b.hash, b.options, b.at, b.by_user, u.name, b.seen, b.created, b.updated, b.duplicates, \
               b.rejected, b.done FROM import_batch b LEFT JOIN person_user u ON u.id = b.by_user \
             WHERE b.hash = $1 AND b.options = $2 AND b.done = 0 ORDER BY b.id DESC LIMIT 1"
        ),
        values![hash, options],
        batch,
    )
}

fn batch(row: &dyn Row) -> Result<BatchRow, StoreError> {
    let count = |place| Ok::<_, StoreError>(u64::try_from(row.int(place)?).unwrap_or(0));
    Ok(BatchRow {
        id: BatchId(row.int(0)?),
        file: row.text(1)?.to_owned(),
        hash: row.text(2)?.to_owned(),
        options: row.text(3)?.to_owned(),
        at: Timestamp(row.int(4)?),
        by: (UserId(row.int(5)?), row.opt_text(6)?.unwrap_or_default().to_owned()),
        seen: count(7)?,
        created: count(8)?,
        updated: count(9)?,
        duplicates: count(10)?,
        rejected: count(11)?,
        done: row.int(12)? != 0,
    })
}

/// Removes up to [`REMOVED_MAX`] customers of a batch. Refused as long as anybody has worked on one of the batch's customers:
/// it is taken back whole or not at all.
pub fn undo(work: &mut Work<'_>, batch: BatchId) -> Result<(), StoreError> {
    rights::check(work.by.role, Action::Import, Relation::Nobody, "take an import back")?;
    let by = work
        .tx
        .number(sql!("SELECT by_user FROM import_batch WHERE id = $1"), values![batch])?
        .ok_or_else(|| StoreError::NotFound { kind: "import", id: batch.to_string(), hint: None })?;
    let relation = work.by.relation_to(work.tx, Some(UserId(by)), work.day)?;
    if relation != Relation::Own {
        rights::check(work.by.role, Action::UndoOther, relation, "take a colleague's import back")?;
    }
    let worked = worked(work.tx, batch)?;
    if let Some((name, _)) = worked.first() {
        let most = worked.len();
        return Err(invalid(
            "import_worked",
            format!(
                "the import cannot be taken back: {most} of its customers have been worked on since, the first is '{name}'; \
                 give or close them one by one"
            ),
        ));
    }
    let limit = i64::try_from(REMOVED_MAX).unwrap_or(i64::MAX);
    let customers = work.tx.all(
        sql!("SELECT id FROM customer WHERE batch_id = $1 ORDER BY id LIMIT $2"),
        values![batch, limit],
        |row| Ok(CustomerId(row.int(0)?)),
    )?;
    for customer in &customers {
        remove(work, *customer)?;
    }
    if customers.is_empty() {
        // nothing of it is left: the same file may be brought in again
        work.tx.put(sql!("DELETE FROM import_batch WHERE id = $1"), values![batch])?;
    }
    let before = format!("{} customers", customers.len());
    let about = About::thing("batch", batch.to_string());
    work.note(Note::new(AuditKind::ImportUndone, about).changed(before, ""));
    work.effects.rows = customers
        .into_iter()
        .zip(0..)
        .map(|(customer, row)| RowFate { row, fate: Fate::Removed(customer) })
        .collect();
    work.effects.customer = None;
    work.touch(Topic::Customer);
    work.irreversible();
    Ok(())
}

/// Customers of a batch that somebody has done something with since: what the import itself made and what the day's roll
/// planned does not count.
fn worked(tx: Tx<'_>, batch: BatchId) -> Result<Vec<(String, CustomerId)>, StoreError> {
    tx.all(
        sql!(
            "SELECT c.name, c.id FROM customer c WHERE c.batch_id = $1 AND (c.version > 1 \
               OR EXISTS (SELECT 1 FROM touch x WHERE x.customer_id = c.id) \
               OR EXISTS (SELECT 1 FROM sale_order x WHERE x.customer_id = c.id) \
               OR EXISTS (SELECT 1 FROM coupon_issue x WHERE x.customer_id = c.id) \
               OR EXISTS (SELECT 1 FROM node_event x WHERE x.customer_id = c.id) \
               OR EXISTS (SELECT 1 FROM usage_event x WHERE x.customer_id = c.id) \
               OR EXISTS (SELECT 1 FROM promise x WHERE x.customer_id = c.id) \
               OR EXISTS (SELECT 1 FROM task x WHERE x.customer_id = c.id AND x.closed_by IS NOT NULL) \
               OR EXISTS (SELECT 1 FROM stage_move x WHERE x.customer_id = c.id AND x.from_stage <> '') \
               OR EXISTS (SELECT 1 FROM field_value x WHERE x.customer_id = c.id AND x.by_user <> c.created_by) \
               OR EXISTS (SELECT 1 FROM contact x WHERE x.customer_id = c.id AND x.added_by <> c.created_by) \
               OR EXISTS (SELECT 1 FROM consent x WHERE x.customer_id = c.id AND x.by_user <> c.created_by) \
               OR EXISTS (SELECT 1 FROM private_note x WHERE x.customer_id = c.id AND x.user_id <> 0) \
               OR EXISTS (SELECT 1 FROM ownership x WHERE x.customer_id = c.id AND x.reason <> 'added')) \
             ORDER BY c.id LIMIT 1000"
        ),
        values![batch],
        |row| Ok((row.text(0)?.to_owned(), CustomerId(row.int(1)?))),
    )
}

/// Writes down what a part of a file came to.
pub fn keep(work: &Work<'_>, chunk: &ImportChunk, fates: &[RowFate]) -> Result<(), StoreError> {
    let count = |is: fn(&Fate) -> bool| {
        i64::try_from(fates.iter().filter(|f| is(&f.fate)).count()).unwrap_or(i64::MAX)
    };
    let file = crate::domain::clean::clean(&chunk.file);
    work.tx.put(
        sql!(
            "INSERT INTO import_batch (id, file, hash, options, at, by_user, seen, created, updated, duplicates, rejected, done) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) \
             ON CONFLICT (id) DO UPDATE SET seen = import_batch.seen + excluded.seen, \
               created = import_batch.created + excluded.created, updated = import_batch.updated + excluded.updated, \
               duplicates = import_batch.duplicates + excluded.duplicates, \
               rejected = import_batch.rejected + excluded.rejected, done = excluded.done"
        ),
        values![
            chunk.batch,
            &*file,
            &chunk.hash,
            &chunk.options,
            work.at,
            work.by.id,
            count(|_| true),
            count(|f| matches!(f, Fate::Created(_))),
            count(|f| matches!(f, Fate::Updated(_))),
            count(|f| matches!(f, Fate::Duplicate { .. })),
            count(|f| matches!(f, Fate::Rejected { .. })),
            chunk.last
        ],
    )?;
    Ok(())
}
