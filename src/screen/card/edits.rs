//! What can be edited: name, city, source, and every field of customer, member and deal by its type.

use crate::app::speak::{fact, named};
use crate::app::{Cx, Notice, Session};
use crate::dialog::Asking;
use crate::dialog::customer::EditOne;
use crate::dialog::filling::Filling;
use crate::dialog::pick::Pick;
use crate::dialog::value::{SetValue, stored};
use crate::domain::lists::{DealState, Entity, FieldRight, Role};
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
            let Some((_, on, field, right)) = at.checked_sub(1).and_then(|at| edits.get(at)) else {
                let form = EditOne::form(cx.session, &card);
                cx.push(Filling::new(EditOne::new(&card), form));
                return;
            };
            if *right < FieldRight::Write {
                let words = cx.session.words.say(Text("card.locked_by")).to_owned();
                cx.say(Notice::refused(words));
                return;
            }
            let entry = SetValue::new(&card, *on, field.clone());
            let form = entry.form(cx.session, &card.name);
            cx.push(Filling::new(entry, form));
        }));
    }
}

/// Fields with their owner's name and their value, those of the customer first.
fn edits(session: &Session, card: &query::Card) -> Vec<(String, FieldOwner, Field, FieldRight)> {
    let Some(playbook) = session.playbook() else { return Vec::new() };
    let mut edits = Vec::new();
    let role = session.me.as_ref().map_or(Role::Rep, |me| me.user.role);
    let mut add = |on: FieldOwner, whose: &str, (entity, process): (Entity, Option<&str>)| {
        for field in playbook.fields.iter().filter(|field| field.on == entity) {
            let right = playbook.access.field(role, process, &field.code);
            if right == FieldRight::Hide {
                continue;
            }
            let value = stored(card, on, &field.code);
            let value =
                if value.is_empty() { "–".to_owned() } else { fact::shown(session, &field.code, &value) };
            let name = named(session, &field.name);
            let whose = if whose.is_empty() { String::new() } else { format!("{whose} · ") };
            let mut line = format!("{whose}{name}: {value}");
            if right < FieldRight::Write {
                line = format!("{line} · {}", session.words.say(Text("card.locked")));
            }
            edits.push((line, on, field.clone(), right));
        }
    };
    add(FieldOwner::Customer(card.id), "", (Entity::Customer, None));
    for deal in card.deals.iter().filter(|deal| deal.state == DealState::Open && deal.stage.is_some()) {
        let name = crate::app::speak::pipeline(session, &deal.pipeline);
        let process = playbook.pipeline(&deal.pipeline).map(|pipeline| pipeline.process.as_str());
        add(FieldOwner::Deal(deal.id), &name, (Entity::Opportunity, process));
    }
    for person in &card.persons {
        let name =
            if person.name.is_empty() { session.words.say(Text("common.unknown")) } else { &person.name };
        add(FieldOwner::Person(person.id), name, (Entity::Person, None));
    }
    edits
}
