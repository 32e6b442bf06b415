//! Labels and their values under each other: cards and forms.

use std::borrow::Cow;

use ratatui::{buffer::Buffer, layout::Rect};

use super::{
    lines::Lines,
    paint::{Line, draw, narrow, piece},
};
use crate::{
    text::width::cells,
    theme::{Role, Theme},
};

/// Labels at the left, values at the right, wrapped inside their column.
#[derive(Clone, Debug, Default)]
pub struct Facts<'a> {
    rows: Vec<(Cow<'a, str>, Line<'a>)>,
}

impl<'a> Facts<'a> {
    /// An empty list.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a label and its value.
    #[must_use]
    pub fn row(mut self, label: impl Into<Cow<'a, str>>, value: Line<'a>) -> Self {
        self.rows.push((label.into(), value));
        self
    }

    /// Adds a label whose value stands in the area that [`Facts::places`] answers with: a field of a form.
    #[must_use]
    pub fn slot(self, label: impl Into<Cow<'a, str>>) -> Self {
        self.row(label, Vec::new())
    }

    /// Draws the list from its start. Answers with the rows used.
    pub fn render(&self, area: Rect, buf: &mut Buffer, theme: &Theme) -> u16 {
        let area = area.intersection(buf.area);
        let label_width = self.label_width(area.width);
        for ((label, value), place) in self.rows.iter().zip(self.places(area)) {
            let head = Rect { x: area.x, y: place.y, width: label_width, height: place.height.min(1) };
            draw(&[piece(label.as_ref(), Role::Dim)], head, buf, theme);
            Lines::new(std::slice::from_ref(value)).render(place, buf, theme);
        }
        self.height(area.width).min(area.height)
    }

    /// The places of the values, in order; those that are out of sight are empty.
    pub fn places(&self, area: Rect) -> Vec<Rect> {
        let label = self.label_width(area.width);
        let indent = (label + u16::from(label > 0)).min(area.width);
        let (x, width) = (area.x + indent, area.width - indent);
        let mut y = area.y;
        let mut places = Vec::with_capacity(self.rows.len());
        for (_, value) in &self.rows {
            let high = value_height(value, width).min(area.bottom() - y);
            places.push(Rect { x, y, width, height: high });
            y += high;
        }
        places
    }

    /// Counts the rows the list takes in a width.
    pub fn height(&self, width: u16) -> u16 {
        let label = self.label_width(width);
        let width = width.saturating_sub(label + u16::from(label > 0));
        self.rows.iter().fold(0, |sum: u16, (_, value)| sum.saturating_add(value_height(value, width)))
    }

    /// As wide as the widest label, but at most a third.
    fn label_width(&self, width: u16) -> u16 {
        let widest = self.rows.iter().map(|(label, _)| cells(label)).max().unwrap_or_default();
        narrow(widest).min(width / 3)
    }
}

fn value_height(value: &Line<'_>, width: u16) -> u16 {
    Lines::new(std::slice::from_ref(value)).height(width).max(1)
}
