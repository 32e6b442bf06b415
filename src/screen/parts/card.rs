//! A customer on one screen (S001-33, S001-63): who, every process, what is promised, what was said.
//!
//! The parts are lines, so that the cockpit and the card's own screen lay them out as their room allows.

use crate::app::Session;
use crate::app::speak::{self, amount, fact, time};
use crate::domain::lists::{ContactState, CustomerKind, DealState, IssueState, NodeState, Unit};
use crate::domain::phone::PhoneNumber;
use crate::playbook::channel::PHONE;
use crate::store::query::customer::{CardContact, CardDeal, CardGrant, CardPerson, Happened};
use crate::store::query::{Card, TimelineItem};
use crate::text::{Text, format};
use crate::theme::Role;
use crate::widget::{Line, Mark, Piece, piece};

/// Everything of a customer but the timeline, block under block, the most needed first.
pub fn card(session: &Session, card: &Card) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    lines.extend(warnings(session, card));
    lines.extend(people(session, card));
    lines.extend(processes(session, card));
    lines.extend(ahead(session, card));
    lines.extend(offers(session, card));
    lines.extend(known(session, card));
    lines.extend(about(session, card));
    lines.extend(rights(session, card));
    lines
}

/// What must be seen before anything is said: do-not-contact, tags, the own notebook.
pub fn warnings(session: &Session, card: &Card) -> Vec<Line<'static>> {
    let words = &session.words;
    let mut lines = Vec::new();
    if let Some(until) = card.do_not_contact.filter(|until| *until > session.now) {
        let day = time::date(session, session.zone().day(until));
        lines.push(vec![piece(words.fill(Text("subject.do_not_contact"), &[("day", &day)]), Role::Bad)]);
    }
    if !card.tags.is_empty() {
        let mut line = vec![piece(format!("{} ", words.say(Text("subject.tags"))), Role::Dim)];
        line.push(piece(card.tags.join(" · "), Role::Warning));
        lines.push(line);
    }
    if !card.private_note.is_empty() {
        lines.push(vec![
            speak::mark(session, Mark::Notebook, Role::Dim),
            piece(card.private_note.clone(), Role::Fresh),
        ]);
    }
    lines
}

/// Members with their roles and ways of contact.
pub fn people(session: &Session, card: &Card) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    for person in &card.persons {
        let roles: Vec<String> =
            person.roles.iter().map(|role| speak::role_short(session, role.as_str())).collect();
        let name =
            if person.name.is_empty() { session.words.say(Text("common.unknown")) } else { &person.name };
        let mut line =
            vec![piece(name.to_owned(), Role::Accent), piece(format!(" {}", roles.join("/")), Role::Dim)];
        for contact in &person.contacts {
            line.push(piece("  ", Role::Dim));
            line.extend(contact_line(session, contact));
        }
        lines.push(line);
        let facts = facts_of(session, person);
        if !facts.is_empty() {
            lines.push(facts);
        }
    }
    lines
}

fn facts_of(session: &Session, person: &CardPerson) -> Line<'static> {
    let mut line = Vec::new();
    for (code, value) in person.fields.iter().filter(|(_, value)| !value.is_empty()) {
        line.push(piece(if line.is_empty() { "  " } else { " · " }, Role::Dim));
        line.push(piece(format!("{} ", fact::name(session, code)), Role::Dim));
        line.push(piece(fact::shown(session, code, value), Role::Text));
    }
    line
}

/// A way of contact, with what it is worth.
pub fn contact_line(session: &Session, contact: &CardContact) -> Line<'static> {
    let phone = contact.channel.as_str() == PHONE;
    let shown = if phone { number(contact) } else { contact.raw.clone() };
    let name =
        session.playbook().and_then(|p| p.channel(&contact.channel)).map(|c| speak::named(session, &c.name));
    let mut line = Vec::new();
    if !phone {
        line.push(piece(format!("{} ", name.unwrap_or_else(|| contact.channel.to_string())), Role::Dim));
    }
    match contact.state {
        ContactState::Verified => {
            line.extend([piece(shown, Role::Text), after(session, Mark::Verified, Role::Good)]);
        }
        ContactState::Dead => line.extend([piece(shown, Role::Dim), after(session, Mark::Dead, Role::Bad)]),
        ContactState::Stated => line.push(piece(shown, Role::Text)),
    }
    line
}

