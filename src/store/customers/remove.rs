//! Everything of a customer goes: for one that was added and that nobody has worked on.

use crate::domain::id::{CustomerId, UserId};
use crate::store::error::StoreError;
use crate::store::search;
use crate::store::write::Work;
use crate::{sql, values};

/// Removes a customer with all its rows; the caller has made sure that nothing of value is among them. Answers with the
/// number of customers removed: 0 where there is none of the id.
pub fn remove(work: &mut Work<'_>, customer: CustomerId) -> Result<usize, StoreError> {
    let owner = work.tx.number(sql!("SELECT owner_id FROM customer WHERE id = $1"), values![customer])?;
    search::forget(work.tx, customer)?;
    for statement in [
        sql!("DELETE FROM question_use WHERE touch_id IN (SELECT id FROM touch WHERE customer_id = $1)"),
        sql!("DELETE FROM touch WHERE customer_id = $1"),
        sql!("DELETE FROM coupon_issue WHERE customer_id = $1"),
        sql!("DELETE FROM promise WHERE customer_id = $1"),
        sql!("DELETE FROM task WHERE customer_id = $1"),
        sql!("DELETE FROM order_credit WHERE order_id IN (SELECT id FROM sale_order WHERE customer_id = $1)"),
        sql!("DELETE FROM payment WHERE order_id IN (SELECT id FROM sale_order WHERE customer_id = $1)"),
        sql!("DELETE FROM sale_order WHERE customer_id = $1"),
        sql!("DELETE FROM stage_move WHERE customer_id = $1"),
        sql!("DELETE FROM node_event WHERE customer_id = $1"),
        sql!("DELETE FROM deal WHERE customer_id = $1"),
        sql!("DELETE FROM consent WHERE customer_id = $1"),
        sql!("DELETE FROM private_note WHERE customer_id = $1"),
        sql!("DELETE FROM ownership WHERE customer_id = $1"),
        sql!("DELETE FROM field_value WHERE customer_id = $1"),
        sql!("DELETE FROM contact WHERE customer_id = $1"),
        sql!("DELETE FROM person WHERE customer_id = $1"),
        sql!("DELETE FROM contact_use WHERE customer_id = $1"),
        sql!("DELETE FROM usage_event WHERE customer_id = $1"),
    ] {
        work.tx.put(statement, values![customer])?;
    }
    // a chunk that is taken back no longer counts in its batch
    work.tx.put(
        sql!(
            "UPDATE import_batch SET created = created - 1, done = 0 \
             WHERE id = (SELECT batch_id FROM customer WHERE id = $1)"
        ),
        values![customer],
    )?;
    let gone = work.tx.run(sql!("DELETE FROM customer WHERE id = $1"), values![customer])?;
    work.owner(owner.map(UserId));
    Ok(gone)
}
