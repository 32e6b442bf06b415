//! A new customer, and what the card says of an old one.

use crate::app::Session;
use crate::dialog::contact::{contact, social};
use crate::dialog::filling::{Entry, Wrong};
use crate::dialog::form::{Field, Form};
use crate::domain::id::CustomerId;
use crate::domain::lists::CustomerKind;
use crate::playbook::channel::PHONE;
use crate::store::change::customer::{NewCustomer, NewPerson};
use crate::store::change::{Change, CustomerChange};
use crate::store::query::Card;
use crate::text::Text;

/// Adds a customer of one's own.
#[derive(Debug, Clone)]
pub struct NewOne {
    social: Option<String>,
}

impl NewOne {
    /// For whoever is signed in.
    pub fn entry(session: &Session) -> Self {
        Self { social: social(session).map(|(code, _)| code) }
    }

    /// Name, number, social account, source. What was searched for is taken over: it was not found.
    pub fn form(session: &Session, searched: &str) -> Form {
        let words = &session.words;
        let digits = searched.chars().filter(char::is_ascii_digit).count() >= 5;
        let (name, phone) = if digits { ("", searched) } else { (searched, "") };
        let social =
            social(session).map_or_else(|| words.say(Text("form.reach")).to_owned(), |(_, name)| name);
        Form::new(
            words.say(Text("action.add_customer")),
            words.say(Text("form.new_customer")),
            vec![
                Field::typed(words.say(Text("column.name")), name),
                Field::typed(words.say(Text("column.phone")), phone),
                Field::typed(social, ""),
                Field::typed(words.say(Text("form.source")), ""),
            ],
        )
    }
}

impl Entry for NewOne {
    fn change(&self, form: &Form, session: &Session, _: Option<&Card>) -> Result<Change, Wrong> {
        let mut contacts = Vec::new();
        contacts.extend(contact(session, PHONE, &form.value(1)).map_err(|what| Wrong::new(1, what))?);
        if let Some(channel) = &self.social {
            contacts.extend(contact(session, channel, &form.value(2)).map_err(|what| Wrong::new(2, what))?);
        }
        let name = form.value(0);
        if name.is_empty() && contacts.is_empty() {
            return Err(Wrong::new(0, session.words.say(Text("form.need_name"))));
        }
        let person = NewPerson { name: name.clone(), contacts, ..NewPerson::default() };
        Ok(Change::Customer(CustomerChange::Add(Box::new(NewCustomer {
            kind: CustomerKind::Household,
            name,
            playbook: None,
            source: form.value(3),
            city: String::new(),
            external_id: String::new(),
            owner: session.me.as_ref().map(|me| me.user.id),
            persons: vec![person],
            set: Vec::new(),
            note: String::new(),
            tags: Vec::new(),
            do_not_contact: false,
            created_at: None,
        }))))
    }
}

/// Edits name, city, source, guarded by the version that was on screen.
#[derive(Debug, Clone)]
pub struct EditOne {
    customer: CustomerId,
    version: i64,
    seen: [String; 3],
}

impl EditOne {
    /// For a card on screen.
    pub fn new(card: &Card) -> Self {
        let seen = [card.name.clone(), card.city.clone(), card.source.clone()];
        Self { customer: card.id, version: card.version, seen }
    }

    /// Name, city, source.
    pub fn form(session: &Session, card: &Card) -> Form {
        let words = &session.words;
        Form::new(
            words.say(Text("action.edit")),
            String::new(),
            vec![
                Field::typed(words.say(Text("column.name")), &card.name),
                Field::typed(words.say(Text("form.city")), &card.city),
                Field::typed(words.say(Text("form.source")), &card.source),
            ],
        )
    }
}

impl Entry for EditOne {
    fn change(&self, form: &Form, session: &Session, fresh: Option<&Card>) -> Result<Change, Wrong> {
        if form.value(0).is_empty() {
            return Err(Wrong::new(0, session.words.say(Text("form.need_name"))));
        }
        // only what was changed is written: another writer's other fields stay
        let changed = |field: usize| {
            let value = form.value(field);
            (self.seen.get(field) != Some(&value)).then_some(value)
        };
        Ok(Change::Customer(CustomerChange::Edit {
            customer: self.customer,
            version: fresh.map_or(self.version, |card| card.version),
            name: changed(0),
            city: changed(1),
            source: changed(2),
        }))
    }

    fn customer(&self) -> Option<CustomerId> {
        Some(self.customer)
    }

    fn theirs(&self, card: &Card) -> Vec<String> {
        vec![card.name.clone(), card.city.clone(), card.source.clone()]
    }
}
