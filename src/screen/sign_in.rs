//! Choosing who one is, where nothing said it at the start.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::app::{Act, Context, Cx, Event, Flow, Layer, Part, Spot, Ticket, View};
use crate::dialog::{candidate, meant_for_dialogs, typed};
use crate::domain::id::UserId;
use crate::domain::lists;
use crate::domain::search_key::Search;
use crate::screen::desk::Desk;
use crate::screen::frame::footer;
use crate::screen::select::{Select, moves};
use crate::screen::today::Today;
use crate::screen::wall::{self, Wall};
use crate::store::query::{Answer, Query, UserRow};
use crate::text::Text;
use crate::theme::Role;
use crate::widget::{Column, Line, Lines, Row, Shape, Table, TextField, clear, draw, line_cells, piece};

/// Widest the chooser is drawn.
const WIDTH_MAX: u16 = 64;

/// The chooser of users.
#[derive(Debug, Clone, Default)]
pub struct SignIn {
    field: TextField,
    users: Option<Vec<UserRow>>,
    asked: Option<Ticket>,
    entering: Option<Ticket>,
    select: Select<UserId>,
    problem: Option<String>,
}

impl SignIn {
    /// The chooser before its first answer.
    pub fn new() -> Self {
        Self::default()
    }

    fn found(&self) -> Vec<&UserRow> {
        let text = self.field.text().trim().to_lowercase();
        self.users.iter().flatten().filter(|user| text.is_empty() || answers(user, &text)).collect()
    }

    fn keys(&self) -> Vec<UserId> {
        self.found().into_iter().map(|user| user.id).collect()
    }

    fn settle(&mut self) {
        let keys = self.keys();
        self.select.settle(&keys);
    }

    fn act(&mut self, act: Act, cx: &mut Cx<'_>) -> Flow {
        let page = usize::from(cx.session.size.height).saturating_sub(9);
        let keys = self.keys();
        if self.select.travel(act, page, &keys) {
            return Flow::Used;
        }
        match act {
            Act::Accept if self.entering.is_none() => {
                if let Some(user) = self.select.key() {
                    self.entering = Some(cx.read(Query::Me(*user)));
                }
            }
            Act::Accept => {}
            Act::Back => {
                if self.field.is_empty() {
                    cx.act(Act::Quit);
                }
                self.field.clear();
                self.settle();
            }
            _ => return Flow::Passed,
        }
        Flow::Used
    }

    fn answered(&mut self, ticket: Ticket, answer: &Answer, cx: &mut Cx<'_>) -> Flow {
        match answer {
            Answer::Users(users) if self.asked == Some(ticket) => {
                self.asked = None;
                let mut users = users.clone();
                // whoever only presses Enter wants a day of calls: those who make them come first
                users.sort_by_key(|user| (user.role == lists::Role::Viewer, user.role));
                self.users = Some(users);
                self.settle();
            }
            Answer::Me(me) if self.entering == Some(ticket) => {
                let (user, now) = (me.user.id, cx.now());
                cx.read(Query::Gap { user, now });
                if me.user.role == lists::Role::Viewer {
                    let team = me.user.team.as_ref().map(|(team, _)| *team);
                    cx.replace(Wall::new(team, wall::STANDS));
                } else if me.user.role >= lists::Role::Lead {
                    // a lead begins with the team (S001-17)
                    cx.replace(Desk::new());
                } else {
                    cx.replace(Today::new());
                }
            }
            _ => return Flow::Passed,
        }
        Flow::Used
    }
}

/// Whether a user's name, its pinyin or initials, the sign-in name or the team begins with or contains a text.
fn answers(user: &UserRow, text: &str) -> bool {
    let team = user.team.as_ref().is_some_and(|(_, team)| team.to_lowercase().contains(text));
    team || user.login.contains(text)
        || user.name.to_lowercase().contains(text)
        || Search::parse(text).finds(&user.name)
}

impl Layer for SignIn {
    fn context(&self) -> Context {
        Context::SignIn
    }

    fn is_typing(&self) -> bool {
        true
    }

    fn waits(&self, event: &Event, _: &View<'_>) -> bool {
        let on_a_row = |act: Act| act == Act::Accept || moves(act);
        let choosing = self.asked.is_some() && matches!(event, Event::Act(act) if on_a_row(*act));
        // whoever was chosen has the keys from then on
        choosing || (self.entering.is_some() && meant_for_dialogs(event))
    }

