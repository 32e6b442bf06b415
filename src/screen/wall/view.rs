//! How the wall is drawn: what is done in large figures, the bar, what is left, and the rows as there is room for them.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{Page, Wall, matches};
use crate::app::amount::{amount, signed};
use crate::app::speak::time;
use crate::app::{View, good_news, speak};
use crate::domain::gap::Gap;
use crate::domain::lists::Unit;
use crate::domain::span::Span;
use crate::screen::board::chart;
use crate::screen::board::view::{measure_name, nearest, whole as whole_units};
use crate::store::query::board::Measure;
use crate::store::query::{BoardRow, GoodNews};
use crate::text::Text;
use crate::text::width::{cells, cut, pad};
use crate::theme::Role;
use crate::widget::{Bar, Big, Line, Mark, clear, draw, draw_right, line_cells, piece};

/// Cells of a row of the ranking at least.
const ROW: u16 = 56;

/// The figures of everybody on the page together.
#[derive(Debug, Clone, Copy, Default)]
struct Whole {
    gap: Gap,
    finish: Option<i64>,
}

impl Wall {
    /// Draws the page.
    pub(super) fn draw(&self, area: Rect, buf: &mut Buffer, view: View<'_>) {
        let session = view.session;
        let theme = &session.theme;
        clear(area, buf, theme);
        let row = |y: u16| Rect { y: area.y.saturating_add(y), height: 1, ..area }.intersection(area);
        self.head(row(0), buf, view);
        let rest = Rect { y: area.y + 1, height: area.height.saturating_sub(2), ..area }.intersection(area);
        if let Some(news) = session.heard.shown() {
            Self::glad(news, rest, buf, view);
            return;
        }
        if self.page() == Some(&Page::Matches) {
            let rest =
                Rect { y: rest.y + 1, height: rest.height.saturating_sub(1), ..rest }.intersection(area);
            matches::draw_all(&self.matches, rest, buf, view);
            return;
        }
        let Some(teams) = &self.teams else {
            let words = session.words.say(Text("common.loading"));
            draw(&[piece(format!(" {words}"), Role::Dim)], row(2), buf, theme);
            return;
        };
        let whole = whole(&teams.rows);
        let used = Self::figures(whole, teams.unit, rest, buf, view);
        let list = Rect { y: rest.y + used, height: rest.height.saturating_sub(used), ..rest };
        match self.page() {
            Some(Page::BurnUp(_)) => {
                if let Some(burn_up) = &self.chart {
                    chart::plot(burn_up, teams.unit, list, buf, view);
                }
            }
            _ => self.ranking(list, buf, view),
        }
    }

    fn name(&self, view: View<'_>) -> (String, String) {
        let session = view.session;
        match self.page() {
            Some(Page::Ranking(measure, period, _)) => {
                (measure_name(session, measure), time::span(session, Span::this(*period)))
            }
            Some(Page::BurnUp(metric)) => {
                let month = Span::this(crate::domain::lists::Period::Month);
                (measure_name(session, &Measure::Metric(*metric)), time::span(session, month))
            }
            Some(Page::Matches) => (
                session.words.say(Text("wall.matches")).to_owned(),
                time::date(session, session.zone().day(session.now)),
            ),
            None => (String::new(), String::new()),
        }
    }

    /// What the page is of, the time, and whether it is live.
    fn head(&self, area: Rect, buf: &mut Buffer, view: View<'_>) {
        let session = view.session;
        let (words, theme) = (&session.words, &session.theme);
        draw(&[piece(" ".repeat(usize::from(area.width)), Role::Header)], area, buf, theme);
        let (measure, when) = self.name(view);
        let whose = match &self.teams {
            Some(board) if self.team.is_some() => board.rows.first().map(|row| row.name.clone()),
            _ => None,
        };
        let whose = whose.unwrap_or_else(|| words.say(Text("wall.floor")).to_owned());
        let title = [
            piece(format!(" {whose} "), Role::Brand),
            piece(format!(" {measure} · {when} "), Role::Header),
            piece(format!(" {}/{}", self.page + 1, self.pages.len()), Role::Header),
            piece(
                if self.held { format!(" {}", words.say(Text("wall.held"))) } else { String::new() },
                Role::Header,
            ),
        ];
        draw(&title, area, buf, theme);
        let clock = session.zone().clock(session.now).to_string();
        let away = session.troubles.database.is_some();
        let mut right: Line<'_> = vec![piece(format!("{clock} "), Role::Header)];
        if away {
            let read = self.read_at.map(|at| session.zone().clock(at).to_string()).unwrap_or_default();
            let said = words.fill(Text("wall.as_of"), &[("clock", &read)]);
            right.push(piece(
                format!("{}{said} ", speak::mark(session, Mark::Alarm, Role::Warning).text),
                Role::Warning,
            ));
        } else {
            right.push(Mark::Live.piece(Role::Live, words, theme));
        }
        draw_right(&right, area, buf, theme);
    }

