//! The look, chosen while it is seen.

use std::sync::Arc;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::app::{Act, Context, Cx, Effect, Event, Flow, Layer, Session, View};
use crate::dialog::{hints, meant_for_dialogs, options, pointed};
use crate::text::Text;
use crate::theme::Theme;
use crate::widget::{Choice, Item, Popup, window};

/// The chooser of themes: each is shown at once, Esc brings the one before back.
#[derive(Debug, Clone)]
pub struct Themes {
    before: Arc<Theme>,
    selected: usize,
}

impl Themes {
    /// Begins at the theme in use.
    pub fn new(session: &Session) -> Self {
        let before = Arc::clone(&session.theme);
        let selected = Theme::NAMES.iter().position(|name| *name == before.name()).unwrap_or(0);
        Self { before, selected }
    }

    fn show(&self, session: &mut Session) {
        let theme =
            Theme::NAMES.get(self.selected).and_then(|name| Theme::builtin(name, self.before.depth()));
        if let Some(theme) = theme {
            session.theme = Arc::new(theme);
        }
    }
}

impl Layer for Themes {
    fn context(&self) -> Context {
        Context::Choice
    }

    fn covers(&self) -> bool {
        false
    }

    fn update(&mut self, event: &Event, cx: &mut Cx<'_>) -> Flow {
        let count = Theme::NAMES.len();
        match event {
            Event::Act(act @ (Act::Up | Act::Down | Act::Top | Act::Bottom)) => {
                self.selected = match act {
                    Act::Up => window::step(self.selected, -1, count),
                    Act::Down => window::step(self.selected, 1, count),
                    Act::Top => 0,
                    _ => count - 1,
                };
                self.show(cx.session);
            }
            event if pointed(event).is_some() => {
                self.selected = pointed(event).unwrap_or(self.selected).min(count - 1);
                self.show(cx.session);
            }
            Event::Turned(..) => return Flow::Passed,
            Event::Act(Act::Accept) => {
                if let Some(name) = Theme::NAMES.get(self.selected) {
                    cx.effect(Effect::Remember("theme".to_owned(), (*name).to_owned()));
                }
                cx.pop();
            }
            Event::Act(Act::Back) => {
                cx.session.theme = Arc::clone(&self.before);
                cx.pop();
            }
            event if meant_for_dialogs(event) => {}
            _ => return Flow::Passed,
        }
        Flow::Used
    }

    fn render(&self, area: Rect, buf: &mut Buffer, view: &View<'_>) -> Option<Position> {
        let session = view.session;
        let items: Vec<Item<'_>> =
            Theme::NAMES.iter().map(|name| Item::new("", session.words.name("theme", name))).collect();
        let choice = Choice::new(&items).selected(Some(self.selected));
        let popup = Popup::new(session.words.say(Text("action.theme")), 34, choice.height(34)).bottom(hints(
            session,
            Context::Choice,
            Text("form.choose_keys"),
        ));
        let inside = popup.render(area, buf, &session.theme);
        options(&choice, inside, buf, session)
    }
}
