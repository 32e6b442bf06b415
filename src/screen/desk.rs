//! The lead's desk (日经营, S001-123): reps × today, the radar, who was followed up, warnings, signals, rounds.
//!
//! It reads again when work is done, at most once a second, and keeps the selection on the person it was on. What a lead does here
//! is one key or a line: a day given to others, a tail put off, a whisper, a decision. All of it is taken back with the undo key.

mod faces;
mod list;
pub mod radar;
mod reps;
mod round;

use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::app::{Act, Context, Cx, Event, Flow, Layer, Notice, Session, Spot, Ticket, View};
use crate::dialog::Asking;
use crate::dialog::confirm::Confirm;
use crate::dialog::desk::{Calling, Deciding, Giving, Whispering};
use crate::dialog::filling::Filling;
use crate::domain::id::{TeamId, UserId, WriteId};
use crate::domain::lists::{Attendance, Period, Role, RoundKind};
use crate::domain::span::Span;
use crate::domain::time::Timestamp;
use crate::screen::card::Card;
use crate::screen::facts::{Facts, Whose};
use crate::screen::following::Following;
use crate::screen::frame::frame;
use crate::screen::select::{Select, moves};
use crate::screen::stock::Stock;
use crate::screen::{ScreenId, switch};
use crate::store::change::people::TargetOf;
use crate::store::change::{Change, Commit, DeskChange, Topic};
use crate::store::query::desk::{DeskFloor, DeskRow, FollowedRow, RoundPage, Signals, Tail, WarningPage};
use crate::store::query::{Answer, DeskAnswer, DeskAsk, Query};
use crate::text::Text;

/// Least time between two readings.
pub const READ_MIN: Duration = Duration::from_secs(1);
/// Rows of one window of who was followed up, and of warnings.
pub const WINDOW: usize = 100;
/// The next window is asked for when the selection is this near the end.
const NEAR_END: usize = 25;

/// What is shown of the desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Face {
    /// Reps × today.
    Reps,
    /// A cell a rep.
    Radar,
    /// Who was followed up today.
    Followed,
    /// Warnings that have climbed here.
    Warnings,
    /// Who and what deserves a look.
    Signals,
    /// A round's page.
    Round,
}

impl Face {
    const fn is_of_reps(self) -> bool {
        matches!(self, Self::Reps | Self::Radar)
    }
}

/// The desk.
#[derive(Debug, Clone)]
pub struct Desk {
    face: Face,
    kind: RoundKind,
    /// Of whom alone it is shown who was followed up.
    rep: Option<(UserId, String)>,
    /// The team chosen; `None` for all there are.
    team: Option<TeamId>,
    teams: Vec<(TeamId, String)>,
    floor: Option<DeskFloor>,
    followed: Vec<FollowedRow>,
    more: bool,
    warnings: Option<WarningPage>,
    signals: Option<Signals>,
    round: Option<RoundPage>,
    reps: Select<i64>,
    list: Select<i64>,
    asked: Option<Ticket>,
    face_asked: Option<Ticket>,
    next_asked: Option<Ticket>,
    tail_asked: Option<Ticket>,
    following: Following,
    read_at: Option<Timestamp>,
    /// What is said where the desk may not be looked at.
    refused: Option<Text>,
    /// What was done here and is under way.
    doing: Option<(WriteId, Act)>,
}

impl Default for Desk {
    fn default() -> Self {
        Self::new()
    }
}

impl Desk {
    /// The desk before its first answer: reps × today.
    pub fn new() -> Self {
        Self {
            face: Face::Reps,
            kind: RoundKind::Morning,
            rep: None,
            team: None,
            teams: Vec::new(),
            floor: None,
            followed: Vec::new(),
            more: false,
            warnings: None,
            signals: None,
            round: None,
            reps: Select::default(),
            list: Select::default(),
            asked: None,
            face_asked: None,
            next_asked: None,
            tail_asked: None,
            following: Following::default(),
            read_at: None,
            refused: None,
            doing: None,
        }
    }

