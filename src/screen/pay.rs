//! What somebody is paid for a month, line by line; of a team a line a person (S001-100).

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::app::pay::{money, named, notes, quantity, rate};
use crate::app::speak::time;
use crate::app::{Act, Context, Cx, Event, Flow, Layer, Part, Spot, Ticket, View};
use crate::domain::span::Span;
use crate::domain::time::Month;
use crate::screen::facts::{Facts, Whose};
use crate::screen::frame::frame;
use crate::screen::select::{Select, moves};
use crate::screen::{ScreenId, switch};
use crate::store::change::Topic;
use crate::store::change::people::TargetOf;
use crate::store::query::pay::{PayAsk, PayRow, PaySheet};
use crate::store::query::{Answer, Query};
use crate::text::Text;
use crate::theme::Role;
use crate::widget::{Column, Line, Row, Table, draw, draw_right, line_cells, piece, window};

/// Cells from which what is to be said of a line stands beside it: the columns, and what is between them.
const NOTES_FROM: u16 = 90;

/// Statements of a month.
#[derive(Debug, Clone)]
pub struct Pay {
    whose: Whose,
    /// So many months before this one.
    back: i64,
    sheet: Option<PaySheet>,
    asked: Option<Ticket>,
    select: Select<usize>,
}

impl Pay {
    /// The statements of a person or a team, of this month.
    pub fn new(whose: Whose) -> Self {
        Self { whose, back: 0, sheet: None, asked: None, select: Select::default() }
    }

    fn ask(&mut self, cx: &mut Cx<'_>) {
        let by = cx.viewer();
        let month = cx.session.playbook().map(|playbook| {
            let Month(this) = playbook.zone.day(by.now).month();
            Month(this - self.back)
        });
        self.asked =
            Some(cx.read(Query::Pay(PayAsk { whose: Some(self.whose.scope), month, instead: None, by })));
    }

    /// The statement that is shown line by line: of a person.
    fn one(&self) -> Option<&PayRow> {
        match self.whose.scope {
            TargetOf::User(_) => self.sheet.as_ref()?.rows.first(),
            TargetOf::Team(_) => None,
        }
    }

    fn count(&self) -> usize {
        match self.one() {
            Some(row) => row.statement.lines.len(),
            None => self.sheet.as_ref().map_or(0, |sheet| sheet.rows.len()),
        }
    }

    fn keys(&self) -> Vec<usize> {
        (0..self.count()).collect()
    }

    fn turn(&mut self, by: i64, cx: &mut Cx<'_>) {
        let back = (self.back + by).max(0);
        if back != self.back {
            self.back = back;
            self.ask(cx);
        }
    }

    /// A person's statement, or the facts a line is made of.
    fn open(&self, cx: &mut Cx<'_>) {
        let at = self.select.at();
        if let Some(metric) = self.metric_at(at) {
            if let Some(sheet) = &self.sheet {
                let (from, to) = sheet.days;
                cx.push(Facts::new(self.whose.clone(), metric, Span::Days(from, to)));
            }
        } else if self.one().is_none()
            && let Some(row) = self.sheet.as_ref().and_then(|sheet| sheet.rows.get(at))
        {
            let whose = Whose { scope: TargetOf::User(row.user), name: row.name.clone() };
            cx.push(Self { back: self.back, ..Self::new(whose) });
        }
    }

    /// What a line of a statement is counted by.
    fn metric_at(&self, at: usize) -> Option<crate::domain::lists::Metric> {
        self.one()?.statement.lines.get(at)?.metric.filter(|metric| metric.is_summed())
    }

    fn act(&mut self, act: Act, cx: &mut Cx<'_>) -> Flow {
        let page = usize::from(cx.session.size.height).saturating_sub(8);
        let keys = self.keys();
        if self.select.travel(act, page, &keys) {
            return Flow::Used;
        }
        match act {
            Act::Accept => self.open(cx),
            Act::Earlier => self.turn(1, cx),
            Act::Later => self.turn(-1, cx),
            Act::Back => cx.pop(),
            _ => return switch(act, cx),
        }
        Flow::Used
    }

    fn head(&self, area: Rect, buf: &mut Buffer, view: &View<'_>) {
        let session = view.session;
        let (words, theme) = (&session.words, &session.theme);
        let mut left = vec![piece(format!(" {}", self.whose.name), Role::Title)];
        let Some(sheet) = &self.sheet else {
            draw(&left, area, buf, theme);
            return;
        };
        let (from, to) = sheet.days;
        let mut about = format!("  {} – {}", time::date(session, from), time::date(session, to));
        if let Some(row) = self.one() {
            about.push_str("  ");
            about.push_str(&row.plan);
        }
        left.push(piece(about, Role::Dim));
        let currency = sheet.rows.first().map_or("CNY", |row| row.currency.as_str());
        let (total, paid) = sheet.sums();
        let said = |text: &'static str, sum| words.fill(Text(text), &[("n", &money(currency, sum))]);
        let mut right: Line<'_> = vec![piece(format!("{} ", said("pay.total", total)), Role::Text)];
        right.push(piece(format!("· {} ", said("pay.paid", paid)), Role::Money));
        if total != paid {
            right.push(piece(format!("· {} ", said("pay.held", total - paid)), Role::Warning));
        }
        // whose it is stands on the first line, the sums on one of their own: both on one do not fit in 80 columns
        let below = Rect { y: area.y + 1, ..area };
        draw(&left, area, buf, theme);
        // what is to be said of the selected line stands there too: beside the line itself only where there is room
        let selected = self.one().and_then(|row| row.statement.lines.get(self.select.at()));
        if let Some(line) = selected.filter(|_| area.width < NOTES_FROM) {
            let told = notes(words, line, currency).join("; ");
            let room = usize::from(area.width).saturating_sub(line_cells(&right) + 1);
            let left = Rect { width: u16::try_from(room).unwrap_or(0), ..below };
            draw(&[piece(format!(" {told}"), Role::Dim)], left, buf, theme);
        }
        draw_right(&right, below, buf, theme);
    }

