//! Tasks, open and ended.

use super::{Cells, Fated, Run, nobody, owner_name};
use crate::domain::id::{CustomerId, UserId};
use crate::domain::lists::TaskState;
use crate::domain::time::Timestamp;
use crate::store::change::customer::Fate;
use crate::store::error::StoreError;
use crate::store::value::Value;
use crate::store::write::Work;
use crate::{sql, values};

impl Run {
    pub(super) fn task(work: &mut Work<'_>, cells: &Cells) -> Result<Fated, StoreError> {
        let customer = CustomerId(cells.number(4));
        let Some(owner) = owner_name(work, customer)? else { return Ok(Err(nobody(customer))) };
        let known = work.tx.number(
            sql!("SELECT id FROM task WHERE id = $1 OR task_key = $2"),
            values![cells.number(0), cells.text(1)],
        )?;
        if known.is_some() {
            return Ok(Ok(Fate::Duplicate { customer, by: "id".to_owned(), owner }));
        }
        let Some(state) = TaskState::parse(cells.text(13)) else {
            return Ok(Err(format!("'{}' is not a state of a task", cells.text(13))));
        };
        let zone = work.book_of(customer)?.playbook.zone;
        let closed = cells.at(21).number();
        let closed_day = closed.map(|at| zone.day(Timestamp(at)).0);
        let due = state == TaskState::Due;
        if due == closed.is_some() {
            return Ok(Err("a task that is due has no end, one that ended has 'closed_at'".to_owned()));
        }
        // who follows the customer here has what is due
        let follows = work
            .tx
            .one(sql!("SELECT owner_id FROM customer WHERE id = $1"), values![customer], |row| {
                row.opt_int(0)
            })?
            .flatten();
        let whose = if due { follows } else { cells.at(9).number() };
        work.tx.put(
            sql!(
                "INSERT INTO task (id, task_key, lane, channel, customer_id, person_id, deal_id, pipeline, node_id, owner_id, \
                   due_at, clock_from, priority, state, source, script, material, coupon, promised, planned_at, closed_at, \
                   closed_by, closed_day, why) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, NULL, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, \
                   $22, $23)"
            ),
            &[
                cells.bound(0),
                cells.bound(1),
                cells.bound(2),
                cells.bound(3),
                cells.bound(4),
                cells.bound(6),
                cells.bound(7),
                cells.bound(8),
                whose.map_or(Value::Null, Value::Int),
                Value::Int(cells.number(10)),
                cells.bound(11),
                Value::Int(cells.number(12)),
                cells.bound(13),
                cells.bound(14),
                cells.bound(15),
                cells.bound(16),
                cells.bound(17),
                Value::Int(cells.number(18)),
                Value::Int(cells.number(20)),
                cells.bound(21),
                cells.bound(22),
                closed_day.map_or(Value::Null, Value::Int),
                cells.bound(23),
            ],
        )?;
        if due && cells.number(18) != 0 {
            let promise = work.ids.make();
            work.tx.put(
                sql!(
                    "INSERT INTO promise (id, customer_id, task_id, by_user, words, due_at, state, made_at, settled_at) \
                     VALUES ($1, $2, $3, $4, $5, $6, 'open', $7, NULL)"
                ),
                values![
                    promise,
                    customer,
                    cells.number(0),
                    whose.unwrap_or(work.by.id.0),
                    cells.text(19),
                    cells.number(10),
                    cells.number(20)
                ],
            )?;
        }
        work.owner(whose.map(UserId));
        Ok(Ok(Fate::Created(customer)))
    }
}