    fn update(&mut self, event: &Event, cx: &mut Cx<'_>) -> Flow {
        match event {
            Event::Shown => self.asked = Some(cx.read(Query::Users)),
            Event::Act(act) => return self.act(*act, cx),
            Event::Answered(ticket, Ok(answer)) => return self.answered(*ticket, answer, cx),
            Event::Answered(ticket, Err(error)) if [self.asked, self.entering].contains(&Some(*ticket)) => {
                self.entering = None;
                self.problem = Some(crate::app::speak::refusal(cx.session, error, false));
            }
            Event::Pointed(Spot::Row(_, id)) => {
                let keys = self.keys();
                if !self.select.point(UserId(*id), &keys) {
                    return Flow::Passed;
                }
            }
            event if typed(&mut self.field, event) => self.settle(),
            _ => return Flow::Passed,
        }
        Flow::Used
    }

    fn render(&self, area: Rect, buf: &mut Buffer, view: &View<'_>) -> Option<Position> {
        let session = view.session;
        let (words, theme) = (&session.words, &session.theme);
        clear(area, buf, theme);
        let width = area.width.min(WIDTH_MAX);
        // the last row is the footer's
        let height = area.height.saturating_sub(1);
        let left = if theme.manner().is_spoken() { 0 } else { (area.width - width) / 2 };
        let room = Rect { x: area.x + left, width, height, ..area };
        let row = |y: u16| Rect { y: room.y.saturating_add(y), height: 1, ..room }.intersection(room);
        // a tall window gives the list some air above it
        let top = if area.height > 16 { 2 } else { 0 };
        // a small one spends no row on it
        let gap = u16::from(!Shape::of(buf.area, theme).is_narrow());
        let brand: Line<'_> = vec![
            piece(format!(" {} ", words.say(Text("app.name"))), Role::Brand),
            piece(format!("  {}", words.say(Text("app.tagline"))), Role::Dim),
        ];
        draw(&brand, row(top), buf, theme);
        let ask = format!("{}  ", words.say(Text("sign_in.who")));
        let asked = [piece(ask, Role::Title)];
        let indent = u16::try_from(line_cells(&asked)).unwrap_or(0).min(width);
        let field = row(top + 1 + gap);
        draw(&asked, field, buf, theme);
        let place = Rect { x: room.x + indent, width: width - indent, ..field }.intersection(field);
        let found = self.found();
        let first = found.get(self.select.at()).map_or("", |user| user.name.as_str());
        let place = candidate(place, first, buf, session);
        let caret = self.field.view().placeholder(words.say(Text("sign_in.type"))).render(place, buf, theme);
        let line = if let Some(problem) = &self.problem {
            piece(problem.as_str(), Role::Error)
        } else {
            let board = session.keymap.label(Context::Today, Act::Board);
            let name = found.get(self.select.at()).map_or("–", |user| user.name.as_str());
            let values: [(&str, &dyn std::fmt::Display); 2] = [("go_board", &board), ("name", &name)];
            piece(session.keyed(Context::SignIn, Text("sign_in.hint"), &values), Role::Text)
        };
        let hint = [vec![line]];
        let hint = Lines::new(&hint);
        let high = hint.height(width).min(room.height / 3);
        let above = top + 2 + 2 * gap;
        let body = Rect {
            y: room.y.saturating_add(above).min(room.bottom()),
            height: room.height.saturating_sub(above + high + gap),
            ..room
        };
        let make = |index: usize| {
            found.get(index).map_or_else(Row::default, |user| {
                let team = user.team.as_ref().map_or("", |(_, team)| team.as_str());
                Row::new([
                    vec![piece(user.name.as_str(), Role::Accent)],
                    vec![piece(words.name("role", user.role.as_str()), Role::Text)],
                    vec![piece(team, Role::Text)],
                    vec![piece(user.login.as_str(), Role::Dim)],
                ])
            })
        };
        let columns = [
            Column::flex("", 10).weight(2).priority(0),
            Column::fixed("", 8).priority(1),
            Column::flex("", 8).priority(2),
            Column::flex("", 8).priority(3),
        ];
        if found.is_empty() {
            let text = if self.users.is_none() { Text("common.loading") } else { Text("sign_in.none") };
            draw(&[piece(words.say(text), Role::Dim)], body, buf, theme);
        } else {
            let table = Table::making(&columns, found.len(), &make).selected(Some(self.select.at()));
            session.hits.rows(body, Part::default(), |place| {
                table.row_at(body, place).and_then(|row| found.get(row)).map(|user| user.id.0)
            });
            table.render(body, buf, theme);
        }
        let place = Rect { y: room.bottom().saturating_sub(high), height: high, ..room };
        hint.render(place.intersection(room), buf, theme);
        footer(area, buf, view, self);
        caret
    }
}
