//! What can be said of a database without changing anything: not the file, not what lies beside it.
//!
//! Nothing is brought up to date, no lock is taken or waited for, and no side file is made. The file's own facts come from its
//! first hundred bytes ([`head`]); what is in it is read from one snapshot ([`inside`]), by the log where somebody works.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;

use crate::domain::time::{Timestamp, Zone};
use crate::store::books::Books;
use crate::store::engine::sqlite::guard;
use crate::store::engine::sqlite::{Seen, Sqlite};
use crate::store::engine::{Engine as _, Tx};
use crate::store::error::StoreError;
use crate::store::migrate;
use crate::{sql, values};

/// Customers that are counted; beyond it there are more.
pub const COUNTED: i64 = 100_000;

/// What the file says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// The layout of its tables.
    pub layout: i64,
    /// Whether changes go to a log first.
    pub logs: bool,
    /// Its length in bytes.
    pub bytes: u64,
    /// The length of its log; `None` where there is none.
    pub log: Option<u64>,
}

/// What is in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Inside {
    /// People who work here.
    pub users: i64,
    /// Customers, counted up to one more than [`COUNTED`].
    pub customers: i64,
    /// Changes made so far.
    pub changes: i64,
    /// When the newest was made.
    pub newest: Option<Timestamp>,
    /// Playbooks in force.
    pub playbooks: Vec<Volume>,
}

/// A playbook in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Volume {
    /// Its id.
    pub id: String,
    /// The version it names.
    pub version: String,
    /// The number it is stored under.
    pub number: i64,
    /// Its time zone.
    pub zone: Zone,
}

/// Why nothing can be said of what is in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unseen {
    /// Its log has not been taken up since the last program ended: whoever opens it next does so.
    LogLeft,
    /// The engine could not read it now.
    Failed(StoreError),
}

impl From<StoreError> for Unseen {
    fn from(error: StoreError) -> Self {
        Self::Failed(error)
    }
}

/// The newest layout this program knows.
pub fn known_layout() -> i64 {
    migrate::newest()
}

/// Reads the first bytes of a SQLite file; a file that is too short has zeros there.
///
/// # Errors
/// What the system says.
pub fn head(path: &Path) -> io::Result<Head> {
    let mut bytes = Vec::with_capacity(guard::HEADER);
    let file = File::open(path)?;
    let length = file.metadata()?.len();
    file.take(guard::HEADER as u64).read_to_end(&mut bytes)?;
    let log = fs::metadata(guard::side(path, "-wal")).ok().map(|log| log.len());
    // the file format's version for readers: 2 is one that logs
    let logs = bytes.get(19) == Some(&2);
    Ok(Head { layout: guard::number(&bytes, 60).max(0), logs, bytes: length, log })
}

/// Looks into a database that [`guard::look`] has found to be one.
///
/// # Errors
/// Where it cannot be read without changing something, or not now.
pub fn inside(path: &Path) -> Result<Inside, Unseen> {
    let log = fs::metadata(guard::side(path, "-wal")).is_ok_and(|log| log.len() > 0);
    let index = guard::side(path, "-shm").exists();
    let how = match (log, index) {
        // nobody has it open, or nobody has changed anything: all is in the file
        (false, _) => Seen::Alone,
        (true, true) => Seen::WithLog,
        // its index would have to be made
        (true, false) => return Err(Unseen::LogLeft),
    };
    let mut engine = Sqlite::seen(path, how)?;
    engine.begin_read()?;
    let tx = Tx::new(&engine);
    let found = facts(tx);
    engine.rollback();
    Ok(found?)
}

