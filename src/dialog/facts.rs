//! Facts that are not known yet, at most three, one key each where there are choices (AP-10: all may be skipped).

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::app::speak::fact;
use crate::app::{Act, Context, Cx, Event, Session, View};
use crate::dialog::{Ask, Step, hints, hotkey, reading, typed};
use crate::domain::code::FieldCode;
use crate::domain::lists::FieldType;
use crate::input::Key;
use crate::playbook::model::Field;
use crate::text::Text;
use crate::text::width::cells;
use crate::theme::Role;
use crate::widget::{Line, Lines, Popup, TextField, draw, piece};

/// One fact being asked.
#[derive(Debug, Clone)]
struct Asked {
    field: Field,
    /// Keys, codes and names of its choices.
    choices: Vec<(char, String, String)>,
    value: Option<String>,
    text: TextField,
}

/// Asks for facts.
#[derive(Debug, Clone)]
pub struct Facts {
    title: String,
    asked: Vec<Asked>,
    at: usize,
    problem: Option<Text>,
    /// Whether Enter on an empty field ends it, the rest left unknown.
    optional: bool,
}

impl Facts {
    /// Asks for these fields of the playbook in order; codes it does not have are left out.
    pub fn new(session: &Session, title: impl Into<String>, fields: &[FieldCode]) -> Self {
        let playbook = session.playbook();
        let asked = fields
            .iter()
            .filter_map(|code| playbook?.field(code))
            .map(|field| Asked {
                choices: keyed(session, field),
                field: field.clone(),
                value: None,
                text: TextField::default().limit(200),
            })
            .collect();
        Self { title: title.into(), asked, at: 0, problem: None, optional: true }
    }

    /// Requires every field: Enter on an empty one stays (a stage asks for exactly what it needs).
    #[must_use]
    pub const fn required(mut self) -> Self {
        self.optional = false;
        self
    }

    /// Whether there is nothing to ask.
    pub const fn is_empty(&self) -> bool {
        self.asked.is_empty()
    }

    /// The codes asked, in order.
    pub fn codes(&self) -> Vec<FieldCode> {
        self.asked.iter().map(|asked| asked.field.code.clone()).collect()
    }

    fn current(&self) -> Option<&Asked> {
        self.asked.get(self.at)
    }

    fn answers(&self) -> Vec<(FieldCode, String)> {
        self.asked.iter().filter_map(|asked| Some((asked.field.code.clone(), asked.value.clone()?))).collect()
    }

    fn forward(&mut self) -> Step<Vec<(FieldCode, String)>> {
        self.problem = None;
        if self.at + 1 < self.asked.len() {
            self.at += 1;
            return Step::Stay;
        }
        match self.asked.iter().position(|asked| asked.value.is_none()) {
            Some(missing) if !self.optional => {
                self.at = missing;
                self.problem = Some(Text("asked.needed"));
                Step::Stay
            }
            _ => Step::Done(self.answers()),
        }
    }

    /// Takes what was typed in as the current field's value; `false` where it is not understood.
    fn take(&mut self, session: &Session) -> bool {
        let Some(asked) = self.asked.get_mut(self.at) else { return true };
        let text = asked.text.text();
        if !asked.choices.is_empty() || text.trim().is_empty() {
            return true;
        }
        match fact::typed(session, &asked.field, &text) {
            Ok(value) => {
                asked.value = Some(value);
                true
            }
            Err(problem) => {
                self.problem = Some(problem);
                false
            }
        }
    }

    fn enter(&mut self, session: &Session) -> Step<Vec<(FieldCode, String)>> {
        if !self.take(session) {
            return Step::Stay;
        }
        match self.current() {
            Some(asked) if asked.value.is_none() && self.optional => Step::Done(self.answers()),
            Some(asked) if asked.value.is_none() => {
                self.problem = Some(Text("asked.needed"));
                Step::Stay
            }
            _ => self.forward(),
        }
    }

    fn choose(&mut self, pressed: char) -> Step<Vec<(FieldCode, String)>> {
        let Some(asked) = self.asked.get_mut(self.at) else { return Step::Stay };
        match asked.choices.iter().find(|(key, _, _)| *key == pressed) {
            Some((_, code, _)) => {
                asked.value = Some(code.clone());
                self.forward()
            }
            None => Step::Stay,
        }
    }
}

/// Choices with their keys: yes and no have those they have everywhere.
fn keyed(session: &Session, field: &Field) -> Vec<(char, String, String)> {
    let keymap = &session.keymap;
    let own = [Act::Yes, Act::No].map(|act| keymap.key(Context::Choice, act).and_then(Key::typed));
    let keys: Vec<char> = match own {
        [Some(yes), Some(no)] if field.kind == FieldType::Bool => vec![yes, no],
        _ => keymap.choices().collect(),
    };
    let choices = fact::choices(session, field);
    keys.into_iter().zip(choices).map(|(key, (code, name))| (key, code, name)).collect()
}

