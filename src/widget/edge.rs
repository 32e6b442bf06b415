//! The rows at the edges of a screen: tabs above, key hints and notices below.

use std::borrow::Cow;

use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
};

use super::lines::Lines;
use super::paint::{Line, Piece, draw, fill, line_cells, narrow, piece, put};
use super::shape::notice_row;
use crate::{
    text::width::cells,
    theme::{Role, Theme},
};

/// The names of the screens or pens in a row, one of them open.
#[derive(Clone, Debug)]
pub struct Tabs<'a> {
    titles: Vec<Cow<'a, str>>,
    active: usize,
}

impl<'a> Tabs<'a> {
    /// Tabs with these titles, the one at `active` open.
    pub fn new<T: Into<Cow<'a, str>>>(titles: impl IntoIterator<Item = T>, active: usize) -> Self {
        Self { titles: titles.into_iter().map(Into::into).collect(), active }
    }

    /// Draws the tabs in the first row of the area. Answers with the cells used.
    pub fn render(&self, area: Rect, buf: &mut Buffer, theme: &Theme) -> u16 {
        let area = area.intersection(buf.area);
        if theme.manner().is_spoken() {
            return self.read(area, buf, theme);
        }
        let mut end = area.x;
        for (index, place) in self.places(area) {
            let active = index == self.active;
            let role = if active { Role::TabActive } else { Role::Tab };
            let title = self.titles.get(index).map_or("", |title| title.as_ref());
            put(place, buf, &format!(" {title} "), theme.style(role));
            end = place.right();
        }
        end - area.x
    }

    /// The open one first, which it is of how many, then the others.
    fn read(&self, area: Rect, buf: &mut Buffer, theme: &Theme) -> u16 {
        let Some(open) = self.titles.get(self.active) else { return 0 };
        let mut line = vec![
            piece(open.as_ref(), Role::TabActive),
            piece(format!(" ({}/{})", self.active + 1, self.titles.len()), Role::Dim),
        ];
        for (_, title) in self.titles.iter().enumerate().filter(|(index, _)| *index != self.active) {
            line.extend([piece(", ", Role::Dim), piece(title.as_ref(), Role::Tab)]);
        }
        draw(&line, area, buf, theme)
    }

    /// Finds the tab drawn at a column: for the mouse.
    pub fn at(&self, area: Rect, x: u16) -> Option<usize> {
        self.places(area)
            .into_iter()
            .find(|(_, place)| (place.left()..place.right()).contains(&x))
            .map(|(index, _)| index)
    }

    /// The tabs that fit and where each stands, for the mouse; the first ones give way until the open one is among them.
    pub fn places(&self, area: Rect) -> Vec<(usize, Rect)> {
        let wide = |title: &Cow<'_, str>| narrow(cells(title)).saturating_add(2);
        let upto = |first: usize| -> u32 {
            let count = (self.active + 1).saturating_sub(first);
            self.titles.iter().skip(first).take(count).map(|title| u32::from(wide(title))).sum()
        };
        let mut first = 0;
        while first < self.active && upto(first) > u32::from(area.width) {
            first += 1;
        }
        let mut x = area.x;
        let mut places = Vec::new();
        for (index, title) in self.titles.iter().enumerate().skip(first) {
            let left = area.right() - x;
            if left < 3 || (wide(title) > left && index != self.active) || area.height == 0 {
                break;
            }
            let width = wide(title).min(left);
            places.push((index, Rect { x, width, height: 1, ..area }));
            x += width;
        }
        places
    }
}

/// One key and what it does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint<'a> {
    /// The key as it is shown.
    pub key: Cow<'a, str>,
    /// What it does.
    pub label: Cow<'a, str>,
    /// Whether a rule blocks it now.
    pub off: bool,
}

impl<'a> Hint<'a> {
    /// A key that acts.
    pub fn new(key: impl Into<Cow<'a, str>>, label: impl Into<Cow<'a, str>>) -> Self {
        Self { key: key.into(), label: label.into(), off: false }
    }

    /// Says whether a rule blocks the key now.
    #[must_use]
    pub const fn off(mut self, off: bool) -> Self {
        self.off = off;
        self
    }

    /// A key that is blocked stands in brackets: colour is not the only sign.
    fn line(&self) -> [Piece<'_>; 3] {
        if self.off {
            let key = piece(format!("({})", self.key), Role::KeyOff);
            return [key, piece(" ", Role::KeyOff), piece(self.label.as_ref(), Role::KeyOff)];
        }
        [
            piece(self.key.as_ref(), Role::Key),
            piece(" ", Role::KeyLabel),
            piece(self.label.as_ref(), Role::KeyLabel),
        ]
    }
}

