//! What else is done from the cockpit: advance, book, win, lose, skip, put off, look up, note down.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::app::reach::Deed;
use crate::app::{Act, Context, Cx, Event, Flow, Notice, Session, View};
use crate::dialog::answers::Answers;
use crate::dialog::explain::Explain;
use crate::dialog::line::Line;
use crate::dialog::order::Order;
use crate::dialog::reason::Why;
use crate::dialog::stage::{Advance, advance};
use crate::dialog::when::When;
use crate::dialog::{Ask, Step, foot, meant_for_dialogs};
use crate::domain::code::ChannelCode;
use crate::domain::id::{DealId, PersonId};
use crate::domain::lists::ContactState;
use crate::playbook::model::Node;
use crate::screen::call::{Call, Over, target};
use crate::screen::card::Card;
use crate::store::change::customer::NewContact;
use crate::store::change::{Change, CustomerChange, DealChange, WorkChange};
use crate::store::query::customer::CardDeal;
use crate::text::Text;

impl Over {
    /// Which actions apply.
    pub(super) fn context(&self) -> Context {
        match self {
            Self::Sure(ask) => ask.context(),
            Self::Answers(ask) => ask.context(),
            _ => Context::Form,
        }
    }

    /// Whether a text field has the keys.
    pub(super) fn is_typing(&self) -> bool {
        match self {
            Self::Sure(_) | Self::Skip(_) | Self::Lose(..) | Self::Explain(_) => false,
            Self::Node(ask) | Self::Next(ask) | Self::Snooze(ask) | Self::Book(ask, ..) => ask.is_typing(),
            Self::Facts(ask) => ask.is_typing(),
            Self::Order(ask) | Self::Win(ask) => ask.is_typing(),
            Self::Answers(ask) => ask.is_typing(),
            Self::Advance(ask) => ask.is_typing(),
            Self::Private(ask) | Self::Contact(ask, _) => ask.is_typing(),
        }
    }

    /// Draws it; what an outcome asks stands at the foot, so that card and script stay in sight.
    pub(super) fn render(&self, area: Rect, buf: &mut Buffer, view: View<'_>) -> Option<Position> {
        let low = foot(area, 14);
        match self {
            Self::Sure(ask) => ask.render(low, buf, &view),
            Self::Facts(ask) => ask.render(foot(area, 8), buf, &view),
            Self::Advance(ask) => ask.render(foot(area, 8), buf, &view),
            Self::Order(ask) | Self::Win(ask) => ask.render(low, buf, &view),
            Self::Node(ask) | Self::Next(ask) | Self::Snooze(ask) | Self::Book(ask, ..) => {
                ask.render(low, buf, &view)
            }
            Self::Answers(ask) => ask.render(area, buf, &view),
            Self::Skip(ask) | Self::Lose(ask, _) => ask.render(low, buf, &view),
            Self::Explain(ask) => ask.render(area, buf, &view),
            Self::Private(ask) | Self::Contact(ask, _) => ask.render(low, buf, &view),
        }
    }
}

/// What a deed came to.
enum Came {
    Stay,
    Close,
    /// A change of this record; the record stays.
    Write(Change),
    /// A change that ends the task; the next record opens.
    Leave(Change),
    Used((crate::domain::code::QuestionCode, bool)),
}

fn came<T>(step: Step<T>, done: impl FnOnce(T) -> Came) -> Came {
    match step {
        Step::Stay => Came::Stay,
        Step::Cancel => Came::Close,
        Step::Done(value) => done(value),
    }
}

impl Call {
    /// Why an action cannot be done now.
    pub(super) fn can(&self, act: Act, session: &Session) -> Result<(), Text> {
        let needs_deal = matches!(act, Act::Advance | Act::Book | Act::Win | Act::Lose);
        if needs_deal && self.deal().is_none() {
            return Err(Text("call.no_deal"));
        }
        if act == Act::Book && self.node(session).is_none() {
            return Err(Text("call.no_node"));
        }
        let needs_task = matches!(act, Act::Skip | Act::Snooze | Act::Explain);
        if needs_task && self.row().is_none() {
            return Err(Text("call.no_task"));
        }
        if matches!(act, Act::Copy | Act::Dial) && self.way(session).is_none() {
            return Err(Text("call.no_number"));
        }
        if matches!(act, Act::AddContact) && self.person(session).is_none() {
            return Err(Text("call.no_person"));
        }
        Ok(())
    }

    fn deal(&self) -> Option<&CardDeal> {
        target::deal(self.row(), self.card.as_deref()?)
    }

    fn person(&self, session: &Session) -> Option<PersonId> {
        target::person(session, self.row(), self.card.as_deref()?).map(|person| person.id)
    }