    /// What is done and how much of the target that is, large; the bar; what is left. Answers the rows used.
    fn figures(whole: Whole, unit: Unit, area: Rect, buf: &mut Buffer, view: View<'_>) -> u16 {
        let session = view.session;
        let (words, theme) = (&session.words, &session.theme);
        let currency = session.playbook().map_or("CNY", |playbook| playbook.currency.as_str());
        let gap = whole.gap;
        let has_target = gap.target > 0;
        let done = amount(unit, currency, gap.done);
        let share = if has_target {
            Bar::new(gap.done, gap.target).percent().replace(' ', "")
        } else {
            String::new()
        };
        let (big, percent) = (Big::new(&done, Role::Money), Big::new(&share, Role::Accent));
        // a quarter of the height at most, side by side where both fit
        let high = (area.height / 4).max(5);
        let room = area.width.saturating_sub(2);
        let scale = (1..=8)
            .rev()
            .find(|scale| {
                let both = big.cells(*scale) + if has_target { percent.cells(*scale) + 6 } else { 0 };
                both <= room && 5 * scale <= high
            })
            .unwrap_or_else(|| big.fits(room, high));
        let top = Rect { x: area.x + 1, y: area.y + 1, width: room, height: area.height.saturating_sub(1) };
        let used = big.render(top, scale, buf, theme);
        let wide = percent.cells(scale.max(1));
        if has_target && scale > 0 && big.cells(scale) + wide + 4 <= room {
            let place = Rect { x: top.right().saturating_sub(wide), width: wide, ..top };
            percent.render(place, scale, buf, theme);
        }
        let mut y = top.y + used + 1;
        if has_target {
            let thick = if area.height >= 40 { 2 } else { 1 };
            for line in 0..thick {
                let place = Rect { y: y + line, height: 1, ..top }.intersection(area);
                Bar::new(gap.done, gap.target).plan(gap.done - gap.pace).render(place, buf, theme);
            }
            y += thick;
            let show = |value: i64| amount(unit, currency, value);
            let mut line = vec![
                piece(format!("{} ", words.say(Text("column.target"))), Role::Dim),
                piece(show(gap.target), Role::Text),
                piece(format!("   {} ", words.say(Text("column.gap"))), Role::Dim),
                piece(show(gap.gap.max(0)), Role::Accent),
                piece(format!("   {} ", words.say(Text("column.pace"))), Role::Dim),
                piece(
                    signed(unit, currency, nearest(unit, gap.pace)),
                    if gap.pace >= 0 { Role::Good } else { Role::Warning },
                ),
            ];
            if let Some(day) = gap.per_day.filter(|day| *day > 0) {
                line.push(piece(format!("   {} ", words.say(Text("column.per_day"))), Role::Dim));
                line.push(piece(show(whole_units(unit, day)), Role::Text));
            }
            if let Some(finish) = whole.finish {
                line.push(piece(format!("   {} ", words.say(Text("column.finish"))), Role::Dim));
                let role = if finish >= gap.target { Role::Good } else { Role::Warning };
                line.push(piece(show(whole_units(unit, finish)), role));
            }
            draw(&line, Rect { y, height: 1, ..top }.intersection(area), buf, theme);
            y += 2;
        }
        y.saturating_sub(area.y).min(area.height)
    }

