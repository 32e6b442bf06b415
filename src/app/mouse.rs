//! The mouse: a click does what a key on what was drawn there would do.

use ratatui::layout::Position;

use crate::app::ahead::Pressed;
use crate::app::point::{Part, Spot, Stamp};
use crate::app::{Act, App, Context, Effect, Event, Notice};
use crate::input::{Key, Mouse, MouseKind};
use crate::text::Text;

/// Rows that one step of the wheel moves by.
const STEP: isize = 3;

impl App {
    /// What the notes of a frame are made for.
    pub(super) fn stamp(&self) -> Option<Stamp> {
        let layer = self.layers.last()?;
        Some(Stamp { layers: self.layers.len(), context: layer.context() })
    }

    /// The mouse was used.
    pub(super) fn mouse(&mut self, mouse: Mouse, effects: &mut Vec<Effect>) {
        let place = Position { x: mouse.x, y: mouse.y };
        let stamp = self.stamp();
        match mouse.kind {
            MouseKind::Click => {
                if let Some(spot) = self.session.hits.spot(place, stamp) {
                    self.press(Pressed::Click(spot, stamp), effects);
                }
            }
            MouseKind::ScrollDown | MouseKind::ScrollUp => {
                let by = if mouse.kind == MouseKind::ScrollDown { STEP } else { -STEP };
                if let Some(part) = self.session.hits.part(place, stamp) {
                    self.turn(part, by, effects);
                }
            }
        }
    }

    pub(super) fn click(&mut self, spot: Spot, effects: &mut Vec<Effect>) {
        let again = self.clicked.take() == Some(spot);
        match spot {
            Spot::Nothing => {}
            Spot::Act(act) => self.press_for(act, effects),
            Spot::Key(key) => self.tap(key, effects),
            Spot::Part(_) => {
                self.session.notice = None;
                self.point(spot, effects);
            }
            Spot::Row(..) => {
                self.session.notice = None;
                // a row that has gone meanwhile is not opened in the place of another
                if !self.point(spot, effects) {
                    return;
                }
                if again {
                    self.open(effects);
                } else {
                    self.clicked = Some(spot);
                }
            }
        }
    }

    /// Opens what is selected, as the key for it does.
    fn open(&mut self, effects: &mut Vec<Effect>) {
        let acts = |act: Act| self.acts().any(|other| other == act);
        if let Some(act) = [Act::Start, Act::Accept].into_iter().find(|act| acts(*act)) {
            self.press_for(act, effects);
        }
    }

    fn acts(&self) -> impl Iterator<Item = Act> {
        let context = self.context().unwrap_or(Context::SignIn);
        self.session.keymap.of(context).map(|action| action.act)
    }

    /// Presses the key of an action; one that has none is done all the same.
    fn press_for(&mut self, act: Act, effects: &mut Vec<Effect>) {
        if !self.acts().any(|other| other == act) {
            return;
        }
        let key = self.context().and_then(|context| self.session.keymap.key(context, act));
        match key {
            Some(key) => self.tap(key, effects),
            None => self.press_first(act, effects),
        }
    }

    /// Presses a key, unless it would be text: what was pointed at is no text.
    fn tap(&mut self, key: Key, effects: &mut Vec<Effect>) {
        let typing = self.layers.last().is_some_and(|layer| layer.is_typing());
        if !typing || key.typed().is_none() {
            self.press(Pressed::Key(key), effects);
        }
    }

    /// Offers what was pointed at to the top layer; whether it was there.
    fn point(&mut self, spot: Spot, effects: &mut Vec<Effect>) -> bool {
        self.offer_top(&Event::Pointed(spot), effects)
    }

    /// Scrolls a part; a layer that has but one goes by its rows.
    fn turn(&mut self, part: Part, by: isize, effects: &mut Vec<Effect>) {
        if self.offer_top(&Event::Turned(part, by), effects) {
            return;
        }
        let act = if by > 0 { Act::Down } else { Act::Up };
        if self.acts().any(|other| other == act) {
            for _ in 0..by.unsigned_abs() {
                self.offer_top(&Event::Act(act), effects);
            }
        }
    }

    /// Gives the mouse to the terminal, or takes it back.
    pub(super) fn pointer(&mut self, effects: &mut Vec<Effect>) {
        self.session.mouse = !self.session.mouse;
        effects.push(Effect::Pointer(self.session.mouse));
        let context = self.context().unwrap_or(Context::SignIn);
        let told = if self.session.mouse { Text("notice.pointer_on") } else { Text("notice.pointer_off") };
        self.session.notice = Some(Notice::done(self.session.keyed(context, told, &[])));
        self.dirty = true;
    }
}
