//! The guided first call: what a newcomer is told to do next, and why.
//!
//! The guide follows what the person does, in whatever order, and counts no keys. It takes none away and moves nothing: it is
//! a line or two in the frame. Where somebody wanders off, it waits and says how to come back. Once everything was done, or
//! the guide was closed, it does not come by itself again.

use std::collections::{BTreeMap, BTreeSet};

use crate::app::action::{Act, Context};
use crate::app::event::Effect;
use crate::app::layer::{Layer, View};
use crate::app::session::Session;
use crate::domain::id::WriteId;
use crate::domain::lists::Lane;
use crate::store::change::{Change, WorkChange, Write};
use crate::text::Text;

/// The choice that is remembered: whether the guide comes at the start.
pub const SETTING: &str = "guide";

/// What a person has done of the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Deed {
    /// Opened a call.
    Opened,
    /// Marked a line of the script.
    Marked,
    /// Saved how a call ended.
    Saved,
    /// Went on to the next call without taking anything back.
    Passed,
    /// Took something back.
    Undone,
    /// Copied the text that is on screen.
    Copied,
    /// Sent a material.
    Sent,
}

/// What to do next, in the order of the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Open a call.
    Open,
    /// Mark how far the script was read.
    Mark,
    /// Say how the call ended.
    Outcome,
    /// Take it back.
    Undo,
    /// Open a material.
    Show,
    /// Copy its text.
    Copy,
    /// Say that it was sent.
    Send,
    /// Nothing: that was all.
    Done,
}

impl Step {
    /// How many there are to do.
    pub const COUNT: usize = 7;

    /// Its number, from 1; `None` once nothing is left to do.
    pub const fn number(self) -> Option<usize> {
        match self {
            Self::Done => None,
            step => Some(step as usize + 1),
        }
    }
}

/// Where the person is: what the top layer is, and the pen its rows are of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// What the top layer is.
    pub context: Context,
    /// The pen, where it shows one.
    pub lane: Option<Lane>,
}

impl Place {
    /// Where a layer is.
    pub fn of(layer: &dyn Layer) -> Self {
        Self { context: layer.context(), lane: layer.lane() }
    }

    fn is_material(self) -> bool {
        self.lane == Some(Lane::Material)
    }
}

/// What the guide says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Said {
    /// The step it is about; `None` while it waits.
    pub step: Option<Step>,
    /// The sentence, which names keys.
    pub text: Text,
    /// The same where room is short.
    pub short: Text,
    /// Whose keys it names.
    pub keys: Context,
}

/// The guide of a session: closed until somebody opens it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Guide {
    open: bool,
    done: BTreeSet<Deed>,
    /// Writes on their way, and what they are once they are saved.
    waiting: BTreeMap<WriteId, Deed>,
    place: Option<Place>,
}

impl Guide {
    /// Whether it is shown.
    pub const fn is_open(&self) -> bool {
        self.open
    }

    /// Begins the way anew.
    pub fn open(&mut self) {
        *self = Self { open: true, place: self.place, ..Self::default() };
    }

    /// Closes it.
    pub const fn close(&mut self) {
        self.open = false;
    }

    /// The next step of the way.
    pub fn step(&self) -> Step {
        let has = |deed| self.done.contains(&deed);
        match () {
            () if has(Deed::Saved) && !has(Deed::Undone) && !has(Deed::Passed) => Step::Undo,
            () if has(Deed::Saved) && has(Deed::Sent) => Step::Done,
            () if has(Deed::Saved) => Step::Show,
            () if has(Deed::Marked) => Step::Outcome,
            () if has(Deed::Opened) => Step::Mark,
            () => Step::Open,
        }
    }

    /// Hears of an action of the person's. The last words have been read once something is done on a screen that has a help
    /// of its own.
    pub fn acted(&mut self, act: Act, context: Context) {
        if context == Context::Call && matches!(act, Act::Mark | Act::Down) {
            self.done.insert(Deed::Marked);
        }
        let reads = matches!(context, Context::Preview | Context::Form | Context::Choice);
        if self.step() == Step::Done && !reads && !matches!(act, Act::Guide | Act::Language) {
            self.open = false;
        }
    }

    /// Hears what came of an event: where the person is now, and what is on its way to the store. Whether the way has just
    /// come to its end.
    pub fn follow(&mut self, place: Place, effects: &[Effect]) {
        let before = self.place.replace(place).unwrap_or(place);
        for effect in effects {
            match effect {
                Effect::Write(write) => {
                    if let Some(deed) = deed(write, before) {
                        self.waiting.insert(write.id, deed);
                        self.done.remove(&Deed::Copied);
                    }
                }
                Effect::Copy(_) if before.context == Context::Preview => {
                    self.done.insert(Deed::Copied);
                }
                _ => {}
            }
        }
        if place.context == Context::Call {
            self.done.insert(Deed::Opened);
        }
        if place.context != Context::Preview {
            self.done.remove(&Deed::Copied);
        }
    }

