//! A session over a test's own floor: what it asks is answered by the store, what it writes is written.

use std::sync::Arc;

use corral::app::keymap::Keymap;
use corral::app::{App, Effect, Event, Layer, Session};
use corral::domain::id::UserId;
use corral::input::{Input, Size, keys};
use corral::store::query::{Answer, Query};
use corral::text::{Lang, Words};
use corral::theme::{Manner, Theme};
use corral::widget::screen_text;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::floor::Floor;

/// Somebody at work, with the keys under the fingers.
pub struct Seat {
    pub floor: Floor,
    pub app: App,
}

impl Seat {
    /// A session of a user that begins on a screen.
    pub fn new(
        mut floor: Floor,
        by: UserId,
        layer: impl Layer + 'static,
        (lang, manner): (Lang, Manner),
    ) -> Self {
        let theme = Theme::default().drawn(manner);
        let mut session =
            Session::new(Arc::new(Words::new(lang)), Arc::new(theme), Arc::new(Keymap::default()), 9);
        session.now = floor.now();
        match floor.read(&Query::Me(by)).unwrap() {
            Answer::Me(me) => session.enter(*me),
            other => panic!("{other:?}"),
        }
        let mut seat = Self { app: App::new(session, Box::new(layer)), floor };
        let effects = seat.app.start(seat.floor.now());
        seat.perform(effects);
        seat
    }

    /// Presses keys.
    pub fn play(&mut self, text: &str) {
        for key in keys(text).unwrap() {
            self.event(Event::Input(Input::Key(key)));
        }
    }

    /// Gives the session an event, and what comes of it.
    pub fn event(&mut self, event: Event) {
        let effects = self.app.update(event, self.floor.now());
        self.perform(effects);
    }

    fn perform(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Read(ticket, query) => {
                    let answer = self.floor.read(&query);
                    self.event(Event::Answered(ticket, answer));
                }
                Effect::Write(write) => {
                    let made = self.floor.db.write(&write);
                    self.event(Event::Written(write.id, made));
                }
                _ => {}
            }
        }
    }

    /// What is on a screen of this size.
    pub fn screen(&mut self, width: u16, height: u16) -> String {
        self.event(Event::Input(Input::Resize(Size::clamped(width, height))));
        let area = Rect::new(0, 0, width, height);
        let mut buf = Buffer::empty(area);
        self.app.render(area, &mut buf);
        screen_text(&buf)
    }
}
