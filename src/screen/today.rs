//! A rep's day: the pens, worked through with two keys a row (S001-111 to S001-114).
//!
//! The selection is a task, not a place: nothing that somebody else writes moves it. What others do arrives as a count
//! to pull in; what the person does takes effect on screen at once and comes back where the store refuses it.

pub mod pens;
pub mod row;
pub mod view;

use std::collections::{BTreeMap, BTreeSet};

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::app::cx::Undoing;
use crate::app::open::Open;
use crate::app::speak::time;
use crate::app::{Act, Context, Cx, Effect, Event, Flow, Layer, Notice, Part, Session, Spot, Ticket, View};
use crate::dialog::coupon::Push;
use crate::dialog::explain::Explain;
use crate::dialog::held::HeldBack;
use crate::dialog::reason::Why;
use crate::dialog::send::{Left, Send};
use crate::dialog::when::When;
use crate::dialog::{Ask, Step, meant_for_dialogs, typed};
use crate::domain::code::OutcomeCode;
use crate::domain::contact;
use crate::domain::id::{TaskId, UserId, WriteId};
use crate::domain::lists::{Lane, Tongue};
use crate::domain::time::{MINUTE_MS, Timestamp};
use crate::screen::call::Call;
use crate::screen::card::Card;
use crate::screen::frame::frame;
use crate::screen::select::moves;
use crate::screen::today::pens::{Ended, Pens, Taken};
use crate::screen::{ScreenId, switch};
use crate::store::change::work::LogTouch;
use crate::store::change::{Change, Commit, Topic, WorkChange};
use crate::store::query::{self, Answer, HeldTask, Query, TaskRow, TodayAsk};
use crate::text::Text;
use crate::widget::TextField;

/// Rows of a pen read at once.
const WINDOW: usize = 60;
/// Rows that an undo puts back at once; for older ones the day is read again.
const REMEMBERED: usize = 50;
/// Rows a page key moves by.
const PAGE: isize = 10;
/// Minutes after which the day is read again though nothing is known to have happened.
const LOOKS: i64 = 15;
/// A promise is called out five minutes before its time (S001-112).
const PROMISE_AHEAD_MS: i64 = 5 * MINUTE_MS;

/// The screen of the day.
#[derive(Debug, Default)]
pub struct Today {
    pens: Pens,
    held: Vec<HeldTask>,
    loaded: bool,
    /// When what is shown was read.
    read_at: Timestamp,
    /// The question whose answer takes the place of all rows.
    asked: Option<Ticket>,
    /// The question whose answer is only compared.
    watched: Option<Ticket>,
    /// What somebody else's commit brought, kept to be pulled in.
    news: Option<Box<query::Today>>,
    waiting: usize,
    filter: Option<TextField>,
    /// Rows taken out before the store has said yes, by the write they wait for.
    pending: BTreeMap<WriteId, Taken>,
    /// Rows taken out from here, newest last: an undo puts them back before the store has said yes.
    taken: Vec<(WriteId, Taken)>,
    /// Rows on their way back, by the change that brings them.
    back: BTreeMap<WriteId, Taken>,
    /// Undos under way whose rows are not known here: the day has to be read for them.
    undoing: BTreeSet<WriteId>,
    /// Whether the question that is open is for the row of an undo.
    catching_up: bool,
    /// Whether another screen lies over this one: it is read again when it comes back, not before.
    covered: bool,
    /// Tasks that ended while it was covered, and by which change.
    ended: BTreeMap<TaskId, WriteId>,
    /// The call an earlier session was cut off from, until the day is there.
    resumes: Option<Open>,
    over: Option<Over>,
}

/// What is open over the pens.
#[derive(Debug)]
enum Over {
    Send(Send),
    Push(Push),
    Skip(Why, TaskId),
    Snooze(When, TaskId),
    Explain(Explain),
    Held(HeldBack),
}

/// What came of what was open.
enum Came {
    Nothing,
    Close,
    Left(Box<TaskRow>, Left),
    Write(TaskId, WorkChange),
}

