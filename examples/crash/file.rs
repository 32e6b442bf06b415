//! A file of SQLite, asked by plain SQL.

use std::path::Path;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};

use crate::book::Rows;
use crate::error::Failed;

/// The file, opened.
#[derive(Debug)]
pub struct File(Connection);

impl File {
    /// Opens it.
    pub fn open(path: &Path) -> Result<Self, Failed> {
        // not read-only: after a kill the log has to be taken over
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        Ok(Self(Connection::open_with_flags(path, flags)?))
    }
}

impl Rows for File {
    fn rows(&self, sql: &str) -> Result<Vec<Vec<String>>, Failed> {
        let mut statement = self.0.prepare(sql)?;
        let columns = statement.column_count();
        let cell = |row: &rusqlite::Row<'_>, column| {
            row.get_ref(column).map(|value| match value {
                ValueRef::Integer(number) => number.to_string(),
                ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned(),
                ValueRef::Null | ValueRef::Real(_) | ValueRef::Blob(_) => String::new(),
            })
        };
        let rows = statement.query_map([], |row| (0..columns).map(|column| cell(row, column)).collect())?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
