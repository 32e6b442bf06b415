//! How teams are doing under the surface (S004-10, S004-28): each team's result beside what it comes from, twelve months of each, what
//! fell, what falls slowly, where it broke; and what was thought of it.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::app::speak::time;
use crate::app::{Act, Context, Cx, Event, Flow, Layer, Part, Session, Spot, Ticket, View, health};
use crate::dialog::filling::Filling;
use crate::dialog::report::NoteHealth;
use crate::domain::span::Span;
use crate::screen::facts::{Facts, Whose};
use crate::screen::frame::frame;
use crate::screen::select::{Select, moves};
use crate::screen::{ScreenId, switch};
use crate::store::change::people::TargetOf;
use crate::store::query::health::{HealthLine, HealthReport, TeamHealth};
use crate::store::query::{Answer, Query, ReportAnswer, ReportAsk};
use crate::text::{Text, format};
use crate::theme::Role;
use crate::widget::{Column, Line, Row, Spark, Table, draw, piece, window};

/// Cells of a spark: a month each.
const SPARK: u16 = 12;

/// How teams are doing.
#[derive(Debug, Clone, Default)]
pub struct Health {
    report: Option<HealthReport>,
    back: u16,
    select: Select<i64>,
    asked: Option<Ticket>,
}

/// A row: a team's result, or something it comes from.
#[derive(Debug, Clone, Copy)]
struct Shown<'a> {
    team: &'a TeamHealth,
    line: Option<&'a HealthLine>,
}

impl Health {
    /// Before the first answer: the last quarter that is over.
    pub fn new() -> Self {
        Self::default()
    }

    fn ask(&mut self, cx: &mut Cx<'_>) {
        let by = cx.viewer();
        self.asked = Some(cx.read(Query::Report(ReportAsk::Health { back: self.back, by })));
    }

    /// Each team's result, and what it comes from under it.
    fn rows(&self) -> Vec<Shown<'_>> {
        let teams = self.report.iter().flat_map(|report| &report.teams);
        teams
            .flat_map(|team| {
                let lines = team.lines.iter().map(move |line| Shown { team, line: Some(line) });
                [Shown { team, line: None }].into_iter().chain(lines)
            })
            .collect()
    }

    fn keys(&self) -> Vec<i64> {
        (0..).zip(self.rows()).map(|(place, _)| place).collect()
    }

    fn selected(&self) -> Option<Shown<'_>> {
        self.rows().get(self.select.at()).copied()
    }

    /// Opens the facts behind the quarter of what is selected.
    fn open(&self, cx: &mut Cx<'_>) {
        let (Some(row), Some(report)) = (self.selected(), &self.report) else { return };
        let whose = Whose { scope: TargetOf::Team(row.team.team), name: row.team.name.clone() };
        let metric = row.line.map_or(row.team.main, |line| line.kind.metric());
        cx.push(Facts::new(whose, metric, Span::Days(report.days.0, report.days.1)));
    }

    fn note(&self, cx: &mut Cx<'_>) {
        let (Some(row), Some(report)) = (self.selected(), &self.report) else { return };
        let form = NoteHealth::form(cx.session, &row.team.name);
        cx.push(Filling::new(NoteHealth::new(row.team.team, report.days.0), form));
    }

    fn act(&mut self, act: Act, cx: &mut Cx<'_>) -> Flow {
        let page = usize::from(cx.session.size.height).saturating_sub(7);
        let keys = self.keys();
        if self.select.travel(act, page, &keys) {
            return Flow::Used;
        }
        match act {
            Act::Accept | Act::Explain => self.open(cx),
            Act::CommentReport => self.note(cx),
            Act::Earlier | Act::Later => {
                let back =
                    if act == Act::Later { self.back.checked_sub(1) } else { self.back.checked_add(1) };
                self.back = back.unwrap_or(self.back);
                self.ask(cx);
            }
            Act::News => self.ask(cx),
            Act::Back => cx.pop(),
            _ => return switch(act, cx),
        }
        Flow::Used
    }
}

/// Twelve months in as many cells.
fn spark(months: &[Option<i64>], role: Role) -> Line<'static> {
    Spark::new(&health::heights(months)).under(health::FULL).line(SPARK, role)
}

