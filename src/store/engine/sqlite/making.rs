//! A file that is filled part by part, under a name of its own beside the one it is to get: what is there outlives a program
//! that was ended, and the next one goes on.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use crate::store::engine::sqlite::{APPLICATION_ID, Access, Sqlite, file, guard};
use crate::store::engine::{self, Begun, Engine};
use crate::store::error::StoreError;

/// `PRAGMA application_id` of a file that is not finished: "CRRM". No program takes it for a database.
const UNFINISHED: i64 = 0x4352_524D;
/// The ending of its name.
const ENDING: &str = ".moving";
/// Memory for pages while a file is filled and its indexes are built, KiB.
const CACHE: u32 = 128 * 1024;

/// A file on its way.
#[derive(Debug)]
pub struct Making {
    path: PathBuf,
    draft: PathBuf,
    /// Locked as long as this program fills it.
    _lock: File,
}

/// Begins a file, or goes on with one that was begun.
///
/// # Errors
/// [`StoreError::Exists`] where there is a file already, [`StoreError::Busy`] where another program is filling it.
pub fn make(path: &Path) -> Result<Begun, StoreError> {
    if path.symlink_metadata().is_ok() {
        return Err(StoreError::Exists { path: path.to_owned() });
    }
    let draft = guard::side(path, ENDING);
    let unwritable = |why: String| StoreError::ReadOnly { path: path.to_owned(), why };
    let side = guard::side(&draft, "-lock");
    let lock = File::options().create(true).truncate(false).write(true).open(&side);
    let lock = lock.map_err(|e| unwritable(format!("'{}': {e}", side.display())))?;
    if lock.try_lock().is_err() {
        let what = format!("another program is copying into '{}'", path.display());
        return Err(StoreError::Busy { what });
    }
    let making = Making { path: path.to_owned(), draft, _lock: lock };
    Ok((making.open()?, Box::new(making)))
}

impl Making {
    fn open(&self) -> Result<Box<dyn Engine>, StoreError> {
        let is_new = self.draft.metadata().map_or(0, |about| about.len()) == 0;
        let engine = Sqlite::open(&self.draft, Access::Write, true)?;
        if !is_new && engine.pragma_number("PRAGMA application_id")? != UNFINISHED {
            let what = "it is not a copy that was begun; move it away".to_owned();
            return Err(StoreError::Foreign { path: self.draft.clone(), what });
        }
        engine.pragma(&format!("PRAGMA application_id = {UNFINISHED}"))?;
        engine.pragma("PRAGMA journal_mode = WAL")?;
        let mut engine = file::ready(engine)?;
        // every row refers to one that came before; whoever verifies the file looks at all of them
        engine.pragma("PRAGMA foreign_keys = OFF")?;
        engine.pragma(&format!("PRAGMA cache_size = -{CACHE}"))?;
        // what is sorted for an index may be larger than memory
        engine.pragma("PRAGMA temp_store = FILE")?;
        engine.note_files();
        Ok(Box::new(engine))
    }

    fn remove(&self) {
        for end in file::SIDES {
            // most of them were never made
            let _ = fs::remove_file(guard::side(&self.draft, end));
        }
    }
}

impl engine::Making for Making {
    fn again(&mut self) -> Result<Box<dyn Engine>, StoreError> {
        self.remove();
        self.open()
    }

    fn discard(self: Box<Self>) {
        self.remove();
        let _ = fs::remove_file(guard::side(&self.draft, "-lock"));
    }

    fn finish(self: Box<Self>) -> Result<(), StoreError> {
        let engine = Sqlite::open(&self.draft, Access::Write, false)?;
        engine.pragma(&format!("PRAGMA application_id = {APPLICATION_ID}"))?;
        // only the one file gets the name: nothing may be left in the log
        engine.checkpoint("TRUNCATE")?;
        drop(engine);
        file::publish(&self.draft, &self.path)?;
        self.discard();
        Ok(())
    }
}
