//! Migrations: add-only files, run in one transaction each; the layout number is `PRAGMA user_version`.

use crate::store::engine::sqlite::Sqlite;
use crate::store::engine::{Engine as _, Tx};
use crate::store::error::StoreError;
use crate::store::search;

/// Every migration, oldest first. Files are never changed once they have shipped; the layout number counts them.
const MIGRATIONS: &[&str] = &[
    include_str!("migrations/0001_floor.sql"),
    include_str!("migrations/0002_journal.sql"),
    SEARCH,
    include_str!("migrations/0005_exchange.sql"),
];

/// The migration after which the search tables are filled from the facts.
const SEARCH: &str = include_str!("migrations/0004_search.sql");

/// The newest layout this program knows.
pub fn newest() -> i64 {
    i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX)
}

/// Brings a file up to the newest layout; does nothing when it is there already. Two programs starting at once are
/// fine: the second finds the work done.
pub fn migrate(engine: &mut Sqlite) -> Result<(), StoreError> {
    if engine.pragma_number("PRAGMA user_version")? >= newest() {
        return Ok(());
    }
    engine.begin_write()?;
    let done = missing(engine);
    match done {
        Ok(()) => {
            engine.commit()?;
            tracing::info!(layout = newest(), "brought the layout of the file up to date");
            Ok(())
        }
        Err(error) => {
            engine.rollback();
            Err(error)
        }
    }
}

fn missing(engine: &Sqlite) -> Result<(), StoreError> {
    let have = usize::try_from(engine.pragma_number("PRAGMA user_version")?).unwrap_or(0);
    for text in MIGRATIONS.iter().skip(have) {
        engine.pragma(&for_sqlite(text))?;
        if *text == SEARCH {
            search::fill(Tx::new(engine))?;
        }
    }
    engine.pragma(&format!("PRAGMA user_version = {}", newest()))
}

/// The one text in SQLite's words: STRICT tables, INTEGER for BIGINT; a table that is to be kept in its order has no row ids.
fn for_sqlite(text: &str) -> String {
    text.replace("BIGINT", "INTEGER")
        .replace("\n) /* kept in its order */;", "\n) STRICT, WITHOUT ROWID;")
        .replace("\n);\nCREATE TABLE", "\n) STRICT;\nCREATE TABLE")
        .replace("\n);", "\n) STRICT;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_is_strict_in_sqlite() {
        let text = MIGRATIONS.join("\n");
        let tables = text.matches("CREATE TABLE").count();
        assert_eq!(for_sqlite(&text).matches(") STRICT").count(), tables);
    }
}
