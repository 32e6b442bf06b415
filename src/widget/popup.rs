//! The frame of a dialog over the screen.

use ratatui::{buffer::Buffer, layout::Rect};

use super::{
    paint::{Line, fill, piece},
    pane::Pane,
    shape::Shape,
};
use crate::{
    text::width::cells,
    theme::{Role, Theme},
};

/// Cells beside a dialog that are not worth showing.
const SLIVER: u16 = 6;

/// A dialog's frame in the middle of an area, over what is there.
#[derive(Clone, Debug)]
pub struct Popup<'a> {
    pane: Pane<'a>,
    width: u16,
    height: u16,
}

impl<'a> Popup<'a> {
    /// A dialog with a title and the size of its inside, in cells.
    pub fn new(title: impl Into<std::borrow::Cow<'a, str>>, width: u16, height: u16) -> Self {
        let pane = Pane::titled(vec![piece(title, Role::Title)]).focused(true);
        Self { pane, width, height }
    }

    /// Shows a line at the right of the lower border, such as the keys that act.
    #[must_use]
    pub fn bottom(mut self, line: Line<'a>) -> Self {
        self.pane = self.pane.bottom(line);
        self
    }

    /// Draws the frame in the middle of the area, no larger than it, and answers with the area inside.
    pub fn render(&self, area: Rect, buf: &mut Buffer, theme: &Theme) -> Rect {
        let area = area.intersection(buf.area);
        if Shape::of(buf.area, theme).is_narrow() {
            return self.sheet(area, buf, theme);
        }
        let place = self.place(area);
        mend_left_edge(place, area, buf);
        fill(place, buf, theme.style(Role::Popup));
        let inside = self.pane.render(place, buf, theme);
        let margin = u16::from(inside.width > 4);
        Rect { x: inside.x + margin, width: inside.width - 2 * margin, ..inside }
    }

    /// Draws the dialog over the whole area: where little room is none is spent on what lies under it. The first and
    /// the last row of the window stay: they say where one is and what was answered.
    fn sheet(&self, area: Rect, buf: &mut Buffer, theme: &Theme) -> Rect {
        let window = buf.area;
        // read aloud, nothing of what lies under it is left to be read
        let (top, kept) =
            if theme.manner().is_spoken() { (window.y + 2, 2) } else { (area.y.max(window.y + 1), 1) };
        let bottom = area.bottom().min(window.bottom().saturating_sub(kept));
        let place = Rect { y: top, height: bottom.saturating_sub(top), ..area };
        fill(place, buf, theme.style(Role::Popup));
        let inside = self.pane.sheet(place, buf, theme);
        let margin = u16::from(inside.width > 4 && kept == 1);
        Rect { x: inside.x + margin, width: inside.width - 2 * margin, ..inside }
    }

    /// The place of the frame, its border and margins included.
    fn place(&self, area: Rect) -> Rect {
        let width = self.width.saturating_add(4).min(area.width);
        // a sliver of what lies under it would only be noise
        let width = if area.width - width < SLIVER { area.width } else { width };
        let height = self.height.saturating_add(2).min(area.height);
        let x = area.x + (area.width - width) / 2;
        let y = area.y + (area.height - height) / 2;
        Rect { x, y, width, height }
    }
}

/// Blanks wide glyphs whose right half the frame covers: they would break the border (ratatui#2526; drop this
/// when the fix is released).
fn mend_left_edge(place: Rect, area: Rect, buf: &mut Buffer) {
    if place.x <= area.x {
        return;
    }
    for y in place.top()..place.bottom() {
        if let Some(cell) = buf.cell_mut((place.x - 1, y)).filter(|cell| cells(cell.symbol()) > 1) {
            cell.set_symbol(" ");
        }
    }
}
