//! A time: proposals on number keys, or typed the way it is said.

use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::app::speak::time;
use crate::app::{Act, Context, Cx, Event, Session, View};
use crate::dialog::{Ask, Step, arrow, hints, options, pointed, typed};
use crate::domain::contact::{Calendar, is_quiet, next_allowed};
use crate::domain::time::{Clock, Timestamp};
use crate::text::Text;
use crate::theme::Role;
use crate::widget::{Choice, Item, Popup, TextField, draw, piece, window};

/// Asks for a time ahead.
#[derive(Debug, Clone)]
pub struct When {
    title: Text,
    about: String,
    proposals: Vec<Timestamp>,
    selected: usize,
    field: TextField,
    problem: Option<Text>,
    contact: bool,
}

impl When {
    /// Asks when to call again, or until when to put off: proposals lie outside quiet hours.
    pub fn call(session: &Session, title: Text, about: impl Into<String>) -> Self {
        Self::new(session, title, about.into(), true)
    }

    /// Asks for the time of a booked node, which quiet hours do not bind.
    pub fn node(session: &Session, title: Text, about: impl Into<String>) -> Self {
        Self::new(session, title, about.into(), false)
    }

    fn new(session: &Session, title: Text, about: String, contact: bool) -> Self {
        let proposals = if contact { calls(session) } else { nodes(session) };
        Self {
            title,
            about,
            proposals,
            selected: 0,
            field: TextField::default().limit(40),
            problem: None,
            contact,
        }
    }

    /// The time that Enter would take now.
    fn chosen(&self, session: &Session) -> Option<Timestamp> {
        let text = self.field.text();
        let text = text.trim();
        if text.is_empty() {
            return self.proposals.get(self.selected).copied();
        }
        // one digit alone is the number of a proposal; a longer text is a time
        if let Ok(number) = text.parse::<usize>()
            && text.len() == 1
        {
            return self.proposals.get(number.checked_sub(1)?).copied();
        }
        time::typed(text, session.now, session.zone())
    }
}

impl Ask for When {
    type Answer = Timestamp;

    fn is_typing(&self) -> bool {
        true
    }

    fn update(&mut self, event: &Event, cx: &mut Cx<'_>) -> Step<Timestamp> {
        if let Some(by) = arrow(event) {
            self.field.clear();
            self.selected = window::step(self.selected, by, self.proposals.len());
            return Step::Stay;
        }
        if let Some(row) = pointed(event) {
            self.field.clear();
            self.selected = row;
            return Step::Stay;
        }
        match event {
            Event::Act(Act::Back) => return Step::Cancel,
            Event::Act(Act::Accept | Act::Save) => match self.chosen(cx.session) {
                Some(at) if at > cx.now() => return Step::Done(at),
                Some(_) => self.problem = Some(Text("when.past")),
                None => self.problem = Some(Text("when.unclear")),
            },
            _ => {
                if typed(&mut self.field, event) {
                    self.problem = None;
                    let text = self.field.text();
                    if let Some(number) = text.parse::<usize>().ok().filter(|_| text.len() == 1)
                        && (1..=self.proposals.len()).contains(&number)
                    {
                        self.selected = number - 1;
                    }
                }
            }
        }
        Step::Stay
    }

    fn render(&self, area: Rect, buf: &mut Buffer, view: &View<'_>) -> Option<Position> {
        let session = view.session;
        let (words, theme) = (&session.words, &session.theme);
        let items: Vec<Item<'_>> = self
            .proposals
            .iter()
            .enumerate()
            .map(|(index, at)| Item::new((index + 1).to_string(), proposal(session, *at)))
            .collect();
        let high = u16::try_from(items.len()).unwrap_or(u16::MAX);
        let popup = Popup::new(words.say(self.title), 56, high.saturating_add(3)).bottom(hints(
            session,
            Context::Form,
            Text("dialog.when_keys"),
        ));
        let inside = popup.render(area, buf, theme);
        draw(&[piece(self.about.as_str(), Role::Dim)], inside, buf, theme);
        let row = |y: u16, height: u16| Rect {
            y: inside.y + y.min(inside.height),
            height: height.min(inside.height.saturating_sub(y)),
            ..inside
        };
        let selected = self.field.is_empty() || self.field.text().trim().len() == 1;
        // a low window scrolls the proposals: what is typed and what comes of it stay in sight
        let high = high.min(inside.height.saturating_sub(3));
        let choice = Choice::new(&items).selected(selected.then_some(self.selected));
        let place = options(&choice, row(1, high), buf, session);
        let caret =
            self.field.view().placeholder(words.say(Text("when.typed"))).render(row(high + 1, 1), buf, theme);
        draw(&[self.verdict(session)], row(high + 2, 1), buf, theme);
        // read aloud, the proposal that Enter takes is the line that matters until something is typed
        place.filter(|_| self.field.is_empty() && theme.manner().is_spoken()).or(caret)
    }
}

