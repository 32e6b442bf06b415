//! What is held of a person: all of it handed out, what tells who it is erased, what law-like rules keep kept.
//!
//! [`held`] is the one list of what every table holds of a customer and what becomes of it; export and erasure both go by it. The
//! journal's rows are emptied where they stand ([`journal`]): their seals stay and the chain is whole, and who reads it is told by whom
//! and when a row was emptied.

pub mod age;
pub mod barred;
pub mod erase;
pub mod gather;
pub mod held;
pub mod journal;
pub mod list;
pub mod retain;
pub mod traces;

use crate::domain::id::UserId;
use crate::domain::time::{Timestamp, Zone};
use crate::store::actor::Actor;
use crate::store::db::Db;
use crate::store::error::StoreError;
use crate::store::rights::{self, Action, Relation};
use crate::store::write;

pub use age::age;
pub use erase::{Erased, erase};
pub use gather::{gather, gather_user};
pub use list::Entry;

/// Refuses who may not hand out or erase what is held of a person; answers with the zone of whom it lets.
///
/// # Errors
/// [`StoreError::Forbidden`], and what the engine says.
pub fn may(db: &mut Db, by: UserId, now: Timestamp) -> Result<Zone, StoreError> {
    db.snapshot(|tx, books| {
        let zone = write::zone_of(tx, books, by)?;
        let actor = Actor::load(tx, by, zone.day(now))?;
        allowed(&actor)?;
        Ok(zone)
    })
}

fn allowed(actor: &Actor) -> Result<(), StoreError> {
    rights::check(actor.role, Action::Privacy, Relation::Nobody, "hand out or erase what is held of a person")
        .map_err(|_| StoreError::Forbidden {
            role: actor.role.as_str().to_owned(),
            what: "hand out or erase what is held of a person".to_owned(),
            relation: String::new(),
        })
}
