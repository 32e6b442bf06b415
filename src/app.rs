//! Session state, layers, actions, undo and notices: the pure half of the program.
//!
//! [`App::update`] takes an [`Event`] and the time, and answers with [`Effect`]s; it never waits, locks, or reads a clock.
//! [`App::render`] draws a snapshot. Whoever runs the session (`runtime`, a test) performs the effects and feeds back
//! what comes of them. A test is `(state, keys) → (state, effects)`.
//!
//! The screen is a stack of [`Layer`]s: one screen at the bottom, then what was opened over it. A key goes to the action
//! table first ([`action`]): if the top layer's context has an action on that key, the layer gets the action; otherwise it
//! gets the key. In a text field printable keys are text before they are anything else, and come as an [`Event::Edit`].
//! A key whose meaning hangs on an answer that is under way waits for it (`app::ahead`).

pub mod action;
mod ahead;
pub mod amount;
pub mod cx;
pub mod event;
pub mod good_news;
pub mod guide;
pub mod health;
pub mod keymap;
pub mod layer;
pub mod lock;
mod mouse;
pub mod open;
pub mod past;
pub mod pay;
pub mod pk;
pub mod point;
pub mod reach;
pub mod session;
pub mod speak;
pub mod trouble;
pub mod whisper;
pub mod worth;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

pub use action::{Act, Context};
pub use cx::{Cx, Notice, Order};
pub use event::{Effect, Event, Ticket};
pub use keymap::Meaning;
pub use layer::{Flow, Layer, View};
pub use point::{Part, Spot};
pub use session::Session;
pub use trouble::Troubles;

use crate::app::ahead::Pressed;
use crate::domain::time::Timestamp;
use crate::input::{Input, Key};
use crate::store::StoreError;
use crate::store::change::Write;
use crate::store::query::{Answer, Query};
use crate::text::Text;
use crate::widget::{self, plain, shape};

/// One session: what is known of it and what is on its screen.
pub struct App {
    session: Session,
    layers: Vec<Box<dyn Layer>>,
    /// The row that the last click selected.
    clicked: Option<Spot>,
    dirty: bool,
    quit: bool,
    /// Whether the person was asked about unsaved work and may leave with the next key.
    asked: bool,
    /// What was pressed and waits.
    line: ahead::Line,
    /// When a key came last.
    pressed: Timestamp,
    /// What is shown instead of everything while the person is away.
    lock: Option<lock::Lock>,
}

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("App")
            .field("layers", &self.layers.len())
            .field("dirty", &self.dirty)
            .finish_non_exhaustive()
    }
}

impl App {
    /// A session that begins with one layer.
    pub fn new(session: Session, first: Box<dyn Layer>) -> Self {
        let pressed = session.now;
        Self {
            session,
            layers: vec![first],
            clicked: None,
            dirty: true,
            quit: false,
            asked: false,
            line: ahead::Line::default(),
            pressed,
            lock: None,
        }
    }

    /// Tells the first layer that it is on screen; call once, before the first event.
    pub fn start(&mut self, now: Timestamp) -> Vec<Effect> {
        self.session.now = now;
        self.pressed = now;
        let mut effects = Vec::new();
        self.offer(&Event::Shown, &mut effects);
        if self.session.locking.at_start {
            self.lock(true, &mut effects);
        }
        effects
    }

