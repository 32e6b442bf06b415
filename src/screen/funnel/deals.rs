//! The deals in a cell of a funnel: each opens its customer's card, where it is worked on.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::app::speak::{self, time};
use crate::app::{Act, Context, Cx, Event, Flow, Layer, Part, Spot, Ticket, View};
use crate::screen::card::Card;
use crate::screen::frame::frame;
use crate::screen::select::{Select, moves};
use crate::screen::{ScreenId, switch};
use crate::store::query::report::{FunnelRow, FunnelRowsAsk};
use crate::store::query::{Answer, Query, ReportAnswer, ReportAsk};
use crate::text::Text;
use crate::theme::Role;
use crate::widget::{Column, Row, Table, draw, piece, window};

/// Rows of one window.
pub const WINDOW: usize = 100;

/// The deals.
#[derive(Debug, Clone)]
pub struct Deals {
    ask: FunnelRowsAsk,
    title: String,
    rows: Vec<FunnelRow>,
    more: bool,
    loaded: bool,
    select: Select<i64>,
    asked: Option<Ticket>,
}

impl Deals {
    /// Those of a cell.
    pub fn new(ask: FunnelRowsAsk, title: String) -> Self {
        Self {
            ask,
            title,
            rows: Vec::new(),
            more: false,
            loaded: false,
            select: Select::default(),
            asked: None,
        }
    }

    fn keys(&self) -> Vec<i64> {
        self.rows.iter().map(|row| row.deal.0).collect()
    }

    /// Asks for the first window, or for the one after the last row.
    fn next(&mut self, cx: &mut Cx<'_>) {
        let at_end = self.select.at() + WINDOW / 4 >= self.rows.len();
        if self.asked.is_none() && (!self.loaded || (self.more && at_end)) {
            let after = self.rows.last().map(|row| row.deal);
            let ask = FunnelRowsAsk { after, ..self.ask.clone() };
            self.asked = Some(cx.read(Query::Report(ReportAsk::FunnelRows(ask))));
        }
    }

    fn act(&mut self, act: Act, cx: &mut Cx<'_>) -> Flow {
        let page = usize::from(cx.session.size.height).saturating_sub(7);
        let keys = self.keys();
        if self.select.travel(act, page, &keys) {
            self.next(cx);
            return Flow::Used;
        }
        match act {
            Act::Accept => {
                if let Some(row) = self.rows.get(self.select.at()) {
                    cx.push(Card::new(row.customer));
                }
            }
            Act::Back => cx.pop(),
            _ => return switch(act, cx),
        }
        Flow::Used
    }
}

impl Layer for Deals {
    fn context(&self) -> Context {
        Context::Facts
    }

    fn offers(&self, act: Act, _: &View<'_>) -> Result<(), Text> {
        match act {
            Act::Accept if self.rows.is_empty() => Err(Text("facts.none")),
            // a cell is of the days its funnel is of
            Act::Period | Act::Earlier | Act::Later => Err(Text("board.nothing")),
            _ => Ok(()),
        }
    }

    fn waits(&self, event: &Event, _: &View<'_>) -> bool {
        let on_a_row = |act: Act| act == Act::Accept || moves(act);
        !self.loaded && matches!(event, Event::Act(act) if on_a_row(*act))
    }

    fn update(&mut self, event: &Event, cx: &mut Cx<'_>) -> Flow {
        match event {
            Event::Shown => self.next(cx),
            Event::Act(act) => return self.act(*act, cx),
            Event::Pointed(Spot::Row(_, id)) => {
                let keys = self.keys();
                if !self.select.point(*id, &keys) {
                    return Flow::Passed;
                }
            }
            Event::Answered(ticket, answer) if self.asked == Some(*ticket) => {
                self.asked = None;
                match answer {
                    Ok(Answer::Report(ReportAnswer::FunnelRows(rows))) => {
                        self.loaded = true;
                        self.more = rows.len() >= WINDOW;
                        self.rows.extend_from_slice(rows);
                        let keys = self.keys();
                        self.select.settle(&keys);
                    }
                    Ok(_) => {}
                    Err(error) => {
                        cx.refuse(error);
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
        let count = format!("{}{}", self.rows.len(), if self.more { "+" } else { "" });
        let title = vec![
            piece(self.title.clone(), Role::Title),
            piece(format!(" · {}", words.fill(Text("funnel.rows"), &[("n", &count)])), Role::Dim),
        ];
        draw(&title, head, buf, theme);
        let list = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area }.intersection(area);
        if self.rows.is_empty() {
            let text = if self.loaded { Text("facts.none") } else { Text("common.loading") };
            draw(&[piece(format!(" {}", words.say(text)), Role::Dim)], list, buf, theme);
            return None;
        }
        let columns = [
            Column::flex(words.say(Text("column.customer")), 10).weight(2).priority(0),
            Column::flex(words.say(Text("column.owner")), 8).priority(2),
            Column::flex(words.say(Text("column.stage")), 8).weight(2).priority(0),
            Column::fixed(words.say(Text("column.state")), 8).priority(1),
            Column::fixed(words.say(Text("column.time")), 15).priority(3),
            Column::flex(words.say(Text("funnel.reasons")), 8).weight(2).priority(4),
        ];
        let high = usize::from(list.height.saturating_sub(1)).max(1);
        let top = window::keep(0, self.select.at(), high, self.rows.len());
        let pipeline = self.ask.funnel.pipeline.clone().or_else(|| {
            let staged = session.playbook()?.pipelines.iter().find(|pipeline| !pipeline.stages.is_empty());
            staged.map(|pipeline| pipeline.code.clone())
        });
        let rows: Vec<Row<'_>> = self
            .rows
            .iter()
            .skip(top)
            .take(high)
            .map(|row| {
                let stage = pipeline.as_ref().map_or_else(
                    || row.stage.clone(),
                    |pipeline| speak::stage(session, pipeline, &row.stage.as_str().into()),
                );
                let reason = session.playbook().and_then(|book| book.reason(&row.reason.as_str().into()));
                let reason =
                    reason.map_or_else(|| row.reason.clone(), |reason| speak::named(session, &reason.name));
                Row::new([
                    vec![piece(row.name.as_str(), Role::Accent)],
                    vec![piece(row.owner.as_str(), Role::Text)],
                    vec![piece(stage, Role::Text)],
                    vec![piece(words.name("deal_state", &row.state).to_owned(), Role::Text)],
                    vec![piece(time::when(session, row.since), Role::Dim)],
                    vec![piece(reason, Role::Dim)],
                ])
            })
            .collect();
        let table = Table::new(&columns, &rows)
            .head(true)
            .total(self.rows.len() + usize::from(self.more))
            .offset(top)
            .selected(Some(self.select.at().saturating_sub(top)));
        session.hits.rows(list, Part::default(), |place| {
            table.row_at(list, place).and_then(|at| self.rows.get(top + at)).map(|row| row.deal.0)
        });
        table.render(list, buf, theme)
    }
}
