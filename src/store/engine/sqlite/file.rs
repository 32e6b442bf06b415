//! Opens and makes files: whose it is, is found out before anything is written to it.

use std::fs;
use std::path::{Path, PathBuf};

use crate::store::engine::sqlite::checkpoint::Keeper;
use crate::store::engine::sqlite::opened::Opened;
use crate::store::engine::sqlite::{APPLICATION_ID, Access, Sqlite, guard};
use crate::store::engine::{self, Beside, Engine};
use crate::store::error::StoreError;
use crate::store::migrate;

/// Opens a file and brings its layout up to date. What is not Corral's, newer, read-only or damaged is left untouched.
pub fn open(path: &Path) -> Result<Sqlite, StoreError> {
    if let guard::Look::Suspicious(what) = guard::look(path)? {
        let found = Sqlite::sealed_check(path)?;
        if found.iter().any(|line| line != "ok") {
            let what = format!("{what}; {}", found.join("; "));
            return Err(StoreError::Damaged { path: path.to_owned(), what });
        }
    }
    let mut engine = Sqlite::open(path, Access::Write, false)?;
    if engine.is_read_only() {
        return Err(StoreError::ReadOnly { path: path.to_owned(), why: "it may only be read".to_owned() });
    }
    let found = engine.layout()?;
    if found > migrate::newest() {
        return Err(StoreError::Newer { path: path.to_owned(), found, known: migrate::newest() });
    }
    if engine.pragma_number("PRAGMA application_id")? != APPLICATION_ID {
        let what = "a SQLite file of another program".to_owned();
        return Err(StoreError::Foreign { path: path.to_owned(), what });
    }
    migrate::migrate(&mut engine)?;
    ready(engine)
}

/// Makes a new file, lets `fill` lay out its tables and put its first facts in, and gives it its name when all of it is there.
pub fn create(
    path: &Path,
    fill: &mut dyn FnMut(Box<dyn Engine>) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    if path.symlink_metadata().is_ok() {
        return Err(StoreError::Exists { path: path.to_owned() });
    }
    let draft = Draft::beside(path);
    let engine =
        draft.make().map_err(|e| StoreError::ReadOnly { path: path.to_owned(), why: reason(path, &e) })?;
    fill(Box::new(engine))?;
    // only the one file gets the name: nothing may be left in the log
    Sqlite::open(&draft.path, Access::Write, false)?.checkpoint("TRUNCATE")?;
    publish(&draft.path, path)
}

/// The ends of the names of the files a database may have.
pub(super) const SIDES: [&str; 6] = ["", "-wal", "-shm", "-journal", "-queue", "-checkpoint"];

pub(super) fn ready(mut engine: Sqlite) -> Result<Sqlite, StoreError> {
    engine.prepare()?;
    let side = guard::side(engine.place(), "-queue");
    engine.queue_on(&side)?;
    engine.note_files();
    Ok(engine)
}

/// The file another connection has open.
#[derive(Debug, Clone)]
pub struct Neighbour {
    path: PathBuf,
    opened: Opened,
}

impl Neighbour {
    /// The file of a connection.
    pub fn of(engine: &Sqlite) -> Self {
        let path = engine.path().to_owned();
        let opened = engine.opened.clone().unwrap_or_else(|| Opened::note(&path));
        Self { path, opened }
    }
}

impl Beside for Neighbour {
    fn open(&self) -> Result<Box<dyn Engine>, StoreError> {
        // a file that was there and is not is gone, not missing: what is to be saved waits for it
        self.is_there()?;
        let engine = open(&self.path)?;
        self.is_there()?;
        Ok(Box::new(engine))
    }

    fn is_there(&self) -> Result<(), StoreError> {
        self.opened.clone().check()
    }

    fn keeper(&self) -> Option<Box<dyn engine::Keeper>> {
        Some(Box::new(Keeper::new(&self.path)))
    }

    fn again(&self) -> Box<dyn Beside> {
        Box::new(self.clone())
    }
}

/// A database in the making, under a name of its own; its files are gone when dropped.
#[derive(Debug)]
struct Draft {
    path: PathBuf,
}

impl Draft {
    fn beside(path: &Path) -> Self {
        Self { path: guard::side(path, &format!(".new-{}", std::process::id())) }
    }

    fn make(&self) -> Result<Sqlite, StoreError> {
        let engine = Sqlite::open(&self.path, Access::Write, true)?;
        engine.pragma(&format!("PRAGMA application_id = {APPLICATION_ID}"))?;
        engine.pragma("PRAGMA journal_mode = WAL")?;
        ready(engine)
    }
}

/// Gives a finished file its name, unless somebody else has made one in the meantime.
pub(super) fn publish(draft: &Path, path: &Path) -> Result<(), StoreError> {
    match fs::hard_link(draft, path) {
        Ok(()) => Ok(()),
        Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => {
            Err(StoreError::Exists { path: path.to_owned() })
        }
        // a file system without links
        Err(_) => fs::rename(draft, path)
            .map_err(|e| StoreError::ReadOnly { path: path.to_owned(), why: e.to_string() }),
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        for ending in SIDES {
            // most of them were never made
            let _ = fs::remove_file(guard::side(&self.path, ending));
        }
    }
}

fn reason(path: &Path, error: &StoreError) -> String {
    let folder = path.parent().filter(|f| !f.as_os_str().is_empty());
    match (folder, error) {
        (Some(folder), _) if !folder.exists() => format!("there is no folder '{}'", folder.display()),
        (_, StoreError::ReadOnly { why, .. }) => why.clone(),
        _ => error.to_string(),
    }
}
