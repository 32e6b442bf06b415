//! Records in again: rows of an export become the records they were, under the ids they had.
//!
//! What is here already stays as it is. Nothing is planned from records that come in: their tasks come as records too. Touches
//! and orders count in the figures of their days.

mod customer;
mod deal;
mod task;
mod touch;
mod usage;

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::id::CustomerId;
use crate::domain::lists::{AuditKind, Records};
use crate::playbook::plan::Happening;
use crate::store::change::customer::{Fate, RestoreChunk, RestoreRow, RowFate};
use crate::store::change::{About, Note, Topic};
use crate::store::customers::invalid;
use crate::store::error::StoreError;
use crate::store::exchange::cells::{self, Names, Read};
use crate::store::exchange::touches;
use crate::store::import::ROWS_MAX;
use crate::store::query::export::columns;
use crate::store::rights::{self, Action, Relation};
use crate::store::tasks;
use crate::store::value::Value;
use crate::store::write::Work;
use crate::{sql, values};

/// Restores a part.
pub fn restore(work: &mut Work<'_>, chunk: &RestoreChunk) -> Result<(), StoreError> {
    // use of what was bought is no figure of anybody's: it comes in like leads
    let action = if chunk.records == Records::Usage { Action::Import } else { Action::Restore };
    rights::check(work.by.role, action, Relation::Nobody, "bring records in")?;
    if chunk.rows.len() > ROWS_MAX {
        let what = format!("{} rows are too many for one part; send at most {ROWS_MAX}", chunk.rows.len());
        return Err(invalid("too_many_rows", what));
    }
    let mut run = Run { names: Names::load(work.tx)?, touched: BTreeSet::new(), happened: BTreeMap::new() };
    let mut fates = Vec::with_capacity(chunk.rows.len());
    let mut rows = chunk.rows.as_slice();
    while let Some(first) = rows.first() {
        let same = rows
            .iter()
            .take_while(|row| chunk.records == Records::Customers && row.cells.first() == first.cells.first())
            .count()
            .max(1);
        let (group, rest) = rows.split_at(same);
        rows = rest;
        let fate = match run.group(work, chunk.records, group)? {
            Ok(fate) => fate,
            Err(reason) => Fate::Rejected { reason },
        };
        fates.extend(group.iter().map(|row| RowFate { row: row.row, fate: fate.clone() }));
    }
    for customer in std::mem::take(&mut run.touched) {
        touches::recount(work, CustomerId(customer))?;
    }
    for (customer, happened) in std::mem::take(&mut run.happened) {
        tasks::happen(work, CustomerId(customer), happened)?;
    }
    let about = About::thing("records", chunk.records.as_str());
    let rows = format!("{} rows", chunk.rows.len());
    work.note(Note::new(AuditKind::RecordsRestored, about).changed("", rows));
    work.effects.made.clear();
    work.effects.opened.clear();
    work.effects.rows = fates;
    work.effects.customer = None;
    work.touch(Topic::Customer);
    work.touch(Topic::Tasks);
    Ok(())
}

struct Run {
    names: Names,
    /// Customers whose counters are made anew at the end.
    touched: BTreeSet<i64>,
    /// What planning is told of customers at the end.
    happened: BTreeMap<i64, Vec<Happening>>,
}

/// The cells of a row, read.
#[derive(Debug, Clone)]
struct Cells(Vec<Read>);

impl Cells {
    fn at(&self, place: usize) -> &Read {
        self.0.get(place).unwrap_or(&Read::Nothing)
    }

    fn bound(&self, place: usize) -> Value<'_> {
        self.at(place).bound()
    }

    fn number(&self, place: usize) -> i64 {
        self.at(place).number().unwrap_or(0)
    }

    fn text(&self, place: usize) -> &str {
        self.at(place).text()
    }

    fn put(&mut self, place: usize, cell: Read) {
        if let Some(old) = self.0.get_mut(place) {
            *old = cell;
        }
    }
}

type Fated = Result<Fate, String>;

impl Run {
    fn group(
        &mut self,
        work: &mut Work<'_>,
        records: Records,
        rows: &[RestoreRow],
    ) -> Result<Fated, StoreError> {
        let mut read = Vec::with_capacity(rows.len());
        for row in rows {
            match self.read(work, records, row)? {
                Ok(cells) => read.push(cells),
                Err(reason) => return Ok(Err(reason)),
            }
        }
        let Some(first) = read.first() else { return Ok(Err("there is no row".to_owned())) };
        if first.number(0) <= 0 && !matches!(records, Records::Touches | Records::Usage) {
            return Ok(Err(
                "the row has no id; only what was exported can be brought in like this".to_owned()
            ));
        }
        match records {
            Records::Customers => Self::customer(work, &read),
            Records::Deals => Self::deal(work, first),
            Records::Touches => self.touch(work, first),
            Records::Tasks => Self::task(work, first),
            Records::Orders => self.order(work, first),
            Records::Usage => self.usage(work, first),
        }
    }

    fn read(
        &self,
        work: &Work<'_>,
        records: Records,
        row: &RestoreRow,
    ) -> Result<Result<Cells, String>, StoreError> {
        let columns = columns(records);
        if row.cells.len() != columns.len() {
            return Ok(Err(format!("{} cells where there are {} columns", row.cells.len(), columns.len())));
        }
        let mut read = Vec::with_capacity(columns.len());
        for (column, text) in columns.iter().zip(&row.cells) {
            let cell = match (column.name, text.split_once(':')) {
                ("customer", Some((by, way))) => match named(work, by, way)? {
                    Some(customer) => Read::Number(customer),
                    None => return Ok(Err(format!("there is no customer with the {by} '{way}' here"))),
                },
                _ => match cells::read(*column, text, &self.names) {
                    Ok(cell) => cell,
                    Err(reason) => return Ok(Err(reason)),
                },
            };
            read.push(cell);
        }
        Ok(Ok(Cells(read)))
    }
}

/// The customer who is known by something else than the id: `phone:+86…`, `wechat:…`, `external_id:…`.
fn named(work: &Work<'_>, by: &str, way: &str) -> Result<Option<i64>, StoreError> {
    if by == "external_id" {
        return work.tx.number(sql!("SELECT id FROM customer WHERE external_id = $1"), values![way]);
    }
    work.tx.number(
        sql!("SELECT customer_id FROM contact WHERE channel = $1 AND norm = $2 ORDER BY extension LIMIT 1"),
        values![by, way],
    )
}

/// The name of who follows a customer, empty for nobody; `None` where there is no such customer.
fn owner_name(work: &Work<'_>, customer: CustomerId) -> Result<Option<String>, StoreError> {
    work.tx.one(
        sql!("SELECT u.name FROM customer c LEFT JOIN person_user u ON u.id = c.owner_id WHERE c.id = $1"),
        values![customer],
        |row| Ok(row.opt_text(0)?.unwrap_or_default().to_owned()),
    )
}

fn nobody(customer: CustomerId) -> String {
    format!("there is no customer {customer} here; bring the customers in first")
}
