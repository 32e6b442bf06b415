//! Type-ahead: a key that was pressed before what decides it is there waits for it (product.md, law 2).
//!
//! A layer says which keys depend on an answer or a result that is still under way ([`Layer::waits`]): the outcome of a
//! record whose card is being read, `Enter` in a list whose rows are being looked for, any key while a form is being saved.
//! From the first such key on all keys wait in line, so that they act in the order they were pressed, on what the first of
//! them waits for. The line moves as soon as the answer is there, mostly before the next frame.
//!
//! Where the answer is a failure, where a form stays open because its change was refused, or where nothing can be saved at
//! the moment, the keys in line would act on something else than what they were pressed for: they are put away, and that
//! is said. After a second in line the person is told that keys wait, and the key that interrupts puts them away.
//!
//! [`Layer::waits`]: crate::app::Layer::waits

use std::collections::VecDeque;
use std::time::Duration;

use crate::app::point::{Spot, Stamp};
use crate::app::{Act, App, Effect, Event, Meaning, Notice, View};
use crate::input::{Input, Key};
use crate::text::Text;

/// Keys that may wait; more than a person types in a minute.
const MOST: usize = 512;
/// How long keys wait before the person is told.
const TOLD_AFTER: Duration = Duration::from_secs(1);

/// Something pressed that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Pressed {
    Act(Act),
    Click(Spot, Option<Stamp>),
    Key(Key),
    Paste(String),
}

/// The line of what was pressed.
#[derive(Debug, Default)]
pub(super) struct Line {
    pressed: VecDeque<Pressed>,
    /// Whether the app has asked to be woken for this line.
    waking: bool,
}

impl App {
    /// What a key means now: an action of the top layer, an edit of its text field, or itself.
    pub(super) fn event_of(&self, key: Key) -> Event {
        match self.meaning_below(key) {
            Some(Meaning::Act(act)) => Event::Act(act),
            Some(Meaning::Edit(edit)) => Event::Edit(edit),
            Some(Meaning::Other) | None => Event::Input(Input::Key(key)),
        }
    }

    /// Does what was pressed, or puts it in line.
    pub(super) fn press(&mut self, pressed: Pressed, effects: &mut Vec<Effect>) {
        let interrupts = match pressed {
            Pressed::Key(key) => matches!(self.event_of(key), Event::Act(Act::Interrupt)),
            _ => false,
        };
        if interrupts && !self.line.pressed.is_empty() {
            self.put_away(Text("ahead.interrupted"));
        } else if !self.line.pressed.is_empty() || self.must_wait(&pressed) {
            self.stand_in_line(pressed, effects);
        } else {
            self.act_on(pressed, effects);
        }
    }

    /// Does what an action asks for before anything that waits: what chose it was pressed before.
    pub(super) fn press_first(&mut self, act: Act, effects: &mut Vec<Effect>) {
        if self.must_wait(&Pressed::Act(act)) {
            self.line.pressed.push_front(Pressed::Act(act));
            self.tell_line(effects);
        } else {
            self.act_on(Pressed::Act(act), effects);
        }
    }

    /// Moves the line on as far as it goes.
    pub(super) fn move_on(&mut self, effects: &mut Vec<Effect>) {
        while let Some(first) = self.line.pressed.front() {
            if self.quit || self.is_proving() || self.must_wait(first) {
                break;
            }
            let Some(first) = self.line.pressed.pop_front() else { break };
            self.act_on(first, effects);
        }
        if self.line.pressed.is_empty() {
            self.session.ahead = None;
        }
    }

    /// What the line waits for has failed, or will not come for a while: the keys that would act on something else now are
    /// put away. Does nothing where the first of them still waits for something.
    pub(super) fn give_up(&mut self, why: Text) {
        let over = self.line.pressed.front().is_some_and(|first| !self.must_wait(first));
        if over {
            self.put_away(why);
        }
    }

    /// The time after which the person is told that keys wait.
    pub(super) fn woken(&mut self) {
        self.line.waking = false;
        if !self.line.pressed.is_empty() {
            self.session.ahead = Some(self.line.pressed.len());
            self.dirty = true;
        }
    }

    /// Puts away what waits, and says nothing of it.
    pub(super) fn forget_line(&mut self) {
        self.line.pressed.clear();
        self.session.ahead = None;
    }

    pub(super) fn stand_in_line(&mut self, pressed: Pressed, effects: &mut Vec<Effect>) {
        if self.line.pressed.len() >= MOST {
            effects.push(Effect::Bell);
            return;
        }
        self.line.pressed.push_back(pressed);
        self.tell_line(effects);
    }

    fn tell_line(&mut self, effects: &mut Vec<Effect>) {
        if self.session.ahead.is_some() {
            self.session.ahead = Some(self.line.pressed.len());
            self.dirty = true;
        } else if !std::mem::replace(&mut self.line.waking, true) {
            effects.push(Effect::Wake(TOLD_AFTER));
        }
    }

    /// Puts away what waits, and says so.
    pub(super) fn put_away(&mut self, why: Text) {
        let count = self.line.pressed.len();
        if count == 0 {
            return;
        }
        self.line.pressed.clear();
        self.session.ahead = None;
        let words = &self.session.words;
        let away = words.fill(Text("ahead.put_away"), &[("n", &count), ("why", &words.say(why))]);
        // what went wrong was said already and is kept: the keys are what follows from it
        let said = match &self.session.notice {
            Some(notice) if notice.refused => format!("{} · {away}", notice.text),
            _ => away,
        };
        self.session.notice = Some(Notice::refused(said));
        self.dirty = true;
    }

    fn must_wait(&self, pressed: &Pressed) -> bool {
        let Some(layer) = self.layers.last() else { return false };
        let view = View { session: &self.session };
        match pressed {
            Pressed::Act(act) => layer.waits(&Event::Act(*act), &view),
            Pressed::Key(key) => layer.waits(&self.event_of(*key), &view),
            Pressed::Paste(text) => layer.waits(&Event::Input(Input::Paste(text.clone())), &view),
            // what is pointed at is there; what it opens waits for itself
            Pressed::Click(..) => false,
        }
    }

    fn act_on(&mut self, pressed: Pressed, effects: &mut Vec<Effect>) {
        self.session.begin_deed();
        match pressed {
            Pressed::Act(act) => self.chosen(act, effects),
            Pressed::Click(spot, stamp) if stamp == self.stamp() => self.click(spot, effects),
            Pressed::Click(..) => {}
            Pressed::Key(key) => self.key(key, effects),
            Pressed::Paste(text) => self.offer(&Event::Input(Input::Paste(text)), effects),
        }
    }
}
