//! Having a masked number shown, and granting somebody a right over a customer.

use crate::app::Session;
use crate::app::speak::time;
use crate::dialog::filling::{Entry, Wrong};
use crate::dialog::form::{Field, Form};
use crate::domain::clean::clean;
use crate::domain::id::{ContactId, CustomerId};
use crate::domain::lists::OwnerRight;
use crate::domain::money::percent;
use crate::store::change::access::NewGrant;
use crate::store::change::{AccessChange, Change};
use crate::store::query::{Card, UserRow};
use crate::text::Text;

/// Has a number or id shown, with a reason.
#[derive(Debug, Clone, Copy)]
pub struct Shown;

impl Shown {
    /// Which of those that are masked, and why.
    pub fn form(session: &Session, about: &str, masked: Vec<(ContactId, String)>) -> Form {
        let words = &session.words;
        let first = masked.first().map(|(id, _)| id.to_string()).unwrap_or_default();
        let which = masked.into_iter().map(|(id, shown)| (id.to_string(), shown)).collect();
        Form::new(
            words.say(Text("action.reveal")),
            about,
            vec![
                Field::typed(words.say(Text("column.why")), "").hint(words.say(Text("form.on_record"))),
                Field::chosen(words.say(Text("column.phone")), which, &first),
            ],
        )
    }
}

impl Entry for Shown {
    fn change(&self, form: &Form, session: &Session, _: Option<&Card>) -> Result<Change, Wrong> {
        let words = &session.words;
        let reason = clean(&form.value(0)).trim().to_owned();
        if reason.is_empty() {
            return Err(Wrong::new(0, words.say(Text("form.need_reason"))));
        }
        let contact = form.value(1).parse().map_err(|_| Wrong::new(1, words.say(Text("form.choose"))))?;
        Ok(Change::Access(AccessChange::Reveal { contact, reason }))
    }
}

/// Grants a right over a customer.
#[derive(Debug, Clone, Copy)]
pub struct NewRight {
    customer: CustomerId,
}

impl NewRight {
    /// Over a customer.
    pub const fn new(customer: CustomerId) -> Self {
        Self { customer }
    }

    /// To whom, which right, until when, what share, why.
    pub fn form(session: &Session, card: &Card, users: &[UserRow]) -> Form {
        let words = &session.words;
        let own = session.me.as_ref().and_then(|me| me.user.team.as_ref()).map(|(team, _)| *team);
        let mut others: Vec<&UserRow> = users
            .iter()
            .filter(|user| user.id != session.user())
            .filter(|user| card.owner.as_ref().is_none_or(|(owner, _)| *owner != user.id))
            .collect();
        // the own team first: who else would be meant
        others.sort_by_key(|user| user.team.as_ref().map(|(team, _)| *team) != own);
        let whom = others.into_iter().map(|user| (user.id.to_string(), user.name.clone())).collect();
        let rights = [OwnerRight::Collaborate, OwnerRight::View, OwnerRight::Credit]
            .map(|right| (right.as_str().to_owned(), words.name("owner_right", right.as_str()).to_owned()));
        Form::new(
            words.say(Text("action.grant")),
            card.name.clone(),
            vec![
                Field::chosen(words.say(Text("form.whom")), whom, ""),
                Field::chosen(
                    words.say(Text("form.right")),
                    rights.to_vec(),
                    OwnerRight::Collaborate.as_str(),
                ),
                Field::typed(words.say(Text("form.until")), "").hint(words.say(Text("form.until_hint"))),
                Field::typed(words.say(Text("form.share")), "").hint(words.say(Text("form.share_hint"))),
                Field::typed(words.say(Text("column.why")), ""),
            ],
        )
    }
}

impl Entry for NewRight {
    fn change(&self, form: &Form, session: &Session, _: Option<&Card>) -> Result<Change, Wrong> {
        let words = &session.words;
        let choose = |place| Wrong::new(place, words.say(Text("form.choose")));
        let to = form.value(0).parse().map_err(|_| choose(0))?;
        let right = OwnerRight::parse(&form.value(1)).ok_or_else(|| choose(1))?;
        let typed = form.value(2);
        let until = match typed.trim() {
            "" => None,
            typed => Some(
                time::typed(typed, session.now, session.zone())
                    .filter(|at| *at > session.now)
                    .ok_or_else(|| Wrong::new(2, words.say(Text("when.unclear"))))?,
            ),
        };
        let share_bp = match (right, percent(&form.value(3))) {
            (OwnerRight::Credit, Some(share)) => share,
            (OwnerRight::Credit, None) => return Err(Wrong::new(3, words.say(Text("form.need_share")))),
            _ => 0,
        };
        let reason = clean(&form.value(4)).trim().to_owned();
        let customer = self.customer;
        let new = NewGrant { customer, to, right, process: String::new(), until, share_bp, reason };
        Ok(Change::Access(AccessChange::Grant(Box::new(new))))
    }
}
