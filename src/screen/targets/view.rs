//! How the targets are drawn.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::{Line, Targets, row_id};
use crate::app::amount::amount;
use crate::app::speak::{self, time};
use crate::app::{Part, Session, View};
use crate::domain::lists::{Level, Period};
use crate::screen::board::{leads, note_metrics};
use crate::store::change::people::TargetOf;
use crate::text::Text;
use crate::theme::Role;
use crate::widget::{self, Column, Mark, Row, Shape, Table, Tabs, draw, draw_right, line_cells, piece};

impl Targets {
    /// Draws the metrics to choose from and the lines.
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
        let metric = self.metric().map(|metric| words.name("metric", metric.as_str())).unwrap_or_default();
        let title = [
            piece(metric, Role::Title),
            piece(format!(" · {}", words.name("period", self.period.as_str())), Role::Text),
            match self.level {
                Level::Goal => piece("", Role::Text),
                level => piece(format!(" · {}", words.name("level", level.as_str())), Role::Accent),
            },
        ];
        let used = draw(&title, row(0), buf, theme);
        if !leads(session) {
            let why = [piece(words.say(Text("targets.read_only")), Role::Dim)];
            if usize::from(used) + line_cells(&why) + 2 < usize::from(row(0).width) {
                draw_right(&why, row(0), buf, theme);
            }
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
        if self.lines.is_empty() || !self.loaded {
            draw(&[piece(format!(" {}", words.say(Text("common.loading"))), Role::Dim)], list, buf, theme);
            return None;
        }
        let mut columns = vec![Column::flex(words.say(Text("column.name")), 10).weight(2).priority(0)];
        for period in Period::ALL {
            let mark = speak::mark(session, Mark::Chosen, Role::TableHead).text;
            let mark = if *period == self.period { mark.as_ref() } else { "" };
            let head = format!("{mark}{}", words.name("period", period.as_str()));
            let priority = if *period == self.period { 0 } else { 2 };
            columns.push(Column::fixed(head, 12).right().priority(priority));
        }
        columns.push(Column::flex(words.say(Text("targets.from")), 16).weight(2).priority(3));
        let make =
            |index: usize| self.lines.get(index).map_or_else(Row::default, |line| self.row(line, session));
        let table =
            Table::making(&columns, self.lines.len(), &make).head(true).selected(Some(self.select.at()));
        session.hits.rows(list, Part::default(), |place| {
            table.row_at(list, place).and_then(|row| self.lines.get(row)).map(|line| row_id(line.scope))
        });
        table.render(list, buf, theme)
    }

    fn row(&self, line: &Line, session: &Session) -> Row<'static> {
        let words = &session.words;
        let team = matches!(line.scope, TargetOf::Team(_));
        let name = if team {
            piece(line.name.clone(), Role::Title)
        } else {
            piece(format!("  {}", line.name), Role::Accent)
        };
        let mut cells: Vec<widget::Line<'static>> = vec![vec![name]];
        let Some(metric) = self.metric() else { return Row::new(cells) };
        let currency = session.playbook().map_or("CNY", |playbook| playbook.currency.as_str());
        for period in Period::ALL {
            let chosen = *period == self.period;
            cells.push(vec![match self.target(line.scope, metric, *period) {
                Some(row) => {
                    let role = if chosen { Role::Money } else { Role::Text };
                    piece(amount(metric.unit(), currency, row.value), role)
                }
                None => piece("–", Role::Dim),
            }]);
        }
        let from = self.target(line.scope, metric, self.period).map(|row| match row.id {
            Some(_) => {
                let day = time::date(session, row.from);
                words.fill(Text("targets.since"), &[("day", &day)])
            }
            None => words.say(Text("targets.playbook")).to_owned(),
        });
        cells.push(vec![piece(from.unwrap_or_default(), Role::Dim)]);
        let row = Row::new(cells);
        if Self::is_own(line.scope, session) { row.role(Role::Mine) } else { row }
    }
}
