//! What leaves the store for whom (S001-32, S001-35, S001-84, S001-102, AP-27): customers whom somebody may see, their numbers and
//! ids whole or masked, their fields by what the playbook says. Whatever asks gets the same: a screen, a search, a table, a command
//! from afar.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::code::FieldCode;
use crate::domain::id::{ContactId, CustomerId, UserId};
use crate::domain::lists::{FieldRight, OwnerRight, Role, UserState};
use crate::domain::mask::masked;
use crate::playbook::Playbook;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::grants;
use crate::store::query::Viewer;
use crate::store::query::customer::CardPerson;
use crate::store::rights::{self, Action, Relation};
use crate::store::value::{AT_ONCE, Value, filled, word};
use crate::store::work::task::ANYONE_AFTER;
use crate::{sql, values};

/// How far somebody sees.
#[derive(Debug, Clone)]
pub struct Sight {
    by: Viewer,
    role: Option<Role>,
    mates: BTreeSet<UserId>,
    granted: BTreeMap<CustomerId, Vec<OwnerRight>>,
}

impl Sight {
    /// How far a user sees; who is not known, or has left, sees nothing. Nothing here hangs on another's answer: all of it is one
    /// round.
    pub fn of(tx: Tx<'_>, by: Viewer) -> Result<Self, StoreError> {
        let granted = grants::everywhere(tx, by.id, by.now)?;
        let mut mates = BTreeSet::new();
        tx.each(
            sql!(
                "SELECT o.user_id FROM membership m JOIN membership o ON o.team_id = m.team_id \
                 WHERE m.user_id = $1 AND m.to_day IS NULL AND o.to_day IS NULL"
            ),
            values![by.id],
            |row| {
                mates.insert(UserId(row.int(0)?));
                Ok(())
            },
        )?;
        let role =
            tx.one(sql!("SELECT role, state FROM person_user WHERE id = $1"), values![by.id], |row| {
                Ok((word(row, 0, Role::parse)?, word(row, 1, UserState::parse)?))
            })?;
        let role = role.filter(|(_, state)| *state != UserState::Left).map(|(role, _)| role);
        Ok(Self { by, role, mates, granted })
    }

    /// Who looks.
    pub const fn by(&self) -> Viewer {
        self.by
    }

    /// The role of who looks; `None` for one who is not known or has left.
    pub const fn role(&self) -> Option<Role> {
        self.role
    }

    /// How who looks stands to a customer by who follows it.
    fn relation(&self, owner: Option<UserId>) -> Relation {
        match owner {
            None => Relation::Nobody,
            Some(owner) if owner == self.by.id => Relation::Own,
            Some(owner) if self.mates.contains(&owner) => Relation::Team,
            Some(_) => Relation::Other,
        }
    }

    /// Whether who looks may do something to a customer of this owner, by that or by what was granted.
    pub fn may(&self, action: Action, customer: CustomerId, owner: Option<UserId>) -> bool {
        let Some(role) = self.role else { return false };
        let granted = self.granted.get(&customer).map(Vec::as_slice).unwrap_or_default();
        rights::may(role, action, self.relation(owner))
            || granted.iter().any(|right| rights::may(role, action, Relation::of(*right)))
    }

    /// Refuses to show a customer of this owner; answers whether a team mate's promise to it is anyone's by now, where that gives more
    /// than there is without: its numbers whole, and that it may be worked.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`], naming whose the customer is.
    pub fn check(&self, tx: Tx<'_>, customer: CustomerId, owner: Option<UserId>) -> Result<bool, StoreError> {
        // who has all that such a promise would give is not asked about one
        let gives = [Action::SeeCustomer, Action::SeeContact, Action::WorkCustomer];
        if gives.into_iter().all(|action| self.may(action, customer, owner)) {
            return Ok(false);
        }
        if self.rescues(tx, customer, owner)? {
            return Ok(true);
        }
        if self.may(Action::SeeCustomer, customer, owner) {
            return Ok(false);
        }
        let role = self.role.map_or("stranger", Role::as_str).to_owned();
        let relation = self.relation(owner).word().to_owned();
        Err(StoreError::Forbidden { role, what: "see this customer".to_owned(), relation })
    }

