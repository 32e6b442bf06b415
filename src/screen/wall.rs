//! The wall (S001-110): boards in figures that are read at ten metres, one after the other, with good news between.
//!
//! It asks for nothing but boards and good news, so that no customer is ever on it; a view-only user is enough. What it last read
//! stays where the database is away, and says so.

mod matches;
mod view;

use std::collections::BTreeSet;
use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::app::{Act, Context, Cx, Effect, Event, Flow, Layer, Session, Ticket, View};
use crate::domain::id::{TeamId, UserId};
use crate::domain::lists::{Metric, Period};
use crate::domain::span::Span;
use crate::domain::time::Timestamp;
use crate::store::change::Topic;
use crate::store::query::board::{BoardBy, Measure};
use crate::store::query::pk::{PkAnswer, PkAsk, PkCard};
use crate::store::query::{Answer, BoardAsk, BurnUp, BurnUpAsk, Query, SharedBoard};

/// Least time between two readings of the same page.
const READ_MIN: Duration = Duration::from_secs(1);
/// How long a page stands where nothing else is said.
pub const STANDS: Duration = Duration::from_secs(15);

/// Matches that are asked for at most.
const MATCHES: usize = 24;

/// What is shown at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Page {
    /// A measure, by rep or team.
    Ranking(Measure, Period, BoardBy),
    /// The month of the whole, day by day.
    BurnUp(Metric),
    /// The matches that are on.
    Matches,
}

/// The wall.
#[derive(Debug, Clone)]
pub struct Wall {
    team: Option<TeamId>,
    stands: Duration,
    pages: Vec<Page>,
    page: usize,
    held: bool,
    turned_at: Option<Timestamp>,
    /// The rows of the page, and those of the teams its figures are summed of.
    rows: Option<SharedBoard>,
    teams: Option<SharedBoard>,
    chart: Option<BurnUp>,
    /// The matches that everybody may look at; of the team where the wall is of one.
    matches: Vec<PkCard>,
    matches_asked: Option<Ticket>,
    /// Who stood on the last board by rep.
    mates: BTreeSet<UserId>,
    rows_asked: Option<Ticket>,
    teams_asked: Option<Ticket>,
    chart_asked: Option<Ticket>,
    asked_at: Option<Timestamp>,
    read_at: Option<Timestamp>,
    stale: bool,
    /// Whether a wake is under way to read the page again.
    waking: bool,
}

impl Wall {
    /// A wall of a team, or of the floor; each page stands so long.
    pub const fn new(team: Option<TeamId>, stands: Duration) -> Self {
        Self {
            team,
            stands,
            pages: Vec::new(),
            page: 0,
            held: false,
            turned_at: None,
            rows: None,
            teams: None,
            chart: None,
            matches: Vec::new(),
            matches_asked: None,
            mates: BTreeSet::new(),
            rows_asked: None,
            teams_asked: None,
            chart_asked: None,
            asked_at: None,
            read_at: None,
            stale: false,
            waking: false,
        }
    }

    /// The playbook's boards in their order; the main metric's month by rep and by team, and day by day.
    fn learn(&mut self, session: &Session) {
        let Some(playbook) = session.playbook().filter(|_| self.pages.is_empty()) else { return };
        let main = Measure::Metric(playbook.metrics.main);
        let mut pages = vec![Page::Ranking(main.clone(), Period::Month, BoardBy::Rep)];
        for board in &playbook.boards {
            let by = match board.scope.as_str() {
                "team" => BoardBy::Team,
                "coach" => BoardBy::Coach,
                _ => BoardBy::Rep,
            };
            let summed = [board.sort].into_iter().chain(board.columns.iter().copied());
            let measure = match summed.into_iter().find(|metric| metric.is_summed()) {
                _ if !board.score.is_empty() => Measure::Score(board.code.clone()),
                Some(metric) => Measure::Metric(metric),
                None => main.clone(),
            };
            let page = Page::Ranking(measure, board.period, by);
            if !pages.contains(&page) {
                pages.push(page);
            }
        }
        if self.team.is_none() {
            pages.push(Page::Ranking(main, Period::Month, BoardBy::Team));
        }
        pages.push(Page::BurnUp(playbook.metrics.main));
        pages.push(Page::Matches);
        pages.dedup();
        self.pages = pages;
    }

    fn page(&self) -> Option<&Page> {
        self.pages.get(self.page)
    }

    fn ask(&mut self, cx: &mut Cx<'_>) {
        self.learn(cx.session);
        let now = cx.now();
        self.turned_at.get_or_insert(now);
        let Some(page) = self.page().cloned() else { return };
        self.asked_at = Some(now);
        self.stale = false;
        let board = |of: Measure, period, by| BoardAsk {
            of,
            team: self.team,
            ..BoardAsk::new(Metric::OrdersWon, Span::this(period), by, now)
        };
        match page {
            Page::Matches => {}
            Page::Ranking(of, period, by) => {
                let teams = board(of.clone(), period, BoardBy::Team);
                let rows = board(of, period, by);
                self.rows_asked = Some(cx.read(Query::Board(rows)));
                self.teams_asked = Some(cx.read(Query::Board(teams)));
            }
            Page::BurnUp(metric) => {
                let board = board(Measure::Metric(metric), Period::Month, BoardBy::Team);
                self.teams_asked = Some(cx.read(Query::Board(board.clone())));
                self.chart_asked = Some(cx.read(Query::BurnUp(BurnUpAsk { board, id: None })));
            }
        }
        // also while another page stands: a page without matches is passed over
        if self.page + 1 == self.pages.len() || self.turned_at == Some(now) {
            let by = cx.viewer();
            let list = PkAsk::List { by, ended: false, limit: MATCHES };
            self.matches_asked = Some(cx.read(Query::Pk(list)));
        }
    }

