//! The page a stock-take ends with: how many of each decision, and what the month's end is likely to bring.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::Stock;
use super::rows::stage;
use crate::app::speak::{amount, time};
use crate::app::{Context, Session, View};
use crate::domain::lists::StockDecision;
use crate::domain::report::share::{CASES_MIN, Share};
use crate::domain::stock::{Expected, Rate};
use crate::store::query::stock::StockSaved;
use crate::text::Text;
use crate::theme::Role;
use crate::widget::{Column, Line, Row, Table, draw, piece};

impl Stock {
    pub(super) fn end(&self, area: Rect, buf: &mut Buffer, view: View<'_>) -> Option<Position> {
        let session = view.session;
        let (words, theme) = (&session.words, &session.theme);
        let inside = Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..area };
        let line_at = |y: u16| Rect { y, height: 1, ..inside }.intersection(area);
        let Some(saved) = &self.saved else {
            let text = if self.end_asked.is_some() {
                words.say(Text("common.loading")).to_owned()
            } else {
                words.say(Text("stock.not_begun")).to_owned()
            };
            draw(&[piece(text, Role::Dim)], line_at(area.y), buf, theme);
            return None;
        };
        let mut y = area.y;
        for line in above(session, saved) {
            draw(&line, line_at(y), buf, theme);
            y = y.saturating_add(1);
        }
        let rates = &saved.forecast.rates;
        if rates.is_empty() {
            draw(
                &[piece(words.say(Text("stock.nothing_open")).to_owned(), Role::Dim)],
                line_at(y),
                buf,
                theme,
            );
            return None;
        }
        let columns = [
            Column::flex(words.say(Text("column.stage")), 10).weight(2).priority(0),
            Column::fixed(words.say(Text("stock.open")), 8).right().priority(0),
            Column::fixed(words.say(Text("stock.worth")), 13).right().priority(2),
            Column::fixed(words.say(Text("stock.rate")), 15).right().priority(1),
            Column::fixed(words.say(Text("stock.likely")), 8).right().priority(0),
            Column::fixed(words.say(Text("stock.likely_worth")), 13).right().priority(0),
        ];
        let mut rows: Vec<Row<'_>> = rates.iter().map(|rate| row(session, rate)).collect();
        let sums = saved.forecast.sums();
        let together = Row::new([
            vec![piece(words.say(Text("stock.together")).to_owned(), Role::Title)],
            vec![piece(sums.deals.to_string(), Role::Title)],
            vec![piece(amount::money(session, sums.value), Role::Title)],
            vec![piece("", Role::Dim)],
            vec![piece(hundredths(sums.expected), Role::Title)],
            vec![piece(amount::money(session, sums.expected.value), Role::Title)],
        ]);
        rows.extend((sums.deals > 0).then_some(together));
        let below = u16::from(sums.withheld > 0) + 2;
        let high = u16::try_from(rows.len() + 1).unwrap_or(u16::MAX);
        let room = area.bottom().saturating_sub(y).saturating_sub(below);
        let list = Rect { y, height: high.min(room), ..area }.intersection(area);
        Table::new(&columns, &rows).head(true).total(rows.len()).render(list, buf, theme);
        let mut y = list.bottom();
        if sums.withheld > 0 {
            let said = words.fill(Text("stock.withheld"), &[("n", &sums.withheld), ("least", &CASES_MIN)]);
            draw(&[piece(said, Role::Warning)], line_at(y), buf, theme);
            y = y.saturating_add(1);
        }
        let text = if saved.finished.is_some() { Text("stock.is_saved") } else { Text("stock.save") };
        let said = session.keyed(Context::Stock, text, &[]);
        draw(&[piece(said, Role::Accent)], line_at(y.saturating_add(1)), buf, theme);
        None
    }
}

/// What stands over the forecast: whose it is, how many of each decision.
fn above(session: &Session, saved: &StockSaved) -> Vec<Line<'static>> {
    let words = &session.words;
    let mut title = vec![
        piece(words.say(Text("stock.end")).to_owned(), Role::Title),
        piece(format!(" · {}", saved.team.1), Role::Text),
    ];
    if let Some((at, by)) = &saved.finished {
        let said =
            words.fill(Text("stock.finished_at"), &[("when", &time::when(session, *at)), ("name", by)]);
        title.push(piece(format!(" · {said}"), Role::Dim));
    }
    let mut counts: Line<'static> = Vec::new();
    for decision in StockDecision::ALL {
        let found = saved.decided.iter().find(|(of, _)| of == decision).map_or(0, |(_, count)| *count);
        let role = if found == 0 { Role::Dim } else { Role::Text };
        counts.push(piece(format!("{} {found}   ", words.name("stock.said", decision.as_str())), role));
    }
    let role = if saved.left_over == 0 { Role::Dim } else { Role::Warning };
    counts.push(piece(words.fill(Text("stock.left_over"), &[("n", &saved.left_over)]), role));
    let month = time::date(session, saved.forecast.month_end);
    let forecast = words.fill(Text("stock.forecast"), &[("day", &month), ("months", &saved.forecast.months)]);
    vec![title, counts, Vec::new(), vec![piece(forecast, Role::Title)]]
}

fn row(session: &Session, rate: &Rate) -> Row<'static> {
    let (deals, value) = match rate.expected() {
        Some(expected) => (hundredths(expected), amount::money(session, expected.value)),
        None => ("–".to_owned(), "–".to_owned()),
    };
    Row::new([
        vec![piece(stage(session, &rate.pipeline, &rate.stage), Role::Accent)],
        vec![piece(rate.deals.to_string(), Role::Text)],
        vec![piece(amount::money(session, rate.value), Role::Text)],
        vec![piece(shown(rate.won), Role::Dim)],
        vec![piece(deals, Role::Text)],
        vec![piece(value, Role::Text)],
    ])
}

/// Both sums of a rate and the share, or how many cases there are of those it takes.
fn shown(won: Share) -> String {
    match won.bp() {
        Some(_) => format!("{}/{} {}", won.part, won.of, won.shown()),
        None => won.shown(),
    }
}

/// Deals with a tenth.
fn hundredths(expected: Expected) -> String {
    let tenths = (expected.hundredths + 5).div_euclid(10);
    format!("{}.{}", tenths.div_euclid(10), tenths.rem_euclid(10))
}
