//! A file stripped for filling: no indexes, no log, no checks of references, until it is dressed again.

use crate::store::engine::sqlite::Sqlite;
use crate::store::error::StoreError;

/// Memory a connection may use while a file is being filled, KiB.
const CACHE: u32 = 512 * 1024;

impl Sqlite {
    /// Takes off what slows down filling a file that nobody else has open; answers what puts the indexes back.
    pub(super) fn take_off(&self) -> Result<Vec<String>, StoreError> {
        let indexes = self.pragma_texts(
            "SELECT sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY name",
        )?;
        let names = self.pragma_texts(
            "SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY name",
        )?;
        for name in names {
            self.pragma(&format!("DROP INDEX {name}"))?;
        }
        self.pragma("PRAGMA foreign_keys = OFF")?;
        self.pragma("PRAGMA synchronous = OFF")?;
        self.pragma("PRAGMA journal_mode = OFF")?;
        self.pragma(&format!("PRAGMA cache_size = -{CACHE}"))?;
        Ok(indexes)
    }

    /// Puts the indexes back and makes the file an ordinary one again.
    pub(super) fn put_back(&self, indexes: &[String]) -> Result<(), StoreError> {
        for index in indexes {
            self.pragma(index)?;
        }
        self.pragma("PRAGMA journal_mode = WAL")?;
        self.pragma("PRAGMA foreign_keys = ON")
    }
}
