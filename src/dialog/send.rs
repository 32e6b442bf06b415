//! A material before it leaves: the text exactly as it is sent; Enter copies, Enter again says it was sent (S001-51).

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::app::speak::{merge, named};
use crate::app::{Act, Context, Cx, Effect, Event, Notice, Session, Ticket, View};
use crate::dialog::answers::merged;
use crate::dialog::{Ask, Step, hints, hotkey, reading};
use crate::domain::code::OutcomeCode;
use crate::domain::lists::OutcomeFlag;
use crate::playbook::merge::Filled;
use crate::store::query::{Answer, Card, Query, TaskRow};
use crate::text::Text;
use crate::theme::Role;
use crate::widget::{Line, Lines, Popup, piece};

/// What became of a material or a coupon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Left {
    /// It left the building as shown.
    Gone,
    /// Another outcome of the lane was named.
    Outcome(OutcomeCode),
    /// The reserved coupon is given back.
    Released,
}

/// The preview of a material.
#[derive(Debug)]
pub struct Send {
    row: TaskRow,
    ticket: Ticket,
    card: Option<Box<Card>>,
    /// Whether the card is still to come.
    reading: bool,
    copied: bool,
}

impl Send {
    /// Opens the preview and asks for the card it is filled from.
    pub fn open(row: &TaskRow, cx: &mut Cx<'_>) -> Self {
        let ticket = cx.read(Query::Card { customer: row.customer, by: cx.viewer() });
        Self { row: row.clone(), ticket, card: None, reading: true, copied: false }
    }

    /// The task.
    pub const fn row(&self) -> &TaskRow {
        &self.row
    }

    fn text(&self, session: &Session) -> Option<Filled> {
        let material = session.playbook()?.material(self.row.material.as_ref()?)?;
        let card = self.card.as_ref()?;
        let person = self.row.person.as_ref().map(|(id, _, _)| *id);
        let deal = self.row.deal.as_ref().map(|(id, _, _)| *id);
        Some(merge::text(session, &material.text, merge::For { card, person, deal, coupon: None }))
    }

    fn enter(&mut self, cx: &mut Cx<'_>) -> Step<Left> {
        let text = self.text(cx.session);
        copy_then_leave(text.as_ref(), &mut self.copied, cx)
    }
}

/// Copies a complete text at the first key, and lets it go at the second (S001-51). A text with empty fields stays.
pub(crate) fn copy_then_leave(text: Option<&Filled>, copied: &mut bool, cx: &mut Cx<'_>) -> Step<Left> {
    if *copied {
        return Step::Done(Left::Gone);
    }
    match text {
        Some(text) if text.is_complete() => {
            cx.effect(Effect::Copy(text.to_string()));
            *copied = true;
            cx.say(Notice::done(clipboard(cx.session)));
        }
        Some(_) => {
            let words = cx.session.words.say(Text("send.blocked")).to_owned();
            cx.say(Notice::refused(words));
        }
        None => {}
    }
    Step::Stay
}

/// Which clipboard has the text now.
fn clipboard(session: &Session) -> String {
    let place = if session.remote { Text("common.sent_to_terminal") } else { Text("send.copied") };
    format!("{} · {}", session.words.say(place), session.keyed(Context::Preview, Text("send.then"), &[]))
}

impl Ask for Send {
    type Answer = Left;

    fn context(&self) -> Context {
        Context::Preview
    }

    fn waits(&self, event: &Event, _: &Session) -> bool {
        self.reading && matches!(event, Event::Act(Act::Accept))
    }

    fn update(&mut self, event: &Event, cx: &mut Cx<'_>) -> Step<Left> {
        match event {
            Event::Act(Act::Back) => return Step::Cancel,
            Event::Act(Act::Accept) => return self.enter(cx),
            Event::Answered(ticket, Ok(Answer::Card(card))) if *ticket == self.ticket => {
                self.card = Some(card.clone());
                self.reading = false;
            }
            Event::Answered(ticket, _) if *ticket == self.ticket => self.reading = false,
            _ => {
                if let Some(outcome) = other_outcome(cx.session, &self.row, event) {
                    return Step::Done(Left::Outcome(outcome));
                }
            }
        }
        Step::Stay
    }

