//! Reps × today as a table: how each day stands, what is done of the standard, what waits.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::Desk;
use super::faces::{role_of, sign};
use crate::app::amount::signed;
use crate::app::speak::{self, amount, time};
use crate::app::{Part, Session, View};
use crate::domain::lists::{Metric, RepState};
use crate::store::query::desk::{DeskRow, StandardRow};
use crate::text::Text;
use crate::theme::Role;
use crate::widget::{Bar, Column, Line, Row, Table, draw, piece, window};

/// Standards that have a column of their own.
const STANDARDS: usize = 4;
/// Cells from which the sums stand below.
const SUMS_FROM: u16 = 8;

impl Desk {
    pub(super) fn reps_table(&self, area: Rect, buf: &mut Buffer, view: View<'_>) -> Option<Position> {
        let session = view.session;
        let (words, theme) = (&session.words, &session.theme);
        let several = self.floor.as_ref().is_some_and(|floor| floor.teams.len() > 1);
        let metrics: Vec<Metric> = self
            .rows()
            .iter()
            .find_map(|row| (!row.standards.is_empty()).then_some(&row.standards))
            .map_or_else(Vec::new, |standards| {
                standards.iter().map(|row| row.metric).take(STANDARDS).collect()
            });
        let mut columns = vec![
            Column::fixed(words.say(Text("column.state")), 11).priority(0),
            Column::flex(words.say(Text("column.name")), 8).priority(0),
        ];
        if several {
            columns.push(Column::flex(words.say(Text("column.team")), 8).priority(6));
        }
        for (place, metric) in metrics.iter().enumerate() {
            let name = words.name("metric", metric.as_str());
            let priority = match place {
                0 => 0,
                1 => 3,
                _ => 6 + u8::try_from(place).unwrap_or(1),
            };
            columns.push(Column::fixed(name, 10).right().priority(priority));
            if place == 0 {
                columns.push(Column::fixed(words.say(Text("column.pace")), 6).right().priority(1));
            }
        }
        columns.extend([
            Column::fixed(words.say(Text("desk.todo")), 5).right().priority(1),
            Column::fixed(words.say(Text("column.done")), 5).right().priority(2),
            Column::fixed(words.say(Text("column.overdue")), 7).right().priority(1),
            Column::fixed(words.say(Text("column.clocks")), 6).right().priority(1),
            Column::fixed(words.say(Text("column.warned")), 5).right().priority(3),
            Column::fixed(words.say(Text("column.minutes")), 7).right().priority(2),
            Column::flex(words.say(Text("column.last")), 12).weight(2).priority(5),
        ]);
        let foot = u16::from(area.height > SUMS_FROM);
        let list = Rect { height: area.height - foot, ..area };
        let high = usize::from(list.height.saturating_sub(1)).max(1);
        let rows = self.rows();
        let top = window::keep(0, self.reps.at(), high, rows.len());
        let line = |row: &DeskRow| line(session, row, (&metrics, several));
        let shown: Vec<Row<'_>> = rows.iter().skip(top).take(high).map(line).collect();
        let table = Table::new(&columns, &shown)
            .head(true)
            .total(rows.len())
            .offset(top)
            .selected(Some(self.reps.at() - top));
        session.hits.rows(list, Part::default(), |place| {
            table.row_at(list, place).and_then(|at| rows.get(top + at)).map(|row| row.rep.0.0)
        });
        let caret = table.render(list, buf, theme);
        if foot > 0 {
            let row =
                Rect { x: area.x + 1, y: area.bottom() - 1, width: area.width.saturating_sub(2), height: 1 };
            draw(&self.sums(session), row.intersection(area), buf, theme);
        }
        caret
    }

    /// The standards over everybody.
    fn sums(&self, session: &Session) -> Line<'static> {
        let sums = self.floor.as_ref().map(crate::store::query::DeskFloor::sums).unwrap_or_default();
        let mut line: Line<'static> = Vec::new();
        for (metric, done, standard) in sums {
            let name = session.words.name("metric", metric.as_str());
            let percent = Bar::new(done, standard).percent();
            let done = amount::metric(session, metric, done);
            let standard = amount::metric(session, metric, standard);
            let between = if line.is_empty() { "" } else { " · " };
            line.push(piece(format!("{between}{name} {done}/{standard} {percent}"), Role::Dim));
        }
        line
    }
}

fn line(session: &Session, row: &DeskRow, (metrics, several): (&[Metric], bool)) -> Row<'static> {
    let words = &session.words;
    let role = role_of(row.state);
    let state = words.name("desk.state", row.state.as_str());
    let shown = if session.theme.manner().is_spoken() {
        state.to_owned()
    } else {
        format!("{} {state}", sign(row.state))
    };
    let mut cells: Vec<Line<'static>> =
        vec![vec![piece(shown, role)], vec![piece(row.rep.1.clone(), Role::Accent)]];
    if several {
        cells.push(vec![piece(row.team.1.clone(), Role::Dim)]);
    }
    for (place, metric) in metrics.iter().enumerate() {
        let standard = row.standards.iter().find(|standard| standard.metric == *metric);
        cells.push(standard.map(|standard| reached(session, standard)).unwrap_or_default());
        if place == 0 {
            cells.push(standard.map(|standard| pace(session, standard)).unwrap_or_default());
        }
    }
    let count = |n: u32, role: Role| {
        let role = if n == 0 { Role::Dim } else { role };
        vec![piece(n.to_string(), role)]
    };
    cells.push(count(row.due, Role::Text));
    cells.push(count(row.done, Role::Text));
    cells.push(count(row.overdue, Role::Warning));
    cells.push(count(row.clocks_red + row.promised_late, Role::Bad));
    cells.push(count(row.warnings, Role::Warning));
    let long = match row.state {
        RepState::Off | RepState::Absent => String::new(),
        _ => time::length(session, session.now.since(row.since)),
    };
    cells.push(vec![piece(long, role)]);
    cells.push(match &row.last {
        None => Vec::new(),
        Some(last) => {
            let clock = session.zone().clock(last.at).to_string();
            vec![
                piece(format!("{clock} "), Role::Dim),
                piece(speak::outcome(session, &last.outcome), Role::Text),
                piece(format!(" · {}", last.customer.1), Role::Dim),
            ]
        }
    });
    let line = Row::new(cells);
    if row.state == RepState::Absent { line.role(Role::Pending) } else { line }
}

fn reached(session: &Session, row: &StandardRow) -> Line<'static> {
    let done = amount::metric(session, row.metric, row.done);
    let standard = amount::metric(session, row.metric, row.standard);
    let role = if row.done >= row.standard { Role::Good } else { Role::Text };
    vec![piece(done, role), piece(format!("/{standard}"), Role::Dim)]
}

fn pace(session: &Session, row: &StandardRow) -> Line<'static> {
    let currency = session.playbook().map_or("CNY", |playbook| playbook.currency.as_str());
    let role = if row.pace < 0 { Role::Warning } else { Role::Good };
    vec![piece(signed(row.metric.unit(), currency, row.pace), role)]
}
