//! The cockpit: one record, its script, and the keys that say how it ended (S001-61, S001-08).
//!
//! A record is opened, then started with Enter; outcome keys act on a started record only, so that a key pressed twice
//! never lands on the next one. What an outcome needs is asked in one small panel; the write goes out at once and the
//! next record of the queue is on screen in the same frame.

pub mod deeds;
pub mod keys;
pub mod panels;
pub mod save;
pub mod script;
pub mod target;
pub mod view;

use std::collections::{BTreeMap, BTreeSet};

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::app::cx::Undoing;
use crate::app::open::Open;
use crate::app::reach::{self, Deed, Reach};
use crate::app::{Act, Context, Cx, Effect, Event, Flow, Layer, Notice, Part, Spot, Ticket, View};
use crate::dialog::answers::Answers;
use crate::dialog::confirm::Confirm;
use crate::dialog::explain::Explain;
use crate::dialog::facts::Facts;
use crate::dialog::line::Line;
use crate::dialog::order::Order;
use crate::dialog::reason::Why;
use crate::dialog::stage::Ahead;
use crate::dialog::when::When;
use crate::dialog::{Ask, Step, hotkey, meant_for_dialogs, typed};
use crate::domain::code::{NodeCode, QuestionCode};
use crate::domain::id::{CustomerId, DealId, PersonId, TaskId, WriteId};
use crate::domain::lists::Lane;
use crate::domain::time::Timestamp;
use crate::input::Input;
use crate::screen::ScreenId;
use crate::screen::call::panels::Panel;
use crate::screen::call::save::{Given, Saving};
use crate::screen::frame::frame;
use crate::store::StoreError;
use crate::store::change::{Commit, Topic};
use crate::store::query::{Answer, Card, Query, TaskRow, TimelineAsk, TimelineItem};
use crate::text::Text;
use crate::widget::TextField;

/// Timeline rows read with a record.
const TIMELINE: usize = 30;
/// Characters a note holds.
const NOTE: usize = 1_000;
/// Records that an undo opens again at once.
const REMEMBERED: usize = 50;

/// The cockpit.
#[derive(Debug)]
pub struct Call {
    queue: Vec<TaskRow>,
    /// The place of the record in the queue; `None` for a customer without a task.
    at: Option<usize>,
    customer: CustomerId,
    customer_name: String,
    started: Option<Timestamp>,
    /// Whether the number is dialled as soon as it is known.
    dial: bool,
    card: Option<Box<Card>>,
    /// Why there is no card: a colleague was faster with a promise that was anyone's, or the customer was given away.
    refused: Option<String>,
    card_asked: Option<Ticket>,
    timeline: Vec<TimelineItem>,
    timeline_asked: Option<Ticket>,
    /// The script line reached, from 0.
    reached: Option<usize>,
    questions: Vec<(QuestionCode, bool)>,
    note: TextField,
    noting: bool,
    /// The part turned to; the first one of the window's before that.
    panel: Option<Panel>,
    scroll: u16,
    saving: Option<Saving>,
    over: Option<Over>,
    pending: BTreeMap<WriteId, Unsaved>,
    /// Records that were left by a change, newest last: an undo opens them again before the store has said yes.
    left: Vec<(WriteId, Unsaved)>,
    /// Changes of the record on screen that are under way: what its keys mean hangs on them.
    own: BTreeSet<WriteId>,
    opened: bool,
}

/// A record whose write is under way: it comes back when that is refused.
#[derive(Debug, Clone)]
pub struct Unsaved {
    row: TaskRow,
    note: String,
}

/// What is open over the cockpit.
#[derive(Debug)]
pub(crate) enum Over {
    /// A question of an outcome.
    Sure(Confirm),
    Node(When),
    Next(When),
    Facts(Facts),
    Order(Box<Order>),
    /// What a key of the cockpit opened.
    Answers(Answers),
    Skip(Why),
    Lose(Why, DealId),
    Snooze(When),
    Book(When, DealId, NodeCode),
    Advance(Box<Ahead>),
    Win(Box<Order>),
    Explain(Explain),
    Private(Line),
    Contact(Line, PersonId),
}

impl Call {
    /// Opens the record of a queue and starts it: Enter on a row is the first of the two keys.
    pub fn start(queue: Vec<TaskRow>, first: TaskId) -> Self {
        let at = queue.iter().position(|row| row.id == first).unwrap_or(0);
        let (customer, name) = queue
            .get(at)
            .map_or((CustomerId(0), String::new()), |row| (row.customer, row.customer_name.clone()));
        Self { dial: true, ..Self::of(queue, Some(at), customer, name) }
    }

    /// Goes back to a record of a queue that was started before: the number is not dialled again.
    pub fn again(queue: Vec<TaskRow>, first: TaskId, started: Timestamp) -> Self {
        Self { dial: false, started: Some(started), ..Self::start(queue, first) }
    }

