//! A new member of a customer.

use crate::app::Session;
use crate::app::speak::named;
use crate::dialog::contact::contact;
use crate::dialog::filling::{Entry, Wrong};
use crate::dialog::form::{Field, Form};
use crate::domain::code::RoleCode;
use crate::domain::id::CustomerId;
use crate::playbook::channel::PHONE;
use crate::store::change::customer::NewPerson;
use crate::store::change::{Change, CustomerChange};
use crate::store::query::Card;
use crate::text::Text;

/// Adds a member (S001-38).
#[derive(Debug, Clone, Copy)]
pub struct NewMember {
    customer: CustomerId,
}

impl NewMember {
    /// For a customer.
    pub const fn new(customer: CustomerId) -> Self {
        Self { customer }
    }

    /// Name, role, number.
    pub fn form(session: &Session, about: &str) -> Form {
        let words = &session.words;
        let roles: Vec<(String, String)> = session
            .playbook()
            .map(|playbook| {
                playbook
                    .roles
                    .iter()
                    .map(|role| (role.code.to_string(), named(session, &role.name)))
                    .collect()
            })
            .unwrap_or_default();
        Form::new(
            words.say(Text("action.add_person")),
            about,
            vec![
                Field::typed(words.say(Text("column.name")), ""),
                Field::chosen(words.say(Text("form.role")), roles, ""),
                Field::typed(words.say(Text("column.phone")), ""),
            ],
        )
    }
}

impl Entry for NewMember {
    fn change(&self, form: &Form, session: &Session, _: Option<&Card>) -> Result<Change, Wrong> {
        let (name, role) = (form.value(0), form.value(1));
        let contact = contact(session, PHONE, &form.value(2)).map_err(|what| Wrong::new(2, what))?;
        if name.is_empty() && contact.is_none() {
            return Err(Wrong::new(0, session.words.say(Text("form.need_name"))));
        }
        if role.is_empty() {
            return Err(Wrong::new(1, session.words.say(Text("form.need_role"))));
        }
        let person = NewPerson {
            name,
            roles: vec![RoleCode::from(role.as_str())],
            contacts: contact.into_iter().collect(),
            set: Vec::new(),
        };
        Ok(Change::Customer(CustomerChange::AddPerson { customer: self.customer, person }))
    }
}