    /// Takes an event in and says what is to be done.
    pub fn update(&mut self, event: Event, now: Timestamp) -> Vec<Effect> {
        self.session.now = now;
        let mut effects = Vec::new();
        if lock::is_pressed(&event) {
            self.pressed = now;
        }
        // nothing that goes on under it is to be seen
        let unseen = self.is_locked().then_some(self.dirty);
        let resized = matches!(event, Event::Input(Input::Resize(_)));
        match event {
            Event::Input(ref input @ (Input::Key(_) | Input::Paste(_) | Input::Mouse(_)))
                if self.is_locked() =>
            {
                self.press_locked(input, &mut effects);
                return self.locked(effects);
            }
            Event::Proved(ticket, proof) => {
                self.proved(ticket, proof);
                return self.locked(effects);
            }
            Event::Answered(ticket, ref answer) if self.answered_locked(ticket, answer) => return effects,
            Event::Input(Input::Key(key)) => self.press(Pressed::Key(key), &mut effects),
            Event::Input(Input::Paste(text)) => self.press(Pressed::Paste(text), &mut effects),
            Event::Input(Input::Mouse(mouse)) => self.mouse(mouse, &mut effects),
            Event::Input(Input::Resize(size)) => {
                self.session.size = size;
                self.dirty = true;
            }
            Event::Written(id, result) => {
                self.written(id, &result, &mut effects);
                let stays = result.is_err() && self.layers.last().is_some_and(|layer| layer.saves(id));
                self.offer_all(&Event::Written(id, result), &mut effects);
                if stays {
                    self.put_away(Text("ahead.refused"));
                }
            }
            Event::Answered(_, Err(_)) => {
                self.offer_all(&event, &mut effects);
                self.give_up(Text("ahead.failed"));
            }
            Event::Woken => {
                self.woken();
                self.offer_all(&event, &mut effects);
            }
            Event::Minute => {
                self.offer_all(&event, &mut effects);
                self.lock_if_idle(&mut effects);
            }
            Event::Committed(_) | Event::Answered(..) => self.offer_all(&event, &mut effects),
            other => self.offer(&other, &mut effects),
        }
        self.move_on(&mut effects);
        self.session.in_call = self.open_call().is_some();
        self.guided(&effects);
        if let Some(before) = unseen.filter(|_| !resized) {
            self.dirty = before;
        }
        effects
    }

    /// Goes on after something that was the lock's: where it has gone, with the keys that waited for that.
    fn locked(&mut self, mut effects: Vec<Effect>) -> Vec<Effect> {
        if !self.is_locked() {
            self.move_on(&mut effects);
            self.guided(&effects);
        }
        effects
    }

    /// Has the guide follow what was done.
    fn guided(&mut self, effects: &[Effect]) {
        let Some(place) = self.layers.last().map(|layer| guide::Place::of(layer.as_ref())) else { return };
        self.session.guide.follow(place, effects);
    }

    /// Draws the session; answers where the caret is.
    pub fn render(&self, area: Rect, buf: &mut Buffer) -> Option<Position> {
        let view = View { session: &self.session };
        let (words, theme) = (&self.session.words, &self.session.theme);
        if !shape::is_enough(area) {
            let said = words.fill(Text("common.too_small"), &[("w", &area.width), ("h", &area.height)]);
            shape::too_small(area, &said, buf, theme);
            plain(buf, theme.manner());
            return None;
        }
        if let Some(lock) = &self.lock {
            self.session.hits.begin(None);
            let caret = lock.render(area, buf, &self.session);
            plain(buf, theme.manner());
            return caret;
        }
        // a layer that covers everything hides what is under it: begin at the topmost of those
        let from = self.layers.iter().rposition(|layer| layer.covers()).unwrap_or(0);
        let mut caret = None;
        self.session.hits.begin(self.stamp());
        for layer in self.layers.iter().skip(from) {
            // what lies under a dialog cannot be pointed at
            self.session.hits.clear();
            caret = layer.render(area, buf, &view);
        }
        if let Some(notice) = trouble::said(&self.session) {
            let text = notice.text.as_str();
            let said =
                if notice.refused { widget::Notice::refused(text) } else { widget::Notice::done(text) };
            let place = said.render(area, buf, theme);
            // read aloud: a refusal is all that has changed, so the caret goes there until the next key
            if self.session.notice.is_some() && notice.refused && theme.manner().is_spoken() {
                caret = place.or(caret);
            }
        }
        plain(buf, theme.manner());
        caret
    }

    /// Whether something changed since the last call; the caller draws when it did.
    pub const fn take_dirty(&mut self) -> bool {
        std::mem::replace(&mut self.dirty, false)
    }

    /// Whether the session is over.
    pub const fn is_over(&self) -> bool {
        self.quit
    }

    /// What is known of the session.
    pub const fn session(&self) -> &Session {
        &self.session
    }

    /// Says something on the status line, for whoever performs effects.
    pub fn say(&mut self, notice: Notice) {
        self.session.notice = Some(notice);
        self.dirty = true;
    }

    /// Says what is wrong outside the session, or that nothing is any more.
    pub fn set_troubles(&mut self, troubles: Troubles) {
        if self.session.troubles != troubles {
            self.session.troubles = troubles;
            self.dirty = true;
            // what can be saved only later is no longer waited for
            self.give_up(Text("ahead.unsaved"));
        }
    }

