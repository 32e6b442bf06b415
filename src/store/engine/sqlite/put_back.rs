//! Puts a file in the place of a database while nobody can write to it, and keeps the old one.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use crate::store::engine::sqlite::Sqlite;
use crate::store::error::StoreError;

impl Sqlite {
    /// Makes sure that nobody else has this file open, looks with `check` once more, and puts `new` in its place; the old one gets
    /// the name `aside`.
    ///
    /// Whoever had the old file open would, at its end, remove the log of the new one: the engine names it by the path. So nobody may
    /// have it.
    ///
    /// # Errors
    /// [`StoreError::Busy`] where a program has the file open, what `check` says, and what the system says. The old file is in its
    /// place then.
    pub fn give_way(
        &mut self,
        (new, aside): (&Path, &Path),
        check: impl FnOnce(&Self) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.queued(|engine| {
            engine.have_alone()?;
            let done = check(engine).and_then(|()| engine.replace(new, aside));
            // others who came meanwhile find the new file, or the old one with a log again
            engine.pragma("ROLLBACK")?;
            if done.is_err() {
                engine.keep_log()?;
            }
            done
        })
    }

    /// Brings the log to an end and the file under a lock that lets nobody in.
    fn have_alone(&self) -> Result<(), StoreError> {
        let in_use = || StoreError::Busy {
            what: "other programs have the database open; end Corral everywhere before it is put back"
                .to_owned(),
        };
        // done only where no other connection is open: else it stays as it is
        let mode = self.pragma_texts("PRAGMA journal_mode = DELETE").map_err(|_| in_use())?;
        if mode.iter().any(|mode| mode == "wal") {
            return Err(in_use());
        }
        self.pragma("BEGIN EXCLUSIVE").map_err(|_| in_use())
    }

    fn replace(&self, new: &Path, aside: &Path) -> Result<(), StoreError> {
        let path = self.path();
        let unwritable = |e: io::Error| StoreError::ReadOnly { path: path.to_owned(), why: e.to_string() };
        keep(path, aside).map_err(unwritable)?;
        fs::rename(new, path).map_err(unwritable)?;
        settle(path).map_err(unwritable)
    }
}

/// Gives a file a second name; where the file system has no links, a copy.
fn keep(path: &Path, aside: &Path) -> io::Result<()> {
    fs::hard_link(path, aside).or_else(|_| fs::copy(path, aside).map(drop))
}

/// Brings the names of a file's folder to disk.
pub fn settle(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // a system that cannot open a folder keeps names by itself
    File::open(folder).map_or(Ok(()), |folder| folder.sync_all())
}
