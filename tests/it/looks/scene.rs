//! Every screen and dialog, brought about by keys, in any look.

use corral::app::keymap::Keymap;
use corral::app::{App, Event};
use corral::domain::id::CustomerId;
use corral::domain::lists::{Metric, Period, Role};
use corral::domain::span::Span;
use corral::input::{Input, Size};
use corral::screen::board::Board;
use corral::screen::card::Card;
use corral::screen::customers::Customers;
use corral::screen::desk::Desk as Team;
use corral::screen::facts::{Facts, Whose};
use corral::screen::sign_in::SignIn;
use corral::screen::targets::Targets;
use corral::store::change::people::TargetOf;
use corral::text::Lang;
use corral::theme::Theme;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::screens_desk::desk::{Desk, ME};
use crate::screens_work::floor::{Floor, know_everything, playbook};

/// What stands on the stage.
pub enum Scene {
    Floor(Box<Floor>),
    Desk(Box<Desk>),
}

/// A scene: its name, and the keys that bring it about. The first letter of the name's part before the colon says where.
pub const SCENES: [(&str, &str); 55] = [
    ("today", ""),
    ("today: materials", "right"),
    ("today: coupons", "right right"),
    ("today: filter", "/ 赵"),
    ("today: nothing found", "/ x x"),
    ("today: held", "h"),
    ("today: why", "y"),
    ("today: skip", "s"),
    ("today: put off", "z"),
    ("today: send", "right enter"),
    ("today: coupon", "right right enter"),
    ("today: refused", "f2 f2 enter esc 9"),
    ("call", "enter"),
    ("call: line said", "enter space"),
    ("call: second part", "enter tab"),
    ("call: third part", "enter tab tab"),
    ("call: fourth part", "enter tab tab tab"),
    ("call: fifth part", "enter tab tab tab tab"),
    ("call: note", "enter n h i 好"),
    ("call: answers", "enter / 贵"),
    ("call: answer used", "enter / 贵 enter"),
    ("call: questions", "enter 6"),
    ("call: when", "enter 9"),
    ("call: order", "enter 0"),
    ("call: sure", "enter d"),
    ("call: saved", "enter 1"),
    ("call: next stage", "enter f3"),
    ("call: lost", "enter f9"),
    ("call: own note", "enter f11"),
    ("call: contact", "enter f5"),
    ("call: no such key", "enter ="),
    ("sign in", ""),
    ("customers", ""),
    ("customers: search", "/ c u"),
    ("customers: new", "a"),
    ("card", ""),
    ("card: timeline", "tab"),
    ("card: edit", "e"),
    ("card: task", "t"),
    ("card: do not contact", "x"),
    ("board", ""),
    ("board: help", "?"),
    ("board: palette", ":"),
    ("board: theme", "ctrl-t"),
    ("facts", ""),
    ("team", ""),
    ("team: radar", "v"),
    ("team: followed", "f"),
    ("team: warnings", "n"),
    ("team: signals", "g"),
    ("team: round", "m"),
    ("team: put off", "d"),
    ("targets: set", "t"),
    ("board: locked", "L"),
    ("board: locked with a PIN", "L"),
];

impl Scene {
    /// Brings a scene about.
    pub fn set(name: &str, keys: &str, lang: Lang, theme: Theme) -> Self {
        let place = name.split(':').next().unwrap_or(name);
        let desk = |role, layer| {
            Self::Desk(Box::new(Desk::dressed(role, lang, (Keymap::default(), theme.clone()), layer)))
        };
        let rep = Some(Role::Rep);
        let mut scene = match place {
            "today" | "call" => {
                let mut floor = Floor::dressed("edu-english", lang, Keymap::default(), theme);
                if ["call: order", "today: send", "today: coupon"].contains(&name) {
                    know_everything(&mut floor, &playbook("edu-english"));
                }
                Self::Floor(Box::new(floor))
            }
            "sign in" => desk(None, Box::new(SignIn::new())),
            "customers" => desk(rep, Box::new(Customers::new())),
            "card" => desk(rep, Box::new(Card::new(CustomerId(1)))),
            "board" => desk(rep, Box::new(Board::new())),
            "facts" => {
                let whose = Whose { scope: TargetOf::User(ME), name: "王芳".to_owned() };
                desk(rep, Box::new(Facts::new(whose, Metric::RevenueNew, Span::this(Period::Month))))
            }
            "team" => desk(Some(Role::Lead), Box::new(Team::new())),
            "targets" => desk(Some(Role::Lead), Box::new(Targets::new())),
            _ => panic!("no scene '{name}'"),
        };
        if let Self::Desk(desk) = &mut scene {
            desk.has_pin = name.ends_with("with a PIN");
        }
        scene.play(keys);
        scene
    }

    pub fn play(&mut self, keys: &str) {
        match self {
            Self::Floor(floor) => drop(floor.play(keys)),
            Self::Desk(desk) => drop(desk.play(keys)),
        }
    }

    pub fn event(&mut self, event: Event) {
        match self {
            Self::Floor(floor) => floor.event(event),
            Self::Desk(desk) => desk.event(event),
        }
    }

    /// Lets time pass.
    pub fn wait(&mut self, milliseconds: i64) {
        match self {
            Self::Floor(floor) => floor.now.0 += milliseconds,
            Self::Desk(desk) => desk.now.0 += milliseconds,
        }
        self.event(Event::Minute);
    }

    pub fn app(&self) -> &App {
        match self {
            Self::Floor(floor) => &floor.app,
            Self::Desk(desk) => &desk.app,
        }
    }

    /// The frame in a window of this size, with its caret.
    pub fn draw(&mut self, width: u16, height: u16) -> (Buffer, Option<Position>) {
        self.event(Event::Input(Input::Resize(Size::clamped(width, height))));
        let area = Rect::new(0, 0, width, height);
        let mut buf = Buffer::empty(area);
        let caret = self.app().render(area, &mut buf);
        (buf, caret)
    }
}
