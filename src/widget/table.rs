//! A window of rows under columns.

use std::borrow::Cow;

use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
};

use super::{
    paint::{Line, draw, draw_right, line_cells, narrow, piece, put},
    window,
};
use crate::theme::{Manner, Role, Theme};

/// Marks the selected row, so that colour is not the only sign.
const MARK: &str = "▸";
/// What stands between two things of a row that is read aloud.
const BETWEEN: &str = ", ";

/// A column: its head, its width, and when it gives way.
#[derive(Clone, Debug)]
pub struct Column {
    title: String,
    width: Width,
    align: Align,
    priority: u8,
}

/// How wide a column is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Width {
    /// Exactly so many cells.
    Fixed(u16),
    /// At least so many cells, and a share of what is left by weight.
    Flex {
        /// Fewest cells.
        min: u16,
        /// Share of the cells left over.
        weight: u16,
    },
}

/// Which edge of a column its texts stand at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Align {
    /// The left one: texts.
    #[default]
    Left,
    /// The right one: numbers.
    Right,
}

/// One row of a table: a line a column.
#[derive(Clone, Debug, Default)]
pub struct Row<'a> {
    cells: Vec<Line<'a>>,
    role: Option<Role>,
}

/// Makes the row of a place of the window.
type Make<'a> = &'a dyn Fn(usize) -> Row<'a>;

/// Where the rows come from.
#[derive(Clone, Copy)]
enum Rows<'a> {
    Made(&'a [Row<'a>]),
    /// So many, each made when it is in sight.
    Wanted(usize, Make<'a>),
}

impl<'a> Rows<'a> {
    const fn len(&self) -> usize {
        match self {
            Self::Made(rows) => rows.len(),
            Self::Wanted(count, _) => *count,
        }
    }

    fn at(&self, index: usize) -> Option<Cow<'a, Row<'a>>> {
        match self {
            Self::Made(rows) => rows.get(index).map(Cow::Borrowed),
            Self::Wanted(count, make) => (index < *count).then(|| Cow::Owned(make(index))),
        }
    }
}

/// A window of rows of a list that may be far longer.
///
/// The window starts at `offset` of `total`. `selected` counts from the start of the window; the table itself scrolls
/// inside the window so that it is in sight. Only rows in sight are drawn; [`Table::making`] makes only those.
#[derive(Clone)]
pub struct Table<'a> {
    columns: &'a [Column],
    rows: Rows<'a>,
    total: usize,
    offset: usize,
    top: usize,
    selected: Option<usize>,
    head: bool,
    focused: bool,
}

impl std::fmt::Debug for Table<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Table")
            .field("rows", &self.rows.len())
            .field("total", &self.total)
            .finish_non_exhaustive()
    }
}

impl Column {
    /// A column of exactly `width` cells, its texts at the left, priority 1.
    pub fn fixed(title: impl Into<String>, width: u16) -> Self {
        Self { title: title.into(), width: Width::Fixed(width), align: Align::Left, priority: 1 }
    }

    /// A column of at least `min` cells that takes a share of what is left, priority 1.
    pub fn flex(title: impl Into<String>, min: u16) -> Self {
        Self { width: Width::Flex { min, weight: 1 }, ..Self::fixed(title, min) }
    }

    /// Gives a flexible column a larger share of what is left.
    #[must_use]
    pub const fn weight(mut self, weight: u16) -> Self {
        if let Width::Flex { min, .. } = self.width {
            self.width = Width::Flex { min, weight };
        }
        self
    }

    /// Stands the texts at the right: for numbers.
    #[must_use]
    pub const fn right(mut self) -> Self {
        self.align = Align::Right;
        self
    }

    /// Says when the column gives way in a narrow table: the highest number first, 0 last.
    #[must_use]
    pub const fn priority(mut self, priority: u8) -> Self {
        self.priority = priority;
        self
    }

    const fn least(&self) -> u16 {
        match self.width {
            Width::Fixed(width) => width,
            Width::Flex { min, .. } => min,
        }
    }
}

impl<'a> Row<'a> {
    /// A row of one line a column; columns without a line stay empty.
    pub fn new(cells: impl IntoIterator<Item = Line<'a>>) -> Self {
        Self { cells: cells.into_iter().collect(), role: None }
    }

    /// Lays a role over the whole row, such as [`Role::Mine`] or [`Role::Pending`].
    #[must_use]
    pub const fn role(mut self, role: Role) -> Self {
        self.role = Some(role);
        self
    }
}

