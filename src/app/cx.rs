//! What a layer may do while it updates.

use crate::app::action::Act;
use crate::app::event::{Effect, Ticket};
use crate::app::layer::Layer;
use crate::app::session::Session;
use crate::app::speak;
use crate::domain::id::{UserId, WriteId};
use crate::domain::time::Timestamp;
use crate::store::StoreError;
use crate::store::change::{Change, Write};
use crate::store::query::{Query, Viewer};

/// A line said to the person until the next key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The words.
    pub text: String,
    /// Whether it tells of something refused or failed.
    pub refused: bool,
}

impl Notice {
    /// Something was done.
    pub fn done(text: impl Into<String>) -> Self {
        Self { text: text.into(), refused: false }
    }

    /// Something was refused.
    pub fn refused(text: impl Into<String>) -> Self {
        Self { text: text.into(), refused: true }
    }
}

/// What a layer wants done with the layers; carried out after its update.
pub enum Order {
    /// Put a layer on top.
    Push(Box<dyn Layer>),
    /// Take the top one away.
    Pop,
    /// Put this one in place of all.
    Replace(Box<dyn Layer>),
    /// Do an action as if its key had been pressed (the palette).
    Act(Act),
}

/// A change on its way that takes another one back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Undoing {
    /// The change that takes back.
    pub undo: WriteId,
    /// What it takes back; `None` where the store finds out.
    pub target: Option<WriteId>,
}

/// What a layer may do while it updates: look at the session, ask, change, say, and order layers about.
pub struct Cx<'a> {
    /// The session.
    pub session: &'a mut Session,
    effects: &'a mut Vec<Effect>,
    orders: &'a mut Vec<Order>,
}

impl std::fmt::Debug for Cx<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Cx")
    }
}

impl<'a> Cx<'a> {
    /// Made by the app for one update.
    pub fn new(session: &'a mut Session, effects: &'a mut Vec<Effect>, orders: &'a mut Vec<Order>) -> Self {
        Self { session, effects, orders }
    }

    /// The time of this event.
    pub const fn now(&self) -> Timestamp {
        self.session.now
    }

    /// Who acts.
    pub fn user(&self) -> UserId {
        self.session.user()
    }

    /// Who looks, at the time of this event.
    pub fn viewer(&self) -> Viewer {
        Viewer { id: self.user(), now: self.now() }
    }

    /// Asks; the answer comes as an event with this ticket.
    pub fn read(&mut self, query: Query) -> Ticket {
        let ticket = self.session.ticket();
        self.effects.push(Effect::Read(ticket, query));
        ticket
    }

    /// Changes; the result comes as an event with this id. The notice of success or refusal is the app's.
    pub fn write(&mut self, change: Change) -> WriteId {
        let id = self.send(change);
        self.session.note_deed(id);
        id
    }

    /// Takes back what the last key of this session did that did something; where nothing of it is left, the last change of
    /// today that the store finds. Answers with what takes back what, the last change first.
    pub fn undo(&mut self) -> Vec<Undoing> {
        let targets = self.session.past.take();
        let mut undoing = Vec::new();
        for target in targets {
            let undo = self.take_back(target);
            undoing.push(Undoing { undo, target: Some(target) });
        }
        if undoing.is_empty() {
            let undo = self.send(Change::Undo { write: None });
            self.session.past.undoes(undo, None);
            undoing.push(Undoing { undo, target: None });
        }
        undoing
    }

    /// Takes back this change, whenever it was made.
    pub fn take_back(&mut self, target: WriteId) -> WriteId {
        // a row whose change is taken back is to be seen again, whether it has been saved by now or not
        if let Some(task) = self.session.waiting.get_mut(&target) {
            *task = None;
        }
        let undo = self.send(Change::Undo { write: Some(target) });
        self.session.past.undoes(undo, Some(target));
        undo
    }

    /// Changes what is no deed of the person's: nothing is said of it, and there is nothing to take back.
    pub fn quietly(&mut self, change: Change) -> WriteId {
        let id = self.send(change);
        self.session.quiet.insert(id);
        id
    }

    fn send(&mut self, change: Change) -> WriteId {
        let id = self.session.write_id();
        let by = self.user();
        self.session.pending += 1;
        self.session.waiting.insert(id, change.task());
        self.effects.push(Effect::Write(Write {
            id,
            by,
            at: self.session.now,
            from: self.session.from,
            change,
        }));
        id
    }

    /// Has something done.
    pub fn effect(&mut self, effect: Effect) {
        self.effects.push(effect);
    }

    /// Says something on the status line.
    pub fn say(&mut self, notice: Notice) {
        self.session.notice = Some(notice);
    }

    /// Says why the store refused or failed.
    pub fn refuse(&mut self, error: &StoreError) {
        let words = speak::refusal(self.session, error, false);
        self.say(Notice::refused(words));
    }

    /// Puts a layer on top.
    pub fn push(&mut self, layer: impl Layer + 'static) {
        self.orders.push(Order::Push(Box::new(layer)));
    }

    /// Takes the top layer away.
    pub fn pop(&mut self) {
        self.orders.push(Order::Pop);
    }

    /// Puts this layer in place of all.
    pub fn replace(&mut self, layer: impl Layer + 'static) {
        self.orders.push(Order::Replace(Box::new(layer)));
    }

    /// Does an action as if its key had been pressed.
    pub fn act(&mut self, act: Act) {
        self.orders.push(Order::Act(act));
    }
}
