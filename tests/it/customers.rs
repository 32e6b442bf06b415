//! What the tests about customers share: a method with more fields and a tag, and customers made short.

use corral::domain::code::FieldCode;
use corral::domain::id::{CustomerId, UserId};
use corral::domain::lists::{ContactState, CustomerKind};
use corral::store::StoreError;
use corral::store::change::customer::{NewContact, NewCustomer, NewPerson};
use corral::store::change::{Change, Commit, CustomerChange};
use corral::store::query::{Answer, Card, Query};

use crate::floor::Floor;

/// What the method of these tests has beside the small one: fields of every checked type and a tag.
pub const MORE: &str = r#"
[[fields]]
id = "age"
name = { zh = "年龄", en = "Age" }
on = "person"
type = "int"
tier = "useful"
used_by = ["script"]
[[fields]]
id = "budget"
name = { zh = "预算", en = "Budget" }
on = "customer"
type = "money"
tier = "useful"
used_by = ["script"]
[[fields]]
id = "due"
name = { zh = "到期", en = "Due" }
on = "customer"
type = "date"
tier = "useful"
used_by = ["script"]
[[fields]]
id = "keen"
name = { zh = "有意", en = "Keen" }
on = "customer"
type = "bool"
tier = "useful"
used_by = ["script"]
[[fields]]
id = "level"
name = { zh = "基础", en = "Level" }
on = "customer"
type = "enum"
options = [{ id = "zero", zh = "零基础", en = "None" }, { id = "some", zh = "有基础", en = "Some" }]
tier = "useful"
used_by = ["script"]
[[fields]]
id = "doubt"
name = { zh = "疑虑", en = "Doubt" }
on = "opportunity"
type = "text"
tier = "useful"
used_by = ["script"]
[[pipelines]]
id = "friend"
name = { zh = "转介绍", en = "Referral" }
shape = "tag"
owner_role = "seller"
tag = "转介绍"
counts = ["referrals_received", "referrals_won"]
"#;

/// A floor whose method also has fields of every checked type and a tag.
pub fn floor() -> Floor {
    Floor::with(&format!("{}{MORE}", include_str!("floor/small.toml")))
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
    let by = floor.sees(by);
    match floor.read(&Query::Card { customer, by }).unwrap() {
        Answer::Card(card) => *card,
        other => panic!("{other:?}"),
    }
}
