//! Customers: found as one types, listed in windows, opened as a card (issue 2 point 12).

mod view;

use std::collections::BTreeSet;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::app::{Act, Context, Cx, Effect, Event, Flow, Layer, Notice, Session, Spot, Ticket, View};
use crate::dialog::customer::NewOne;
use crate::dialog::filling::Filling;
use crate::domain::id::{CustomerId, UserId};
use crate::domain::lists::Role;
use crate::domain::phone::PhoneNumber;
use crate::input::Input;
use crate::screen::call::Call;
use crate::screen::card::Card;
use crate::screen::frame::frame;
use crate::screen::select::{Select, moves};
use crate::screen::{ScreenId, switch};
use crate::store::change::{Commit, Topic};
use crate::store::query::{Answer, CustomerRow, Found, Query};
use crate::text::Text;
use crate::widget::TextField;

/// Rows of one window of the list.
pub const WINDOW: usize = 100;
/// Rows a search shows at most: who needs more types another letter.
pub const FOUND: usize = 50;
/// The next window is asked for when the selection is this near the end of what is loaded.
const NEAR_END: usize = 25;

/// Whose customers are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scope {
    Mine,
    All,
}

/// The list of customers.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is so or not by itself")]
pub struct Customers {
    field: TextField,
    /// Whether letters go to the search field.
    searching: bool,
    scope: Option<Scope>,
    rows: Vec<CustomerRow>,
    more: bool,
    loaded: bool,
    /// The last question that replaces the rows; answers to older ones are dropped.
    asked: Option<Ticket>,
    next_asked: Option<Ticket>,
    select: Select<CustomerId>,
    /// Whether a new customer is being written down: the one that comes of it is what the next key is about.
    adding: bool,
    /// Commits about customers since the list was read.
    news: usize,
}

impl Default for Customers {
    fn default() -> Self {
        Self::new()
    }
}

impl Customers {
    /// The screen before its first answer.
    pub fn new() -> Self {
        Self {
            field: TextField::default().limit(60),
            searching: false,
            scope: None,
            rows: Vec::new(),
            more: false,
            loaded: false,
            asked: None,
            next_asked: None,
            select: Select::default(),
            adding: false,
            news: 0,
        }
    }

    /// The screen with its search field open.
    pub fn search() -> Self {
        Self { searching: true, ..Self::new() }
    }

    fn scope(&self, session: &Session) -> Scope {
        let sells = session.me.as_ref().is_none_or(|me| matches!(me.user.role, Role::Rep | Role::Coach));
        self.scope.unwrap_or(if sells { Scope::Mine } else { Scope::All })
    }

    fn owner(&self, session: &Session) -> Option<UserId> {
        let me = session.me.as_ref().map(|me| me.user.id);
        if self.scope(session) == Scope::Mine { me } else { None }
    }

    fn is_filtered(&self) -> bool {
        !self.field.text().trim().is_empty()
    }

    /// Asks for the rows anew; the ones in sight stay until the answer comes.
    fn ask(&mut self, cx: &mut Cx<'_>) {
        let text = self.field.text().trim().to_owned();
        let query = if text.is_empty() {
            Query::Customers {
                owner: self.owner(cx.session),
                after: None,
                by: cx.viewer(),
                limit: WINDOW.max(self.rows.len()),
            }
        } else {
            Query::Find { text, by: cx.viewer(), limit: FOUND }
        };
        self.asked = Some(cx.read(query));
        self.next_asked = None;
    }

    fn ask_next(&mut self, cx: &mut Cx<'_>) {
        let near = self.select.at() + NEAR_END >= self.rows.len();
        if !near || !self.more || self.is_filtered() || self.next_asked.is_some() || self.asked.is_some() {
            return;
        }
        let after = self.rows.last().map(|row| row.id);
        let owner = self.owner(cx.session);
        self.next_asked = Some(cx.read(Query::Customers { owner, after, by: cx.viewer(), limit: WINDOW }));
    }

    fn keys(&self) -> Vec<CustomerId> {
        self.rows.iter().map(|row| row.id).collect()
    }

    fn selected(&self) -> Option<&CustomerRow> {
        self.rows.get(self.select.at())
    }

    fn typed(&mut self, cx: &mut Cx<'_>) {
        // what was typed decides the order now: the best match is the one Enter opens
        self.select.reset();
        self.ask(cx);
    }

    fn take_in(&mut self, found: &Found) {
        self.rows.clone_from(&found.rows);
        self.more = found.more;
        self.loaded = true;
        self.news = 0;
        let keys = self.keys();
        self.select.settle(&keys);
    }

    fn answered(&mut self, ticket: Ticket, answer: &Answer, cx: &mut Cx<'_>) -> Flow {
        let Answer::Found(found) = answer else { return Flow::Passed };
        if self.asked == Some(ticket) {
            self.asked = None;
            self.take_in(found);
        } else if self.next_asked == Some(ticket) {
            self.next_asked = None;
            let known: BTreeSet<CustomerId> = self.rows.iter().map(|row| row.id).collect();
            self.rows.extend(found.rows.iter().filter(|row| !known.contains(&row.id)).cloned());
            self.more = found.more;
        } else {
            return Flow::Passed;
        }
        self.ask_next(cx);
        Flow::Used
    }

