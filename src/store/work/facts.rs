//! Facts learned on the way: checked by the playbook's types, written where the field sits.

use crate::domain::code::FieldCode;
use crate::domain::id::{CustomerId, DealId, PersonId};
use crate::domain::lists::Entity;
use crate::playbook::Playbook;
use crate::playbook::plan::Happening;
use crate::store::change::customer::FieldOwner;
use crate::store::customers::{field, value};
use crate::store::error::StoreError;
use crate::store::work::invalid;
use crate::store::write::Work;
use crate::{sql, values};

/// What facts may sit on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct On {
    /// The customer.
    pub customer: CustomerId,
    /// The member spoken to.
    pub person: Option<PersonId>,
    /// The deal.
    pub deal: Option<DealId>,
}

impl On {
    /// A deal of a customer, nobody having been spoken to.
    pub const fn deal(customer: CustomerId, deal: DealId) -> Self {
        Self { customer, person: None, deal: Some(deal) }
    }
}

/// Checks and writes facts; answers what planning is to be told. An empty value clears.
pub fn set(
    work: &mut Work<'_>,
    playbook: &Playbook,
    on: &On,
    facts: &[(FieldCode, String)],
) -> Result<Vec<Happening>, StoreError> {
    let mut happened = Vec::new();
    for (code, typed) in facts {
        let field = field::defined(playbook, code)?;
        let checked = value::checked(playbook, field, typed)?;
        let owner = match field.on {
            Entity::Customer => FieldOwner::Customer(on.customer),
            Entity::Person => FieldOwner::Person(person(work, on, code)?),
            // an order's facts are learned on the way to it and kept with the deal it closes
            Entity::Opportunity | Entity::Order => FieldOwner::Deal(on.deal.ok_or_else(|| {
                invalid("no_deal", format!("'{code}' is a fact of a deal, and none is open; open one first"))
            })?),
        };
        field::may_write(work, playbook, field, owner.deal())?;
        happened.extend(field::write(work, owner, on.customer, (code, &checked))?);
    }
    Ok(happened)
}

/// The member a personal fact is about: the one it is known of already, else the one spoken to, else the first.
fn person(work: &Work<'_>, on: &On, code: &FieldCode) -> Result<PersonId, StoreError> {
    let known = work.tx.number(
        sql!(
            "SELECT entity_id FROM field_value WHERE customer_id = $1 AND entity = 'person' AND field = $2 \
             ORDER BY entity_id LIMIT 1"
        ),
        values![on.customer, code],
    )?;
    if let Some(person) = known.map(PersonId).or(on.person) {
        return Ok(person);
    }
    work.tx
        .number(sql!("SELECT min(id) FROM person WHERE customer_id = $1"), values![on.customer])?
        .map(PersonId)
        .ok_or_else(|| invalid("no_person", format!("'{code}' is a fact of a person; add a member first")))
}