/// A mark after what it is about.
fn after(session: &Session, mark: Mark, role: Role) -> Piece<'static> {
    piece(format!(" {}", mark.text(&session.words, &session.theme)), role)
}

/// A number as it is read aloud; one that came masked stays as it came.
pub fn number(contact: &CardContact) -> String {
    let Ok(phone) = PhoneNumber::new(contact.norm.clone()) else { return contact.raw.clone() };
    let shown = phone.national();
    if contact.extension.is_empty() { shown } else { format!("{shown}-{}", contact.extension) }
}

/// Every deal in one block, a line each: full, brief and tag (S001-63).
pub fn processes(session: &Session, card: &Card) -> Vec<Line<'static>> {
    card.deals.iter().map(|deal| process(session, deal)).collect()
}

fn process(session: &Session, deal: &CardDeal) -> Line<'static> {
    let words = &session.words;
    let name = speak::pipeline(session, &deal.pipeline);
    let (mark, role) = match deal.state {
        DealState::Open => (Mark::Stage, Role::Accent),
        DealState::Won => (Mark::Done, Role::Good),
        DealState::Lost => (Mark::Lost, Role::Dim),
    };
    let mut line = vec![speak::mark(session, mark, role), piece(format!("{name} "), Role::Text)];
    let pipeline = session.playbook().and_then(|p| p.pipeline(&deal.pipeline));
    if let Some(stage) = &deal.stage {
        line.push(piece(speak::stage(session, &deal.pipeline, stage), role));
        if let Some((place, of)) =
            pipeline.and_then(|p| Some((p.stage_index(stage)?, p.stages.len()))).filter(|(_, of)| *of > 1)
        {
            line.push(piece(format!(" {place}/{of}"), Role::Dim));
        }
    }
    if deal.state == DealState::Open {
        let days = time::days_since(session, deal.stage_since);
        let limit = pipeline.and_then(|p| p.stage(deal.stage.as_ref()?)).and_then(|stage| stage.max_days);
        let late = limit.is_some_and(|limit| days >= i64::from(limit));
        let text = words.fill(Text("duration.days"), &[("n", &days)]);
        line.push(piece(format!(" · {text}"), if late { Role::Warning } else { Role::Dim }));
    } else if let Some(state) = Some(words.name("deal_state", deal.state.as_str())) {
        line.push(piece(format!(" · {state}"), Role::Dim));
    }
    line
}

/// What comes: promises, nodes, tasks.
pub fn ahead(session: &Session, card: &Card) -> Vec<Line<'static>> {
    let words = &session.words;
    let mut lines = Vec::new();
    for promise in &card.promises {
        let late = promise.due_at < session.now;
        let when = time::when(session, promise.due_at);
        let text = words.fill(Text("subject.promised"), &[("when", &when), ("by", &promise.by)]);
        let mut line = vec![piece(format!("! {text}"), if late { Role::Bad } else { Role::Promised })];
        if !promise.words.is_empty() {
            line.push(piece(format!(" {}", promise.words), Role::Text));
        }
        lines.push(line);
    }
    for node in &card.nodes {
        let role = match node.state {
            NodeState::Booked | NodeState::Reminded | NodeState::Attended => Role::Good,
            NodeState::Missed => Role::Bad,
            NodeState::Moved | NodeState::Cancelled => Role::Dim,
        };
        let state = words.name("node_state", node.state.as_str());
        let text = format!("{} {}", speak::node(session, &node.node), time::when(session, node.at));
        lines.push(vec![
            speak::mark(session, Mark::Node, role),
            piece(text, Role::Text),
            piece(format!(" {state}"), role),
        ]);
    }
    for coming in card.tasks.iter().take(3) {
        let what = words.name("next", coming.lane.as_str());
        let when = time::when(session, coming.due_at);
        let role = if coming.due_at < session.now { Role::Warning } else { Role::Dim };
        let mut line = vec![
            speak::mark(session, Mark::Next, role),
            piece(format!("{when} "), role),
            piece(what.to_owned(), Role::Text),
        ];
        if let Some(owner) = &coming.owner {
            line.push(piece(format!(" · {owner}"), Role::Dim));
        }
        lines.push(line);
    }
    lines
}

