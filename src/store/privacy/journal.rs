//! Rows of the journal that are emptied: what they counted stays, what they said goes.
//!
//! A row's seal covers what it said, and stays, so that the chain goes on over it; the salt that made the seal say nothing to who guesses
//! goes. In its place a mark covers the seal and what is left, and the digest of all marks of an erasure stands in the audit trail.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest as _, Sha256};

use crate::domain::hex::hex;
use crate::domain::id::{CustomerId, WriteId};
use crate::domain::time::Timestamp;
use crate::store::change::Effects;
use crate::store::db::Db;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::journal::{from_json, to_json};
use crate::store::undo::Reversal;
use crate::store::write::Work;
use crate::{sql, values};

/// Rows looked at in one go: nobody's snapshot is held open for long.
const WINDOW: i64 = 20_000;

/// Finds the rows about a customer; answers with their numbers and the last one looked at.
///
/// # Errors
/// What the engine says.
pub fn find(db: &mut Db, customer: CustomerId) -> Result<(Vec<i64>, i64), StoreError> {
    let (mut rows, newest) = find_of(db, &[customer])?;
    Ok((rows.remove(&customer).unwrap_or_default(), newest))
}

/// Rows of the journal by whom they are about, and the last one looked at.
pub type Found = (BTreeMap<CustomerId, Vec<i64>>, i64);

/// The same of several customers, in one walk.
///
/// # Errors
/// What the engine says.
pub fn find_of(db: &mut Db, customers: &[CustomerId]) -> Result<Found, StoreError> {
    let wanted: BTreeSet<CustomerId> = customers.iter().copied().collect();
    let (mut rows, mut from): (BTreeMap<CustomerId, Vec<i64>>, i64) = (BTreeMap::new(), 0);
    let newest = db.revision()?;
    while from < newest {
        let until = from.saturating_add(WINDOW).min(newest);
        db.snapshot(|tx, _| {
            tx.each(
                sql!(
                    "SELECT rev, customer_id FROM journal WHERE rev > $1 AND rev <= $2 AND customer_id IS NOT NULL ORDER BY rev"
                ),
                values![from, until],
                |row| {
                    let customer = CustomerId(row.int(1)?);
                    if wanted.contains(&customer) {
                        rows.entry(customer).or_default().push(row.int(0)?);
                    }
                    Ok(())
                },
            )
        })?;
        from = until;
    }
    Ok((rows, newest))
}

/// Rows about a customer behind one, up to another.
fn behind(tx: Tx<'_>, customer: CustomerId, (from, until): (i64, i64)) -> Result<Vec<i64>, StoreError> {
    tx.all(
        sql!("SELECT rev FROM journal WHERE rev > $1 AND rev <= $2 AND customer_id = $3 ORDER BY rev"),
        values![from, until, customer],
        |row| row.int(0),
    )
}

/// What is left of a row.
struct Left {
    payload: String,
    effects: String,
    reversal: String,
}

/// Empties rows about a customer; answers with their number and the digest over their marks.
pub(super) fn empty(
    work: &Work<'_>,
    customer: CustomerId,
    (rows, until): (&[i64], i64),
    erasure: WriteId,
) -> Result<(u64, String), StoreError> {
    let mut all = rows.to_vec();
    all.extend(behind(work.tx, customer, (until, i64::MAX))?);
    all.sort_unstable();
    all.dedup();
    put(work.tx, all.into_iter().map(|rev| (rev, customer)), erasure)
}

