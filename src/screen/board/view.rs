//! How the board is drawn.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::{Board, Face, note_metrics};
use crate::app::amount::{amount, cases, ratio, signed};
use crate::app::speak::time;
use crate::app::{Part, Session, Spot, View, speak};
use crate::domain::lists::{Metric, Unit};
use crate::domain::ratio::Ratio;
use crate::domain::report::share::{Share, WHOLE_BP};
use crate::store::query::BoardRow;
use crate::store::query::board::{BoardBy, LostFor, Measure, SourceSums};
use crate::text::Text;
use crate::text::format::hundredths;
use crate::theme::Role;
use crate::widget::{
    Bar, Column, Line, Mark, Row, Shape, Spark, Table, Tabs, draw, draw_right, line_cells, piece, window,
};

/// Widest bar: longer ones say no more.
const BAR_MAX: u16 = 32;
/// Cells from which both faces stand beside each other.
const BOTH_FROM: u16 = 166;
/// Cells of a trend.
const TREND: u16 = 14;
/// Rows that stay in sight on either side of the own one, from so many rows on.
const NEIGHBOURS: usize = 2;
const NEIGHBOURS_FROM: usize = 14;

impl Board {
    /// Draws what is shown, the metrics to choose from, and the rows.
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
        let head = row(0);
        let used = draw(&self.title(session), head, buf, theme);
        let stamp = self.stamp(session);
        if usize::from(head.width) > usize::from(used) + line_cells(&stamp) + 2 {
            draw_right(&stamp, head, buf, theme);
        }
        let offers = self.offers();
        let names = offers.iter().filter_map(|place| self.measures.get(*place));
        let tabs = Tabs::new(names.map(|measure| measure_name(session, measure)), self.offered(&offers));
        note_metrics(&tabs, row(1), session);
        tabs.render(row(1), buf, theme);
        let above = if Shape::of(buf.area, theme).is_narrow() { 2 } else { 3 };
        let mut list = Rect {
            y: area.y.saturating_add(above).min(area.bottom()),
            height: area.height.saturating_sub(above),
            ..area
        };
        let Some(board) = self.shown.as_ref().filter(|board| !board.rows.is_empty()) else {
            let text = if self.shown.is_none() { Text("common.loading") } else { Text("board.empty") };
            draw(&[piece(format!(" {}", words.say(text)), Role::Dim)], list, buf, theme);
            return None;
        };
        if self.is_charted() {
            // the rows around the selected one stay where there is room for them
            let rows = if list.height >= 24 { list.height / 3 } else { 0 };
            let chart = Rect { y: list.y + rows, height: list.height - rows, ..list };
            self.draw_chart(chart, buf, view);
            list.height = rows;
        }
        if list.height == 0 {
            return None;
        }
        self.list(&board.rows, board.unit, list, buf, view)
    }

    fn list(
        &self,
        rows: &[BoardRow],
        unit: Unit,
        area: Rect,
        buf: &mut Buffer,
        view: View<'_>,
    ) -> Option<Position> {
        let theme = &view.session.theme;
        let (columns, parts) = self.columns(area.width, view.session);
        let high = usize::from(area.height.saturating_sub(1)).max(1);
        let own = self.own(view.session);
        let own = rows.iter().position(|row| Some(&row.id) == own.as_ref());
        // the own row stays in sight, with its neighbours where there is room, below the rows it is not among
        let top = window::keep(0, self.select.at(), high, rows.len());
        let beside = if high >= NEIGHBOURS_FROM { NEIGHBOURS } else { 0 };
        let away = own.filter(|own| high > 2 && !(top..top + high).contains(own));
        let around = away.map_or(0..0, |own| own.saturating_sub(beside)..(own + beside + 1).min(rows.len()));
        let pinned = u16::try_from(around.len()).unwrap_or(0);
        let high = high - around.len();
        let top = window::keep(0, self.select.at(), high, rows.len());
        let line = |row: &BoardRow| self.line(row, unit, &parts, view.session);
        let shown: Vec<Row<'_>> = rows.iter().skip(top).take(high).map(line).collect();
        let table = Table::new(&columns, &shown)
            .head(true)
            .total(rows.len())
            .offset(top)
            .selected(Some(self.select.at() - top));
        let list = Rect { height: area.height - pinned, ..area };
        view.session.hits.rows(list, Part::default(), |place| {
            table.row_at(list, place).and_then(|at| rows.get(top + at)).and_then(|row| row.id.parse().ok())
        });
        let caret = table.render(list, buf, theme);
        let mut edge = Rect { y: list.bottom(), height: 1, ..area };
        // the same width as above, where the scroll bar takes a cell
        edge.width -= u16::from(rows.len() > high);
        for row in rows.get(around).unwrap_or_default() {
            if let Ok(id) = row.id.parse() {
                view.session.hits.put(edge, Spot::Row(Part::default(), id));
            }
            Table::new(&columns, &[line(row)]).render(edge, buf, theme);
            edge.y += 1;
        }
        caret
    }

    fn title(&self, session: &Session) -> Line<'static> {
        let words = &session.words;
        let by = match self.by {
            BoardBy::Rep => Text("board.by_rep"),
            BoardBy::Team => Text("board.by_team"),
            BoardBy::Coach => Text("board.by_coach"),
            BoardBy::Source => Text("board.by_source"),
        };
        let shown = self.shown.as_ref().map(|board| &board.ask.of).or_else(|| self.measure());
        let measure = shown.map(|measure| measure_name(session, measure));
        let mut title = vec![
            piece(measure.unwrap_or_default(), Role::Title),
            piece(format!(" · {}", time::span(session, self.span)), Role::Text),
            piece(format!(" · {}", words.say(by)), Role::Text),
        ];
        // why less counts as attained in the selected row than was done
        if let Some(held) = self.selected().and_then(|row| row.held_down.as_ref()) {
            title.push(piece(format!(" · {}", speak::to_go(session, held)), Role::Warning));
        }
        title
    }

    /// When the figures were read: what is on screen says how fresh it is.
    fn stamp(&self, session: &Session) -> Line<'static> {
        // read aloud, a clock on the line would be read again with every reading
        let quiet = session.theme.manner().is_spoken() && !self.following.is_stale();
        let Some(at) = self.read_at.filter(|_| !quiet) else { return Vec::new() };
        let text = session.zone().rfc3339(at);
        let clock = text.get(11..19).unwrap_or_default().to_owned();
        let said = session.words.fill(Text("board.as_of"), &[("clock", &clock)]);
        let role = if self.following.is_stale() { Role::Stale } else { Role::Dim };
        vec![piece(said, role)]
    }

    /// The columns, and what stands in each.
    fn columns(&self, width: u16, session: &Session) -> (Vec<Column>, Vec<Cell>) {
        let words = &session.words;
        let mut cells = vec![(Cell::Rank, 4, 0), (Cell::Arrow, 3, 2), (Cell::Name, 8, 0)];
        if self.by == BoardBy::Rep {
            cells.push((Cell::Team, 8, 5));
        }
        if self.by == BoardBy::Source {
            cells.extend([
                (Cell::Leads, 7, 0),
                (Cell::Valid, 7, 3),
                (Cell::Attended, 8, 2),
                (Cell::Won, 6, 0),
            ]);
            cells.extend([(Cell::Converted, 8, 4), (Cell::Revenue, 11, 1), (Cell::Reasons, 14, 5)]);
        } else if self.metric().is_some_and(Metric::is_ratio) {
            // what a day must bring, the trend and the end of a ratio nobody can tell: its two sums stand there
            cells.extend([(Cell::Cases, 18, 1), (Cell::Value, 10, 0), (Cell::Target, 10, 2)]);
            cells.extend([(Cell::Gap, 10, 3), (Cell::Behind, 10, 4)]);
        } else {
            cells.extend(self.of_sums(width, session));
        }
        let column = |(cell, wide, priority): &(Cell, u16, u8)| {
            let head = cell.head().map_or("", |head| words.say(head));
            match cell {
                Cell::Name | Cell::Team | Cell::Reasons => Column::flex(head, *wide).priority(*priority),
                Cell::Arrow | Cell::Bar(_) | Cell::Trend => Column::fixed(head, *wide).priority(*priority),
                _ => Column::fixed(head, *wide).right().priority(*priority),
            }
        };
        (cells.iter().map(column).collect(), cells.into_iter().map(|(cell, ..)| cell).collect())
    }

    /// The columns of what adds up, by what is looked at.
    fn of_sums(&self, width: u16, session: &Session) -> Vec<(Cell, u16, u8)> {
        let wide = width >= BOTH_FROM;
        let drawn = !session.theme.manner().is_spoken();
        let bar = match width {
            _ if !drawn => 0,
            0..74 => 0,
            74..104 => (width - 66).min(10),
            BOTH_FROM.. => BAR_MAX.min(width - BOTH_FROM + 8),
            _ => (width - 92).min(BAR_MAX),
        };
        let mut cells = vec![(Cell::Value, 10, 0)];
        if wide || self.face == Face::Plan {
            cells.extend([(Cell::Target, 10, 2), (Cell::Percent, 6, 3)]);
            if bar > 0 {
                cells.push((Cell::Bar(bar), bar, 3));
            }
            cells.extend([
                (Cell::Gap, 10, 1),
                (Cell::PerDay, 9, 4),
                (Cell::PerHour, 9, 6),
                (Cell::Pace, 10, 1),
            ]);
        }
        if wide || self.face == Face::Course {
            cells.push((Cell::Behind, 10, 1));
            if drawn {
                cells.push((Cell::Trend, TREND, 2));
            }
            cells.extend([(Cell::Finish, 10, 1), (Cell::Band, 21, 3)]);
        }
        if wide {
            cells.extend([(Cell::Stretch, 6, 7), (Cell::Challenge, 6, 8)]);
        }
        cells
    }

    fn line(&self, row: &BoardRow, unit: Unit, cells: &[Cell], session: &Session) -> Row<'static> {
        let show = Show { board: self, row, unit, session };
        let line = Row::new(cells.iter().map(|cell| show.cell(*cell)).collect::<Vec<_>>());
        if self.own(session).as_ref() == Some(&row.id) { line.role(Role::Mine) } else { line }
    }

    /// Places won or lost since an earlier reading.
    fn arrow(&self, session: &Session, id: &str) -> Line<'static> {
        let Some((won, _)) = self.moved.get(id) else { return Vec::new() };
        let (mark, role) = if *won > 0 { (Mark::Up, Role::Good) } else { (Mark::Down, Role::Warning) };
        let gap = if session.theme.manner().is_spoken() { " " } else { "" };
        vec![piece(format!("{}{gap}{}", mark.text(&session.words, &session.theme), won.abs()), role)]
    }
}

