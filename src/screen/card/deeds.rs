//! What is done from the card: stages, orders, payments, tasks, numbers, the notebook, do-not-contact.

use crate::app::reach::{self, Deed, Reach};
use crate::app::speak::{self, amount, fact, time};
use crate::app::{Act, Cx, Flow, Notice, Session};
use crate::dialog::Asking;
use crate::dialog::access::Shown;
use crate::dialog::confirm::Confirm;
use crate::dialog::contact::NewReach;
use crate::dialog::filling::Filling;
use crate::dialog::line::Line;
use crate::dialog::order::Order;
use crate::dialog::person::NewMember;
use crate::dialog::pick::Pick;
use crate::dialog::reason::Why;
use crate::dialog::stage::{Advance, advance};
use crate::dialog::task::NewTask;
use crate::dialog::when::When;
use crate::domain::code::{NodeCode, PipelineCode};
use crate::domain::id::OrderId;
use crate::domain::lists::{ContactState, DealState, NodeState, Shape};
use crate::screen::card::Card;
use crate::screen::parts;
use crate::store::change::{AccessChange, Change, CustomerChange, DealChange, WorkChange};
use crate::store::query;
use crate::store::query::customer::CardDeal;
use crate::text::Text;
use crate::theme::Role;
use crate::widget::Mark;

