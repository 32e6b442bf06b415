//! Reports (S001-107): a rep's own, a team's with who has not handed in; every figure opens.
//!
//! It reads again when figures or reports move, at most four times a second, and keeps the selection on the person it was on.

mod told;
mod view;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::app::{Act, Context, Cx, Event, Flow, Layer, Notice, Session, Spot, Ticket, View};
use crate::dialog::filling::Filling;
use crate::dialog::report::{Comment, HandIn};
use crate::domain::id::TeamId;
use crate::domain::lists::{Period, ReportState, Role};
use crate::domain::span::Span;
use crate::screen::board::READ_MIN;
use crate::screen::facts::{Facts, Whose};
use crate::screen::following::Following;
use crate::screen::frame::frame;
use crate::screen::funnel::Funnels;
use crate::screen::health::Health;
use crate::screen::select::{Select, moves};
use crate::screen::worth::Worth;
use crate::screen::{ScreenId, switch};
use crate::store::change::Topic;
use crate::store::change::people::TargetOf;
use crate::store::change::report::ReportOf;
use crate::store::query::report::{ReportCard, TeamReport};
use crate::store::query::{Answer, Query, ReportAnswer, ReportAsk};
use crate::text::Text;

/// The reports.
#[derive(Debug, Clone)]
pub struct Reports {
    period: Period,
    back: u16,
    /// Whether the team's is shown; else one's own.
    by_team: bool,
    team: Option<TeamId>,
    own: Option<ReportCard>,
    sheet: Option<TeamReport>,
    /// Whose report of the team is selected.
    select: Select<i64>,
    /// Whether the report has the screen alone.
    alone: bool,
    /// The figure that is selected where it has.
    figure: usize,
    scroll: u16,
    asked: Option<Ticket>,
    following: Following,
    /// Whether it was decided whose is shown first.
    begun: bool,
}

impl Default for Reports {
    fn default() -> Self {
        Self::new()
    }
}

impl Reports {
    /// The reports before their first answer: today's.
    pub fn new() -> Self {
        Self {
            period: Period::Day,
            back: 0,
            by_team: false,
            team: None,
            own: None,
            sheet: None,
            select: Select::default(),
            alone: true,
            figure: 0,
            scroll: 0,
            asked: None,
            following: Following::default(),
            begun: false,
        }
    }

    /// The team's own row, then its people.
    fn cards(&self) -> Vec<&ReportCard> {
        match &self.sheet {
            Some(sheet) if self.by_team => [&sheet.whole].into_iter().chain(&sheet.people).collect(),
            _ => self.own.iter().filter(|_| !self.by_team).collect(),
        }
    }

    fn keys(&self) -> Vec<i64> {
        self.cards().into_iter().map(key).collect()
    }

    /// The report that is shown.
    fn shown(&self) -> Option<&ReportCard> {
        let cards = self.cards();
        cards.get(self.select.at()).or_else(|| cards.first()).copied()
    }

    fn is_alone(&self) -> bool {
        self.alone || !self.by_team
    }

    fn ask(&mut self, cx: &mut Cx<'_>) {
        if !self.begun {
            self.begun = true;
            self.by_team = leads(cx.session);
            self.alone = !self.by_team;
            let written = cx.session.playbook().and_then(|book| book.reports.first());
            self.period = written.map_or(Period::Day, |rule| rule.period);
        }
        let (by, period, back) = (cx.viewer(), self.period, self.back);
        let ask = if self.by_team {
            ReportAsk::Team { team: self.team, period, back, by }
        } else {
            ReportAsk::One { whose: TargetOf::User(by.id), period, back, by }
        };
        self.asked = Some(cx.read(Query::Report(ask)));
        self.following.reads(cx.now());
    }

    /// Asks now, or has itself woken when it may.
    fn follow(&mut self, cx: &mut Cx<'_>) {
        if self.following.moved(self.asked.is_some(), READ_MIN, cx) {
            self.ask(cx);
        }
    }

    /// Shows something else: nothing of what was shown is kept.
    fn turn(&mut self, cx: &mut Cx<'_>) {
        self.own = None;
        self.sheet = None;
        self.scroll = 0;
        self.figure = 0;
        self.ask(cx);
    }

