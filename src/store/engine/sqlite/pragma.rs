//! What is said to the engine itself: pragmas, the log moved, the file copied.

use std::path::Path;

use super::Sqlite;
use crate::store::error::StoreError;

impl Sqlite {
    /// Runs statements that are not of the catalogue: pragmas, migrations.
    pub fn pragma(&self, sql: &str) -> Result<(), StoreError> {
        self.connection.execute_batch(sql).map_err(|e| self.failed(sql, &e))
    }

    /// The whole number a pragma answers.
    pub fn pragma_number(&self, sql: &str) -> Result<i64, StoreError> {
        self.connection.query_row(sql, [], |row| row.get(0)).map_err(|e| self.failed(sql, &e))
    }

    /// The first text of each row a pragma answers.
    pub fn pragma_texts(&self, sql: &str) -> Result<Vec<String>, StoreError> {
        let mut statement = self.connection.prepare(sql).map_err(|e| self.failed(sql, &e))?;
        let rows =
            statement.query_map([], |row| row.get::<_, String>(0)).map_err(|e| self.failed(sql, &e))?;
        rows.collect::<Result<_, _>>().map_err(|e| self.failed(sql, &e))
    }

    /// Rows that refer to one that is not there: `TABLE → TABLE`, with the row where the engine knows it.
    pub fn loose_keys(&self) -> Result<Vec<String>, StoreError> {
        self.pragma_texts(
            "SELECT \"table\" || ' ' || coalesce(rowid, '') || ' → ' || parent FROM pragma_foreign_key_check",
        )
    }

    /// Copies the whole database into a new file.
    pub fn copy_to(&self, to: &Path) -> Result<(), StoreError> {
        self.connection
            .backup("main", to, None::<fn(rusqlite::backup::Progress)>)
            .map_err(|e| self.failed("copying the database", &e))
    }

    /// The three numbers of `PRAGMA wal_checkpoint(…)`: whether it was hindered, pages in the log, pages moved.
    pub fn checkpoint(&self, how: &str) -> Result<(i64, i64, i64), StoreError> {
        let sql = format!("PRAGMA wal_checkpoint({how})");
        self.connection
            .query_row(&sql, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .map_err(|e| self.failed("moving the log into the file", &e))
    }
}
