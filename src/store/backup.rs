//! Backups of a file: made while everybody works, opened, verified and hashed before they count, and put back.
//!
//! A backup is two files: the copy and beside it its [`Manifest`]. The copy gets its name last, in one step, when all of it is on
//! disk and was found to be whole: what is there under the name of a backup is one. One that is [`seal`]ed was found to be whole
//! before. A server is backed up by its own means.

pub mod check;
mod draft;
pub mod keep;
pub mod make;
pub mod manifest;
pub mod restore;
pub mod round;
pub mod seal;

use std::path::{Path, PathBuf};

use crate::domain::id::UserId;
use crate::domain::lists::AuditKind;
use crate::domain::time::Timestamp;
use crate::store::actor::Actor;
use crate::store::change::{About, Note};
use crate::store::db::Db;
use crate::store::error::StoreError;
use crate::store::rights::{self, Action, Relation};
use crate::store::write;

pub use check::{Checked, check};
pub use keep::{Keep, When, due, surplus};
pub use make::{Made, Step, make};
pub use manifest::{Found, Manifest, Sealed, list};
pub use restore::{Loss, Losses, losses, restore};
pub use round::{Done, Round, round};
pub use seal::{Opener, Seal};

/// Refuses who may not make backups and put them back.
///
/// # Errors
/// [`StoreError::Forbidden`], and what the engine says.
pub fn may(db: &mut Db, by: UserId, now: Timestamp) -> Result<(), StoreError> {
    db.snapshot(|tx, books| {
        let day = write::zone_of(tx, books, by)?.day(now);
        let actor = Actor::load(tx, by, day)?;
        rights::check(actor.role, Action::Backup, Relation::Nobody, "make or put back a backup").map_err(
            |_| StoreError::Forbidden {
                role: actor.role.as_str().to_owned(),
                what: "make or put back a backup".to_owned(),
                relation: String::new(),
            },
        )
    })
}

/// The folder backups of a database go to where nothing else is said: beside it, by its name.
pub fn folder(db: &Path) -> PathBuf {
    let mut name = db.file_name().unwrap_or_default().to_owned();
    name.push("-backups");
    db.with_file_name(name)
}

/// The name of a backup made at an instant: sorted by name they are sorted by time.
pub fn name(at: Timestamp) -> String {
    let whole = Timestamp(at.0.div_euclid(1_000) * 1_000);
    let plain: String = whole.to_string().chars().filter(|c| !matches!(c, '-' | ':')).collect();
    format!("corral-{plain}.db")
}

/// What the audit trail is told of a backup, before it gets its name.
pub fn noted(to: &Path, manifest: &Manifest) -> Note {
    let sealed =
        manifest.sealed.as_ref().map(|sealed| format!("\nsealed for a {}", sealed.with)).unwrap_or_default();
    let after = format!(
        "{} bytes\nsha256 {}\njournal {}{sealed}",
        manifest.bytes, manifest.sha256, manifest.journal.number
    );
    Note::new(AuditKind::BackedUp, About::thing("file", to.display().to_string())).changed("", after)
}

/// What the audit trail is told where one that was due could not be made.
pub fn failed(folder: &Path, error: &StoreError) -> Note {
    let about = About::thing("folder", folder.display().to_string());
    Note::new(AuditKind::BackupFailed, about).changed("", error.code()).because(error.to_string())
}

/// Removes the backups of a folder that are no longer needed, and what was left there by some that were cut off; answers which
/// backups went. To be called when a new one is there.
///
/// # Errors
/// What the system says.
pub fn prune(folder: &Path, keep: Keep, now: Timestamp) -> Result<Vec<PathBuf>, StoreError> {
    manifest::clear(folder);
    let all: Vec<(Timestamp, PathBuf)> =
        list(folder)?.into_iter().map(|found| (found.manifest.at, found.path)).collect();
    let gone = surplus(&all, keep, now);
    gone.iter().try_for_each(|path| manifest::remove(path))?;
    Ok(gone)
}

/// What a file system said of a path.
fn unwritable(path: &Path, error: &std::io::Error) -> StoreError {
    StoreError::ReadOnly { path: path.to_owned(), why: error.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_backup_is_named_by_its_time_and_lies_beside_the_database() {
        let at = "2026-11-30T17:08:09.123+08:00".parse().unwrap();
        assert_eq!(name(at), "corral-20261130T090809Z.db");
        assert_eq!(folder(Path::new("/srv/team.db")), Path::new("/srv/team.db-backups"));
    }
}