    fn take_in(&mut self, answer: &ReportAnswer) {
        match answer {
            ReportAnswer::One(card) => self.own = Some((**card).clone()),
            ReportAnswer::Team(sheet) => self.sheet = Some((**sheet).clone()),
            _ => {}
        }
        let keys = self.keys();
        self.select.settle(&keys);
    }

    fn next_period(&mut self, session: &Session) {
        let written: Vec<Period> = match session.playbook() {
            Some(book) => book.reports.iter().map(|rule| rule.period).collect(),
            None => Vec::new(),
        };
        let at = written.iter().position(|period| *period == self.period).unwrap_or(0);
        self.period = written.get(at + 1).or_else(|| written.first()).copied().unwrap_or(Period::Day);
        self.back = 0;
    }

    fn next_team(&mut self, act: Act) -> bool {
        let Some(sheet) = &self.sheet else { return false };
        let TargetOf::Team(team) = sheet.whole.whose else { return false };
        let count = sheet.teams.len();
        let Some(at) = sheet.teams.iter().position(|(id, _)| *id == team).filter(|_| count > 1) else {
            return false;
        };
        let next = if act == Act::Right { at + 1 } else { at + count - 1 } % count;
        self.team = sheet.teams.get(next).map(|(id, _)| *id);
        self.select.reset();
        true
    }

    fn act(&mut self, act: Act, cx: &mut Cx<'_>) -> Flow {
        let page = usize::from(cx.session.size.height).saturating_sub(7);
        if moves(act) {
            self.travel(act, page);
            return Flow::Used;
        }
        match act {
            Act::Period => {
                self.next_period(cx.session);
                self.turn(cx);
            }
            Act::Earlier => {
                self.back = self.back.saturating_add(1);
                self.turn(cx);
            }
            Act::Later => {
                self.back = self.back.saturating_sub(1);
                self.turn(cx);
            }
            Act::Left | Act::Right => {
                if self.next_team(act) {
                    self.turn(cx);
                }
            }
            Act::ReportBy => {
                self.by_team = !self.by_team;
                self.alone = !self.by_team;
                self.select.reset();
                self.turn(cx);
            }
            Act::News => self.ask(cx),
            Act::Accept if !self.is_alone() => {
                self.alone = true;
                (self.figure, self.scroll) = (0, 0);
            }
            Act::Accept | Act::Explain => self.open(cx),
            Act::HandIn => self.hand_in(cx),
            Act::CommentReport => self.comment(cx),
            Act::Funnel => {
                let whose = self.shown().map(|card| card.whose);
                cx.push(Funnels::new(whose));
            }
            Act::Value => cx.push(Worth::new()),
            Act::Health => cx.push(Health::new()),
            Act::Back if self.by_team && self.alone => self.alone = false,
            Act::Back => return switch(Act::Today, cx),
            _ => return switch(act, cx),
        }
        Flow::Used
    }

    fn travel(&mut self, act: Act, page: usize) {
        if !self.is_alone() {
            let keys = self.keys();
            self.select.travel(act, page, &keys);
            self.scroll = 0;
            return;
        }
        let figures = self.shown().map_or(0, |card| card.figures.metrics.len());
        let step = u16::try_from(page).unwrap_or(u16::MAX);
        match act {
            Act::Up => self.figure = self.figure.saturating_sub(1),
            Act::Down if self.figure + 1 < figures => self.figure += 1,
            Act::PageUp => self.scroll = self.scroll.saturating_sub(step),
            Act::PageDown => self.scroll = self.scroll.saturating_add(step),
            Act::Top => (self.scroll, self.figure) = (0, 0),
            Act::Bottom => self.scroll = u16::MAX,
            _ => {}
        }
    }

    /// Opens the facts behind the selected figure.
    fn open(&self, cx: &mut Cx<'_>) {
        let Some(card) = self.shown() else { return };
        let Some(figure) = card.figures.metrics.get(self.figure) else { return };
        let whose = Whose { scope: card.whose, name: card.name.clone() };
        cx.push(Facts::new(whose, figure.metric, Span::Days(card.days.0, card.days.1)));
    }

    fn of(card: &ReportCard) -> ReportOf {
        ReportOf { whose: card.whose, period: card.period, first: card.days.0 }
    }

