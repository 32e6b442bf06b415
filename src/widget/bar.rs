//! A gap bar.

use ratatui::{buffer::Buffer, layout::Rect};

use super::paint::{Line, draw, piece, put};
use crate::theme::{Role, Theme};

/// What is done of a target, in one row: done, left, over, and a mark where the plan stands today.
///
/// Each part has its own glyph, so that the bar reads without colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bar {
    done: i64,
    target: i64,
    plan: Option<i64>,
}

/// The parts of a bar in cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Parts {
    done: u16,
    over: u16,
    left: u16,
    mark: Option<u16>,
}

impl Bar {
    /// A bar of what is done against a target, in any one unit. A target of 0 is reached by anything.
    pub const fn new(done: i64, target: i64) -> Self {
        Self { done, target, plan: None }
    }

    /// Marks how much should be done by today.
    #[must_use]
    pub const fn plan(mut self, plan: i64) -> Self {
        self.plan = Some(plan);
        self
    }

    /// The bar as a line of exactly so many cells: for a column of a table.
    pub fn line(&self, width: u16) -> Line<'static> {
        let parts = self.parts(width);
        let cell = |x: u16| match x {
            x if parts.mark == Some(x) => ("┃", Role::BarPace),
            x if x < parts.done => ("▓", Role::BarDone),
            x if x < parts.done + parts.over => ("█", Role::BarOver),
            _ => ("░", Role::BarLeft),
        };
        (0..width).map(cell).map(|(glyph, role)| piece(glyph, role)).collect()
    }

    /// Draws the bar over the first row of the area.
    pub fn render(&self, area: Rect, buf: &mut Buffer, theme: &Theme) {
        let area = area.intersection(buf.area);
        if area.is_empty() {
            return;
        }
        if theme.manner().is_spoken() {
            draw(&[piece(self.percent(), Role::Text)], area, buf, theme);
            return;
        }
        let parts = self.parts(area.width);
        let roles = [
            (parts.done, "▓", Role::BarDone),
            (parts.over, "█", Role::BarOver),
            (parts.left, "░", Role::BarLeft),
        ];
        let mut x = area.x;
        for (count, glyph, role) in roles {
            for _ in 0..count {
                x = put(Rect { x, width: 1, height: 1, ..area }, buf, glyph, theme.ink(role));
            }
        }
        if let Some(mark) = parts.mark {
            put(Rect { x: area.x + mark, width: 1, height: 1, ..area }, buf, "┃", theme.ink(Role::BarPace));
        }
    }

    /// What is done of the target in words: whole percents, rounded down.
    pub fn percent(&self) -> String {
        let (done, target) = (i128::from(self.done.max(0)), i128::from(self.target));
        // nothing to reach is reached
        let share = (done * 100).checked_div(target.max(0)).unwrap_or(100);
        format!("{share} %")
    }

    /// Rounds down, so that the bar is full only when the target is reached; anything done shows a cell.
    fn parts(&self, width: u16) -> Parts {
        let (done, target) = (i128::from(self.done.max(0)), i128::from(self.target.max(0)));
        // Beyond the target the bar as a whole stands for what is done, and the target moves left inside it.
        let whole = done.max(target);
        let share = |part: i128| -> u16 {
            let cells = (part.clamp(0, whole) * i128::from(width)).checked_div(whole).unwrap_or(0);
            u16::try_from(cells).unwrap_or(width)
        };
        let reached = done >= target;
        let inside = if reached && whole == 0 { width } else { share(done.min(target)) };
        let inside = if done > 0 && target > 0 { inside.max(1).min(width) } else { inside };
        let over = if reached { width - inside } else { 0 };
        let mark =
            self.plan.filter(|_| whole > 0 && width > 0).map(|plan| share(i128::from(plan)).min(width - 1));
        Parts { done: inside, over, left: width - inside - over, mark }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_cells_of_a_bar_are_exact() {
        // Twenty cells: 63 % are 12.6, cut to 12; at 140 % the target stands at 20/1.4 = 14.28, cut to 14.
        for (done, target, expected) in [
            (0, 100, (0, 0, 20)),
            (1, 100, (1, 0, 19)),
            (63, 100, (12, 0, 8)),
            (99, 100, (19, 0, 1)),
            (100, 100, (20, 0, 0)),
            (140, 100, (14, 6, 0)),
            (-5, 100, (0, 0, 20)),
            (0, 0, (20, 0, 0)),
            (7, 0, (0, 20, 0)),
        ] {
            let parts = Bar::new(done, target).parts(20);
            assert_eq!((parts.done, parts.over, parts.left), expected, "{done} of {target}");
        }
    }

    #[test]
    fn percents_are_rounded_down() {
        for (done, target, expected) in
            [(0, 100, "0 %"), (995, 1_000, "99 %"), (140, 100, "140 %"), (7, 0, "100 %"), (-5, 100, "0 %")]
        {
            assert_eq!(Bar::new(done, target).percent(), expected);
        }
    }

    #[test]
    fn the_mark_stands_where_the_plan_is() {
        // The example of formula 1: 14 of 22 days of 70,000 are 44,545; of twenty cells 12.7, the thirteenth.
        assert_eq!(Bar::new(46_800, 70_000).plan(44_545).parts(20).mark, Some(12));
        assert_eq!(Bar::new(0, 100).plan(100).parts(20).mark, Some(19));
        assert_eq!(Bar::new(0, 100).plan(-3).parts(20).mark, Some(0));
        assert_eq!(Bar::new(0, 0).plan(3).parts(20).mark, None);
    }

    proptest! {
        #[test]
        fn the_parts_always_fill_the_bar(done: i64, target: i64, plan: i64, width in 0u16..200) {
            let parts = Bar::new(done, target).plan(plan).parts(width);
            prop_assert_eq!(u32::from(parts.done) + u32::from(parts.over) + u32::from(parts.left), u32::from(width));
            prop_assert!(parts.mark.is_none_or(|mark| mark < width));
            prop_assert!(done >= target || target <= 0 || width == 1 || parts.left > 0 || width == 0);
        }
    }
}