    /// Takes over writes that an earlier session could not save: they are under way again.
    pub fn take_over(&mut self, writes: &[Write]) {
        self.session.pending += writes.len();
        self.session.waiting.extend(writes.iter().map(|write| (write.id, write.change.task())));
    }

    /// The call that is open, under whatever lies over it.
    pub fn open_call(&self) -> Option<open::Open> {
        self.layers.iter().rev().find_map(|layer| layer.open())
    }

    /// The context of the top layer, for tests and the key hints.
    pub fn context(&self) -> Option<Context> {
        if self.is_locked() {
            return Some(Context::Lock);
        }
        self.layers.last().map(|layer| layer.context())
    }

    /// What a key means where it goes: to the top layer, or to the lock.
    pub fn meaning(&self, key: Key) -> Option<Meaning> {
        if self.is_locked() {
            return Some(self.session.keymap.meaning(Context::Lock, key, true));
        }
        self.meaning_below(key)
    }

    /// What a key means to the top layer.
    fn meaning_below(&self, key: Key) -> Option<Meaning> {
        let layer = self.layers.last()?;
        Some(self.session.keymap.meaning(layer.context(), key, layer.is_typing()))
    }

    fn key(&mut self, key: Key, effects: &mut Vec<Effect>) {
        let event = self.event_of(key);
        self.clicked = None;
        self.session.notice = None;
        self.asked &= matches!(event, Event::Act(Act::Quit | Act::Interrupt));
        if let Event::Act(act) = event
            && let Err(reason) = self.offers(act)
        {
            let words = self.session.words.say(reason).to_owned();
            self.session.notice = Some(Notice::refused(words));
            self.dirty = true;
            return;
        }
        self.offer(&event, effects);
    }

    fn offers(&self, act: Act) -> Result<(), Text> {
        let view = View { session: &self.session };
        self.layers.last().map_or(Ok(()), |layer| layer.offers(act, &view))
    }

    /// Offers an event to the top layer, then to those under it until one uses it; what nobody uses is the app's.
    fn offer(&mut self, event: &Event, effects: &mut Vec<Effect>) {
        let mut orders = Vec::new();
        let mut used = false;
        if let Some(top) = self.layers.last()
            && let Event::Act(act) = event
        {
            self.session.context = top.context();
            self.session.guide.acted(*act, top.context());
        }
        for layer in self.layers.iter_mut().rev() {
            let mut cx = Cx::new(&mut self.session, effects, &mut orders);
            if layer.update(event, &mut cx) == Flow::Used {
                used = true;
                break;
            }
            // only what is meant for everybody goes through a dialog to what is under it
            if !matches!(event, Event::Act(_)) {
                break;
            }
        }
        self.dirty = true;
        if !used && let Event::Act(act) = event {
            self.common(*act, effects, &mut orders);
        }
        self.obey(orders, effects);
    }

    /// Offers an event to the top layer alone; whether it used it.
    fn offer_top(&mut self, event: &Event, effects: &mut Vec<Effect>) -> bool {
        let Some(layer) = self.layers.last_mut() else { return false };
        let mut orders = Vec::new();
        let flow = layer.update(event, &mut Cx::new(&mut self.session, effects, &mut orders));
        self.dirty = true;
        self.obey(orders, effects);
        flow == Flow::Used
    }

    /// Offers news to every layer.
    fn offer_all(&mut self, event: &Event, effects: &mut Vec<Effect>) {
        let mut orders = Vec::new();
        self.session.in_call = self.open_call().is_some();
        for layer in self.layers.iter_mut().rev() {
            let mut cx = Cx::new(&mut self.session, effects, &mut orders);
            if layer.update(event, &mut cx) == Flow::Used {
                self.dirty = true;
            }
        }
        if let Event::Answered(_, Ok(Answer::Me(me))) = event {
            let is_new = self.session.me.is_none();
            self.session.enter((**me).clone());
            self.dirty = true;
            if is_new && self.session.locking.at_start {
                self.lock(true, effects);
            }
        }
        good_news::follow(event, &mut Cx::new(&mut self.session, effects, &mut orders));
        whisper::follow(event, &mut Cx::new(&mut self.session, effects, &mut orders));
        if let Event::Answered(ticket, answer) = event {
            reach::answered(*ticket, answer, &mut Cx::new(&mut self.session, effects, &mut orders));
        }
        if let Event::Answered(_, Ok(Answer::Gap(gap))) = event {
            self.session.gap = Some(gap.clone());
            self.dirty = true;
        }
        self.obey(orders, effects);
    }