    fn render(&self, area: Rect, buf: &mut Buffer, view: &View<'_>) -> Option<Position> {
        let session = view.session;
        let (words, theme) = (&session.words, &session.theme);
        let name = session.playbook().and_then(|p| p.material(self.row.material.as_ref()?));
        let title =
            name.map_or_else(|| words.say(Text("lane.material")).to_owned(), |m| named(session, &m.name));
        let text = self.text(session);
        let mut lines: Vec<Line<'_>> = vec![to_whom(session, &self.row, self.card.as_deref()), Vec::new()];
        match &text {
            Some(text) => lines.push(merged(&text.parts, Role::Text)),
            None => lines.push(vec![piece(words.say(Text("common.loading")), Role::Dim)]),
        }
        lines.push(Vec::new());
        lines.push(match &text {
            Some(text) if !text.is_complete() => {
                let names = text.missing.iter().map(|name| format!("⟨{name}⟩")).collect::<Vec<_>>().join(" ");
                vec![piece(words.fill(Text("send.missing"), &[("names", &names)]), Role::Error)]
            }
            _ if self.copied => {
                vec![piece(session.keyed(Context::Preview, Text("send.sent"), &[]), Role::Good)]
            }
            _ => vec![piece(session.keyed(Context::Preview, Text("send.copy"), &[]), Role::Key)],
        });
        let next = lines.len().saturating_sub(1);
        lines.push(others(session, &self.row));
        let shown = Lines::new(&lines);
        let width = 66.min(area.width.saturating_sub(6));
        let popup = Popup::new(title, width, shown.height(width).saturating_add(1)).bottom(hints(
            session,
            Context::Preview,
            Text("dialog.send_keys"),
        ));
        let inside = popup.render(area, buf, theme);
        told(&lines, next, inside, buf, session)
    }
}

/// Draws what is told. Where it does not all fit, what the next key does comes before the end of the text.
///
/// Answers where the caret stands.
pub(crate) fn told(
    lines: &[Line<'_>],
    next: usize,
    inside: Rect,
    buf: &mut Buffer,
    session: &Session,
) -> Option<Position> {
    let all = Lines::new(lines);
    if all.height(inside.width) <= inside.height {
        all.render(inside, buf, &session.theme);
        return reading(inside, session);
    }
    let foot: Vec<Line<'_>> = lines.get(next).cloned().into_iter().collect();
    let foot = Lines::new(&foot);
    let high = foot.height(inside.width).min(inside.height / 2);
    let text: Vec<Line<'_>> = lines.iter().take(next).filter(|line| !line.is_empty()).cloned().collect();
    Lines::new(&text).render(Rect { height: inside.height - high, ..inside }, buf, &session.theme);
    let row = Rect { y: inside.bottom() - high, height: high, ..inside };
    foot.render(row, buf, &session.theme);
    reading(inside, session)
}

/// For whom, and on which account.
pub(crate) fn to_whom(session: &Session, row: &TaskRow, card: Option<&Card>) -> Line<'static> {
    let mut line = vec![piece(row.customer_name.clone(), Role::Accent)];
    if let Some((_, name, role)) = &row.person {
        let role = crate::app::speak::role(session, role);
        let who = if *name == row.customer_name || name.is_empty() { role } else { format!("{name} {role}") };
        line.push(piece(format!(" {who}"), Role::Text));
    }
    let playbook = session.playbook();
    let channel = playbook.and_then(|p| p.channel(&row.channel));
    if let Some(channel) = channel {
        line.push(piece(format!(" · {}", named(session, &channel.name)), Role::Dim));
    }
    let wanted = channel.and_then(|c| c.contact.as_ref());
    let contacts = card
        .into_iter()
        .flat_map(|card| &card.persons)
        .filter(|person| row.person.as_ref().is_none_or(|(id, _, _)| *id == person.id));
    if let Some(contact) = contacts.flat_map(|p| &p.contacts).find(|c| Some(&c.channel) == wanted) {
        line.push(piece(format!(" {}", contact.raw), Role::Text));
    }
    line
}

/// The other outcomes of the lane, one key each.
pub(crate) fn others(session: &Session, row: &TaskRow) -> Line<'static> {
    let mut line = Vec::new();
    for outcome in session.playbook().into_iter().flat_map(|p| p.outcomes_for(row.lane)).skip(1) {
        line.push(piece(outcome.key.to_string(), Role::Key));
        let name = named(session, &outcome.name).replace(' ', "\u{a0}");
        line.push(piece(format!("\u{a0}{name}   "), Role::KeyLabel));
    }
    line
}

/// The outcome that a key names, unless it is the plain "sent" or "pushed" that Enter says.
pub(crate) fn other_outcome(session: &Session, row: &TaskRow, event: &Event) -> Option<OutcomeCode> {
    let playbook = session.playbook()?;
    let outcome = playbook.outcome_at(row.lane, hotkey(event)?)?;
    let first = playbook.outcomes_for(row.lane).next()?;
    let plain = |o: &crate::playbook::model::Outcome| {
        o.flags.contains(&OutcomeFlag::Sent) || o.flags.contains(&OutcomeFlag::Pushed)
    };
    (outcome.code != first.code || !plain(outcome)).then(|| outcome.code.clone())
}
