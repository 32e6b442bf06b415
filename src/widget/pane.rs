//! A titled border around a part of the screen.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    widgets::{Block, BorderType, Widget},
};

use super::paint::{Line, draw, draw_right, piece};
use crate::theme::{Role, Theme};

/// A border with a title at its top left, and what belongs at its top right and bottom right.
#[derive(Clone, Debug, Default)]
pub struct Pane<'a> {
    title: Line<'a>,
    right: Line<'a>,
    bottom: Line<'a>,
    focused: bool,
}

impl<'a> Pane<'a> {
    /// A pane with a title.
    pub fn new(title: impl Into<std::borrow::Cow<'a, str>>) -> Self {
        Self::titled(vec![piece(title, Role::Title)])
    }

    /// A pane with a title of several pieces.
    pub fn titled(title: Line<'a>) -> Self {
        Self { title, ..Self::default() }
    }

    /// Shows a line at the right of the upper border, such as a count.
    #[must_use]
    pub fn right(mut self, line: Line<'a>) -> Self {
        self.right = line;
        self
    }

    /// Shows a line at the right of the lower border, such as what arrived meanwhile.
    #[must_use]
    pub fn bottom(mut self, line: Line<'a>) -> Self {
        self.bottom = line;
        self
    }

    /// Says whether the pane has the focus: its border is then heavy as well as coloured.
    #[must_use]
    pub const fn focused(mut self, focused: bool) -> Self {
        self.focused = focused;
        self
    }

    /// Draws the border and answers with the area inside it, which is left as it was.
    pub fn render(&self, area: Rect, buf: &mut Buffer, theme: &Theme) -> Rect {
        let area = area.intersection(buf.area);
        if area.width < 2 || area.height < 2 {
            return Rect { width: 0, height: 0, ..area };
        }
        let (role, kind) = if self.focused {
            (Role::FocusBorder, BorderType::Thick)
        } else {
            (Role::Border, BorderType::Plain)
        };
        let block = Block::bordered().border_type(kind).border_style(theme.ink(role));
        let inside = block.inner(area);
        block.render(area, buf);
        let top = Rect { x: area.x + 1, width: area.width.saturating_sub(2), height: 1, ..area };
        let used = draw(&spaced(&self.title), top, buf, theme);
        // The right one gives way as a whole: half a count says something false.
        let right = spaced(&self.right);
        if super::line_cells(&right) + usize::from(used) <= usize::from(top.width) {
            draw_right(&right, top, buf, theme);
        }
        draw_right(&spaced(&self.bottom), Rect { y: area.bottom() - 1, ..top }, buf, theme);
        inside
    }
}

fn spaced<'a>(line: &Line<'a>) -> Line<'a> {
    if line.is_empty() {
        return Vec::new();
    }
    let blank = || piece(" ", Role::Text);
    std::iter::once(blank()).chain(line.iter().cloned()).chain([blank()]).collect()
}
