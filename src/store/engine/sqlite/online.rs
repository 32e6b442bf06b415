//! A copy of a file while others go on writing to it.
//!
//! The pages of one snapshot are copied in small steps, with a breath between them. The snapshot is held open for as long as it
//! takes: without it the engine begins again whenever another program has committed, and under a steady load it never ends. `VACUUM
//! INTO` holds the same snapshot and builds every tree anew, which takes longer and cannot pause. Writers do not wait; the log grows
//! meanwhile, since nothing behind the snapshot can be moved into the file.

use std::path::Path;
use std::thread;
use std::time::Duration;

use rusqlite::backup::{Backup, StepResult};

use crate::store::engine::Engine as _;
use crate::store::engine::sqlite::{Access, Sqlite};
use crate::store::error::StoreError;

/// Pages of a step: a mebibyte of those of 4 KiB.
const PAGES: i32 = 256;
/// The breath between two steps: whoever waits for the disk has it.
const BREATH: Duration = Duration::from_millis(2);

impl Sqlite {
    /// Copies the whole database into a new file; `tell` hears how many pages of how many are copied.
    ///
    /// # Errors
    /// Where a file is there already, and what the engine says; what was copied until then is no database.
    pub fn copy_online(&mut self, to: &Path, tell: &mut dyn FnMut(u64, u64)) -> Result<(), StoreError> {
        let mut copy = Sqlite::open(to, Access::Write, true)?;
        // whoever asked brings the whole file to disk at once when it is complete
        copy.pragma("PRAGMA synchronous = OFF")?;
        self.begin_read()?;
        let done = self.pages_to(&mut copy, tell);
        self.rollback();
        done
    }

    fn pages_to(&self, copy: &mut Sqlite, tell: &mut dyn FnMut(u64, u64)) -> Result<(), StoreError> {
        // the snapshot begins with the first question
        self.pragma_number("SELECT count(*) FROM sqlite_master")?;
        let failed = |e: &rusqlite::Error| super::failed(&self.path, "copying the database", e);
        let backup = Backup::new(&self.connection, &mut copy.connection).map_err(|e| failed(&e))?;
        loop {
            let step = backup.step(PAGES).map_err(|e| failed(&e))?;
            let progress = backup.progress();
            let all = u64::try_from(progress.pagecount).unwrap_or(0);
            tell(all.saturating_sub(u64::try_from(progress.remaining).unwrap_or(0)), all);
            match step {
                StepResult::Done => return Ok(()),
                _ => thread::sleep(BREATH),
            }
        }
    }
}
