//! The board: value, target, gap and pace, by rep, team, coach or where leads came from, live (S001-108, S001-110, S001-124).
//!
//! It reads again when somebody's commit moved figures, at most four times a second, and keeps the selection on the row
//! it was on. The own row is always in sight, with two above it and two below.

pub(super) mod chart;
pub(super) mod view;

use std::collections::BTreeMap;
use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::app::{Act, Context, Cx, Event, Flow, Layer, Part, Session, Spot, Ticket, View};
use crate::dialog::filling::Filling;
use crate::dialog::target::SetTarget;
use crate::domain::id::{TeamId, UserId};
use crate::domain::lists::{Level, Metric, Period, Role};
use crate::domain::span::Span;
use crate::domain::time::{MINUTE_MS, Timestamp};
use crate::screen::facts::{Facts, Whose};
use crate::screen::following::Following;
use crate::screen::frame::frame;
use crate::screen::select::{Select, moves};
use crate::screen::{ScreenId, switch};
use crate::store::change::Topic;
use crate::store::change::people::TargetOf;
use crate::store::query::board::{BoardBy, Measure, is_by_source};
use crate::store::query::{Answer, BoardAsk, BoardRow, BurnUp, BurnUpAsk, Query, SharedBoard};
use crate::text::Text;
use crate::widget::Tabs;

/// Least time between two readings.
pub const READ_MIN: Duration = Duration::from_millis(250);
/// How long the arrow of a moved rank stays.
const MOVED_MS: i64 = MINUTE_MS;

/// What the columns tell, where there is no room for all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Face {
    /// What is to be done: target, gap, per day and hour, pace.
    Plan,
    /// How it goes: distance to the one above, trend, where it will end.
    Course,
}

/// The board.
#[derive(Debug, Clone)]
pub struct Board {
    measures: Vec<Measure>,
    measure: usize,
    span: Span,
    by: BoardBy,
    face: Face,
    shown: Option<SharedBoard>,
    select: Select<String>,
    /// Places won (positive) or lost since an earlier reading, and when.
    moved: BTreeMap<String, (i64, Timestamp)>,
    asked: Option<Ticket>,
    following: Following,
    read_at: Option<Timestamp>,
    /// Whether the selected row is drawn day by day, and what was read of which row.
    charted: bool,
    chart: Option<(String, BurnUp)>,
    chart_asked: Option<(Ticket, String)>,
}

impl Default for Board {
    fn default() -> Self {
        Self::new()
    }
}

impl Board {
    /// The board before its first answer: the month, by rep, in the playbook's main metric.
    pub fn new() -> Self {
        Self {
            measures: Vec::new(),
            measure: 0,
            span: Span::this(Period::Month),
            by: BoardBy::Rep,
            face: Face::Plan,
            shown: None,
            select: Select::default(),
            moved: BTreeMap::new(),
            asked: None,
            following: Following::default(),
            read_at: None,
            charted: false,
            chart: None,
            chart_asked: None,
        }
    }

    fn measure(&self) -> Option<&Measure> {
        self.measures.get(self.measure)
    }

    fn metric(&self) -> Option<Metric> {
        self.measure().and_then(Measure::metric)
    }

    fn rows(&self) -> &[BoardRow] {
        self.shown.as_ref().map_or(&[], |board| &board.rows)
    }

    fn keys(&self) -> Vec<String> {
        self.rows().iter().map(|row| row.id.clone()).collect()
    }

    fn selected(&self) -> Option<&BoardRow> {
        self.rows().get(self.select.at())
    }

    /// The id of the row that is one's own: the person's, or the team's.
    fn own(&self, session: &Session) -> Option<String> {
        let user = &session.me.as_ref()?.user;
        match self.by {
            BoardBy::Team => user.team.as_ref().map(|(team, _)| team.to_string()),
            BoardBy::Rep | BoardBy::Coach => Some(user.id.to_string()),
            BoardBy::Source => None,
        }
    }

