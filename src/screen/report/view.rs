//! How the reports are drawn: the list of a team, and the selected one; beside each other where there is room.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::{Reports, key, told};
use crate::app::speak::amount;
use crate::app::{Part, Session, View};
use crate::store::query::report::{ReportCard, TeamReport};
use crate::text::Text;
use crate::theme::Role;
use crate::widget::{Column, Line, Row, Table, draw, draw_right, line_cells, piece, window};

/// From this width on the list stands beside the report.
const BESIDE: u16 = 110;
/// Cells of the list beside it, and where there is room for what was added.
const LIST: u16 = 54;
const WIDE: u16 = 84;
const WIDE_FROM: u16 = 160;

impl Reports {
    /// Draws the list and the selected report.
    pub(super) fn body(&self, area: Rect, buf: &mut Buffer, view: View<'_>) -> Option<Position> {
        let session = view.session;
        let (words, theme) = (&session.words, &session.theme);
        let Some(card) = self.shown() else {
            let key = if self.asked.is_some() { Text("common.loading") } else { Text("report.nothing") };
            draw(&[piece(format!(" {}", words.say(key)), Role::Dim)], area, buf, theme);
            return None;
        };
        let Some(sheet) = self.sheet.as_ref().filter(|_| !self.is_alone()) else {
            self.large(session, card, inside(area), (Some(self.figure), buf));
            return None;
        };
        if area.width >= BESIDE {
            let list = if area.width >= WIDE_FROM { WIDE } else { LIST };
            let left = Rect { width: list, ..area };
            let right = Rect { x: area.x + list + 1, width: area.width - list - 1, ..area };
            let caret = self.list(sheet, left, buf, view);
            if !theme.manner().is_spoken() {
                for y in area.top()..area.bottom() {
                    let cell = Rect { x: area.x + list, y, width: 1, height: 1 };
                    draw(&[piece("│", Role::Border)], cell, buf, theme);
                }
            }
            self.large(session, card, inside(right), (None, buf));
            return caret;
        }
        self.list(sheet, area, buf, view)
    }

    /// The team's people: who has handed in, and what stands out.
    fn list(&self, sheet: &TeamReport, area: Rect, buf: &mut Buffer, view: View<'_>) -> Option<Position> {
        let session = view.session;
        let (words, theme) = (&session.words, &session.theme);
        let head = Rect { height: 1, ..inside(area) }.intersection(area);
        let missing = sheet.people.iter().filter(|card| card.handed.is_none()).count();
        let missing = match missing {
            0 => vec![piece(words.say(Text("report.all_in")).to_owned(), Role::Good)],
            n => vec![piece(words.fill(Text("report.missing"), &[("n", &n)]), Role::Warning)],
        };
        let room = usize::from(head.width).saturating_sub(line_cells(&missing) + 2);
        let title = Rect { width: u16::try_from(room).unwrap_or(u16::MAX).min(head.width), ..head };
        draw(&[piece(told::title(session, &sheet.whole), Role::Title)], title, buf, theme);
        draw_right(&missing, head, buf, theme);
        let signals: Vec<String> = sheet.signals.iter().map(|signal| told::signal(session, signal)).collect();
        let low = u16::try_from(signals.len()).unwrap_or(0).min(area.height / 4);
        let list = Rect {
            y: area.y.saturating_add(1).min(area.bottom()),
            height: area.height.saturating_sub(1 + low),
            ..area
        };
        let main = sheet.whole.figures.metrics.first().map(|figure| figure.metric);
        let main_name = main.map_or("", |metric| words.name("metric", metric.as_str()));
        let columns = [
            Column::flex(words.say(Text("column.name")), 8).weight(2).priority(0),
            Column::fixed(words.say(Text("report.how")), 14).priority(0),
            Column::fixed(main_name, 12).right().priority(1),
            Column::fixed(words.say(Text("report.on_time")), 8).right().priority(3),
            Column::fixed("!", 3).right().priority(2),
            Column::flex(words.say(Text("report.lines")), 8).weight(3).priority(4),
        ];
        let cards = self.cards();
        let high = usize::from(list.height.saturating_sub(1)).max(1);
        let top = window::keep(0, self.select.at(), high, cards.len());
        let rows: Vec<Row<'_>> = cards
            .iter()
            .skip(top)
            .take(high)
            .map(|card| {
                let (state, role) = told::state(session, card);
                let value = main
                    .and_then(|metric| Some(amount::metric(session, metric, card.figures.value(metric)?)))
                    .unwrap_or_default();
                let work = card.figures.work;
                let row = Row::new([
                    vec![piece(card.name.clone(), Role::Accent)],
                    vec![piece(state, role)],
                    vec![piece(value, Role::Money)],
                    vec![piece(format!("{}/{}", work.on_time, work.planned), Role::Text)],
                    vec![piece(found(card), Role::Warning)],
                    vec![piece(first_line(card), Role::Dim)],
                ]);
                if key(card) < 0 { row.role(Role::Mine) } else { row }
            })
            .collect();
        let table = Table::new(&columns, &rows)
            .head(true)
            .total(cards.len())
            .offset(top)
            .selected(Some(self.select.at().saturating_sub(top)));
        session.hits.rows(list, Part::default(), |place| {
            table.row_at(list, place).and_then(|at| cards.get(top + at)).map(|card| key(card))
        });
        let caret = table.render(list, buf, theme);
        for (y, text) in (list.bottom()..area.bottom()).zip(signals) {
            let row = Rect { y, height: 1, ..inside(area) }.intersection(area);
            draw(&[piece(text, Role::Warning)], row, buf, theme);
        }
        caret
    }

    /// A report in large.
    fn large(
        &self,
        session: &Session,
        card: &ReportCard,
        area: Rect,
        (figure, buf): (Option<usize>, &mut Buffer),
    ) {
        let theme = &session.theme;
        let head = Rect { height: 1, ..area }.intersection(area);
        draw(&[piece(told::title(session, card), Role::Title)], head, buf, theme);
        let body = Rect { y: area.y.saturating_add(1), height: area.height.saturating_sub(1), ..area };
        let wide = usize::from(area.width);
        let mut rows: Vec<Line<'static>> = Vec::new();
        for (line, wraps) in told::report(session, card, (figure, wide)) {
            if wraps && line_cells(&line) > wide {
                let text: String = line.iter().map(|piece| piece.text.as_ref()).collect();
                let role = line.first().map_or(Role::Text, |piece| piece.role);
                let wrapped = crate::text::width::wrap(&text, wide);
                rows.extend(wrapped.into_iter().map(|text| vec![piece(text, role)]));
            } else {
                rows.push(line);
            }
        }
        let hidden = rows.len().saturating_sub(usize::from(body.height));
        let skipped = usize::from(self.scroll).min(hidden);
        for (y, row) in (body.top()..body.bottom()).zip(rows.iter().skip(skipped)) {
            draw(row, Rect { y, height: 1, ..body }, buf, theme);
        }
    }
}

fn found(card: &ReportCard) -> String {
    if card.figures.found > 0 { card.figures.found.to_string() } else { String::new() }
}

/// The first of the lines that were added.
fn first_line(card: &ReportCard) -> String {
    let lines = &card.lines;
    [&lines.why, &lines.best, &lines.help]
        .into_iter()
        .find(|line| !line.is_empty())
        .cloned()
        .unwrap_or_default()
}

const fn inside(area: Rect) -> Rect {
    Rect { x: area.x.saturating_add(1), width: area.width.saturating_sub(2), ..area }
}
