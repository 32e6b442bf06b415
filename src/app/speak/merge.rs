//! What merge fields of scripts, materials and coupons become for one customer.
//!
//! The store fills what it records in the same way; times and amounts are written out in full, since the customer reads
//! the text on another day.

use crate::app::session::Session;
use crate::app::speak::{fact, tongue};
use crate::domain::code::{FieldCode, NodeCode, RoleCode};
use crate::domain::id::{DealId, PersonId};
use crate::domain::lists::{FieldType, IssueState, NodeState};
use crate::domain::money::Money;
use crate::domain::time::{DAY_MS, Timestamp};
use crate::playbook::merge::{Filled, fill};
use crate::playbook::model::{Bilingual, PersonRole, Product};
use crate::store::query::customer::{Card, CardCoupon, CardDeal, CardPerson};

/// For whom a text is filled.
#[derive(Debug, Clone, Copy)]
pub struct For<'a> {
    /// The customer.
    pub card: &'a Card,
    /// The person spoken to.
    pub person: Option<PersonId>,
    /// The deal it is about.
    pub deal: Option<DealId>,
    /// The coupon just given, where it is not on the card yet: code, last instant.
    pub coupon: Option<(&'a str, Timestamp)>,
}

/// A text of the playbook in the session's language with its fields filled in.
pub fn text(session: &Session, text: &Bilingual, to: For<'_>) -> Filled {
    let wanted = text.of(tongue(session));
    // a playbook may give a text in one language only: the customer's
    let wanted =
        if wanted.is_empty() { if text.zh.is_empty() { &text.en } else { &text.zh } } else { wanted };
    fill(wanted, &|name| value(session, to, name))
}

/// The value of one merge field; `None` while it is not known.
pub fn value(session: &Session, to: For<'_>, name: &str) -> Option<String> {
    let me = session.me.as_ref()?;
    let card = to.card;
    let known = |text: &str| (!text.trim().is_empty()).then(|| text.to_owned());
    match name {
        "rep" => return known(&me.user.name),
        "rep_no" => return known(&me.user.login),
        "team" => return me.user.team.as_ref().and_then(|(_, team)| known(team)),
        "customer" => return known(&card.name),
        "name" => return spoken_to(to).and_then(|person| known(&person.name)).or_else(|| known(&card.name)),
        "child" => return child(session, card).and_then(|person| known(&person.name)),
        "product" => return product(session, to),
        "coupon_code" => return coupon(to).map(|(code, _)| code.to_owned()),
        "coupon_until" => {
            return coupon(to).map(|(_, until)| session.zone().day(until).to_string());
        }
        "coupon_left" => {
            return coupon(to).map(|(_, until)| (until.since(session.now).max(0) / DAY_MS).to_string());
        }
        "deal" => return deal(to).map(|deal| super::pipeline(session, &deal.pipeline)),
        "deal_amount" => return deal_amount(session, to),
        _ => {}
    }
    field(session, to, name).or_else(|| role(session, card, name)).or_else(|| node(session, card, name))
}

fn spoken_to(to: For<'_>) -> Option<&CardPerson> {
    let wanted = to.person.and_then(|id| to.card.persons.iter().find(|person| person.id == id));
    wanted.or_else(|| to.card.persons.first())
}

fn child<'a>(session: &Session, card: &'a Card) -> Option<&'a CardPerson> {
    let playbook = session.playbook()?;
    let apart = |code: &RoleCode| playbook.role(code).is_some_and(|role| !role.contactable);
    card.persons.iter().find(|person| person.roles.iter().any(apart))
}

fn coupon(to: For<'_>) -> Option<(&str, Timestamp)> {
    let live = |c: &&CardCoupon| matches!(c.state, IssueState::Reserved | IssueState::Pushed);
    to.coupon.or_else(|| to.card.coupons.iter().find(live).map(|c| (c.code.as_str(), c.until)))
}

fn deal(to: For<'_>) -> Option<&CardDeal> {
    to.card.deals.iter().find(|deal| Some(deal.id) == to.deal)
}

