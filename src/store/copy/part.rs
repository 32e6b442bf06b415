//! Rows between two engines: read from one, kept in few pieces of memory that are used again, handed to the other.

use crate::store::copy::mark::Held;
use crate::store::error::StoreError;
use crate::store::migrate::layout::{Kind, Table};
use crate::store::value::{Row, Value};

/// Rows of a table.
#[derive(Debug)]
pub struct Part<'a> {
    table: &'a Table,
    cells: Vec<Cell>,
    /// All texts, one after the other.
    text: String,
}

/// A value; a text is the piece of all texts that ends there.
#[derive(Debug, Clone, Copy)]
enum Cell {
    Null,
    Int(i64),
    Text { from: usize, to: usize },
}

impl<'a> Part<'a> {
    /// No rows yet.
    pub const fn new(table: &'a Table) -> Self {
        Self { table, cells: Vec::new(), text: String::new() }
    }

    /// The table.
    pub const fn table(&self) -> &'a Table {
        self.table
    }

    /// Adds a row with all columns of the table in their order.
    pub fn add(&mut self, row: &dyn Row) -> Result<(), StoreError> {
        for (at, column) in self.table.columns.iter().enumerate() {
            let cell = match column.kind {
                Kind::Int => row.opt_int(at)?.map_or(Cell::Null, Cell::Int),
                Kind::Text => match row.opt_text(at)? {
                    None => Cell::Null,
                    Some(text) => {
                        let from = self.text.len();
                        self.text.push_str(text);
                        Cell::Text { from, to: self.text.len() }
                    }
                },
            };
            self.cells.push(cell);
        }
        Ok(())
    }

    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.cells.len() / self.table.columns.len().max(1)
    }

    /// The values, row after row.
    pub fn values(&self) -> Vec<Value<'_>> {
        self.cells.iter().map(|cell| self.value(*cell)).collect()
    }

    fn value(&self, cell: Cell) -> Value<'_> {
        match cell {
            Cell::Null => Value::Null,
            Cell::Int(n) => Value::Int(n),
            Cell::Text { from, to } => Value::Text(self.text.get(from..to).unwrap_or_default()),
        }
    }

    /// The key of the last row.
    pub fn last(&self) -> Vec<Held> {
        let row = self.cells.len().saturating_sub(self.table.columns.len());
        let key = self.table.key.iter().filter_map(|at| self.cells.get(row + at));
        key.map(|cell| match self.value(*cell) {
            Value::Null => Held::Null,
            Value::Int(n) => Held::Int(n),
            Value::Text(text) => Held::Text(text.to_owned()),
        })
        .collect()
    }

    /// Forgets the rows and keeps the memory.
    pub fn clear(&mut self) {
        self.cells.clear();
        self.text.clear();
    }
}