    /// Goes back to a customer that was opened without a task.
    pub fn customer_again(customer: CustomerId, started: Timestamp) -> Self {
        Self { dial: false, started: Some(started), ..Self::customer(customer, String::new()) }
    }

    /// Opens a customer without a task, started.
    pub fn customer(customer: CustomerId, name: impl Into<String>) -> Self {
        Self { dial: true, ..Self::of(Vec::new(), None, customer, name.into()) }
    }

    fn of(queue: Vec<TaskRow>, at: Option<usize>, customer: CustomerId, customer_name: String) -> Self {
        Self {
            queue,
            at,
            customer,
            customer_name,
            started: None,
            dial: false,
            card: None,
            refused: None,
            card_asked: None,
            timeline: Vec::new(),
            timeline_asked: None,
            reached: None,
            questions: Vec::new(),
            note: TextField::default().limit(NOTE),
            noting: false,
            panel: None,
            scroll: 0,
            saving: None,
            over: None,
            pending: BTreeMap::new(),
            left: Vec::new(),
            own: BTreeSet::new(),
            opened: false,
        }
    }

    /// The task on screen.
    pub(crate) fn row(&self) -> Option<&TaskRow> {
        self.queue.get(self.at?)
    }

    fn name(&self) -> String {
        self.customer_name.clone()
    }

    /// What a note is kept under while it is typed: the task's, so that the next record always opens empty.
    fn draft_key(&self) -> String {
        match self.row() {
            Some(row) => format!("note:{}", row.id),
            None => format!("note:customer:{}", self.customer),
        }
    }

    /// Puts a record on screen, not started, with nothing of the one before.
    fn open(&mut self, row: &TaskRow, at: Option<usize>, cx: &mut Cx<'_>) {
        let queue = std::mem::take(&mut self.queue);
        let pending = std::mem::take(&mut self.pending);
        let left = std::mem::take(&mut self.left);
        let panel = self.panel;
        *self = Self { panel, pending, left, ..Self::of(queue, at, row.customer, row.customer_name.clone()) };
        self.read(cx);
    }

    fn read(&mut self, cx: &mut Cx<'_>) {
        self.opened = true;
        self.read_card(cx);
        cx.effect(Effect::LoadDraft(self.draft_key()));
    }

    fn read_card(&mut self, cx: &mut Cx<'_>) {
        self.card_asked = Some(cx.read(Query::Card { customer: self.customer, by: cx.viewer() }));
        let ask = TimelineAsk {
            customer: self.customer,
            by: cx.viewer(),
            before: None,
            limit: TIMELINE,
            channel: None,
        };
        self.timeline_asked = Some(cx.read(Query::Timeline(ask)));
    }

    /// Starts the record: the clock runs, the number is dialled.
    fn begin(&mut self, cx: &mut Cx<'_>) {
        if self.started.is_some() {
            let words = cx.session.words.say(Text("call.running")).to_owned();
            cx.say(Notice::done(words));
            return;
        }
        self.started = Some(cx.now());
        self.dial = true;
        self.dial_known(cx);
    }

    /// Dials where the number is known and the channel is one that is dialled.
    fn dial_known(&mut self, cx: &mut Cx<'_>) {
        if !self.dial || self.card.is_none() {
            return;
        }
        self.dial = false;
        let channel = target::channel(self.row());
        let is_call = cx.session.playbook().and_then(|p| p.channel(&channel)).is_none_or(|c| c.is_call);
        if is_call {
            self.reach(Deed::Dial, cx);
        }
    }

    /// The way the person on screen is reached.
    fn way(&self, session: &crate::app::Session) -> Option<Reach> {
        let card = self.card.as_deref()?;
        let person = target::person(session, self.row(), card)?;
        Reach::of(target::contact(session, self.row(), person)?)
    }

    fn reach(&self, deed: Deed, cx: &mut Cx<'_>) {
        if let Some(way) = self.way(cx.session) {
            reach::reach(&way, deed, cx);
        }
    }

    fn answered(&mut self, ticket: Ticket, answer: &Answer, cx: &mut Cx<'_>) -> Flow {
        match answer {
            Answer::Card(card) if self.card_asked == Some(ticket) => {
                self.card_asked = None;
                if self.customer_name.is_empty() {
                    self.customer_name.clone_from(&card.name);
                }
                self.card = Some(card.clone());
                self.refused = None;
                self.dial_known(cx);
            }
            Answer::Timeline(items) if self.timeline_asked == Some(ticket) => {
                self.timeline_asked = None;
                self.timeline.clone_from(items);
            }
            Answer::Gap(gap) => cx.session.gap = Some(gap.clone()),
            _ => return Flow::Passed,
        }
        Flow::Used
    }

