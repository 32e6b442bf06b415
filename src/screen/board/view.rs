//! How the board is drawn.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::{Board, note_metrics};
use crate::app::amount::{amount, signed};
use crate::app::speak::time;
use crate::app::{Part, Session, Spot, View, speak};
use crate::domain::lists::Unit;
use crate::store::query::BoardRow;
use crate::store::query::board::BoardBy;
use crate::text::Text;
use crate::theme::Role;
use crate::widget::{
    Bar, Column, Line, Mark, Row, Shape, Table, Tabs, draw, draw_right, line_cells, piece, window,
};

/// Widest bar: longer ones say no more.
const BAR_MAX: u16 = 32;

impl Board {
    /// Draws what is shown, the metrics to choose from, and the rows.
    pub(super) fn body(&self, area: Rect, buf: &mut Buffer, view: View<'_>) -> Option<Position> {
        let session = view.session;
        let (words, theme) = (&session.words, &session.theme);
        let row = |y: u16| {
            Rect {
                x: area.x + 1,
                y: area.y.saturating_add(y),
                width: area.width.saturating_sub(2),
                height: 1,
            }
            .intersection(area)
        };
        let head = row(0);
        let used = draw(&self.title(session), head, buf, theme);
        let stamp = self.stamp(session);
        if usize::from(head.width) > usize::from(used) + line_cells(&stamp) + 2 {
            draw_right(&stamp, head, buf, theme);
        }
        let names = self.metrics.iter().map(|metric| words.name("metric", metric.as_str()));
        let tabs = Tabs::new(names, self.metric);
        note_metrics(&tabs, row(1), session);
        tabs.render(row(1), buf, theme);
        let above = if Shape::of(buf.area, theme).is_narrow() { 2 } else { 3 };
        let list = Rect {
            y: area.y.saturating_add(above).min(area.bottom()),
            height: area.height.saturating_sub(above),
            ..area
        };
        let Some(board) = self.shown.as_ref().filter(|board| !board.rows.is_empty()) else {
            let text = if self.shown.is_none() { Text("common.loading") } else { Text("board.empty") };
            draw(&[piece(format!(" {}", words.say(text)), Role::Dim)], list, buf, theme);
            return None;
        };
        self.list(&board.rows, board.unit, list, buf, view)
    }

    fn list(
        &self,
        rows: &[BoardRow],
        unit: Unit,
        area: Rect,
        buf: &mut Buffer,
        view: View<'_>,
    ) -> Option<Position> {
        let theme = &view.session.theme;
        let columns = self.columns(area.width, view.session);
        let bar = columns.1;
        let high = usize::from(area.height.saturating_sub(1)).max(1);
        let top = window::keep(0, self.select.at(), high, rows.len());
        let own = self.own(view.session);
        let own = rows.iter().position(|row| Some(&row.id) == own.as_ref());
        // the own row stays in sight at the edge it left by
        let above = own.filter(|own| *own < top && high > 2);
        let below = own.filter(|own| *own >= top + high && high > 2);
        let pinned = u16::from(above.is_some() || below.is_some());
        let high = high - usize::from(pinned);
        let top = window::keep(0, self.select.at(), high, rows.len());
        let line = |row: &BoardRow| self.line(row, unit, bar, view.session);
        let shown: Vec<Row<'_>> = rows.iter().skip(top).take(high).map(line).collect();
        let table = Table::new(&columns.0, &shown)
            .head(true)
            .total(rows.len())
            .offset(top)
            .selected(Some(self.select.at() - top));
        let list = Rect { height: area.height - pinned, ..area };
        view.session.hits.rows(list, Part::default(), |place| {
            table.row_at(list, place).and_then(|at| rows.get(top + at)).and_then(|row| row.id.parse().ok())
        });
        let caret = table.render(list, buf, theme);
        if let Some(own) = above.or(below).and_then(|own| rows.get(own)) {
            let edge = Rect { y: list.bottom(), height: pinned, ..area };
            // the same width as above, where the scroll bar takes a cell
            let edge = Rect { width: edge.width - u16::from(rows.len() > high), ..edge };
            if let Ok(id) = own.id.parse() {
                view.session.hits.put(edge, Spot::Row(Part::default(), id));
            }
            Table::new(&columns.0, &[line(own)]).render(edge, buf, theme);
        }
        caret
    }

