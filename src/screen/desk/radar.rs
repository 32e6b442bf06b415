//! The radar: a cell a rep, five hundred of them in one screen; a sign and a colour for how the day stands.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::Desk;
use super::faces::{role_of, sign};
use crate::app::speak::time;
use crate::app::{Part, Session, Spot, View};
use crate::domain::lists::RepState;
use crate::input::Size;
use crate::store::query::desk::DeskRow;
use crate::text::width::cut;
use crate::theme::Role;
use crate::widget::{Line, draw, piece, window};

/// Cells of the narrowest one: the place of the selection, the sign, two wide characters of the name.
const LEAST: usize = 6;
/// Cells of the widest one.
const MOST: usize = 16;
/// Rows of a screen that are no cells.
const BESIDE: usize = 7;
/// Cells at both edges.
const EDGES: usize = 2;

/// How many cells stand in a row on a screen of this size: as wide as all of them fit, else the narrowest.
pub fn columns(size: Size, count: usize) -> usize {
    let wide = usize::from(size.width).saturating_sub(EDGES).max(LEAST);
    let high = usize::from(size.height).saturating_sub(BESIDE).max(1);
    let fits = |cell: &usize| (wide / cell).max(1) * high >= count;
    let cell = (LEAST..=MOST).rev().find(fits).unwrap_or(LEAST);
    (wide / cell).max(1)
}

impl Desk {
    pub(super) fn radar(&self, area: Rect, buf: &mut Buffer, view: View<'_>) -> Option<Position> {
        let session = view.session;
        let theme = &session.theme;
        let rows = self.rows();
        let columns = columns(session.size, rows.len());
        let wide = usize::from(area.width).saturating_sub(EDGES).max(LEAST);
        let cell = (wide / columns).clamp(1, MOST);
        // how many of each, on top; the selected one in words, below
        let line = |y: u16| {
            Rect { x: area.x + 1, y, width: area.width.saturating_sub(2), height: 1 }.intersection(area)
        };
        draw(&counts(session, rows), line(area.y), buf, theme);
        let foot = u16::from(area.height > 3);
        if let Some(row) = self.selected().filter(|_| foot > 0) {
            draw(&told(session, row), line(area.bottom() - 1), buf, theme);
        }
        let high = usize::from(area.height.saturating_sub(1 + foot));
        let lines = rows.len().div_ceil(columns);
        let top = window::keep(0, self.reps.at() / columns, high.max(1), lines);
        let mut caret = None;
        for (index, row) in rows.iter().enumerate().skip(top * columns).take(high * columns) {
            let (down, along) = ((index / columns) - top, index % columns);
            let place = Rect {
                x: area.x + 1 + u16::try_from(along * cell).unwrap_or(u16::MAX),
                y: area.y + 1 + u16::try_from(down).unwrap_or(u16::MAX),
                width: u16::try_from(cell).unwrap_or(1),
                height: 1,
            }
            .intersection(area);
            let chosen = index == self.reps.at();
            let role = role_of(row.state);
            let mark = if chosen { "▸" } else { " " };
            let name = cut(&row.rep.1, cell.saturating_sub(2));
            let pieces = [
                piece(mark, Role::Accent),
                piece(sign(row.state), role),
                piece(name, if chosen { Role::Accent } else { role }),
            ];
            draw(&pieces, place, buf, theme);
            session.hits.put(place, Spot::Row(Part::default(), row.rep.0.0));
            if chosen {
                caret = Some(place.as_position());
            }
        }
        caret
    }
}

/// How many reps are in each state, the most pressing first; the sign stands before its word.
fn counts(session: &Session, rows: &[DeskRow]) -> Line<'static> {
    let mut line: Line<'static> = Vec::new();
    for state in RepState::ALL {
        let count = rows.iter().filter(|row| row.state == *state).count();
        if count > 0 {
            let word = session.words.name("desk.state", state.as_str());
            line.push(piece(format!("{} {word} {count}  ", sign(*state)), role_of(*state)));
        }
    }
    line
}

/// The selected rep in words.
fn told(session: &Session, row: &DeskRow) -> Line<'static> {
    let words = &session.words;
    let mut line = vec![
        piece(row.rep.1.clone(), Role::Accent),
        piece(format!(" · {} · ", row.team.1), Role::Dim),
        piece(words.name("desk.state", row.state.as_str()).to_owned(), role_of(row.state)),
    ];
    if !matches!(row.state, RepState::Off | RepState::Absent) {
        line.push(piece(format!(" {}", time::length(session, session.now.since(row.since))), Role::Text));
    }
    if let Some(main) = row.main() {
        let name = words.name("metric", main.metric.as_str());
        line.push(piece(format!(" · {name} {}/{}", main.done, main.standard), Role::Text));
    }
    let due = words.fill(
        crate::text::Text("desk.radar_due"),
        &[("due", &row.due), ("overdue", &row.overdue), ("red", &(row.clocks_red + row.promised_late))],
    );
    line.push(piece(format!(" · {due}"), Role::Text));
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_hundred_reps_stand_on_one_screen() {
        let size = Size::clamped(120, 36);
        let columns = columns(size, 500);
        assert!(columns * (36 - BESIDE) >= 500, "{columns}");
        assert_eq!(super::columns(Size::clamped(120, 36), 12), 118 / MOST);
        assert_eq!(super::columns(Size::clamped(80, 24), 500), 78 / LEAST, "a smaller screen scrolls");
    }
}