    /// News about the customer on screen: the card is read again, nothing moves.
    fn committed(&mut self, commit: &Commit, cx: &mut Cx<'_>) -> Flow {
        let about = commit.effects.customer == Some(self.customer);
        if !about || !commit.topics.contains(&Topic::Customer) {
            return Flow::Passed;
        }
        self.read_card(cx);
        Flow::Used
    }

    fn written(&mut self, id: WriteId, result: Result<&Commit, ()>, cx: &mut Cx<'_>) -> Flow {
        let own = self.own.remove(&id);
        match (self.pending.remove(&id), result) {
            (Some(unsaved), Err(())) => {
                self.left.retain(|(write, _)| *write != id);
                // the record on screen stays; the one that was refused is next, its note kept
                if !unsaved.note.is_empty() {
                    cx.effect(Effect::SaveDraft(format!("note:{}", unsaved.row.id), unsaved.note));
                }
                let place = self.at.map_or(0, |at| at + 1).min(self.queue.len());
                self.queue.insert(place, unsaved.row);
                Flow::Used
            }
            // an answer that was asked for before knows nothing of it
            (Some(unsaved), Ok(_)) if unsaved.row.customer == self.customer => {
                self.read_card(cx);
                Flow::Used
            }
            (None, Ok(_)) if own => {
                self.read_card(cx);
                Flow::Used
            }
            (None, Ok(commit)) => self.committed(commit, cx),
            _ => Flow::Passed,
        }
    }

    /// Takes back what was done last. A record that was left by it is on screen again at once, with its note, not started;
    /// what was on screen is next.
    fn undo(&mut self, cx: &mut Cx<'_>) {
        for Undoing { undo, target } in cx.undo() {
            let Some(at) = self.left.iter().rposition(|(write, _)| Some(*write) == target) else {
                self.own.insert(undo);
                continue;
            };
            let (write, Unsaved { row, note }) = self.left.remove(at);
            self.pending.remove(&write);
            let place = self.at.unwrap_or(0).min(self.queue.len());
            self.queue.insert(place, row.clone());
            self.open(&row, Some(place), cx);
            self.own.insert(undo);
            if !note.is_empty() {
                self.note.set(&note);
                cx.effect(Effect::SaveDraft(self.draft_key(), note));
            }
        }
    }

    fn over(&mut self, event: &Event, cx: &mut Cx<'_>) -> Flow {
        let Some(over) = &mut self.over else { return Flow::Passed };
        let given = match over {
            Over::Sure(ask) => ask.update(event, cx).map(|()| Given::Sure),
            Over::Node(ask) => ask.update(event, cx).map(Given::Node),
            Over::Next(ask) => ask.update(event, cx).map(Given::Next),
            Over::Facts(ask) => ask.update(event, cx).map(Given::Facts),
            Over::Order(ask) => ask.update(event, cx).map(Given::Order),
            _ => return self.deed(event, cx),
        };
        match given {
            Step::Stay if !meant_for_dialogs(event) => return Flow::Passed,
            Step::Stay => {}
            Step::Cancel => {
                self.over = None;
                self.saving = None;
            }
            Step::Done(given) => self.answered_question(given, cx),
        }
        Flow::Used
    }

    fn act(&mut self, act: Act, cx: &mut Cx<'_>) -> Flow {
        if self.noting {
            if matches!(act, Act::Start | Act::Back | Act::NextField) {
                self.noting = false;
                return Flow::Used;
            }
            return Flow::Passed;
        }
        match act {
            Act::Start => self.begin(cx),
            Act::Back => cx.pop(),
            Act::Note => self.noting = true,
            Act::NextField | Act::PreviousField | Act::Left | Act::Right => {
                self.panel = Some(Panel::turn(self.panel, act, cx.session));
                self.scroll = 0;
            }
            Act::Mark | Act::Down => self.mark(1, cx.session),
            Act::Up => self.mark(-1, cx.session),
            Act::PageDown => self.scroll = self.scroll.saturating_add(5),
            Act::PageUp => self.scroll = self.scroll.saturating_sub(5),
            Act::Top => self.scroll = 0,
            Act::Undo => self.undo(cx),
            _ => return self.open_deed(act, cx),
        }
        Flow::Used
    }

    /// Gives the keys to a panel that was pointed at.
    fn turn_to(&mut self, part: Part) {
        let panel =
            [Panel::Card, Panel::Timeline, Panel::Tools].into_iter().find(|panel| panel.part() == part);
        if let Some(panel) = panel.filter(|panel| Some(*panel) != self.panel) {
            self.panel = Some(panel);
            self.scroll = 0;
        }
    }

