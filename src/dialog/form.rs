//! Fields under each other: what is typed, what is chosen, and what is wrong with it.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::app::{Act, Context, Event, Part, Session, Spot};
use crate::dialog::{arrow, hints, hotkey, reading, typed};
use crate::input::Key;
use crate::text::Text;
use crate::text::width::cells;
use crate::theme::Role;
use crate::widget::{Line, Piece, Popup, TextField, draw, piece, window};

/// Cells of a form's inside.
const WIDTH: u16 = 60;

/// One field of a form.
#[derive(Debug, Clone)]
pub struct Field {
    label: String,
    hint: String,
    entry: Entry,
}

#[derive(Debug, Clone)]
enum Entry {
    Typed(TextField),
    Chosen { options: Vec<(String, String)>, at: Option<usize> },
}

impl Field {
    /// A field to type into, which begins as `value`.
    pub fn typed(label: impl Into<String>, value: &str) -> Self {
        let entry = Entry::Typed(TextField::default().limit(300));
        let mut field = Self { label: label.into(), hint: String::new(), entry };
        field.set(value);
        field
    }

    /// A field with choices, code and name each, which begins at the code `value`.
    pub fn chosen(label: impl Into<String>, options: Vec<(String, String)>, value: &str) -> Self {
        let at = options.iter().position(|(code, _)| code == value);
        Self { label: label.into(), hint: String::new(), entry: Entry::Chosen { options, at } }
    }

    /// Says what the empty field asks for.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    fn set(&mut self, value: &str) {
        match &mut self.entry {
            Entry::Typed(field) => field.set(value),
            Entry::Chosen { options, at } => *at = options.iter().position(|(code, _)| code == value),
        }
    }

    fn value(&self) -> String {
        match &self.entry {
            Entry::Typed(field) => field.text().trim().to_owned(),
            Entry::Chosen { options, at } => {
                at.and_then(|at| options.get(at)).map(|(code, _)| code.clone()).unwrap_or_default()
            }
        }
    }

    /// The value as a person reads it.
    fn shown(&self) -> String {
        match &self.entry {
            Entry::Typed(_) => self.value(),
            Entry::Chosen { options, at } => {
                at.and_then(|at| options.get(at)).map(|(_, name)| name.clone()).unwrap_or_default()
            }
        }
    }
}

/// What a key did to a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// It was used.
    Stay,
    /// The person changed their mind.
    Cancel,
    /// Everything is to be saved.
    Save,
}

/// A form: fields, the one with the focus, and what is wrong.
#[derive(Debug, Clone)]
pub struct Form {
    title: String,
    about: String,
    fields: Vec<Field>,
    at: usize,
    wrong: Option<String>,
}

impl Form {
    /// A form; `about` says whose it is.
    pub fn new(title: impl Into<String>, about: impl Into<String>, fields: Vec<Field>) -> Self {
        Self { title: title.into(), about: about.into(), fields, at: 0, wrong: None }
    }

    /// The value of a field: what was typed, without blanks at its ends, or the code chosen; empty for none.
    pub fn value(&self, field: usize) -> String {
        self.fields.get(field).map(Field::value).unwrap_or_default()
    }

    /// The label, the value as shown, and another value of the same field as it would be shown.
    pub fn beside(&self, field: usize, other: &str) -> Option<(String, String, String)> {
        let mine = self.fields.get(field)?;
        let mut theirs = mine.clone();
        theirs.set(other);
        Some((mine.label.clone(), theirs.shown(), mine.shown()))
    }

    /// Says what is wrong with a field and goes there.
    pub fn wrong(&mut self, field: usize, what: impl Into<String>) {
        self.at = field.min(self.fields.len().saturating_sub(1));
        self.wrong = Some(what.into());
    }

    /// Whether the field with the focus is typed into.
    pub fn is_typing(&self) -> bool {
        self.fields.get(self.at).is_none_or(|field| matches!(field.entry, Entry::Typed(_)))
    }

    /// Takes an event in.
    pub fn update(&mut self, event: &Event, session: &Session) -> Turn {
        match event {
            Event::Act(Act::Back) => return Turn::Cancel,
            Event::Act(Act::Save) => return Turn::Save,
            Event::Act(Act::Accept) => return self.forward(),
            Event::Act(Act::NextField) => self.go(1),
            Event::Act(Act::PreviousField) => self.go(-1),
            Event::Act(Act::Left) => self.turn(-1),
            Event::Act(Act::Right) => self.turn(1),
            Event::Pointed(Spot::Part(Part(field))) => {
                self.at = (*field).min(self.fields.len().saturating_sub(1))
            }
            event => {
                if let Some(by) = arrow(event) {
                    self.go(by);
                } else {
                    return self.press(event, session);
                }
            }
        }
        Turn::Stay
    }

    fn press(&mut self, event: &Event, session: &Session) -> Turn {
        let Some(field) = self.fields.get_mut(self.at) else { return Turn::Stay };
        match &mut field.entry {
            Entry::Typed(text) => {
                if typed(text, event) {
                    self.wrong = None;
                }
            }
            Entry::Chosen { options, at } => {
                let chosen = hotkey(event).and_then(|key| session.keymap.choice(key));
                if let Some(chosen) = chosen.filter(|chosen| *chosen < options.len()) {
                    *at = Some(chosen);
                    self.wrong = None;
                    return self.forward();
                }
            }
        }
        Turn::Stay
    }

