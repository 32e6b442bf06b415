//! A locked screen: nothing of the work is shown, and no key acts on it, until the person is back.
//!
//! It locks when no key came for so long ([`Locking::after`]), when the person says so, and at the start where a PIN is asked
//! for ([`Locking::at_start`]). It is no layer: what lies under it goes on, takes answers and news in, and may change the
//! stack of layers as it likes, while nothing of it is drawn. A call stays open, a draft is kept.
//!
//! The way back is the person's PIN, or `Enter` where none was set. What is typed is never drawn; whether it is right is found
//! out by whoever runs the session ([`Effect::Prove`]), and until that is known keys wait in line. Which way it is has to be
//! asked too: where no answer comes the screen stays locked.

mod view;

use std::time::Duration;

use crate::app::ahead::Pressed;
use crate::app::event::{Effect, Event, Ticket};
use crate::app::speak::time;
use crate::app::{Act, App, Context, Meaning, trouble};
use crate::domain::secret::Secret;
use crate::domain::time::Timestamp;
use crate::input::{Edit, Input};
use crate::store::StoreError;
use crate::store::query::{Answer, Query, SignInAnswer, SignInAsk};
use crate::text::Text;

/// Digits of the longest PIN; more are not taken in.
pub const LONGEST: usize = 12;

/// When a screen locks by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Locking {
    /// After so long without a key; `None` for never.
    pub after: Option<Duration>,
    /// At the start: a PIN is asked for, and who has none does not come in.
    pub at_start: bool,
}

impl Locking {
    /// After so many minutes; never where that is none.
    pub fn after(minutes: i64) -> Self {
        let minutes = u64::try_from(minutes).ok().filter(|minutes| *minutes > 0);
        Self { after: minutes.map(Duration::from_mins), at_start: false }
    }
}

/// What came of a PIN.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// It is the person's.
    Right,
    /// It is not.
    Wrong,
    /// It was not looked at: there were too many wrong ones. Looked at again from this instant on.
    Locked(Timestamp),
    /// It could not be looked at.
    Failed,
}

/// How the person comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// That has to be asked.
    Unknown,
    /// By a key.
    Key,
    /// By the PIN.
    Pin,
    /// Not at all: a PIN is asked for, and there is none.
    Nohow,
}

/// A screen that is locked.
#[derive(Debug)]
pub(super) struct Lock {
    since: Timestamp,
    is_start: bool,
    way: Way,
    typed: String,
    /// The question for the way back that is under way.
    asked: Option<Ticket>,
    /// The PIN that is being looked at.
    proving: Option<Ticket>,
    /// What was said last.
    said: Option<String>,
}

impl App {
    /// Whether the screen is locked.
    pub const fn is_locked(&self) -> bool {
        self.lock.is_some()
    }

    /// Locks the screen, where somebody is signed in.
    pub(super) fn lock(&mut self, is_start: bool, effects: &mut Vec<Effect>) {
        if self.lock.is_some() || self.session.me.is_none() {
            return;
        }
        self.lock = Some(Lock {
            since: self.session.now,
            is_start,
            way: Way::Unknown,
            typed: String::new(),
            asked: None,
            proving: None,
            said: None,
        });
        self.session.notice = None;
        self.dirty = true;
        self.ask_way(effects);
    }

    /// Locks the screen where no key came for too long.
    pub(super) fn lock_if_idle(&mut self, effects: &mut Vec<Effect>) {
        let idle = self.session.now.since(self.pressed);
        let is_over = |after: Duration| u128::try_from(idle).is_ok_and(|idle| idle >= after.as_millis());
        if self.session.locking.after.is_some_and(is_over) {
            self.lock(false, effects);
        }
    }

    /// Whether keys wait for what comes of a PIN.
    pub(super) fn is_proving(&self) -> bool {
        self.lock.as_ref().is_some_and(|lock| lock.proving.is_some())
    }

    /// Takes in what was pressed on a locked screen.
    pub(super) fn press_locked(&mut self, input: &Input, effects: &mut Vec<Effect>) {
        let Some(lock) = &mut self.lock else { return };
        // a PIN is typed: nothing here is pointed at, and what the clipboard holds is nobody's secret
        let Input::Key(key) = *input else { return };
        let meaning = self.session.keymap.meaning(Context::Lock, key, true);
        if lock.proving.is_some() && meaning != Meaning::Act(Act::Interrupt) {
            // where the PIN is right these are meant for what it opens
            return self.stand_in_line(Pressed::Key(key), effects);
        }
        lock.said = None;
        self.dirty = true;
        if meaning != Meaning::Act(Act::Interrupt) {
            self.asked = false;
        }
        match meaning {
            Meaning::Act(Act::Interrupt) => self.leave_locked(effects),
            Meaning::Act(Act::Refresh) => effects.push(Effect::Redraw),
            Meaning::Act(Act::Accept) => self.accept_locked(effects),
            Meaning::Act(Act::Back) => lock.typed.clear(),
            Meaning::Edit(edit) if lock.way == Way::Pin || lock.way == Way::Unknown => lock.edit(edit),
            _ => {}
        }
        if self.lock.as_ref().is_some_and(|lock| lock.way == Way::Unknown && lock.asked.is_none()) {
            self.ask_way(effects);
        }
    }