    /// Moves the mark of the line reached.
    fn mark(&mut self, by: isize, session: &crate::app::Session) {
        let count =
            target::script(session, self.row(), self.card.as_deref()).map_or(0, |script| script.lines.len());
        self.reached = match self.reached {
            None => (by > 0 && count > 0).then_some(0),
            Some(0) if by < 0 => None,
            Some(at) => Some(crate::widget::window::step(at, by, count)),
        };
    }

    fn typed(&mut self, event: &Event, cx: &mut Cx<'_>) -> Flow {
        if self.noting {
            if !typed(&mut self.note, event) {
                return Flow::Passed;
            }
            cx.effect(Effect::SaveDraft(self.draft_key(), self.note.text()));
            return Flow::Used;
        }
        let Some(key) = hotkey(event) else { return Flow::Passed };
        if self.outcome(key, cx) {
            return Flow::Used;
        }
        if let Event::Input(Input::Key(pressed)) = event {
            let text = if pressed.is_ideograph() { Text("common.wide_key") } else { Text("common.unbound") };
            let words = cx.session.keyed(Context::Call, text, &[("key", &pressed)]);
            cx.say(Notice::refused(words));
        }
        Flow::Used
    }
}

impl<T> Step<T> {
    fn map<U>(self, done: impl FnOnce(T) -> U) -> Step<U> {
        match self {
            Self::Stay => Step::Stay,
            Self::Cancel => Step::Cancel,
            Self::Done(value) => Step::Done(done(value)),
        }
    }
}

impl Layer for Call {
    fn context(&self) -> Context {
        match &self.over {
            Some(over) => over.context(),
            None => Context::Call,
        }
    }

    fn is_typing(&self) -> bool {
        match &self.over {
            None => self.noting,
            Some(over) => over.is_typing(),
        }
    }

    fn lane(&self) -> Option<Lane> {
        Some(target::lane(self.row()))
    }

    fn offers(&self, act: Act, view: &View<'_>) -> Result<(), Text> {
        if self.over.is_some() {
            return Ok(());
        }
        self.can(act, view.session)
    }

    fn open(&self) -> Option<Open> {
        let started = self.started?;
        Some(Open { task: self.row().map(|row| row.id), customer: self.customer, started })
    }

    fn waits(&self, event: &Event, view: &View<'_>) -> bool {
        if self.over.is_some() || self.noting {
            return false;
        }
        let changing = !self.own.is_empty()
            || self.pending.values().any(|unsaved| unsaved.row.customer == self.customer);
        let unsure = self.card_asked.is_some() || (changing && view.session.is_settling());
        unsure
            && match event {
                Event::Act(act) => keys::needs_card(*act),
                // an outcome, whatever key it is on
                Event::Input(Input::Key(_)) => true,
                _ => false,
            }
    }

    fn update(&mut self, event: &Event, cx: &mut Cx<'_>) -> Flow {
        if meant_for_dialogs(event) && self.over(event, cx) == Flow::Used {
            return Flow::Used;
        }
        match event {
            Event::Shown if !self.opened => {
                if self.dial {
                    self.started = Some(cx.now());
                }
                self.read(cx);
                Flow::Used
            }
            Event::Shown => {
                self.read_card(cx);
                Flow::Used
            }
            Event::Draft(key, text) if *key == self.draft_key() && self.note.is_empty() => {
                self.note.set(text);
                Flow::Used
            }
            Event::Answered(ticket, Ok(answer)) => self.answered(*ticket, answer, cx),
            Event::Answered(ticket, Err(error)) if self.card_asked == Some(*ticket) => {
                self.card_asked = None;
                let words = crate::app::speak::refusal(cx.session, error, false);
                if matches!(error, StoreError::Forbidden { .. }) {
                    // given to somebody else since: nothing of the customer stays in sight
                    self.card = None;
                    self.timeline.clear();
                    self.refused = Some(words.clone());
                }
                cx.say(Notice::refused(words));
                Flow::Used
            }
            Event::Written(id, result) => self.written(*id, result.as_ref().map_err(|_| ()), cx),
            Event::Committed(commit) => self.committed(commit, cx),
            Event::Minute => Flow::Used,
            Event::Act(act) => self.act(*act, cx),
            Event::Pointed(Spot::Part(part)) => {
                self.turn_to(*part);
                Flow::Used
            }
            Event::Turned(part, by) => {
                self.turn_to(*part);
                self.scroll = self.scroll.saturating_add_signed(i16::try_from(*by).unwrap_or(0));
                Flow::Used
            }
            event => self.typed(event, cx),
        }
    }

    fn render(&self, area: Rect, buf: &mut Buffer, view: &View<'_>) -> Option<Position> {
        let body = frame(area, buf, view, ScreenId::Today, self);
        view::body(self, body, buf, view)
    }
}
