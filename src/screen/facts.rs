//! The facts behind a figure: every number opens (S001-110, AP-04).

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::app::amount::amount;
use crate::app::speak::{self, time};
use crate::app::{Act, Context, Cx, Event, Flow, Layer, Part, Session, Spot, Ticket, View};
use crate::domain::code::{OutcomeCode, ProductCode, StageCode};
use crate::domain::lists::{Lane, Metric, Period, Unit};
use crate::domain::span::Span;
use crate::screen::card::Card;
use crate::screen::frame::frame;
use crate::screen::select::{Select, moves};
use crate::screen::{ScreenId, switch};
use crate::store::change::people::TargetOf;
use crate::store::query::{Answer, FactRow, FactsAsk, Query};
use crate::text::Text;
use crate::theme::Role;
use crate::widget::{Column, Line, Row, Shape, Table, draw, draw_right, line_cells, piece};

/// Rows of one window.
pub const WINDOW: usize = 100;
/// The next window is asked for when the selection is this near the end.
const NEAR_END: usize = 25;

/// Whose figure it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Whose {
    /// A person's or a team's.
    pub scope: TargetOf,
    /// The name.
    pub name: String,
}

/// The facts behind a figure, newest first.
#[derive(Debug, Clone)]
pub struct Facts {
    whose: Whose,
    metric: Metric,
    span: Span,
    rows: Vec<FactRow>,
    more: bool,
    loaded: bool,
    asked: Option<Ticket>,
    next_asked: Option<Ticket>,
    select: Select<i64>,
}

impl Facts {
    /// The facts of a figure.
    pub fn new(whose: Whose, metric: Metric, span: Span) -> Self {
        Self {
            whose,
            metric,
            span,
            rows: Vec::new(),
            more: false,
            loaded: false,
            asked: None,
            next_asked: None,
            select: Select::default(),
        }
    }

    fn query(&self, before: Option<&FactRow>, cx: &Cx<'_>) -> Query {
        let (user, team) = match self.whose.scope {
            TargetOf::User(user) => (Some(user), None),
            TargetOf::Team(team) => (None, Some(team)),
        };
        let (metric, span, now, by) = (self.metric, self.span, cx.now(), cx.user());
        let before = before.map(|row| (row.at, row.id));
        Query::Facts(FactsAsk { metric, span, now, by, user, team, before, limit: WINDOW })
    }

    fn ask(&mut self, cx: &mut Cx<'_>) {
        let query = self.query(None, cx);
        self.asked = Some(cx.read(query));
        self.next_asked = None;
    }

    fn ask_next(&mut self, cx: &mut Cx<'_>) {
        if self.more && self.next_asked.is_none() && self.select.at() + NEAR_END >= self.rows.len() {
            let query = self.query(self.rows.last(), cx);
            self.next_asked = Some(cx.read(query));
        }
    }

    fn keys(&self) -> Vec<i64> {
        self.rows.iter().map(|row| row.id).collect()
    }

    fn answered(&mut self, ticket: Ticket, rows: &[FactRow], cx: &mut Cx<'_>) -> Flow {
        if self.asked == Some(ticket) {
            self.asked = None;
            self.rows = rows.to_vec();
        } else if self.next_asked == Some(ticket) {
            self.next_asked = None;
            self.rows.extend_from_slice(rows);
        } else {
            return Flow::Passed;
        }
        self.loaded = true;
        self.more = rows.len() >= WINDOW;
        let keys = self.keys();
        self.select.settle(&keys);
        self.ask_next(cx);
        Flow::Used
    }

    fn act(&mut self, act: Act, cx: &mut Cx<'_>) -> Flow {
        let page = usize::from(cx.session.size.height).saturating_sub(7);
        let keys = self.keys();
        if self.select.travel(act, page, &keys) {
            self.ask_next(cx);
            return Flow::Used;
        }
        match act {
            Act::Period => {
                self.span = Span::this(self.span.period().unwrap_or(Period::Quarter).next());
                self.loaded = false;
                self.rows.clear();
                self.ask(cx);
            }
            Act::Earlier | Act::Later => {
                self.span = self.span.moved(act == Act::Later);
                self.loaded = false;
                self.rows.clear();
                self.ask(cx);
            }
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

    fn title(&self, session: &Session) -> Line<'static> {
        let words = &session.words;
        vec![
            piece(self.whose.name.clone(), Role::Accent),
            piece(format!(" · {}", words.name("metric", self.metric.as_str())), Role::Title),
            piece(format!(" · {}", time::span(session, self.span)), Role::Text),
        ]
    }

    /// How many facts, and what they come to; a list that goes on says so.
    fn sum(&self, session: &Session) -> Line<'static> {
        let words = &session.words;
        let more = if self.more { "+" } else { "" };
        let count = format!("{}{more}", self.rows.len());
        let total: i64 = self.rows.iter().map(|row| row.value).fold(0, i64::saturating_add);
        let total = format!("{}{more}", shown(session, self.metric, total));
        vec![
            piece(words.fill(Text("facts.count"), &[("n", &count)]), Role::Dim),
            piece(" = ", Role::Dim),
            piece(total, Role::Money),
        ]
    }
}

