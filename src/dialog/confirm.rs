//! Asks before what cannot be undone, and only there.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::app::{Act, Context, Cx, Event, View};
use crate::dialog::{Ask, Step, reading};
use crate::text::Text;
use crate::theme::Role;
use crate::widget::{Lines, Popup, piece};

/// Asks whether something that cannot be undone is meant.
#[derive(Debug, Clone)]
pub struct Confirm {
    what: String,
}

impl Confirm {
    /// `what` says what will be done, to whom, and that it stays.
    pub fn new(what: impl Into<String>) -> Self {
        Self { what: what.into() }
    }
}

impl Ask for Confirm {
    type Answer = ();

    fn context(&self) -> Context {
        Context::Choice
    }

    fn update(&mut self, event: &Event, _: &mut Cx<'_>) -> Step<()> {
        // Enter alone does not do it: a doubled key must not
        match event {
            Event::Act(Act::Yes) => Step::Done(()),
            Event::Act(Act::Back | Act::No) => Step::Cancel,
            _ => Step::Stay,
        }
    }

    fn render(&self, area: Rect, buf: &mut Buffer, view: &View<'_>) -> Option<Position> {
        let session = view.session;
        let lines = [vec![piece(self.what.as_str(), Role::Text)]];
        let text = Lines::new(&lines);
        let popup = Popup::new(session.words.say(Text("confirm.title")), 54, text.height(54))
            .bottom(vec![piece(session.keyed(Context::Choice, Text("dialog.confirm_keys"), &[]), Role::Key)]);
        let inside = popup.render(area, buf, &session.theme);
        text.render(inside, buf, &session.theme);
        reading(inside, session)
    }
}