    fn lines(row: &PayRow, view: &View<'_>) -> Vec<Row<'static>> {
        let words = &view.session.words;
        let currency = row.currency.as_str();
        let lines = row.statement.lines.iter();
        lines
            .map(|line| {
                Row::new([
                    vec![piece(named(words, line), Role::Text)],
                    vec![piece(quantity(line, currency), Role::Text)],
                    vec![piece(rate(&line.rate, currency), Role::Dim)],
                    vec![piece(money(currency, line.amount), Role::Money)],
                    vec![piece(money(currency, line.paid), Role::Text)],
                    vec![piece(notes(words, line, currency).join("; "), Role::Dim)],
                ])
            })
            .collect()
    }

    fn people(sheet: &PaySheet) -> Vec<Row<'static>> {
        let rows = sheet.rows.iter();
        rows.map(|row| {
            let (total, paid) = (row.statement.total(), row.statement.paid());
            Row::new([
                vec![piece(row.name.clone(), Role::Accent)],
                vec![piece(row.rank.clone(), Role::Dim)],
                vec![piece(String::new(), Role::Dim)],
                vec![piece(money(&row.currency, total), Role::Money)],
                vec![piece(money(&row.currency, paid), Role::Text)],
                vec![piece(String::new(), Role::Dim)],
            ])
        })
        .collect()
    }
}

impl Layer for Pay {
    fn context(&self) -> Context {
        Context::Facts
    }

    fn offers(&self, act: Act, _: &View<'_>) -> Result<(), Text> {
        match act {
            Act::Accept if self.one().is_some() && self.metric_at(self.select.at()).is_none() => {
                Err(Text("pay.no_facts"))
            }
            Act::Accept if self.count() == 0 => Err(Text("board.nothing")),
            Act::Period => Err(Text("pay.by_month")),
            _ => Ok(()),
        }
    }

    fn waits(&self, event: &Event, _: &View<'_>) -> bool {
        let on_a_row = |act: Act| act == Act::Accept || moves(act);
        self.asked.is_some() && matches!(event, Event::Act(act) if on_a_row(*act))
    }

    fn update(&mut self, event: &Event, cx: &mut Cx<'_>) -> Flow {
        match event {
            Event::Shown => self.ask(cx),
            Event::Act(act) => return self.act(*act, cx),
            Event::Pointed(Spot::Row(_, id)) => {
                let keys = self.keys();
                if !usize::try_from(*id).is_ok_and(|at| self.select.point(at, &keys)) {
                    return Flow::Passed;
                }
            }
            Event::Answered(ticket, answer) if self.asked == Some(*ticket) => {
                self.asked = None;
                match answer {
                    Ok(Answer::Pay(sheet)) => {
                        self.sheet = Some((**sheet).clone());
                        let keys = self.keys();
                        self.select.settle(&keys);
                    }
                    Ok(_) => {}
                    Err(error) => {
                        cx.refuse(error);
                        if self.sheet.is_none() {
                            cx.pop();
                        }
                    }
                }
            }
            // what is set by hand shows at once; what is done is there when the statement is opened next
            Event::Committed(commit) | Event::Written(_, Ok(commit))
                if commit.topics.iter().any(|topic| matches!(topic, Topic::Targets | Topic::People)) =>
            {
                self.ask(cx);
            }
            _ => return Flow::Passed,
        }
        Flow::Used
    }

    fn render(&self, area: Rect, buf: &mut Buffer, view: &View<'_>) -> Option<Position> {
        let session = view.session;
        let (words, theme) = (&session.words, &session.theme);
        let area = frame(area, buf, view, ScreenId::Targets, self);
        self.head(Rect { height: 1, ..area }.intersection(area), buf, view);
        let list = Rect { y: area.y + 2, height: area.height.saturating_sub(2), ..area }.intersection(area);
        let Some(sheet) = &self.sheet else {
            draw(&[piece(format!(" {}", words.say(Text("common.loading"))), Role::Dim)], list, buf, theme);
            return None;
        };
        let rows = match self.one() {
            Some(row) if row.plan.is_empty() => {
                draw(&[piece(format!(" {}", words.say(Text("pay.no_plan"))), Role::Dim)], list, buf, theme);
                return None;
            }
            Some(row) => Self::lines(row, view),
            None => Self::people(sheet),
        };
        let high = usize::from(list.height.saturating_sub(1)).max(1);
        let top = window::keep(0, self.select.at(), high, rows.len());
        let columns = [
            Column::flex(words.say(Text("column.name")), 14).weight(2).priority(0),
            Column::fixed(words.say(Text("pay.counted")), 12).right().priority(2),
            Column::fixed(words.say(Text("pay.rate")), 16).priority(3),
            Column::fixed(words.say(Text("column.amount")), 12).right().priority(0),
            Column::fixed(words.say(Text("pay.now")), 12).right().priority(1),
            Column::flex("", 16).weight(3).priority(4),
        ];
        let shown: Vec<Row<'_>> = rows.iter().skip(top).take(high).cloned().collect();
        let table = Table::new(&columns, &shown)
            .head(true)
            .total(rows.len())
            .offset(top)
            .selected(Some(self.select.at().saturating_sub(top)));
        session.hits.rows(list, Part::default(), |place| {
            table.row_at(list, place).and_then(|at| i64::try_from(top + at).ok())
        });
        table.render(list, buf, theme)
    }
}