impl Today {
    /// The screen before its first answer.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same for who was cut off from a call: it opens again as soon as the day is there.
    pub fn after(open: Option<Open>) -> Self {
        Self { resumes: open, ..Self::default() }
    }

    fn filter_text(&self) -> String {
        self.filter.as_ref().map(TextField::text).unwrap_or_default()
    }

    /// What the screen asks first.
    pub fn first_question(user: UserId, now: Timestamp) -> TodayAsk {
        TodayAsk { user, now, limit: WINDOW, filter: String::new() }
    }

    fn ask(&self, cx: &mut Cx<'_>) -> Option<Ticket> {
        let user = cx.session.me.as_ref()?.user.id;
        let ask = TodayAsk { filter: self.filter_text(), ..Self::first_question(user, cx.now()) };
        Some(cx.read(Query::Today(ask)))
    }

    fn refresh(&mut self, cx: &mut Cx<'_>) {
        self.asked = self.ask(cx);
        self.watched = None;
    }

    fn selected(&self) -> Option<&TaskRow> {
        let filter = self.filter_text();
        self.pens.current()?.row(&filter).filter(|kept| !kept.gone).map(|kept| &kept.row)
    }

    fn take_in(&mut self, today: &query::Today, session: &Session) {
        let pending = &self.pending;
        let hidden = |id| session.awaits(id) || pending.values().any(|taken| taken.row.id == id);
        let back: Vec<Taken> = self.back.values().cloned().collect();
        let filter = self.filter.as_ref().map(TextField::text).unwrap_or_default();
        self.pens.replace(today, &hidden, &back, &filter);
        self.settle();
        self.held.clone_from(&today.held);
        self.read_at = session.now;
        (self.loaded, self.catching_up) = (true, false);
        self.news = None;
        self.waiting = 0;
    }

    fn compare(&mut self, today: Box<query::Today>, session: &Session) {
        if !self.loaded {
            self.take_in(&today, session);
            return;
        }
        let pending = &self.pending;
        let hidden = |id| session.awaits(id) || pending.values().any(|taken| taken.row.id == id);
        let back: Vec<Taken> = self.back.values().cloned().collect();
        self.waiting = self.pens.merge(&today, &hidden, &back);
        self.held.clone_from(&today.held);
        self.read_at = session.now;
        self.news = Some(today);
    }

    fn answered(&mut self, ticket: Ticket, answer: &Answer, cx: &mut Cx<'_>) -> Flow {
        match answer {
            Answer::Today(today) if self.asked == Some(ticket) => {
                self.asked = None;
                cx.session.gap = Some(today.gap.clone());
                self.take_in(today, cx.session);
                self.resume(cx);
            }
            Answer::Today(today) if self.watched == Some(ticket) => {
                self.watched = None;
                cx.session.gap = Some(today.gap.clone());
                self.compare(today.clone(), cx.session);
            }
            Answer::Gap(gap) => cx.session.gap = Some(gap.clone()),
            Answer::Me(_) => self.refresh(cx),
            _ => return Flow::Passed,
        }
        Flow::Used
    }

    /// Somebody's commit: read again in silence when it is about this rep's tasks.
    fn committed(&mut self, commit: &Commit, cx: &mut Cx<'_>) -> Flow {
        let me = cx.session.me.as_ref().map(|me| me.user.id);
        let mine =
            commit.effects.owners.is_empty() || me.is_some_and(|me| commit.effects.owners.contains(&me));
        let reading = self.asked.is_some() || self.watched.is_some();
        if !commit.topics.contains(&Topic::Tasks) || !mine || reading || self.covered {
            return Flow::Passed;
        }
        self.watched = self.ask(cx);
        Flow::Used
    }

