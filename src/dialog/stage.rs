//! Advance: exactly the facts that the next stage requires and that are not known (S001-62).

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::app::speak::{merge, named};
use crate::app::{Cx, Event, Session, View};
use crate::dialog::facts::Facts;
use crate::dialog::{Ask, Step};
use crate::domain::code::{FieldCode, StageCode};
use crate::domain::id::DealId;
use crate::store::change::DealChange;
use crate::store::query::Card;
use crate::store::query::customer::CardDeal;
use crate::text::Text;

/// Where an advance stands.
#[derive(Debug, Clone)]
pub enum Advance {
    /// Nothing is missing: this can be written.
    Ready(DealChange),
    /// Facts are asked first.
    Ask(Box<Ahead>),
    /// The next stage is won with an order.
    Win,
    /// There is no stage ahead.
    None,
}

/// The form of an advance.
#[derive(Debug, Clone)]
pub struct Ahead {
    deal: DealId,
    to: StageCode,
    facts: Facts,
}

/// Looks at what the next stage of a deal asks for.
pub fn advance(session: &Session, card: &Card, deal: &CardDeal) -> Advance {
    let Some((playbook, now)) = session.playbook().zip(deal.stage.as_ref()) else { return Advance::None };
    let Some(next) = playbook.next_stage(&deal.pipeline, now) else { return Advance::None };
    if next.closes_won {
        return Advance::Win;
    }
    let missing = missing(card, deal, &next.required);
    let title = session.words.fill(Text("dialog.advance"), &[("stage", &named(session, &next.name))]);
    let facts = Facts::new(session, title, &missing).required();
    if facts.is_empty() {
        return Advance::Ready(DealChange::Move { deal: deal.id, to: next.code.clone(), set: Vec::new() });
    }
    Advance::Ask(Box::new(Ahead { deal: deal.id, to: next.code.clone(), facts }))
}

/// Fields of a list that are not recorded: on the deal, the customer or a member.
pub fn missing(card: &Card, deal: &CardDeal, fields: &[FieldCode]) -> Vec<FieldCode> {
    let known = |code: &&FieldCode| {
        deal.fields.get(*code).is_some_and(|value| !value.is_empty())
            || merge::recorded_off_deals(card, code).is_some()
    };
    fields.iter().filter(|code| !known(code)).cloned().collect()
}

impl Ahead {
    /// The codes asked, in the stage's order.
    pub fn codes(&self) -> Vec<FieldCode> {
        self.facts.codes()
    }
}

impl Ask for Ahead {
    type Answer = DealChange;

    fn is_typing(&self) -> bool {
        self.facts.is_typing()
    }

    fn update(&mut self, event: &Event, cx: &mut Cx<'_>) -> Step<DealChange> {
        match self.facts.update(event, cx) {
            Step::Stay => Step::Stay,
            Step::Cancel => Step::Cancel,
            Step::Done(set) => Step::Done(DealChange::Move { deal: self.deal, to: self.to.clone(), set }),
        }
    }

    fn render(&self, area: Rect, buf: &mut Buffer, view: &View<'_>) -> Option<Position> {
        self.facts.render(area, buf, view)
    }
}