/// What is done with the deal that was picked.
type With = fn(&query::Card, &CardDeal, &mut Cx<'_>);

impl Card {
    /// Opens what a key of the card asks for.
    pub(super) fn deed(&self, act: Act, cx: &mut Cx<'_>) -> Flow {
        let Some(card) = self.found.as_deref() else { return Flow::Passed };
        let name = card.name.clone();
        match act {
            Act::Accept => Self::open(card, cx),
            Act::Edit => Self::edit(card, cx),
            Act::AddPerson => {
                let form = NewMember::form(cx.session, &name);
                cx.push(Filling::new(NewMember::new(card.id), form));
            }
            Act::AddContact => {
                let form = NewReach::form(cx.session, card);
                cx.push(Filling::new(NewReach::new(card), form));
            }
            Act::AddTask => {
                let form = NewTask::form(cx.session, &name);
                cx.push(Filling::new(NewTask::new(card.id), form));
            }
            Act::Advance => self.with_deal(card, move_on, cx),
            Act::Book => self.with_deal(card, book, cx),
            Act::Win => self.with_deal(card, win, cx),
            Act::Lose => self.with_deal(card, lose, cx),
            Act::OpenDeal => open_deal(card, cx),
            Act::Pay => pay(card, cx),
            Act::Private | Act::Note => {
                let customer = card.id;
                let ask = Line::new(Text("dialog.private"), name, &card.private_note);
                cx.push(Asking::new(ask, move |text, cx| {
                    cx.write(Change::Customer(CustomerChange::PrivateNote { customer, text }));
                }));
            }
            Act::DoNotContact => {
                let customer = card.id;
                let what = cx.session.words.fill(Text("card.dnc_sure"), &[("name", &name)]);
                cx.push(Asking::new(Confirm::new(what), move |(), cx| {
                    let (until, words) = (None, String::new());
                    cx.write(Change::Work(WorkChange::DoNotContact { customer, until, words }));
                }));
            }
            Act::Copy | Act::Dial => self.number(act, cx),
            Act::Reveal => {
                let form = Shown::form(cx.session, &name, self.masked());
                cx.push(Filling::new(Shown, form));
            }
            _ => return Flow::Passed,
        }
        Flow::Used
    }

    /// The one number at once; which of several is asked.
    fn number(&self, act: Act, cx: &mut Cx<'_>) {
        let deed = if act == Act::Dial { Deed::Dial } else { Deed::Copy };
        let numbers = self.numbers();
        if let [(way, _)] = numbers.as_slice() {
            reach::reach(way, deed, cx);
            return;
        }
        let (ways, names): (Vec<Reach>, Vec<String>) = numbers.into_iter().unzip();
        let pick = Pick::new(cx.session.words.say(Text("card.which_number")), names);
        cx.push(Asking::new(pick, move |at, cx| {
            if let Some(way) = ways.get(at) {
                reach::reach(way, deed, cx);
            }
        }));
    }

    /// The one open deal at once; which of several is asked.
    fn with_deal(&self, card: &query::Card, with: With, cx: &mut Cx<'_>) {
        let deals = self.open_deals();
        if let [deal] = deals.as_slice() {
            with(card, deal, cx);
            return;
        }
        let names = deals.iter().map(|deal| deal_name(cx.session, deal)).collect();
        let pick = Pick::new(cx.session.words.say(Text("card.which_deal")), names);
        let card = card.clone();
        cx.push(Asking::new(pick, move |at, cx| {
            if let Some(deal) = deals.get(at) {
                with(&card, deal, cx);
            }
        }));
    }

    /// What stands on the card and can be said to be otherwise: contacts, nodes, tags.
    fn open(card: &query::Card, cx: &mut Cx<'_>) {
        let deeds = deeds(cx.session, card);
        if deeds.is_empty() {
            let words = cx.session.words.say(Text("card.nothing")).to_owned();
            cx.say(Notice::done(words));
            return;
        }
        let (names, changes): (Vec<String>, Vec<Change>) = deeds.into_iter().unzip();
        let pick = Pick::new(cx.session.words.say(Text("card.say")), names);
        cx.push(Asking::new(pick, move |at, cx| {
            if let Some(change) = changes.get(at) {
                cx.write(change.clone());
            }
        }));
    }
}

fn deal_name(session: &Session, deal: &CardDeal) -> String {
    let name = speak::pipeline(session, &deal.pipeline);
    deal.stage
        .as_ref()
        .map_or(name.clone(), |stage| format!("{name} · {}", speak::stage(session, &deal.pipeline, stage)))
}

/// Every small thing that can be said, in words and as a change.
fn deeds(session: &Session, card: &query::Card) -> Vec<(String, Change)> {
    let words = &session.words;
    let mut deeds = Vec::new();
    for person in &card.persons {
        for contact in &person.contacts {
            let shown: String =
                parts::card::contact_line(session, contact).iter().map(|piece| piece.text.as_ref()).collect();
            for state in ContactState::ALL.iter().filter(|state| **state != contact.state) {
                let state_name = words.name("contact_state", state.as_str());
                let who = if person.name.is_empty() { "" } else { &person.name };
                let change = CustomerChange::SetContact { contact: contact.id, state: *state };
                deeds.push((
                    format!("{who} {shown} → {state_name}").trim().to_owned(),
                    Change::Customer(change),
                ));
            }
        }
    }
    let booked =
        card.nodes.iter().filter(|node| matches!(node.state, NodeState::Booked | NodeState::Reminded));
    for node in booked {
        let name = speak::node(session, &node.node);
        let when = time::when(session, node.at);
        for state in [NodeState::Attended, NodeState::Missed, NodeState::Cancelled] {
            let state_name = words.name("node_state", state.as_str());
            let change = DealChange::Node { node: node.id, state };
            deeds.push((format!("{name} {when} → {state_name}"), Change::Deal(change)));
        }
    }
    let tags = card.deals.iter().filter(|deal| deal.state == DealState::Open && deal.stage.is_none());
    for deal in tags {
        let name = speak::pipeline(session, &deal.pipeline);
        let label = words.fill(Text("card.untag"), &[("name", &name)]);
        deeds.push((label, Change::Deal(DealChange::Untag { deal: deal.id })));
    }
    for grant in &card.grants {
        let told = parts::card::grant(session, grant);
        let label = words.fill(Text("card.revoke"), &[("right", &told)]);
        let change = AccessChange::Revoke {
            customer: card.id,
            from: grant.user.0,
            right: grant.right,
            process: grant.process.clone(),
            reason: String::new(),
        };
        deeds.push((label, Change::Access(change)));
    }
    deeds
}

fn move_on(card: &query::Card, deal: &CardDeal, cx: &mut Cx<'_>) {
    match advance(cx.session, card, deal) {
        Advance::Ready(change) => {
            cx.write(Change::Deal(change));
        }
        Advance::Ask(ask) => cx.push(Asking::new(*ask, |change, cx| {
            cx.write(Change::Deal(change));
        })),
        Advance::Win => win(card, deal, cx),
        Advance::None => {
            let words = cx.session.words.say(Text("call.last_stage")).to_owned();
            cx.say(Notice::refused(words));
        }
    }
}

fn win(card: &query::Card, deal: &CardDeal, cx: &mut Cx<'_>) {
    if let Some(order) = Order::new(cx.session, card, deal, Vec::new()) {
        cx.push(Asking::new(order, |order, cx| {
            cx.write(Change::Deal(DealChange::Win(Box::new(order))));
        }));
    }
}

fn lose(card: &query::Card, deal: &CardDeal, cx: &mut Cx<'_>) {
    let deal = deal.id;
    let ask = Why::lost(cx.session, card.name.clone());
    cx.push(Asking::new(ask, move |reason, cx| {
        cx.write(Change::Deal(DealChange::Lose { deal, reason, words: String::new() }));
    }));
}

/// The node of the deal's pipeline, or one that belongs to none; which of several is asked.
fn book(card: &query::Card, deal: &CardDeal, cx: &mut Cx<'_>) {
    let fits = |node: &&crate::playbook::model::Node| {
        node.pipeline.is_none() || node.pipeline.as_ref() == Some(&deal.pipeline)
    };
    let nodes: Vec<NodeCode> = cx
        .session
        .playbook()
        .map(|playbook| playbook.nodes.iter().filter(fits).map(|node| node.code.clone()).collect())
        .unwrap_or_default();
    let (deal, name) = (deal.id, card.name.clone());
    let ask = move |node: NodeCode, cx: &mut Cx<'_>| {
        let when = When::node(cx.session, Text("dialog.node_when"), name.clone());
        cx.push(Asking::new(when, move |at, cx| {
            cx.write(Change::Deal(DealChange::Book { deal, node, at }));
        }));
    };
    match nodes.as_slice() {
        [] => {
            let words = cx.session.words.say(Text("call.no_node")).to_owned();
            cx.say(Notice::refused(words));
        }
        [node] => ask(node.clone(), cx),
        _ => {
            let names = nodes.iter().map(|node| speak::node(cx.session, node.as_str())).collect();
            let pick = Pick::new(cx.session.words.say(Text("action.book")), names);
            cx.push(Asking::new(pick, move |at, cx| {
                if let Some(node) = nodes.get(at) {
                    ask(node.clone(), cx);
                }
            }));
        }
    }
}