    /// Whether somebody has a desk: whoever leads. The store asks once more, and says of which team.
    pub fn is_for(session: &Session) -> bool {
        session.me.as_ref().is_some_and(|me| me.user.role >= Role::Lead)
    }

    fn rows(&self) -> &[DeskRow] {
        self.floor.as_ref().map_or(&[], |floor| &floor.rows)
    }

    fn rep_keys(&self) -> Vec<i64> {
        self.rows().iter().map(|row| row.rep.0.0).collect()
    }

    /// The selected rep.
    fn selected(&self) -> Option<&DeskRow> {
        self.rows().get(self.reps.at())
    }

    /// The team a round is of: the chosen one, else that of the selected rep.
    fn round_team(&self) -> Option<TeamId> {
        self.team.or_else(|| self.selected().map(|row| row.team.0)).or_else(|| Some(self.teams.first()?.0))
    }

    fn ask(&mut self, cx: &mut Cx<'_>) {
        let (by, team) = (cx.viewer(), self.team);
        self.asked = Some(cx.read(Query::Desk(DeskAsk::Floor { by, team })));
        // the line on top
        let (user, now) = (by.id, by.now);
        cx.read(Query::Gap { user, now });
        self.following.reads(now);
        self.ask_face(cx);
    }

    /// Asks for what the open face shows beside the reps.
    fn ask_face(&mut self, cx: &mut Cx<'_>) {
        let (by, team) = (cx.viewer(), self.team);
        let ask = match self.face {
            Face::Reps | Face::Radar => return,
            Face::Followed => {
                let rep = self.rep.as_ref().map(|(id, _)| *id);
                let limit = self.followed.len().clamp(WINDOW, 4 * WINDOW);
                DeskAsk::Followed { by, team, rep, before: None, limit }
            }
            Face::Warnings => DeskAsk::Warnings { by, team, level: None, after: None, limit: WINDOW },
            Face::Signals => DeskAsk::Signals { by, team },
            Face::Round => DeskAsk::Round { by, team: self.round_team(), kind: self.kind },
        };
        self.next_asked = None;
        self.face_asked = Some(cx.read(Query::Desk(ask)));
    }

    fn ask_next(&mut self, cx: &mut Cx<'_>) {
        let near = self.list.at() + NEAR_END >= self.followed.len();
        if self.face != Face::Followed || !self.more || !near || self.next_asked.is_some() {
            return;
        }
        let (by, team) = (cx.viewer(), self.team);
        let rep = self.rep.as_ref().map(|(id, _)| *id);
        let before = self.followed.last().map(|row| (row.at, row.touch));
        let ask = DeskAsk::Followed { by, team, rep, before, limit: WINDOW };
        self.next_asked = Some(cx.read(Query::Desk(ask)));
    }

    /// Asks now, or has itself woken when it may.
    fn follow(&mut self, cx: &mut Cx<'_>) {
        if self.following.moved(self.asked.is_some(), READ_MIN, cx) {
            self.ask(cx);
        }
    }

    /// Turns to another face; what was there of it before is read anew.
    fn turn(&mut self, face: Face, cx: &mut Cx<'_>) {
        self.face = face;
        self.list.reset();
        self.followed.clear();
        (self.more, self.warnings, self.signals, self.round) = (false, None, None, None);
        self.ask_face(cx);
    }

