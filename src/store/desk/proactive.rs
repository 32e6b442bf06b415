//! Waiting or going out (S004-08): how much of what reached somebody went out to a household without an order (formulas.md no. 11).

use crate::domain::id::UserId;
use crate::domain::report::share::Share;
use crate::domain::time::{Day, Timestamp};
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::{sql, values};

/// A person's connected touches from an instant up to another, both included, by day: those that went out to a household that had
/// not bought by then, of all.
pub fn by_day(
    tx: Tx<'_>,
    user: UserId,
    (from, to): (Timestamp, Timestamp),
) -> Result<Vec<(Day, Share)>, StoreError> {
    tx.all(
        sql!(
            "SELECT t.day, COUNT(*), CAST(sum(CASE WHEN t.direction = 'out' AND NOT EXISTS (SELECT 1 FROM sale_order o \
             WHERE o.customer_id = t.customer_id AND o.at < t.at AND o.void_at IS NULL) THEN 1 ELSE 0 END) AS BIGINT) \
             FROM touch t WHERE t.user_id = $1 AND t.at >= $2 AND t.at <= $3 AND t.connected = 1 AND t.void_at IS NULL GROUP BY t.day"
        ),
        values![user, from, to],
        |row| Ok((Day(row.int(0)?), Share::of(row.int(2)?, row.int(1)?))),
    )
}
