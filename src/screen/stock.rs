//! The stock-take of a team's open deals (盘点, S001-56): one key a row, and one page at the end.
//!
//! A decision is the change it names. It is shown at once and the next row is selected; what is refused waits for a decision again.

mod decide;
mod end;
mod rows;

use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::app::{Act, Context, Cx, Event, Flow, Layer, Notice, Spot, Ticket, View};
use crate::domain::id::{DealId, TeamId, WriteId};
use crate::domain::lists::StockDecision;
use crate::screen::card::Card;
use crate::screen::following::Following;
use crate::screen::frame::frame;
use crate::screen::select::{Select, moves};
use crate::screen::{ScreenId, switch};
use crate::store::change::{Change, Commit, DeskChange, Topic};
use crate::store::query::stock::{StockPage, StockRow, StockSaved};
use crate::store::query::{Answer, DeskAnswer, DeskAsk, Query};
use crate::text::Text;

/// Least time between two readings.
const READ_MIN: Duration = Duration::from_secs(1);
/// Rows of one window.
const WINDOW: usize = 100;
/// Rows that are read again at once, at most.
const AGAIN_MAX: usize = 2_000;
/// The next window is asked for when the selection is this near the end.
const NEAR_END: usize = 25;

/// What is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Face {
    /// The deals.
    Rows,
    /// What was decided, and what the month's end is likely to bring.
    End,
}

/// A stock-take.
#[derive(Debug, Clone)]
pub struct Stock {
    team: Option<TeamId>,
    face: Face,
    page: Option<StockPage>,
    rows: Vec<StockRow>,
    saved: Option<StockSaved>,
    select: Select<i64>,
    asked: Option<Ticket>,
    next_asked: Option<Ticket>,
    end_asked: Option<Ticket>,
    /// The card that is read to see what the next stage asks for, and the deal.
    card_asked: Option<(Ticket, DealId)>,
    /// What was decided here and does not stand in what was read yet.
    pending: Vec<(WriteId, DealId, StockDecision)>,
    /// The deal a dialog is open about.
    asking: Option<(DealId, StockDecision)>,
    /// The change that finishes it.
    finishing: Option<WriteId>,
    following: Following,
    refused: Option<Text>,
}

impl Stock {
    /// The stock-take of a team; of the own where none is named.
    pub fn new(team: Option<TeamId>) -> Self {
        Self {
            team,
            face: Face::Rows,
            page: None,
            rows: Vec::new(),
            saved: None,
            select: Select::default(),
            asked: None,
            next_asked: None,
            end_asked: None,
            card_asked: None,
            pending: Vec::new(),
            asking: None,
            finishing: None,
            following: Following::default(),
            refused: None,
        }
    }

    fn keys(&self) -> Vec<i64> {
        self.rows.iter().map(|row| row.deal.0).collect()
    }

    fn selected(&self) -> Option<&StockRow> {
        self.rows.get(self.select.at())
    }

    /// What is decided about a row, whether it is stored by now or under way.
    fn decision(&self, row: &StockRow) -> Option<StockDecision> {
        let stored = row.decided.as_ref().map(|decided| decided.decision);
        stored.or_else(|| self.pending.iter().find(|(_, deal, _)| *deal == row.deal).map(|(.., said)| *said))
    }

    /// Rows without a decision, and how many of them have changed.
    fn left(&self) -> (u32, u32) {
        let Some(page) = &self.page else { return (0, 0) };
        let under_way = self.rows.iter().filter(|row| row.decided.is_none() && self.decision(row).is_some());
        let count = |n: usize| u32::try_from(n).unwrap_or(0);
        let changed = count(under_way.clone().filter(|row| !row.news.is_empty()).count());
        (page.left.saturating_sub(count(under_way.count())), page.left_changed.saturating_sub(changed))
    }

    /// Selects the next row that waits for a decision: after the selected one, else from the top.
    fn move_on(&mut self, cx: &mut Cx<'_>) {
        let waits = |row: &&StockRow| self.decision(row).is_none();
        let after = self.rows.iter().skip(self.select.at() + 1).find(waits);
        let next = after.or_else(|| self.rows.iter().find(waits)).map(|row| row.deal.0);
        if let Some(next) = next {
            let keys = self.keys();
            self.select.choose(next);
            self.select.settle(&keys);
        }
        self.ask_next(cx);
    }

    fn ask(&mut self, cx: &mut Cx<'_>) {
        let (by, team) = (cx.viewer(), self.team);
        let limit = self.rows.len().clamp(WINDOW, AGAIN_MAX);
        self.asked = Some(cx.read(Query::Desk(DeskAsk::Stock { by, team, after: None, limit })));
        self.next_asked = None;
        self.following.reads(by.now);
        if self.face == Face::End {
            self.ask_end(cx);
        }
    }