    /// What can be shown: the main metric, the columns of the playbook's boards that are sums or ratios, then its scores.
    fn learn(&mut self, session: &Session) {
        if let (true, Some(playbook)) = (self.measures.is_empty(), session.playbook()) {
            let scores = playbook.boards.iter().filter(|board| !board.score.is_empty());
            let scores = scores.map(|board| Measure::Score(board.code.clone()));
            self.measures = playbook.on_boards().into_iter().map(Measure::Metric).chain(scores).collect();
        }
    }

    /// What can be shown as the board stands, by its place in [`Self::measures`]: leads tell of few figures, and of the main
    /// one where it is money.
    fn offers(&self) -> Vec<usize> {
        let main = self.measures.first().and_then(Measure::metric);
        let tells =
            |of: &Measure| of.metric().zip(main).is_some_and(|(metric, main)| is_by_source(metric, main));
        let measures = self.measures.iter().enumerate();
        let offered = measures.filter(|(_, of)| self.by != BoardBy::Source || tells(of));
        offered.map(|(place, _)| place).collect()
    }

    /// Which of [`Self::offers`] is shown: where what was looked at cannot be, the first.
    fn offered(&self, offers: &[usize]) -> usize {
        offers.iter().position(|place| *place == self.measure).unwrap_or(0)
    }

    /// Turns to the measure so many to the right.
    fn turn_by(&mut self, steps: usize, cx: &mut Cx<'_>) {
        let offers = self.offers();
        let next = (self.offered(&offers) + steps) % offers.len().max(1);
        self.measure = offers.get(next).copied().unwrap_or(self.measure);
        self.turn(cx);
    }

    fn query(&self, now: Timestamp) -> Option<BoardAsk> {
        let offers = self.offers();
        let of = offers.get(self.offered(&offers)).and_then(|place| self.measures.get(*place));
        let of = match of {
            Some(of) => of.clone(),
            None if self.by == BoardBy::Source => Measure::Metric(Metric::OrdersWon),
            None => return None,
        };
        Some(BoardAsk { of, ..BoardAsk::new(Metric::OrdersWon, self.span, self.by, now) })
    }

    fn ask(&mut self, cx: &mut Cx<'_>) {
        self.learn(cx.session);
        let now = cx.now();
        let Some(ask) = self.query(now) else { return };
        self.asked = Some(cx.read(Query::Board(ask)));
        // the line on top tells of the same figures
        let user = cx.user();
        cx.read(Query::Gap { user, now });
        self.following.reads(now);
    }

    /// Whether the selected row is drawn day by day: what is kept by day, and not of sources.
    fn is_charted(&self) -> bool {
        self.charted && self.by != BoardBy::Source && self.metric().is_some_and(|metric| !metric.is_ratio())
    }

    /// Asks for the selected row day by day, where that is drawn and not on its way.
    fn ask_chart(&mut self, cx: &mut Cx<'_>) {
        if !self.is_charted() {
            return;
        }
        let (Some(row), Some(board)) = (self.selected(), self.query(cx.now())) else { return };
        let key = row.id.clone();
        if self.chart_asked.as_ref().is_some_and(|(_, asked)| *asked == key) {
            return;
        }
        if let Ok(id) = key.parse() {
            self.chart_asked = Some((cx.read(Query::BurnUp(BurnUpAsk { board, id: Some(id) })), key));
        }
    }

    /// Asks now, or has itself woken when it may.
    fn follow(&mut self, cx: &mut Cx<'_>) {
        if self.following.moved(self.asked.is_some(), READ_MIN, cx) {
            self.ask(cx);
        }
    }

    /// Shows something else: nothing of the board before is compared with it.
    fn turn(&mut self, cx: &mut Cx<'_>) {
        self.moved.clear();
        self.shown = None;
        self.chart = None;
        self.chart_asked = None;
        self.ask(cx);
    }

