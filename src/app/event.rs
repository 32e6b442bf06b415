//! What comes in and what goes out.

use crate::app::action::Act;
use crate::app::lock::Proof;
use crate::app::point::{Part, Spot};
use crate::domain::id::WriteId;
use crate::domain::phone::PhoneNumber;
use crate::domain::secret::Secret;
use crate::input::{Edit, Input};
use crate::store::StoreError;
use crate::store::change::{Commit, Write};
use crate::store::query::{Answer, Query};

/// Names a question, so that a stale answer is dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Ticket(pub u64);

/// What comes in.
#[derive(Debug, Clone)]
pub enum Event {
    /// From the terminal.
    Input(Input),
    /// A key or the palette chose an action.
    Act(Act),
    /// A key edits the text field that has the keys.
    Edit(Edit),
    /// The mouse pointed at something of the layer: a row or a part.
    Pointed(Spot),
    /// The wheel turned over a part, so many steps down (up where negative).
    Turned(Part, isize),
    /// The layer has come on screen, or back to the top.
    Shown,
    /// A question was answered.
    Answered(Ticket, Result<Answer, StoreError>),
    /// A write of this session is on disk, or was refused.
    Written(WriteId, Result<Commit, StoreError>),
    /// Somebody committed: another session or another program.
    Committed(Commit),
    /// A draft was asked for: its key and what was kept.
    Draft(String, String),
    /// What came of a PIN.
    Proved(Ticket, Proof),
    /// A minute of the clock has passed.
    Minute,
    /// The time asked for by [`Effect::Wake`] has come.
    Woken,
}

/// What goes out.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Ask.
    Read(Ticket, Query),
    /// Change.
    Write(Write),
    /// Put on the clipboard.
    Copy(String),
    /// Start a call.
    Dial(PhoneNumber),
    /// Find out whether this is the person's PIN; answered by [`Event::Proved`].
    Prove(Ticket, Secret),
    /// Keep what is being typed; an empty text forgets it.
    SaveDraft(String, String),
    /// Ask for what was kept; answered by [`Event::Draft`].
    LoadDraft(String),
    /// Keep a choice of the person's: `language`, `theme`.
    Remember(String, String),
    /// Send [`Event::Woken`] after so long: for what was put off to spare the store.
    Wake(std::time::Duration),
    /// Have the mouse reported, or leave it to the terminal for selecting text.
    Pointer(bool),
    /// Ring.
    Bell,
    /// Paint the whole screen again: something else has written on it.
    Redraw,
    /// Give the terminal back to the shell until it is given again.
    Suspend,
    /// Leave.
    Quit,
}