impl Ask for Facts {
    type Answer = Vec<(FieldCode, String)>;

    fn is_typing(&self) -> bool {
        self.current().is_some_and(|asked| asked.choices.is_empty())
    }

    fn update(&mut self, event: &Event, cx: &mut Cx<'_>) -> Step<Self::Answer> {
        match event {
            Event::Act(Act::Back) => return Step::Cancel,
            Event::Act(Act::Save) => {
                if self.take(cx.session) {
                    self.at = self.asked.len().saturating_sub(1);
                    return self.forward();
                }
            }
            Event::Act(Act::Accept) => return self.enter(cx.session),
            Event::Act(Act::NextField | Act::Down) if self.take(cx.session) => {
                self.at = (self.at + 1).min(self.asked.len().saturating_sub(1));
            }
            Event::Act(Act::PreviousField | Act::Up) => self.at = self.at.saturating_sub(1),
            _ if !self.is_typing() => {
                if let Some(pressed) = hotkey(event) {
                    return self.choose(pressed);
                }
            }
            _ => {
                if let Some(asked) = self.asked.get_mut(self.at)
                    && typed(&mut asked.text, event)
                {
                    asked.value = None;
                    self.problem = None;
                }
            }
        }
        Step::Stay
    }

    fn render(&self, area: Rect, buf: &mut Buffer, view: &View<'_>) -> Option<Position> {
        let session = view.session;
        let (words, theme) = (&session.words, &session.theme);
        let count = u16::try_from(self.asked.len()).unwrap_or(u16::MAX);
        let keys = if self.optional { Text("dialog.facts_keys") } else { Text("dialog.stage_keys") };
        let width = 74.min(area.width.saturating_sub(4));
        let label = self.asked.iter().map(|a| cells(&fact::name(session, &a.field.code))).max().unwrap_or(0);
        let label = u16::try_from(label).unwrap_or(20).min(width / 3);
        let beside = width.saturating_sub(label + 1);
        // the choices of the field in focus are all in sight, on as many rows as they take
        let tallest =
            self.asked.iter().map(|asked| Lines::new(&[options(asked)]).height(beside).max(1)).max();
        let high = count.saturating_add(tallest.unwrap_or(1));
        let popup = Popup::new(self.title.as_str(), width, high).bottom(hints(session, self.context(), keys));
        let inside = popup.render(area, buf, theme);
        let mut caret = None;
        let mut y = inside.y;
        // a low window shows the field in focus with its choices, whatever else it leaves out above
        let room = usize::from(inside.height.saturating_sub(tallest.unwrap_or(1))).max(1);
        let first = (self.at + 1).saturating_sub(room);
        for (index, asked) in self.asked.iter().enumerate().skip(first) {
            if y >= inside.bottom() {
                break;
            }
            let focused = index == self.at;
            let row = Rect { y, height: 1, ..inside };
            let name = fact::name(session, &asked.field.code);
            let role = if focused { Role::Accent } else { Role::Dim };
            draw(&[piece(name, role)], Rect { width: label, ..row }, buf, theme);
            let value = Rect { x: row.x + label + 1, width: row.width.saturating_sub(label + 1), ..row };
            if focused && asked.choices.is_empty() {
                let hint = words.say(placeholder(asked.field.kind));
                caret = asked.text.view().placeholder(hint).render(value, buf, theme);
            } else if let Some(given) = &asked.value {
                draw(&[piece(fact::shown(session, &asked.field.code, given), Role::Good)], value, buf, theme);
            } else if focused {
                let line = [options(asked)];
                let shown = Lines::new(&line);
                let high = shown.height(value.width).clamp(1, inside.bottom() - y);
                shown.render(Rect { height: high, ..value }, buf, theme);
                caret = caret.or_else(|| reading(row, session));
                y += high - 1;
            } else {
                draw(&[piece("·", Role::Dim)], value, buf, theme);
            }
            y += 1;
        }
        if let Some(problem) = self.problem
            && y < inside.bottom()
        {
            draw(&[piece(words.say(problem), Role::Error)], Rect { y, height: 1, ..inside }, buf, theme);
        }
        caret
    }
}

fn options(asked: &Asked) -> Line<'static> {
    let mut line = Vec::new();
    for (key, _, name) in &asked.choices {
        line.push(piece(key.to_string(), Role::Key));
        // blanks that do not break keep a key with its name
        line.push(piece(format!("\u{a0}{}  ", name.replace(' ', "\u{a0}")), Role::Text));
    }
    line
}

const fn placeholder(kind: FieldType) -> Text {
    match kind {
        FieldType::Int => Text("asked.want_number"),
        FieldType::Money => Text("asked.want_money"),
        FieldType::Date => Text("asked.want_date"),
        FieldType::DateTime => Text("asked.want_time"),
        _ => Text("asked.want_text"),
    }
}
