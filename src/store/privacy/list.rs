//! The list of who was erased, beside the database: what an older backup brings back is erased again by it. It holds no more than ids and
//! times.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::domain::id::CustomerId;
use crate::domain::time::Timestamp;
use crate::store::error::StoreError;
use crate::store::privacy::Erased;
use crate::store::{backup, engine};

/// Somebody who was erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Entry {
    /// When.
    pub at: Timestamp,
    /// Whom.
    pub customer: CustomerId,
}

impl From<&Erased> for Entry {
    fn from(erased: &Erased) -> Self {
        Self { at: erased.at, customer: erased.customer }
    }
}

/// Where the list of a database lies: beside it, by its name.
pub fn beside(db: &Path) -> PathBuf {
    let mut name = db.as_os_str().to_owned();
    name.push("-erased.jsonl");
    PathBuf::from(name)
}

/// Where a copy of the list lies in a folder of backups.
pub fn within(folder: &Path) -> PathBuf {
    folder.join("erased.jsonl")
}

/// Where the lists of a database lie: beside it, and in the folders of its backups that are there; nowhere of one on a server, which is
/// not put back from a file.
pub fn places(db: &Path, backups: Option<&Path>) -> Vec<PathBuf> {
    if engine::is_server(db) {
        return Vec::new();
    }
    let usual = backup::folder(db);
    let mut places = vec![beside(db)];
    let folders = [Some(usual.as_path()), backups.filter(|other| *other != usual)];
    places.extend(folders.into_iter().flatten().filter(|folder| folder.is_dir()).map(within));
    places
}

/// Adds somebody to all lists of a database.
///
/// # Errors
/// What the system says.
pub fn note(db: &Path, backups: Option<&Path>, entry: Entry) -> Result<(), StoreError> {
    places(db, backups).iter().try_for_each(|place| add(place, entry))
}

/// Adds somebody to a list, and has it on disk when this returns.
///
/// # Errors
/// What the system says.
pub fn add(list: &Path, entry: Entry) -> Result<(), StoreError> {
    let write = || -> io::Result<()> {
        let mut file = File::options().append(true).create(true).open(list)?;
        writeln!(file, "{}", serde_json::to_string(&entry)?)?;
        file.sync_all()
    };
    write().map_err(|e| StoreError::ReadOnly { path: list.to_owned(), why: e.to_string() })
}

/// Reads a list; one that is not there is empty.
///
/// # Errors
/// What the system says, and a line that cannot be read: whom it names would come back unseen.
pub fn read(list: &Path) -> Result<Vec<Entry>, StoreError> {
    let text = match fs::read_to_string(list) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(StoreError::ReadOnly { path: list.to_owned(), why: error.to_string() }),
    };
    let line = |(number, line): (usize, &str)| {
        serde_json::from_str(line).map_err(|why| StoreError::Invalid {
            code: "erased_list",
            what: format!(
                "line {} of '{}' names nobody ({why}); mend it, or whom it names comes back with a backup",
                number + 1,
                list.display()
            ),
        })
    };
    text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()).map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_read_as_it_was_written_and_a_line_that_names_nobody_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let list = beside(&folder.path().join("team.db"));
        assert_eq!(read(&list).unwrap(), []);
        let one = Entry { at: Timestamp(1_795_000_000_000), customer: CustomerId(7) };
        let other = Entry { customer: CustomerId(8), ..one };
        add(&list, one).unwrap();
        add(&list, other).unwrap();
        assert_eq!(read(&list).unwrap(), [one, other]);
        fs::write(&list, "{\"at\":\"2026-11-18T00:00:00Z\",\"customer\":\"7\"}\nhalf a li").unwrap();
        let error = read(&list).unwrap_err();
        assert!(error.to_string().contains("line 2 of"), "{error}");
    }
}
