//! A screen as a person sees it: for tests and for pictures in words.

use ratatui::{buffer::Buffer, layout::Position};

use crate::text::width::cells;

/// The rows of a screen, without the blanks that stand under the right half of wide glyphs, and without blanks at
/// the ends of rows.
pub fn screen_text(buf: &Buffer) -> String {
    let mut out = String::new();
    for y in buf.area.top()..buf.area.bottom() {
        let mut row = String::new();
        let mut x = buf.area.left();
        while x < buf.area.right() {
            let Some(cell) = buf.cell((x, y)) else { break };
            row.push_str(cell.symbol());
            x += u16::try_from(cells(cell.symbol()).max(1)).unwrap_or(1);
        }
        out.push_str(row.trim_end());
        out.push('\n');
    }
    out
}

/// The places of wide glyphs that something cuts: the right edge of the screen, or a glyph in their right half.
pub fn cut_glyphs(buf: &Buffer) -> Vec<Position> {
    let wide = |x, y| buf.cell((x, y)).is_some_and(|cell| cells(cell.symbol()) > 1);
    let hidden = |x, y| buf.cell((x, y)).is_some_and(|cell| cell.symbol().trim().is_empty());
    buf.area.positions().filter(|place| wide(place.x, place.y) && !hidden(place.x + 1, place.y)).collect()
}