impl When {
    /// What Enter would do: the time it takes, or the rule it meets.
    fn verdict(&self, session: &Session) -> crate::widget::Piece<'static> {
        let words = &session.words;
        if let Some(problem) = self.problem {
            return piece(words.say(problem).to_owned(), Role::Error);
        }
        match self.chosen(session) {
            None => piece(words.say(Text("when.unclear")).to_owned(), Role::Dim),
            Some(at) if at <= session.now => piece(words.say(Text("when.past")).to_owned(), Role::Warning),
            Some(at) => match session.playbook() {
                Some(playbook) if self.contact && is_quiet(&playbook.contact, playbook.zone, at) => {
                    let free = next_allowed(&playbook.contact, &calendar(playbook), at);
                    piece(words.fill(Text("when.quiet"), &[("when", &time::when(session, free))]), Role::Held)
                }
                _ => {
                    let when = time::when(session, at);
                    piece(session.keyed(Context::Form, Text("when.takes"), &[("when", &when)]), Role::Good)
                }
            },
        }
    }
}

fn proposal(session: &Session, at: Timestamp) -> String {
    let ahead = at.since(session.now);
    let said = time::when(session, at);
    // a length that shrinks would be read again every minute
    if ahead < 12 * crate::domain::time::HOUR_MS && !session.theme.manner().is_spoken() {
        let length = time::length(session, ahead);
        return format!("{said} · {}", session.words.fill(Text("duration.in"), &[("length", &length)]));
    }
    said
}

const fn calendar(playbook: &crate::playbook::Playbook) -> Calendar {
    Calendar { zone: playbook.zone, workdays: playbook.workdays, hours: playbook.hours }
}

/// In half an hour, in two hours, this evening, tomorrow morning, tomorrow evening, in three days: those that the rules allow.
fn calls(session: &Session) -> Vec<Timestamp> {
    let (zone, now) = (session.zone(), session.now);
    let today = zone.day(now);
    let at = |days: i64, hour: u16, minute: u16| {
        Clock::new(hour, minute).map(|clock| zone.at(today.plus(days), clock))
    };
    let wanted = [
        Some(quarter(now.plus(Duration::from_mins(30)))),
        Some(quarter(now.plus(Duration::from_hours(2)))),
        at(0, 19, 30),
        at(1, 10, 0),
        at(1, 19, 30),
        at(3, 19, 30),
    ];
    let allowed = |at: &Timestamp| {
        session.playbook().is_none_or(|playbook| !is_quiet(&playbook.contact, playbook.zone, *at))
    };
    tidy(wanted.into_iter().flatten().filter(allowed), now)
}

/// Evenings and weekend mornings, when nodes take place.
fn nodes(session: &Session) -> Vec<Timestamp> {
    let (zone, now) = (session.zone(), session.now);
    let today = zone.day(now);
    let mut wanted = Vec::new();
    for (days, hour) in [(0, 19), (1, 10), (1, 19), (2, 19), (3, 19)] {
        wanted.extend(Clock::new(hour, 0).map(|clock| zone.at(today.plus(days), clock)));
    }
    let saturday = (1..=7).map(|n| today.plus(n)).find(|day| day.weekday() == 5);
    wanted.extend(saturday.zip(Clock::new(10, 0)).map(|(day, clock)| zone.at(day, clock)));
    tidy(wanted.into_iter(), now)
}

/// Rounds up to a quarter of an hour: nobody promises 12:12.
fn quarter(at: Timestamp) -> Timestamp {
    const QUARTER: i64 = 15 * crate::domain::time::MINUTE_MS;
    Timestamp(at.0.saturating_add(QUARTER - 1).div_euclid(QUARTER) * QUARTER)
}

fn tidy(times: impl Iterator<Item = Timestamp>, now: Timestamp) -> Vec<Timestamp> {
    let mut times: Vec<Timestamp> = times.filter(|at| *at > now).collect();
    times.sort_unstable();
    times.dedup();
    times
}
