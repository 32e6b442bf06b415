//! Makes a backup: copied, opened, verified, hashed, on disk, and only then under its name.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::domain::time::Timestamp;
use crate::store::backup::check::{self, Looked};
use crate::store::backup::draft::{Draft, PART};
use crate::store::backup::manifest::{self, Manifest, Sealed};
use crate::store::backup::seal::{self, Seal};
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
    /// It is being sealed.
    Sealing,
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

/// Makes a backup of a file while others work on it, sealed where it is said for whom: that is the last that is done to it, with the very
/// bytes that were verified. `note` is called when all is well, before the file gets its name.
///
/// # Errors
/// [`StoreError::Exists`] where something is there already; `not_a_file` for a server; [`StoreError::Damaged`] where the copy is
/// not whole; what the system says. Nothing is left behind then.
pub fn make(
    db: &mut Db,
    (to, seal): (&Path, Option<&Seal>),
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
    // both are there before anything is copied: where they cannot be nothing was done for nothing
    let end = Draft::make(guard::side(to, PART))?;
    let open = if seal.is_some() {
        manifest::clear_beside(&place);
        Some(Draft::make(manifest::beside(&place, to))?)
    } else {
        None
    };
    let part = open.as_ref().unwrap_or(&end);
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
    let sealed = match seal {
        None => None,
        Some(seal) => {
            tell(Step::Sealing);
            let (bytes, sha256) = seal::seal(&part.path, (&end.path, end.open()?), seal)?;
            Some(Sealed { with: seal.word().to_owned(), bytes, sha256 })
        }
    };
    drop(open);
    tell(Step::Hashing);
    end.settle()?;
    let (bytes, sha256) = check::hash(&end.path)?;
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
        sealed,
    };
    let checking = begun.elapsed().saturating_sub(copying);
    note(db, &manifest)?;
    // a manifest without a file is no backup: it may be there first
    manifest.write(to)?;
    if let Err(error) = end.publish(to) {
        let _ = fs::remove_file(Manifest::beside(to));
        return Err(error);
    }
    Ok(Made { path: to.to_owned(), manifest, differences, took: (copying, checking) })
}
