//! A store that answers when the test says so: questions in any order, changes one after the other.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, OnceLock};

use corral::app::action::Context;
use corral::app::keymap::Keymap;
use corral::app::{App, Effect, Event, Session, Ticket};
use corral::domain::id::*;
use corral::domain::lists::*;
use corral::domain::time::Timestamp;
use corral::screen::today::Today;
use corral::store::StoreError;
use corral::store::change::{Change, Commit, DealChange, Effects, GivenCoupon, Topic, WorkChange, Write};
use corral::store::query::{self, *};
use corral::text::{Lang, Words};
use corral::theme::Theme;
use corral::widget::screen_text;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::screens_work::floor::{self, ME, minutes, now};

/// What the store refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refuses {
    Nothing,
    /// Outcomes of every second task.
    SomeTasks,
    Task(TaskId),
    /// What is written on cards.
    Cards,
}

/// A question on its way: not looked at yet, or with its answer.
struct Question {
    ticket: Ticket,
    query: Query,
    answer: Option<Answer>,
}

/// What every floor begins with, read once.
#[derive(Clone)]
struct Kit {
    me: Option<Me>,
    today: query::Today,
    card: Card,
    timeline: Vec<TimelineItem>,
}

impl Kit {
    fn of(known: bool) -> Self {
        static KITS: OnceLock<[Kit; 2]> = OnceLock::new();
        let make = |known| {
            let mut shape = floor::Floor::new("edu-english", Lang::En);
            if known {
                floor::know_everything(&mut shape, &floor::playbook("edu-english"));
            }
            let me = shape.app.session().me.clone();
            Self { me, today: shape.today, card: shape.card, timeline: shape.timeline }
        };
        KITS.get_or_init(|| [make(false), make(true)])[usize::from(known)].clone()
    }
}

/// One session over a played store.
pub struct Floor {
    pub app: App,
    today: query::Today,
    card: Card,
    timeline: Vec<TimelineItem>,
    questions: Vec<Question>,
    /// Changes on their way, the first of which may be made already.
    line: VecDeque<Write>,
    made: Option<Result<Commit, StoreError>>,
    sent: Vec<Write>,
    /// Tasks that ended, by the change that ended them; a colleague's have none.
    ended: Vec<(Option<WriteId>, TaskId)>,
    /// Stages that were reached, by the change that moved the deal, with the customer.
    stages: Vec<(WriteId, corral::domain::code::StageCode)>,
    drafts: BTreeMap<String, String>,
    refuses: Refuses,
    at: Timestamp,
}

impl Floor {
    /// `known`: whether every fact of the customers is on record, so that no outcome asks for one.
    pub fn new(known: bool, refuses: Refuses) -> Self {
        let kit = Kit::of(known);
        let (words, theme) = (Arc::new(Words::new(Lang::En)), Arc::new(Theme::default()));
        let mut session = Session::new(words, theme, Arc::new(Keymap::default()), 1);
        session.now = now();
        session.me = kit.me;
        let app = App::new(session, Box::new(Today::new()));
        let mut floor = Self {
            app,
            today: kit.today,
            card: kit.card,
            timeline: kit.timeline,
            questions: Vec::new(),
            line: VecDeque::new(),
            made: None,
            sent: Vec::new(),
            ended: Vec::new(),
            stages: Vec::new(),
            drafts: BTreeMap::new(),
            refuses,
            at: now(),
        };
        let effects = floor.app.start(floor.at);
        floor.perform(effects);
        floor
    }

    pub fn event(&mut self, event: Event) {
        let effects = self.app.update(event, self.at);
        self.perform(effects);
    }