    /// Takes in an answer that is the lock's; whether it was.
    pub(super) fn answered_locked(&mut self, ticket: Ticket, answer: &Result<Answer, StoreError>) -> bool {
        let Some(lock) = self.lock.as_mut().filter(|lock| lock.asked == Some(ticket)) else { return false };
        lock.asked = None;
        self.dirty = true;
        match answer {
            Ok(Answer::SignIn(SignInAnswer::HasPin(true))) => lock.way = Way::Pin,
            Ok(Answer::SignIn(SignInAnswer::HasPin(false))) if lock.is_start => lock.way = Way::Nohow,
            Ok(Answer::SignIn(SignInAnswer::HasPin(false))) => {
                lock.way = Way::Key;
                lock.typed.clear();
            }
            _ => lock.said = Some(self.session.words.say(Text("lock.failed")).to_owned()),
        }
        true
    }

    /// Takes in what came of a PIN.
    pub(super) fn proved(&mut self, ticket: Ticket, proof: Proof) {
        let Some(lock) = self.lock.as_mut().filter(|lock| lock.proving == Some(ticket)) else { return };
        lock.proving = None;
        self.dirty = true;
        let words = &self.session.words;
        let said = match proof {
            Proof::Right => return self.unlock(),
            Proof::Wrong => words.say(Text("lock.wrong")).to_owned(),
            Proof::Locked(until) => {
                words.fill(Text("lock.out"), &[("until", &time::when(&self.session, until))])
            }
            Proof::Failed => words.say(Text("lock.failed")).to_owned(),
        };
        lock.said = Some(said);
        // what was typed on was meant for what a right one would have opened
        self.forget_line();
    }

    fn unlock(&mut self) {
        self.lock = None;
        self.pressed = self.session.now;
        self.dirty = true;
    }

    fn ask_way(&mut self, effects: &mut Vec<Effect>) {
        let ticket = self.session.ticket();
        let user = self.session.user();
        if let Some(lock) = &mut self.lock {
            lock.asked = Some(ticket);
            effects.push(Effect::Read(ticket, Query::SignIn(SignInAsk::HasPin(user))));
        }
    }

    fn accept_locked(&mut self, effects: &mut Vec<Effect>) {
        let ticket = self.session.ticket();
        let Some(lock) = &mut self.lock else { return };
        match lock.way {
            Way::Key => self.unlock(),
            Way::Pin if !lock.typed.is_empty() => {
                lock.proving = Some(ticket);
                effects.push(Effect::Prove(ticket, Secret::new(std::mem::take(&mut lock.typed))));
            }
            Way::Pin | Way::Unknown | Way::Nohow => {}
        }
    }

    /// Leaves, after a word where something would be lost.
    fn leave_locked(&mut self, effects: &mut Vec<Effect>) {
        if let Some(words) = trouble::before_leaving(&self.session, Act::Interrupt)
            && !std::mem::replace(&mut self.asked, true)
        {
            if let Some(lock) = &mut self.lock {
                lock.said = Some(words);
            }
            return;
        }
        self.quit = true;
        effects.push(Effect::Quit);
    }
}

/// Whether an event says that somebody is there.
pub(super) const fn is_pressed(event: &Event) -> bool {
    matches!(event, Event::Input(Input::Key(_) | Input::Mouse(_) | Input::Paste(_)))
}

impl Lock {
    fn edit(&mut self, edit: Edit) {
        match edit {
            Edit::Type(character) => {
                if let Some(digit) = digit(character)
                    && self.typed.len() < LONGEST
                {
                    self.typed.push(digit);
                }
            }
            Edit::Backspace => {
                self.typed.pop();
            }
            Edit::DeleteToStart | Edit::DeleteWord => self.typed.clear(),
            _ => {}
        }
    }
}

/// A digit, as an input method for Chinese may write it too.
pub fn digit(character: char) -> Option<char> {
    match character {
        '0'..='9' => Some(character),
        '０'..='９' => char::from_u32(u32::from(character) - u32::from('０') + u32::from('0')),
        _ => None,
    }
}