/// The keys that act now, in the last row of a screen.
#[derive(Clone, Debug)]
pub struct Footer<'a> {
    hints: &'a [Hint<'a>],
}

impl<'a> Footer<'a> {
    /// Key hints in the order of their weight; the last one is kept whatever else gives way: the help key.
    pub const fn new(hints: &'a [Hint<'a>]) -> Self {
        Self { hints }
    }

    /// Draws the hints that fit in the first row of the area.
    pub fn render(&self, area: Rect, buf: &mut Buffer, theme: &Theme) {
        let area = area.intersection(buf.area);
        draw(&self.line(area.width), area, buf, theme);
    }

    /// The hints that fit and where each stands, for the mouse.
    pub fn places(&self, area: Rect) -> Vec<(usize, Rect)> {
        let mut x = area.x;
        let mut places = Vec::new();
        for index in self.kept(area.width) {
            let Some(hint) = self.hints.get(index) else { continue };
            let width = narrow(line_cells(&hint.line())).min(area.right().saturating_sub(x));
            places.push((index, Rect { x, width, height: area.height.min(1), ..area }));
            x = x.saturating_add(width).saturating_add(narrow(GAP.len()));
        }
        places
    }

    fn line(&self, width: u16) -> Line<'_> {
        let mut line = Vec::new();
        for hint in self.kept(width).into_iter().filter_map(|index| self.hints.get(index)) {
            if !line.is_empty() {
                line.push(piece(GAP, Role::KeyLabel));
            }
            line.extend(hint.line());
        }
        line
    }

    /// The hints that fit, by their place: the first ones, and the last.
    fn kept(&self, width: u16) -> Vec<usize> {
        let Some((last, others)) = self.hints.split_last() else { return Vec::new() };
        let mut room = usize::from(width).saturating_sub(line_cells(&last.line()));
        let mut kept = Vec::new();
        for (index, hint) in others.iter().enumerate() {
            let Some(left) = room.checked_sub(line_cells(&hint.line()) + GAP.len()) else { break };
            room = left;
            kept.push(index);
        }
        kept.push(others.len());
        kept
    }
}

const GAP: &str = "  ";
/// Most rows a notice may take.
const NOTICE_MAX: u16 = 3;

/// One line that says what was done, or refused and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice<'a> {
    text: Cow<'a, str>,
    role: Role,
}

impl<'a> Notice<'a> {
    /// Says what was done.
    pub fn done(text: impl Into<Cow<'a, str>>) -> Self {
        Self { text: text.into(), role: Role::Notice }
    }

    /// Says what was refused, and why.
    pub fn refused(text: impl Into<Cow<'a, str>>) -> Self {
        Self { text: text.into(), role: Role::Error }
    }

    /// Draws the notice over the last row of the window, or as many rows as it needs, a few at most: what a rule refuses
    /// is said whole. On a screen that is read aloud it has a row of its own above the keys.
    ///
    /// A sign tells what was refused from what was done without colour. Answers where it begins.
    pub fn render(&self, window: Rect, buf: &mut Buffer, theme: &Theme) -> Option<Position> {
        let window = window.intersection(buf.area);
        if window.is_empty() {
            return None;
        }
        if theme.manner().is_spoken() {
            let row = notice_row(window);
            fill(row, buf, theme.style(Role::Text));
            draw(&self.line(), row, buf, theme);
            return Some(row.as_position());
        }
        let inner =
            Rect { x: window.x + 1, width: window.width.saturating_sub(2), ..window }.intersection(window);
        let high = self.height(inner.width).min(NOTICE_MAX).min(inner.height);
        let rows = Rect { y: inner.bottom() - high, height: high, ..inner };
        // one row leaves what stands beside it
        let under = if high > 1 {
            Rect { x: window.x, width: window.width, ..rows }
        } else {
            Rect { width: narrow(line_cells(&self.line())).saturating_add(1), ..rows }
        };
        fill(under.intersection(window), buf, theme.style(Role::Text));
        Lines::new(&[self.line()]).render(rows, buf, theme);
        (!rows.is_empty()).then(|| rows.as_position())
    }

    /// Counts the rows the notice takes in a width.
    pub fn height(&self, width: u16) -> u16 {
        Lines::new(&[self.line()]).height(width)
    }

    fn line(&self) -> Line<'_> {
        let sign = if self.role == Role::Error { "! " } else { "" };
        vec![piece(sign, self.role), piece(self.text.as_ref(), self.role)]
    }
}
