//! Layers that ask one thing and go away.
//!
//! A dialog is an [`Ask`]: it takes events until it has an answer. A screen that needs the answer for its own state
//! keeps the dialog inside itself; one that only wants something done with it puts an [`Asking`] on top of the stack.

pub mod access;
pub mod answers;
pub mod confirm;
pub mod contact;
pub mod coupon;
pub mod customer;
pub mod desk;
pub mod explain;
pub mod facts;
pub mod filling;
pub mod form;
pub mod held;
pub mod help;
pub mod line;
pub mod order;
pub mod palette;
pub mod person;
pub mod pick;
pub mod pk;
pub mod reason;
pub mod report;
pub mod send;
pub mod stage;
pub mod target;
pub mod targets;
pub mod task;
pub mod theme;
pub mod value;
pub mod when;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::app::{Act, Context, Cx, Event, Flow, Layer, Part, Session, Spot, View};
use crate::input::Input;
use crate::text::Text;
use crate::theme::Role;
use crate::widget::{Choice, Line, TextField, draw, piece};

/// How far a dialog has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step<T> {
    /// It needs more.
    Stay,
    /// The person changed their mind.
    Cancel,
    /// It has its answer.
    Done(T),
}

/// Something that asks one thing.
pub trait Ask: Send {
    /// What it answers with.
    type Answer;

    /// Which actions apply.
    fn context(&self) -> Context {
        Context::Form
    }

    /// Whether a text field has the keys.
    fn is_typing(&self) -> bool {
        false
    }

    /// Whether what was pressed has to wait for an answer or a result that is under way.
    fn waits(&self, event: &Event, session: &Session) -> bool {
        let _ = (event, session);
        false
    }

    /// Takes an event in.
    fn update(&mut self, event: &Event, cx: &mut Cx<'_>) -> Step<Self::Answer>;

    /// Draws it over `area`; answers where the caret is.
    fn render(&self, area: Rect, buf: &mut Buffer, view: &View<'_>) -> Option<Position>;
}

type Then<T> = Box<dyn FnOnce(T, &mut Cx<'_>) + Send>;

/// A dialog as a layer of its own, with what is done with its answer.
pub struct Asking<A: Ask> {
    ask: A,
    then: Option<Then<A::Answer>>,
}

impl<A: Ask> std::fmt::Debug for Asking<A> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Asking")
    }
}

impl<A: Ask> Asking<A> {
    /// A dialog whose answer is handed to `then` once it has gone away.
    pub fn new(ask: A, then: impl FnOnce(A::Answer, &mut Cx<'_>) + Send + 'static) -> Self {
        Self { ask, then: Some(Box::new(then)) }
    }
}

impl<A: Ask> Layer for Asking<A> {
    fn context(&self) -> Context {
        self.ask.context()
    }

    fn is_typing(&self) -> bool {
        self.ask.is_typing()
    }

    fn covers(&self) -> bool {
        false
    }

    fn waits(&self, event: &Event, view: &View<'_>) -> bool {
        self.ask.waits(event, view.session)
    }

    fn update(&mut self, event: &Event, cx: &mut Cx<'_>) -> Flow {
        match self.ask.update(event, cx) {
            Step::Stay => return if meant_for_dialogs(event) { Flow::Used } else { Flow::Passed },
            Step::Cancel => cx.pop(),
            Step::Done(answer) => {
                cx.pop();
                if let Some(then) = self.then.take() {
                    then(answer, cx);
                }
            }
        }
        Flow::Used
    }

    fn render(&self, area: Rect, buf: &mut Buffer, view: &View<'_>) -> Option<Position> {
        self.ask.render(area, buf, view)
    }
}

/// Whether an event is the open dialog's own; the language and the way out stay the session's.
pub fn meant_for_dialogs(event: &Event) -> bool {
    match event {
        Event::Act(act) => !matches!(
            act,
            Act::Quit
                | Act::Interrupt
                | Act::Guide
                | Act::Language
                | Act::Pointer
                | Act::Refresh
                | Act::Suspend
        ),
        Event::Edit(_)
        | Event::Pointed(_)
        | Event::Turned(..)
        | Event::Input(Input::Key(_) | Input::Paste(_)) => true,
        _ => false,
    }
}

/// The hotkey of an event: what a key means where nothing is typed, full-width characters folded.
pub(crate) fn hotkey(event: &Event) -> Option<char> {
    match event {
        Event::Input(Input::Key(key)) => key.folded().typed(),
        _ => None,
    }
}

/// Gives what was typed, edited or pasted to a text field; `false` where the event is nothing of it.
pub fn typed(field: &mut TextField, event: &Event) -> bool {
    match event {
        Event::Edit(edit) => field.edit(*edit),
        Event::Input(Input::Paste(text)) => field.paste(text),
        _ => return false,
    }
    true
}

/// How far an arrow key or the wheel moves a selection: `None` where the event is none.
pub(crate) const fn arrow(event: &Event) -> Option<isize> {
    match event {
        Event::Act(Act::Up) => Some(-1),
        Event::Act(Act::Down) => Some(1),
        Event::Turned(_, by) => Some(*by),
        _ => None,
    }
}

/// The row of a list that the mouse pointed at.
pub(crate) fn pointed(event: &Event) -> Option<usize> {
    match event {
        Event::Pointed(Spot::Row(_, row)) => usize::try_from(*row).ok(),
        _ => None,
    }
}

/// Draws options, each of which can be pointed at by its place; answers where the selected one is.
pub(crate) fn options(
    choice: &Choice<'_>,
    area: Rect,
    buf: &mut Buffer,
    session: &Session,
) -> Option<Position> {
    session.hits.rows(area, Part::default(), |place| {
        choice.item_at(area, place).and_then(|at| i64::try_from(at).ok())
    });
    choice.render(area, buf, &session.theme)
}

/// The keys of a dialog, named in a sentence.
pub(crate) fn hints(session: &Session, context: Context, text: Text) -> Line<'static> {
    vec![piece(session.keyed(context, text, &[]), Role::Dim)]
}

/// Where the caret stands in a dialog without a field or a list: nowhere, but on a screen that is read aloud at its start.
pub(crate) fn reading(inside: Rect, session: &Session) -> Option<Position> {
    session.theme.manner().is_spoken().then(|| inside.as_position())
}

/// What is found while a name is typed, beside the field: on a screen that is read aloud the caret stays in the field, and
/// what Enter would take stands on its line. Answers with what is left for the field.
pub(crate) fn candidate(row: Rect, found: &str, buf: &mut Buffer, session: &Session) -> Rect {
    if !session.theme.manner().is_spoken() || found.is_empty() {
        return row;
    }
    let field = Rect { width: row.width / 3, ..row };
    let beside = Rect { x: field.right(), width: row.width - field.width, ..row };
    draw(&[piece(format!(" {found}"), Role::Accent)], beside, buf, &session.theme);
    field
}

/// The bottom part of an area, for a panel that leaves what is above in sight.
pub(crate) fn foot(area: Rect, height: u16) -> Rect {
    let height = height.min(area.height);
    Rect { y: area.bottom() - height, height, ..area }
}
