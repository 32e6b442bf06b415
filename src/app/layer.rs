//! A screen or a dialog.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::app::action::{Act, Context};
use crate::app::cx::Cx;
use crate::app::event::Event;
use crate::app::open::Open;
use crate::app::session::Session;
use crate::domain::id::WriteId;
use crate::domain::lists::Lane;
use crate::text::Text;

/// Whether a layer did something with an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// It did; nobody else gets it (news goes to everybody all the same).
    Used,
    /// It did not.
    Passed,
}

/// What drawing may look at.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    /// The session.
    pub session: &'a Session,
}

/// A screen or a dialog: state, update and view.
pub trait Layer: Send {
    /// Which actions apply; decides what keys mean.
    fn context(&self) -> Context;

    /// Whether a text field has the keys: printable ones are text then.
    fn is_typing(&self) -> bool {
        false
    }

    /// Whether it covers the whole screen, so that nothing under it need be drawn.
    fn covers(&self) -> bool {
        true
    }

    /// The pen whose rows it shows, where they are of one.
    fn lane(&self) -> Option<Lane> {
        None
    }

    /// Whether an action can be done now; the reason where it cannot, shown instead.
    fn offers(&self, act: Act, view: &View<'_>) -> Result<(), Text> {
        let _ = (act, view);
        Ok(())
    }

    /// Whether what was pressed has to wait: what it acts on hangs on an answer or a result that is under way. A key that
    /// moves nothing but what is on screen never does.
    fn waits(&self, event: &Event, view: &View<'_>) -> bool {
        let _ = (event, view);
        false
    }

    /// The call it has open.
    fn open(&self) -> Option<Open> {
        None
    }

    /// Whether it goes away once this change is made: what was pressed meanwhile is meant for what is under it, and must not
    /// meet this layer where the change is refused.
    fn saves(&self, change: WriteId) -> bool {
        let _ = change;
        false
    }

    /// Takes an event in. Never waits; asks for what it needs through `cx`.
    fn update(&mut self, event: &Event, cx: &mut Cx<'_>) -> Flow;

    /// Draws a snapshot into `area`; answers where the caret is.
    fn render(&self, area: Rect, buf: &mut Buffer, view: &View<'_>) -> Option<Position>;
}
