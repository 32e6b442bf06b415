//! What is personal and has been kept as long as the playbooks say: seen to once a day, by whoever serves.

use std::path::Path;

use crate::domain::id::{IdMaker, WriteId};
use crate::domain::origin::Origin;
use crate::domain::time::Timestamp;
use crate::store::change::Write;
use crate::store::privacy::{Entry, list, retain};
use crate::store::{Db, StoreError};

/// Room for the ids that a change makes after its own.
const APART: u64 = 8_192;

/// Sees to it in a database; `backups` is where its backups go. Answers with how many changes were made; none where nothing is due.
///
/// # Errors
/// What the store says; what is left then is seen to the next time.
pub fn see_to(db: &Path, backups: Option<&Path>, now: Timestamp) -> Result<usize, StoreError> {
    let mut open = Db::open(db)?;
    let (mut made, mut mixed) = (0, u64::from(std::process::id()).wrapping_mul(0x9E37_79B9_7F4A_7C15));
    for due in retain::due(&mut open, now)? {
        for change in retain::changes(&mut open, &due)? {
            mixed = mixed.wrapping_add(APART);
            let id = WriteId(IdMaker::new(now, mixed).make());
            open.write(&Write { id, by: Db::SYSTEM, at: now, from: Origin::Local, change })?;
            made += 1;
        }
        for customer in &due.customers {
            list::note(db, backups, Entry { at: now, customer: *customer })?;
        }
    }
    Ok(made)
}
