//! A customer on one screen: who, every process, what is promised, what was said (S001-33, S001-63, S001-104).
//!
//! The card itself is at the left, the timeline of all channels at the right; a narrow window shows the one with the
//! focus. What is done from here goes through dialogs; everything but do-not-contact can be undone.

mod deeds;
mod edits;
mod view;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::app::reach::Reach;
use crate::app::{Act, Context, Cx, Event, Flow, Layer, Part, Session, Spot, Ticket, View, speak};
use crate::dialog::access::NewRight;
use crate::dialog::filling::Filling;
use crate::domain::code::ChannelCode;
use crate::domain::id::ContactId;
use crate::domain::id::CustomerId;
use crate::domain::lists::{ContactState, DealState};
use crate::playbook::channel::PHONE;
use crate::screen::call::Call;
use crate::screen::frame::frame;
use crate::screen::{ScreenId, parts, switch};
use crate::store::StoreError;
use crate::store::change::Topic;
use crate::store::query::customer::{CardDeal, Happened};
use crate::store::query::{self, Answer, Query, TimelineAsk, TimelineItem, Viewer};
use crate::text::Text;

/// Facts of the timeline in one window.
pub const WINDOW: usize = 60;
/// The next window is asked for when this few rows are left below.
const NEAR_END: u16 = 12;

/// The part with the focus.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Side {
    #[default]
    Card,
    Timeline,
}

impl Side {
    const fn of(part: Part) -> Self {
        if part.0 == 0 { Self::Card } else { Self::Timeline }
    }

    const fn part(self) -> Part {
        Part(match self {
            Self::Card => 0,
            Self::Timeline => 1,
        })
    }
}

/// The card of a customer.
#[derive(Debug, Clone)]
pub struct Card {
    customer: CustomerId,
    found: Option<Box<query::Card>>,
    asked: Option<Ticket>,
    timeline: Vec<TimelineItem>,
    more: bool,
    /// Whether something was written since the timeline was read, which was scrolled away from its top.
    fresh: bool,
    timeline_asked: Option<Ticket>,
    next_asked: Option<Ticket>,
    /// Who works here, asked to grant somebody a right.
    granting: Option<Ticket>,
    /// Only this channel.
    channel: Option<ChannelCode>,
    /// Channels met on the timeline so far: those the filter goes through.
    channels: Vec<ChannelCode>,
    side: Side,
    scroll: u16,
    timeline_scroll: u16,
    problem: Option<String>,
}

impl Card {
    /// The card of a customer, before its first answer.
    pub fn new(customer: CustomerId) -> Self {
        Self {
            customer,
            found: None,
            asked: None,
            timeline: Vec::new(),
            more: false,
            fresh: false,
            timeline_asked: None,
            next_asked: None,
            granting: None,
            channel: None,
            channels: Vec::new(),
            side: Side::Card,
            scroll: 0,
            timeline_scroll: 0,
            problem: None,
        }
    }

    fn ask_card(&mut self, cx: &mut Cx<'_>) {
        let (customer, by) = (self.customer, cx.viewer());
        self.asked = Some(cx.read(Query::Card { customer, by }));
    }

    fn timeline_ask(&self, before: Option<&TimelineItem>, by: Viewer) -> Query {
        let (customer, channel) = (self.customer, self.channel.clone());
        let before = before.map(|item| (item.at, item.id));
        Query::Timeline(TimelineAsk { customer, by, before, limit: WINDOW, channel })
    }

    fn ask_timeline(&mut self, cx: &mut Cx<'_>) {
        self.timeline_asked = Some(cx.read(self.timeline_ask(None, cx.viewer())));
        self.next_asked = None;
    }

    /// Reads the card again, and the timeline where it stands at its top: what is being read does not move.
    fn follow(&mut self, cx: &mut Cx<'_>) {
        self.ask_card(cx);
        if self.timeline_scroll == 0 {
            self.ask_timeline(cx);
        } else {
            self.fresh = true;
        }
    }