    fn turn(&mut self, by: isize, cx: &mut Cx<'_>) {
        let count = isize::try_from(self.pages.len().max(1)).unwrap_or(1);
        let mut at = isize::try_from(self.page).unwrap_or(0) + by;
        let page = |at: isize| usize::try_from(at.rem_euclid(count)).unwrap_or(0);
        if self.matches.is_empty() && self.pages.get(page(at)) == Some(&Page::Matches) {
            at += by;
        }
        self.page = page(at);
        self.turned_at = Some(cx.now());
        // what was there stays until the next is read: nothing flickers
        self.rows_asked = None;
        self.chart_asked = None;
        self.ask(cx);
        self.wake(cx);
    }

    /// Wakes it for the next page: once a turn. Whoever wakes it earlier begins no turn of their own.
    fn wake(&self, cx: &mut Cx<'_>) {
        cx.effect(Effect::Wake(self.stands));
    }

    /// Whether a time has passed since an instant.
    fn over(since: Option<Timestamp>, time: Duration, now: Timestamp) -> bool {
        since.is_none_or(|at| now.since(at) >= i64::try_from(time.as_millis()).unwrap_or(i64::MAX))
    }

    /// Whether the page has stood as long as it is to.
    fn is_over(&self, now: Timestamp) -> bool {
        !self.held && Self::over(self.turned_at, self.stands, now)
    }

    /// Turns the page where its time is over, and reads it again where figures moved.
    fn advance(&mut self, cx: &mut Cx<'_>) {
        let now = cx.now();
        if self.is_over(now) {
            self.turn(1, cx);
        } else if self.stale && Self::over(self.asked_at, READ_MIN, now) {
            self.ask(cx);
        }
    }

    /// Whether a team plays in a match, or one of those who stand on its board.
    fn is_of(&self, card: &PkCard, team: TeamId) -> bool {
        card.sides.iter().any(|side| {
            side.team == Some(team) || side.people.iter().any(|person| self.mates.contains(&person.user))
        })
    }

    fn answered(&mut self, ticket: Ticket, answer: &Answer, cx: &Cx<'_>) -> Flow {
        match answer {
            Answer::Board(board) if self.rows_asked == Some(ticket) => {
                self.rows_asked = None;
                self.rows = Some(SharedBoard::clone(board));
                if board.ask.by == BoardBy::Rep {
                    self.mates =
                        board.rows.iter().filter_map(|row| row.id.parse().ok().map(UserId)).collect();
                }
            }
            Answer::Board(board) if self.teams_asked == Some(ticket) => {
                self.teams_asked = None;
                self.teams = Some(SharedBoard::clone(board));
            }
            Answer::Pk(PkAnswer::List(cards)) if self.matches_asked == Some(ticket) => {
                self.matches_asked = None;
                let ours = |card: &&PkCard| self.team.is_none_or(|team| self.is_of(card, team));
                self.matches =
                    cards.iter().filter(|card| matches::is_shown(card)).filter(ours).cloned().collect();
            }
            Answer::BurnUp(chart) if self.chart_asked == Some(ticket) => {
                self.chart_asked = None;
                self.chart = Some(chart.clone());
            }
            _ => return Flow::Passed,
        }
        self.read_at = Some(cx.now());
        Flow::Used
    }
}

impl Layer for Wall {
    fn context(&self) -> Context {
        Context::Wall
    }

    fn update(&mut self, event: &Event, cx: &mut Cx<'_>) -> Flow {
        match event {
            Event::Shown => {
                self.ask(cx);
                self.wake(cx);
            }
            Event::Minute if self.is_over(cx.now()) => self.turn(1, cx),
            Event::Minute => self.ask(cx),
            Event::Woken => {
                self.waking = false;
                self.advance(cx);
            }
            Event::Act(Act::Right) => self.turn(1, cx),
            Event::Act(Act::Left) => self.turn(-1, cx),
            Event::Act(Act::Hold) => {
                self.held = !self.held;
                self.turned_at = Some(cx.now());
                if !self.held {
                    self.wake(cx);
                }
            }
            Event::Act(Act::Back) => cx.act(Act::Quit),
            Event::Answered(ticket, Ok(answer)) => return self.answered(*ticket, answer, cx),
            Event::Committed(commit) | Event::Written(_, Ok(commit)) => {
                let moves = |topic: &Topic| matches!(topic, Topic::Metrics | Topic::Targets | Topic::Pk);
                if !commit.topics.iter().any(moves) {
                    return Flow::Passed;
                }
                self.stale = true;
                if Self::over(self.asked_at, READ_MIN, cx.now()) {
                    self.ask(cx);
                } else if !self.waking {
                    self.waking = true;
                    cx.effect(Effect::Wake(READ_MIN));
                }
            }
            _ => return Flow::Passed,
        }
        Flow::Used
    }

    fn render(&self, area: Rect, buf: &mut Buffer, view: &View<'_>) -> Option<Position> {
        self.draw(area, buf, *view);
        None
    }
}