    fn perform(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Read(ticket, query) => {
                    self.questions.push(Question { ticket, query, answer: None });
                }
                Effect::Write(write) => {
                    self.sent.push(write.clone());
                    self.line.push_back(write);
                }
                Effect::SaveDraft(key, text) => {
                    self.drafts.insert(key, text);
                }
                Effect::LoadDraft(key) => {
                    let text = self.drafts.get(&key).cloned().unwrap_or_default();
                    self.event(Event::Draft(key, text));
                }
                _ => {}
            }
        }
    }

    /// Goes on by one step: looks at a question, answers one, makes the next change, or answers it.
    pub fn step(&mut self, chance: u16) {
        let mut doable: Vec<usize> = (0..self.questions.len()).collect();
        if !self.line.is_empty() {
            // as likely as a question
            doable.push(usize::MAX);
        }
        let Some(chosen) = doable.get(usize::from(chance) % doable.len().max(1)) else { return };
        if *chosen == usize::MAX { self.go_on() } else { self.look_or_answer(*chosen) }
    }

    fn look_or_answer(&mut self, at: usize) {
        if self.questions[at].answer.is_none() {
            self.questions[at].answer = Some(self.look(&self.questions[at].query));
        } else {
            let question = self.questions.remove(at);
            self.event(Event::Answered(question.ticket, Ok(question.answer.unwrap())));
        }
    }

    fn go_on(&mut self) {
        let Some(write) = self.line.front().cloned() else { return };
        match self.made.take() {
            None => self.made = Some(self.make(&write)),
            Some(result) => {
                self.line.pop_front();
                self.event(Event::Written(write.id, result));
            }
        }
    }

    /// Answers every question, and those that follow from the answers.
    pub fn answer_questions(&mut self) {
        let mut answered = 0;
        while let Some(first) = self.questions.first() {
            answered += 1;
            assert!(answered < 1_000, "one question leads to the next without an end: {:?}", first.query);
            self.look_or_answer(0);
        }
    }

    /// Fails every question.
    pub fn fail_questions(&mut self) {
        for question in std::mem::take(&mut self.questions) {
            let error = StoreError::Busy { what: "many wait".to_owned() };
            self.event(Event::Answered(question.ticket, Err(error)));
        }
    }

    /// Until nothing is under way.
    pub fn settle(&mut self) {
        while !self.questions.is_empty() || !self.line.is_empty() {
            self.answer_questions();
            self.go_on();
        }
    }

    /// A colleague does one of the tasks.
    pub fn somebody_does(&mut self, which: usize) {
        let open: Vec<(TaskId, CustomerId)> = self.open().map(|row| (row.id, row.customer)).collect();
        let Some((task, customer)) = open.get(which % open.len().max(1)).copied() else { return };
        self.ended.push((None, task));
        let effects =
            Effects { owners: vec![ME], task: Some(task), customer: Some(customer), ..Effects::default() };
        let topics = vec![Topic::Tasks, Topic::Customer];
        self.event(Event::Committed(Commit {
            revision: 1,
            write: WriteId(5),
            topics,
            effects,
            replayed: false,
        }));
    }

    fn open(&self) -> impl Iterator<Item = &TaskRow> {
        let rows = self.today.pens.iter().flat_map(|pen| &pen.rows);
        rows.filter(|row| !self.has_ended(row.id))
    }

    fn has_ended(&self, task: TaskId) -> bool {
        self.ended.iter().any(|(_, ended)| *ended == task)
    }

    fn make(&mut self, write: &Write) -> Result<Commit, StoreError> {
        let mut effects = Effects { owners: vec![ME], ..Effects::default() };
        let mut topics = vec![Topic::Tasks];
        match &write.change {
            Change::Work(WorkChange::Reserve { .. }) => {
                effects.coupon = Some(GivenCoupon {
                    coupon: "c_first150".into(),
                    issue: IssueId(900),
                    code: "XQ-7F3K".to_owned(),
                    until: minutes(5 * 24 * 60),
                });
            }
            Change::Work(work) => {
                if let Some(task) = write.change.task() {
                    self.end(write.id, task, matches!(work, WorkChange::Log(_)))?;
                    effects.task = Some(task);
                    effects.customer = self.customer_of(task);
                    topics.push(Topic::Customer);
                }
            }
            Change::Deal(DealChange::Move { to, .. }) => {
                self.stages.push((write.id, to.clone()));
                effects.customer = Some(CustomerId(1_001));
                topics.push(Topic::Customer);
            }
            Change::Undo { write: target } => {
                let made = |id: &WriteId| self.ended.iter().any(|(by, _)| *by == Some(*id));
                let target = match target {
                    Some(target) => *target,
                    None => self.sent.iter().map(|write| write.id).rfind(made).ok_or_else(no_undo)?,
                };
                if let Some((_, task)) = self.ended.iter().find(|(by, _)| *by == Some(target)) {
                    effects.customer = self.customer_of(*task);
                    topics.push(Topic::Customer);
                } else if !self.stages.iter().any(|(by, _)| *by == target) && self.was_refused(target) {
                    return Err(StoreError::NotFound { kind: "change", id: target.to_string(), hint: None });
                }
                self.ended.retain(|(by, _)| *by != Some(target));
                self.stages.retain(|(by, _)| *by != target);
                effects.undone = Some((target, "work.log".to_owned()));
            }
            Change::Customer(_) if self.refuses == Refuses::Cards => {
                return Err(StoreError::Invalid { code: "no_name", what: "a name is missing".to_owned() });
            }
            _ => {}
        }
        Ok(Commit { revision: 41, write: write.id, topics, effects, replayed: false })
    }

    fn was_refused(&self, write: WriteId) -> bool {
        let task = self.sent.iter().find(|sent| sent.id == write).and_then(|sent| sent.change.task());
        task.is_some_and(|task| self.refuses(task))
    }

    fn refuses(&self, task: TaskId) -> bool {
        match self.refuses {
            Refuses::Nothing | Refuses::Cards => false,
            Refuses::SomeTasks => task.0 % 2 == 0,
            Refuses::Task(other) => other == task,
        }
    }

    fn end(&mut self, by: WriteId, task: TaskId, logged: bool) -> Result<(), StoreError> {
        if self.has_ended(task) {
            return Err(StoreError::Invalid { code: "task_closed", what: format!("task {task} has ended") });
        }
        if logged && self.refuses(task) {
            return Err(StoreError::Held {
                rule: "too_soon".to_owned(),
                what: "too soon".to_owned(),
                until: None,
            });
        }
        self.ended.push((Some(by), task));
        Ok(())
    }

    fn customer_of(&self, task: TaskId) -> Option<CustomerId> {
        self.today.pens.iter().flat_map(|pen| &pen.rows).find(|row| row.id == task).map(|row| row.customer)
    }

    fn look(&self, query: &Query) -> Answer {
        match query {
            Query::Today(ask) => {
                let mut today = self.today.clone();
                for pen in &mut today.pens {
                    pen.rows.retain(|row| !self.has_ended(row.id) && row.customer_name.contains(&ask.filter));
                }
                Answer::Today(Box::new(today))
            }
            Query::Card { customer, .. } => {
                let rows = self.today.pens.iter().flat_map(|pen| &pen.rows);
                let name =
                    rows.clone().find(|row| row.customer == *customer).map(|row| row.customer_name.clone());
                let mut card = Card { id: *customer, name: name.unwrap_or_default(), ..self.card.clone() };
                if *customer == CustomerId(1_001)
                    && let Some((_, stage)) = self.stages.last()
                {
                    card.deals[0].stage = Some(stage.clone());
                }
                Answer::Card(Box::new(card))
            }
            Query::Timeline(_) => Answer::Timeline(self.timeline.clone()),
            Query::Quota { .. } => Answer::Quota(388, 400),
            Query::Gap { .. } => Answer::Gap(self.today.gap.clone()),
            Query::Customers { .. } | Query::Find { .. } => Answer::Found(self.found()),
            Query::Users => Answer::Users(Vec::new()),
            Query::Targets { .. } => Answer::Targets(Vec::new()),
            Query::Report(ReportAsk::One { .. }) => {
                Answer::Report(ReportAnswer::One(Box::new(crate::screens_desk::report::own())))
            }
            Query::Facts(_) => Answer::Facts(Vec::new()),
            other => panic!("nobody was to ask this: {other:?}"),
        }
    }

    fn found(&self) -> Found {
        let row = |row: &TaskRow| CustomerRow {
            id: row.customer,
            name: row.customer_name.clone(),
            owner: Some((ME, "王芳".to_owned())),
            phone: "+8613812345678".to_owned(),
            deal: None,
            next_at: None,
            last_touch: None,
        };
        let calls = self.today.pens.iter().filter(|pen| pen.lane == Lane::Call).flat_map(|pen| &pen.rows);
        Found { rows: calls.map(row).collect(), more: false }
    }

    /// Every change that was sent.
    pub fn sent(&self) -> Vec<Write> {
        self.sent.clone()
    }

    /// Drafts that are not empty.
    pub fn drafts(&self) -> Vec<(&str, &str)> {
        let all = self.drafts.iter().map(|(key, text)| (key.as_str(), text.as_str()));
        all.filter(|(_, text)| !text.is_empty()).collect()
    }

    /// Tasks that ended by this session.
    pub fn ended(&self) -> Vec<TaskId> {
        self.ended.iter().map(|(_, task)| *task).collect()
    }

    pub fn context(&self) -> Context {
        self.app.context().unwrap()
    }

    /// What the next key would meet: the record in the cockpit, or the selected row; nothing where there is none.
    pub fn focus(&mut self) -> Option<String> {
        let screen = self.screen();
        let names = self.today.pens.iter().flat_map(|pen| &pen.rows).map(|row| row.customer_name.clone());
        // selected rows are marked; the cockpit names its record under the two lines on top
        let line = match screen.lines().find(|line| line.contains('▸') && !line.contains("ask")) {
            Some(marked) if self.context() != Context::Call => marked,
            _ => screen.lines().nth(2)?,
        };
        let name = names.into_iter().find(|name| line.contains(name.as_str()))?;
        Some(format!("{:?} {name}", self.context()))
    }

    pub fn screen(&mut self) -> String {
        let area = Rect::new(0, 0, 80, 24);
        let mut buf = Buffer::empty(area);
        self.app.render(area, &mut buf);
        screen_text(&buf)
    }
}

fn no_undo() -> StoreError {
    let what = "nothing of today is left to take back".to_owned();
    StoreError::NoUndo { what, why: "nothing_left", by: String::new() }
}
