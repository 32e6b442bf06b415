//! The deals of a stock-take, rep by rep: what has changed first, and what is known of the selected one.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::Stock;
use crate::app::speak::{self, amount, time};
use crate::app::{Part, Session, View};
use crate::domain::code::{PipelineCode, StageCode};
use crate::store::query::stock::StockRow;
use crate::text::Text;
use crate::theme::Role;
use crate::widget::{Column, Line, Row, Table, draw, draw_right, line_cells, piece, window};

impl Stock {
    pub(super) fn list(&self, area: Rect, buf: &mut Buffer, view: View<'_>) -> Option<Position> {
        let session = view.session;
        let (words, theme) = (&session.words, &session.theme);
        let head =
            Rect { x: area.x + 1, width: area.width.saturating_sub(2), height: 1, ..area }.intersection(area);
        let used = draw(&self.title(session), head, buf, theme);
        let right = self.told(session);
        if usize::from(head.width) > usize::from(used) + line_cells(&right) + 2 {
            draw_right(&right, head, buf, theme);
        }
        let list = Rect { y: area.y + 2, height: area.height.saturating_sub(2), ..area }.intersection(area);
        if self.rows.is_empty() {
            let text = match (self.refused, self.page.is_some()) {
                (Some(refused), false) => words.say(refused).to_owned(),
                (None, false) => words.say(Text("common.loading")).to_owned(),
                (_, true) => {
                    let days = self.page.as_ref().map_or(0, |page| page.older_than);
                    words.fill(Text("stock.empty"), &[("n", &days)])
                }
            };
            draw(&[piece(format!(" {text}"), Role::Dim)], list, buf, theme);
            return None;
        }
        if let Some(row) = self.selected() {
            let brief = Rect { y: area.y + 1, ..head }.intersection(area);
            draw(&self.about(session, row), brief, buf, theme);
        }
        let mut columns = vec![
            Column::flex(words.say(Text("desk.owner")), 6).priority(1),
            Column::flex(words.say(Text("column.customer")), 8).weight(2).priority(0),
            Column::flex(words.say(Text("column.stage")), 8).weight(2).priority(0),
            Column::fixed(words.say(Text("stock.age")), 6).right().priority(0),
            Column::fixed(words.say(Text("stock.in_stage")), 6).right().priority(3),
            Column::fixed(words.say(Text("stock.value")), 11).right().priority(2),
        ];
        if !self.is_first() {
            columns.push(Column::flex(words.say(Text("stock.news")), 9).weight(2).priority(4));
        }
        columns.push(Column::flex(words.say(Text("stock.decision")), 9).weight(2).priority(0));
        let high = usize::from(list.height.saturating_sub(1)).max(1);
        let top = window::keep(0, self.select.at(), high, self.rows.len());
        let shown: Vec<Row<'_>> =
            self.rows.iter().skip(top).take(high).map(|row| self.row(session, row)).collect();
        let all = self.page.as_ref().map_or(0, |page| usize::try_from(page.all).unwrap_or(0));
        let table = Table::new(&columns, &shown)
            .head(true)
            .total(all.max(self.rows.len()))
            .offset(top)
            .selected(Some(self.select.at().saturating_sub(top)));
        session.hits.rows(list, Part::default(), |place| {
            table.row_at(list, place).and_then(|at| self.rows.get(top + at)).map(|row| row.deal.0)
        });
        table.render(list, buf, theme)
    }

