//! The trail made anew: from the table there was before, and in a copy that is moved in time. Never for a trail people rely on.

use super::{Personal, Sealed, Tail, keep, of_old};
use crate::domain::time::Timestamp;
use crate::store::engine::{Engine, Tx};
use crate::store::error::StoreError;
use crate::store::migrate;
use crate::{sql, values};

/// Brings the trail in: lays out its table and takes the refusals that were kept before along, sealed in the order they came.
pub fn bring_in(engine: &dyn Engine, text: &str) -> Result<(), StoreError> {
    let tx = Tx::new(engine);
    // a statement of a layout that is gone: no part of the catalogue
    let sql = "SELECT id, at, by_user, action, customer_id, what FROM audit ORDER BY at, id";
    let found = tx.all(sql, &[], |row| {
        let about = row.opt_int(4)?.map(|id| format!("customer {id}")).unwrap_or_default();
        let told = (row.int(0)?, row.text(5)?.to_owned());
        let mut old = of_old(0, Timestamp(row.int(1)?), row.int(2)?, about, told);
        row.text(3)?.clone_into(&mut old.after);
        Ok(old)
    })?;
    engine.migration(text)?;
    let mut tail = Tail::default();
    for (number, mut row) in (1..).zip(found) {
        row.number = number;
        tail.append(tx, &row)?;
    }
    if tail == Tail::default() { Ok(()) } else { tail.put(tx) }
}

/// Moves every row in time by so many milliseconds and seals them anew.
pub fn shift(engine: &dyn Engine, by: i64) -> Result<(), StoreError> {
    let tx = Tx::new(engine);
    let mut rows = tx.all(
        sql!(
            "SELECT number, at, by_user, team_id, origin, machine, kind, about, change_id, was, became, why, personal, seal \
             FROM audit ORDER BY number"
        ),
        values![],
        |row| Sealed::read(row).map(|(sealed, _)| sealed),
    )?;
    let apart =
        tx.all(sql!("SELECT number, salt, was, became, why FROM audit_personal"), values![], |row| {
            let text = |column| row.text(column).map(str::to_owned);
            let personal = Personal { salt: text(1)?, before: text(2)?, after: text(3)?, why: text(4)? };
            Ok((row.int(0)?, personal))
        })?;
    if rows.is_empty() {
        return Ok(());
    }
    // rows are never changed: the table is made anew instead
    engine.migration(migrate::AUDIT)?;
    let mut tail = Tail::default();
    for row in &mut rows {
        row.at = Timestamp(row.at.0.saturating_add(by));
        tail.append(tx, row)?;
    }
    apart.iter().try_for_each(|(number, personal)| keep(tx, *number, personal))?;
    tail.put(tx)
}
