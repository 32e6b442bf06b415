//! What was granted over a customer beside following it (S001-32): to see it, to work it too, to have a share of what it buys; for
//! one process or all, until an instant or until it is taken back. A grant that ended stays on record.

use std::collections::BTreeMap;

use crate::domain::id::{CustomerId, UserId};
use crate::domain::lists::OwnerRight;
use crate::domain::time::Timestamp;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::value::{Row, word};
use crate::{sql, values};

/// A right that somebody has over a customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// The row.
    pub id: i64,
    /// To whom.
    pub user: UserId,
    /// Which right; never to follow.
    pub right: OwnerRight,
    /// For which process; empty for all.
    pub process: String,
    /// Until when; `None` until it is taken back.
    pub until: Option<Timestamp>,
    /// Of credit: the share of an order, basis points.
    pub share_bp: i64,
}

impl Grant {
    /// Whether it counts in a process.
    pub fn is_for(&self, process: &str) -> bool {
        self.process.is_empty() || self.process == process
    }

    fn read(row: &dyn Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.int(0)?,
            user: UserId(row.int(1)?),
            right: word(row, 2, OwnerRight::parse)?,
            process: row.text(3)?.to_owned(),
            until: row.opt_int(4)?.map(Timestamp),
            share_bp: row.int(5)?,
        })
    }
}

/// What a user was granted over a customer and still has.
pub fn of(tx: Tx<'_>, customer: CustomerId, user: UserId, at: Timestamp) -> Result<Vec<Grant>, StoreError> {
    tx.all(
        sql!(
            "SELECT id, user_id, owner_right, process, to_at, share_bp FROM ownership WHERE user_id = $1 AND customer_id = $2 \
             AND owner_right <> 'follow' AND from_at <= $3 AND (to_at IS NULL OR to_at > $3) ORDER BY id"
        ),
        values![user, customer, at],
        |row| Grant::read(row),
    )
}

/// What is granted over a customer, to whomever.
pub fn over(tx: Tx<'_>, customer: CustomerId, at: Timestamp) -> Result<Vec<Grant>, StoreError> {
    tx.all(
        sql!(
            "SELECT id, user_id, owner_right, process, to_at, share_bp FROM ownership WHERE customer_id = $1 \
             AND owner_right <> 'follow' AND from_at <= $2 AND (to_at IS NULL OR to_at > $2) ORDER BY id"
        ),
        values![customer, at],
        |row| Grant::read(row),
    )
}

/// Every customer over which a user was granted something and still has it.
pub fn everywhere(
    tx: Tx<'_>,
    user: UserId,
    at: Timestamp,
) -> Result<BTreeMap<CustomerId, Vec<OwnerRight>>, StoreError> {
    let mut all: BTreeMap<CustomerId, Vec<OwnerRight>> = BTreeMap::new();
    tx.each(
        sql!(
            "SELECT customer_id, owner_right FROM ownership WHERE user_id = $1 \
             AND owner_right <> 'follow' AND from_at <= $2 AND (to_at IS NULL OR to_at > $2)"
        ),
        values![user, at],
        |row| {
            all.entry(CustomerId(row.int(0)?)).or_default().push(word(row, 1, OwnerRight::parse)?);
            Ok(())
        },
    )?;
    Ok(all)
}