/// What stands in a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cell {
    Rank,
    Arrow,
    Name,
    Team,
    Leads,
    Valid,
    Attended,
    Won,
    Converted,
    Revenue,
    Reasons,
    Cases,
    Value,
    Target,
    Percent,
    Bar(u16),
    Gap,
    PerDay,
    PerHour,
    Pace,
    Behind,
    Trend,
    Finish,
    Band,
    Stretch,
    Challenge,
}

impl Cell {
    const fn head(self) -> Option<Text> {
        Some(Text(match self {
            Self::Arrow | Self::Bar(_) => return None,
            Self::Rank => "column.rank",
            Self::Name => "column.name",
            Self::Team => "column.team",
            Self::Leads => "column.leads",
            Self::Valid => "column.valid",
            Self::Attended => "column.attended",
            Self::Won => "column.won",
            Self::Converted => "column.converted",
            Self::Revenue => "column.revenue",
            Self::Reasons => "column.reasons",
            Self::Cases => "column.cases",
            Self::Value => "column.value",
            Self::Target => "column.target",
            Self::Percent => "column.percent",
            Self::Gap => "column.gap",
            Self::PerDay => "column.per_day",
            Self::PerHour => "column.per_hour",
            Self::Pace => "column.pace",
            Self::Behind => "column.behind",
            Self::Trend => "column.trend",
            Self::Finish => "column.finish",
            Self::Band => "column.band",
            Self::Stretch => "column.stretch",
            Self::Challenge => "column.challenge",
        }))
    }
}