/// Live coupons and what was bought.
pub fn offers(session: &Session, card: &Card) -> Vec<Line<'static>> {
    let words = &session.words;
    let playbook = session.playbook();
    let mut lines = Vec::new();
    for coupon in card.coupons.iter().filter(|c| matches!(c.state, IssueState::Reserved | IssueState::Pushed))
    {
        let name = playbook
            .and_then(|p| p.coupon(&coupon.coupon.as_str().into()))
            .map_or_else(|| coupon.coupon.clone(), |found| speak::named(session, &found.name));
        let day = time::date(session, session.zone().day(coupon.until));
        let until = words.fill(Text("coupon.until"), &[("day", &day)]);
        lines.push(vec![
            speak::mark(session, Mark::Coupon, Role::Money),
            piece(name, Role::Text),
            piece(format!(" {} · {until}", coupon.code), Role::Dim),
        ]);
    }
    for order in card.orders.iter().take(2) {
        let name = playbook
            .and_then(|p| p.product(&order.product))
            .map_or_else(|| order.product.to_string(), |found| speak::named(session, &found.name));
        let day = time::date(session, session.zone().day(order.at));
        let mut line = vec![
            speak::mark(session, Mark::Done, Role::Good),
            piece(format!("{name} "), Role::Text),
            piece(amount::money(session, order.price), Role::Money),
            piece(format!(" · {day}"), Role::Dim),
        ];
        if order.paid < order.price {
            let open = amount::money(session, order.price - order.paid);
            line.push(piece(
                format!(" · {}", words.fill(Text("subject.open_amount"), &[("n", &open)])),
                Role::Warning,
            ));
        }
        lines.push(line);
    }
    lines
}

/// Facts known of the deals and the customer: doubts, prices told, dates.
pub fn known(session: &Session, card: &Card) -> Vec<Line<'static>> {
    let open = card.deals.iter().filter(|deal| deal.state == DealState::Open);
    open.flat_map(|deal| &deal.fields)
        .chain(&card.fields)
        .filter(|(_, value)| !value.is_empty())
        .map(|(code, value)| {
            vec![
                piece(format!("{} ", fact::name(session, code)), Role::Dim),
                piece(fact::shown(session, code, value), Role::Text),
            ]
        })
        .collect()
}

/// What kind of customer, from where, followed by whom since when.
pub fn about(session: &Session, card: &Card) -> Vec<Line<'static>> {
    let words = &session.words;
    let kind = match card.kind {
        CustomerKind::Household => Text("subject.household"),
        CustomerKind::Company => Text("subject.company"),
        CustomerKind::SoleTrader => Text("subject.sole_trader"),
    };
    let mut parts = vec![words.say(kind).to_owned()];
    parts.extend([&card.city, &card.source].into_iter().filter(|text| !text.is_empty()).cloned());
    parts.push(words.fill(Text("subject.since"), &[("when", &time::ago(session, card.created_at))]));
    let owner =
        card.owner.as_ref().map_or_else(|| words.say(Text("subject.nobody")), |(_, name)| name.as_str());
    parts.push(owner.to_owned());
    vec![vec![piece(parts.join(" · "), Role::Dim)]]
}