    /// Hears how a write ended; whether everything has been done with it.
    pub fn written(&mut self, id: WriteId, saved: bool) -> bool {
        let Some(deed) = self.waiting.remove(&id).filter(|_| saved) else { return false };
        let was = self.step();
        if deed == Deed::Saved && self.done.contains(&Deed::Saved) {
            self.done.insert(Deed::Passed);
        }
        // nothing of the way is taken back before something was saved
        if deed != Deed::Undone || self.done.contains(&Deed::Saved) {
            self.done.insert(deed);
        }
        self.open && was != Step::Done && self.step() == Step::Done
    }

    /// What it says to whoever looks at this layer.
    pub fn said(&self, layer: &dyn Layer, view: &View<'_>) -> Said {
        let place = Place::of(layer);
        let say = |step, text, short| Said { step, text, short, keys: place.context };
        match place.context {
            Context::Today => self.on_a_day(place, layer.offers(Act::Start, view).is_ok(), view.session),
            Context::Call => self.in_a_call(layer.is_typing()),
            Context::Preview => self.before_sending(place),
            Context::Form | Context::Choice | Context::Reader | Context::Palette | Context::Text => {
                say(None, Text("guide.asks"), Text("guide.asks_short"))
            }
            _ if self.step() == Step::Done => last(),
            _ if self.step() == Step::Undo => {
                say(Some(Step::Undo), Text("guide.undo"), Text("guide.undo_short"))
            }
            Context::Customers | Context::Card if self.step() == Step::Open && !layer.is_typing() => {
                say(None, Text("guide.from_here"), Text("guide.from_here_short"))
            }
            _ if layer.is_typing() => say(None, Text("guide.waits_typing"), Text("guide.waits_typing_short")),
            _ => say(None, Text("guide.waits"), Text("guide.waits_short")),
        }
    }

    fn on_a_day(&self, place: Place, has_row: bool, session: &Session) -> Said {
        let say = |step, text, short| Said { step: Some(step), text, short, keys: Context::Today };
        let sends = session.playbook().is_none_or(|playbook| !playbook.materials.is_empty());
        match self.step() {
            Step::Open | Step::Mark | Step::Outcome => match place.lane {
                Some(Lane::Call) if has_row => say(Step::Open, Text("guide.open"), Text("guide.open_short")),
                Some(Lane::Call) | None => {
                    say(Step::Open, Text("guide.no_call"), Text("guide.no_call_short"))
                }
                Some(_) => say(Step::Open, Text("guide.to_calls"), Text("guide.to_calls_short")),
            },
            Step::Undo => say(Step::Undo, Text("guide.undo"), Text("guide.undo_short")),
            Step::Done => last(),
            _ if !sends => last(),
            _ if !place.is_material() => {
                say(Step::Show, Text("guide.to_materials"), Text("guide.to_materials_short"))
            }
            _ if has_row => say(Step::Show, Text("guide.show"), Text("guide.show_short")),
            _ => say(Step::Show, Text("guide.no_material"), Text("guide.no_material_short")),
        }
    }

    fn in_a_call(&self, typing: bool) -> Said {
        let say = |step, text, short| Said { step: Some(step), text, short, keys: Context::Call };
        match self.step() {
            step @ (Step::Open | Step::Mark | Step::Outcome) if typing => {
                say(step.max(Step::Mark), Text("guide.note"), Text("guide.note_short"))
            }
            Step::Open | Step::Mark => say(Step::Mark, Text("guide.mark"), Text("guide.mark_short")),
            Step::Outcome => say(Step::Outcome, Text("guide.outcome"), Text("guide.outcome_short")),
            Step::Undo => say(Step::Undo, Text("guide.undo"), Text("guide.undo_short")),
            Step::Done => last(),
            step if self.done.contains(&Deed::Undone) => {
                say(step, Text("guide.undone"), Text("guide.back_short"))
            }
            step => say(step, Text("guide.passed"), Text("guide.back_short")),
        }
    }

    /// Over the text of a material or a coupon, whichever step it comes at.
    fn before_sending(&self, place: Place) -> Said {
        let say = |step, text, short| Said { step, text, short, keys: Context::Preview };
        let copied = self.done.contains(&Deed::Copied);
        match self.step() {
            Step::Done => say(None, Text("guide.sent"), Text("guide.sent_short")),
            _ if !place.is_material() => say(None, Text("guide.coupon"), Text("guide.coupon_short")),
            _ if self.done.contains(&Deed::Sent) => {
                say(None, Text("guide.sent_before"), Text("guide.sent_short"))
            }
            _ if copied => say(Some(Step::Send), Text("guide.send"), Text("guide.send_short")),
            _ => say(Some(Step::Copy), Text("guide.copy"), Text("guide.copy_short")),
        }
    }
}

/// The last words.
const fn last() -> Said {
    Said {
        step: Some(Step::Done),
        text: Text("guide.done"),
        short: Text("guide.done_short"),
        keys: Context::Today,
    }
}

/// What a write is on the way, made where the person was.
fn deed(write: &Write, place: Place) -> Option<Deed> {
    match &write.change {
        Change::Undo { .. } => Some(Deed::Undone),
        Change::Work(WorkChange::Send { .. }) => Some(Deed::Sent),
        Change::Work(WorkChange::Log(_)) if place.context != Context::Preview => Some(Deed::Saved),
        Change::Work(WorkChange::Log(_)) if place.is_material() => Some(Deed::Sent),
        _ => None,
    }
}