    fn answered(&mut self, ticket: Ticket, answer: &DeskAnswer, cx: &mut Cx<'_>) -> Flow {
        let of_face = self.face_asked == Some(ticket);
        match answer {
            DeskAnswer::Floor(floor) if self.asked == Some(ticket) => {
                self.asked = None;
                if self.team.is_none() {
                    self.teams.clone_from(&floor.teams);
                }
                self.floor = Some((**floor).clone());
                self.read_at = Some(cx.now());
                let keys = self.rep_keys();
                self.reps.settle(&keys);
            }
            DeskAnswer::Followed(rows) if of_face => {
                self.more = rows.len() >= WINDOW;
                self.followed.clone_from(rows);
            }
            DeskAnswer::Followed(rows) if self.next_asked == Some(ticket) => {
                self.next_asked = None;
                self.more = rows.len() >= WINDOW;
                self.followed.extend_from_slice(rows);
            }
            DeskAnswer::Warnings(page) if of_face => self.warnings = Some(page.clone()),
            DeskAnswer::Signals(found) if of_face => self.signals = Some(found.clone()),
            DeskAnswer::Round(page) if of_face => self.round = Some((**page).clone()),
            DeskAnswer::Tail(tail) if self.tail_asked == Some(ticket) => {
                self.tail_asked = None;
                Self::propose(tail, cx);
                return Flow::Used;
            }
            _ => return Flow::Passed,
        }
        if of_face {
            self.face_asked = None;
        }
        let keys = self.list_keys();
        self.list.settle(&keys);
        if self.following.is_stale() {
            self.follow(cx);
        }
        Flow::Used
    }

    /// Asks whether the tail is to be put off: one word moves exactly what is shown.
    fn propose(tail: &Tail, cx: &mut Cx<'_>) {
        let words = &cx.session.words;
        if tail.capacity == 0 {
            let said = words.say(Text("desk.no_capacity")).to_owned();
            return cx.say(Notice::refused(said));
        }
        if tail.tasks.is_empty() {
            let said = words.fill(Text("desk.not_over"), &[("due", &tail.due), ("heads", &tail.heads)]);
            return cx.say(Notice::done(said));
        }
        let asked = faces::tail_words(cx.session, tail);
        let tasks: Vec<_> = tail.tasks.iter().map(|row| row.task).collect();
        cx.push(Asking::new(Confirm::new(asked), move |(), cx| {
            cx.write(Change::Desk(DeskChange::Defer { tasks }));
        }));
    }

    fn act(&mut self, act: Act, cx: &mut Cx<'_>) -> Flow {
        let page = usize::from(cx.session.size.height).saturating_sub(7);
        if self.face.is_of_reps() {
            let keys = self.rep_keys();
            let step = if self.face == Face::Radar { radar::columns(cx.session.size, keys.len()) } else { 1 };
            if self.face == Face::Radar && self.travel_radar(act, step, &keys) {
                return Flow::Used;
            }
            if self.reps.travel(act, page, &keys) {
                return Flow::Used;
            }
        } else {
            let keys = self.list_keys();
            if self.list.travel(act, page, &keys) {
                self.ask_next(cx);
                return Flow::Used;
            }
        }
        match act {
            Act::Accept => self.open(cx),
            Act::Explain => self.facts(cx),
            Act::News => self.ask(cx),
            Act::DeskRadar => {
                let face = if self.face == Face::Radar { Face::Reps } else { Face::Radar };
                self.turn(face, cx);
            }
            Act::DeskWho => {
                self.rep = None;
                self.turn(Face::Followed, cx);
            }
            Act::DeskWarnings => self.turn(Face::Warnings, cx),
            Act::DeskSignals => self.turn(Face::Signals, cx),
            Act::DeskRound => {
                self.kind = match (self.face, self.kind) {
                    (Face::Round, RoundKind::Morning) => RoundKind::Evening,
                    (Face::Round, RoundKind::Evening) => RoundKind::Morning,
                    _ => faces::round_now(cx.session),
                };
                self.turn(Face::Round, cx);
            }
            Act::Stock => cx.push(Stock::new(self.round_team())),
            Act::DeskTeam => {
                let next = match self.team {
                    None => self.teams.first(),
                    Some(team) => {
                        let at = self.teams.iter().position(|(id, _)| *id == team);
                        at.and_then(|at| self.teams.get(at + 1))
                    }
                };
                self.team = next.map(|(id, _)| *id);
                self.ask(cx);
            }
            Act::DeskWhisper | Act::DeskGive | Act::CheckIn => self.act_on(act, cx),
            Act::DeskDefer => {
                let (by, team) = (cx.viewer(), self.team);
                self.tail_asked = Some(cx.read(Query::Desk(DeskAsk::Tail { by, team })));
            }
            Act::DeskCall | Act::DeskDecide => self.in_round(act, cx),
            Act::Back if self.face == Face::Followed && self.rep.is_some() => {
                self.rep = None;
                self.turn(Face::Reps, cx);
            }
            Act::Back if self.face != Face::Reps => self.turn(Face::Reps, cx),
            Act::Back => return switch(Act::Today, cx),
            Act::Team => self.turn(Face::Reps, cx),
            _ => return switch(act, cx),
        }
        Flow::Used
    }

