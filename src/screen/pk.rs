//! Matches between people and teams: which there are, and one of them in large (S001-109).
//!
//! It reads again when figures or matches move, at most four times a second, and keeps the selection on the match it was on.
//! Whoever has it open decides what is due: whoever notices first does.

mod side;
pub mod told;
pub mod tree;
mod view;

use std::collections::BTreeSet;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::app::{Act, Context, Cx, Event, Flow, Layer, Notice, Spot, Ticket, View};
use crate::dialog::filling::Filling;
use crate::dialog::pk::{Proposal, Rival, Said, Settlement};
use crate::domain::id::{PkId, WriteId};
use crate::domain::lists::PkPhase;
use crate::domain::time::Timestamp;
use crate::screen::board::READ_MIN;
use crate::screen::following::Following;
use crate::screen::frame::frame;
use crate::screen::select::{Select, moves};
use crate::screen::{ScreenId, switch};
use crate::store::change::{Change, Commit, PkChange, Topic};
use crate::store::query::pk::{Nemesis, PkCard, PkMay};
use crate::store::query::{Answer, PkAnswer, PkAsk, Query, UserRow};
use crate::text::Text;

/// Matches of a list, open and ended, at most.
const WINDOW: usize = 50;

/// The matches.
#[derive(Debug, Clone, Default)]
pub struct Matches {
    list: Vec<PkCard>,
    /// The selected one with all that is told of it.
    one: Option<PkCard>,
    rival: Option<Nemesis>,
    users: Vec<UserRow>,
    select: Select<PkId>,
    /// Whether those that have ended are listed too.
    ended: bool,
    /// Whether the match has the screen alone, and how far it is scrolled then.
    alone: Option<u16>,
    asked: Option<Ticket>,
    one_asked: Option<Ticket>,
    rival_asked: Option<Ticket>,
    users_asked: Option<Ticket>,
    following: Following,
    read_at: Option<Timestamp>,
    /// Rounds that this session has asked to be decided.
    deciding: BTreeSet<(PkId, u32)>,
    /// What was done here and is under way.
    doing: Option<(WriteId, Act)>,
}

impl Matches {
    /// The matches before the first answer.
    pub fn new() -> Self {
        Self::default()
    }

    fn keys(&self) -> Vec<PkId> {
        self.list.iter().map(|card| card.id).collect()
    }

    /// The selected match: with everything once that was read, else as the list has it.
    fn selected(&self) -> Option<&PkCard> {
        let of_list = self.list.get(self.select.at())?;
        Some(self.one.as_ref().filter(|one| one.id == of_list.id).unwrap_or(of_list))
    }

    fn ask(&mut self, cx: &mut Cx<'_>) {
        let by = cx.viewer();
        self.asked = Some(cx.read(Query::Pk(PkAsk::List { by, ended: self.ended, limit: WINDOW })));
        self.rival_asked = Some(cx.read(Query::Pk(PkAsk::Nemesis { by })));
        self.following.reads(cx.now());
        self.ask_one(cx);
    }

    fn ask_one(&mut self, cx: &mut Cx<'_>) {
        let Some(pk) = self.select.key().copied() else { return };
        let by = cx.viewer();
        self.one_asked = Some(cx.read(Query::Pk(PkAsk::One { pk, by })));
    }

    /// Asks now, or has itself woken when it may.
    fn follow(&mut self, cx: &mut Cx<'_>) {
        if self.following.moved(self.asked.is_some(), READ_MIN, cx) {
            self.ask(cx);
        }
    }

    fn take_in(&mut self, cards: &[PkCard], cx: &mut Cx<'_>) {
        let before = self.select.key().copied();
        self.list = cards.to_vec();
        self.read_at = Some(cx.now());
        let keys = self.keys();
        self.select.settle(&keys);
        if self.select.key().copied() != before {
            self.ask_one(cx);
        }
        self.decide(cx);
    }

    /// Has decided what is due, once.
    fn decide(&mut self, cx: &mut Cx<'_>) {
        let now = cx.now();
        for card in &self.list {
            if let Some(round) = card.due(now)
                && self.deciding.insert((card.id, round))
            {
                cx.quietly(Change::Pk(PkChange::Decide { pk: card.id, round }));
            }
        }
    }

    fn act(&mut self, act: Act, cx: &mut Cx<'_>) -> Flow {
        let page = usize::from(cx.session.size.height).saturating_sub(7);
        let keys = self.keys();
        if let (Some(scroll), true) = (&mut self.alone, moves(act)) {
            let page = u16::try_from(page).unwrap_or(u16::MAX);
            *scroll = match act {
                Act::Up => scroll.saturating_sub(1),
                Act::Down => scroll.saturating_add(1),
                Act::PageUp => scroll.saturating_sub(page),
                Act::PageDown => scroll.saturating_add(page),
                Act::Top => 0,
                _ => u16::MAX,
            };
            return Flow::Used;
        }
        if self.select.travel(act, page, &keys) {
            self.ask_one(cx);
            return Flow::Used;
        }
        match act {
            Act::Accept => self.alone = if self.alone.is_some() { None } else { Some(0) },
            Act::News => self.ask(cx),
            Act::PkEnded => {
                self.ended = !self.ended;
                self.ask(cx);
            }
            Act::PkAccept | Act::PkDecline | Act::PkWithdraw => self.answer(act, cx),
            Act::PkPropose => {
                let form = Proposal::form(cx.session);
                cx.push(Filling::new(Proposal::new(self.users.clone()), form));
            }
            Act::PkDispute | Act::PkSettle => self.say(act, cx),
            Act::PkRival => {
                let chosen = self.rival.as_ref().map(|rival| rival.user);
                let form = Rival::form(cx.session, &self.users, chosen);
                cx.push(Filling::new(Rival, form));
            }
            Act::Back if self.alone.is_some() => self.alone = None,
            Act::Back | Act::Pk => cx.pop(),
            _ => return switch(act, cx),
        }
        Flow::Used
    }