/// Reads it from an open snapshot.
pub fn facts(tx: Tx<'_>) -> Result<Inside, StoreError> {
    let number = |sql, values: &[_]| Ok::<_, StoreError>(tx.number(sql, values)?.unwrap_or(0));
    let mut books = Books::default();
    let mut playbooks = Vec::new();
    for id in Books::ids(tx)? {
        let book = books.newest(tx, &id)?;
        let version = tx.one(
            sql!("SELECT version FROM playbook_version WHERE playbook = $1 AND number = $2"),
            values![&id, book.number],
            |row| Ok(row.text(0)?.to_owned()),
        )?;
        let zone = book.playbook.zone;
        playbooks.push(Volume { id, version: version.unwrap_or_default(), number: book.number, zone });
    }
    let newest = tx.number(sql!("SELECT at FROM journal ORDER BY rev DESC LIMIT 1"), &[])?;
    Ok(Inside {
        // the system's own user works nowhere
        users: number(sql!("SELECT count(*) FROM person_user WHERE state <> 'left' AND id <> 1"), &[])?,
        customers: number(
            sql!("SELECT count(*) FROM (SELECT 1 FROM customer LIMIT $1) AS counted"),
            values![COUNTED + 1],
        )?,
        changes: number(sql!("SELECT max(rev) FROM journal"), &[])?,
        newest: newest.map(Timestamp),
        playbooks,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::path::PathBuf;

    use super::*;
    use crate::store::Db;

    /// Every file of a folder with its bytes.
    fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
        let entries = fs::read_dir(folder).unwrap();
        entries
            .map(|entry| entry.unwrap().path())
            .map(|path| (path.clone(), fs::read(path).unwrap()))
            .collect()
    }

    #[test]
    fn a_look_at_a_file_nobody_has_open_changes_nothing_and_makes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a ?#%.db");
        drop(Db::create(&path).unwrap());
        for end in ["-wal", "-shm", "-queue"] {
            let _ = fs::remove_file(guard::side(&path, end));
        }
        let before = files(folder.path());
        assert_eq!(before.len(), 1);
        let head = head(&path).unwrap();
        assert_eq!((head.layout, head.logs, head.log), (known_layout(), true, None));
        assert_eq!(inside(&path).unwrap(), Inside::default());
        assert_eq!(files(folder.path()), before);
    }

    #[test]
    fn a_look_at_a_file_in_use_sees_its_log_and_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let mut db = Db::create(&path).unwrap();
        db.file_mut().unwrap().begin_write().unwrap();
        Tx::new(db.file().unwrap())
            .run(
                "INSERT INTO person_user (id, login, name, role, state, rank, job, coach_id, created_at) \
                 VALUES (7, 'wang', 'Wang', 'rep', 'active', '', '', NULL, 0)",
                &[],
            )
            .unwrap();
        // connections of one program share the index, so that a reader leaves its mark in it: another program's does not, which
        // the tests of the doctor look at
        let but_index = || {
            let mut found = files(folder.path());
            found.remove(&guard::side(&path, "-shm"));
            found
        };
        let before = but_index();
        // not yet committed, and the writer holds its lock: nobody is waited for
        assert_eq!(inside(&path).unwrap().users, 0);
        assert_eq!(but_index(), before);
        db.file_mut().unwrap().commit().unwrap();
        let before = but_index();
        assert_eq!(inside(&path).unwrap().users, 1, "it is in the log alone");
        assert_eq!(but_index(), before);

        // as a power cut leaves it: the file and its log, and the index is gone
        let copy = folder.path().join("copy.db");
        fs::copy(&path, &copy).unwrap();
        fs::copy(guard::side(&path, "-wal"), guard::side(&copy, "-wal")).unwrap();
        let before = files(folder.path());
        assert_eq!(inside(&copy), Err(Unseen::LogLeft));
        assert_eq!(files(folder.path()), before);
        // as a killed program leaves it: with an index that nobody holds
        fs::copy(guard::side(&path, "-shm"), guard::side(&copy, "-shm")).unwrap();
        let before = files(folder.path());
        assert_eq!(inside(&copy).unwrap().users, 1);
        assert_eq!(files(folder.path()), before);
    }
}
