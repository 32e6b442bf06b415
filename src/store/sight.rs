//! Which ways of contact leave the store whole (S001-35, S001-102, AP-27).
//!
//! A rep gets the numbers and ids of customers of the own, and of a team mate's to whom something is promised: that call may come to
//! be theirs (peers.md 2.4). All others are masked before an answer leaves, whatever asked: a screen, a search, a command from afar.

use crate::domain::id::UserId;
use crate::domain::lists::Role;
use crate::domain::mask::masked;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::query::customer::CardPerson;
use crate::store::value::word;
use crate::{sql, values};

/// How far somebody sees.
#[derive(Debug, Clone, Copy)]
pub struct Sight {
    by: UserId,
    role: Option<Role>,
}

impl Sight {
    /// How far a user sees; who is not known sees nothing whole.
    pub fn of(tx: Tx<'_>, by: UserId) -> Result<Self, StoreError> {
        let role = tx.one(sql!("SELECT role FROM person_user WHERE id = $1"), values![by], |row| {
            word(row, 0, Role::parse)
        })?;
        Ok(Self { by, role })
    }

    /// Whether the numbers of a customer are shown whole whom this user follows, or who has a lead's eyes.
    pub fn is_whole(self, owner: Option<UserId>) -> bool {
        owner == Some(self.by) || self.role.is_some_and(|role| role > Role::Rep)
    }

    /// Whether the one who follows a customer is in the same team.
    pub fn is_mate(self, tx: Tx<'_>, owner: Option<UserId>) -> Result<bool, StoreError> {
        let Some(owner) = owner else { return Ok(false) };
        let same = tx.number(
            sql!(
                "SELECT 1 FROM membership m JOIN membership o ON o.team_id = m.team_id \
                 WHERE m.user_id = $1 AND o.user_id = $2 AND m.to_day IS NULL AND o.to_day IS NULL LIMIT 1"
            ),
            values![self.by, owner],
        )?;
        Ok(same.is_some())
    }
}

/// Hides the ways to reach members.
pub fn hide(persons: &mut [CardPerson]) {
    for contact in persons.iter_mut().flat_map(|person| &mut person.contacts) {
        contact.norm = masked(&contact.norm);
        contact.raw.clone_from(&contact.norm);
        contact.extension.clear();
    }
}