    fn written(&mut self, id: WriteId, result: Result<&Commit, ()>, cx: &mut Cx<'_>) -> Flow {
        let pending = self.pending.remove(&id);
        self.back.remove(&id);
        let undone = self.undoing.remove(&id);
        if let (Some(taken), Err(())) = (pending, result) {
            self.pens.put_back(&taken);
            self.taken.retain(|(write, _)| *write != id);
        } else if !self.covered {
            self.refresh(cx);
            self.catching_up = undone || (self.catching_up && self.asked.is_some());
        } else if let Ok(commit) = result {
            let closed = commit.effects.closed.iter().map(|(task, _)| *task);
            self.ended.extend(commit.effects.task.into_iter().chain(closed).map(|task| (task, id)));
            if let Some((undone, _)) = &commit.effects.undone {
                self.ended.retain(|_, by| by != undone);
            }
        }
        Flow::Used
    }

    /// Takes back what was done last; where that was done here, its row is there again at once, selected.
    fn undo(&mut self, cx: &mut Cx<'_>) {
        for Undoing { undo, target } in cx.undo() {
            let Some(at) = self.taken.iter().position(|(write, _)| Some(*write) == target) else {
                self.undoing.insert(undo);
                continue;
            };
            let (_, taken) = self.taken.remove(at);
            self.pending.retain(|write, _| Some(*write) != target);
            self.pens.put_back(&taken);
            self.pens.choose(taken.row.id);
            self.back.insert(undo, taken);
        }
    }

    /// Comes on screen: what ended meanwhile is gone before it is read again.
    fn shown(&mut self, cx: &mut Cx<'_>) {
        self.covered = false;
        let (mut ended, session) = (std::mem::take(&mut self.ended), &*cx.session);
        // what is being taken back is there again as soon as that is done
        ended.retain(|_, by| !session.past.is_undoing(*by));
        self.undoing = session.past.undos().collect();
        self.pens.drop_all(&|id| ended.contains_key(&id) || session.awaits(id));
        self.refresh(cx);
    }

    fn settle(&mut self) {
        let filter = self.filter_text();
        if let Some(pen) = self.pens.current_mut() {
            pen.settle(&filter);
        }
    }

    /// Takes a row out and writes.
    fn write(&mut self, task: TaskId, ended: Ended, change: WorkChange, cx: &mut Cx<'_>) {
        let id = cx.write(Change::Work(change));
        if let Some(taken) = self.pens.take(task, ended) {
            if self.taken.len() >= REMEMBERED {
                self.taken.remove(0);
            }
            self.taken.push((id, taken.clone()));
            self.pending.insert(id, taken);
        }
    }

    fn start(&mut self, cx: &mut Cx<'_>) {
        let Some(row) = self.selected().cloned() else { return };
        match row.lane {
            Lane::Material if row.material.is_some() => self.over = Some(Over::Send(Send::open(&row, cx))),
            Lane::Coupon if row.coupon.is_some() => self.over = Some(Over::Push(Push::open(&row, cx))),
            _ => {
                self.covered = true;
                cx.push(Call::start(self.queue(), row.id));
            }
        }
    }

    /// The rows of the pen that has the keys.
    fn queue(&self) -> Vec<TaskRow> {
        let filter = self.filter_text();
        let shown = self.pens.current().map(|pen| pen.shown(&filter).filter(|kept| !kept.gone));
        shown.into_iter().flatten().map(|kept| kept.row.clone()).collect()
    }

    /// Goes back to the call an earlier session was cut off from, where its task is still due.
    fn resume(&mut self, cx: &mut Cx<'_>) {
        let Some(open) = self.resumes.take() else { return };
        let call = match open.task {
            None => Call::customer_again(open.customer, open.started),
            Some(task) => {
                self.pens.choose(task);
                if self.selected().is_none_or(|row| row.id != task) {
                    return;
                }
                Call::again(self.queue(), task, open.started)
            }
        };
        self.covered = true;
        cx.push(call);
        let words = cx.session.words.say(Text("call.again")).to_owned();
        cx.say(Notice::done(words));
    }

