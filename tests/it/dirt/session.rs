//! A session over a real database, drawn through the real output into an emulated terminal.

use std::num::NonZeroU16;
use std::sync::Arc;

use corral::app::keymap::Keymap;
use corral::app::{App, Effect, Event, Layer, Session};
use corral::domain::id::{CustomerId, UserId};
use corral::input::{Input, Size, keys};
use corral::runtime::output::{Screen, Sync};
use corral::screen::card::Card;
use corral::screen::customers::Customers;
use corral::screen::today::Today;
use corral::store::query::{Answer, Query};
use corral::text::{Lang, Words};
use corral::theme::Theme;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::strings::steers;
use crate::floor::Floor;

const WIDTH: u16 = 120;
const HEIGHT: u16 = 36;

/// A rep's session and the terminal it is on.
pub struct Desk<'f> {
    floor: &'f mut Floor,
    rep: UserId,
    screen: Screen,
    terminal: vt100::Parser,
}

impl<'f> Desk<'f> {
    pub fn new(floor: &'f mut Floor, rep: UserId) -> Self {
        let size = |n| NonZeroU16::new(n).unwrap();
        let terminal = vt100::Parser::new(size(HEIGHT), size(WIDTH), 0);
        Self { floor, rep, screen: Screen::new(Sync::On), terminal }
    }

    /// Shows the card of a customer.
    pub fn show_card(&mut self, customer: CustomerId) {
        let mut app = self.open(Box::new(Card::new(customer)));
        self.draw(&mut app);
    }

    /// Shows the list of customers from its top to its end, and the day.
    pub fn show_lists(&mut self, customers: usize) {
        let mut app = self.open(Box::new(Customers::new()));
        for _ in 0..=customers / 20 {
            self.draw(&mut app);
            self.play(&mut app, "pagedown");
        }
        let mut app = self.open(Box::new(Today::new()));
        for _ in 0..=customers / 20 {
            self.draw(&mut app);
            self.play(&mut app, "pagedown");
        }
    }

    fn open(&mut self, layer: Box<dyn Layer>) -> App {
        let words = Arc::new(Words::new(Lang::Zh));
        let mut session = Session::new(words, Arc::new(Theme::default()), Arc::new(Keymap::default()), 1);
        session.now = self.floor.now();
        let Answer::Me(me) = self.floor.read(&Query::Me(self.rep)).unwrap() else { panic!() };
        session.me = Some(*me);
        let mut app = App::new(session, layer);
        let effects = app.start(self.floor.now());
        self.perform(&mut app, effects);
        self.event(&mut app, Event::Input(Input::Resize(Size::clamped(WIDTH, HEIGHT))));
        app
    }

    fn play(&mut self, app: &mut App, text: &str) {
        for key in keys(text).unwrap() {
            self.event(app, Event::Input(Input::Key(key)));
        }
    }

    fn event(&mut self, app: &mut App, event: Event) {
        let effects = app.update(event, self.floor.now());
        self.perform(app, effects);
    }

    fn perform(&mut self, app: &mut App, effects: Vec<Effect>) {
        for effect in effects {
            if let Effect::Read(ticket, query) = effect {
                let answer = self.floor.read(&query);
                self.event(app, Event::Answered(ticket, answer));
            }
        }
    }

    /// Sends a frame to the terminal and looks at what went out and what stands there.
    fn draw(&mut self, app: &mut App) {
        let area = Rect::new(0, 0, WIDTH, HEIGHT);
        let mut frame = Buffer::empty(area);
        let caret = app.render(area, &mut frame);
        let mut bytes = Vec::new();
        self.screen.draw(frame.clone(), caret, &mut bytes).unwrap();
        let text = String::from_utf8(bytes.clone()).unwrap();
        let left = without_own_sequences(&text);
        if let Some(c) = left.chars().find(|c| steers(*c) || *c == '\n') {
            panic!("{c:?} reaches the terminal in {:?}", around(&left, c));
        }
        self.terminal.process(&bytes);
        assert_aligned(self.terminal.screen(), &frame);
    }
}

/// What stands around a character.
fn around(text: &str, c: char) -> String {
    let at = text.chars().position(|found| found == c).unwrap_or(0);
    text.chars().skip(at.saturating_sub(30)).take(60).collect()
}

/// What is left of a frame when the sequences that a frame is made of are taken out, exactly as they are made.
fn without_own_sequences(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("\x1b[") {
        out.push_str(before);
        let end =
            behind.find(|c: char| !(c.is_ascii_digit() || c == ';' || c == '?')).unwrap_or(behind.len());
        let (parameters, last) = behind.split_at(end);
        let known = match last.chars().next() {
            Some('m' | 'H' | 'C') => !parameters.contains('?'),
            Some('J') => parameters == "2",
            Some('h' | 'l') => ["?2026", "?25"].contains(&parameters),
            _ => false,
        };
        assert!(known, "a sequence that no frame has: {:?}", behind.chars().take(12).collect::<String>());
        rest = last.get(1..).unwrap_or_default();
    }
    out + rest
}

/// Every glyph of which all terminals know how wide it is stands where the frame has it, whatever stood or stands before
/// it in the row. The emulator joins no pictures, as many terminals do not.
fn assert_aligned(screen: &vt100::Screen, frame: &Buffer) {
    for y in 0..frame.area.height {
        let mut x = 0;
        while x < frame.area.width {
            let symbol = frame.cell((x, y)).unwrap().symbol();
            let mut chars = symbol.chars();
            let plain = matches!(
                (chars.next(), chars.next()),
                (Some(' '..='~' | '\u{2500}'..='\u{259F}' | '\u{4E00}'..='\u{9FFF}'), None)
            );
            if plain {
                let shown = screen.cell(y, x).unwrap();
                let shown = if shown.has_contents() { shown.contents() } else { " " };
                assert_eq!(shown, symbol, "at {x},{y} of\n{}", corral::widget::screen_text(frame));
            }
            x += u16::try_from(corral::text::width::cells(symbol).max(1)).unwrap();
        }
    }
}
