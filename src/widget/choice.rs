//! Keyed options to choose from.

use std::borrow::Cow;

use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
};

use super::{
    paint::{Line, draw, line_cells, narrow, piece},
    window,
};
use crate::theme::{Role, Theme};

/// One option: the key that takes it, what it is, and why it is blocked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item<'a> {
    key: Cow<'a, str>,
    label: Cow<'a, str>,
    reason: Option<Cow<'a, str>>,
}

impl<'a> Item<'a> {
    /// An option that can be taken. The key may be empty.
    pub fn new(key: impl Into<Cow<'a, str>>, label: impl Into<Cow<'a, str>>) -> Self {
        Self { key: key.into(), label: label.into(), reason: None }
    }

    /// Says why the option cannot be taken now.
    #[must_use]
    pub fn blocked(mut self, reason: impl Into<Cow<'a, str>>) -> Self {
        self.reason = Some(reason.into());
        self
    }

    fn line(&self, key_width: usize) -> Line<'_> {
        let (key, label) = match self.reason {
            Some(_) => (Role::KeyOff, Role::Dim),
            None => (Role::Key, Role::Text),
        };
        let mut line = vec![piece(crate::text::width::pad(&self.key, key_width), key)];
        if key_width > 0 {
            line.push(piece(" ", label));
        }
        line.push(piece(self.label.as_ref(), label));
        if let Some(reason) = &self.reason {
            line.extend([piece(" · ", Role::Dim), piece(reason.as_ref(), Role::Held)]);
        }
        line
    }
}

/// Options under each other, in as many columns as fit.
#[derive(Clone, Debug)]
pub struct Choice<'a> {
    items: &'a [Item<'a>],
    selected: Option<usize>,
    columns: bool,
}

impl<'a> Choice<'a> {
    /// Options in one column, none selected.
    pub const fn new(items: &'a [Item<'a>]) -> Self {
        Self { items, selected: None, columns: false }
    }

    /// Says which option is selected.
    #[must_use]
    pub const fn selected(mut self, selected: Option<usize>) -> Self {
        self.selected = selected;
        self
    }

    /// Uses as many columns as fit, filled downwards: for outcome keys in a low area.
    #[must_use]
    pub const fn in_columns(mut self) -> Self {
        self.columns = true;
        self
    }

    /// Draws the options, scrolled so that the selected one is in sight. Answers with its place.
    pub fn render(&self, area: Rect, buf: &mut Buffer, theme: &Theme) -> Option<Position> {
        let area = area.intersection(buf.area);
        let mut caret = None;
        for (index, place) in self.places(area) {
            let Some(item) = self.items.get(index) else { break };
            let text = Rect {
                x: place.x + u16::from(place.width > 2),
                width: place.width.saturating_sub(2),
                ..place
            };
            draw(&item.line(self.key_width()), if place.width > 2 { text } else { place }, buf, theme);
            if self.selected == Some(index) {
                if place.width > 2 && !theme.manner().is_spoken() {
                    draw(&[piece("▸", Role::Accent)], Rect { width: 1, ..place }, buf, theme);
                }
                buf.set_style(place, theme.style(Role::Selected));
                caret = Some(Position { x: place.x, y: place.y });
            }
        }
        caret
    }

    /// Finds the option drawn at a place: for the mouse.
    pub fn item_at(&self, area: Rect, place: Position) -> Option<usize> {
        self.places(area).into_iter().find(|(_, drawn)| drawn.contains(place)).map(|(index, _)| index)
    }

    /// Counts the rows all options take in a width.
    pub fn height(&self, width: u16) -> u16 {
        narrow(self.items.len().div_ceil(self.column_count(width)))
    }

    fn key_width(&self) -> usize {
        self.items.iter().map(|item| crate::text::width::cells(&item.key)).max().unwrap_or_default()
    }

    fn column_count(&self, width: u16) -> usize {
        if !self.columns {
            return 1;
        }
        let key = self.key_width();
        let widest = self.items.iter().map(|item| line_cells(&item.line(key)) + 3).max().unwrap_or(1);
        (usize::from(width) / widest).clamp(1, self.items.len().max(1))
    }

    fn places(&self, area: Rect) -> Vec<(usize, Rect)> {
        if area.is_empty() {
            return Vec::new();
        }
        let columns = self.column_count(area.width);
        let rows = self.items.len().div_ceil(columns).max(1);
        let wide = narrow(usize::from(area.width) / columns);
        let row_of = |index: usize| index % rows;
        let top = window::keep(0, self.selected.map_or(0, row_of), usize::from(area.height), rows);
        (0..self.items.len())
            .filter_map(|index| {
                let row = narrow(row_of(index).checked_sub(top)?);
                let x = area.x + narrow(index / rows) * wide;
                let place = Rect { x, y: area.y.checked_add(row)?, width: wide, height: 1 };
                (place.y < area.bottom()).then_some((index, place))
            })
            .collect()
    }
}
