//! Any action by its name, in either language.

use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::app::action::Action;
use crate::app::{Act, Context, Cx, Event, Flow, Layer, Part, Session, View};
use crate::dialog::help::moves;
use crate::dialog::{arrow, candidate, hints, meant_for_dialogs, pointed, typed};
use crate::input::Key;
use crate::text::{Text, Words};
use crate::theme::Role;
use crate::widget::{Column, Popup, Row, Table, TextField, piece, window};

/// The palette: type a part of an action's name, Enter does it on the screen underneath.
#[derive(Debug, Clone)]
pub struct Palette {
    field: TextField,
    /// What the actions are done in.
    about: Context,
    actions: Vec<&'static Action>,
    other: Words,
    /// Indexes into `actions`, the best match first.
    found: Vec<usize>,
    selected: usize,
}

impl Palette {
    /// The actions of the context that asked for it.
    pub fn new(session: &Session) -> Self {
        let own = |act: Act| matches!(act, Act::Palette | Act::Accept | Act::Back);
        let listed = |action: &&Action| !moves(action.act) && !own(action.act);
        let actions: Vec<_> = session.keymap.of(session.context).filter(listed).collect();
        let other = Words::new(session.words.lang().other());
        let found = (0..actions.len()).collect();
        let about = session.context;
        Self { field: TextField::default().limit(40), about, actions, other, found, selected: 0 }
    }

    fn look(&mut self, words: &Words) {
        let text = self.field.text();
        let pattern = Pattern::parse(text.trim(), CaseMatching::Ignore, Normalization::Smart);
        let mut matcher = Matcher::new(Config::DEFAULT);
        let mut buffer = Vec::new();
        let mut score = |name: &str| pattern.score(Utf32Str::new(name, &mut buffer), &mut matcher);
        let mut found: Vec<(u32, usize)> = self
            .actions
            .iter()
            .enumerate()
            .filter_map(|(index, action)| {
                let names = [words.say(action.label), self.other.say(action.label), action.id];
                Some((names.into_iter().filter_map(&mut score).max()?, index))
            })
            .collect();
        // stable: equals keep the table's order
        found.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
        self.found = found.into_iter().map(|(_, index)| index).collect();
        self.selected = 0;
    }

    fn action(&self, place: usize) -> Option<&'static Action> {
        self.found.get(place).and_then(|index| self.actions.get(*index)).copied()
    }
}

impl Layer for Palette {
    fn context(&self) -> Context {
        Context::Palette
    }

    fn is_typing(&self) -> bool {
        true
    }

    fn covers(&self) -> bool {
        false
    }

    fn update(&mut self, event: &Event, cx: &mut Cx<'_>) -> Flow {
        if let Some(by) = arrow(event) {
            self.selected = window::step(self.selected, by, self.found.len());
            return Flow::Used;
        }
        if let Some(action) = pointed(event) {
            self.selected = self.found.iter().position(|found| *found == action).unwrap_or(self.selected);
            return Flow::Used;
        }
        match event {
            Event::Act(Act::Back) => cx.pop(),
            Event::Act(Act::Accept) => {
                cx.pop();
                if let Some(action) = self.action(self.selected) {
                    cx.act(action.act);
                }
            }
            Event::Act(Act::PageUp) => self.selected = window::step(self.selected, -8, self.found.len()),
            Event::Act(Act::PageDown) => self.selected = window::step(self.selected, 8, self.found.len()),
            event if meant_for_dialogs(event) => {
                if typed(&mut self.field, event) {
                    self.look(&cx.session.words.clone());
                }
            }
            _ => return Flow::Passed,
        }
        Flow::Used
    }

    fn render(&self, area: Rect, buf: &mut Buffer, view: &View<'_>) -> Option<Position> {
        let session = view.session;
        let (words, theme) = (&session.words, &session.theme);
        let rows: Vec<Row<'_>> = self
            .found
            .iter()
            .filter_map(|index| self.actions.get(*index))
            .map(|action| {
                let key = session.keymap.key(self.about, action.act).map(Key::label).unwrap_or_default();
                Row::new([
                    vec![piece(words.say(action.label), Role::Text)],
                    vec![piece(self.other.say(action.label), Role::Dim)],
                    vec![piece(key, Role::Key)],
                ])
            })
            .collect();
        let high = u16::try_from(self.actions.len()).unwrap_or(u16::MAX).saturating_add(1).min(18);
        let popup = Popup::new(words.say(Text("palette.title")), 54, high).bottom(hints(
            session,
            Context::Palette,
            Text("form.choose_keys"),
        ));
        let inside = popup.render(area, buf, theme);
        let first = self.action(self.selected).map_or("", |action| words.say(action.label));
        let row = Rect { height: inside.height.min(1), ..inside };
        let field = candidate(row, first, buf, session);
        let caret = self.field.view().placeholder(words.say(Text("palette.type"))).render(field, buf, theme);
        let list = Rect {
            y: inside.y.saturating_add(1).min(inside.bottom()),
            height: inside.height.saturating_sub(1),
            ..inside
        };
        let columns = [
            Column::flex("", 14).priority(0),
            Column::flex("", 14).priority(2),
            Column::fixed("", 9).right(),
        ];
        let table = Table::new(&columns, &rows).selected(Some(self.selected));
        session.hits.rows(list, Part::default(), |place| {
            let found = table.row_at(list, place).and_then(|row| self.found.get(row));
            found.and_then(|action| i64::try_from(*action).ok())
        });
        table.render(list, buf, theme);
        caret
    }
}
