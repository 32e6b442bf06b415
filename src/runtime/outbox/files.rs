//! Held changes in files: one each, named by its id, so that their order is that of the names.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::domain::id::WriteId;
use crate::runtime::files::replace;
use crate::store::change::Write;

/// The layout of a file.
const LAYOUT: u32 = 1;
/// How the names of held changes end.
const HELD: &str = "held.json";
/// How the names of those end that were refused in a later session.
const REFUSED: &str = "refused.json";

/// A folder of held changes, of one user on one database.
#[derive(Debug, Clone)]
pub struct Files {
    folder: PathBuf,
}

#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    layout: u32,
    write: Write,
}

impl Files {
    /// Files in a folder of the user's own; it is made when the first is needed.
    pub fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned() }
    }

    /// Keeps a change.
    ///
    /// # Errors
    /// What the system says when there is no room or no right.
    pub fn keep(&self, write: &Write) -> io::Result<()> {
        fs::create_dir_all(&self.folder)?;
        let text = serde_json::to_vec(&Kept { layout: LAYOUT, write: write.clone() })?;
        replace(&self.path(write.id, HELD), &text)
    }

    /// Forgets a change that is in the database. One that cannot be removed is sent once more at the next start, which
    /// changes nothing.
    pub fn forget(&self, id: WriteId) {
        let _ = fs::remove_file(self.path(id, HELD));
    }

    /// Keeps a refused change under another name, for a person to read.
    pub fn set_aside(&self, id: WriteId) {
        let _ = fs::rename(self.path(id, HELD), self.path(id, REFUSED));
    }

    /// What is held, oldest first. A file that cannot be read stays where it is.
    pub fn load(&self) -> Vec<Write> {
        let Ok(entries) = fs::read_dir(&self.folder) else { return Vec::new() };
        let paths = entries.filter_map(|entry| entry.ok().map(|entry| entry.path()));
        let held = paths.filter(|path| path.to_string_lossy().ends_with(HELD));
        let mut writes: Vec<Write> = held
            .filter_map(|path| {
                let kept = read(&path);
                if kept.is_none() {
                    // the path would name the user
                    tracing::warn!("a held change cannot be read");
                }
                kept
            })
            .collect();
        writes.sort_by_key(|write| write.id);
        writes
    }

    fn path(&self, id: WriteId, end: &str) -> PathBuf {
        self.folder.join(format!("{id}.{end}"))
    }
}

fn read(path: &Path) -> Option<Write> {
    let kept: Kept = serde_json::from_slice(&fs::read(path).ok()?).ok()?;
    (kept.layout == LAYOUT).then_some(kept.write)
}
