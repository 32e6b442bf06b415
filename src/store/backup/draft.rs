//! A file in the making: nobody else's to read, and gone with what the engine put beside it unless it gets its name.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use crate::store::backup::unwritable;
use crate::store::engine::file::{guard, put_back};
use crate::store::error::StoreError;

/// The ending of a backup in the making.
pub const PART: &str = ".part";

/// The file in the making.
#[derive(Debug)]
pub struct Draft {
    /// Where it is.
    pub path: PathBuf,
}

impl Draft {
    /// Makes an empty file; what one that was killed left there goes.
    pub fn make(path: PathBuf) -> Result<Self, StoreError> {
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            fs::create_dir_all(folder).map_err(|e| unwritable(&path, &e))?;
        }
        let draft = Self { path };
        draft.remove();
        // nobody else reads what is in it, from the first byte on
        let mut made = File::options();
        made.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut made, 0o600);
        made.open(&draft.path).map_err(|e| unwritable(&draft.path, &e))?;
        Ok(draft)
    }

    /// Opens it to be written.
    pub fn open(&self) -> Result<File, StoreError> {
        File::options().write(true).open(&self.path).map_err(|e| unwritable(&self.path, &e))
    }

    /// Brings what is in it to disk.
    pub fn settle(&self) -> Result<(), StoreError> {
        File::open(&self.path).and_then(|file| file.sync_all()).map_err(|e| unwritable(&self.path, &e))
    }

    /// Gives it its name in one step, unless something has that name by now.
    pub fn publish(&self, to: &Path) -> Result<(), StoreError> {
        match fs::hard_link(&self.path, to) {
            Ok(()) => {}
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {
                return Err(StoreError::Exists { path: to.to_owned() });
            }
            // a file system without links
            Err(_) => fs::rename(&self.path, to).map_err(|e| unwritable(to, &e))?,
        }
        put_back::settle(to).map_err(|e| unwritable(to, &e))
    }

    fn remove(&self) {
        for end in ["", "-journal", "-wal", "-shm"] {
            // most of them were never made; the file itself was renamed where all went well
            let _ = fs::remove_file(guard::side(&self.path, end));
        }
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        self.remove();
    }
}