fn sold<'a>(session: &'a Session, to: For<'_>) -> Option<&'a Product> {
    let playbook = session.playbook()?;
    let is_product = |code: &FieldCode| playbook.field(code).is_some_and(|f| f.kind == FieldType::Product);
    let code = deal(to)?.fields.iter().find(|(code, _)| is_product(code)).map(|(_, value)| value)?;
    playbook.product(&code.as_str().into())
}

fn product(session: &Session, to: For<'_>) -> Option<String> {
    sold(session, to).map(|product| super::named(session, &product.name))
}

/// The price that was told, else the list price of the deal's product.
fn deal_amount(session: &Session, to: For<'_>) -> Option<String> {
    let playbook = session.playbook()?;
    let is_money = |code: &FieldCode| playbook.field(code).is_some_and(|f| f.kind == FieldType::Money);
    let told = deal(to)?.fields.iter().find(|(code, _)| is_money(code));
    told.map(|(code, value)| for_customer(session, code, value))
        .or_else(|| sold(session, to).map(|product| product.price.to_string()))
}

/// The recorded value of a field that sits on the customer or a member, not on a deal.
pub fn recorded_off_deals(card: &Card, code: &FieldCode) -> Option<String> {
    let own = card.fields.get(code).or_else(|| card.persons.iter().find_map(|p| p.fields.get(code)));
    own.filter(|value| !value.trim().is_empty()).cloned()
}

fn field(session: &Session, to: For<'_>, name: &str) -> Option<String> {
    let code = FieldCode::from(name);
    let of_deal =
        deal(to).and_then(|deal| deal.fields.get(&code)).filter(|value| !value.trim().is_empty()).cloned();
    of_deal.or_else(|| recorded_off_deals(to.card, &code)).map(|value| for_customer(session, &code, &value))
}

/// A stored value as a customer reads it.
fn for_customer(session: &Session, code: &FieldCode, value: &str) -> String {
    let kind = session.playbook().and_then(|p| p.field(code)).map(|field| field.kind);
    match kind {
        Some(FieldType::Money) => {
            value.parse().map_or_else(|_| value.to_owned(), |minor| Money(minor).to_string())
        }
        Some(FieldType::DateTime) => value.parse().map_or_else(|_| value.to_owned(), |at| clock(session, at)),
        Some(FieldType::Enum | FieldType::Product) => fact::shown(session, code, value),
        _ => value.to_owned(),
    }
}

/// A time in the business zone, to the minute.
fn clock(session: &Session, at: Timestamp) -> String {
    let zone = session.zone();
    format!("{} {}", zone.day(at), zone.clock(at))
}

fn role(session: &Session, card: &Card, name: &str) -> Option<String> {
    let playbook = session.playbook()?;
    let (code, called) = match name.strip_suffix("_call") {
        Some(code) => (code, true),
        None => (name.strip_suffix("_name")?, false),
    };
    let role = playbook.role(&RoleCode::from(code))?;
    let person = card.persons.iter().find(|person| person.roles.contains(&role.code))?;
    Some(if called { address(session, role, &person.name) } else { person.name.clone() })
}

/// How a person in a role is addressed; by the role's name where the person's is not known.
fn address(session: &Session, role: &PersonRole, name: &str) -> String {
    let form = role.address.as_ref().map(|form| form.of(tongue(session)));
    match form {
        Some(form) if !name.trim().is_empty() => form.replace("{name}", name),
        Some(form) if !form.contains("{name}") => form.to_owned(),
        None if !name.trim().is_empty() => name.to_owned(),
        _ => super::named(session, &role.name),
    }
}

fn node(session: &Session, card: &Card, name: &str) -> Option<String> {
    let code = NodeCode::from(name.strip_suffix("_at")?);
    let of_kind = card.nodes.iter().filter(|node| node.node == code.as_str());
    let last = of_kind
        .max_by_key(|node| (matches!(node.state, NodeState::Booked | NodeState::Reminded), node.at))?;
    Some(clock(session, last.at))
}
