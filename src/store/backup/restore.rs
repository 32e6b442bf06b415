//! Puts a backup in a database's place, and says before what would be lost.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use crate::domain::id::UserId;
use crate::domain::time::Timestamp;
use crate::store::backup::draft::Draft;
use crate::store::backup::manifest::Manifest;
use crate::store::backup::seal::{self, Opener};
use crate::store::backup::{check, unwritable};
use crate::store::db::Db;
use crate::store::engine::Tx;
use crate::store::engine::file::guard;
use crate::store::error::StoreError;
use crate::{sql, values};

/// What is in a database and not in a backup.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Losses {
    /// The newest change both have; 0 where they have none in common.
    pub common: i64,
    /// Whether the backup was made of this database: all its changes are in it.
    pub is_own: bool,
    /// Changes that would be lost.
    pub changes: u64,
    /// The first and the last of them.
    pub between: Option<(Timestamp, Timestamp)>,
    /// The same by who made them and of what kind.
    pub rows: Vec<Loss>,
    /// Rows of the audit trail that would be lost.
    pub audit: u64,
}

/// Changes of one kind by one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loss {
    /// Who.
    pub by: UserId,
    /// The name.
    pub name: String,
    /// The kind of change, a stable word.
    pub kind: String,
    /// How many.
    pub changes: u64,
}

/// What a database would lose if a backup were put in its place.
///
/// # Errors
/// What the engine says.
pub fn losses(db: &mut Db, backup: &Manifest) -> Result<Losses, StoreError> {
    db.snapshot(|tx, _| {
        let is_own = seal_at(tx, backup.journal.number)?.as_deref() == Some(backup.journal.seal.as_str())
            || backup.journal.number == 0;
        // where the histories differ nothing is taken to be common: whoever restores is told of all
        let common = if is_own { backup.journal.number } else { 0 };
        let mut losses = Losses { common, is_own, ..Losses::default() };
        let span = tx.one(
            sql!("SELECT CAST(count(*) AS BIGINT), min(at), max(at) FROM journal WHERE rev > $1"),
            values![common],
            |row| Ok((row.int(0)?, row.opt_int(1)?, row.opt_int(2)?)),
        )?;
        let (changes, first, last) = span.unwrap_or_default();
        losses.changes = u64::try_from(changes).unwrap_or(0);
        losses.between = first.zip(last).map(|(first, last)| (Timestamp(first), Timestamp(last)));
        losses.rows = by_whom(tx, common)?;
        let audit = if is_own { backup.audit.number } else { 0 };
        let rows =
            tx.number(sql!("SELECT CAST(count(*) AS BIGINT) FROM audit WHERE number > $1"), values![audit])?;
        losses.audit = rows.and_then(|rows| u64::try_from(rows).ok()).unwrap_or(0);
        Ok(losses)
    })
}

fn seal_at(tx: Tx<'_>, revision: i64) -> Result<Option<String>, StoreError> {
    tx.one(sql!("SELECT hash FROM journal WHERE rev = $1"), values![revision], |row| {
        Ok(row.text(0)?.to_owned())
    })
}

fn by_whom(tx: Tx<'_>, after: i64) -> Result<Vec<Loss>, StoreError> {
    let mut rows: BTreeMap<(i64, String), Loss> = BTreeMap::new();
    tx.each(
        sql!(
            "SELECT j.by_user, u.name, j.kind FROM journal j LEFT JOIN person_user u ON u.id = j.by_user WHERE j.rev > $1"
        ),
        values![after],
        |row| {
            let (by, kind) = (row.int(0)?, row.text(2)?.to_owned());
            let name = row.opt_text(1)?.unwrap_or_default();
            let loss = rows.entry((by, kind.clone())).or_insert_with(|| Loss {
                by: UserId(by),
                name: name.to_owned(),
                kind,
                changes: 0,
            });
            loss.changes += 1;
            Ok(())
        },
    )?;
    let mut rows: Vec<Loss> = rows.into_values().collect();
    rows.sort_by(|a, b| b.changes.cmp(&a.changes).then_with(|| (&a.name, &a.kind).cmp(&(&b.name, &b.kind))));
    Ok(rows)
}