    fn title(&self, session: &Session) -> Line<'static> {
        let words = &session.words;
        let by = match self.by {
            BoardBy::Rep => Text("board.by_rep"),
            BoardBy::Team => Text("board.by_team"),
            BoardBy::Coach => Text("board.by_coach"),
        };
        let metric = self.metric().map(|metric| words.name("metric", metric.as_str()).to_owned());
        vec![
            piece(metric.unwrap_or_default(), Role::Title),
            piece(format!(" · {}", time::span(session, self.span)), Role::Text),
            piece(format!(" · {}", words.say(by)), Role::Text),
        ]
    }

    /// When the figures were read: what is on screen says how fresh it is.
    fn stamp(&self, session: &Session) -> Line<'static> {
        // read aloud, a clock on the line would be read again with every reading
        let quiet = session.theme.manner().is_spoken() && !self.stale;
        let Some(at) = self.read_at.filter(|_| !quiet) else { return Vec::new() };
        let text = session.zone().rfc3339(at);
        let clock = text.get(11..19).unwrap_or_default().to_owned();
        let said = session.words.fill(Text("board.as_of"), &[("clock", &clock)]);
        let role = if self.stale { Role::Stale } else { Role::Dim };
        vec![piece(said, role)]
    }

    /// The columns, and how wide the bar among them is.
    fn columns(&self, width: u16, session: &Session) -> (Vec<Column>, u16) {
        let words = &session.words;
        let right = |text: &'static str, wide: u16, priority: u8| {
            Column::fixed(words.say(Text(text)), wide).right().priority(priority)
        };
        let bar = match width {
            _ if session.theme.manner().is_spoken() => 0,
            0..74 => 0,
            74..104 => (width - 70).min(12),
            _ => (width - 88).min(BAR_MAX),
        };
        let team = if self.by == BoardBy::Rep { 8 } else { 0 };
        let mut columns = vec![
            right("column.rank", 4, 0),
            Column::fixed("", 3).priority(2),
            Column::flex(words.say(Text("column.name")), 8).priority(0),
        ];
        columns
            .push(Column::flex(if team > 0 { words.say(Text("column.team")) } else { "" }, team).priority(5));
        columns.extend([
            right("column.value", 10, 0),
            right("column.target", 10, 2),
            Column::fixed("", bar).priority(if bar > 0 { 3 } else { 9 }),
            right("column.gap", 10, 1),
            right("column.per_day", 9, 4),
            right("column.pace", 10, 1),
        ]);
        (columns, bar)
    }

    fn line(&self, row: &BoardRow, unit: Unit, bar: u16, session: &Session) -> Row<'static> {
        let currency = session.playbook().map_or("CNY", |playbook| playbook.currency.as_str());
        let show = |value: i64| amount(unit, currency, value);
        let gap = &row.gap;
        let has_target = gap.target > 0;
        let dash = || vec![piece("–", Role::Dim)];
        let rank = if row.rank <= 3 { Role::Podium } else { Role::Text };
        let pace = if gap.pace >= 0 { Role::Good } else { Role::Warning };
        let cells = vec![
            vec![piece(row.rank.to_string(), rank)],
            self.arrow(session, &row.id),
            vec![piece(row.name.clone(), Role::Accent)],
            vec![piece(row.team.clone(), Role::Dim)],
            vec![piece(show(gap.done), Role::Money)],
            if has_target { vec![piece(show(gap.target), Role::Dim)] } else { dash() },
            if has_target {
                Bar::new(gap.done, gap.target).plan(gap.done - gap.pace).line(bar)
            } else {
                Vec::new()
            },
            match gap.gap {
                _ if !has_target => dash(),
                left if left > 0 => vec![piece(show(left), Role::Text)],
                over => vec![
                    speak::mark(session, Mark::Done, Role::Good),
                    piece(signed(unit, currency, -over), Role::Good),
                ],
            },
            gap.per_day
                .filter(|day| has_target && *day > 0)
                .map_or_else(dash, |day| vec![piece(show(whole(unit, day)), Role::Text)]),
            if has_target { vec![piece(signed(unit, currency, gap.pace), pace)] } else { dash() },
        ];
        let line = Row::new(cells);
        if self.own(session).as_ref() == Some(&row.id) { line.role(Role::Mine) } else { line }
    }

    /// Places won or lost since an earlier reading.
    fn arrow(&self, session: &Session, id: &str) -> Line<'static> {
        let Some((won, _)) = self.moved.get(id) else { return Vec::new() };
        let (mark, role) = if *won > 0 { (Mark::Up, Role::Good) } else { (Mark::Down, Role::Warning) };
        let gap = if session.theme.manner().is_spoken() { " " } else { "" };
        vec![piece(format!("{}{gap}{}", mark.text(&session.words, &session.theme), won.abs()), role)]
    }
}

/// An amount a day must bring, money rounded up to whole units: cents tell nobody what to do.
const fn whole(unit: Unit, value: i64) -> i64 {
    match unit {
        Unit::Money => value.saturating_add(99) / 100 * 100,
        _ => value,
    }
}
