//! Trainees who qualified: those who rose from the method's first rank in a month.

use crate::domain::id::UserId;
use crate::domain::time::Timestamp;
use crate::playbook::Playbook;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::pay::rank;
use crate::{sql, values};

/// How many of a coach's trainees rose between two instants; `None` for one who coaches nobody.
pub fn risen(
    tx: Tx<'_>,
    playbook: &Playbook,
    coach: UserId,
    (from, to): (Timestamp, Timestamp),
) -> Result<Option<i64>, StoreError> {
    let Some(first) = playbook.ranks.first() else { return Ok(None) };
    let trainees = tx.all(
        sql!("SELECT id, rank FROM person_user WHERE coach_id = $1 ORDER BY id"),
        values![coach],
        |row| Ok((UserId(row.int(0)?), row.text(1)?.to_owned())),
    )?;
    if trainees.is_empty() {
        return Ok(None);
    }
    let mut risen = 0;
    for (trainee, now) in trainees {
        let was = rank::before(tx, trainee, from, &now)?;
        let became = rank::before(tx, trainee, to, &now)?;
        risen += i64::from(was == first.code.as_str() && became != was);
    }
    Ok(Some(risen))
}