/// Puts a backup, which was checked, in the place `to`. What is there goes aside, once nobody writes and it still would lose
/// `agreed` changes and no more; answers under which name.
///
/// # Errors
/// `would_lose` where more was changed meanwhile; [`StoreError::Busy`] where somebody reads or writes; what the system says.
/// What was there is still there then.
pub fn restore(
    (backup, manifest, opener): (&Path, &Manifest, Option<&Opener>),
    to: &Path,
    agreed: u64,
    at: Timestamp,
) -> Result<Option<PathBuf>, StoreError> {
    let new = Draft::make(guard::side(to, &format!(".restoring-{}", std::process::id())))?;
    fill(&new, (backup, manifest, opener))?;
    if to.symlink_metadata().is_err() {
        return new.publish(to).map(|()| None);
    }
    let aside = guard::side(
        to,
        &format!(".before-{}", super::name(at).trim_start_matches("corral-").trim_end_matches(".db")),
    );
    if aside.symlink_metadata().is_ok() {
        return Err(StoreError::Exists { path: aside });
    }
    let mut db = Db::open(to)?;
    let own = db.place().to_owned();
    let Some(engine) = db.file_mut() else {
        let what = format!("'{}' is not a file; restore it as its server says", own.display());
        return Err(StoreError::Invalid { code: "not_a_file", what });
    };
    engine.give_way((&new.path, &aside), |engine| {
        let tx = Tx::new(engine);
        let newest = tx.number(sql!("SELECT max(rev) FROM journal"), &[])?.unwrap_or(0);
        let is_own = seal_at(tx, manifest.journal.number)?.as_deref() == Some(manifest.journal.seal.as_str());
        let common = if is_own { manifest.journal.number } else { 0 };
        let lost = u64::try_from(newest.saturating_sub(common)).unwrap_or(0);
        if lost == agreed { Ok(()) } else { Err(would_lose(to, lost)) }
    })?;
    Ok(Some(aside))
}

/// Writes what is in a backup into a draft, which is then what was checked, whatever became of the file meanwhile.
fn fill(
    new: &Draft,
    (backup, manifest, opener): (&Path, &Manifest, Option<&Opener>),
) -> Result<(), StoreError> {
    let mut place = new.open()?;
    let expected = match (&manifest.sealed, opener) {
        (None, _) => {
            let copied = File::open(backup).and_then(|mut file| io::copy(&mut file, &mut place));
            copied.map_err(|e| unwritable(&new.path, &e))?;
            &manifest.sha256
        }
        (Some(sealed), Some(opener)) => {
            seal::open(backup, opener, (&new.path, &mut place))?;
            &sealed.sha256
        }
        (Some(_), None) => return Err(shut(backup)),
    };
    new.settle()?;
    if check::hash(&new.path)?.1 != *expected {
        let what = "it changed while it was being put back".to_owned();
        return Err(StoreError::Damaged { path: backup.to_owned(), what });
    }
    if manifest.sealed.is_some() {
        // it could not be looked at before
        let looked = check::look(&new.path)?;
        let found = u64::try_from(looked.differences.len()).unwrap_or(u64::MAX);
        if found > manifest.differences || looked.differences.iter().any(check::is_broken) {
            let what = format!("{found} differences, {} are said", manifest.differences);
            return Err(StoreError::Damaged { path: backup.to_owned(), what });
        }
    }
    Ok(())
}

/// The refusal to put back a sealed backup without its key.
fn shut(backup: &Path) -> StoreError {
    let what = format!(
        "'{}' is sealed; name its key with --identity FILE, or --passphrase where it was sealed with one",
        backup.display()
    );
    StoreError::Invalid { code: "sealed", what }
}

/// The refusal to overwrite what nobody agreed to lose.
pub fn would_lose(to: &Path, changes: u64) -> StoreError {
    let what = format!(
        "'{}' has {changes} changes that the backup has not; they would be lost: look at them, then say --yes-lose {changes}",
        to.display()
    );
    StoreError::Invalid { code: "would_lose", what }
}
