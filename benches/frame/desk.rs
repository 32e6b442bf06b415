//! The product's side: a session over the built-in sample, drawn to memory.

use std::sync::Arc;

use corral::app::keymap::Keymap;
use corral::app::{App, Effect, Event, Layer, Session};
use corral::domain::id::CustomerId;
use corral::domain::lists::Role;
use corral::domain::time::Timestamp;
use corral::input::{Input, Key, Size, keys};
use corral::runtime::output::{Screen, Sync};
use corral::sample::demo;
use corral::screen::customers::Customers;
use corral::screen::today::Today;
use corral::store::Db;
use corral::store::query::{Answer, Found, Query, TaskRow, TodayAsk};
use corral::text::{Lang, Words};
use corral::theme::Theme;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// The size of the terminal.
pub const SIZE: (u16, u16) = (200, 50);
/// Moves in one direction before it turns.
const STRIDE: usize = 30;
/// When the sample's floor stands.
const NOW: &str = "2026-11-20T13:30:00+08:00";

/// A session on its terminal.
pub struct Desk {
    app: App,
    screen: Screen,
    db: Db,
    copy: demo::Copy,
    now: Timestamp,
    count: usize,
    steps: usize,
    down: Key,
    up: Key,
    out: Vec<u8>,
}

impl Desk {
    /// A rep's day.
    pub fn day() -> Self {
        Self::open(Box::new(Today::new()), 0)
    }

    /// A list of so many customers, the selection in its middle.
    pub fn customers(count: usize) -> Self {
        let mut desk = Self::open(Box::new(Customers::new()), count);
        for _ in 0..count.min(20) {
            desk.step();
        }
        desk
    }

    fn open(first: Box<dyn Layer>, count: usize) -> Self {
        let copy = demo::prepare(None, NOW.parse().unwrap()).unwrap();
        let mut db = Db::open(copy.path()).unwrap();
        let now = copy.begins();
        let Answer::Users(users) = db.read(&Query::Users).unwrap() else { panic!("users") };
        // the rep with the fullest day
        let full = |user: &corral::store::query::UserRow, db: &mut Db| {
            let ask = TodayAsk { user: user.id, now, limit: 60, filter: String::new() };
            let Answer::Today(today) = db.read(&Query::Today(ask)).unwrap() else { panic!("today") };
            today.pens.iter().map(|pen| pen.rows.len()).sum::<usize>()
        };
        let reps: Vec<_> = users.iter().filter(|user| user.role == Role::Rep).collect();
        let user = reps.iter().max_by_key(|user| full(user, &mut db)).unwrap().id;
        let Answer::Me(me) = db.read(&Query::Me(user)).unwrap() else { panic!("me") };
        let mut session = Session::new(
            Arc::new(Words::new(Lang::Zh)),
            Arc::new(Theme::default()),
            Arc::new(Keymap::default()),
            1,
        );
        session.now = now;
        session.me = Some(*me);
        session.size = Size::clamped(SIZE.0, SIZE.1);
        let key = |text: &str| keys(text).unwrap()[0];
        let mut desk = Self {
            app: App::new(session, first),
            screen: Screen::new(Sync::On),
            db,
            copy,
            now,
            count,
            steps: 0,
            down: key("down"),
            up: key("up"),
            out: Vec::new(),
        };
        let effects = desk.app.start(now);
        desk.perform(effects);
        desk.draw();
        desk
    }

    /// The rows of the first three pens in words: when, why, who, the fact, the tries.
    pub fn worded(&self) -> Vec<Vec<[String; 5]>> {
        let user = self.app.session().user();
        let ask = TodayAsk { user, now: self.now, limit: 60, filter: String::new() };
        let mut db = Db::open(self.copy.path()).unwrap();
        let Answer::Today(today) = db.read(&Query::Today(ask)).unwrap() else { panic!("today") };
        let worded = |row: &TaskRow| {
            let who = row.person.as_ref().map_or("", |(_, name, _)| name.as_str());
            let clock = row.due_at.to_string();
            let fact = if row.last_note.is_empty() { "待首呼".to_owned() } else { row.last_note.clone() };
            let tries = if row.attempts > 0 { format!("×{}", row.attempts) } else { String::new() };
            let when = clock.get(11..16).unwrap_or_default().to_owned();
            [when, "首次触达".to_owned(), format!("{} {who}", row.customer_name), fact, tries]
        };
        let pens = today.pens.iter().filter(|pen| !pen.rows.is_empty()).take(3);
        pens.map(|pen| pen.rows.iter().map(worded).collect()).collect()
    }

    /// Moves the selection and draws; answers with the bytes sent.
    pub fn step(&mut self) -> usize {
        let key = if (self.steps / STRIDE).is_multiple_of(2) { self.down } else { self.up };
        self.steps += 1;
        let effects = self.app.update(Event::Input(Input::Key(key)), self.now);
        self.perform(effects);
        self.draw()
    }

    /// Draws what is there already; answers with the bytes sent.
    pub fn still(&mut self) -> usize {
        self.draw()
    }

    fn draw(&mut self) -> usize {
        let area = Rect::new(0, 0, SIZE.0, SIZE.1);
        let mut frame = Buffer::empty(area);
        let caret = self.app.render(area, &mut frame);
        self.out.clear();
        self.screen.draw(frame, caret, &mut self.out).unwrap()
    }

    fn perform(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            let Effect::Read(ticket, query) = effect else { continue };
            let answer = match &query {
                Query::Customers { .. } => Answer::Found(self.found(&query)),
                query => self.db.read(query).unwrap(),
            };
            let effects = self.app.update(Event::Answered(ticket, Ok(answer)), self.now);
            self.perform(effects);
        }
    }

    /// As many rows as are wanted, made of those there are.
    fn found(&mut self, query: &Query) -> Found {
        let Answer::Found(found) = self.db.read(query).unwrap() else { panic!("customers") };
        let rows = (0..self.count).zip(found.rows.iter().cycle()).map(|(n, row)| {
            let id = CustomerId(i64::try_from(self.count - n).unwrap());
            corral::store::query::CustomerRow { id, ..row.clone() }
        });
        Found { rows: rows.collect(), more: false }
    }
}
