//! Makes a backup: copied, opened, verified, hashed, on disk, and only then under its name.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::domain::time::Timestamp;
use crate::store::backup::check::{self, Looked};
use crate::store::backup::draft::{Draft, PART};
use crate::store::backup::manifest::Manifest;
use crate::store::db::Db;
use crate::store::engine::file::guard;
use crate::store::error::StoreError;
use crate::store::verify::Difference;

/// What the making tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// So many pages of so many are copied.
    Copied(u64, u64),
    /// The copy is being verified.
    Verifying,
    /// It is being brought to disk and hashed.
    Hashing,
}

/// A backup that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// The file.
    pub path: PathBuf,
    /// What is known of it.
    pub manifest: Manifest,
    /// What its check found; the database has the same.
    pub differences: Vec<Difference>,
    /// How long the copy took, and the check.
    pub took: (Duration, Duration),
}

/// Makes a backup of a file while others work on it. `note` is called when all is well, before the file gets its name.
///
/// # Errors
/// [`StoreError::Exists`] where something is there already; `not_a_file` for a server; [`StoreError::Damaged`] where the copy is
/// not whole; what the system says. Nothing is left behind then.
pub fn make(
    db: &mut Db,
    to: &Path,
    at: Timestamp,
    tell: &mut dyn FnMut(Step),
    note: impl FnOnce(&mut Db, &Manifest) -> Result<(), StoreError>,
) -> Result<Made, StoreError> {
    for path in [to, &Manifest::beside(to)] {
        if path.symlink_metadata().is_ok() {
            return Err(StoreError::Exists { path: path.to_owned() });
        }
    }
    let place = db.place().to_owned();
    let part = Draft::make(guard::side(to, PART))?;
    let begun = Instant::now();
    let Some(file) = db.file_mut() else {
        let what = format!(
            "'{}' is on a server, which is backed up by its own means; 'corral backup' without a file tells how it stands",
            place.display()
        );
        return Err(StoreError::Invalid { code: "not_a_file", what });
    };
    file.copy_online(&part.path, &mut |copied, all| tell(Step::Copied(copied, all)))?;
    let copying = begun.elapsed();
    tell(Step::Verifying);
    let Looked { layout, rows, journal, audit, differences } = check::look(&part.path)?;
    if let Some(broken) = differences.iter().find(|found| check::is_broken(found)) {
        let what = format!("{}: {}", broken.kind, broken.found);
        return Err(StoreError::Damaged { path: place, what });
    }
    tell(Step::Hashing);
    part.settle()?;
    let (bytes, sha256) = check::hash(&part.path)?;
    let manifest = Manifest {
        at,
        corral: env!("CARGO_PKG_VERSION").to_owned(),
        layout,
        bytes,
        sha256,
        rows,
        journal,
        audit,
        differences: u64::try_from(differences.len()).unwrap_or(u64::MAX),
    };
    let checking = begun.elapsed().saturating_sub(copying);
    note(db, &manifest)?;
    // a manifest without a file is no backup: it may be there first
    manifest.write(to)?;
    if let Err(error) = part.publish(to) {
        let _ = fs::remove_file(Manifest::beside(to));
        return Err(error);
    }
    Ok(Made { path: to.to_owned(), manifest, differences, took: (copying, checking) })
}
