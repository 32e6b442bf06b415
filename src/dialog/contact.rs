//! Ways of contact: a number or an id for a member.

use crate::app::Session;
use crate::app::speak::named;
use crate::dialog::filling::{Entry, Wrong};
use crate::dialog::form::{Field, Form};
use crate::domain::clean::clean;
use crate::domain::code::ChannelCode;
use crate::domain::lists::ContactState;
use crate::domain::phone::{Region, parse};
use crate::domain::search_key::folded_id;
use crate::playbook::channel::PHONE;
use crate::store::change::customer::NewContact;
use crate::store::change::{Change, CustomerChange};
use crate::store::query::Card;
use crate::text::Text;

/// Adds a way of contact to a member.
#[derive(Debug, Clone)]
pub struct NewReach {
    persons: Vec<crate::domain::id::PersonId>,
}

impl NewReach {
    /// For the members of a card.
    pub fn new(card: &Card) -> Self {
        Self { persons: card.persons.iter().map(|person| person.id).collect() }
    }

    /// Member, channel, number or id.
    pub fn form(session: &Session, card: &Card) -> Form {
        let words = &session.words;
        let members: Vec<(String, String)> = card
            .persons
            .iter()
            .enumerate()
            .map(|(index, person)| (index.to_string(), member(session, card, index, &person.name)))
            .collect();
        let channels = channels(session);
        let first = channels.first().map(|(code, _)| code.clone()).unwrap_or_default();
        Form::new(
            words.say(Text("action.add_contact")),
            card.name.clone(),
            vec![
                Field::chosen(words.say(Text("form.member")), members, "0"),
                Field::chosen(words.say(Text("form.channel")), channels, &first),
                Field::typed(words.say(Text("form.reach")), "").hint(words.say(Text("form.reach_hint"))),
            ],
        )
    }
}

fn member(session: &Session, card: &Card, index: usize, name: &str) -> String {
    let role = card.persons.get(index).and_then(|person| person.roles.first());
    let role = role.map(|role| crate::app::speak::role(session, role.as_str())).unwrap_or_default();
    let name = if name.is_empty() { session.words.say(Text("common.unknown")) } else { name };
    format!("{name} {role}").trim().to_owned()
}

impl Entry for NewReach {
    fn change(&self, form: &Form, session: &Session, _: Option<&Card>) -> Result<Change, Wrong> {
        let person = form.value(0).parse::<usize>().ok().and_then(|index| self.persons.get(index)).copied();
        let person =
            person.ok_or_else(|| Wrong::new(0, session.words.say(Text("form.choose_member")).to_owned()))?;
        let contact = contact(session, &form.value(1), &form.value(2)).map_err(|what| Wrong::new(2, what))?;
        let Some(contact) = contact else {
            return Err(Wrong::new(2, session.words.say(Text("form.need_reach"))));
        };
        Ok(Change::Customer(CustomerChange::AddContact { person, contact }))
    }
}

/// Ways of contact, code and name: the phone, then channels that have accounts of their own.
pub fn channels(session: &Session) -> Vec<(String, String)> {
    let mut ways = vec![(PHONE.to_owned(), session.words.say(Text("column.phone")).to_owned())];
    let channels = session.playbook().map(|playbook| playbook.channels.as_slice()).unwrap_or_default();
    let own = channels.iter().filter(|channel| channel.contact.as_ref() == Some(&channel.code));
    ways.extend(own.map(|channel| (channel.code.to_string(), named(session, &channel.name))));
    ways
}

/// The first channel with accounts of its own: the social one that reps add customers on (S001-48).
pub fn social(session: &Session) -> Option<(String, String)> {
    channels(session).into_iter().find(|(code, _)| code != PHONE)
}

/// What was typed as a contact of a channel; `None` for an empty text.
///
/// # Errors
/// What is wrong with a number, in words.
pub fn contact(session: &Session, channel: &str, typed: &str) -> Result<Option<NewContact>, String> {
    let typed = clean(typed);
    if typed.is_empty() {
        return Ok(None);
    }
    let stated = |norm: String, extension: String| NewContact {
        channel: ChannelCode::from(channel),
        raw: typed.clone().into_owned(),
        norm,
        extension,
        state: ContactState::Stated,
    };
    if channel != PHONE {
        return Ok(Some(stated(folded_id(&typed), String::new())));
    }
    let region = session.playbook().and_then(|playbook| Region::new(&playbook.region).ok());
    match parse(&typed, &region.unwrap_or_else(Region::china)) {
        Ok(phone) => Ok(Some(stated(phone.e164.as_str().to_owned(), phone.extension.unwrap_or_default()))),
        Err(error) if session.is_chinese() => {
            let _ = error;
            Err(session.words.fill(Text("form.bad_phone"), &[("n", &typed)]))
        }
        Err(error) => Err(error.to_string()),
    }
}