    /// The rows, in as many columns as there is room for.
    fn ranking(&self, area: Rect, buf: &mut Buffer, view: View<'_>) {
        let session = view.session;
        let theme = &session.theme;
        let Some(board) = &self.rows else { return };
        let high = usize::from(area.height).max(1);
        let most = usize::from((area.width / ROW).max(1));
        // every other line where all of them fit so; no more columns than that takes, and those as wide as there is room
        let step = if 2 * board.rows.len() <= most * high { 2 } else { 1 };
        let columns = (board.rows.len() * step).div_ceil(high).clamp(1, most);
        let columns = u16::try_from(columns).unwrap_or(1);
        let wide = area.width / columns;
        for (place, row) in board.rows.iter().enumerate() {
            let (Ok(column), Ok(line)) =
                (u16::try_from(place * step / high), u16::try_from(place * step % high))
            else {
                return;
            };
            if column >= columns {
                return;
            }
            let at = Rect {
                x: area.x + column * wide + 1,
                y: area.y + line,
                width: wide.saturating_sub(2),
                height: 1,
            };
            draw(&Self::line(row, board.unit, at.width, view), at.intersection(area), buf, theme);
        }
    }

    fn line(row: &BoardRow, unit: Unit, width: u16, view: View<'_>) -> Line<'static> {
        let currency = view.session.playbook().map_or("CNY", |playbook| playbook.currency.as_str());
        let podium = row.rank <= 3 && row.gap.done > 0;
        let role = if podium { Role::Podium } else { Role::Text };
        let value = amount(unit, currency, row.gap.done);
        let mut line = vec![
            piece(format!("{:>3} ", row.rank), role),
            piece(pad(&cut(&row.name, 14), 15), if podium { Role::Accent } else { Role::Text }),
            piece(format!("{}{value} ", " ".repeat(12_usize.saturating_sub(cells(&value)))), Role::Money),
        ];
        if row.gap.target > 0 {
            let share = Bar::new(row.gap.done, row.gap.target).percent();
            line.push(piece(format!("{share:>7} "), Role::Text));
            let left = usize::from(width).saturating_sub(line_cells(&line));
            if let Ok(left @ 4..) = u16::try_from(left) {
                let plan = row.gap.done - row.gap.pace;
                line.extend(Bar::new(row.gap.done, row.gap.target).plan(plan).line(left));
            }
        }
        line
    }

    /// Good news, as large as a terminal can: its amount in figures, the words in the middle.
    fn glad(news: &GoodNews, area: Rect, buf: &mut Buffer, view: View<'_>) {
        let session = view.session;
        let theme = &session.theme;
        let currency = session.playbook().map_or("CNY", |playbook| playbook.currency.as_str());
        let value = amount(news.metric.unit(), currency, news.value);
        let big = Big::new(&value, Role::Podium);
        let scale = big.fits(area.width.saturating_sub(4), (area.height / 2).max(5));
        let high = if scale == 0 { 1 } else { 5 * scale };
        let words = good_news::words(session, news);
        let said = [piece(cut(&words, usize::from(area.width.saturating_sub(4))), Role::Title)];
        let centred =
            |wide: usize| area.x + area.width.saturating_sub(u16::try_from(wide).unwrap_or(area.width)) / 2;
        let top = area.y + area.height.saturating_sub(high + 4) / 2;
        let wide = line_cells(&said);
        let line = Rect { x: centred(wide), y: top, width: area.width, height: 1 };
        draw(&said, line.intersection(area), buf, theme);
        let wide = if scale == 0 { cells(&value) } else { usize::from(big.cells(scale)) };
        let place = Rect { x: centred(wide), y: top + 3, width: area.width, height: high };
        big.render(place.intersection(area), scale, buf, theme);
        if !news.team.is_empty() {
            let team = [piece(news.team.clone(), Role::Dim)];
            let place = Rect { x: centred(line_cells(&team)), y: top + 1, width: area.width, height: 1 };
            draw(&team, place.intersection(area), buf, theme);
        }
    }
}

/// The rows of the teams together: values, targets and what they ask for add up.
fn whole(rows: &[BoardRow]) -> Whole {
    let mut whole = Whole::default();
    let (mut per_day, mut finish) = (None, None);
    for row in rows {
        let gap = row.gap;
        whole.gap.done = whole.gap.done.saturating_add(gap.done);
        whole.gap.target = whole.gap.target.saturating_add(gap.target);
        if gap.target > 0 {
            whole.gap.pace = whole.gap.pace.saturating_add(gap.pace);
            per_day = gap.per_day.map(|day| day.saturating_add(per_day.unwrap_or(0))).or(per_day);
        }
        finish = row.outlook.map(|outlook| outlook.finish.saturating_add(finish.unwrap_or(0))).or(finish);
    }
    whole.gap.gap = whole.gap.target.saturating_sub(whole.gap.done);
    whole.gap.per_day = per_day;
    whole.finish = finish;
    whole
}