    fn hand_in(&self, cx: &mut Cx<'_>) {
        let Some(card) = self.shown() else { return };
        let form = HandIn::form(cx.session, &told::title(cx.session, card), &card.lines);
        cx.push(Filling::new(HandIn::new(Self::of(card)), form));
    }

    fn comment(&self, cx: &mut Cx<'_>) {
        let Some(card) = self.shown() else { return };
        // what stands still, or does not fit, is what is most likely spoken of
        let stuck = card.figures.stuck.first().map(|deal| deal.customer);
        let customer = stuck.or_else(|| card.figures.finds.iter().find_map(|find| find.customer));
        let form = Comment::form(cx.session, &told::title(cx.session, card), customer);
        cx.push(Filling::new(Comment::new(Self::of(card)), form));
    }
}

/// Ids of teams and of people may be alike.
const fn key(card: &ReportCard) -> i64 {
    match card.whose {
        TargetOf::User(user) => user.0,
        TargetOf::Team(team) => team.0.wrapping_neg(),
    }
}

/// Whether somebody sees others' reports.
fn leads(session: &Session) -> bool {
    session.me.as_ref().is_some_and(|me| me.user.role >= Role::Coach)
}

/// Whether somebody sees how a team is doing under the surface.
fn heads(session: &Session) -> bool {
    session.me.as_ref().is_some_and(|me| me.user.role >= Role::Lead)
}

/// Whether somebody sees what the program is worth.
fn manages(session: &Session) -> bool {
    session.me.as_ref().is_some_and(|me| me.user.role >= Role::Manager)
}

impl Layer for Reports {
    fn context(&self) -> Context {
        Context::Report
    }

    fn offers(&self, act: Act, view: &View<'_>) -> Result<(), Text> {
        let may = self.shown().map(|card| card.may).unwrap_or_default();
        match act {
            Act::ReportBy if !leads(view.session) => Err(Text("report.not_lead")),
            Act::Health if !heads(view.session) => Err(Text("report.not_head")),
            Act::Value if !manages(view.session) => Err(Text("report.not_manager")),
            Act::HandIn if !may.hand_in => Err(Text("report.not_open")),
            Act::CommentReport if !may.comment => Err(Text("report.not_kept")),
            Act::Later if self.back == 0 => Err(Text("board.newest")),
            Act::Accept | Act::Explain if self.shown().is_none() => Err(Text("board.nothing")),
            _ => Ok(()),
        }
    }

    fn waits(&self, event: &Event, _: &View<'_>) -> bool {
        let on_it = |act: Act| {
            moves(act) || matches!(act, Act::Accept | Act::Explain | Act::HandIn | Act::CommentReport)
        };
        self.asked.is_some() && self.shown().is_none() && matches!(event, Event::Act(act) if on_it(*act))
    }

    fn update(&mut self, event: &Event, cx: &mut Cx<'_>) -> Flow {
        match event {
            Event::Shown | Event::Minute => self.ask(cx),
            Event::Act(act) => return self.act(*act, cx),
            Event::Pointed(Spot::Row(_, id)) => {
                let keys = self.keys();
                if !self.select.point(*id, &keys) {
                    return Flow::Passed;
                }
                self.scroll = 0;
            }
            Event::Answered(ticket, answer) if self.asked == Some(*ticket) => {
                self.asked = None;
                match answer {
                    Ok(Answer::Report(answer)) => self.take_in(answer),
                    Ok(_) => {}
                    Err(error) => {
                        cx.refuse(error);
                    }
                }
                if self.following.is_stale() {
                    self.follow(cx);
                }
            }
            Event::Committed(commit) | Event::Written(_, Ok(commit))
                if commit.topics.iter().any(|topic| matches!(topic, Topic::Metrics | Topic::Reports)) =>
            {
                if matches!(event, Event::Written(..)) && commit.effects.report.is_some() {
                    let handed = self.shown().is_some_and(|card| card.state != ReportState::Closed);
                    let key = if handed && self.shown().is_some_and(|card| card.may.hand_in) {
                        Text("report.handed_in")
                    } else {
                        Text("report.said")
                    };
                    let words = cx.session.words.say(key).to_owned();
                    cx.say(Notice::done(words));
                }
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
        let body = frame(area, buf, view, ScreenId::Report, self);
        self.body(body, buf, *view)
    }
}