    /// What became of a material or a coupon; the next one of the pen opens.
    fn left(&mut self, row: &TaskRow, left: Left, cx: &mut Cx<'_>) {
        let chinese = crate::app::speak::tongue(cx.session) == Tongue::Zh;
        let task = row.id;
        let change = match (left, row.lane) {
            (Left::Gone, Lane::Coupon) => WorkChange::Push { task, chinese },
            (Left::Gone, _) => WorkChange::Send { task, chinese },
            (Left::Outcome(outcome), _) => WorkChange::Log(Box::new(log(row, outcome))),
            (Left::Released, _) => {
                cx.write(Change::Work(WorkChange::Release { task }));
                return;
            }
        };
        self.write(task, Ended::Done, change, cx);
        self.start(cx);
    }

    fn over(&mut self, event: &Event, cx: &mut Cx<'_>) -> Flow {
        let Some(over) = &mut self.over else { return Flow::Passed };
        let came = match over {
            Over::Send(send) => match send.update(event, cx) {
                Step::Done(left) => Came::Left(Box::new(send.row().clone()), left),
                step => Came::of(&step),
            },
            Over::Push(push) => match push.update(event, cx) {
                Step::Done(left) => Came::Left(Box::new(push.row().clone()), left),
                step => Came::of(&step),
            },
            Over::Skip(why, task) => match why.update(event, cx) {
                Step::Done(reason) => {
                    Came::Write(*task, WorkChange::Skip { task: *task, reason, words: String::new() })
                }
                step => Came::of(&step),
            },
            Over::Snooze(when, task) => match when.update(event, cx) {
                Step::Done(until) => Came::Write(*task, WorkChange::Snooze { task: *task, until }),
                step => Came::of(&step),
            },
            Over::Explain(explain) => Came::of(&explain.update(event, cx)),
            Over::Held(held) => Came::of(&held.update(event, cx)),
        };
        match came {
            Came::Nothing if !meant_for_dialogs(event) => return Flow::Passed,
            Came::Nothing => {}
            Came::Close => self.over = None,
            Came::Left(row, left) => {
                self.over = None;
                self.left(&row, left, cx);
            }
            Came::Write(task, change) => {
                self.over = None;
                self.write(task, Ended::Moved, change, cx);
            }
        }
        Flow::Used
    }

    fn act(&mut self, act: Act, cx: &mut Cx<'_>) -> Flow {
        let filter = self.filter_text();
        let page = |pens: &mut Pens, by: isize| {
            if let Some(pen) = pens.current_mut() {
                pen.step(by, &filter);
            }
        };
        match act {
            Act::Start => self.start(cx),
            Act::Up => page(&mut self.pens, -1),
            Act::Down => page(&mut self.pens, 1),
            Act::PageUp => page(&mut self.pens, -PAGE),
            Act::PageDown => page(&mut self.pens, PAGE),
            Act::Top => page(&mut self.pens, isize::MIN / 2),
            Act::Bottom => page(&mut self.pens, isize::MAX / 2),
            Act::Left | Act::PreviousField => self.pens.turn(-1),
            Act::Right | Act::NextField => self.pens.turn(1),
            Act::Find => self.filter = Some(TextField::default().limit(40)),
            Act::Back if self.filter.is_some() => {
                self.filter = None;
                self.refresh(cx);
            }
            Act::News => match self.news.take() {
                Some(news) => self.take_in(&news, cx.session),
                None => self.refresh(cx),
            },
            Act::Held => self.over = Some(Over::Held(HeldBack::new(self.held.clone()))),
            Act::Card => {
                if let Some(customer) = self.selected().map(|row| row.customer) {
                    self.covered = true;
                    cx.push(Card::new(customer));
                }
            }
            Act::Skip | Act::Snooze | Act::Explain => self.open(act, cx),
            Act::Undo => self.undo(cx),
            _ => return switch(act, cx),
        }
        Flow::Used
    }

    fn open(&mut self, act: Act, cx: &mut Cx<'_>) {
        let Some(row) = self.selected().cloned() else { return };
        let name = row.customer_name.clone();
        self.over = Some(match act {
            Act::Skip => Over::Skip(Why::skip(cx.session, name), row.id),
            Act::Snooze => Over::Snooze(When::call(cx.session, Text("dialog.snooze"), name), row.id),
            _ => Over::Explain(Explain::new(&row)),
        });
    }