    /// Those of some customers who may be seen.
    pub fn seen(
        &self,
        tx: Tx<'_>,
        customers: BTreeSet<CustomerId>,
    ) -> Result<BTreeSet<CustomerId>, StoreError> {
        let wanted: Vec<Value<'_>> = customers.into_iter().map(Value::from).collect();
        let mut seen = BTreeSet::new();
        for part in wanted.chunks(AT_ONCE) {
            tx.each(
                sql!(
                    "SELECT id, owner_id FROM customer WHERE id IN ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, \
                       $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32)"
                ),
                &filled(part, &[]),
                |row| {
                    let customer = CustomerId(row.int(0)?);
                    if self.may(Action::SeeCustomer, customer, row.opt_int(1)?.map(UserId)) {
                        seen.insert(customer);
                    }
                    Ok(())
                },
            )?;
        }
        Ok(seen)
    }

    /// Whether a team mate's promise to the customer is so long overdue that it is anyone's of the team (peers.md 2.4): who may do
    /// it sees whom it was given to, and reaches them.
    fn rescues(&self, tx: Tx<'_>, customer: CustomerId, owner: Option<UserId>) -> Result<bool, StoreError> {
        let relation = self.relation(owner);
        let may = self.role.is_some_and(|role| rights::may(role, Action::RescuePromise, relation));
        if relation != Relation::Team || !may {
            return Ok(false);
        }
        let late = tx.number(
            sql!(
                "SELECT id FROM task WHERE customer_id = $1 AND state = 'due' AND promised = 1 AND due_at <= $2 LIMIT 1"
            ),
            values![customer, self.by.now.minus(ANYONE_AFTER)],
        )?;
        Ok(late.is_some())
    }

    /// Whether who looks sees every customer there is: nothing has to be left out.
    pub fn is_wide(&self) -> bool {
        let sees = |relation| self.role.is_some_and(|role| rights::may(role, Action::SeeCustomer, relation));
        Relation::ALL.iter().all(|relation| *relation == Relation::Credited || sees(*relation))
    }

    /// Those whose customers are seen because of who follows them: the own, and the team's by who may.
    pub fn followed_by(&self) -> Vec<UserId> {
        let team = self.role.is_some_and(|role| rights::may(role, Action::SeeCustomer, Relation::Team));
        let mates = self.mates.iter().filter(|mate| team && **mate != self.by.id);
        std::iter::once(&self.by.id).chain(mates).copied().collect()
    }

    /// Whether customers nobody follows are seen.
    pub fn sees_pool(&self) -> bool {
        self.role.is_some_and(|role| rights::may(role, Action::SeeCustomer, Relation::Nobody))
    }

    /// Customers that are seen because it was granted.
    pub fn granted(&self) -> impl Iterator<Item = CustomerId> + '_ {
        let role = self.role;
        let sees = move |right: &OwnerRight| {
            role.is_some_and(|role| rights::may(role, Action::SeeCustomer, Relation::of(*right)))
        };
        self.granted.iter().filter(move |(_, all)| all.iter().any(sees)).map(|(customer, _)| *customer)
    }

    /// What who looks may do with ways of contact of a kind, of a customer whose numbers are seen whole or not.
    pub fn contact(&self, book: &Playbook, kind: &str, is_whole: bool) -> FieldRight {
        let Some(role) = self.role else { return FieldRight::Hide };
        let right = book.access.contact(role, &kind.into());
        if is_whole { right } else { right.min(FieldRight::Mask) }
    }

    /// Leaves of members' ways of contact what may be seen; `shown` are those that were asked to be shown.
    pub fn hide(&self, book: &Playbook, persons: &mut [CardPerson], (is_whole, shown): (bool, &[ContactId])) {
        for person in persons {
            person.contacts.retain_mut(|contact| {
                let right = self.contact(book, contact.channel.as_str(), is_whole);
                if right == FieldRight::Hide {
                    return false;
                }
                if right == FieldRight::Mask && !shown.contains(&contact.id) {
                    contact.norm = masked(&contact.norm);
                    contact.raw.clone_from(&contact.norm);
                    contact.extension.clear();
                    contact.is_masked = true;
                }
                true
            });
        }
    }

    /// Leaves of fields what may be seen; answers which of them may not be changed.
    pub fn fields(
        &self,
        book: &Playbook,
        process: Option<&str>,
        values: &mut BTreeMap<FieldCode, String>,
    ) -> BTreeMap<FieldCode, FieldRight> {
        let mut locked = BTreeMap::new();
        if book.access.rules.is_empty() && self.role.is_some() {
            return locked;
        }
        values.retain(|code, value| {
            let right = self.role.map_or(FieldRight::Hide, |role| book.access.field(role, process, code));
            if matches!(right, FieldRight::Mask | FieldRight::Read) {
                locked.insert(code.clone(), right);
            }
            if right == FieldRight::Mask {
                *value = masked(value);
            }
            right != FieldRight::Hide
        });
        locked
    }
}
