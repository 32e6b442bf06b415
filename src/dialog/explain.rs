//! Why a row stands where it does (S003-10): the parts of its score, which sum to it.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::app::speak::{reason, time};
use crate::app::{Act, Context, Cx, Event, View};
use crate::dialog::{Ask, Step, hints, hotkey, reading};
use crate::store::query::TaskRow;
use crate::text::Text;
use crate::text::format::signed;
use crate::theme::Role;
use crate::widget::{Popup, draw, draw_right, piece};

/// Explains a task.
#[derive(Debug, Clone)]
pub struct Explain {
    row: Box<TaskRow>,
}

impl Explain {
    /// Explains this task.
    pub fn new(row: &TaskRow) -> Self {
        Self { row: Box::new(row.clone()) }
    }
}

impl Ask for Explain {
    type Answer = ();

    fn update(&mut self, event: &Event, _: &mut Cx<'_>) -> Step<()> {
        match (event, hotkey(event)) {
            (Event::Act(Act::Back | Act::Accept), _) | (_, Some(_)) => Step::Cancel,
            _ => Step::Stay,
        }
    }

    fn render(&self, area: Rect, buf: &mut Buffer, view: &View<'_>) -> Option<Position> {
        let session = view.session;
        let (words, theme) = (&session.words, &session.theme);
        let high = u16::try_from(self.row.parts.len()).unwrap_or(20).saturating_add(6);
        let popup = Popup::new(words.say(Text("action.explain")), 48, high).bottom(hints(
            session,
            Context::Form,
            Text("dialog.close_keys"),
        ));
        let inside = popup.render(area, buf, theme);
        let spoken = theme.manner().is_spoken();
        let mut y = inside.y;
        let mut line = |left: Vec<crate::widget::Piece<'_>>, right: Vec<crate::widget::Piece<'_>>| {
            if y < inside.bottom() {
                let row = Rect { y, height: 1, ..inside };
                if spoken && !left.is_empty() {
                    let gap = piece(" ", Role::Text);
                    let whole: Vec<_> =
                        left.iter().cloned().chain([gap]).chain(right.iter().cloned()).collect();
                    draw(&whole, row, buf, theme);
                } else {
                    draw(&left, row, buf, theme);
                    draw_right(&right, row, buf, theme);
                }
            }
            y = y.saturating_add(1);
        };
        line(vec![piece(self.row.customer_name.as_str(), Role::Accent)], Vec::new());
        line(vec![piece(reason::in_full(session, &self.row), Role::Text)], Vec::new());
        let due = words.fill(Text("explain.due"), &[("when", &time::when(session, self.row.due_at))]);
        line(vec![piece(due, Role::Dim)], Vec::new());
        line(Vec::new(), Vec::new());
        for (word, points) in &self.row.parts {
            let role = if *points < 0 { Role::Dim } else { Role::Text };
            line(vec![piece(reason::part(session, word), role)], vec![piece(signed(*points), role)]);
        }
        if !spoken {
            line(Vec::new(), vec![piece("─────", Role::Border)]);
        }
        let sum = piece(crate::text::format::grouped(self.row.score), Role::Accent);
        line(vec![piece(words.say(Text("explain.sum")), Role::Accent)], vec![sum]);
        reading(inside, session)
    }
}
