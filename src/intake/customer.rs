//! A lead as the store takes it: a new customer with its first member.

use crate::domain::code::{ChannelCode, FieldCode};
use crate::domain::lists::{ContactState, CustomerKind, Entity};
use crate::domain::phone::Phone;
use crate::domain::search_key::folded_id;
use crate::intake::lead::LeadRow;
use crate::playbook::Playbook;
use crate::playbook::channel::PHONE;
use crate::store::change::customer::{NewContact, NewCustomer, NewPerson};

/// What a lead says, as the store takes it.
pub fn customer(lead: LeadRow, playbook: &Playbook) -> NewCustomer {
    let mut contacts: Vec<NewContact> = lead.phones.into_iter().map(by_phone).collect();
    if !lead.wechat.is_empty() {
        contacts.push(by_wechat(&lead.wechat));
    }
    let on_person = |field: &FieldCode| playbook.field(field).is_some_and(|f| f.on == Entity::Person);
    let (person, customer): (Vec<_>, Vec<_>) =
        lead.custom.into_iter().partition(|(field, _)| on_person(field));
    NewCustomer {
        kind: CustomerKind::Household,
        name: lead.customer_name,
        playbook: Some(playbook.id.clone()),
        source: lead.source,
        city: lead.city,
        external_id: lead.external_id,
        owner: None,
        persons: vec![NewPerson {
            name: lead.name,
            roles: lead.role.into_iter().collect(),
            contacts,
            set: person,
        }],
        set: customer,
        note: lead.note,
        tags: lead.tags,
        do_not_contact: lead.do_not_call,
        created_at: lead.created_at,
    }
}

/// A number as the store takes it.
pub fn by_phone(phone: Phone) -> NewContact {
    NewContact {
        channel: ChannelCode::from(PHONE),
        norm: phone.e164.to_string(),
        extension: phone.extension.unwrap_or_default(),
        raw: phone.raw,
        state: ContactState::Stated,
    }
}

/// A WeChat id as the store takes it.
pub fn by_wechat(id: &str) -> NewContact {
    NewContact {
        channel: ChannelCode::from("wechat"),
        norm: folded_id(id),
        raw: id.to_owned(),
        extension: String::new(),
        state: ContactState::Stated,
    }
}
