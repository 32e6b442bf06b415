//! Wrapped paragraphs with a scroll position.

use ratatui::{buffer::Buffer, layout::Rect};

use super::paint::{Line, Piece, draw, narrow, piece};
use crate::{
    text::width::wrap,
    theme::{Role, Theme},
};

/// Paragraphs of styled pieces, wrapped to the width they are drawn in.
#[derive(Clone, Copy, Debug)]
pub struct Lines<'a> {
    paragraphs: &'a [Line<'a>],
    scroll: u16,
}

impl<'a> Lines<'a> {
    /// Paragraphs from their start.
    pub const fn new(paragraphs: &'a [Line<'a>]) -> Self {
        Self { paragraphs, scroll: 0 }
    }

    /// Leaves out so many rows at the start, as far as the last row stays in sight.
    #[must_use]
    pub const fn scroll(mut self, rows: u16) -> Self {
        self.scroll = rows;
        self
    }

    /// Draws the rows in sight.
    pub fn render(&self, area: Rect, buf: &mut Buffer, theme: &Theme) {
        let area = area.intersection(buf.area);
        if area.is_empty() {
            return;
        }
        let rows = self.wrapped(area.width);
        let hidden = rows.len().saturating_sub(usize::from(area.height));
        let skipped = usize::from(self.scroll).min(hidden);
        for (y, row) in (area.top()..area.bottom()).zip(rows.iter().skip(skipped)) {
            draw(row, Rect { y, height: 1, ..area }, buf, theme);
        }
    }

    /// Counts the rows the paragraphs take in a width.
    pub fn height(&self, width: u16) -> u16 {
        narrow(self.wrapped(width).len())
    }

    fn wrapped(&self, width: u16) -> Vec<Line<'static>> {
        self.paragraphs.iter().flat_map(|paragraph| wrap_line(paragraph, usize::from(width))).collect()
    }
}

/// Wraps the text of a line and gives every character its role back.
fn wrap_line(line: &[Piece<'_>], width: usize) -> Vec<Line<'static>> {
    let whole: String = line.iter().map(|piece| piece.text.as_ref()).collect();
    let mut roles = line.iter().flat_map(|piece| piece.text.chars().map(|character| (character, piece.role)));
    wrap(&whole, width)
        .into_iter()
        .map(|row| {
            let mut pieces: Line<'static> = Vec::new();
            for character in row.chars() {
                // Wrapping only leaves characters out (blanks at a break), so the next like one is the same one.
                let role = roles.find(|(known, _)| *known == character).map_or(Role::Text, |(_, role)| role);
                match pieces.last_mut() {
                    Some(last) if last.role == role => last.text.to_mut().push(character),
                    _ => pieces.push(piece(character.to_string(), role)),
                }
            }
            pieces
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrapped_line_keeps_its_roles() {
        let line =
            [piece("您好，", Role::ScriptTell), piece("张小明", Role::Merge), piece(" ok then", Role::Dim)];
        let rows = wrap_line(&line, 8);
        assert_eq!(
            rows,
            [
                vec![piece("您好，", Role::ScriptTell), piece("张", Role::Merge)],
                vec![piece("小明", Role::Merge), piece(" ok", Role::Dim)],
                vec![piece("then", Role::Dim)],
            ]
        );
    }

    #[test]
    fn an_empty_paragraph_takes_a_row() {
        let paragraphs = [vec![], vec![piece("a b", Role::Text)]];
        assert_eq!(Lines::new(&paragraphs).height(1), 3);
    }
}