    fn answer(&mut self, act: Act, cx: &mut Cx<'_>) {
        let Some(pk) = self.select.key().copied() else { return };
        let reason = String::new();
        let change = match act {
            Act::PkAccept => PkChange::Accept { pk },
            Act::PkDecline => PkChange::Decline { pk, reason },
            _ => PkChange::Withdraw { pk, reason },
        };
        self.doing = Some((cx.write(Change::Pk(change)), act));
    }

    fn say(&self, act: Act, cx: &mut Cx<'_>) {
        let Some(card) = self.selected() else { return };
        let about = told::name(cx.session, card);
        if act == Act::PkDispute {
            let form = Said::form(cx.session, about);
            cx.push(Filling::new(Said::new(card.id), form));
        } else {
            let form = Settlement::form(cx.session, about, card);
            cx.push(Filling::new(Settlement::new(card.id), form));
        }
    }

    /// Says what a change came to, where it was about a match: more than that it was saved.
    fn written(&mut self, id: WriteId, commit: &Commit, cx: &mut Cx<'_>) {
        let words = &cx.session.words;
        let mine = self.doing.take_if(|(doing, _)| *doing == id).map(|(_, act)| act);
        let said = match mine {
            Some(Act::PkAccept) => {
                let what = self.selected().map(|card| told::when_next(cx.session, card)).unwrap_or_default();
                words.fill(Text("pk.yes"), &[("what", &what)])
            }
            Some(Act::PkDecline) => words.say(Text("pk.no")).to_owned(),
            Some(Act::PkWithdraw) => words.say(Text("pk.gone")).to_owned(),
            _ => return,
        };
        if commit.effects.pk.is_some() {
            cx.say(Notice::done(said));
        }
    }

    fn may(&self) -> PkMay {
        self.selected().map(|card| card.may).unwrap_or_default()
    }

    fn answered(&mut self, ticket: Ticket, answer: &Answer, cx: &mut Cx<'_>) -> Flow {
        match answer {
            Answer::Pk(PkAnswer::List(cards)) if self.asked == Some(ticket) => {
                self.asked = None;
                self.take_in(cards, cx);
            }
            Answer::Pk(PkAnswer::One(card)) if self.one_asked == Some(ticket) => {
                self.one_asked = None;
                self.one = Some((**card).clone());
            }
            Answer::Pk(PkAnswer::Nemesis(rival)) if self.rival_asked == Some(ticket) => {
                self.rival_asked = None;
                self.rival.clone_from(rival);
            }
            Answer::Users(users) if self.users_asked == Some(ticket) => {
                self.users_asked = None;
                self.users.clone_from(users);
            }
            _ => return Flow::Passed,
        }
        if self.following.is_stale() {
            self.follow(cx);
        }
        Flow::Used
    }
}

impl Layer for Matches {
    fn context(&self) -> Context {
        Context::Pk
    }

    fn offers(&self, act: Act, _: &View<'_>) -> Result<(), Text> {
        let may = self.may();
        let refused = |may: bool| if may { Ok(()) } else { Err(Text("pk.not_now")) };
        match act {
            Act::PkAccept => match self.selected().map(|card| card.phase) {
                Some(PkPhase::Proposed) if !may.accept => Err(Text("pk.read_only")),
                _ => refused(may.accept),
            },
            Act::PkDecline => refused(may.decline),
            Act::PkWithdraw => refused(may.withdraw),
            Act::PkDispute => refused(may.dispute),
            Act::PkSettle => refused(may.settle),
            _ => Ok(()),
        }
    }

    fn waits(&self, event: &Event, _: &View<'_>) -> bool {
        let on_a_row = |act: Act| {
            moves(act)
                || matches!(
                    act,
                    Act::Accept
                        | Act::PkAccept
                        | Act::PkDecline
                        | Act::PkWithdraw
                        | Act::PkDispute
                        | Act::PkSettle
                )
        };
        let reading = self.asked.is_some() && self.read_at.is_none();
        // names are looked for among the people of the floor
        let named = |act: Act| matches!(act, Act::PkPropose | Act::PkRival) && self.users_asked.is_some();
        matches!(event, Event::Act(act) if (reading && on_a_row(*act)) || named(*act))
    }

    fn update(&mut self, event: &Event, cx: &mut Cx<'_>) -> Flow {
        match event {
            Event::Shown => {
                if self.users.is_empty() {
                    self.users_asked = Some(cx.read(Query::Users));
                }
                self.ask(cx);
            }
            Event::Minute => self.ask(cx),
            Event::Act(act) => return self.act(*act, cx),
            Event::Pointed(Spot::Row(_, id)) => {
                let keys = self.keys();
                if !self.select.point(PkId(*id), &keys) {
                    return Flow::Passed;
                }
                self.ask_one(cx);
            }
            Event::Answered(ticket, Ok(answer)) => return self.answered(*ticket, answer, cx),
            Event::Answered(ticket, Err(error))
                if [self.asked, self.one_asked, self.rival_asked].contains(&Some(*ticket)) =>
            {
                (self.asked, self.one_asked, self.rival_asked) = (None, None, None);
                cx.refuse(error);
            }
            Event::Written(id, Ok(commit)) => {
                self.written(*id, commit, cx);
                if commit.topics.contains(&Topic::Pk) || commit.topics.contains(&Topic::Metrics) {
                    self.follow(cx);
                }
            }
            Event::Committed(commit)
                if commit.topics.iter().any(|topic| matches!(topic, Topic::Metrics | Topic::Pk)) =>
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
