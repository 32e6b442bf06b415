//! Use of what was bought: lessons taken, policies served (S000-09).

use super::{Cells, Fated, Run, nobody, owner_name};
use crate::domain::id::CustomerId;
use crate::domain::lists::EventKind;
use crate::domain::time::Timestamp;
use crate::playbook::plan::Happening;
use crate::sql;
use crate::store::change::customer::Fate;
use crate::store::error::StoreError;
use crate::store::value::Value;
use crate::store::write::Work;

impl Run {
    /// The same use of the same customer at the same instant is one. New use is told to planning; use that comes back from an
    /// export is not: it was told when it was new.
    pub(super) fn usage(&mut self, work: &mut Work<'_>, cells: &Cells) -> Result<Fated, StoreError> {
        let customer = CustomerId(cells.number(1));
        let Some(owner) = owner_name(work, customer)? else { return Ok(Err(nobody(customer))) };
        let kind = if cells.text(3).is_empty() { LESSON } else { cells.text(3) };
        let Some(at) = cells.at(4).number() else { return Ok(Err("the row does not say when".to_owned())) };
        let amount = cells.at(5).number().unwrap_or(1);
        if amount <= 0 || cells.at(6).number().is_some_and(|left| left < 0) {
            return Ok(Err("what was used is at least 1, and what is left at least 0".to_owned()));
        }
        let new = cells.at(0).number().is_none();
        let id = cells.at(0).number().unwrap_or_else(|| work.ids.make());
        let made = work.tx.run(
            sql!(
                "INSERT INTO usage_event (id, customer_id, kind, at, amount, left_after, by_user) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING"
            ),
            &[
                Value::Int(id),
                Value::Int(customer.0),
                Value::Text(kind),
                Value::Int(at),
                Value::Int(amount),
                cells.bound(6),
                Value::Int(cells.at(7).number().unwrap_or(work.by.id.0)),
            ],
        )?;
        if made == 0 {
            return Ok(Ok(Fate::Duplicate { customer, by: "time".to_owned(), owner }));
        }
        if new {
            let event =
                |kind| Happening { kind, name: None, deal: None, node: None, at: Timestamp(at).min(work.at) };
            let happened = self.happened.entry(customer.0).or_default();
            happened.push(event(EventKind::UsageLogged));
            if cells.at(6).number().is_some() {
                happened.push(event(EventKind::LessonsLeftChanged));
            }
        }
        Ok(Ok(Fate::Created(customer)))
    }
}

/// What is used where a row does not say.
const LESSON: &str = "lesson";