/// Pipelines and tags that may be opened once more (S001-78, S001-80).
fn open_deal(card: &query::Card, cx: &mut Cx<'_>) {
    let open = |code: &PipelineCode| {
        card.deals.iter().filter(|deal| deal.state == DealState::Open && deal.pipeline == *code).count()
    };
    let found: Vec<(PipelineCode, String)> = cx
        .session
        .playbook()
        .map(|playbook| {
            let room = |p: &&crate::playbook::model::Pipeline| open(&p.code) < p.max_open as usize;
            let named = |p: &crate::playbook::model::Pipeline| {
                let name = speak::named(cx.session, &p.name);
                let tag = speak::mark(cx.session, Mark::Tag, Role::Text).text;
                let tag = if p.shape == Shape::Tag { tag.as_ref() } else { "" };
                (p.code.clone(), format!("{tag}{name}"))
            };
            playbook.pipelines.iter().filter(room).map(named).collect()
        })
        .unwrap_or_default();
    if found.is_empty() {
        let words = cx.session.words.say(Text("card.all_open")).to_owned();
        cx.say(Notice::refused(words));
        return;
    }
    let (codes, names): (Vec<PipelineCode>, Vec<String>) = found.into_iter().unzip();
    let customer = card.id;
    let pick = Pick::new(cx.session.words.say(Text("action.open_deal")), names);
    cx.push(Asking::new(pick, move |at, cx| {
        if let Some(pipeline) = codes.get(at).cloned() {
            cx.write(Change::Deal(DealChange::Open { customer, pipeline }));
        }
    }));
}

/// A payment for an order that is not paid whole; which of several is asked.
fn pay(card: &query::Card, cx: &mut Cx<'_>) {
    let due: Vec<(OrderId, String)> = card
        .orders
        .iter()
        .filter(|order| order.paid < order.price)
        .map(|order| {
            let product = cx.session.playbook().and_then(|playbook| playbook.product(&order.product));
            let name =
                product.map_or_else(|| order.product.to_string(), |p| speak::named(cx.session, &p.name));
            let open = amount::money(cx.session, order.price - order.paid);
            (order.id, cx.session.words.fill(Text("card.due"), &[("name", &name), ("n", &open)]))
        })
        .collect();
    let ask = |order: OrderId, about: String, cx: &mut Cx<'_>| {
        cx.push(Asking::new(Line::new(Text("action.pay"), about, ""), move |typed: String, cx| {
            if let Some(amount) = fact::money(&typed).filter(|amount| amount.0 > 0) {
                cx.write(Change::Deal(DealChange::Pay { order, amount }));
            } else {
                let words = cx.session.words.say(Text("asked.want_money")).to_owned();
                cx.say(Notice::refused(words));
            }
        }));
    };
    if let [(order, about)] = due.as_slice() {
        ask(*order, about.clone(), cx);
        return;
    }
    let names = due.iter().map(|(_, name)| name.clone()).collect();
    let pick = Pick::new(cx.session.words.say(Text("action.pay")), names);
    cx.push(Asking::new(pick, move |at, cx| {
        if let Some((order, about)) = due.get(at) {
            ask(*order, about.clone(), cx);
        }
    }));
}