/// Who else has a right over the customer.
pub fn rights(session: &Session, card: &Card) -> Vec<Line<'static>> {
    card.grants.iter().map(|given| vec![piece(grant(session, given), Role::Dim)]).collect()
}

/// A right in words: `李强 · collaborates · renewal · until 12-01`.
pub fn grant(session: &Session, grant: &CardGrant) -> String {
    let words = &session.words;
    let mut parts = vec![grant.user.1.clone(), words.name("owner_right", grant.right.as_str()).to_owned()];
    if grant.share_bp > 0 {
        parts.push(amount::unit(session, Unit::Rate, grant.share_bp));
    }
    if !grant.process.is_empty() {
        parts.push(grant.process.clone());
    }
    if let Some(until) = grant.until {
        let when = time::when(session, until);
        parts.push(words.fill(Text("subject.until"), &[("when", &when)]));
    }
    parts.join(" · ")
}

/// The timeline, newest first: when, what, by whom, and the note under it (S001-104).
pub fn timeline(session: &Session, items: &[TimelineItem]) -> Vec<Line<'static>> {
    items.iter().flat_map(|item| happened(session, item)).collect()
}

fn happened(session: &Session, item: &TimelineItem) -> Vec<Line<'static>> {
    let words = &session.words;
    let when = piece(format!("{} ", time::when(session, item.at)), Role::Dim);
    let by = piece(format!(" · {}", item.by), Role::Dim);
    let mut lines = Vec::new();
    match &item.what {
        Happened::Touch { channel, outcome, seconds, note, void, person, .. } => {
            let name =
                session.playbook().and_then(|p| p.channel(channel)).map(|c| speak::named(session, &c.name));
            let mut line =
                vec![when, piece(format!("{} ", name.unwrap_or_else(|| channel.to_string())), Role::Dim)];
            let role = if *void { Role::Dim } else { Role::Text };
            line.push(piece(speak::outcome(session, outcome), role));
            if *seconds > 0 {
                let length = std::time::Duration::from_secs(u64::from(*seconds));
                line.push(piece(format!(" {}", format::talk(length)), Role::Dim));
            }
            if !person.is_empty() {
                line.push(piece(format!(" {person}"), Role::Dim));
            }
            line.push(by);
            line.extend(undone(session, *void));
            lines.push(line);
            if !note.is_empty() {
                lines.push(vec![piece(format!("  “{note}”"), Role::Text)]);
            }
        }
        Happened::Stage { pipeline, to, void, .. } => {
            let code = crate::domain::code::StageCode::from(to.as_str());
            let name = if to.is_empty() {
                words.name("deal_state", "lost").to_owned()
            } else {
                speak::stage(session, pipeline, &code)
            };
            let mut line =
                vec![when, speak::mark(session, Mark::Stage, Role::Accent), piece(name, Role::Text), by];
            line.extend(undone(session, *void));
            lines.push(line);
        }
        Happened::Order { product, price, void } => {
            let name =
                session.playbook().and_then(|p| p.product(product)).map(|p| speak::named(session, &p.name));
            let price = amount::money(session, *price);
            let mut line = vec![when, speak::mark(session, Mark::Done, Role::Good)];
            line.push(piece(format!("{} ", name.unwrap_or_else(|| product.to_string())), Role::Text));
            line.extend([piece(price, Role::Money), by]);
            line.extend(undone(session, *void));
            lines.push(line);
        }
        Happened::Note { text } => lines.push(vec![when, piece(format!("“{text}”"), Role::Text), by]),
        Happened::Node { node, at, state } => {
            let state = words.name("node_state", state.as_str());
            let text = format!("{} {} {state}", speak::node(session, node), time::when(session, *at));
            lines.push(vec![when, speak::mark(session, Mark::Node, Role::Good), piece(text, Role::Text), by]);
        }
    }
    lines
}

fn undone(session: &Session, void: bool) -> Option<Piece<'static>> {
    void.then(|| piece(format!(" · {}", session.words.say(Text("subject.undone"))), Role::Warning))
}
