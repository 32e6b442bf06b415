//! How many of the deals that were lost had been warned of before (S000-26).

use std::collections::BTreeSet;

use crate::domain::id::UserId;
use crate::domain::time::{DAY_MS, Timestamp};
use crate::playbook::Playbook;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::{sql, values};

/// Deals that some people's customers lost this month, and those of them that had a warning opened at most `warned_days` before.
pub fn lost(
    tx: Tx<'_>,
    playbook: &Playbook,
    whose: &BTreeSet<UserId>,
    now: Timestamp,
) -> Result<(u32, u32), StoreError> {
    let month = playbook.zone.day(now).month();
    let from = playbook.zone.start(month.first());
    let before = i64::from(playbook.desk.warned_days) * DAY_MS;
    let (mut lost, mut warned) = (0, 0);
    tx.each(
        sql!(
            "SELECT c.owner_id, (SELECT COUNT(*) FROM warning w WHERE w.customer_id = d.customer_id AND w.since < d.closed_at \
             AND w.since >= d.closed_at - $4 AND (w.deal_id = 0 OR w.deal_id = d.id)) \
             FROM deal d JOIN customer c ON c.id = d.customer_id \
             WHERE d.state = 'lost' AND d.void_at IS NULL AND d.closed_at >= $1 AND d.closed_at <= $2 AND d.playbook = $3"
        ),
        values![from, now, &playbook.id, before],
        |row| {
            let Some(owner) = row.opt_int(0)?.map(UserId) else { return Ok(()) };
            if whose.contains(&owner) {
                lost += 1;
                warned += u32::from(row.int(1)? > 0);
            }
            Ok(())
        },
    )?;
    Ok((lost, warned))
}
