//! Why: the playbook's reasons for skipping and losing, one key each.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::app::speak::named;
use crate::app::{Act, Context, Cx, Event, Session, View};
use crate::dialog::{Ask, Step, arrow, hints, hotkey, options, pointed};
use crate::domain::code::ReasonCode;
use crate::playbook::model::Reason;
use crate::text::Text;
use crate::theme::Role;
use crate::widget::{Choice, Item, Popup, draw, piece, window};

/// Asks for a reason.
#[derive(Debug, Clone)]
pub struct Why {
    title: Text,
    about: String,
    reasons: Vec<Reason>,
    selected: usize,
}

impl Why {
    /// Asks why a task is skipped; `about` names the customer.
    pub fn skip(session: &Session, about: impl Into<String>) -> Self {
        let reasons = session.playbook().map(|p| p.reasons.skip.clone()).unwrap_or_default();
        Self { title: Text("dialog.skip"), about: about.into(), reasons, selected: 0 }
    }

    /// Asks why a deal is lost; `about` names the customer.
    pub fn lost(session: &Session, about: impl Into<String>) -> Self {
        let reasons = session.playbook().map(|p| p.reasons.lost.clone()).unwrap_or_default();
        Self { title: Text("dialog.lost"), about: about.into(), reasons, selected: 0 }
    }
}

impl Ask for Why {
    type Answer = ReasonCode;

    fn update(&mut self, event: &Event, _: &mut Cx<'_>) -> Step<ReasonCode> {
        if let Some(by) = arrow(event) {
            self.selected = window::step(self.selected, by, self.reasons.len());
            return Step::Stay;
        }
        if let Some(row) = pointed(event) {
            self.selected = row;
            return Step::Stay;
        }
        let chosen = match event {
            Event::Act(Act::Back) => return Step::Cancel,
            Event::Act(Act::Accept) => self.reasons.get(self.selected),
            _ => hotkey(event).and_then(|key| self.reasons.iter().find(|reason| reason.key == key)),
        };
        chosen.map_or(Step::Stay, |reason| Step::Done(reason.code.clone()))
    }

    fn render(&self, area: Rect, buf: &mut Buffer, view: &View<'_>) -> Option<Position> {
        let session = view.session;
        let items: Vec<Item<'_>> = self
            .reasons
            .iter()
            .map(|reason| Item::new(reason.key.to_string(), named(session, &reason.name)))
            .collect();
        let high = u16::try_from(items.len()).unwrap_or(u16::MAX).saturating_add(1);
        let popup = Popup::new(session.words.say(self.title), 44, high).bottom(hints(
            session,
            Context::Form,
            Text("dialog.choice_keys"),
        ));
        let inside = popup.render(area, buf, &session.theme);
        draw(&[piece(self.about.as_str(), Role::Dim)], inside, buf, &session.theme);
        let list =
            Rect { y: inside.y + inside.height.min(1), height: inside.height.saturating_sub(1), ..inside };
        options(&Choice::new(&items).selected(Some(self.selected)), list, buf, session)
    }
}
