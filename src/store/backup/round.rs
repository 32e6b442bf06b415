//! One more backup into a folder, and those that are no longer needed out of it: what a command does once and a schedule again and
//! again.

use std::path::{Path, PathBuf};

use crate::domain::id::{UserId, WriteId};
use crate::domain::origin::Origin;
use crate::domain::time::Timestamp;
use crate::store::backup::make::{self, Made, Step};
use crate::store::backup::seal::{ENDING, Seal};
use crate::store::backup::{self, Keep};
use crate::store::change::{Change, Write};
use crate::store::db::Db;
use crate::store::error::StoreError;

/// What is to be made, by whom, and what is kept beside it.
#[derive(Debug, Clone, Copy)]
pub struct Round<'a> {
    /// The folder it goes to.
    pub folder: &'a Path,
    /// A name of its own; by the time where not given, and only then others are dropped.
    pub file: Option<&'a Path>,
    /// For whom it is sealed; `None` leaves it open.
    pub seal: Option<&'a Seal>,
    /// Which of the others are kept.
    pub keep: Keep,
    /// The id of the audit trail's note.
    pub id: WriteId,
    /// By whom.
    pub by: UserId,
    /// When.
    pub at: Timestamp,
    /// From where.
    pub from: Origin,
}

/// What a round came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// The backup.
    pub made: Made,
    /// Those that went.
    pub dropped: Vec<PathBuf>,
}

/// Makes a backup, notes it in the audit trail, and drops those of the folder that are no longer needed.
///
/// # Errors
/// As [`make::make`]; nothing was dropped then.
pub fn round(db: &mut Db, round: Round<'_>, tell: &mut dyn FnMut(Step)) -> Result<Done, StoreError> {
    let Round { folder, file, seal, keep, id, by, at, from } = round;
    let end = if seal.is_some() { ENDING } else { "" };
    let to = file.map_or_else(|| folder.join(backup::name(at) + end), Path::to_owned);
    let made = make::make(db, (&to, seal), at, tell, |db, manifest| {
        let change = Change::Note(Box::new(backup::noted(&to, manifest)));
        db.write(&Write { id, by, at, from, change }).map(drop)
    })?;
    let dropped = if file.is_none() { backup::prune(folder, keep, at)? } else { Vec::new() };
    Ok(Done { made, dropped })
}
