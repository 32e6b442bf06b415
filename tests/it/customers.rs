//! What the tests about customers share: a method with more fields and a tag, and customers made short.

use std::sync::Arc;

use corral::domain::code::FieldCode;
use corral::domain::id::{CustomerId, UserId};
use corral::domain::lists::{ContactState, CustomerKind, Entity, FieldType, Metric, Shape, Tier};
use corral::playbook::Playbook;
use corral::playbook::model::{Bilingual, Field, FieldOption, Pipeline};
use corral::store::StoreError;
use corral::store::change::customer::{NewContact, NewCustomer, NewPerson};
use corral::store::change::{Change, Commit, CustomerChange};
use corral::store::query::{Answer, Card, Query};

use crate::floor::Floor;

/// A floor whose method also has fields of every checked type and a tag.
pub fn floor() -> Floor {
    let mut floor = Floor::new();
    change_playbook(&mut floor, |book| {
        for (code, on, kind) in [
            ("age", Entity::Person, FieldType::Int),
            ("budget", Entity::Customer, FieldType::Money),
            ("due", Entity::Customer, FieldType::Date),
            ("keen", Entity::Customer, FieldType::Bool),
            ("level", Entity::Customer, FieldType::Enum),
            ("doubt", Entity::Opportunity, FieldType::Text),
        ] {
            book.fields.push(field(code, on, kind));
        }
        let tag = Pipeline {
            code: "friend".into(),
            name: Bilingual { zh: "转介绍".to_owned(), en: "Referral".to_owned() },
            shape: Shape::Tag,
            tag: Some("转介绍".into()),
            counts: vec![Metric::ReferralsReceived, Metric::ReferralsWon],
            stages: Vec::new(),
            ..book.pipelines[1].clone()
        };
        book.pipelines.push(tag);
    });
    floor
}

fn field(code: &str, on: Entity, kind: FieldType) -> Field {
    let option = |code: &str, zh: &str| FieldOption {
        code: code.to_owned(),
        name: Bilingual { zh: zh.to_owned(), en: code.to_owned() },
    };
    Field {
        code: code.into(),
        name: Bilingual { zh: code.to_owned(), en: code.to_owned() },
        on,
        kind,
        options: if kind == FieldType::Enum {
            vec![option("zero", "零基础"), option("some", "有基础")]
        } else {
            Vec::new()
        },
        tier: Tier::Useful,
        used_by: Vec::new(),
    }
}

/// Changes the method everybody works by.
pub fn change_playbook(floor: &mut Floor, change: impl FnOnce(&mut Playbook)) {
    let mut book = (*floor.playbook).clone();
    change(&mut book);
    let book = Arc::new(book);
    floor.playbook = book.clone();
    floor
        .db
        .snapshot(|_, books| {
            books.keep("small", 1, book);
            Ok(())
        })
        .unwrap();
}

/// A way of contact as it was typed.
pub fn contact(channel: &str, raw: &str) -> NewContact {
    NewContact {
        channel: channel.into(),
        raw: raw.to_owned(),
        norm: String::new(),
        extension: String::new(),
        state: ContactState::Stated,
    }
}

/// A household of one member with a phone number.
pub fn household(name: &str, phone: &str, owner: Option<UserId>) -> NewCustomer {
    let contacts = if phone.is_empty() { Vec::new() } else { vec![contact("phone", phone)] };
    NewCustomer {
        kind: CustomerKind::Household,
        name: String::new(),
        playbook: None,
        source: String::new(),
        city: String::new(),
        external_id: String::new(),
        owner,
        persons: vec![NewPerson { name: name.to_owned(), contacts, ..NewPerson::default() }],
        set: Vec::new(),
        note: String::new(),
        tags: Vec::new(),
        do_not_contact: false,
        created_at: None,
    }
}

/// Makes a change of customers.
pub fn change(floor: &mut Floor, by: UserId, change: CustomerChange) -> Result<Commit, StoreError> {
    floor.write(by, Change::Customer(change))
}

/// Adds a customer.
pub fn add(floor: &mut Floor, by: UserId, new: NewCustomer) -> Result<CustomerId, StoreError> {
    change(floor, by, CustomerChange::Add(Box::new(new))).map(|commit| commit.effects.customer.unwrap())
}

/// A field and its value.
pub fn set(code: &str, value: &str) -> (FieldCode, String) {
    (code.into(), value.to_owned())
}

/// The card as somebody sees it.
pub fn card(floor: &mut Floor, by: UserId, customer: CustomerId) -> Card {
    match floor.read(&Query::Card { customer, by }).unwrap() {
        Answer::Card(card) => *card,
        other => panic!("{other:?}"),
    }
}