    /// Promises whose time is near rise to the top, with a bell.
    fn minute(&mut self, cx: &mut Cx<'_>) -> Flow {
        let now = cx.now();
        let near = |row: &TaskRow| row.promised && row.due_at.since(now) <= PROMISE_AHEAD_MS;
        let raised = self.pens.raise(&near);
        if let Some(row) = raised.first() {
            cx.effect(Effect::Bell);
            let when = time::when(cx.session, row.due_at);
            let words = cx
                .session
                .words
                .fill(Text("today.promise_near"), &[("name", &row.customer_name), ("when", &when)]);
            cx.say(Notice::done(words));
        }
        let reading = self.asked.is_some() || self.watched.is_some();
        if !reading && self.loaded && !self.covered && self.is_old(cx.session) {
            self.watched = self.ask(cx);
        }
        Flow::Used
    }

    /// Whether what is shown may have changed by the clock alone: a rule has let something go, the quiet hours or a day have begun or
    /// ended. What somebody does comes as news; the rest is looked after once in a while, not by everybody in the same minute.
    fn is_old(&self, session: &Session) -> bool {
        let (then, now, zone) = (self.read_at, session.now, session.zone());
        let passed = |at: Timestamp| at > then && at <= now;
        let is_quiet = |at| session.playbook().is_some_and(|book| contact::is_quiet(&book.contact, zone, at));
        let turn = now.0.div_euclid(MINUTE_MS).wrapping_add(session.user().0).rem_euclid(LOOKS);
        now.since(then) >= 2 * LOOKS * MINUTE_MS
            || (turn == 0 && now.since(then) >= LOOKS * MINUTE_MS / 2)
            || zone.day(then) != zone.day(now)
            || is_quiet(then) != is_quiet(now)
            || self.held.iter().filter_map(|held| held.held.until).any(passed)
    }
}

impl Came {
    const fn of<T>(step: &Step<T>) -> Self {
        match step {
            Step::Stay => Self::Nothing,
            _ => Self::Close,
        }
    }
}

/// Whether an action is about the selected row.
const fn on_a_row(act: Act) -> bool {
    matches!(act, Act::Start | Act::Skip | Act::Snooze | Act::Explain | Act::Card)
}

/// Whether an action moves the selection or the focus.
const fn travels(act: Act) -> bool {
    moves(act) || matches!(act, Act::Left | Act::Right | Act::NextField | Act::PreviousField | Act::Held)
}

/// A touch of a task that nothing more is known of.
fn log(row: &TaskRow, outcome: OutcomeCode) -> LogTouch {
    LogTouch {
        task: Some(row.id),
        customer: Some(row.customer),
        person: row.person.as_ref().map(|(id, _, _)| *id),
        deal: row.deal.as_ref().map(|(id, _, _)| *id),
        channel: Some(row.channel.clone()),
        outcome,
        ..LogTouch::default()
    }
}

impl Layer for Today {
    fn context(&self) -> Context {
        match &self.over {
            Some(Over::Send(send)) => send.context(),
            Some(Over::Push(push)) => push.context(),
            Some(_) => Context::Form,
            None => Context::Today,
        }
    }

    fn is_typing(&self) -> bool {
        match &self.over {
            Some(Over::Snooze(when, _)) => when.is_typing(),
            Some(_) => false,
            None => self.filter.is_some(),
        }
    }

    fn lane(&self) -> Option<Lane> {
        self.pens.current().map(|pen| pen.lane)
    }

    fn offers(&self, act: Act, _: &View<'_>) -> Result<(), Text> {
        if !on_a_row(act) || self.over.is_some() || self.selected().is_some() {
            return Ok(());
        }
        let filter = self.filter_text();
        let gone = self.pens.current().is_some_and(|pen| pen.row(&filter).is_some());
        Err(if gone { Text("today.row_gone") } else { Text("today.no_row") })
    }