    fn take_in(&mut self, board: &SharedBoard, cx: &mut Cx<'_>) {
        let now = cx.now();
        self.moved.retain(|_, (_, at)| now.since(*at) < MOVED_MS);
        for row in &board.rows {
            let before =
                self.rows().iter().find(|other| other.id == row.id).map(|other| i64::from(other.rank));
            let won = before.map_or(0, |before| before - i64::from(row.rank));
            if won != 0 {
                self.moved.insert(row.id.clone(), (won, now));
            }
        }
        if self.select.key().is_none()
            && let Some(own) = self.own(cx.session)
        {
            self.select.choose(own);
        }
        self.shown = Some(SharedBoard::clone(board));
        // one by source may have been read for somebody else within the minute
        self.read_at = Some(if self.by == BoardBy::Source { board.ask.now } else { now });
        let keys = self.keys();
        self.select.settle(&keys);
        self.ask_chart(cx);
    }

    fn act(&mut self, act: Act, cx: &mut Cx<'_>) -> Flow {
        let page = usize::from(cx.session.size.height).saturating_sub(7);
        let keys = self.keys();
        if self.select.travel(act, page, &keys) {
            self.ask_chart(cx);
            return Flow::Used;
        }
        match act {
            Act::Left => self.turn_by(self.offers().len().saturating_sub(1), cx),
            Act::Right => self.turn_by(1, cx),
            Act::Period => {
                self.span = Span::this(self.span.period().unwrap_or(Period::Quarter).next());
                self.turn(cx);
            }
            Act::Earlier | Act::Later => {
                self.span = self.span.moved(act == Act::Later);
                self.turn(cx);
            }
            Act::BoardBy => {
                self.by = match self.by {
                    BoardBy::Rep => BoardBy::Team,
                    BoardBy::Team => BoardBy::Coach,
                    BoardBy::Coach => BoardBy::Source,
                    BoardBy::Source => BoardBy::Rep,
                };
                self.select.reset();
                self.turn(cx);
            }
            Act::Face => self.face = if self.face == Face::Plan { Face::Course } else { Face::Plan },
            Act::Chart => {
                self.charted = !self.charted;
                self.ask_chart(cx);
            }
            Act::News => self.ask(cx),
            Act::Accept | Act::Explain => self.open(cx),
            Act::SetTarget => self.set_target(cx),
            Act::Back if self.is_charted() => self.charted = false,
            Act::Back => return switch(Act::Today, cx),
            _ => return switch(act, cx),
        }
        Flow::Used
    }

    /// A click on a metric shows it, one on a row selects it.
    fn pointed(&mut self, spot: Spot, cx: &mut Cx<'_>) -> Flow {
        let keys = self.keys();
        match spot {
            Spot::Part(Part(part)) => {
                let Some(place) = part.checked_sub(1).and_then(|at| self.offers().get(at).copied()) else {
                    return Flow::Passed;
                };
                self.measure = place;
                self.turn(cx);
            }
            Spot::Row(_, id) if self.select.point(id.to_string(), &keys) => self.ask_chart(cx),
            _ => return Flow::Passed,
        }
        Flow::Used
    }

    fn scope(&self) -> Option<TargetOf> {
        if self.by == BoardBy::Source {
            return None;
        }
        let id = self.selected()?.id.parse().ok()?;
        Some(if self.by == BoardBy::Team { TargetOf::Team(TeamId(id)) } else { TargetOf::User(UserId(id)) })
    }

    fn open(&self, cx: &mut Cx<'_>) {
        let Some(((scope, row), metric)) = self.scope().zip(self.selected()).zip(self.metric()) else {
            return;
        };
        let whose = Whose { scope, name: row.name.clone() };
        cx.push(Facts::new(whose, metric, self.span));
    }

    fn set_target(&self, cx: &mut Cx<'_>) {
        let Some(((scope, row), metric)) = self.scope().zip(self.selected()).zip(self.metric()) else {
            return;
        };
        let entry = SetTarget::new(scope, metric, self.span.period().unwrap_or(Period::Month), Level::Goal);
        let value = Some(row.gap.target).filter(|target| *target > 0);
        let form = entry.form(cx.session, &row.name, value);
        cx.push(Filling::new(entry, form));
    }
}

