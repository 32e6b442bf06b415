//! What is held back, by which rule, and until when (S001-74).

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::app::speak::{reason, time};
use crate::app::{Act, Context, Cx, Event, Part, View};
use crate::dialog::{Ask, Step, arrow, hints, pointed, reading};
use crate::store::query::HeldTask;
use crate::text::Text;
use crate::theme::Role;
use crate::widget::{Column, Popup, Row, Table, draw, piece, window};

/// The list of what is held back.
#[derive(Debug, Clone)]
pub struct HeldBack {
    rows: Vec<HeldTask>,
    selected: usize,
}

impl HeldBack {
    /// These tasks, soonest freed first.
    pub const fn new(rows: Vec<HeldTask>) -> Self {
        Self { rows, selected: 0 }
    }
}

impl Ask for HeldBack {
    type Answer = ();

    fn update(&mut self, event: &Event, _: &mut Cx<'_>) -> Step<()> {
        if let Some(by) = arrow(event) {
            self.selected = window::step(self.selected, by, self.rows.len());
            return Step::Stay;
        }
        if let Some(row) = pointed(event) {
            self.selected = row;
            return Step::Stay;
        }
        match event {
            Event::Act(Act::Back | Act::Accept | Act::Held) => Step::Cancel,
            _ if crate::dialog::hotkey(event).is_some() => Step::Cancel,
            _ => Step::Stay,
        }
    }

    fn render(&self, area: Rect, buf: &mut Buffer, view: &View<'_>) -> Option<Position> {
        let session = view.session;
        let (words, theme) = (&session.words, &session.theme);
        let high =
            u16::try_from(self.rows.len().max(1)).unwrap_or(u16::MAX).min(area.height.saturating_sub(6));
        let popup = Popup::new(words.say(Text("action.held")), 74, high.saturating_add(1)).bottom(hints(
            session,
            Context::Form,
            Text("dialog.close_keys"),
        ));
        let inside = popup.render(area, buf, theme);
        if self.rows.is_empty() {
            draw(&[piece(words.say(Text("today.none_held")), Role::Dim)], inside, buf, theme);
            return reading(inside, session);
        }
        let columns = [
            Column::fixed(words.say(Text("held.free")), 14).priority(0),
            Column::flex(words.say(Text("column.customer")), 10).priority(0),
            Column::flex(words.say(Text("held.rule")), 18).weight(2).priority(0),
            Column::fixed(words.say(Text("held.lane")), 10).priority(2),
        ];
        let rows: Vec<Row<'_>> = self
            .rows
            .iter()
            .map(|held| {
                let free = held
                    .held
                    .until
                    .map_or_else(|| words.say(Text("held.never")).to_owned(), |at| time::when(session, at));
                let rule = words.name("rule", reason::rule_word(held.held.rule));
                Row::new([
                    vec![piece(free, Role::Held)],
                    vec![piece(held.task.customer_name.as_str(), Role::Text)],
                    vec![piece(rule, Role::Held)],
                    vec![piece(words.name("lane", held.task.lane.as_str()), Role::Dim)],
                ])
            })
            .collect();
        let table = Table::new(&columns, &rows).head(true).selected(Some(self.selected));
        session.hits.rows(inside, Part::default(), |place| {
            table.row_at(inside, place).and_then(|row| i64::try_from(row).ok())
        });
        table.render(inside, buf, theme)
    }
}