    fn ask_next(&mut self, cx: &mut Cx<'_>) {
        let more =
            self.page.as_ref().is_some_and(|page| self.rows.len() < usize::try_from(page.all).unwrap_or(0));
        if !more || self.select.at() + NEAR_END < self.rows.len() || self.next_asked.is_some() {
            return;
        }
        let (by, team) = (cx.viewer(), self.team);
        let after = self.rows.last().map(|row| row.deal);
        self.next_asked = Some(cx.read(Query::Desk(DeskAsk::Stock { by, team, after, limit: WINDOW })));
    }

    fn ask_end(&mut self, cx: &mut Cx<'_>) {
        let (by, team) = (cx.viewer(), self.team);
        let ask = DeskAsk::StockSaved { by, team, take: None, after: None, limit: 0 };
        self.end_asked = Some(cx.read(Query::Desk(ask)));
    }

    /// Asks now, or has itself woken when it may.
    fn follow(&mut self, cx: &mut Cx<'_>) {
        if self.following.moved(self.asked.is_some(), READ_MIN, cx) {
            self.ask(cx);
        }
    }

    fn turn(&mut self, face: Face, cx: &mut Cx<'_>) {
        self.face = face;
        if face == Face::End {
            self.saved = None;
            self.ask_end(cx);
        }
    }

    fn answered(&mut self, ticket: Ticket, answer: &DeskAnswer, cx: &mut Cx<'_>) -> Flow {
        match answer {
            DeskAnswer::Stock(page) if self.asked == Some(ticket) => {
                self.asked = None;
                let first = self.page.is_none();
                self.rows.clone_from(&page.rows);
                self.team = Some(page.team.0);
                self.page = Some((**page).clone());
                let stored =
                    |deal: DealId| page.rows.iter().any(|row| row.deal == deal && row.decided.is_some());
                self.pending.retain(|(_, deal, _)| !stored(*deal));
                let keys = self.keys();
                self.select.settle(&keys);
                // one that was interrupted goes on where it was
                if first && self.selected().is_some_and(|row| row.decided.is_some()) {
                    self.move_on(cx);
                }
                if self.following.is_stale() {
                    self.follow(cx);
                }
            }
            DeskAnswer::Stock(page) if self.next_asked == Some(ticket) => {
                self.next_asked = None;
                self.rows.extend_from_slice(&page.rows);
            }
            DeskAnswer::StockSaved(saved) if self.end_asked == Some(ticket) => {
                self.end_asked = None;
                self.saved = Some((**saved).clone());
            }
            _ => return Flow::Passed,
        }
        Flow::Used
    }

    fn act(&mut self, act: Act, cx: &mut Cx<'_>) -> Flow {
        let page = usize::from(cx.session.size.height).saturating_sub(8);
        if self.face == Face::Rows {
            let keys = self.keys();
            if self.select.travel(act, page, &keys) {
                self.ask_next(cx);
                return Flow::Used;
            }
        }
        match act {
            Act::Accept if self.face == Face::End => {
                if let Some(saved) = &self.saved {
                    let change = DeskChange::FinishStock { team: saved.team.0 };
                    self.finishing = Some(cx.write(Change::Desk(change)));
                }
            }
            Act::Accept => {
                if let Some(row) = self.selected() {
                    cx.push(Card::new(row.customer.0));
                }
            }
            Act::StockAdvance => self.look_ahead(cx),
            Act::StockDrop => self.drop(cx),
            Act::StockPool => self.decide(StockDecision::Pool, cx),
            Act::StockCoach => self.coach(cx),
            Act::StockKeep => self.decide(StockDecision::Keep, cx),
            Act::StockEnd => {
                let face = if self.face == Face::End { Face::Rows } else { Face::End };
                self.turn(face, cx);
            }
            Act::DeskTeam => {
                let teams = self.page.as_ref().map(|page| page.teams.clone()).unwrap_or_default();
                let at = teams.iter().position(|(id, _)| Some(*id) == self.team);
                let next = at.and_then(|at| teams.get(at + 1)).or_else(|| teams.first()).map(|(id, _)| *id);
                *self = Self::new(next);
                self.ask(cx);
            }
            Act::News => self.ask(cx),
            Act::Back if self.face == Face::End => self.turn(Face::Rows, cx),
            Act::Back => cx.pop(),
            _ => return switch(act, cx),
        }
        Flow::Used
    }

