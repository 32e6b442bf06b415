//! A writer's turn, and how what it committed comes to disk.

use std::fs::File;

use super::{BUSY, SETTLE, Sqlite, guard};
use crate::store::error::StoreError;

impl Sqlite {
    /// Holds the writers' queue while `job` runs.
    pub fn queued<T>(&mut self, job: impl FnOnce(&Self) -> Result<T, StoreError>) -> Result<T, StoreError> {
        self.lock_queue()?;
        let done = job(self);
        self.unlock_queue();
        done
    }

    pub(super) fn lock_queue(&mut self) -> Result<(), StoreError> {
        self.queue.as_mut().map_or(Ok(()), |queue| queue.enter(BUSY))
    }

    pub(super) fn unlock_queue(&mut self) {
        if let Some(queue) = &mut self.queue {
            queue.leave();
        }
    }

    /// Brings what was committed to disk. Whoever waits in the queue goes on meanwhile, and writers who do this at the same time
    /// share the disk's one flush.
    ///
    /// The log only grows at its end, and what a commit builds on stands before it: when this returns, all of that is on disk.
    /// A failure is told although the change is there: sent again, it is found in the journal and brought to disk.
    pub(super) fn settle(&mut self) -> Result<(), StoreError> {
        // 0: not even the engine is to sync; 2: it has done so within the commit
        let mut asked =
            self.connection.prepare_cached("PRAGMA synchronous").map_err(|e| self.failed(SETTLE, &e))?;
        if asked.query_row([], |row| row.get::<_, i64>(0)).map_err(|e| self.failed(SETTLE, &e))? != 1 {
            return Ok(());
        }
        drop(asked);
        let unsettled =
            |e: std::io::Error| StoreError::Engine { doing: SETTLE.to_owned(), what: e.to_string() };
        let log = match self.log.take() {
            Some(log) => log,
            // the engine keeps this very file for as long as the connection is open
            None => File::open(guard::side(&self.path, "-wal")).map_err(unsettled)?,
        };
        log.sync_data().map_err(unsettled)?;
        self.log = Some(log);
        Ok(())
    }
}
