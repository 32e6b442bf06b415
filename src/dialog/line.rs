//! One line of text: a notebook line, a WeChat id, a reason in own words.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::app::{Act, Context, Cx, Event, View};
use crate::dialog::{Ask, Step, hints, typed};
use crate::text::Text;
use crate::theme::Role;
use crate::widget::{Popup, TextField, draw, piece};

/// Asks for one line.
#[derive(Debug, Clone)]
pub struct Line {
    title: Text,
    about: String,
    field: TextField,
}

impl Line {
    /// A line that begins as `text`; `about` says whose it is.
    pub fn new(title: Text, about: impl Into<String>, text: &str) -> Self {
        Self { title, about: about.into(), field: TextField::new(text).limit(500) }
    }
}

impl Ask for Line {
    type Answer = String;

    fn is_typing(&self) -> bool {
        true
    }

    fn update(&mut self, event: &Event, _: &mut Cx<'_>) -> Step<String> {
        match event {
            Event::Act(Act::Back) => return Step::Cancel,
            Event::Act(Act::Accept | Act::Save) => return Step::Done(self.field.text().trim().to_owned()),
            _ => {
                typed(&mut self.field, event);
            }
        }
        Step::Stay
    }

    fn render(&self, area: Rect, buf: &mut Buffer, view: &View<'_>) -> Option<Position> {
        let session = view.session;
        let popup = Popup::new(session.words.say(self.title), 56, 2).bottom(hints(
            session,
            Context::Form,
            Text("dialog.line_keys"),
        ));
        let inside = popup.render(area, buf, &session.theme);
        let used = draw(&[piece(self.about.as_str(), Role::Dim)], inside, buf, &session.theme);
        let row = if session.theme.manner().is_spoken() {
            // read aloud, what a field is for stands before it on its own line
            let used = (used + 1).min(inside.width / 2);
            Rect { x: inside.x + used, width: inside.width - used, height: inside.height.min(1), ..inside }
        } else {
            Rect { y: inside.y + 1, height: inside.height.saturating_sub(1).min(1), ..inside }
        };
        self.field.view().render(row, buf, &session.theme)
    }
}
