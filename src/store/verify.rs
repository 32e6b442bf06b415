//! `corral verify`: rebuilds every derived number from the facts and the journal, compares row by row, and says what differs.
//!
//! One snapshot for everything; rows are streamed, only sums are kept. Nothing is mended: whoever reads the report decides.

mod audit;
mod desk;
mod erased;
mod facts;
mod figures;
mod journal;
mod pk;
mod report;
mod search;

use std::collections::BTreeMap;
use std::fmt::Display;

use serde::Serialize;

use crate::store::books::Books;
use crate::store::db::Db;
use crate::store::engine::{Faults, Tx};
use crate::store::error::StoreError;

/// Differences that are listed; a file with more is beyond reading them.
const LISTED: usize = 1_000;

/// What was compared and what differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Whether nothing differs.
    pub ok: bool,
    /// How many rows of each kind were compared.
    pub checked: BTreeMap<&'static str, u64>,
    /// What differs; at most a thousand are listed.
    pub differences: Vec<Difference>,
}

/// One row that is not what the facts make it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The table or check.
    pub kind: &'static str,
    /// Which row.
    pub id: String,
    /// What the facts make it.
    pub expected: String,
    /// What is stored.
    pub found: String,
}

impl Report {
    fn count(&mut self, kind: &'static str, rows: u64) {
        *self.checked.entry(kind).or_default() += rows;
    }

    fn differs(
        &mut self,
        kind: &'static str,
        id: impl Display,
        (expected, found): (impl Display, impl Display),
    ) {
        self.ok = false;
        if self.differences.len() < LISTED {
            let (expected, found) = (expected.to_string(), found.to_string());
            self.differences.push(Difference { kind, id: id.to_string(), expected, found });
        }
    }
}

pub(in crate::store) use figures::call_channels;

/// Checks a database.
///
/// # Errors
/// What the engine says when the file cannot be read at all; everything else is in the report.
pub fn verify(db: &mut Db) -> Result<Report, StoreError> {
    let mut report = Report { ok: true, checked: BTreeMap::new(), differences: Vec::new() };
    let Faults { damaged, loose } = db.faults()?;
    report.count("file", 1);
    for line in &damaged {
        report.differs("file", "", ("ok", line));
    }
    for line in &loose {
        report.differs("foreign_key", line, ("a row it refers to", "none"));
    }
    report.count("foreign_key", 1);
    db.snapshot(|tx, books| everything(tx, books, &mut report))?;
    Ok(report)
}

/// Checks the audit trail and nothing else.
///
/// # Errors
/// As [`verify`].
pub fn trail(db: &mut Db) -> Result<Report, StoreError> {
    let mut report = Report { ok: true, checked: BTreeMap::new(), differences: Vec::new() };
    db.snapshot(|tx, _| audit::check(tx, &mut report))?;
    Ok(report)
}

fn everything(tx: Tx<'_>, books: &mut Books, report: &mut Report) -> Result<(), StoreError> {
    let emptied = erased::marks(tx, report)?;
    let counted = journal::check(tx, &emptied, report)?;
    figures::metrics(tx, counted, report)?;
    let calls = call_channels(tx, books)?;
    figures::contact_use(tx, report)?;
    figures::number_use(tx, &calls, report)?;
    figures::quotas(tx, report)?;
    figures::counters(tx, &calls, report)?;
    facts::tasks(tx, report)?;
    facts::promises(tx, report)?;
    facts::owners(tx, report)?;
    facts::members(tx, report)?;
    pk::results(tx, books, report)?;
    report::figures(tx, report)?;
    desk::desk(tx, report)?;
    search::search(tx, report)?;
    audit::check(tx, report)
}