    /// The node that is booked from here: of the deal's pipeline.
    fn node<'a>(&self, session: &'a Session) -> Option<&'a Node> {
        let deal = self.deal()?;
        let nodes = &session.playbook()?.nodes;
        nodes
            .iter()
            .find(|n| n.pipeline.as_ref() == Some(&deal.pipeline))
            .or_else(|| nodes.iter().find(|n| n.pipeline.is_none()))
    }

    /// Opens what a key of the cockpit asks for.
    pub(super) fn open_deed(&mut self, act: Act, cx: &mut Cx<'_>) -> Flow {
        let name = self.name();
        let deal = self.deal().map(|deal| deal.id);
        match act {
            Act::Answers => self.over = Some(Over::Answers(Answers::new(self.card.as_deref()))),
            Act::Skip => self.over = Some(Over::Skip(Why::skip(cx.session, name))),
            Act::Snooze => {
                self.over = Some(Over::Snooze(When::call(cx.session, Text("dialog.snooze"), name)));
            }
            Act::Explain => self.over = self.row().map(|row| Over::Explain(Explain::new(row))),
            Act::Lose => self.over = deal.map(|deal| Over::Lose(Why::lost(cx.session, name), deal)),
            Act::Book => {
                let node = self.node(cx.session).map(|node| node.code.clone());
                let when = When::node(cx.session, Text("dialog.node_when"), name);
                self.over = deal.zip(node).map(|(deal, node)| Over::Book(when, deal, node));
            }
            Act::Card => cx.push(Card::new(self.customer)),
            Act::Win => self.win(cx),
            Act::Advance => self.advance(cx),
            Act::Private => {
                let text = self.card.as_ref().map(|card| card.private_note.clone()).unwrap_or_default();
                self.over = Some(Over::Private(Line::new(Text("dialog.private"), name, &text)));
            }
            Act::AddContact => {
                let person = self.person(cx.session);
                self.over = person.map(|id| Over::Contact(Line::new(Text("dialog.contact"), name, ""), id));
            }
            Act::Copy => self.reach(Deed::Copy, cx),
            Act::Dial => {
                self.started.get_or_insert(cx.session.now);
                self.reach(Deed::Dial, cx);
            }
            _ => return crate::screen::switch(act, cx),
        }
        Flow::Used
    }

    fn win(&mut self, cx: &mut Cx<'_>) {
        let card = self.card.as_deref();
        let order =
            card.zip(self.deal()).and_then(|(card, deal)| Order::new(cx.session, card, deal, Vec::new()));
        self.over = order.map(|order| Over::Win(Box::new(order)));
    }

    fn advance(&mut self, cx: &mut Cx<'_>) {
        let Some((card, deal)) = self.card.as_deref().zip(self.deal()) else { return };
        match advance(cx.session, card, deal) {
            Advance::Ready(change) => {
                self.own.insert(cx.write(Change::Deal(change)));
            }
            Advance::Ask(ask) => self.over = Some(Over::Advance(ask)),
            Advance::Win => self.win(cx),
            Advance::None => {
                let words = cx.session.words.say(Text("call.last_stage")).to_owned();
                cx.say(Notice::refused(words));
            }
        }
    }

    /// Gives an event to what a key of the cockpit opened.
    pub(super) fn deed(&mut self, event: &Event, cx: &mut Cx<'_>) -> Flow {
        let task = self.row().map(|row| row.id);
        let customer = self.customer;
        let Some(over) = &mut self.over else { return Flow::Passed };
        let came = match over {
            Over::Answers(ask) => came(ask.update(event, cx), Came::Used),
            Over::Skip(ask) => came(ask.update(event, cx), |reason| {
                let words = String::new();
                task.map_or(Came::Close, |task| {
                    Came::Leave(Change::Work(WorkChange::Skip { task, reason, words }))
                })
            }),
            Over::Snooze(ask) => came(ask.update(event, cx), |until| {
                task.map_or(Came::Close, |task| Came::Leave(Change::Work(WorkChange::Snooze { task, until })))
            }),
            Over::Lose(ask, deal) => {
                let deal: DealId = *deal;
                came(ask.update(event, cx), |reason| {
                    Came::Write(Change::Deal(DealChange::Lose { deal, reason, words: String::new() }))
                })
            }
            Over::Book(ask, deal, node) => {
                let (deal, node) = (*deal, node.clone());
                came(ask.update(event, cx), |at| {
                    Came::Write(Change::Deal(DealChange::Book { deal, node, at }))
                })
            }
            Over::Advance(ask) => came(ask.update(event, cx), |change| Came::Write(Change::Deal(change))),
            Over::Win(ask) => came(ask.update(event, cx), |order| {
                Came::Write(Change::Deal(DealChange::Win(Box::new(order))))
            }),
            Over::Explain(ask) => came(ask.update(event, cx), |()| Came::Close),
            Over::Private(ask) => came(ask.update(event, cx), |text| {
                Came::Write(Change::Customer(CustomerChange::PrivateNote { customer, text }))
            }),
            Over::Contact(ask, person) => {
                let person = *person;
                let channel = social(cx.session);
                came(ask.update(event, cx), |raw| match channel {
                    Some(channel) if !raw.is_empty() => Came::Write(contact(person, channel, raw)),
                    _ => Came::Close,
                })
            }
            _ => return Flow::Passed,
        };
        match came {
            Came::Stay if !meant_for_dialogs(event) => return Flow::Passed,
            Came::Stay => {}
            Came::Close => self.over = None,
            Came::Used(used) => {
                self.over = None;
                self.questions.retain(|(known, _)| *known != used.0);
                self.questions.push(used);
            }
            Came::Write(change) => {
                self.over = None;
                self.own.insert(cx.write(change));
            }
            Came::Leave(change) => {
                self.over = None;
                let id = cx.write(change);
                let note = self.note.text();
                self.leave(id, note, cx);
            }
        }
        Flow::Used
    }
}

/// The channel of social accounts: the first that has contacts of its own and is not dialled (S001-48).
fn social(session: &Session) -> Option<ChannelCode> {
    let channels = &session.playbook()?.channels;
    channels.iter().find(|c| !c.is_call && c.contact.as_ref() == Some(&c.code)).map(|c| c.code.clone())
}

fn contact(person: PersonId, channel: ChannelCode, raw: String) -> Change {
    let norm = raw.trim().to_lowercase();
    let state = ContactState::Verified;
    Change::Customer(CustomerChange::AddContact {
        person,
        contact: NewContact { channel, raw, norm, extension: String::new(), state },
    })
}
