//! What is known of a backup: a JSON file beside it. A file without one is no backup.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::domain::time::Timestamp;
use crate::store::backup::draft::PART;
use crate::store::backup::unwritable;
use crate::store::error::StoreError;

/// The ending of a manifest, after the whole name of its backup.
const ENDING: &str = ".manifest.json";

/// What is known of a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// When it was made.
    pub at: Timestamp,
    /// The version of the program that made it.
    pub corral: String,
    /// The layout of its tables.
    pub layout: i64,
    /// Bytes of the file.
    pub bytes: u64,
    /// The SHA-256 of the file, hex.
    pub sha256: String,
    /// Rows of all tables.
    pub rows: u64,
    /// The newest row of the journal: its number and its seal.
    pub journal: Head,
    /// The newest row of the audit trail.
    pub audit: Head,
    /// What its check found that is not what the facts make it; the database it was made of has the same.
    pub differences: u64,
    /// What is in it, where it is sealed; everything else above but `bytes` and `sha256` is said of that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sealed: Option<Sealed>,
}

/// What is in a sealed backup: the file that was opened and verified before it was sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sealed {
    /// `key` or `passphrase`.
    pub with: String,
    /// Bytes of the file in it.
    pub bytes: u64,
    /// The SHA-256 of the file in it, hex.
    pub sha256: String,
}

/// The newest row of a chain.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Head {
    /// Its number; 0 before the first.
    pub number: i64,
    /// Its seal; empty before the first.
    pub seal: String,
}

/// A backup that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The file.
    pub path: PathBuf,
    /// What is known of it.
    pub manifest: Manifest,
}

impl Manifest {
    /// Where the manifest of a backup is.
    pub fn beside(backup: &Path) -> PathBuf {
        let mut name = backup.as_os_str().to_owned();
        name.push(ENDING);
        PathBuf::from(name)
    }

    /// Reads the manifest of a backup.
    ///
    /// # Errors
    /// `no_manifest` where there is none or it cannot be read: the file is no backup then.
    pub fn read(backup: &Path) -> Result<Self, StoreError> {
        let path = Self::beside(backup);
        let said = fs::read(&path)
            .map_err(|e| e.to_string())
            .and_then(|text| serde_json::from_slice(&text).map_err(|e| e.to_string()));
        said.map_err(|why| StoreError::Invalid {
            code: "no_manifest",
            what: format!(
                "'{}' is not a backup: its manifest '{}' cannot be read ({why}); a backup is a file with its manifest beside it",
                backup.display(),
                path.display()
            ),
        })
    }

    /// Writes it, and has it on disk when this returns.
    pub(super) fn write(&self, backup: &Path) -> Result<(), StoreError> {
        let path = Self::beside(backup);
        let text = serde_json::to_vec_pretty(self).map_err(|e| StoreError::Engine {
            doing: "writing a manifest".to_owned(),
            what: e.to_string(),
        })?;
        fs::write(&path, text)
            .and_then(|()| fs::File::open(&path)?.sync_all())
            .map_err(|e| unwritable(&path, &e))
    }
}

/// The backups of a folder, the newest first. What has no manifest, or no file, is none.
///
/// # Errors
/// Where the folder cannot be read; none at all is no error.
pub fn list(folder: &Path) -> Result<Vec<Found>, StoreError> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(e) => return Err(unwritable(folder, &e)),
    };
    let mut found: Vec<Found> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter_map(|path| {
            let name = path.to_str()?.strip_suffix(ENDING)?;
            let path = PathBuf::from(name);
            let manifest = Manifest::read(&path).ok()?;
            path.is_file().then_some(Found { path, manifest })
        })
        .collect();
    found.sort_by(|a, b| (b.manifest.at, &b.path).cmp(&(a.manifest.at, &a.path)));
    Ok(found)
}

/// How long what is left of a backup that was cut off may lie: longer than any takes.
const LEFT_FOR: Duration = Duration::from_hours(24);

/// Clears away what backups that were cut off have left in a folder a day ago and more.
pub fn clear(folder: &Path) {
    clear_named(folder, |_| true);
}

/// The same of what [`beside`] has named, in the database's own folder.
pub fn clear_beside(db: &Path) {
    let (Some(folder), Some(name)) = (db.parent(), db.file_name()) else { return };
    let start = format!("{}{BEFORE_SEALED}", name.to_string_lossy());
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    clear_named(folder, |name| name.starts_with(&start));
}

/// What stands between the name of a database and that of the backup that is to be sealed.
const BEFORE_SEALED: &str = ".backup-";

/// Where what is to be sealed lies until it is: beside the database, which is as secret, and not where the sealed one goes.
pub fn beside(db: &Path, to: &Path) -> PathBuf {
    let mut name = db.as_os_str().to_owned();
    name.push(BEFORE_SEALED);
    name.push(to.file_name().unwrap_or_default());
    name.push(PART);
    PathBuf::from(name)
}

fn clear_named(folder: &Path, is_meant: impl Fn(&str) -> bool) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
        if !path.file_name().is_some_and(|name| is_meant(&name.to_string_lossy())) {
            continue;
        }
        let name = path.to_string_lossy();
        let is_left = name.ends_with(PART)
            || name.ends_with(&format!("{PART}-journal"))
            || name.strip_suffix(ENDING).is_some_and(|backup| !Path::new(backup).exists());
        let age =
            path.metadata().and_then(|about| about.modified()).map(|at| at.elapsed().unwrap_or_default());
        if is_left && age.is_ok_and(|age| age > LEFT_FOR) {
            // what cannot be removed is no backup either
            let _ = fs::remove_file(&path);
        }
    }
}

/// Removes a backup: its file first, so that what is left is none.
///
/// # Errors
/// What the system says.
pub fn remove(backup: &Path) -> Result<(), StoreError> {
    fs::remove_file(backup).map_err(|e| unwritable(backup, &e))?;
    // without its file it is found no more
    let _ = fs::remove_file(Manifest::beside(backup));
    Ok(())
}
