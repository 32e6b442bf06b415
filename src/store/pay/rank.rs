//! Which rank somebody had on a day. A person has one rank at a time; what it was before stands in the audit trail.

use crate::domain::id::UserId;
use crate::domain::lists::AuditKind;
use crate::domain::time::Timestamp;
use crate::store::change::About;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::{sql, values};

/// How a change of rank stands in the trail: see `people::standing`.
const RANK: &str = "rank: ";

/// The rank before an instant; `now` is the one somebody has.
pub fn before(tx: Tx<'_>, user: UserId, at: Timestamp, now: &str) -> Result<String, StoreError> {
    let mut first: Option<String> = None;
    tx.each(
        sql!("SELECT was, became FROM audit WHERE about = $1 AND kind = $2 AND at >= $3 ORDER BY number"),
        values![&About::User(user).text(), AuditKind::UserChanged, at],
        |row| {
            let of = |text: &str| text.lines().find_map(|line| line.strip_prefix(RANK)).map(str::to_owned);
            let (was, became) = (of(row.text(0)?), of(row.text(1)?));
            if first.is_none() && (was.is_some() || became.is_some()) {
                first = Some(was.unwrap_or_default());
            }
            Ok(())
        },
    )?;
    Ok(first.unwrap_or_else(|| now.to_owned()))
}
