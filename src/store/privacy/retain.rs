//! How long what is personal is kept, as the playbooks say: finds what has had its time, and the changes that see to it.
//!
//! Looked for in many short readings, seen to in many short changes: nobody who works waits for it. Done again it finds nothing.

use crate::domain::id::{CustomerId, TouchId};
use crate::domain::time::{DAY_MS, Timestamp};
use crate::playbook::model::Retention;
use crate::store::change::{Change, PrivacyChange};
use crate::store::db::Db;
use crate::store::error::StoreError;
use crate::store::privacy::journal;
use crate::{sql, values};

/// Customers, or rows, that one change sees to.
const PART: usize = 200;
/// Rows a reading looks at.
const WINDOW: i64 = 20_000;
/// Customers that one run sees to: what is left is seen to by the next.
const MOST: i64 = 2_000;

/// What has had its time under a playbook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// The playbook.
    pub playbook: String,
    /// What it says.
    pub retention: Retention,
    /// Customers to be erased.
    pub customers: Vec<CustomerId>,
    /// Touches whose words go, all before `words_before`.
    pub touches: Vec<TouchId>,
    /// Rows of the journal that are emptied with them.
    pub rows: Vec<i64>,
    /// The instant words have had their time.
    pub words_before: Option<Timestamp>,
}

impl Due {
    /// Whether nothing has had its time.
    pub const fn is_nothing(&self) -> bool {
        self.customers.is_empty() && self.touches.is_empty() && self.rows.is_empty()
    }
}

/// Finds what has had its time, by playbook; those that say nothing of it are left out.
///
/// # Errors
/// What the engine says.
pub fn due(db: &mut Db, now: Timestamp) -> Result<Vec<Due>, StoreError> {
    let said = db.snapshot(|tx, books| {
        let ids =
            tx.all(sql!("SELECT DISTINCT playbook FROM playbook_version ORDER BY playbook"), &[], |row| {
                Ok(row.text(0)?.to_owned())
            })?;
        let mut said = Vec::new();
        for id in ids {
            let retention = books.newest(tx, &id)?.playbook.retention;
            if retention != Retention::default() {
                said.push((id, retention));
            }
        }
        Ok(said)
    })?;
    let before = |days: Option<u32>| {
        days.map(|days| Timestamp(now.0.saturating_sub(i64::from(days).saturating_mul(DAY_MS))))
    };
    let mut all = Vec::new();
    for (playbook, retention) in said {
        let mut due = Due {
            customers: Vec::new(),
            touches: Vec::new(),
            rows: Vec::new(),
            words_before: before(retention.words_days),
            playbook,
            retention,
        };
        if let Some(before) = before(retention.without_order_days) {
            due.customers = customers(db, &due.playbook, before)?;
        }
        if let Some(before) = due.words_before {
            due.touches = touches(db, &due.playbook, before)?;
            due.rows = rows(db, &due.playbook, before)?;
        }
        all.push(due);
    }
    Ok(all)
}

/// Customers who never bought, whom nobody has touched since, and to whom nothing is promised.
fn customers(db: &mut Db, playbook: &str, before: Timestamp) -> Result<Vec<CustomerId>, StoreError> {
    db.snapshot(|tx, _| {
        tx.all(
            sql!(
                "SELECT c.id FROM customer c WHERE c.playbook = $1 AND c.created_at < $2 AND coalesce(c.last_touch_at, 0) < $2 \
                 AND NOT EXISTS (SELECT 1 FROM sale_order o WHERE o.customer_id = c.id) \
                 AND NOT EXISTS (SELECT 1 FROM promise p WHERE p.customer_id = c.id AND p.state = 'open') \
                 AND NOT EXISTS (SELECT 1 FROM erasure e WHERE e.customer_id = c.id) ORDER BY c.id LIMIT $3"
            ),
            values![playbook, before, MOST],
            |row| Ok(CustomerId(row.int(0)?)),
        )
    })
}

/// Touches with words from before an instant, a window of ids at a time.
fn touches(db: &mut Db, playbook: &str, before: Timestamp) -> Result<Vec<TouchId>, StoreError> {
    let (mut found, mut after) = (Vec::new(), 0);
    loop {
        let (part, last) = db.snapshot(|tx, _| {
            let last = tx.number(
                sql!("SELECT max(id) FROM (SELECT id FROM touch WHERE id > $1 ORDER BY id LIMIT $2) part"),
                values![after, WINDOW],
            )?;
            let part = tx.all(
                sql!(
                    "SELECT id FROM touch WHERE id > $1 AND id <= $2 AND at < $3 AND playbook = $4 AND note <> '' ORDER BY id"
                ),
                values![after, last.unwrap_or(after), before, playbook],
                |row| Ok(TouchId(row.int(0)?)),
            )?;
            Ok((part, last))
        })?;
        found.extend(part);
        match last {
            Some(last) => after = last,
            None => return Ok(found),
        }
    }
}

/// Rows of the journal about customers of a playbook from before an instant that say something still.
fn rows(db: &mut Db, playbook: &str, before: Timestamp) -> Result<Vec<i64>, StoreError> {
    let (mut found, mut from) = (Vec::new(), 0);
    let newest = db.revision()?;
    while from < newest {
        let until = from.saturating_add(WINDOW).min(newest);
        found.extend(db.snapshot(|tx, _| {
            tx.all(
                sql!(
                    "SELECT j.rev FROM journal j JOIN customer c ON c.id = j.customer_id WHERE j.rev > $1 AND j.rev <= $2 \
                     AND j.at < $3 AND c.playbook = $4 AND j.kind <> 'privacy.erase' \
                     AND NOT EXISTS (SELECT 1 FROM erased_row e WHERE e.rev = j.rev) ORDER BY j.rev"
                ),
                values![from, until, before, playbook],
                |row| row.int(0),
            )
        })?);
        from = until;
    }
    Ok(found)
}

/// The changes that see to it.
///
/// # Errors
/// What the engine says.
pub fn changes(db: &mut Db, due: &Due) -> Result<Vec<Change>, StoreError> {
    let mut changes = Vec::new();
    if !due.customers.is_empty() {
        let (mut rows, until) = journal::find_of(db, &due.customers)?;
        let days = due.retention.without_order_days.unwrap_or(0);
        for customer in &due.customers {
            changes.push(Change::Privacy(PrivacyChange::Erase {
                customer: *customer,
                why: format!(
                    "kept for {days} days without an order, as the playbook '{}' says",
                    due.playbook
                ),
                rows: rows.remove(customer).unwrap_or_default(),
                until,
            }));
        }
    }
    let Some(before) = due.words_before else { return Ok(changes) };
    let age = |touches: &[TouchId], rows: &[i64]| {
        Change::Privacy(PrivacyChange::Age {
            playbook: due.playbook.clone(),
            before,
            touches: touches.to_vec(),
            rows: rows.to_vec(),
        })
    };
    changes.extend(due.touches.chunks(PART).map(|touches| age(touches, &[])));
    changes.extend(due.rows.chunks(PART).map(|rows| age(&[], rows)));
    Ok(changes)
}
