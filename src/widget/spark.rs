//! A trend in a few cells.

use super::paint::{Line, piece};
use crate::theme::Role;

/// The steps of a cell, from a sliver to full.
const STEPS: [&str; 8] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];

/// Values side by side, the highest of them as high as a cell: how something went, not how much it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spark<'a> {
    values: &'a [i64],
    /// What fills a cell; `None` for the highest of those shown.
    full: Option<i64>,
}

impl<'a> Spark<'a> {
    /// A trend of values, oldest first; what is below 0 counts as nothing.
    pub const fn new(values: &'a [i64]) -> Self {
        Self { values, full: None }
    }

    /// The same where so much fills a cell, whatever is the highest.
    #[must_use]
    pub const fn under(self, full: i64) -> Self {
        Self { full: Some(full), ..self }
    }

    /// The newest values as a line of at most so many cells, one a value.
    pub fn line(&self, width: u16, role: Role) -> Line<'static> {
        let newest = self.values.iter().skip(self.values.len().saturating_sub(usize::from(width)));
        let high = self.full.or_else(|| newest.clone().copied().max()).unwrap_or(0).max(0);
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
    fn what_fills_a_cell_may_be_more_than_the_highest() {
        // of 800: 400 is half; without it the highest, 400, would fill the cell
        let line = Spark::new(&[100, 400]).under(800).line(20, Role::Text);
        assert_eq!(line.iter().map(|piece| piece.text.as_ref()).collect::<String>(), "▁▄");
    }

    #[test]
    fn the_newest_stay_where_there_is_no_room() {
        assert_eq!(text(&[8, 1, 2, 4], 2), "▄█");
    }
}