/// Notes the tabs of metrics: each is a part of its own, after the list's.
pub(super) fn note_metrics(tabs: &Tabs<'_>, area: Rect, session: &Session) {
    for (metric, place) in tabs.places(area) {
        session.hits.put(place, Spot::Part(Part(metric + 1)));
    }
}

/// Whether somebody may set targets: whoever leads.
pub(super) fn leads(session: &Session) -> bool {
    session.me.as_ref().is_some_and(|me| me.user.role >= Role::Lead)
}

impl Layer for Board {
    fn context(&self) -> Context {
        Context::Board
    }

    fn offers(&self, act: Act, view: &View<'_>) -> Result<(), Text> {
        match act {
            Act::SetTarget if !leads(view.session) => Err(Text("targets.read_only")),
            Act::Accept | Act::Explain | Act::SetTarget | Act::Chart if self.selected().is_none() => {
                Err(Text("board.nothing"))
            }
            Act::Accept | Act::Explain | Act::SetTarget | Act::Chart if self.by == BoardBy::Source => {
                Err(Text("board.of_source"))
            }
            Act::Accept | Act::Explain | Act::SetTarget if self.by == BoardBy::Coach => {
                Err(Text("board.of_group"))
            }
            Act::Accept | Act::Explain | Act::SetTarget | Act::Chart if self.metric().is_none() => {
                Err(Text("board.of_score"))
            }
            Act::Chart if self.metric().is_some_and(Metric::is_ratio) => Err(Text("board.of_ratio")),
            Act::Later if self.span.moved(true) == self.span => Err(Text("board.newest")),
            _ => Ok(()),
        }
    }

    fn waits(&self, event: &Event, _: &View<'_>) -> bool {
        let on_a_row =
            |act: Act| matches!(act, Act::Accept | Act::Explain | Act::SetTarget | Act::Chart) || moves(act);
        let reading = self.asked.is_some() && self.shown.is_none();
        reading && matches!(event, Event::Act(act) if on_a_row(*act))
    }

    fn update(&mut self, event: &Event, cx: &mut Cx<'_>) -> Flow {
        match event {
            Event::Shown | Event::Minute => self.ask(cx),
            Event::Act(act) => return self.act(*act, cx),
            Event::Pointed(spot) => return self.pointed(*spot, cx),
            Event::Answered(ticket, answer) if self.asked == Some(*ticket) => {
                self.asked = None;
                match answer {
                    Ok(Answer::Board(board)) => self.take_in(board, cx),
                    Ok(_) => {}
                    Err(error) => {
                        cx.refuse(error);
                    }
                }
                if self.following.is_stale() {
                    self.follow(cx);
                }
            }
            Event::Answered(ticket, answer)
                if self.chart_asked.as_ref().is_some_and(|(asked, _)| asked == ticket) =>
            {
                let key = self.chart_asked.take().map(|(_, key)| key).unwrap_or_default();
                if let Ok(Answer::BurnUp(chart)) = answer {
                    self.chart = Some((key, chart.clone()));
                }
            }
            Event::Committed(commit) | Event::Written(_, Ok(commit))
                if commit.topics.iter().any(|topic| matches!(topic, Topic::Metrics | Topic::Targets)) =>
            {
                self.follow(cx);
            }
            Event::Woken if self.following.is_waking() => {
                if self.following.woken(self.asked.is_some()) {
                    self.ask(cx);
                }
            }
            _ => return Flow::Passed,
        }
        Flow::Used
    }

    fn render(&self, area: Rect, buf: &mut Buffer, view: &View<'_>) -> Option<Position> {
        let body = frame(area, buf, view, ScreenId::Board, self);
        self.body(body, buf, *view)
    }
}