    fn title(&self, session: &Session) -> Line<'static> {
        let words = &session.words;
        let mut line = vec![piece(words.say(Text("stock.title")).to_owned(), Role::Title)];
        let Some(page) = &self.page else { return line };
        line.push(piece(format!(" · {}", page.team.1), Role::Text));
        let said = words.fill(Text("stock.older"), &[("n", &page.all), ("days", &page.older_than)]);
        line.push(piece(format!(" · {said}"), Role::Dim));
        let (left, changed) = self.left();
        let role = if left == 0 { Role::Good } else { Role::Accent };
        line.push(piece(format!(" · {}", words.fill(Text("stock.left"), &[("n", &left)])), role));
        if page.before.is_some() && changed > 0 {
            let said = words.fill(Text("stock.left_changed"), &[("n", &changed)]);
            line.push(piece(format!(" · {said}"), Role::Text));
        }
        line
    }

    /// When the stock-take before was, and since when this one is open.
    fn told(&self, session: &Session) -> Line<'static> {
        let words = &session.words;
        let Some(page) = &self.page else { return Vec::new() };
        if let Some((_, at, by)) = &page.open {
            let when = time::when(session, *at);
            return vec![piece(words.fill(Text("stock.since"), &[("when", &when), ("name", by)]), Role::Dim)];
        }
        let Some(at) = page.before else { return Vec::new() };
        vec![piece(words.fill(Text("stock.before"), &[("when", &time::when(session, at))]), Role::Dim)]
    }

    fn row(&self, session: &Session, row: &StockRow) -> Row<'static> {
        let words = &session.words;
        let decision = self.decision(row);
        let (strong, plain) =
            if decision.is_some() { (Role::Dim, Role::Dim) } else { (Role::Accent, Role::Text) };
        let days = |at| {
            let n = time::days_since(session, at);
            words.fill(Text("stock.days"), &[("n", &n)])
        };
        let decided: Line<'static> = match (decision, row.last) {
            (Some(decision), _) => {
                let name = words.name("stock.said", decision.as_str()).to_owned();
                let mut line = vec![piece(name, Role::Good)];
                if let Some(to) = row.decided.as_ref().and_then(|decided| decided.to_stage.as_ref()) {
                    line.push(piece(format!(" → {}", stage(session, &row.pipeline, to)), Role::Dim));
                }
                line
            }
            (None, Some(last)) => {
                let name = words.name("stock.said", last.as_str());
                vec![piece(words.fill(Text("stock.last"), &[("what", &name)]), Role::Dim)]
            }
            (None, None) => vec![piece("–", Role::Dim)],
        };
        let mut cells = vec![
            vec![piece(row.owner.1.clone(), plain)],
            vec![piece(row.customer.1.clone(), strong)],
            vec![piece(stage(session, &row.pipeline, &row.stage), plain)],
            vec![piece(days(row.opened_at), plain)],
            vec![piece(days(row.stage_since), Role::Dim)],
            vec![piece(amount::money(session, row.value), plain)],
        ];
        if !self.is_first() {
            let role = if row.news.is_empty() { Role::Dim } else { plain };
            cells.push(vec![piece(self.news(session, row), role)]);
        }
        cells.push(decided);
        Row::new(cells)
    }

    /// Whether there was none before: everything would be new.
    fn is_first(&self) -> bool {
        self.page.as_ref().is_none_or(|page| page.before.is_none())
    }

    /// What has changed since the stock-take before, or that nothing has; nothing is said in the first one.
    fn news(&self, session: &Session, row: &StockRow) -> String {
        let words = &session.words;
        if self.is_first() {
            return String::new();
        }
        if row.news.is_empty() {
            return words.say(Text("stock.unchanged")).to_owned();
        }
        let names: Vec<&str> = row.news.iter().map(|news| words.name("stock.new", news.as_str())).collect();
        names.join(" ")
    }

    /// What is known of the selected row, whatever columns there is room for.
    fn about(&self, session: &Session, row: &StockRow) -> Line<'static> {
        let words = &session.words;
        let last = match row.last_at {
            Some(at) => words.fill(Text("stock.contact_at"), &[("when", &time::when(session, at))]),
            None => words.say(Text("stock.no_contact")).to_owned(),
        };
        let next = match row.next_at {
            Some(at) if at < session.now => piece(
                words.fill(Text("stock.next_late"), &[("when", &time::when(session, at))]),
                Role::Warning,
            ),
            Some(at) => {
                piece(words.fill(Text("stock.next_at"), &[("when", &time::when(session, at))]), Role::Text)
            }
            None => piece(words.say(Text("desk.nothing_planned")).to_owned(), Role::Bad),
        };
        let mut line = vec![
            piece(row.customer.1.clone(), Role::Accent),
            piece(format!(" · {last} · "), Role::Text),
            next,
        ];
        let news = self.news(session, row);
        if !news.is_empty() {
            line.push(piece(format!(" · {news}"), Role::Dim));
        }
        line
    }
}

/// The name of a stage.
pub(super) fn stage(session: &Session, pipeline: &str, stage: &str) -> String {
    speak::stage(session, &PipelineCode::from(pipeline), &StageCode::from(stage))
}