impl<'a> Table<'a> {
    /// A table of these columns that shows these rows, without a head, nothing selected.
    pub const fn new(columns: &'a [Column], rows: &'a [Row<'a>]) -> Self {
        Self::of(columns, Rows::Made(rows))
    }

    /// A table of these columns over `count` rows, each made when it comes into sight: a long list costs no more than a
    /// short one.
    pub const fn making(columns: &'a [Column], count: usize, make: &'a dyn Fn(usize) -> Row<'a>) -> Self {
        Self::of(columns, Rows::Wanted(count, make))
    }

    const fn of(columns: &'a [Column], rows: Rows<'a>) -> Self {
        Self {
            columns,
            rows,
            total: rows.len(),
            offset: 0,
            top: 0,
            selected: None,
            head: false,
            focused: true,
        }
    }

    /// Says how many rows the whole list has: for the scroll bar.
    #[must_use]
    pub const fn total(mut self, total: usize) -> Self {
        self.total = total;
        self
    }

    /// Says which row of the whole list is the first of the window.
    #[must_use]
    pub const fn offset(mut self, offset: usize) -> Self {
        self.offset = offset;
        self
    }

    /// Says which row of the window to show first, as far as the selected one stays in sight.
    #[must_use]
    pub const fn top(mut self, top: usize) -> Self {
        self.top = top;
        self
    }

    /// Says which row of the window is selected.
    #[must_use]
    pub const fn selected(mut self, selected: Option<usize>) -> Self {
        self.selected = selected;
        self
    }

    /// Shows the titles of the columns above the rows.
    #[must_use]
    pub const fn head(mut self, head: bool) -> Self {
        self.head = head;
        self
    }

    /// Says whether the table has the focus; without it the selection is drawn quietly.
    #[must_use]
    pub const fn focused(mut self, focused: bool) -> Self {
        self.focused = focused;
        self
    }

    /// Draws the table. Answers with the place of the selected row: the caret of a list, for screen readers.
    pub fn render(&self, area: Rect, buf: &mut Buffer, theme: &Theme) -> Option<Position> {
        let area = area.intersection(buf.area);
        if theme.manner().is_spoken() {
            return self.read(area, buf, theme);
        }
        let body = self.body(area);
        let places = self.places(body);
        if self.head && area.height > 0 {
            let head = Rect { height: 1, ..area };
            for (column, place) in &places {
                let title = [piece(column.title.as_str(), Role::TableHead)];
                put_aligned(&title, Rect { y: head.y, height: 1, ..*place }, column.align, buf, theme);
            }
        }
        let first = self.first(body.height);
        let mut caret = None;
        for (y, index) in (body.y..body.bottom()).zip(first..) {
            let Some(row) = self.rows.at(index) else { break };
            let line = Rect { y, height: 1, ..body };
            let mut lines = row.cells.iter();
            for (column, place) in self.every_place(&places) {
                let Some(cells) = lines.next() else { break };
                if let Some(place) = place {
                    put_aligned(cells, Rect { y, height: 1, ..place }, column.align, buf, theme);
                }
            }
            if let Some(role) = row.role {
                buf.set_style(line, theme.ink(role));
            }
            if self.selected == Some(index) {
                if gutter(body.width) > 0 {
                    put(line, buf, MARK, theme.ink(Role::Accent));
                }
                let role = if self.focused { Role::Selected } else { Role::SelectedQuiet };
                buf.set_style(line, theme.style(role));
                caret = (!line.is_empty()).then_some(Position { x: line.x, y });
            }
        }
        self.scroll_bar(area, body, buf, theme);
        caret
    }

    /// Each row as a line of its own: what is in it, one thing after another, after the name of its column where the
    /// columns are named. What does not fit gives way whole, by priority.
    fn read(&self, area: Rect, buf: &mut Buffer, theme: &Theme) -> Option<Position> {
        let first = self.first(area.height);
        let mut caret = None;
        for (y, index) in (area.y..area.bottom()).zip(first..) {
            let Some(row) = self.rows.at(index) else { break };
            let line = Rect { y, height: 1, ..area };
            draw(&self.told(&row, area.width), line, buf, theme);
            if let Some(role) = row.role {
                buf.set_style(line, theme.ink(role));
            }
            if self.selected == Some(index) {
                buf.set_style(line, theme.style(Role::Selected));
                caret = (!line.is_empty()).then_some(Position { x: line.x, y });
            }
        }
        caret
    }

    fn told<'r>(&'r self, row: &'r Row<'_>, width: u16) -> Line<'r> {
        let told = |column: &'r Column, cells: &'r Line<'_>| -> Line<'r> {
            let named = self.head && !column.title.is_empty();
            let name = named.then(|| piece(format!("{} ", column.title), Role::Dim));
            let cells = cells.iter().map(|cell| piece(cell.text.as_ref(), cell.role));
            name.into_iter().chain(cells).collect()
        };
        let says = |cells: &Line<'_>| cells.iter().any(|cell| !matches!(cell.text.trim(), "" | "–"));
        let mut kept: Vec<(u8, Line<'r>)> = self
            .columns
            .iter()
            .zip(&row.cells)
            .filter(|(_, cells)| says(cells))
            .map(|(column, cells)| (column.priority, told(column, cells)))
            .collect();
        let wide = |kept: &[(u8, Line<'_>)]| {
            kept.iter().map(|(_, line)| line_cells(line) + BETWEEN.len()).sum::<usize>()
        };
        while kept.len() > 1 && wide(&kept) > usize::from(width) + BETWEEN.len() {
            let leaves = kept.iter().enumerate().max_by_key(|(index, (priority, _))| (*priority, *index));
            let Some(leaves) = leaves.map(|(index, _)| index) else { break };
            kept.remove(leaves);
        }
        let mut line = Line::new();
        for (_, cells) in kept {
            if !line.is_empty() {
                line.push(piece(BETWEEN, Role::Dim));
            }
            line.extend(cells);
        }
        line
    }

    /// Finds the row of the window that is drawn at a place: for the mouse.
    pub fn row_at(&self, area: Rect, place: Position) -> Option<usize> {
        let body = self.body(area);
        if !body.contains(place) {
            return None;
        }
        let index = self.first(body.height) + usize::from(place.y - body.y);
        (index < self.rows.len()).then_some(index)
    }

    /// Counts the rows that an area shows.
    pub const fn height(&self, area: Rect) -> u16 {
        if self.head { area.height.saturating_sub(1) } else { area.height }
    }

    /// The rows without the head and the scroll bar.
    fn body(&self, area: Rect) -> Rect {
        let head = u16::from(self.head).min(area.height);
        let body = Rect { y: area.y + head, height: area.height - head, ..area };
        let scrolls = self.total > usize::from(body.height) && area.width > 2;
        Rect { width: body.width - u16::from(scrolls), ..body }
    }

    fn first(&self, height: u16) -> usize {
        let height = usize::from(height);
        match self.selected {
            Some(selected) => window::keep(self.top, selected, height, self.rows.len()),
            None => self.top.min(self.rows.len().saturating_sub(height)),
        }
    }

    fn scroll_bar(&self, area: Rect, body: Rect, buf: &mut Buffer, theme: &Theme) {
        if body.width == area.width {
            return;
        }
        let offset = self.offset + self.first(body.height);
        let Some((start, long)) = window::thumb(offset, body.height, self.total) else { return };
        for row in 0..body.height {
            let place = Rect { x: area.right() - 1, y: body.y + row, width: 1, height: 1 };
            if (start..start + long).contains(&row) {
                put(place, buf, "▐", theme.ink(Role::ScrollThumb));
            } else {
                // a line of ASCII would stand against the figures
                let track = if theme.manner() == Manner::Ascii { " " } else { "│" };
                put(place, buf, track, theme.ink(Role::ScrollTrack));
            }
        }
    }

    /// The columns that are shown, each with its place in the first row.
    fn places(&self, body: Rect) -> Vec<(&'a Column, Rect)> {
        let gutter = gutter(body.width);
        let room = body.width - gutter;
        let mut kept: Vec<(usize, &Column)> = self.columns.iter().enumerate().collect();
        while kept.len() > 1 && least(&kept) > u32::from(room) {
            let Some(leaves) = kept.iter().max_by_key(|(index, column)| (column.priority, *index)) else {
                break;
            };
            let leaves = leaves.0;
            kept.retain(|(index, _)| *index != leaves);
        }
        let mut left = u32::from(room).saturating_sub(least(&kept));
        let mut weights: u32 = kept.iter().map(|(_, column)| weight(column)).sum();
        let mut x = body.x + gutter;
        let mut places = Vec::with_capacity(kept.len());
        for (_, column) in kept {
            // The last flexible column gets what rounding left over.
            let share = (left * weight(column)).checked_div(weights).unwrap_or(0);
            left -= share;
            weights -= weight(column);
            let wide = (u32::from(column.least()) + share).min(u32::from(body.right().saturating_sub(x)));
            let wide = u16::try_from(wide).unwrap_or(u16::MAX);
            places.push((column, Rect { x, width: wide, height: 1, ..body }));
            x = (x + wide + 1).min(body.right());
        }
        places
    }

    /// All columns in order, those that gave way without a place.
    fn every_place(&self, places: &[(&'a Column, Rect)]) -> impl Iterator<Item = (&'a Column, Option<Rect>)> {
        self.columns.iter().map(|column| {
            let place =
                places.iter().find(|(shown, _)| std::ptr::eq(*shown, column)).map(|(_, place)| *place);
            (column, place)
        })
    }
}

/// The cell the mark of the selected row stands in; a very narrow table has none.
const fn gutter(width: u16) -> u16 {
    if width > 8 { 1 } else { 0 }
}

fn weight(column: &Column) -> u32 {
    match column.width {
        Width::Fixed(_) => 0,
        Width::Flex { weight, .. } => u32::from(weight),
    }
}

fn least(columns: &[(usize, &Column)]) -> u32 {
    let gaps = u32::from(narrow(columns.len().saturating_sub(1)));
    columns.iter().map(|(_, column)| u32::from(column.least())).sum::<u32>() + gaps
}

fn put_aligned(line: &[super::Piece<'_>], area: Rect, align: Align, buf: &mut Buffer, theme: &Theme) {
    match align {
        Align::Left => draw(line, area, buf, theme),
        Align::Right => draw_right(line, area, buf, theme),
    };
}
