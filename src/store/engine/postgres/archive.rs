//! How a server's own backups stand, as far as it says: what it keeps of its journal, for whom, and how old the last piece is.

use std::path::Path;

use crate::store::engine::Tx;
use crate::store::engine::postgres::examine::connected;
use crate::store::error::StoreError;

/// How a server's own backups stand.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Archive {
    /// The server and its version.
    pub version: String,
    /// `archive_mode`: whether its journal is kept elsewhere piece by piece.
    pub mode: String,
    /// Whether a command or a library says how.
    pub has_command: bool,
    /// `wal_level`: what the journal holds.
    pub wal_level: String,
    /// Seconds since the last piece was kept; `None` before the first.
    pub last_kept: Option<i64>,
    /// Whether the last try failed, and the seconds since.
    pub failing: Option<i64>,
    /// Slots that hold the journal back; those nobody reads from first.
    pub slots: Vec<Slot>,
    /// What of it the user may not see.
    pub unseen: Vec<&'static str>,
}

/// A slot: somebody for whom the server keeps its journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    /// Its name.
    pub name: String,
    /// Whether somebody reads from it now.
    pub is_active: bool,
    /// Bytes of the journal it holds.
    pub held: i64,
}

impl Archive {
    /// Whether the server can be brought back to a moment after its last whole copy.
    pub fn is_kept(&self) -> bool {
        self.mode != "off" && self.has_command && self.wal_level != "minimal" && self.failing.is_none()
    }
}

/// Looks at a server; changes nothing.
///
/// # Errors
/// Where the address cannot be read, and what connecting says.
pub fn archive(place: &Path) -> Result<Archive, StoreError> {
    let engine = connected(place)?;
    let tx = Tx::new(&engine);
    let mut found = Archive::default();
    let settings = tx.one(
        "SELECT current_setting('server_version'), current_setting('archive_mode'), current_setting('wal_level')",
        &[],
        |row| Ok([0, 1, 2].map(|column| row.text(column).unwrap_or_default().to_owned())),
    )?;
    [found.version, found.mode, found.wal_level] = settings.unwrap_or_default();
    found.version.insert_str(0, "PostgreSQL ");
    // what says how is shown to those alone who may read all settings; that something is set is asked without it
    let set = tx.number(
        "SELECT CAST(count(*) AS BIGINT) FROM pg_settings \
         WHERE name IN ('archive_command', 'archive_library') AND setting NOT IN ('', '(disabled)')",
        &[],
    );
    match set {
        Ok(set) => found.has_command = set.unwrap_or(0) > 0,
        Err(_) => found.unseen.push("archive_command"),
    }
    let kept = tx.one(
        "SELECT CAST(extract(epoch FROM now() - last_archived_time) AS BIGINT), \
         CAST(extract(epoch FROM now() - last_failed_time) AS BIGINT), \
         CASE WHEN last_failed_time > coalesce(last_archived_time, '-infinity') THEN 1 ELSE 0 END FROM pg_stat_archiver",
        &[],
        |row| Ok((row.opt_int(0)?, row.opt_int(1)?, row.opt_int(2)? == Some(1))),
    )?;
    if let Some((last, failed, is_failing)) = kept {
        (found.last_kept, found.failing) = (last, failed.filter(|_| is_failing));
    }
    let slots = tx.all(
        "SELECT CAST(slot_name AS TEXT), CASE WHEN active THEN 1 ELSE 0 END, \
         CAST(coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn), 0) AS BIGINT) \
         FROM pg_replication_slots ORDER BY active, slot_name",
        &[],
        |row| Ok(Slot { name: row.text(0)?.to_owned(), is_active: row.int(1)? == 1, held: row.int(2)? }),
    );
    match slots {
        Ok(slots) => found.slots = slots,
        // a stand-by has no end of the journal of its own
        Err(_) => found.unseen.push("slots"),
    }
    Ok(found)
}
