//! What can be edited: name, city, source, and every field of customer, member and deal by its type.

use crate::app::speak::{fact, named};
use crate::app::{Cx, Session};
use crate::dialog::Asking;
use crate::dialog::customer::EditOne;
use crate::dialog::filling::Filling;
use crate::dialog::pick::Pick;
use crate::dialog::value::{SetValue, stored};
use crate::domain::lists::{DealState, Entity};
use crate::playbook::model::Field;
use crate::screen::card::Card;
use crate::store::change::customer::FieldOwner;
use crate::store::query;
use crate::text::Text;

impl Card {
    /// Asks what is to be edited, with what stands there now beside it.
    pub(super) fn edit(card: &query::Card, cx: &mut Cx<'_>) {
        let edits = edits(cx.session, card);
        let head = cx.session.words.say(Text("card.edit_head")).to_owned();
        let names = std::iter::once(head).chain(edits.iter().map(|(name, ..)| name.clone())).collect();
        let pick = Pick::new(cx.session.words.say(Text("action.edit")), names);
        let card = card.clone();
        cx.push(Asking::new(pick, move |at, cx| {
            let Some((_, on, field)) = at.checked_sub(1).and_then(|at| edits.get(at)) else {
                let form = EditOne::form(cx.session, &card);
                cx.push(Filling::new(EditOne::new(&card), form));
                return;
            };
            let entry = SetValue::new(&card, *on, field.clone());
            let form = entry.form(cx.session, &card.name);
            cx.push(Filling::new(entry, form));
        }));
    }
}

/// Fields with their owner's name and their value, those of the customer first.
fn edits(session: &Session, card: &query::Card) -> Vec<(String, FieldOwner, Field)> {
    let Some(playbook) = session.playbook() else { return Vec::new() };
    let mut edits = Vec::new();
    let mut add = |on: FieldOwner, whose: &str, entity: Entity| {
        for field in playbook.fields.iter().filter(|field| field.on == entity) {
            let value = stored(card, on, &field.code);
            let value =
                if value.is_empty() { "–".to_owned() } else { fact::shown(session, &field.code, &value) };
            let name = named(session, &field.name);
            let whose = if whose.is_empty() { String::new() } else { format!("{whose} · ") };
            edits.push((format!("{whose}{name}: {value}"), on, field.clone()));
        }
    };
    add(FieldOwner::Customer(card.id), "", Entity::Customer);
    for deal in card.deals.iter().filter(|deal| deal.state == DealState::Open && deal.stage.is_some()) {
        let name = crate::app::speak::pipeline(session, &deal.pipeline);
        add(FieldOwner::Deal(deal.id), &name, Entity::Opportunity);
    }
    for person in &card.persons {
        let name =
            if person.name.is_empty() { session.words.say(Text("common.unknown")) } else { &person.name };
        add(FieldOwner::Person(person.id), name, Entity::Person);
    }
    edits
}
