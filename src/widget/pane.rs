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
        if theme.manner().is_spoken() {
            return self.read(area, buf, theme);
        }
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

    /// Draws a rule with the title above and one with the lower line below, nothing at the sides.
    pub(super) fn sheet(&self, area: Rect, buf: &mut Buffer, theme: &Theme) -> Rect {
        let area = area.intersection(buf.area);
        if theme.manner().is_spoken() {
            return self.read(area, buf, theme);
        }
        if area.height < 3 {
            return Rect { width: 0, height: 0, ..area };
        }
        let rule = [piece("━".repeat(usize::from(area.width)), Role::FocusBorder)];
        let top = Rect { height: 1, ..area };
        let bottom = Rect { y: area.bottom() - 1, ..top };
        let within =
            |row: Rect| Rect { x: row.x + row.width.min(1), width: row.width.saturating_sub(2), ..row };
        for row in [top, bottom] {
            draw(&rule, row, buf, theme);
        }
        draw(&spaced(&self.title), within(top), buf, theme);
        draw_right(&spaced(&self.bottom), within(bottom), buf, theme);
        Rect { y: area.y + 1, height: area.height - 2, ..area }
    }

    /// The title with its counts on a line of its own, what is inside, and the lower line: no border.
    fn read(&self, area: Rect, buf: &mut Buffer, theme: &Theme) -> Rect {
        if area.is_empty() {
            return area;
        }
        let mut head = self.title.clone();
        if !self.right.is_empty() {
            head.push(piece(": ", Role::Title));
            head.extend(self.right.iter().cloned());
        }
        draw(&head, Rect { height: 1, ..area }, buf, theme);
        let below = u16::from(!self.bottom.is_empty() && area.height > 2);
        if below > 0 {
            draw(&self.bottom, Rect { y: area.bottom() - 1, height: 1, ..area }, buf, theme);
        }
        Rect { y: area.y + 1, height: area.height - 1 - below, ..area }
    }
}

fn spaced<'a>(line: &Line<'a>) -> Line<'a> {
    if line.is_empty() {
        return Vec::new();
    }
    let blank = || piece(" ", Role::Text);
    std::iter::once(blank()).chain(line.iter().cloned()).chain([blank()]).collect()
}
