//! Figures that are read at ten metres: digits of blocks, as large as there is room for.

use ratatui::{buffer::Buffer, layout::Rect};

use super::paint::{draw, piece};
use crate::theme::{Role, Theme};

/// Rows of a glyph.
const HIGH: u16 = 5;
/// Largest scale: beyond it figures only hide what stands beside them.
const SCALE_MAX: u16 = 8;

/// A short text of digits and the signs that stand among them, drawn large. Other letters stand in their own size before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Big<'a> {
    text: &'a str,
    role: Role,
}

impl<'a> Big<'a> {
    /// A figure.
    pub const fn new(text: &'a str, role: Role) -> Self {
        Self { text, role }
    }

    /// Cells it takes at a scale.
    pub fn cells(&self, scale: u16) -> u16 {
        let wide = |c| glyph(c).map_or(1, |rows| rows[0].len());
        let dots: usize = self.text.chars().map(|c| wide(c) + 1).sum();
        u16::try_from(dots).unwrap_or(u16::MAX).saturating_sub(1).saturating_mul(2).saturating_mul(scale)
    }

    /// The largest scale at which it fits; 0 where it does not at all.
    pub fn fits(&self, width: u16, height: u16) -> u16 {
        (1..=SCALE_MAX).rev().find(|scale| self.cells(*scale) <= width && HIGH * scale <= height).unwrap_or(0)
    }

    /// Draws it at the left upper corner, at a scale; in its own letters where that is 0 or the screen is read aloud. Answers the rows
    /// it took.
    pub fn render(&self, area: Rect, scale: u16, buf: &mut Buffer, theme: &Theme) -> u16 {
        let area = area.intersection(buf.area);
        if scale == 0 || theme.manner().is_spoken() {
            draw(&[piece(self.text.to_owned(), self.role)], area, buf, theme);
            return 1.min(area.height);
        }
        let ink = theme.ink(self.role);
        let mut x = area.x;
        for c in self.text.chars() {
            let Some(rows) = glyph(c) else {
                x = x.saturating_add(4 * scale);
                continue;
            };
            for (y, row) in (0_u16..).zip(rows) {
                for (dot, _) in (0_u16..).zip(row.chars()).filter(|(_, dot)| *dot == '#') {
                    let place = Rect {
                        x: x.saturating_add(dot * 2 * scale),
                        y: area.y.saturating_add(y * scale),
                        width: 2 * scale,
                        height: scale,
                    };
                    let place = place.intersection(area);
                    for y in place.y..place.bottom() {
                        for x in place.x..place.right() {
                            super::paint::put(Rect { x, y, width: 1, height: 1 }, buf, "█", ink);
                        }
                    }
                }
            }
            let wide = u16::try_from(rows[0].len() + 1).unwrap_or(4);
            x = x.saturating_add(wide * 2 * scale);
        }
        (HIGH * scale).min(area.height)
    }
}

/// The rows of a glyph; `None` for what has none.
const fn glyph(c: char) -> Option<[&'static str; HIGH as usize]> {
    Some(match c {
        '0' => ["###", "#.#", "#.#", "#.#", "###"],
        '1' => [".#.", "##.", ".#.", ".#.", "###"],
        '2' => ["###", "..#", "###", "#..", "###"],
        '3' => ["###", "..#", "###", "..#", "###"],
        '4' => ["#.#", "#.#", "###", "..#", "..#"],
        '5' => ["###", "#..", "###", "..#", "###"],
        '6' => ["###", "#..", "###", "#.#", "###"],
        '7' => ["###", "..#", "..#", "..#", "..#"],
        '8' => ["###", "#.#", "###", "#.#", "###"],
        '9' => ["###", "#.#", "###", "..#", "###"],
        ',' | '.' => [".", ".", ".", ".", "#"],
        ':' => [".", "#", ".", "#", "."],
        '+' => ["...", ".#.", "###", ".#.", "..."],
        '-' | '–' | '−' => ["...", "...", "###", "...", "..."],
        '/' => ["..#", "..#", ".#.", "#..", "#.."],
        '%' => ["#.#", "..#", ".#.", "#..", "#.#"],
        ' ' => [".", ".", ".", ".", "."],
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::widget::screen_text;

    #[test]
    fn a_figure_is_drawn_of_blocks_two_cells_a_dot() {
        let area = Rect::new(0, 0, 10, 5);
        let mut buf = Buffer::empty(area);
        let big = Big::new("1,", Role::Money);
        assert_eq!((big.cells(1), big.fits(10, 5), big.fits(9, 5)), (10, 1, 0));
        assert_eq!(big.render(area, 1, &mut buf, &Theme::default()), 5);
        assert_eq!(screen_text(&buf), "  ██\n████\n  ██\n  ██\n██████  ██\n");
    }

    #[test]
    fn it_grows_with_the_room_and_is_written_where_there_is_none() {
        let big = Big::new("86,400", Role::Money);
        // five digits of 4 dots, a comma of 2, the last without the gap: 21 dots, 42 cells
        assert_eq!((big.cells(1), big.fits(42, 5), big.fits(130, 15), big.fits(10, 50)), (42, 1, 3, 0));
        let area = Rect::new(0, 0, 10, 2);
        let mut buf = Buffer::empty(area);
        assert_eq!(big.render(area, big.fits(10, 2), &mut buf, &Theme::default()), 1);
        assert_eq!(screen_text(&buf).trim(), "86,400");
    }
}
