//! Whether the files that are open are still those at their paths.

use std::path::{Path, PathBuf};

use crate::store::engine::sqlite::guard;
use crate::store::error::StoreError;

/// The files that belong together, by the ends of their names.
const ENDS: [&str; 3] = ["", "-wal", "-shm"];

/// The files a connection has open, by what the file system calls them.
#[derive(Debug, Clone)]
pub struct Opened {
    path: PathBuf,
    files: [(PathBuf, Option<Mark>); 3],
}

/// What a file is to the file system, whatever its name.
type Mark = (u64, u64);

impl Opened {
    /// Notes which files are at a path now, right after they were opened.
    pub fn note(path: &Path) -> Self {
        let files = ENDS.map(|end| {
            let file = guard::side(path, end);
            let mark = mark(&file);
            (file, mark)
        });
        Self { path: path.to_owned(), files }
    }

    /// Finds out whether the files are still the same: what is written to others is written for nobody. Costs a look at three
    /// names.
    ///
    /// # Errors
    /// [`StoreError::Gone`] where one was removed, moved or replaced.
    pub fn check(&mut self) -> Result<(), StoreError> {
        for (file, opened) in &mut self.files {
            let found = mark(file);
            match (&opened, found) {
                (Some(then), Some(now)) if *then == now => {}
                // the log and its index are made when they are first needed
                (None, now) => *opened = now,
                (Some(_), now) => {
                    let how = if now.is_some() { "replaced" } else { "removed" };
                    return Err(StoreError::Gone { path: self.path.clone(), file: file.clone(), how });
                }
            }
        }
        Ok(())
    }
}

#[cfg(unix)]
fn mark(path: &Path) -> Option<Mark> {
    use std::os::unix::fs::MetadataExt as _;
    path.metadata().ok().map(|about| (about.dev(), about.ino()))
}

#[cfg(not(unix))]
fn mark(path: &Path) -> Option<Mark> {
    path.exists().then_some((0, 0))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_file_that_is_moved_away_is_gone_and_back_again_when_it_comes_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        fs::write(&path, "one").unwrap();
        let mut opened = Opened::note(&path);
        opened.check().unwrap();
        // a log that comes later belongs to it from then on
        fs::write(guard::side(&path, "-wal"), "").unwrap();
        opened.check().unwrap();

        let away = folder.path().join("b.db");
        fs::rename(&path, &away).unwrap();
        assert!(opened.check().unwrap_err().to_string().contains("was removed"));
        fs::write(&path, "two").unwrap();
        assert!(opened.check().unwrap_err().to_string().contains("was replaced"));
        fs::rename(&away, &path).unwrap();
        opened.check().unwrap();

        fs::remove_file(guard::side(&path, "-wal")).unwrap();
        assert_eq!(opened.check().unwrap_err().code(), "gone");
    }
}