/// Empties rows from before an instant about customers of a playbook, as an erasure of nobody in particular; answers with their number and
/// the digest over their marks.
pub(super) fn empty_old(
    work: &Work<'_>,
    (playbook, before): (&str, Timestamp),
    rows: &[i64],
) -> Result<(u64, String), StoreError> {
    let tx = work.tx;
    tx.put(
        sql!(
            "INSERT INTO erasure (id, customer_id, at, by_user, journal_rows, digest) VALUES ($1, 0, $2, $3, 0, '')"
        ),
        values![work.write, work.at, work.by.id],
    )?;
    let mut all = Vec::new();
    for rev in rows {
        let customer = tx.number(
            sql!(
                "SELECT j.customer_id FROM journal j JOIN customer c ON c.id = j.customer_id \
                 WHERE j.rev = $1 AND j.at < $2 AND c.playbook = $3"
            ),
            values![*rev, before, playbook],
        )?;
        all.extend(customer.map(|customer| (*rev, CustomerId(customer))));
    }
    all.sort_unstable();
    all.dedup();
    put(tx, all.into_iter(), work.write)
}

/// Empties rows, each about a customer, in their order.
fn put(
    tx: Tx<'_>,
    rows: impl Iterator<Item = (i64, CustomerId)>,
    erasure: WriteId,
) -> Result<(u64, String), StoreError> {
    let (mut emptied, mut digest) = (0, Digest::default());
    for (rev, customer) in rows {
        let Some((seal, left)) = left_of(tx, customer, (rev, erasure))? else { continue };
        let mark = mark(&seal, rev, [&left.payload, &left.effects, &left.reversal]);
        tx.put(
            sql!("UPDATE journal SET payload = $2, effects = $3, reversal = $4, salt = 0 WHERE rev = $1"),
            values![rev, &left.payload, &left.effects, &left.reversal],
        )?;
        tx.put(
            sql!("INSERT INTO erased_row (rev, erasure_id, mark) VALUES ($1, $2, $3)"),
            values![rev, erasure, &mark],
        )?;
        digest.add(rev, &mark);
        emptied += 1;
    }
    Ok((emptied, digest.end()))
}

/// A row's seal and what is to be left of it; `None` where it is another customer's, or was emptied before.
fn left_of(
    tx: Tx<'_>,
    customer: CustomerId,
    (rev, erasure): (i64, WriteId),
) -> Result<Option<(String, Left)>, StoreError> {
    let found = tx.one(
        sql!(
            "SELECT j.hash, j.effects, j.reversal FROM journal j WHERE j.rev = $1 AND j.customer_id = $2 \
             AND NOT EXISTS (SELECT 1 FROM erased_row e WHERE e.rev = j.rev)"
        ),
        values![rev, customer],
        |row| Ok((row.text(0)?.to_owned(), row.text(1)?.to_owned(), row.text(2)?.to_owned())),
    )?;
    let Some((seal, effects, reversal)) = found else { return Ok(None) };
    let before: Effects = from_json(&effects)?;
    let effects = Effects {
        customer: before.customer,
        owners: before.owners,
        undone: before.undone,
        ..Effects::default()
    };
    let steps: Vec<Reversal> = from_json(&reversal)?;
    let mut kept = vec![Reversal::Erased];
    // what was counted and by which touch: figures are made again from these
    kept.extend(
        steps.into_iter().filter(|step| matches!(step, Reversal::Counted { .. } | Reversal::TouchMade(_))),
    );
    let payload = to_json(&serde_json::json!({ "erased": erasure }))?;
    Ok(Some((seal, Left { payload, effects: to_json(&effects)?, reversal: to_json(&kept)? })))
}

/// The mark of an emptied row: over its seal and what is left of it.
pub fn mark(seal: &str, rev: i64, left: [&str; 3]) -> String {
    let mut sha = Sha256::new();
    let rev = rev.to_string();
    for part in [seal, &rev].into_iter().chain(left) {
        sha.update(part.len().to_le_bytes());
        sha.update(part.as_bytes());
    }
    hex(&sha.finalize())
}

/// The digest over the marks of an erasure, in the order of the journal.
#[derive(Default)]
pub struct Digest(Sha256);

impl Digest {
    /// Adds a mark.
    pub fn add(&mut self, rev: i64, mark: &str) {
        self.0.update(format!("{rev} {mark}\n").as_bytes());
    }

    /// The digest, hex.
    pub fn end(self) -> String {
        hex(&self.0.finalize())
    }
}

impl std::fmt::Debug for Digest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Digest")
    }
}
