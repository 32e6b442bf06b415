//! Whom a task speaks to and by what number: one choice for the row, the rules and the record.

use crate::domain::code::{ChannelCode, RoleCode};
use crate::domain::id::{ContactId, CustomerId, PersonId};
use crate::domain::lists::ContactState;
use crate::playbook::Playbook;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::known::{Member, roles};
use crate::store::value::word;
use crate::{sql, values};

/// A way to reach somebody of a customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    /// Whose.
    pub customer: CustomerId,
    /// The member.
    pub person: PersonId,
    /// The member's name; may be empty.
    pub name: String,
    /// The member's roles.
    pub roles: Vec<RoleCode>,
    /// The contact.
    pub contact: ContactId,
    /// Its kind, as the playbook's channels name it.
    pub channel: ChannelCode,
    /// The number or id.
    pub norm: String,
    /// What it is worth.
    pub state: ContactState,
}

/// Every way that is not dead to reach a customer, members and contacts in the order they came.
pub fn ways(tx: Tx<'_>, customer: CustomerId) -> Result<Vec<Way>, StoreError> {
    tx.all(
        sql!(
            "SELECT c.customer_id, c.person_id, p.name, p.roles, c.id, c.channel, c.norm, c.state \
             FROM contact c JOIN person p ON p.id = c.person_id \
             WHERE c.customer_id = $1 AND c.state <> 'dead' ORDER BY c.person_id, c.id"
        ),
        values![customer],
        way,
    )
}

/// The same from members that were read before.
pub fn ways_of(customer: CustomerId, members: &[Member]) -> Vec<Way> {
    let ways = members.iter().flat_map(|member| {
        member.contacts.iter().map(|contact| Way {
            customer,
            person: member.id,
            name: member.name.clone(),
            roles: member.roles.clone(),
            contact: contact.id,
            channel: contact.channel.clone(),
            norm: contact.norm.clone(),
            state: contact.state,
        })
    });
    ways.collect()
}

/// Reads a row of the columns that [`ways`] selects.
pub fn way(row: &dyn crate::store::value::Row) -> Result<Way, StoreError> {
    Ok(Way {
        customer: CustomerId(row.int(0)?),
        person: PersonId(row.int(1)?),
        name: row.text(2)?.to_owned(),
        roles: roles(row.text(3)?),
        contact: ContactId(row.int(4)?),
        channel: ChannelCode::from(row.text(5)?),
        norm: row.text(6)?.to_owned(),
        state: word(row, 7, ContactState::parse)?,
    })
}

/// Whether a channel needs a way of contact at all: a visit or a lesson does not.
pub fn needs_contact(book: &Playbook, channel: &ChannelCode) -> bool {
    book.channel(channel).is_some_and(|c| c.contact.is_some())
}

/// The way a touch on a channel takes: the wanted member's where it has one (verified before stated), else that of the
/// first member who may be contacted (children may not). `None` where nobody can be reached.
pub fn choose<'a>(
    book: &Playbook,
    ways: &'a [Way],
    channel: &ChannelCode,
    wanted: Option<PersonId>,
) -> Option<&'a Way> {
    let kind = book.channel(channel)?.contact.as_ref()?;
    let mut fit: Vec<&Way> =
        ways.iter().filter(|way| way.channel == *kind && may_be_contacted(book, &way.roles)).collect();
    // stable: among equals the order they came in
    fit.sort_by_key(|way| (Some(way.person) != wanted, way.state != ContactState::Verified));
    fit.first().copied()
}

/// Whether a member in these roles may be contacted: one role that may not forbids it.
pub fn may_be_contacted(book: &Playbook, roles: &[RoleCode]) -> bool {
    !roles.iter().any(|code| book.role(code).is_some_and(|role| !role.contactable))
}
