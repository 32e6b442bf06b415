//! A form that writes: it stays open until the store has said yes, so that nothing typed is lost.
//!
//! A refusal is shown in the form. Where somebody else wrote in the meantime both values are shown side by side, and the
//! second writer keeps theirs or writes the own one over it (S001-33; lost updates are never silent).

mod conflict;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::app::{Context, Cx, Event, Flow, Layer, Session, Ticket, View, speak};
use crate::dialog::filling::conflict::{Conflict, Verdict};
use crate::dialog::form::{Form, Turn};
use crate::dialog::meant_for_dialogs;
use crate::domain::id::{CustomerId, WriteId};
use crate::store::StoreError;
use crate::store::change::{Change, Commit};
use crate::store::query::{Answer, Card, Query};

/// A field that cannot be taken as it is: which, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// The place of the field.
    pub field: usize,
    /// What is wrong and what would be right.
    pub what: String,
}

impl Wrong {
    /// A field and what is wrong with it.
    pub fn new(field: usize, what: impl Into<String>) -> Self {
        Self { field, what: what.into() }
    }
}

/// What a form is for.
pub trait Entry: Send {
    /// The change that saves the form; `fresh` is the card as it is now when somebody else's values are written over.
    ///
    /// # Errors
    /// The field that cannot be taken.
    fn change(&self, form: &Form, session: &Session, fresh: Option<&Card>) -> Result<Change, Wrong>;

    /// Whose card tells what stands there now, where writers can collide.
    fn customer(&self) -> Option<CustomerId> {
        None
    }

    /// What stands there now, a value a field of the form.
    fn theirs(&self, card: &Card) -> Vec<String> {
        let _ = card;
        Vec::new()
    }
}

/// A form on its way into the store.
#[derive(Debug)]
pub struct Filling<E> {
    entry: E,
    form: Form,
    waiting: Option<WriteId>,
    /// Who wrote in the meantime, while the card is read again.
    rereading: Option<(Ticket, String)>,
    conflict: Option<(Conflict, Box<Card>)>,
}

impl<E: Entry> Filling<E> {
    /// A form with what it is for.
    pub const fn new(entry: E, form: Form) -> Self {
        Self { entry, form, waiting: None, rereading: None, conflict: None }
    }

    fn save(&mut self, fresh: Option<&Card>, cx: &mut Cx<'_>) {
        // a second Enter while the first is under way must not write twice
        if self.waiting.is_some() {
            return;
        }
        match self.entry.change(&self.form, cx.session, fresh) {
            Ok(change) => self.waiting = Some(cx.write(change)),
            Err(wrong) => self.form.wrong(wrong.field, wrong.what),
        }
    }

    fn written(&mut self, result: &Result<Commit, StoreError>, cx: &mut Cx<'_>) {
        self.waiting = None;
        match (result, self.entry.customer()) {
            (Ok(_), _) => cx.pop(),
            (Err(StoreError::Conflict { by, .. }), Some(customer)) => {
                let ticket = cx.read(Query::Card { customer, by: cx.viewer() });
                self.rereading = Some((ticket, by.clone()));
            }
            (Err(error), _) => self.form.wrong(0, speak::refusal(cx.session, error, false)),
        }
    }

    fn answered(&mut self, ticket: Ticket, answer: &Result<Answer, StoreError>, cx: &Cx<'_>) -> Flow {
        let Some((_, by)) = self.rereading.take_if(|(asked, _)| *asked == ticket) else {
            return Flow::Passed;
        };
        match answer {
            Ok(Answer::Card(card)) => {
                let theirs = self.entry.theirs(card);
                let rows = theirs.iter().enumerate().filter_map(|(at, other)| self.form.beside(at, other));
                let conflict = Conflict::new(by, rows.filter(|(_, theirs, mine)| theirs != mine).collect());
                self.conflict = Some((conflict, card.clone()));
            }
            Ok(_) => {}
            Err(error) => self.form.wrong(0, speak::refusal(cx.session, error, false)),
        }
        Flow::Used
    }

    fn judge(&mut self, event: &Event, cx: &mut Cx<'_>) {
        let Some((conflict, _)) = &mut self.conflict else { return };
        match conflict.update(event, cx.session) {
            None => {}
            Some(Verdict::Theirs) => cx.pop(),
            Some(Verdict::Back) => self.conflict = None,
            Some(Verdict::Mine) => {
                if let Some((_, card)) = self.conflict.take() {
                    self.save(Some(&card), cx);
                }
            }
        }
    }
}

impl<E: Entry> Layer for Filling<E> {
    fn context(&self) -> Context {
        if self.conflict.is_some() { Context::Choice } else { Context::Form }
    }

    fn is_typing(&self) -> bool {
        self.conflict.is_none() && self.form.is_typing()
    }

    fn covers(&self) -> bool {
        false
    }

    /// What is pressed while the form is being saved is meant for what is there afterwards.
    fn waits(&self, event: &Event, view: &View<'_>) -> bool {
        let saving = self.waiting.is_some() && view.session.is_settling();
        (saving || self.rereading.is_some()) && meant_for_dialogs(event)
    }

    fn saves(&self, change: WriteId) -> bool {
        self.waiting == Some(change)
    }

    fn update(&mut self, event: &Event, cx: &mut Cx<'_>) -> Flow {
        match event {
            Event::Written(id, result) if self.waiting == Some(*id) => self.written(result, cx),
            Event::Answered(ticket, answer) => return self.answered(*ticket, answer, cx),
            event if !meant_for_dialogs(event) => return Flow::Passed,
            event if self.conflict.is_some() => self.judge(event, cx),
            event => match self.form.update(event, cx.session) {
                Turn::Stay => {}
                Turn::Cancel => cx.pop(),
                Turn::Save => self.save(None, cx),
            },
        }
        Flow::Used
    }

    fn render(&self, area: Rect, buf: &mut Buffer, view: &View<'_>) -> Option<Position> {
        match &self.conflict {
            Some((conflict, _)) => conflict.render(area, buf, view.session),
            None => self.form.render(area, buf, view.session),
        }
    }
}
