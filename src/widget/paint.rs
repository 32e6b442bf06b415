//! The one place where text meets the buffer.

use std::borrow::Cow;

use ratatui::{buffer::Buffer, layout::Rect, style::Style};

use crate::{
    text::width::{cells, cut, graphemes},
    theme::{Role, Theme},
};

/// A text with a meaning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece<'a> {
    /// What is shown, on one line.
    pub text: Cow<'a, str>,
    /// What it means.
    pub role: Role,
}

/// Pieces after one another on one line.
pub type Line<'a> = Vec<Piece<'a>>;

/// Makes a piece.
pub fn piece<'a>(text: impl Into<Cow<'a, str>>, role: Role) -> Piece<'a> {
    Piece { text: text.into(), role }
}

impl<'a> From<&'a str> for Piece<'a> {
    fn from(text: &'a str) -> Self {
        piece(text, Role::Text)
    }
}

impl From<String> for Piece<'_> {
    fn from(text: String) -> Self {
        piece(text, Role::Text)
    }
}

/// Counts the cells a line takes.
pub fn line_cells(line: &[Piece<'_>]) -> usize {
    line.iter().map(|piece| cells(&piece.text)).sum()
}

/// Blanks an area and gives it the style of the frame: what every screen does first.
pub fn clear(area: Rect, buf: &mut Buffer, theme: &Theme) {
    fill(area, buf, theme.style(Role::Text));
}

/// Draws a line at the left of the first row of an area, cut with an ellipsis where it does not fit.
///
/// Answers with the cells used.
pub fn draw(line: &[Piece<'_>], area: Rect, buf: &mut Buffer, theme: &Theme) -> u16 {
    if theme.manner().is_spoken() && line.iter().any(|piece| piece.text.contains(DOT)) {
        let line: Vec<Piece<'_>> =
            line.iter().map(|one| piece(one.text.replace(DOT, ", "), one.role)).collect();
        return lay(&line, area, buf, theme);
    }
    lay(line, area, buf, theme)
}

/// What stands between two things of a line; read aloud it is a comma.
const DOT: &str = " · ";

fn lay(line: &[Piece<'_>], area: Rect, buf: &mut Buffer, theme: &Theme) -> u16 {
    let area = area.intersection(buf.area);
    let mut left = usize::from(area.width);
    let mut x = area.x;
    if area.is_empty() {
        return 0;
    }
    let whole = line_cells(line);
    for piece in line {
        let style = theme.ink(piece.role);
        let place = Rect { x, width: narrow(left), height: 1, ..area };
        if whole > usize::from(area.width) && cells(&piece.text) >= left {
            // More follows than fits: two blanks more than there is room for bring the ellipsis.
            put(place, buf, &cut(&format!("{}  ", piece.text), left), style);
            return area.width;
        }
        x = put(place, buf, &piece.text, style);
        left = usize::from(area.right().saturating_sub(x));
    }
    x - area.x
}

/// Draws a line at the right of the first row of an area. Answers with the cells used.
pub fn draw_right(line: &[Piece<'_>], area: Rect, buf: &mut Buffer, theme: &Theme) -> u16 {
    let area = area.intersection(buf.area);
    let wide = narrow(line_cells(line)).min(area.width);
    draw(line, Rect { x: area.right() - wide, width: wide, ..area }, buf, theme);
    wide
}

/// Blanks an area and gives it a style.
pub(super) fn fill(area: Rect, buf: &mut Buffer, style: Style) {
    let area = area.intersection(buf.area);
    for y in area.top()..area.bottom() {
        for x in area.left()..area.right() {
            if let Some(cell) = buf.cell_mut((x, y)) {
                cell.reset();
                cell.set_style(style);
            }
        }
    }
}

/// Writes a text into the first row of an area, cut where it does not fit; the background stays where the style
/// names none. Answers with the column after the last cell written.
pub(super) fn put(area: Rect, buf: &mut Buffer, text: &str, style: Style) -> u16 {
    let area = area.intersection(buf.area);
    if area.is_empty() {
        return area.x;
    }
    let fits = cells(text) <= usize::from(area.width);
    let shown = if fits { Cow::Borrowed(text) } else { Cow::Owned(cut(text, usize::from(area.width))) };
    let mut x = area.x;
    for (grapheme, wide) in graphemes(&shown) {
        let wide = narrow(wide);
        if x + wide > area.right() {
            break;
        }
        for place in x..x + wide {
            let Some(cell) = buf.cell_mut((place, area.y)) else { continue };
            // What lay under a wide glyph is hidden by it and must be blank, but keeps the background.
            cell.set_symbol(if place == x { grapheme } else { " " });
            cell.modifier = ratatui::style::Modifier::empty();
            cell.set_style(style);
        }
        x += wide;
    }
    x
}

/// A count of cells as a coordinate; screens are far narrower than the bound.
pub(super) fn narrow(cells: usize) -> u16 {
    u16::try_from(cells).unwrap_or(u16::MAX)
}