/// A row in cells.
fn cells(session: &Session, row: Shown<'_>) -> Row<'static> {
    let (words, team) = (&session.words, row.team);
    let Some(line) = row.line else {
        let attained = team.attained_bp().map_or_else(|| "–".to_owned(), format::percent);
        let said = if team.hides {
            piece(words.say(Text("health.hides")).to_owned(), Role::Warning)
        } else {
            piece(health::sums(team), Role::Dim)
        };
        return Row::new([
            vec![piece(team.name.clone(), Role::Title)],
            spark(&team.done.iter().copied().map(Some).collect::<Vec<_>>(), Role::Accent),
            vec![piece(attained, Role::Money)],
            Vec::new(),
            Vec::new(),
            vec![said],
        ]);
    };
    let trend = &line.trend;
    let told = |red: bool| if red { Role::Warning } else { Role::Dim };
    Row::new([
        vec![piece(format!("  {}", words.name("leading", line.kind.word())), Role::Text)],
        spark(&health::months(line), Role::Dim),
        vec![piece(health::value(line.kind, trend.now), Role::Text)],
        vec![piece(health::moved(trend.change_bp), told(trend.fell))],
        vec![piece(health::moved(trend.slope_bp), told(trend.slow))],
        vec![piece(health::flag(words, trend), told(trend.is_red()))],
    ])
}

/// What was thought of the selected team's quarters, newest last.
fn notes(session: &Session, team: &TeamHealth) -> Vec<Line<'static>> {
    let note = |note: &crate::store::query::health::HealthNote| {
        let head =
            format!(" {} · {} {}: ", health::quarter(note.quarter), time::when(session, note.at), note.by);
        vec![piece(head, Role::Dim), piece(note.words.clone(), Role::Text)]
    };
    team.notes.iter().map(note).collect()
}

impl Layer for Health {
    fn context(&self) -> Context {
        Context::Health
    }

    fn offers(&self, act: Act, _: &View<'_>) -> Result<(), Text> {
        match act {
            Act::CommentReport if !self.report.as_ref().is_some_and(|report| report.may_note) => {
                Err(Text("health.not_manager"))
            }
            Act::Later if self.back == 0 => Err(Text("health.newest")),
            Act::Accept | Act::Explain if self.selected().is_none() => Err(Text("board.nothing")),
            _ => Ok(()),
        }
    }

    fn waits(&self, event: &Event, _: &View<'_>) -> bool {
        let on_a_row =
            |act: Act| moves(act) || matches!(act, Act::Accept | Act::Explain | Act::CommentReport);
        self.asked.is_some() && matches!(event, Event::Act(act) if on_a_row(*act))
    }

    fn update(&mut self, event: &Event, cx: &mut Cx<'_>) -> Flow {
        match event {
            Event::Shown => self.ask(cx),
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
                    Ok(Answer::Report(ReportAnswer::Health(report))) => {
                        self.report = Some((**report).clone());
                        let keys = self.keys();
                        self.select.settle(&keys);
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
        let body = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area }.intersection(area);
        let title = piece(words.say(Text("health.title")).to_owned(), Role::Title);
        let Some(report) = &self.report else {
            draw(&[title], head, buf, theme);
            draw(&[piece(format!(" {}", words.say(Text("common.loading"))), Role::Dim)], body, buf, theme);
            return None;
        };
        let days = format!(" · {}", health::quarter(report.days.0));
        draw(&[title, piece(days, Role::Dim)], head, buf, theme);
        let said = self.selected().map(|row| notes(session, row.team)).unwrap_or_default();
        let low = u16::try_from(said.len()).unwrap_or(0).min(body.height / 4);
        let list = Rect { height: body.height - low, ..body };
        // the newest stand where there is no room for all
        let newest = said.iter().skip(said.len().saturating_sub(usize::from(low)));
        for (y, line) in (list.bottom()..body.bottom()).zip(newest) {
            draw(line, Rect { y, height: 1, ..body }, buf, theme);
        }
        let rows = self.rows();
        let high = usize::from(list.height.saturating_sub(1)).max(1);
        let top = window::keep(0, self.select.at(), high, rows.len());
        let columns = [
            Column::flex("", 18).weight(1).priority(0),
            Column::fixed(words.say(Text("health.months")), SPARK).priority(2),
            Column::fixed(words.say(Text("health.quarter")), 8).right().priority(0),
            Column::fixed(words.say(Text("health.change")), 8).right().priority(1),
            Column::fixed(words.say(Text("health.slope")), 8).right().priority(1),
            Column::flex("", 19).weight(2).priority(0),
        ];
        let shown: Vec<Row<'_>> = rows.iter().skip(top).take(high).map(|row| cells(session, *row)).collect();
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