    fn travel_radar(&mut self, act: Act, columns: usize, keys: &[i64]) -> bool {
        let (act, page) = match act {
            Act::Left => (Act::PageUp, 1),
            Act::Right => (Act::PageDown, 1),
            Act::Up => (Act::PageUp, columns),
            Act::Down => (Act::PageDown, columns),
            _ => return false,
        };
        self.reps.travel(act, page, keys)
    }

    /// What is done to the selected rep.
    fn act_on(&mut self, act: Act, cx: &mut Cx<'_>) {
        let Some(row) = self.selected() else { return };
        let (user, name) = row.rep.clone();
        match act {
            Act::DeskWhisper => {
                let form = Whispering::form(cx.session, &name);
                cx.push(Filling::new(Whispering::new(user), form));
            }
            Act::DeskGive => {
                let here = self.rows().iter().filter(|mate| mate.team.0 == row.team.0 && mate.rep.0 != user);
                let mates: Vec<(UserId, String)> = here.map(|mate| mate.rep.clone()).collect();
                let form = Giving::form(cx.session, (&name, row.due), &mates);
                cx.push(Filling::new(Giving::new(user), form));
            }
            _ => {
                let change = DeskChange::Attend { user, kind: Attendance::Present };
                self.doing = Some((cx.write(Change::Desk(change)), act));
            }
        }
    }

    fn in_round(&mut self, act: Act, cx: &mut Cx<'_>) {
        let Some(page) = &self.round else { return };
        let called = page.called.as_ref().map(|(id, ..)| *id);
        if let (Act::DeskDecide, Some(round)) = (act, called) {
            let people: Vec<(UserId, String)> =
                page.reps.iter().map(|(id, name, ..)| (*id, name.clone())).collect();
            let form = Deciding::form(cx.session, &page.team.1, &people);
            cx.push(Filling::new(Deciding::new(round), form));
        } else {
            let about = page.called.as_ref().map_or("", |(.., words)| words.as_str());
            let form = Calling::form(cx.session, page.kind, about);
            cx.push(Filling::new(Calling::new(page.team.0, page.kind), form));
        }
    }

    /// Opens what is selected: a rep's day, a customer's card; says that a decision is done.
    fn open(&mut self, cx: &mut Cx<'_>) {
        if self.face.is_of_reps() {
            let Some(rep) = self.selected().map(|row| row.rep.clone()) else { return };
            self.rep = Some(rep);
            return self.turn(Face::Followed, cx);
        }
        match self.chosen() {
            Some(list::Chosen::Customer(customer)) => cx.push(Card::new(customer)),
            Some(list::Chosen::Rep(id, name)) => {
                self.reps.choose(id.0);
                self.rep = Some((id, name));
                self.turn(Face::Followed, cx);
            }
            Some(list::Chosen::Decision(decision)) => {
                cx.write(Change::Desk(DeskChange::Settle { decision }));
            }
            None => {}
        }
    }

    /// The facts behind the first standard of the selected rep's day.
    fn facts(&self, cx: &mut Cx<'_>) {
        let Some((row, main)) = self.selected().and_then(|row| Some((row, row.main()?))) else { return };
        let whose = Whose { scope: TargetOf::User(row.rep.0), name: row.rep.1.clone() };
        cx.push(Facts::new(whose, main.metric, Span::this(Period::Day)));
    }

