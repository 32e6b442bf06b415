//! Two writers: both values side by side, and which is kept.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::app::{Act, Context, Event, Session};
use crate::dialog::{arrow, hints, hotkey, options, pointed};
use crate::text::Text;
use crate::theme::Role;
use crate::widget::{Choice, Column, Item, Popup, Row, Table, draw, piece, window};

/// What the second writer decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The other's values stay.
    Theirs,
    /// The own values are written over them.
    Mine,
    /// Back to the form.
    Back,
}

/// Two writers' values.
#[derive(Debug, Clone)]
pub(super) struct Conflict {
    by: String,
    /// Label, theirs, mine.
    rows: Vec<(String, String, String)>,
    selected: usize,
}

impl Conflict {
    pub(super) const fn new(by: String, rows: Vec<(String, String, String)>) -> Self {
        Self { by, rows, selected: 0 }
    }

    pub(super) fn update(&mut self, event: &Event, session: &Session) -> Option<Verdict> {
        if let Some(by) = arrow(event) {
            self.selected = window::step(self.selected, by, 2);
            return None;
        }
        if let Some(row) = pointed(event) {
            self.selected = row;
            return None;
        }
        let chosen = match (event, hotkey(event).and_then(|key| session.keymap.choice(key))) {
            (Event::Act(Act::Back), _) => return Some(Verdict::Back),
            (Event::Act(Act::Accept), _) => self.selected,
            (_, Some(option)) => option,
            _ => return None,
        };
        match chosen {
            0 => Some(Verdict::Theirs),
            1 => Some(Verdict::Mine),
            _ => None,
        }
    }

    pub(super) fn render(&self, area: Rect, buf: &mut Buffer, session: &Session) -> Option<Position> {
        let (words, theme) = (&session.words, &session.theme);
        let high = u16::try_from(self.rows.len()).unwrap_or(u16::MAX).saturating_add(5);
        let popup = Popup::new(words.say(Text("form.conflict")), 66, high).bottom(hints(
            session,
            Context::Choice,
            Text("form.choose_keys"),
        ));
        let inside = popup.render(area, buf, theme);
        let part = |y: u16, height: u16| {
            Rect { y: inside.y.saturating_add(y), height, ..inside }.intersection(inside)
        };
        let said = words.fill(Text("form.conflict_by"), &[("by", &self.by)]);
        draw(&[piece(said, Role::Warning)], part(0, 1), buf, theme);
        let rows: Vec<Row<'_>> = self
            .rows
            .iter()
            .map(|(label, theirs, mine)| {
                let shown = |value: &str| if value.is_empty() { "–".to_owned() } else { value.to_owned() };
                Row::new([
                    vec![piece(label.as_str(), Role::Dim)],
                    vec![piece(shown(theirs), Role::Text)],
                    vec![piece(shown(mine), Role::Accent)],
                ])
            })
            .collect();
        let columns = [
            Column::flex("", 8).priority(0),
            Column::flex(words.say(Text("form.theirs")), 12).weight(2).priority(0),
            Column::flex(words.say(Text("form.mine")), 12).weight(2).priority(0),
        ];
        let table = inside.height.saturating_sub(4);
        Table::new(&columns, &rows).head(true).render(part(1, table), buf, theme);
        let said = [
            words.fill(Text("form.keep_theirs"), &[("by", &self.by)]),
            words.say(Text("form.write_mine")).to_owned(),
        ];
        let keys = session.keymap.choices().map(String::from).chain(std::iter::repeat(String::new()));
        let items: Vec<Item<'_>> = keys.zip(said).map(|(key, said)| Item::new(key, said)).collect();
        let below = part(inside.height.saturating_sub(2), 2);
        options(&Choice::new(&items).selected(Some(self.selected)), below, buf, session)
    }
}