fn shown(session: &Session, metric: Metric, value: i64) -> String {
    let currency = session.playbook().map_or("CNY", |playbook| playbook.currency.as_str());
    if metric == Metric::SelfSufficiency {
        // behind a share of a target stands what counts for it
        let unit = session.playbook().map_or(Unit::Money, |playbook| playbook.metrics.main.unit());
        return amount(unit, currency, value);
    }
    // behind a share stand its cases, each one or none
    let unit = if metric.is_ratio() && metric.unit() == Unit::Rate { Unit::Count } else { metric.unit() };
    amount(unit, currency, value)
}

/// What a fact was, in the playbook's words: an outcome, a product, a node, a stage.
fn what(session: &Session, row: &FactRow) -> String {
    let Some(playbook) = session.playbook() else { return row.what.clone() };
    let named = |name| speak::named(session, name);
    let code = row.what.as_str();
    playbook
        .outcome(&OutcomeCode::from(code))
        .map(|outcome| named(&outcome.name))
        .or_else(|| playbook.product(&ProductCode::from(code)).map(|product| named(&product.name)))
        .or_else(|| playbook.node(&code.into()).map(|node| named(&node.name)))
        .or_else(|| {
            let pipeline = playbook.pipeline(row.pipeline.as_ref()?)?;
            Some(named(pipeline.stage(&StageCode::from(code)).map_or(&pipeline.name, |stage| &stage.name)))
        })
        .or_else(|| Lane::parse(code).map(|lane| session.words.name("lane", lane.as_str()).to_owned()))
        .unwrap_or_else(|| row.what.clone())
}

impl Layer for Facts {
    fn context(&self) -> Context {
        Context::Facts
    }

    fn offers(&self, act: Act, _: &View<'_>) -> Result<(), Text> {
        if act == Act::Accept && self.rows.is_empty() { Err(Text("facts.none")) } else { Ok(()) }
    }

    fn waits(&self, event: &Event, _: &View<'_>) -> bool {
        let on_a_row = |act: Act| act == Act::Accept || moves(act);
        self.asked.is_some() && matches!(event, Event::Act(act) if on_a_row(*act))
    }

    fn update(&mut self, event: &Event, cx: &mut Cx<'_>) -> Flow {
        match event {
            // back from a card: what was loaded stays where it was
            Event::Shown if self.loaded => {}
            Event::Shown => self.ask(cx),
            Event::Act(act) => return self.act(*act, cx),
            Event::Pointed(Spot::Row(_, id)) => {
                let keys = self.keys();
                if !self.select.point(*id, &keys) {
                    return Flow::Passed;
                }
            }
            Event::Answered(ticket, Ok(Answer::Facts(rows))) => return self.answered(*ticket, rows, cx),
            Event::Answered(ticket, Err(error)) if [self.asked, self.next_asked].contains(&Some(*ticket)) => {
                (self.asked, self.next_asked) = (None, None);
                cx.refuse(error);
            }
            _ => return Flow::Passed,
        }
        Flow::Used
    }

    fn render(&self, area: Rect, buf: &mut Buffer, view: &View<'_>) -> Option<Position> {
        let session = view.session;
        let (words, theme) = (&session.words, &session.theme);
        let area = frame(area, buf, view, ScreenId::Board, self);
        let head =
            Rect { x: area.x + 1, width: area.width.saturating_sub(2), height: 1, ..area }.intersection(area);
        let used = draw(&self.title(session), head, buf, theme);
        let sum = self.sum(session);
        if self.loaded && usize::from(used) + line_cells(&sum) + 2 < usize::from(head.width) {
            draw_right(&sum, head, buf, theme);
        }
        let above = if Shape::of(buf.area, theme).is_narrow() { 1 } else { 2 };
        let list = Rect {
            y: area.y.saturating_add(above).min(area.bottom()),
            height: area.height.saturating_sub(above),
            ..area
        };
        if self.rows.is_empty() {
            let text = if self.loaded { Text("facts.none") } else { Text("common.loading") };
            draw(&[piece(format!(" {}", words.say(text)), Role::Dim)], list, buf, theme);
            return None;
        }
        let columns = [
            Column::fixed(words.say(Text("column.time")), 15).priority(1),
            Column::flex(words.say(Text("facts.by")), 8).priority(3),
            Column::flex(words.say(Text("column.customer")), 10).weight(2).priority(0),
            Column::flex(words.say(Text("facts.what")), 10).weight(2).priority(2),
            Column::fixed(words.say(Text("column.value")), 11).right().priority(0),
            Column::fixed(words.say(Text("facts.version")), 8).right().priority(4),
        ];
        let high = usize::from(list.height.saturating_sub(1)).max(1);
        let top = self.select.at().saturating_sub(high);
        let rows: Vec<Row<'_>> = self
            .rows
            .iter()
            .skip(top)
            .take(2 * high)
            .map(|row| {
                Row::new([
                    vec![piece(time::when(session, row.at), Role::Dim)],
                    vec![piece(row.by.as_str(), Role::Text)],
                    vec![piece(row.customer_name.as_str(), Role::Accent)],
                    vec![piece(what(session, row), Role::Text)],
                    vec![piece(shown(session, self.metric, row.value), Role::Money)],
                    vec![piece(format!("v{}", row.version), Role::Dim)],
                ])
            })
            .collect();
        let table = Table::new(&columns, &rows)
            .head(true)
            .total(self.rows.len() + usize::from(self.more))
            .offset(top)
            .selected(Some(self.select.at() - top));
        session.hits.rows(list, Part::default(), |place| {
            table.row_at(list, place).and_then(|row| self.rows.get(top + row)).map(|row| row.id)
        });
        table.render(list, buf, theme)
    }
}