    /// To the next field; from the last one everything is saved.
    fn forward(&mut self) -> Turn {
        if self.at + 1 >= self.fields.len() {
            return Turn::Save;
        }
        self.at += 1;
        Turn::Stay
    }

    fn go(&mut self, by: isize) {
        self.at = self.at.saturating_add_signed(by).min(self.fields.len().saturating_sub(1));
    }

    fn turn(&mut self, by: isize) {
        if let Some(Field { entry: Entry::Chosen { options, at }, .. }) = self.fields.get_mut(self.at)
            && !options.is_empty()
        {
            let next = at.map_or(0, |at| at.saturating_add_signed(by).min(options.len() - 1));
            *at = Some(next);
        }
    }

    /// Draws the form in the middle of an area; answers where the caret is.
    pub fn render(&self, area: Rect, buf: &mut Buffer, session: &Session) -> Option<Position> {
        let (words, theme) = (&session.words, &session.theme);
        let about = u16::from(!self.about.is_empty());
        let options = self.options(session);
        let below = u16::try_from(options.len().div_ceil(2)).unwrap_or(u16::MAX);
        let count = u16::try_from(self.fields.len()).unwrap_or(u16::MAX);
        let high = count.saturating_add(about + 1).saturating_add(below);
        let popup = Popup::new(self.title.as_str(), WIDTH, high).bottom(hints(
            session,
            Context::Form,
            Text("form.keys"),
        ));
        let inside = popup.render(area, buf, theme);
        let row = |y: u16| Rect { y: inside.y.saturating_add(y), height: 1, ..inside }.intersection(inside);
        draw(&[piece(self.about.as_str(), Role::Dim)], row(0), buf, theme);
        let label = self.fields.iter().map(|field| cells(&field.label)).max().unwrap_or(0);
        let indent = u16::try_from(label + 2).unwrap_or(0).min(inside.width / 2);
        // a low window shows the field with the focus, whatever else it leaves out
        let below = below.min(inside.height / 3);
        let room = inside.height.saturating_sub(about + 1 + below).clamp(1, count.max(1));
        let first = (self.at + 1).saturating_sub(usize::from(room));
        let mut caret = None;
        for (y, (index, field)) in (about..about + room).zip(self.fields.iter().enumerate().skip(first)) {
            let focused = index == self.at;
            let role = if focused { Role::Accent } else { Role::Dim };
            draw(&[piece(field.label.as_str(), role)], Rect { width: indent, ..row(y) }, buf, theme);
            session.hits.put(row(y), Spot::Part(Part(index)));
            let place =
                Rect { x: inside.x + indent, width: inside.width - indent, ..row(y) }.intersection(row(y));
            match &field.entry {
                Entry::Typed(text) => {
                    let shown = text.view().placeholder(field.hint.as_str()).focused(focused);
                    caret = shown.render(place, buf, theme).or(caret);
                }
                Entry::Chosen { .. } => {
                    let shown = field.shown();
                    let empty = shown.is_empty();
                    let text = if empty { words.say(Text("form.choose")) } else { &shown };
                    let role = if empty { Role::Placeholder } else { Role::Input };
                    draw(&[piece(text, role)], place, buf, theme);
                    if focused && !place.is_empty() {
                        buf.set_style(place, theme.style(Role::Selected));
                        caret = caret.or_else(|| reading(row(y), session));
                    }
                }
            }
        }
        let verdict = row(about.saturating_add(room));
        if let Some(wrong) = &self.wrong {
            draw(&[piece(wrong.as_str(), Role::Error)], verdict, buf, theme);
        }
        // of more choices than rows those around the chosen one
        let pairs: Vec<_> = options.chunks(2).collect();
        let chosen = self.chosen().unwrap_or(0) / 2;
        let top = window::keep(0, chosen, usize::from(below.max(1)), pairs.len());
        for (y, pair) in (about.saturating_add(room) + 1..inside.height).zip(pairs.iter().skip(top)) {
            let half = inside.width / 2;
            for (x, option) in [0, half].into_iter().zip(pair.iter()) {
                let place =
                    Rect { x: inside.x + x, width: half.saturating_sub(1), ..row(y) }.intersection(row(y));
                if let Some(key) = option.first().and_then(|key| Key::parse(&key.text).ok()) {
                    session.hits.put(place, Spot::Key(key));
                }
                draw(option, place, buf, theme);
            }
        }
        caret
    }

    /// The place of what is chosen in the field with the focus.
    fn chosen(&self) -> Option<usize> {
        match self.fields.get(self.at)?.entry {
            Entry::Chosen { at, .. } => at,
            Entry::Typed(_) => None,
        }
    }

    /// The choices of the field with the focus, with their keys.
    fn options(&self, session: &Session) -> Vec<Line<'_>> {
        let Some(Field { entry: Entry::Chosen { options, at }, .. }) = self.fields.get(self.at) else {
            return Vec::new();
        };
        let line = |(index, (key, (_, name))): (usize, (char, &'_ (String, String)))| -> Line<'_> {
            let role = if *at == Some(index) { Role::Accent } else { Role::Text };
            let name: Piece<'_> = piece(format!(" {name}"), role);
            vec![piece(key.to_string(), Role::Key), name]
        };
        session.keymap.choices().zip(options).enumerate().map(line).collect()
    }
}