    fn written(&mut self, id: WriteId, commit: &Commit, cx: &mut Cx<'_>) {
        if let Some((_, kind)) = &commit.effects.undone {
            let row = self.rows.iter().find(|row| Some(row.customer.0) == commit.effects.customer);
            if let Some(deal) = row.map(|row| row.deal).filter(|_| kind == "desk.take_stock") {
                self.pending.retain(|(_, other, _)| *other != deal);
                self.select.choose(deal.0);
            }
            return;
        }
        if self.finishing.take_if(|finishing| *finishing == id).is_some() {
            let said = cx.session.words.say(Text("stock.saved")).to_owned();
            cx.say(Notice::done(said));
            return self.ask_end(cx);
        }
        let known = self.pending.iter().any(|(other, ..)| *other == id);
        if commit.effects.made_at_desk.is_none() || (!known && self.asking.is_none()) {
            return;
        }
        if !known && let Some((deal, decision)) = self.asking.take() {
            self.pending.push((id, deal, decision));
            self.move_on(cx);
        }
        if self.left().0 == 0 && self.face == Face::Rows {
            self.turn(Face::End, cx);
        }
    }

    /// Why a row may not be decided about now.
    fn decidable(&self) -> Result<(), Text> {
        match self.selected() {
            _ if self.face == Face::End => Err(Text("stock.at_end")),
            None => Err(Text("stock.none")),
            Some(row) if self.decision(row).is_some() => Err(Text("stock.decided_already")),
            Some(_) => Ok(()),
        }
    }
}

/// Whether it decides about a row.
const fn decides(act: Act) -> bool {
    matches!(act, Act::StockAdvance | Act::StockDrop | Act::StockPool | Act::StockCoach | Act::StockKeep)
}

impl Layer for Stock {
    fn context(&self) -> Context {
        Context::Stock
    }

    fn offers(&self, act: Act, _: &View<'_>) -> Result<(), Text> {
        match act {
            _ if decides(act) => self.decidable(),
            Act::Accept if self.face == Face::End => match &self.saved {
                Some(saved) if saved.finished.is_none() => Ok(()),
                Some(_) => Err(Text("stock.finished")),
                None => Err(Text("stock.not_begun")),
            },
            Act::Accept if self.selected().is_none() => Err(Text("stock.none")),
            Act::DeskTeam if self.page.as_ref().is_none_or(|page| page.teams.len() < 2) => {
                Err(Text("desk.one_team"))
            }
            _ => Ok(()),
        }
    }

    fn waits(&self, event: &Event, view: &View<'_>) -> bool {
        let Event::Act(act) = event else { return false };
        let on_a_row = decides(*act) || moves(*act) || *act == Act::Accept;
        let reading = self.asked.is_some() && self.page.is_none();
        let asked = self.card_asked.is_some() || (self.asking.is_some() && view.session.is_settling());
        let ending = self.face == Face::End && self.end_asked.is_some() && self.saved.is_none();
        on_a_row && (reading || asked || ending)
    }

    fn update(&mut self, event: &Event, cx: &mut Cx<'_>) -> Flow {
        match event {
            Event::Shown | Event::Minute => self.ask(cx),
            Event::Act(act) => return self.act(*act, cx),
            Event::Pointed(Spot::Row(_, id)) => {
                let keys = self.keys();
                if self.face == Face::End || !self.select.point(*id, &keys) {
                    return Flow::Passed;
                }
            }
            Event::Answered(ticket, answer) if self.card_asked.is_some_and(|(asked, _)| asked == *ticket) => {
                let deal = self.card_asked.take().map(|(_, deal)| deal);
                match (answer, deal) {
                    (Ok(Answer::Card(card)), Some(deal)) => self.advance(deal, card, cx),
                    (Err(error), _) => {
                        cx.refuse(error);
                    }
                    _ => {}
                }
            }
            Event::Answered(ticket, Ok(Answer::Desk(answer))) => return self.answered(*ticket, answer, cx),
            // of a team without a stock-take there is none to end
            Event::Answered(ticket, Err(_)) if self.end_asked == Some(*ticket) => self.end_asked = None,
            Event::Answered(ticket, Err(error)) if [self.asked, self.next_asked].contains(&Some(*ticket)) => {
                (self.asked, self.next_asked) = (None, None);
                self.refused = Some(Text("desk.refused"));
                cx.refuse(error);
            }
            Event::Written(id, result) => {
                match result {
                    Ok(commit) => {
                        self.written(*id, commit, cx);
                        if concerns(commit) {
                            self.follow(cx);
                        }
                    }
                    // what was refused waits for a decision again
                    Err(_) => self.pending.retain(|(pending, ..)| pending != id),
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
        match self.face {
            Face::Rows => self.list(body, buf, *view),
            Face::End => self.end(body, buf, *view),
        }
    }
}

/// Whether a commit changes what a stock-take shows.
fn concerns(commit: &Commit) -> bool {
    let here = |topic: &Topic| matches!(topic, Topic::Customer | Topic::Tasks | Topic::Desk | Topic::People);
    commit.topics.iter().any(here)
}