    /// Says what a change came to, where it was made at the desk: more than that it was saved.
    fn written(&mut self, id: WriteId, commit: &Commit, cx: &mut Cx<'_>) {
        let words = &cx.session.words;
        let mine = self.doing.take_if(|(doing, _)| *doing == id).is_some();
        let effects = &commit.effects;
        let said = if effects.undone.is_some() {
            return;
        } else if !effects.given.is_empty() {
            words.fill(Text("desk.given"), &[("n", &effects.given.len())])
        } else if effects.put_off > 0 {
            words.fill(Text("desk.put_off"), &[("n", &effects.put_off)])
        } else if mine {
            words.say(Text("desk.is_here")).to_owned()
        } else {
            return;
        };
        cx.say(Notice::done(said));
    }
}

impl Layer for Desk {
    fn context(&self) -> Context {
        Context::Desk
    }

    fn offers(&self, act: Act, _: &View<'_>) -> Result<(), Text> {
        let on_rep = matches!(act, Act::DeskWhisper | Act::DeskGive | Act::CheckIn | Act::Explain);
        match act {
            Act::Accept if self.face.is_of_reps() && self.selected().is_none() => Err(Text("desk.nobody")),
            Act::Accept if !self.face.is_of_reps() && self.chosen().is_none() => Err(Text("desk.nothing")),
            _ if on_rep && !self.face.is_of_reps() && self.rep.is_none() => Err(Text("desk.choose_rep")),
            _ if on_rep && self.selected().is_none() => Err(Text("desk.nobody")),
            Act::Explain if self.selected().is_some_and(|row| row.main().is_none()) => {
                Err(Text("desk.no_standard"))
            }
            Act::DeskCall | Act::DeskDecide if self.face != Face::Round => Err(Text("desk.in_round")),
            Act::DeskDecide if self.round.as_ref().is_none_or(|page| page.called.is_none()) => {
                Err(Text("desk.not_called"))
            }
            Act::DeskTeam if self.teams.len() < 2 => Err(Text("desk.one_team")),
            _ => Ok(()),
        }
    }

    fn waits(&self, event: &Event, _: &View<'_>) -> bool {
        let on_a_row = |act: Act| {
            moves(act)
                || matches!(
                    act,
                    Act::Accept
                        | Act::Explain
                        | Act::DeskWhisper
                        | Act::DeskGive
                        | Act::CheckIn
                        | Act::DeskCall
                        | Act::DeskDecide
                )
        };
        let reading =
            (self.asked.is_some() && self.floor.is_none()) || (self.face_asked.is_some() && self.is_empty());
        reading && matches!(event, Event::Act(act) if on_a_row(*act))
    }

    fn update(&mut self, event: &Event, cx: &mut Cx<'_>) -> Flow {
        match event {
            Event::Shown | Event::Minute => self.ask(cx),
            Event::Act(act) => return self.act(*act, cx),
            Event::Pointed(Spot::Row(_, id)) => {
                let of_reps = self.face.is_of_reps();
                let keys = if of_reps { self.rep_keys() } else { self.list_keys() };
                let select = if of_reps { &mut self.reps } else { &mut self.list };
                if !select.point(*id, &keys) {
                    return Flow::Passed;
                }
            }
            Event::Answered(ticket, Ok(Answer::Desk(answer))) => return self.answered(*ticket, answer, cx),
            Event::Answered(ticket, Err(error))
                if [self.asked, self.face_asked, self.next_asked, self.tail_asked]
                    .contains(&Some(*ticket)) =>
            {
                (self.asked, self.face_asked, self.next_asked, self.tail_asked) = (None, None, None, None);
                self.refused = Some(Text("desk.refused"));
                cx.refuse(error);
            }
            Event::Written(id, Ok(commit)) => {
                self.written(*id, commit, cx);
                if concerns(commit) {
                    self.follow(cx);
                }
            }
            Event::Committed(commit) if concerns(commit) => self.follow(cx),
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
        let body = frame(area, buf, view, ScreenId::Team, self);
        self.body(body, buf, *view)
    }
}

/// Whether a commit changes what a desk shows.
fn concerns(commit: &Commit) -> bool {
    let here = |topic: &Topic| matches!(topic, Topic::Metrics | Topic::Tasks | Topic::Desk | Topic::People);
    commit.topics.iter().any(here)
}
