//! The question bank during a call (S001-97, S002-33): type a word, read the answer, say whether it solved it.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::app::speak::{self, merge, named};
use crate::app::{Act, Context, Cx, Event, Session, Spot, View, point};
use crate::dialog::{Ask, Step, arrow, candidate, pointed, reading, typed};
use crate::domain::code::QuestionCode;
use crate::playbook::merge::Part;
use crate::playbook::model::Question;
use crate::store::query::Card;
use crate::text::Text;
use crate::theme::Role;
use crate::widget::{Line, Lines, Mark, Popup, TextField, draw, piece, window};

/// Rows of the list of questions.
const LIST: u16 = 5;

/// Finds an answer.
#[derive(Debug, Clone)]
pub struct Answers {
    field: TextField,
    selected: usize,
    /// The question whose answer was used, while it is asked whether that solved it.
    used: Option<QuestionCode>,
    card: Option<Box<Card>>,
}

impl Answers {
    /// Begins with every question; `card` fills the answers in.
    pub fn new(card: Option<&Card>) -> Self {
        let card = card.map(|card| Box::new(card.clone()));
        Self { field: TextField::default().limit(40), selected: 0, used: None, card }
    }

    fn found<'a>(&self, session: &'a Session) -> Vec<&'a Question> {
        session.playbook().map(|p| p.questions_about(&self.field.text())).unwrap_or_default()
    }
}

/// Where a question stands in the playbook: what it is, however the list changes.
fn place(session: &Session, question: &Question) -> Option<usize> {
    session.playbook()?.questions.iter().position(|known| known.code == question.code)
}

impl Ask for Answers {
    type Answer = (QuestionCode, bool);

    fn context(&self) -> Context {
        if self.used.is_some() { Context::Choice } else { Context::Form }
    }

    fn is_typing(&self) -> bool {
        self.used.is_none()
    }

    fn update(&mut self, event: &Event, cx: &mut Cx<'_>) -> Step<Self::Answer> {
        if let Some(used) = &self.used {
            return match event {
                Event::Act(Act::Accept | Act::Yes) => Step::Done((used.clone(), true)),
                Event::Act(Act::No) => Step::Done((used.clone(), false)),
                Event::Act(Act::Back) => {
                    self.used = None;
                    Step::Stay
                }
                _ => Step::Stay,
            };
        }
        if let Some(by) = arrow(event) {
            self.selected = window::step(self.selected, by, self.found(cx.session).len());
            return Step::Stay;
        }
        if let Some(question) = pointed(event) {
            let place = |found: &&Question| place(cx.session, found) == Some(question);
            let at = self.found(cx.session).iter().position(place);
            self.selected = at.unwrap_or(self.selected);
            return Step::Stay;
        }
        match event {
            Event::Act(Act::Back) => return Step::Cancel,
            Event::Act(Act::Accept) => {
                self.used = self.found(cx.session).get(self.selected).map(|question| question.code.clone());
            }
            _ => {
                if typed(&mut self.field, event) {
                    self.selected = 0;
                }
            }
        }
        Step::Stay
    }

    fn render(&self, area: Rect, buf: &mut Buffer, view: &View<'_>) -> Option<Position> {
        let session = view.session;
        let (words, theme) = (&session.words, &session.theme);
        let high = area.height.saturating_sub(4).min(18);
        let keys = if self.used.is_some() { Text("dialog.solved_keys") } else { Text("dialog.answers_keys") };
        let popup = Popup::new(words.say(Text("action.answers")), 72, high).bottom(vec![piece(
            session.keyed(self.context(), keys, &[]),
            if self.used.is_some() { Role::Key } else { Role::Dim },
        )]);
        let inside = popup.render(area, buf, theme);
        let row = |y: u16, height: u16| Rect {
            y: inside.y + y.min(inside.height),
            height: height.min(inside.height.saturating_sub(y)),
            ..inside
        };
        let hint = words.say(Text("answers.typed"));
        let found = self.found(session);
        let first = found.get(self.selected).map(|question| question.ask.join(" / ")).unwrap_or_default();
        let field = candidate(row(0, 1), &first, buf, session);
        let caret =
            self.field.view().placeholder(hint).focused(self.used.is_none()).render(field, buf, theme);
        let caret = caret.or_else(|| reading(inside, session));
        // a low window keeps room for the answer
        let list = LIST.min(inside.height / 3).max(1);
        if found.is_empty() {
            draw(&[piece(words.say(Text("answers.none")), Role::Dim)], row(2, 1), buf, theme);
            return caret;
        }
        let top = window::keep(0, self.selected, usize::from(list), found.len());
        for (y, (index, question)) in (1..=list).zip(found.iter().enumerate().skip(top)) {
            let chosen = index == self.selected;
            if let Some(id) = place(session, question).and_then(|at| i64::try_from(at).ok()) {
                session.hits.put(row(y, 1), Spot::Row(point::Part::default(), id));
            }
            let here = speak::mark(session, Mark::Here, Role::Accent);
            let mark = if chosen { here } else { piece("  ", Role::Dim) };
            let kind = if question.objection {
                piece(format!("{} ", words.say(Text("answers.objection"))), Role::Warning)
            } else {
                piece("", Role::Dim)
            };
            let name =
                if question.ask.is_empty() { question.code.to_string() } else { question.ask.join(" / ") };
            let role = if chosen { Role::Accent } else { Role::Text };
            draw(&[mark, kind, piece(name, role)], row(y, 1), buf, theme);
        }
        if let Some(question) = found.get(self.selected) {
            let mut lines = vec![self.answer(session, &question.answer, Role::Text)];
            if let Some(back) = &question.back {
                lines.push(Vec::new());
                lines.push(vec![piece(words.say(Text("answers.back")), Role::Dim)]);
                lines.push(self.answer(session, back, Role::ScriptAsk));
            }
            Lines::new(&lines).render(row(list + 1 + u16::from(list == LIST), high), buf, theme);
        }
        caret
    }
}

impl Answers {
    fn answer(
        &self,
        session: &Session,
        text: &crate::playbook::model::Bilingual,
        role: Role,
    ) -> Line<'static> {
        let Some(card) = &self.card else { return vec![piece(named(session, text), role)] };
        let filled = merge::text(session, text, merge::For { card, person: None, deal: None, coupon: None });
        merged(&filled.parts, role)
    }
}

/// A filled text as pieces: values and what is missing stand out.
pub fn merged(parts: &[Part], role: Role) -> Line<'static> {
    parts
        .iter()
        .map(|part| match part {
            Part::Text(text) => piece(text.clone(), role),
            Part::Value(value) => piece(value.clone(), Role::Merge),
            Part::Missing(name) => piece(format!("⟨{name}⟩"), Role::MergeMissing),
        })
        .collect()
}
