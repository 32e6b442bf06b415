//! Rows of the journal that were emptied: each is what its mark covers, and an erasure on record says so.

use std::collections::BTreeMap;

use super::Report;
use crate::domain::id::{CustomerId, WriteId};
use crate::domain::lists::AuditKind;
use crate::store::change::About;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::journal::Sealed;
use crate::store::privacy::journal::{Digest, mark};
use crate::{sql, values};

/// The marks of emptied rows, by the number of the row.
pub type Marks = BTreeMap<i64, String>;

/// Reads the marks, and holds them against the erasures and these against the audit trail.
pub fn marks(tx: Tx<'_>, report: &mut Report) -> Result<Marks, StoreError> {
    let mut marks = Marks::new();
    let mut digests: BTreeMap<i64, (i64, Digest)> = BTreeMap::new();
    tx.each(sql!("SELECT rev, erasure_id, mark FROM erased_row ORDER BY rev"), &[], |row| {
        let (rev, mark) = (row.int(0)?, row.text(2)?.to_owned());
        let (rows, digest) = digests.entry(row.int(1)?).or_default();
        *rows += 1;
        digest.add(rev, &mark);
        marks.insert(rev, mark);
        Ok(())
    })?;
    let erasures =
        tx.all(sql!("SELECT id, customer_id, journal_rows, digest FROM erasure ORDER BY id"), &[], |row| {
            Ok((row.int(0)?, CustomerId(row.int(1)?), row.int(2)?, row.text(3)?.to_owned()))
        })?;
    report.count("erasure", erasures.len() as u64);
    for (id, customer, rows, digest) in erasures {
        let (found, marks) = digests.remove(&id).unwrap_or_default();
        let marks = marks.end();
        if found != rows || marks != digest {
            let found = format!("{found} rows, {marks}");
            report.differs("erasure", WriteId(id), (format!("{rows} rows, {digest}"), found));
        }
        let told = tx.one(
            sql!("SELECT became FROM audit WHERE change_id = $1 AND kind = $2 AND (about = $3 OR $4 = 0)"),
            values![id, AuditKind::Erased, &About::Customer(customer).text(), customer],
            |row| Ok(row.text(0)?.to_owned()),
        )?;
        if !told.as_deref().is_some_and(|told| told.ends_with(&digest)) {
            let found = told.unwrap_or_else(|| "no row".to_owned());
            report.differs("erasure", WriteId(id), (format!("an audit row with {digest}"), found));
        }
    }
    for id in digests.keys() {
        report.differs("erasure", WriteId(*id), ("an erasure of its rows", "none"));
    }
    Ok(marks)
}

/// Whether an emptied row is what its mark covers.
pub fn row(sealed: &Sealed<'_>, (stored, expected): (&str, &str), report: &mut Report) {
    let found = mark(stored, sealed.revision, [sealed.payload, sealed.effects, sealed.reversal]);
    if found != *expected {
        report.differs("erased_row", sealed.revision, (expected, found));
    }
}
