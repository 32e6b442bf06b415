//! Statements: kept prepared, their values bound by the numbers of their placeholders.

use super::Sqlite;
use super::cells::SqliteRow;
use crate::store::engine::Statements;
use crate::store::error::StoreError;
use crate::store::value::{Row, Value};

/// Statements whose order is kept; more than there are.
const ORDERS: usize = 2_048;

/// The numbers of a statement's placeholders in the order SQLite counts them.
pub(super) struct Order {
    /// The statement: another text may come to lie where one was.
    text: Box<str>,
    /// The numbers; `None` where they come one after the other.
    numbers: Option<Box<[usize]>>,
}

impl Sqlite {
    /// Prepares a statement, or takes it as it was kept, and binds its values: `$1` is a name to SQLite, numbered by first
    /// appearance, so each value is bound by the number in the name (crates.md section 2).
    pub(super) fn bound(
        &self,
        sql: &str,
        values: &[Value<'_>],
    ) -> rusqlite::Result<rusqlite::CachedStatement<'_>> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut orders = self.orders.borrow_mut();
        let place = (sql.as_ptr().addr(), sql.len());
        if orders.get(&place).is_none_or(|order| *order.text != *sql) {
            if orders.len() >= ORDERS {
                orders.clear();
            }
            orders.insert(place, Order { text: sql.into(), numbers: numbers(&statement) });
        }
        let numbers = orders.get(&place).and_then(|order| order.numbers.as_ref());
        for place in 1..=statement.parameter_count() {
            let number = numbers.map_or(Some(place), |numbers| numbers.get(place - 1).copied());
            match number.and_then(|number| values.get(number.wrapping_sub(1))) {
                Some(Value::Null) => statement.raw_bind_parameter(place, rusqlite::types::Null)?,
                Some(Value::Int(n)) => statement.raw_bind_parameter(place, n)?,
                Some(Value::Text(text)) => statement.raw_bind_parameter(place, text)?,
                None => return Err(rusqlite::Error::InvalidParameterCount(values.len(), place)),
            }
        }
        drop(orders);
        Ok(statement)
    }

    /// Runs one of the statements that begin and end things: kept prepared like all others.
    pub(super) fn step(&self, sql: &str) -> rusqlite::Result<()> {
        self.connection.prepare_cached(sql)?.raw_execute().map(drop)
    }
}

impl Statements for Sqlite {
    fn run(&self, sql: &str, values: &[Value<'_>]) -> Result<usize, StoreError> {
        let mut statement = self.bound(sql, values).map_err(|e| self.failed(sql, &e))?;
        statement.raw_execute().map_err(|e| self.failed(sql, &e))
    }

    fn each(
        &self,
        sql: &str,
        values: &[Value<'_>],
        each: &mut dyn FnMut(&dyn Row) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut statement = self.bound(sql, values).map_err(|e| self.failed(sql, &e))?;
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next().map_err(|e| self.failed(sql, &e))? {
            each(&SqliteRow(row))?;
        }
        Ok(())
    }
}

/// The numbers of a statement's placeholders in the order they first appear, where that is not their own.
fn numbers(statement: &rusqlite::CachedStatement<'_>) -> Option<Box<[usize]>> {
    let number = |place| {
        let name = statement.parameter_name(place).and_then(|name| name.get(1..));
        name.and_then(|n| n.parse().ok()).unwrap_or(0)
    };
    let numbers: Box<[usize]> = (1..=statement.parameter_count()).map(number).collect();
    let plain = (1..).zip(&numbers).all(|(place, number)| place == *number);
    (!plain).then_some(numbers)
}