    fn ask_next(&mut self, cx: &mut Cx<'_>) {
        let (height, page) = self.timeline_height(cx.session);
        let left = height.saturating_sub(self.timeline_scroll.saturating_add(page));
        if self.more && left < NEAR_END && self.next_asked.is_none() {
            self.next_asked = Some(cx.read(self.timeline_ask(self.timeline.last(), cx.viewer())));
        }
    }

    fn answered(&mut self, ticket: Ticket, answer: &Answer, cx: &mut Cx<'_>) -> Flow {
        match answer {
            Answer::Card(card) if self.asked == Some(ticket) => {
                self.asked = None;
                self.problem = None;
                self.found = Some(card.clone());
            }
            Answer::Users(users) if self.granting == Some(ticket) => {
                self.granting = None;
                if let Some(card) = &self.found {
                    let form = NewRight::form(cx.session, card, users);
                    cx.push(Filling::new(NewRight::new(card.id), form));
                }
            }
            Answer::Timeline(items) if self.timeline_asked == Some(ticket) => {
                self.timeline_asked = None;
                self.fresh = false;
                self.timeline.clone_from(items);
                self.met(items);
            }
            Answer::Timeline(items) if self.next_asked == Some(ticket) => {
                self.next_asked = None;
                self.timeline.extend_from_slice(items);
                self.met(items);
            }
            _ => return Flow::Passed,
        }
        if let Answer::Timeline(items) = answer {
            self.more = items.len() >= WINDOW;
            self.ask_next(cx);
        }
        Flow::Used
    }

    fn met(&mut self, items: &[TimelineItem]) {
        for item in items {
            if let Happened::Touch { channel, .. } = &item.what
                && !self.channels.contains(channel)
            {
                self.channels.push(channel.clone());
            }
        }
    }

    fn act(&mut self, act: Act, cx: &mut Cx<'_>) -> Flow {
        if self.move_by(act, cx.session) {
            self.ask_next(cx);
            if self.fresh && self.timeline_scroll == 0 {
                self.ask_timeline(cx);
            }
            return Flow::Used;
        }
        match act {
            Act::Left => self.side = Side::Card,
            Act::Right => self.side = Side::Timeline,
            Act::NextField | Act::PreviousField => {
                self.side = if self.side == Side::Card { Side::Timeline } else { Side::Card };
            }
            Act::Channel => {
                self.channel = self.next_channel();
                self.timeline_scroll = 0;
                self.ask_timeline(cx);
            }
            Act::Back => cx.pop(),
            Act::Call => {
                let name = self.found.as_ref().map(|card| card.name.clone()).unwrap_or_default();
                cx.push(Call::customer(self.customer, name));
            }
            Act::Grant if self.found.is_some() => self.granting = Some(cx.read(Query::Users)),
            _ if self.deed(act, cx) == Flow::Used => {}
            _ => return switch(act, cx),
        }
        Flow::Used
    }

    /// None, then each channel met, then none again.
    fn next_channel(&self) -> Option<ChannelCode> {
        match &self.channel {
            None => self.channels.first().cloned(),
            Some(now) => self.channels.iter().skip_while(|code| *code != now).nth(1).cloned(),
        }
    }

    /// Numbers that can be called, as they stand on the card, with how they are shown.
    fn numbers(&self) -> Vec<(Reach, String)> {
        let persons = self.found.iter().flat_map(|card| &card.persons);
        persons
            .flat_map(|person| &person.contacts)
            .filter(|contact| contact.channel.as_str() == PHONE && contact.state != ContactState::Dead)
            .filter_map(|contact| Some((Reach::of(contact)?, parts::card::number(contact))))
            .collect()
    }

    /// Numbers and ids that came masked, with how they are shown.
    fn masked(&self) -> Vec<(ContactId, String)> {
        let persons = self.found.iter().flat_map(|card| &card.persons);
        let contacts = persons.flat_map(|person| &person.contacts).filter(|contact| contact.is_masked);
        contacts.map(|contact| (contact.id, parts::card::number(contact))).collect()
    }

    /// Deals that are open and have stages.
    fn open_deals(&self) -> Vec<CardDeal> {
        let deals = self.found.iter().flat_map(|card| &card.deals);
        deals.filter(|deal| deal.state == DealState::Open && deal.stage.is_some()).cloned().collect()
    }