/// A row about to be drawn.
struct Show<'a> {
    board: &'a Board,
    row: &'a BoardRow,
    unit: Unit,
    session: &'a Session,
}

impl Show<'_> {
    fn amount(&self, value: i64) -> String {
        amount(self.unit, self.currency(), value)
    }

    /// How far two values are apart: shares in points of a per cent.
    fn distance(&self, value: i64) -> String {
        match self.row.ratio {
            Some(of) if of.is_share() => {
                self.session.words.fill(Text("board.points"), &[("n", &hundredths(value))])
            }
            _ => self.amount(value),
        }
    }

    fn signed(&self, value: i64) -> String {
        signed(self.unit, self.currency(), value)
    }

    fn currency(&self) -> &str {
        self.session.playbook().map_or("CNY", |playbook| playbook.currency.as_str())
    }

    /// What the leads of a source came to.
    fn of_source(&self, cell: Cell, sums: &SourceSums) -> Line<'static> {
        let count = |count: i64, role| vec![piece(amount(Unit::Count, self.currency(), count), role)];
        match cell {
            Cell::Leads => count(sums.leads, Role::Text),
            Cell::Valid => count(sums.valid, Role::Text),
            Cell::Attended => count(sums.attended, Role::Text),
            Cell::Won => count(sums.won, Role::Text),
            Cell::Converted => {
                let of = Ratio::of_cases(Share::of(sums.won, sums.leads));
                vec![piece(ratio(Unit::Rate, self.currency(), of), Role::Dim)]
            }
            Cell::Revenue => vec![piece(amount(Unit::Money, self.currency(), sums.revenue), Role::Money)],
            _ => {
                let named = |lost: &LostFor| match &lost.name {
                    Some(name) => speak::named(self.session, name),
                    None => lost.reason.clone(),
                };
                let told: Vec<String> =
                    sums.reasons.iter().map(|lost| format!("{} {}", named(lost), lost.count)).collect();
                vec![piece(told.join(" "), Role::Dim)]
            }
        }
    }

    fn cell(&self, cell: Cell) -> Line<'static> {
        let (row, gap) = (self.row, &self.row.gap);
        let has_target = gap.target > 0;
        let one = |text: String, role| vec![piece(text, role)];
        let or_dash = |text: Option<String>, role| {
            one(text.clone().unwrap_or_else(|| "–".to_owned()), text.map_or(Role::Dim, |_| role))
        };
        let due = |value: Option<i64>| {
            value.filter(|value| has_target && *value > 0).map(|value| self.amount(whole(self.unit, value)))
        };
        match cell {
            Cell::Rank => one(
                row.rank.to_string(),
                if row.rank <= 3 && gap.done > 0 { Role::Podium } else { Role::Text },
            ),
            Cell::Arrow => self.board.arrow(self.session, &row.id),
            Cell::Name if row.name.is_empty() => {
                one(self.session.words.say(Text("board.no_source")).to_owned(), Role::Dim)
            }
            Cell::Name => one(row.name.clone(), Role::Accent),
            Cell::Leads
            | Cell::Valid
            | Cell::Attended
            | Cell::Won
            | Cell::Converted
            | Cell::Revenue
            | Cell::Reasons => row.source.as_ref().map_or_else(Vec::new, |sums| self.of_source(cell, sums)),
            Cell::Team => one(row.team.clone(), Role::Dim),
            Cell::Cases => {
                or_dash(row.ratio.map(|ratio| cases(self.unit, self.currency(), ratio)), Role::Dim)
            }
            Cell::Value => match row.ratio {
                Some(of) if row.value().is_some() => one(ratio(self.unit, self.currency(), of), Role::Money),
                // so few cases that a share of them says nothing
                Some(of) => one(ratio(self.unit, self.currency(), of), Role::Dim),
                None => one(self.amount(gap.done), Role::Money),
            },
            Cell::Target => or_dash(has_target.then(|| self.amount(gap.target)), Role::Dim),
            Cell::Percent => match &row.held_down {
                // no more counts than a product below its floor lets
                Some(held) if has_target => one(percent(held.share_bp, WHOLE_BP), Role::Warning),
                _ => or_dash(has_target.then(|| percent(gap.done, gap.target)), Role::Text),
            },
            Cell::Bar(wide) if has_target => {
                Bar::new(gap.done, gap.target).plan(gap.done - gap.pace).line(wide)
            }
            Cell::Bar(_) => Vec::new(),
            Cell::Gap => match gap.gap {
                _ if !has_target || row.value().is_none() => or_dash(None, Role::Dim),
                left if left > 0 => one(self.distance(left), Role::Text),
                over => vec![
                    speak::mark(self.session, Mark::Done, Role::Good),
                    piece(format!("{}{}", if over < 0 { "+" } else { "" }, self.distance(-over)), Role::Good),
                ],
            },
            Cell::PerDay => or_dash(due(gap.per_day), Role::Text),
            Cell::PerHour => or_dash(due(gap.per_hour), Role::Dim),
            Cell::Pace => {
                let role = if gap.pace >= 0 { Role::Good } else { Role::Warning };
                or_dash(has_target.then(|| self.signed(nearest(self.unit, gap.pace))), role)
            }
            Cell::Behind => or_dash(row.behind.map(|behind| self.distance(behind)), Role::Text),
            Cell::Trend => Spark::new(&row.trend).line(TREND, Role::Dim),
            Cell::Finish => {
                let finish = row.outlook.map(|outlook| outlook.finish);
                let role = match finish {
                    Some(finish) if has_target && finish >= gap.target => Role::Good,
                    Some(_) if has_target => Role::Warning,
                    _ => Role::Text,
                };
                or_dash(finish.map(|finish| self.amount(whole(self.unit, finish))), role)
            }
            Cell::Band => {
                let band = row.outlook.map(|outlook| {
                    let ends = [outlook.low, outlook.high].map(|end| self.amount(whole(self.unit, end)));
                    ends.join("–")
                });
                or_dash(band, Role::Dim)
            }
            Cell::Stretch => or_dash(row.stretch.map(|level| percent(gap.done, level)), Role::Dim),
            Cell::Challenge => or_dash(row.challenge.map(|level| percent(gap.done, level)), Role::Dim),
        }
    }
}

/// The part of a target that is done, rounded down.
fn percent(done: i64, target: i64) -> String {
    Bar::new(done, target).percent()
}

/// The name of what is measured.
pub(in crate::screen) fn measure_name(session: &Session, measure: &Measure) -> String {
    match measure {
        Measure::Metric(metric) => session.words.name("metric", metric.as_str()).to_owned(),
        Measure::Score(code) => {
            let board =
                session.playbook().and_then(|book| book.boards.iter().find(|board| board.code == *code));
            board.map_or_else(|| code.clone(), |board| speak::named(session, &board.name))
        }
    }
}

/// An amount in whole units, the nearest: what is ahead or behind is said so.
pub(in crate::screen) const fn nearest(unit: Unit, value: i64) -> i64 {
    match unit {
        Unit::Money => value.saturating_add(50).div_euclid(100) * 100,
        _ => value,
    }
}

/// An amount a day must bring, money rounded up to whole units: cents tell nobody what to do.
pub(in crate::screen) const fn whole(unit: Unit, value: i64) -> i64 {
    match unit {
        Unit::Money => value.saturating_add(99) / 100 * 100,
        _ => value,
    }
}