    /// What one wrote oneself is shown at once. A customer that was added from here is selected; what was done elsewhere and
    /// is only now on disk moves nothing.
    fn written(&mut self, commit: &Commit, cx: &mut Cx<'_>) {
        let adding = self.adding && !self.is_filtered();
        if let Some(customer) = commit.effects.customer.filter(|id| adding && !self.keys().contains(id)) {
            self.select.choose(customer);
        }
        self.ask(cx);
    }

    fn act(&mut self, act: Act, cx: &mut Cx<'_>) -> Flow {
        let page = usize::from(cx.session.size.height).saturating_sub(6);
        let rows = &self.rows;
        if self.select.travel_among(act, page, (rows.len(), |at| rows.get(at).map(|row| row.id))) {
            self.ask_next(cx);
            return Flow::Used;
        }
        match act {
            Act::Find => self.searching = true,
            Act::Back if self.searching || self.is_filtered() => {
                self.searching = false;
                if self.is_filtered() {
                    self.field.clear();
                    self.typed(cx);
                }
            }
            Act::Back => return switch(Act::Today, cx),
            Act::Accept => {
                if let Some(row) = self.selected() {
                    cx.push(Card::new(row.id));
                }
            }
            Act::Mine => {
                let other = if self.scope(cx.session) == Scope::Mine { Scope::All } else { Scope::Mine };
                self.scope = Some(other);
                self.select.reset();
                self.ask(cx);
            }
            Act::News => self.ask(cx),
            Act::AddCustomer => {
                let form =
                    Filling::new(NewOne::entry(cx.session), NewOne::form(cx.session, &self.field.text()));
                self.adding = true;
                cx.push(form);
            }
            Act::Call => {
                if let Some(row) = self.selected() {
                    let call = Call::customer(row.id, row.name.clone());
                    cx.push(call);
                }
            }
            Act::Copy => self.copy(cx),
            _ => return switch(act, cx),
        }
        Flow::Used
    }

    fn copy(&self, cx: &mut Cx<'_>) {
        let Some(number) = self.selected().and_then(|row| PhoneNumber::new(row.phone.clone()).ok()) else {
            return;
        };
        cx.effect(Effect::Copy(number.national()));
        let words = cx.session.words.say(Text("call.copied")).to_owned();
        cx.say(Notice::done(words));
    }
}

/// Whether a customer is followed by whoever is signed in.
fn is_own(session: &Session, row: &CustomerRow) -> bool {
    let me = session.me.as_ref().map(|me| me.user.id);
    row.owner.as_ref().is_some_and(|(owner, _)| Some(*owner) == me)
}

impl Layer for Customers {
    fn context(&self) -> Context {
        Context::Customers
    }

    fn is_typing(&self) -> bool {
        self.searching
    }

    fn offers(&self, act: Act, _: &View<'_>) -> Result<(), Text> {
        let row = self.selected();
        match act {
            Act::Accept | Act::Call if row.is_none() => Err(Text("customers.nothing")),
            Act::Copy if row.is_none_or(|row| row.phone.is_empty()) => Err(Text("customers.no_phone")),
            Act::Copy if row.is_some_and(|row| PhoneNumber::new(row.phone.clone()).is_err()) => {
                Err(Text("customers.masked"))
            }
            _ => Ok(()),
        }
    }

    fn waits(&self, event: &Event, _: &View<'_>) -> bool {
        let on_a_row = |act: Act| matches!(act, Act::Accept | Act::Call | Act::Copy) || moves(act);
        self.asked.is_some() && matches!(event, Event::Act(act) if on_a_row(*act))
    }

    fn update(&mut self, event: &Event, cx: &mut Cx<'_>) -> Flow {
        match event {
            Event::Shown => {
                self.adding = false;
                self.ask(cx);
            }
            Event::Act(act) => return self.act(*act, cx),
            Event::Answered(ticket, Ok(answer)) => return self.answered(*ticket, answer, cx),
            Event::Answered(ticket, Err(error)) if [self.asked, self.next_asked].contains(&Some(*ticket)) => {
                (self.asked, self.next_asked) = (None, None);
                cx.refuse(error);
            }
            Event::Written(_, Ok(commit)) if commit.topics.contains(&Topic::Customer) => {
                self.written(commit, cx);
            }
            Event::Committed(commit) if commit.topics.contains(&Topic::Customer) => self.news += 1,
            Event::Input(Input::Paste(text)) => {
                self.searching = true;
                self.field.paste(text);
                self.typed(cx);
            }
            Event::Edit(edit) => {
                let before = self.field.text();
                self.field.edit(*edit);
                if self.field.text() != before {
                    self.typed(cx);
                }
            }
            Event::Pointed(Spot::Row(_, id)) => {
                let keys = self.keys();
                if !self.select.point(CustomerId(*id), &keys) {
                    return Flow::Passed;
                }
            }
            Event::Minute => {}
            _ => return Flow::Passed,
        }
        Flow::Used
    }

    fn render(&self, area: Rect, buf: &mut Buffer, view: &View<'_>) -> Option<Position> {
        let body = frame(area, buf, view, ScreenId::Customers, self);
        self.body(body, buf, *view)
    }
}