    /// Actions that mean the same everywhere.
    fn common(&mut self, act: Act, effects: &mut Vec<Effect>, orders: &mut Vec<Order>) {
        if act == Act::Pointer {
            return self.pointer(effects);
        }
        let mut cx = Cx::new(&mut self.session, effects, orders);
        match act {
            Act::Quit | Act::Interrupt => {
                if let Some(words) = trouble::before_leaving(cx.session, act)
                    && !std::mem::replace(&mut self.asked, true)
                {
                    cx.say(Notice::refused(words));
                    return;
                }
                self.quit = true;
                effects.push(Effect::Quit);
            }
            Act::Refresh => cx.effect(Effect::Redraw),
            Act::Suspend => cx.effect(Effect::Suspend),
            Act::Undo => {
                cx.undo();
            }
            Act::Lock => {
                // what was pressed after it was not meant for what it hides
                self.forget_line();
                self.lock(false, effects);
            }
            Act::Language => {
                let lang = cx.session.words.lang().other();
                cx.session.set_language(lang);
                cx.effect(Effect::Remember("language".to_owned(), lang.code().to_owned()));
            }
            Act::Guide if cx.session.guide.is_open() => {
                cx.session.guide.close();
                cx.effect(Effect::Remember(guide::SETTING.to_owned(), false.to_string()));
            }
            Act::Guide => cx.session.guide.open(),
            Act::Back if self.layers.len() > 1 => orders.push(Order::Pop),
            _ => {}
        }
    }

    fn written(
        &mut self,
        id: crate::domain::id::WriteId,
        result: &Result<crate::store::change::Commit, StoreError>,
        effects: &mut Vec<Effect>,
    ) {
        let undoing = self.session.past.answered(id);
        let is_quiet = self.session.quiet.remove(&id);
        match result {
            Ok(commit) => {
                if let Some((undone, _)) = commit.effects.undone {
                    self.session.past.forget(undone);
                }
            }
            Err(_) => self.session.past.forget(id),
        }
        self.session.pending = self.session.pending.saturating_sub(1);
        self.session.waiting.remove(&id);
        if self.session.guide.written(id, result.is_ok()) {
            effects.push(Effect::Remember(guide::SETTING.to_owned(), false.to_string()));
        }
        self.dirty = true;
        if is_quiet {
            return;
        }
        let said = match result {
            Ok(commit) => Notice::done(speak::commit(&self.session, commit)),
            Err(error) => {
                effects.push(Effect::Bell);
                Notice::refused(speak::refusal(&self.session, error, undoing))
            }
        };
        // an undo of what was refused a moment ago: why that was refused is what the person needs to read
        let refused_before = undoing && matches!(result, Err(StoreError::NotFound { .. }));
        if !(refused_before && self.session.notice.as_ref().is_some_and(|notice| notice.refused)) {
            self.session.notice = Some(said);
        }
        if let (Ok(_), Some(user)) = (result, self.session.me.as_ref().map(|me| me.user.id)) {
            let ticket = self.session.ticket();
            effects.push(Effect::Read(ticket, Query::Gap { user, now: self.session.now }));
        }
    }

    fn obey(&mut self, orders: Vec<Order>, effects: &mut Vec<Effect>) {
        for order in orders {
            self.dirty = true;
            match order {
                Order::Push(layer) => {
                    self.layers.push(layer);
                    self.offer(&Event::Shown, effects);
                }
                Order::Pop => {
                    if self.layers.len() > 1 {
                        self.layers.pop();
                        self.offer(&Event::Shown, effects);
                    }
                }
                Order::Replace(layer) => {
                    self.layers.clear();
                    self.layers.push(layer);
                    self.offer(&Event::Shown, effects);
                }
                Order::Act(act) => self.press_first(act, effects),
            }
        }
    }

    /// Does an action that was chosen by its name.
    fn chosen(&mut self, act: Act, effects: &mut Vec<Effect>) {
        if let Err(reason) = self.offers(act) {
            let words = self.session.words.say(reason).to_owned();
            self.session.notice = Some(Notice::refused(words));
        } else {
            self.offer(&Event::Act(act), effects);
        }
    }
}
