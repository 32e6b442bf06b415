//! Values on their way to the server, and rows that came from it.

use bytes::BytesMut;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};

use crate::store::error::StoreError;
use crate::store::value::{Row, Value};

/// A value that travels: it outlives the statement it belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Cell {
    /// No value.
    Null,
    /// A whole number.
    Int(i64),
    /// A text.
    Text(Box<str>),
}

impl Cell {
    /// The values of a statement, to be kept.
    pub fn all(values: &[Value<'_>]) -> Vec<Self> {
        values.iter().map(Self::of).collect()
    }

    fn of(value: &Value<'_>) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Int(n) => Self::Int(*n),
            Value::Text(text) => Self::Text((*text).into()),
        }
    }

    /// The type the server is told; where there is no value it finds the type itself.
    pub const fn kind(&self) -> Type {
        match self {
            Self::Null => Type::UNKNOWN,
            Self::Int(_) => Type::INT8,
            Self::Text(_) => Type::TEXT,
        }
    }
}

impl ToSql for Cell {
    fn to_sql(
        &self,
        kind: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Int(n) => n.to_sql(kind, out),
            Self::Text(text) => (&**text).to_sql(kind, out),
        }
    }

    fn accepts(kind: &Type) -> bool {
        matches!(*kind, Type::INT8 | Type::TEXT | Type::UNKNOWN | Type::VARCHAR | Type::INT4 | Type::BOOL)
    }

    to_sql_checked!();
}

/// A row that came from the server.
#[derive(Debug)]
pub struct Arrived<'a>(pub &'a tokio_postgres::Row);

impl Arrived<'_> {
    fn get<'r, T: FromSql<'r>>(&'r self, column: usize) -> Result<T, StoreError> {
        self.0.try_get(column).map_err(|e| unreadable(column, &e.to_string()))
    }
}

impl Row for Arrived<'_> {
    fn int(&self, column: usize) -> Result<i64, StoreError> {
        self.opt_int(column)?.ok_or_else(|| unreadable(column, "expected a number, found nothing"))
    }

    fn opt_int(&self, column: usize) -> Result<Option<i64>, StoreError> {
        let kind = self.0.columns().get(column).map(|column| column.type_().clone());
        match kind {
            Some(Type::INT8) => self.get(column),
            Some(Type::INT4) => Ok(self.get::<Option<i32>>(column)?.map(i64::from)),
            Some(Type::BOOL) => Ok(self.get::<Option<bool>>(column)?.map(i64::from)),
            // a column of NULLs has no type of its own
            Some(Type::TEXT) if self.get::<Option<&str>>(column)?.is_none() => Ok(None),
            Some(other) => Err(unreadable(column, &format!("expected a number, found {other}"))),
            None => Err(unreadable(column, "there is no such column")),
        }
    }

    fn text(&self, column: usize) -> Result<&str, StoreError> {
        self.opt_text(column)?.ok_or_else(|| unreadable(column, "expected a text, found nothing"))
    }

    fn opt_text(&self, column: usize) -> Result<Option<&str>, StoreError> {
        self.get(column)
    }
}

fn unreadable(column: usize, what: &str) -> StoreError {
    StoreError::Engine { doing: format!("reading column {column}"), what: what.to_owned() }
}