    fn can(&self, act: Act, session: &Session) -> Result<(), Text> {
        let Some(card) = &self.found else {
            return if needs_card(act) { Err(Text("common.loading")) } else { Ok(()) };
        };
        match act {
            Act::Advance | Act::Book | Act::Win | Act::Lose if self.open_deals().is_empty() => {
                Err(Text("call.no_deal"))
            }
            Act::Copy | Act::Dial if self.numbers().is_empty() => Err(Text("call.no_number")),
            Act::Copy | Act::Dial if !card.is_workable => Err(Text("card.not_workable")),
            Act::Reveal if self.masked().is_empty() => Err(Text("card.nothing_masked")),
            Act::AddContact if card.persons.is_empty() => Err(Text("call.no_person")),
            Act::Pay if card.orders.iter().all(|order| order.paid >= order.price) => {
                Err(Text("card.all_paid"))
            }
            Act::DoNotContact if card.do_not_contact.is_some_and(|until| until > session.now) => {
                Err(Text("card.dnc_already"))
            }
            _ => Ok(()),
        }
    }
}

/// Whether an action is done with what stands on the card.
const fn needs_card(act: Act) -> bool {
    matches!(
        act,
        Act::Accept
            | Act::AddContact
            | Act::AddPerson
            | Act::AddTask
            | Act::Advance
            | Act::Book
            | Act::Call
            | Act::Copy
            | Act::Dial
            | Act::DoNotContact
            | Act::Edit
            | Act::Lose
            | Act::Note
            | Act::OpenDeal
            | Act::Pay
            | Act::Private
            | Act::Grant
            | Act::Reveal
            | Act::Win
    )
}

impl Layer for Card {
    fn context(&self) -> Context {
        Context::Card
    }

    fn offers(&self, act: Act, view: &View<'_>) -> Result<(), Text> {
        self.can(act, view.session)
    }

    fn waits(&self, event: &Event, view: &View<'_>) -> bool {
        let unsure = self.asked.is_some() || view.session.is_settling();
        unsure && matches!(event, Event::Act(act) if needs_card(*act))
    }

    fn update(&mut self, event: &Event, cx: &mut Cx<'_>) -> Flow {
        match event {
            Event::Shown if self.found.is_some() => self.follow(cx),
            Event::Shown => {
                self.ask_card(cx);
                self.ask_timeline(cx);
            }
            Event::Act(act) => return self.act(*act, cx),
            Event::Pointed(Spot::Part(part)) => self.side = Side::of(*part),
            Event::Turned(part, by) => {
                self.side = Side::of(*part);
                let act = if *by > 0 { Act::Down } else { Act::Up };
                for _ in 0..by.unsigned_abs() {
                    self.act(act, cx);
                }
            }
            Event::Answered(ticket, Ok(answer)) => return self.answered(*ticket, answer, cx),
            Event::Answered(ticket, Err(error)) if self.asked == Some(*ticket) => {
                self.asked = None;
                if matches!(error, StoreError::Forbidden { .. }) {
                    // given to somebody else since: nothing of the customer stays in sight
                    self.found = None;
                    self.timeline.clear();
                }
                self.problem = Some(speak::refusal(cx.session, error, false));
            }
            Event::Answered(ticket, Err(error))
                if [self.timeline_asked, self.next_asked].contains(&Some(*ticket)) =>
            {
                (self.timeline_asked, self.next_asked) = (None, None);
                cx.refuse(error);
            }
            Event::Written(_, Ok(_)) => self.follow(cx),
            Event::Committed(commit)
                if commit.topics.contains(&Topic::Customer)
                    && commit.effects.customer == Some(self.customer) =>
            {
                self.follow(cx);
            }
            Event::Minute => {}
            _ => return Flow::Passed,
        }
        Flow::Used
    }

    fn render(&self, area: Rect, buf: &mut Buffer, view: &View<'_>) -> Option<Position> {
        let body = frame(area, buf, view, ScreenId::Customers, self);
        let place = self.body(body, buf, *view);
        view.session.theme.manner().is_spoken().then_some(place)
    }
}
