//! A trend in a few cells.

use super::paint::{Line, piece};
use crate::theme::Role;

/// The steps of a cell, from a sliver to full.
const STEPS: [&str; 8] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];

/// Values side by side, the highest of them as high as a cell: how something went, not how much it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spark<'a>(&'a [i64]);

impl<'a> Spark<'a> {
    /// A trend of values, oldest first; what is below 0 counts as nothing.
    pub const fn new(values: &'a [i64]) -> Self {
        Self(values)
    }

    /// The newest values as a line of at most so many cells, one a value.
    pub fn line(&self, width: u16, role: Role) -> Line<'static> {
        let newest = self.0.iter().skip(self.0.len().saturating_sub(usize::from(width)));
        let high = newest.clone().copied().max().unwrap_or(0).max(0);
        let text: String = newest.map(|value| step(*value, high)).collect();
        vec![piece(text, role)]
    }
}

/// The step of a value: anything above 0 shows, the highest fills the cell.
fn step(value: i64, high: i64) -> &'static str {
    if value <= 0 || high <= 0 {
        return "·";
    }
    let step = (i128::from(value) * 8 + i128::from(high) - 1).div_euclid(i128::from(high)).clamp(1, 8);
    usize::try_from(step).ok().and_then(|step| STEPS.get(step - 1)).copied().unwrap_or("█")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(values: &[i64], width: u16) -> String {
        Spark::new(values).line(width, Role::Text).iter().map(|piece| piece.text.as_ref()).collect()
    }

    #[test]
    fn the_highest_fills_its_cell_and_anything_shows() {
        // of 800: 1 is a sliver, 100 an eighth, 400 half, 401 the step above it
        assert_eq!(text(&[0, 1, 100, 400, 401, 800, -5], 20), "·▁▁▄▅█·");
        assert_eq!(text(&[0, 0], 20), "··");
        assert_eq!(text(&[], 20), "");
    }

    #[test]
    fn the_newest_stay_where_there_is_no_room() {
        assert_eq!(text(&[8, 1, 2, 4], 2), "▄█");
    }
}
