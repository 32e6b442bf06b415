//! Lines over days: finer than cells, by the dots of Braille patterns.

use ratatui::{buffer::Buffer, layout::Rect};

use super::paint::put;
use crate::theme::{Manner, Role, Theme};

/// Dots across and down a cell.
const DOTS: (usize, usize) = (2, 4);
/// The bit of each dot of a cell, row by row.
const BITS: [[u32; 2]; 4] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]];
/// The pattern without dots.
const EMPTY: u32 = 0x2800;

/// One line: its values one a step, and what it means. It begins at the first step and may end early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Series<'a> {
    /// Values, at the steps in their order.
    pub values: &'a [i64],
    /// What it is drawn in.
    pub role: Role,
    /// Whether it is drawn with gaps: what is not so but is expected.
    pub dashed: bool,
    /// The step of its first value.
    pub from: usize,
}

/// Lines over the same steps from 0 to a highest value; later ones are drawn over earlier ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plot<'a> {
    series: &'a [Series<'a>],
    steps: usize,
    high: i64,
}

impl<'a> Plot<'a> {
    /// Lines over so many steps, the highest value at the upper edge.
    pub const fn new(series: &'a [Series<'a>], steps: usize, high: i64) -> Self {
        Self { series, steps, high }
    }

    /// Draws the lines.
    pub fn render(&self, area: Rect, buf: &mut Buffer, theme: &Theme) {
        let area = area.intersection(buf.area);
        if area.is_empty() || self.high <= 0 || self.steps == 0 {
            return;
        }
        let (wide, high) = (usize::from(area.width), usize::from(area.height));
        let mut cells: Vec<(u32, Role)> = vec![(0, Role::Text); wide * high];
        for series in self.series {
            for (x, y) in self.dots(series, wide * DOTS.0, high * DOTS.1) {
                let Some(cell) = cells.get_mut(y / DOTS.1 * wide + x / DOTS.0) else { continue };
                let bit = BITS.get(y % DOTS.1).and_then(|row| row.get(x % DOTS.0)).copied().unwrap_or(0);
                // a cell has one colour: the line drawn last has it, and its dots alone
                if cell.1 != series.role {
                    *cell = (0, series.role);
                }
                cell.0 |= bit;
            }
        }
        let ascii = theme.manner() == Manner::Ascii;
        for (place, (bits, role)) in cells.into_iter().enumerate().filter(|(_, (bits, _))| *bits != 0) {
            let (Ok(x), Ok(y)) = (u16::try_from(place % wide), u16::try_from(place / wide)) else { continue };
            let at = Rect { x: area.x + x, y: area.y + y, width: 1, height: 1 };
            let sign = if ascii { '*' } else { char::from_u32(EMPTY + bits).unwrap_or('*') };
            put(at, buf, sign.encode_utf8(&mut [0; 4]), theme.ink(role));
        }
    }

    /// The dots of a line in a grid of so many.
    fn dots(&self, series: &Series<'_>, wide: usize, high: usize) -> Vec<(usize, usize)> {
        let last = self.steps.saturating_sub(1).max(1);
        let place = |(step, value): (usize, i64)| {
            let x = (step.min(last) * (wide - 1) * 2 + last) / (2 * last);
            let value = i128::from(value.clamp(0, self.high));
            let up = value * i128::from(u32::try_from(high - 1).unwrap_or(0)) / i128::from(self.high);
            (x, (high - 1).saturating_sub(usize::try_from(up).unwrap_or(0)))
        };
        let points: Vec<(usize, usize)> =
            (series.from..).zip(series.values.iter().copied()).map(place).collect();
        let mut dots: Vec<(usize, usize)> = points.first().copied().into_iter().collect();
        for pair in points.windows(2) {
            if let [from, to] = pair {
                between(*from, *to, &mut dots);
            }
        }
        if series.dashed {
            dots.retain(|(x, _)| x % 4 < 2);
        }
        dots
    }
}

/// Every dot on the way from one to another, the first left out.
fn between(from: (usize, usize), to: (usize, usize), dots: &mut Vec<(usize, usize)>) {
    let long = from.0.abs_diff(to.0).max(from.1.abs_diff(to.1)).max(1);
    let on = |a: usize, b: usize, step: usize| {
        if b >= a {
            a + ((b - a) * step * 2 + long) / (long * 2)
        } else {
            a - ((a - b) * step * 2 + long) / (long * 2)
        }
    };
    dots.extend((1..=long).map(|step| (on(from.0, to.0, step), on(from.1, to.1, step))));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::widget::screen_text;

    fn drawn(series: &[Series<'_>], steps: usize, high: i64, size: (u16, u16)) -> String {
        let area = Rect::new(0, 0, size.0, size.1);
        let mut buf = Buffer::empty(area);
        Plot::new(series, steps, high).render(area, &mut buf, &Theme::default());
        screen_text(&buf)
    }

    #[test]
    fn a_line_goes_from_its_first_value_to_its_last() {
        let line = Series { values: &[0, 3], role: Role::Good, dashed: false, from: 0 };
        // two cells of four dots across, four down: a diagonal
        assert_eq!(drawn(&[line], 2, 3, (2, 1)), "⡠⠊\n");
        let flat = Series { values: &[3, 3, 3], role: Role::Good, dashed: false, from: 0 };
        assert_eq!(drawn(&[flat], 3, 3, (3, 1)), "⠉⠉⠉\n");
    }

    #[test]
    fn a_line_that_ends_early_leaves_the_rest_empty_and_what_is_expected_has_gaps() {
        let half = Series { values: &[0, 0], role: Role::Good, dashed: false, from: 0 };
        assert_eq!(drawn(&[half], 5, 3, (4, 1)), "⣀⡀\n");
        let rest = Series { values: &[0, 0, 0], role: Role::Dim, dashed: true, from: 2 };
        // from the fifth dot of eight on, two of every four: the third cell, and nothing of the fourth
        assert_eq!(drawn(&[rest], 5, 3, (4, 1)).trim_end().chars().count(), 3);
    }

    #[test]
    fn nothing_is_drawn_without_room_or_height() {
        let line = Series { values: &[1], role: Role::Good, dashed: false, from: 0 };
        assert_eq!(drawn(&[line], 1, 0, (2, 1)).trim(), "");
    }
}
