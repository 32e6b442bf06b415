//! Ways of contact: one record behind every spelling, never two customers behind one number (S001-90, S001-49).

use crate::domain::clean::clean;
use crate::domain::code::ChannelCode;
use crate::domain::id::{ContactId, CustomerId, PersonId, UserId};
use crate::domain::lists::{AuditKind, ContactState, EventKind, Metric};
use crate::domain::phone::{PhoneNumber, Region, parse};
use crate::domain::search_key::folded_id;
use crate::playbook::Playbook;
use crate::playbook::channel::PHONE;
use crate::playbook::plan::Happening;
use crate::store::change::customer::NewContact;
use crate::store::change::{About, Note, Topic};
use crate::store::customers::{draft, happen, hint, invalid};
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::metrics::{Account, count};
use crate::store::privacy::barred;
use crate::store::rights::Action;
use crate::store::search;
use crate::store::undo::Reversal;
use crate::store::value::word;
use crate::store::write::Work;
use crate::{sql, values};

/// The contact whose proof is counted (S001-49).
pub const WECHAT: &str = "wechat";

/// A way of contact that has been checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// As the contact is named in the playbook's channels.
    pub channel: ChannelCode,
    /// What is unique.
    pub norm: String,
    /// As it was given.
    pub raw: String,
    /// Extension; empty for none.
    pub extension: String,
    /// What it is worth.
    pub state: ContactState,
    /// Whether it is a number to dial.
    pub is_phone: bool,
}

/// Who has a way of contact, or an id of another system, already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// The customer.
    pub customer: CustomerId,
    /// Its name.
    pub name: String,
    /// The name of who follows it; empty for nobody.
    pub owner: String,
}

/// Whether a contact of this channel is a number to dial.
pub fn is_phone(book: &Playbook, channel: &str) -> bool {
    book.channels.iter().any(|c| c.is_call && c.contact.as_ref().is_some_and(|k| k.as_str() == channel))
}

/// Checks a way of contact and brings it into the form that is unique: E.164 for numbers, folded for ids.
pub fn checked(book: &Playbook, new: &NewContact) -> Result<Checked, StoreError> {
    let channel = channel_of(book, new.channel.as_str())?;
    let raw = clean(if new.raw.is_empty() { &new.norm } else { &new.raw }).into_owned();
    let mut extension = clean(&new.extension).into_owned();
    let is_phone = is_phone(book, channel.as_str());
    let norm = if !is_phone {
        folded_id(if new.norm.is_empty() { &new.raw } else { &new.norm })
    } else if let Ok(number) = PhoneNumber::new(new.norm.trim()) {
        number.as_str().to_owned()
    } else {
        let region = Region::new(&book.region).map_err(|e| invalid("phone", e.to_string()))?;
        let phone = parse(&raw, &region).map_err(|e| invalid("phone", e.to_string()))?;
        if extension.is_empty() {
            extension = phone.extension.unwrap_or_default();
        }
        phone.e164.as_str().to_owned()
    };
    if norm.is_empty() {
        return Err(invalid(
            "contact",
            format!("the {channel} contact is empty; fill it in or leave it out"),
        ));
    }
    Ok(Checked { channel, norm, raw, extension, state: new.state, is_phone })
}

fn channel_of(book: &Playbook, code: &str) -> Result<ChannelCode, StoreError> {
    let contacts = || book.channels.iter().filter_map(|c| c.contact.as_ref());
    if let Some(contact) = contacts().find(|c| c.as_str() == code) {
        return Ok(contact.clone());
    }
    let by_channel = book.channels.iter().find(|c| c.code.as_str() == code || (code == PHONE && c.is_call));
    by_channel.and_then(|c| c.contact.clone()).ok_or_else(|| {
        let near = hint(code, contacts().map(ChannelCode::as_str));
        invalid("channel", format!("'{code}' is not a way of contact of the playbook '{}'{near}", book.id))
    })
}

/// Who has this way of contact.
pub fn holder(tx: Tx<'_>, contact: &Checked) -> Result<Option<Holder>, StoreError> {
    tx.one(
        sql!(
            "SELECT c.id, c.name, u.name FROM contact k JOIN customer c ON c.id = k.customer_id \
             LEFT JOIN person_user u ON u.id = c.owner_id WHERE k.channel = $1 AND k.norm = $2 AND k.extension = $3"
        ),
        values![&contact.channel, &contact.norm, &contact.extension],
        |row| {
            Ok(Holder {
                customer: CustomerId(row.int(0)?),
                name: row.text(1)?.to_owned(),
                owner: row.opt_text(2)?.unwrap_or_default().to_owned(),
            })
        },
    )
}

