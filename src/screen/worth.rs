//! What the program is worth (S001-09): the last weeks against the first, with counts; who came to life is listed.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::app::amount::amount;
use crate::app::speak::time;
use crate::app::{Act, Context, Cx, Event, Flow, Layer, Part, Spot, Ticket, View, worth};
use crate::domain::lists::Unit;
use crate::screen::card::Card;
use crate::screen::frame::frame;
use crate::screen::select::{Select, moves};
use crate::screen::{ScreenId, switch};
use crate::store::query::report::{ValueKind, ValueReport, ValueRow};
use crate::store::query::{Answer, Query, ReportAnswer, ReportAsk};
use crate::text::Text;
use crate::theme::Role;
use crate::widget::{Column, Row, Table, draw, piece, window};

/// Customers of the list, at most.
const WINDOW: usize = 200;

/// What the program is worth.
#[derive(Debug, Clone, Default)]
pub struct Worth {
    report: Option<ValueReport>,
    /// The customers behind a line, once it was opened.
    rows: Option<Vec<ValueRow>>,
    line: Select<usize>,
    row: Select<i64>,
    asked: Option<Ticket>,
}

impl Worth {
    /// Before the first answer.
    pub fn new() -> Self {
        Self::default()
    }

    fn kind(&self) -> Option<ValueKind> {
        self.report.as_ref()?.lines.get(self.line.at()).map(|line| line.kind)
    }

    fn travel(&mut self, act: Act, page: usize) -> bool {
        if let Some(rows) = &self.rows {
            let keys: Vec<i64> = rows.iter().map(|row| row.customer.0).collect();
            return self.row.travel(act, page, &keys);
        }
        let lines = self.report.as_ref().map_or(0, |report| report.lines.len());
        let keys: Vec<usize> = (0..lines).collect();
        self.line.travel(act, page, &keys)
    }

    fn act(&mut self, act: Act, cx: &mut Cx<'_>) -> Flow {
        let page = usize::from(cx.session.size.height).saturating_sub(7);
        if self.travel(act, page) {
            return Flow::Used;
        }
        match act {
            Act::Accept => {
                if let Some(rows) = &self.rows {
                    if let Some(row) = rows.get(self.row.at()) {
                        cx.push(Card::new(row.customer));
                    }
                } else if let Some(line) = self.kind() {
                    let by = cx.viewer();
                    let ask = ReportAsk::ValueRows { line, by, after: None, limit: WINDOW };
                    self.asked = Some(cx.read(Query::Report(ask)));
                }
            }
            Act::Back if self.rows.is_some() => self.rows = None,
            Act::Back => cx.pop(),
            _ => return switch(act, cx),
        }
        Flow::Used
    }
}

impl Layer for Worth {
    fn context(&self) -> Context {
        Context::Facts
    }

    fn offers(&self, act: Act, _: &View<'_>) -> Result<(), Text> {
        match act {
            Act::Accept if self.rows.is_none() && self.kind() != Some(ValueKind::Revived) => {
                Err(Text("worth.sum"))
            }
            Act::Period | Act::Earlier | Act::Later => Err(Text("worth.days")),
            _ => Ok(()),
        }
    }

    fn waits(&self, event: &Event, _: &View<'_>) -> bool {
        let on_a_row = |act: Act| act == Act::Accept || moves(act);
        self.asked.is_some() && matches!(event, Event::Act(act) if on_a_row(*act))
    }