    fn waits(&self, event: &Event, view: &View<'_>) -> bool {
        match (&self.over, event) {
            (Some(Over::Send(send)), _) => send.waits(event, view.session),
            (Some(Over::Push(push)), _) => push.waits(event, view.session),
            (None, Event::Act(act)) => {
                let filter = self.filter_text();
                let none = || self.pens.current().is_none_or(|pen| pen.row(&filter).is_none());
                let reading = !self.loaded || self.catching_up || (!filter.is_empty() && none());
                // an undo whose row is not known here: the keys after it are for the day with that row
                let undoing = !self.undoing.is_empty() && view.session.is_settling();
                ((self.asked.is_some() && reading) || undoing) && (on_a_row(*act) || travels(*act))
            }
            _ => false,
        }
    }

    fn update(&mut self, event: &Event, cx: &mut Cx<'_>) -> Flow {
        // answers and results are for the dialog as well as for the pens under it
        let over = self.over(event, cx);
        if over == Flow::Used && meant_for_dialogs(event) {
            return Flow::Used;
        }
        match event {
            Event::Shown => {
                self.shown(cx);
                Flow::Used
            }
            Event::Answered(ticket, Ok(answer)) => match self.answered(*ticket, answer, cx) {
                Flow::Passed if self.over.is_some() => Flow::Used,
                flow => flow,
            },
            Event::Answered(ticket, Err(error))
                if self.asked == Some(*ticket) || self.watched == Some(*ticket) =>
            {
                (self.asked, self.watched) = (None, None);
                cx.refuse(error);
                Flow::Used
            }
            Event::Committed(commit) => self.committed(commit, cx),
            Event::Written(id, result) => self.written(*id, result.as_ref().map_err(|_| ()), cx),
            Event::Minute => self.minute(cx),
            Event::Act(act) => self.act(*act, cx),
            Event::Pointed(spot) => self.pointed(*spot),
            Event::Turned(part, by) => self.turned(*part, *by),
            event => self.typed(event, cx),
        }
    }

    fn render(&self, area: Rect, buf: &mut Buffer, view: &View<'_>) -> Option<Position> {
        let body = frame(area, buf, view, ScreenId::Today, self);
        let caret = view::body(self, body, buf, view);
        if self.over.is_some() {
            view.session.hits.put(body, Spot::Nothing);
        }
        match &self.over {
            None => caret,
            Some(Over::Send(send)) => send.render(body, buf, view),
            Some(Over::Push(push)) => push.render(body, buf, view),
            Some(Over::Skip(why, _)) => why.render(body, buf, view),
            Some(Over::Snooze(when, _)) => when.render(body, buf, view),
            Some(Over::Explain(explain)) => explain.render(body, buf, view),
            Some(Over::Held(held)) => held.render(body, buf, view),
        }
    }
}

impl Today {
    /// A click on a pen gives it the keys, one on a row selects it.
    fn pointed(&mut self, spot: Spot) -> Flow {
        let filter = self.filter_text();
        match spot {
            Spot::Part(part) if self.pens.go_to(part) => Flow::Used,
            Spot::Row(part, id) if self.pens.point(part, TaskId(id), &filter) => Flow::Used,
            _ => Flow::Passed,
        }
    }

    fn turned(&mut self, part: Part, by: isize) -> Flow {
        let filter = self.filter_text();
        if !self.pens.go_to(part) {
            return Flow::Passed;
        }
        if let Some(pen) = self.pens.current_mut() {
            pen.step(by, &filter);
        }
        Flow::Used
    }

    /// The filter is typed live: what is on screen narrows at once, the store answers for what is beyond the window.
    fn typed(&mut self, event: &Event, cx: &mut Cx<'_>) -> Flow {
        if !self.filter.as_mut().is_some_and(|field| typed(field, event)) {
            return Flow::Passed;
        }
        self.settle();
        self.refresh(cx);
        Flow::Used
    }
}