/// The refusal that names who has it, and the customer to who may see it.
pub fn taken(work: &Work<'_>, what: &str, holder: &Holder) -> StoreError {
    let whose = if holder.owner.is_empty() { "nobody".to_owned() } else { format!("'{}'", holder.owner) };
    let what = match work.may(Action::SeeCustomer, holder.customer, "see this customer") {
        Ok(()) => format!(
            "'{what}' is known already: customer '{}' ({}), followed by {whose}; open that customer instead",
            holder.name, holder.customer
        ),
        Err(_) => {
            format!("'{what}' is known already, of a customer followed by {whose}; ask for collaboration")
        }
    };
    StoreError::Held { rule: "duplicate".to_owned(), what, until: None }
}

/// Adds a way of contact to a member.
pub fn add(work: &mut Work<'_>, person: PersonId, new: &NewContact) -> Result<(), StoreError> {
    let customer = work
        .tx
        .number(sql!("SELECT customer_id FROM person WHERE id = $1"), values![person])?
        .map(CustomerId)
        .ok_or_else(|| StoreError::NotFound { kind: "member", id: person.to_string(), hint: None })?;
    work.may(Action::EditCustomer, customer, "add a contact")?;
    let book = work.book_of(customer)?.playbook;
    draft::may_add(work, &book, [&new.channel])?;
    let contact = checked(&book, new)?;
    if let Some(holder) = holder(work.tx, &contact)? {
        return Err(taken(work, &contact.raw, &holder));
    }
    work.effects.customer = Some(customer);
    work.touch(Topic::Customer);
    let id = insert(work, customer, person, &contact)?;
    work.reverse(Reversal::ContactMade(id.0));
    search::rebuild(work.tx, customer)?;
    if contact.state == ContactState::Verified {
        verified(work, customer, contact.channel.as_str())?;
    }
    Ok(())
}

/// Writes the row of a contact; what it sets off is the caller's.
pub fn insert(
    work: &mut Work<'_>,
    customer: CustomerId,
    person: PersonId,
    contact: &Checked,
) -> Result<ContactId, StoreError> {
    let mark = (contact.channel.as_str(), contact.norm.as_str());
    if let Some(until) = work.barred.until(work.tx, [mark], work.at)? {
        return Err(invalid("barred", barred::refusal(until)));
    }
    let id = ContactId(work.ids.make());
    let proved = (contact.state == ContactState::Verified).then_some(work.at);
    work.tx.put(
        sql!(
            "INSERT INTO contact (id, person_id, customer_id, channel, norm, raw, extension, state, added_by, added_at, verified_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
        ),
        values![
            id,
            person,
            customer,
            &contact.channel,
            &contact.norm,
            &contact.raw,
            &contact.extension,
            contact.state,
            work.by.id,
            work.at,
            proved
        ],
    )?;
    Ok(id)
}

/// Says what a contact is worth. The first proof of a WeChat id counts once, however often it is set again.
pub fn set(work: &mut Work<'_>, contact: ContactId, state: ContactState) -> Result<(), StoreError> {
    let (customer, channel, before, proved) = work
        .tx
        .one(
            sql!("SELECT customer_id, channel, state, verified_at FROM contact WHERE id = $1"),
            values![contact],
            |row| {
                Ok((
                    CustomerId(row.int(0)?),
                    row.text(1)?.to_owned(),
                    word(row, 2, ContactState::parse)?,
                    row.opt_int(3)?,
                ))
            },
        )?
        .ok_or_else(|| StoreError::NotFound { kind: "contact", id: contact.to_string(), hint: None })?;
    work.may(Action::EditCustomer, customer, "change a contact")?;
    work.effects.customer = Some(customer);
    if before == state {
        return Ok(());
    }
    let first = state == ContactState::Verified && proved.is_none();
    let proved = if first { Some(work.at.0) } else { proved };
    work.tx.put(
        sql!("UPDATE contact SET state = $2, verified_at = $3 WHERE id = $1"),
        values![contact, state, proved],
    )?;
    let named = |state: ContactState| format!("{channel} {contact}: {state}");
    let note = Note::new(AuditKind::Corrected, About::Customer(customer));
    work.note(note.changed(named(before), named(state)));
    work.reverse(Reversal::ContactState { contact: contact.0, state: before.as_str().to_owned() });
    work.touch(Topic::Customer);
    if first {
        verified(work, customer, &channel)?;
    }
    Ok(())
}

/// What the proof of a contact sets off: for WeChat one `wechat_added` of who follows the customer, and the event.
pub fn verified(work: &mut Work<'_>, customer: CustomerId, channel: &str) -> Result<(), StoreError> {
    if channel != WECHAT {
        return Ok(());
    }
    let owner =
        work.tx.number(sql!("SELECT owner_id FROM customer WHERE id = $1"), values![customer])?.map(UserId);
    let user = owner.unwrap_or(work.by.id);
    let account =
        Account { day: work.day, at: work.at, user, team: work.team_of(user)?, pipeline: String::new() };
    count(work, &account, Metric::WechatAdded, 1)?;
    let happened =
        Happening { kind: EventKind::WechatAdded, name: None, deal: None, node: None, at: work.at };
    happen(work, customer, vec![happened])
}