    fn update(&mut self, event: &Event, cx: &mut Cx<'_>) -> Flow {
        match event {
            Event::Shown if self.report.is_some() => {}
            Event::Shown => {
                let by = cx.viewer();
                self.asked = Some(cx.read(Query::Report(ReportAsk::Value { by })));
            }
            Event::Act(act) => return self.act(*act, cx),
            Event::Pointed(Spot::Row(_, id)) => {
                let found = if let Some(rows) = &self.rows {
                    let keys: Vec<i64> = rows.iter().map(|row| row.customer.0).collect();
                    self.row.point(*id, &keys)
                } else {
                    let lines = self.report.as_ref().map_or(0, |report| report.lines.len());
                    let keys: Vec<usize> = (0..lines).collect();
                    usize::try_from(*id).is_ok_and(|at| self.line.point(at, &keys))
                };
                if !found {
                    return Flow::Passed;
                }
            }
            Event::Answered(ticket, answer) if self.asked == Some(*ticket) => {
                self.asked = None;
                match answer {
                    Ok(Answer::Report(ReportAnswer::Value(report))) => self.report = Some((**report).clone()),
                    Ok(Answer::Report(ReportAnswer::ValueRows(rows))) => {
                        self.rows = Some(rows.clone());
                        self.row.reset();
                    }
                    Ok(_) => {}
                    Err(error) => {
                        cx.refuse(error);
                        if self.report.is_none() {
                            cx.pop();
                        }
                    }
                }
            }
            _ => return Flow::Passed,
        }
        Flow::Used
    }

    fn render(&self, area: Rect, buf: &mut Buffer, view: &View<'_>) -> Option<Position> {
        let session = view.session;
        let (words, theme) = (&session.words, &session.theme);
        let area = frame(area, buf, view, ScreenId::Report, self);
        let head =
            Rect { x: area.x + 1, width: area.width.saturating_sub(2), height: 1, ..area }.intersection(area);
        draw(&[piece(words.say(Text("value_line.title")), Role::Title)], head, buf, theme);
        let list = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area }.intersection(area);
        let Some(report) = &self.report else {
            draw(&[piece(format!(" {}", words.say(Text("common.loading"))), Role::Dim)], list, buf, theme);
            return None;
        };
        let high = usize::from(list.height.saturating_sub(1)).max(1);
        if let Some(rows) = &self.rows {
            let top = window::keep(0, self.row.at(), high, rows.len());
            let columns = [
                Column::flex(words.say(Text("column.customer")), 10).weight(2).priority(0),
                Column::flex(words.say(Text("column.owner")), 8).priority(1),
                Column::fixed(words.say(Text("column.time")), 15).priority(2),
                Column::fixed(words.say(Text("column.amount")), 12).right().priority(0),
            ];
            let shown: Vec<Row<'_>> = rows
                .iter()
                .skip(top)
                .take(high)
                .map(|row| {
                    Row::new([
                        vec![piece(row.name.as_str(), Role::Accent)],
                        vec![piece(row.owner.as_str(), Role::Text)],
                        vec![piece(time::when(session, row.since), Role::Dim)],
                        vec![piece(amount(Unit::Money, &report.currency, row.amount), Role::Money)],
                    ])
                })
                .collect();
            let table = Table::new(&columns, &shown)
                .head(true)
                .total(rows.len())
                .offset(top)
                .selected(Some(self.row.at().saturating_sub(top)));
            session.hits.rows(list, Part::default(), |place| {
                table.row_at(list, place).and_then(|at| rows.get(top + at)).map(|row| row.customer.0)
            });
            return table.render(list, buf, theme);
        }
        let days = |(first, last): (crate::domain::time::Day, crate::domain::time::Day)| {
            format!("{} – {}", time::date(session, first), time::date(session, last))
        };
        let columns = [
            Column::flex("", 14).weight(2).priority(0),
            Column::flex(days(report.baseline), 20).right().weight(2).priority(0),
            Column::flex(days(report.period), 20).right().weight(2).priority(0),
        ];
        let shown: Vec<Row<'_>> = report
            .lines
            .iter()
            .map(|line| {
                Row::new([
                    vec![piece(words.name("value_line", line.kind.word()), Role::Text)],
                    vec![piece(worth::shown(report, line.kind, line.before), Role::Dim)],
                    vec![piece(worth::shown(report, line.kind, line.now), Role::Money)],
                ])
            })
            .collect();
        let table = Table::new(&columns, &shown).head(true).total(shown.len()).selected(Some(self.line.at()));
        session.hits.rows(list, Part::default(), |place| {
            table.row_at(list, place).and_then(|at| i64::try_from(at).ok())
        });
        table.render(list, buf, theme)
    }
}
