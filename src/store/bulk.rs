//! Rows of a made-up floor of millions, written straight into their tables.
//!
//! A floor of that size cannot be made change by change. Whoever fills it answers for what the changes would have seen to:
//! that counters, roll-ups, uses and the journal say what the touches say; [`verify`](crate::store::verify) tells whether
//! they do. [`Filling`] is for a file that nobody has seen yet; everything else goes through
//! [`write`](crate::store::write).

pub mod rows;

use crate::store::change::{Effects, Write};
use crate::store::db::{Bulk, Db};
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::journal::{Entry, Tail};

/// Rows on their way into a file nobody has seen yet.
#[derive(Debug)]
pub struct Filling<'a> {
    tx: Tx<'a>,
    tail: Tail,
}

impl Filling<'_> {
    /// Adds the journal row of a change whose rows are being written.
    pub fn journal(&mut self, entry: Entry<'_>) -> Result<(), StoreError> {
        self.tail.append(self.tx, entry).map(drop)
    }

    /// Adds the journal row of a change that moved nothing but what the entry says.
    pub fn journal_plain(&mut self, write: &Write) -> Result<(), StoreError> {
        let entry = Entry { write, effects: Effects::default(), topics: Vec::new(), reversal: Vec::new() };
        self.journal(entry)
    }
}

/// Fills a new database: without its indexes, its checks of references and its log, which all come back when `job` is done.
///
/// # Errors
/// What `job` says; the file is of no use then.
pub fn fill<T>(
    db: &mut Db,
    job: impl FnOnce(&mut Filling<'_>) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let taken = db.strip()?;
    let done = db.bulk(|bulk: &mut Bulk<'_>| {
        bulk.look(|tx, _| {
            let mut filling = Filling { tx, tail: Tail::find(tx)? };
            let done = job(&mut filling)?;
            filling.tail.note(tx)?;
            Ok(done)
        })
    })?;
    db.dress(&taken)?;
    Ok(done)
}
