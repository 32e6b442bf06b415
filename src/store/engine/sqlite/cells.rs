//! A row of an answer, cell by cell.

use rusqlite::types::ValueRef;

use crate::store::error::StoreError;
use crate::store::value::Row;

/// The row a statement stands on.
pub(super) struct SqliteRow<'a>(pub(super) &'a rusqlite::Row<'a>);

impl SqliteRow<'_> {
    fn value(&self, column: usize) -> Result<ValueRef<'_>, StoreError> {
        self.0.get_ref(column).map_err(|e| StoreError::Engine {
            doing: format!("reading column {column}"),
            what: e.to_string(),
        })
    }
}

impl Row for SqliteRow<'_> {
    fn int(&self, column: usize) -> Result<i64, StoreError> {
        self.opt_int(column)?.ok_or_else(|| wrong_type(column, "a number", "nothing"))
    }

    fn opt_int(&self, column: usize) -> Result<Option<i64>, StoreError> {
        match self.value(column)? {
            ValueRef::Integer(n) => Ok(Some(n)),
            ValueRef::Null => Ok(None),
            other => Err(wrong_type(column, "a number", &other.data_type().to_string())),
        }
    }

    fn text(&self, column: usize) -> Result<&str, StoreError> {
        self.opt_text(column)?.ok_or_else(|| wrong_type(column, "a text", "nothing"))
    }

    fn opt_text(&self, column: usize) -> Result<Option<&str>, StoreError> {
        match self.value(column)? {
            ValueRef::Null => Ok(None),
            value => value
                .as_str()
                .map(Some)
                .map_err(|_| wrong_type(column, "a text", &value.data_type().to_string())),
        }
    }
}

fn wrong_type(column: usize, wanted: &str, found: &str) -> StoreError {
    StoreError::Engine {
        doing: format!("reading column {column}"),
        what: format!("expected {wanted}, found {found}"),
    }
}
