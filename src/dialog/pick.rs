//! One of several: what is picked is done with at once.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::app::{Act, Context, Cx, Event, View};
use crate::dialog::{Ask, Step, arrow, hints, hotkey, options, pointed};
use crate::text::Text;
use crate::widget::{Choice, Item, Popup, window};

/// Asks for one of several; answers with its place.
#[derive(Debug, Clone)]
pub struct Pick {
    title: String,
    options: Vec<String>,
    selected: usize,
}

impl Pick {
    /// Options under a title.
    pub fn new(title: impl Into<String>, options: Vec<String>) -> Self {
        Self { title: title.into(), options, selected: 0 }
    }
}

impl Ask for Pick {
    type Answer = usize;

    fn update(&mut self, event: &Event, cx: &mut Cx<'_>) -> Step<usize> {
        if let Some(by) = arrow(event) {
            self.selected = window::step(self.selected, by, self.options.len());
            return Step::Stay;
        }
        if let Some(row) = pointed(event) {
            self.selected = row;
            return Step::Stay;
        }
        let chosen = match event {
            Event::Act(Act::Back) => return Step::Cancel,
            Event::Act(Act::Accept) => Some(self.selected),
            _ => hotkey(event).and_then(|key| cx.session.keymap.choice(key)),
        };
        chosen.filter(|chosen| *chosen < self.options.len()).map_or(Step::Stay, Step::Done)
    }

    fn render(&self, area: Rect, buf: &mut Buffer, view: &View<'_>) -> Option<Position> {
        let session = view.session;
        let keys = session.keymap.choices().map(String::from).chain(std::iter::repeat(String::new()));
        let items: Vec<Item<'_>> =
            keys.zip(&self.options).map(|(key, option)| Item::new(key, option.as_str())).collect();
        let choice = Choice::new(&items).selected(Some(self.selected));
        let popup = Popup::new(self.title.as_str(), 56, choice.height(56)).bottom(hints(
            session,
            Context::Form,
            Text("form.choose_keys"),
        ));
        let inside = popup.render(area, buf, &session.theme);
        options(&choice, inside, buf, session)
    }
}
