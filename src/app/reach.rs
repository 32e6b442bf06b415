//! Dialling and copying a number, or the id of a contact. One that is masked is asked for when it is needed, and never drawn.

use crate::app::event::Ticket;
use crate::app::{Cx, Effect, Notice};
use crate::domain::id::ContactId;
use crate::domain::phone::PhoneNumber;
use crate::store::StoreError;
use crate::store::query::customer::CardContact;
use crate::store::query::{Answer, Query};
use crate::text::Text;

/// A way of contact that can be dialled or copied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// A number that is known.
    Known(PhoneNumber),
    /// One that came masked.
    Masked(ContactId),
}

/// What is done with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// It is dialled.
    Dial,
    /// It is copied.
    Copy,
}

impl Reach {
    /// The way a contact can be reached; `None` for what is no number.
    pub fn of(contact: &CardContact) -> Option<Self> {
        if contact.is_masked {
            return Some(Self::Masked(contact.id));
        }
        PhoneNumber::new(contact.norm.clone()).ok().map(Self::Known)
    }
}

/// Dials or copies; a number that is masked is asked for first.
pub fn reach(reach: &Reach, deed: Deed, cx: &mut Cx<'_>) {
    match reach {
        Reach::Known(number) => take(number.clone(), deed, cx),
        Reach::Masked(contact) => {
            let by = cx.viewer();
            cx.session.reaching = Some((cx.read(Query::ToDial { contact: *contact, by }), deed));
        }
    }
}

/// Does with a number that was asked for what it was asked for, or says why it is not told. Only the last one asked for counts.
pub fn answered(ticket: Ticket, answer: &Result<Answer, StoreError>, cx: &mut Cx<'_>) {
    let Some((_, deed)) = cx.session.reaching.take_if(|(asked, _)| *asked == ticket) else { return };
    match answer {
        Ok(Answer::ToDial(norm)) => match (PhoneNumber::new(norm.clone()), deed) {
            (Ok(number), deed) => take(number, deed, cx),
            (Err(_), Deed::Copy) => copy(norm.clone(), cx),
            (Err(_), Deed::Dial) => {}
        },
        Ok(_) => {}
        Err(error) => {
            cx.refuse(error);
        }
    }
}

fn take(number: PhoneNumber, deed: Deed, cx: &mut Cx<'_>) {
    match deed {
        Deed::Dial => cx.effect(Effect::Dial(number)),
        Deed::Copy => copy(number.national(), cx),
    }
}

fn copy(text: String, cx: &mut Cx<'_>) {
    cx.effect(Effect::Copy(text));
    let words = cx.session.words.say(Text("call.copied")).to_owned();
    cx.say(Notice::done(words));
}
