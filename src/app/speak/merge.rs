//! What merge fields of scripts, materials and coupons become for one customer.

use crate::app::session::Session;
use crate::app::speak::{amount, fact, tongue};
use crate::domain::code::{FieldCode, NodeCode, RoleCode};
use crate::domain::id::PersonId;
use crate::domain::lists::{FieldType, IssueState, NodeState};
use crate::domain::time::DAY_MS;
use crate::playbook::merge::{Filled, fill};
use crate::playbook::model::{Bilingual, PersonRole};
use crate::store::query::customer::{Card, CardCoupon, CardPerson};

/// For whom a text is filled.
#[derive(Debug, Clone, Copy)]
pub struct For<'a> {
    /// The customer.
    pub card: &'a Card,
    /// The person spoken to.
    pub person: Option<PersonId>,
    /// The coupon just given, where it is not on the card yet: code, last instant.
    pub coupon: Option<(&'a str, crate::domain::time::Timestamp)>,
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
        "product" => return product(session, card),
        "coupon_code" => return coupon(to).map(|(code, _)| code.to_owned()),
        "coupon_until" => {
            return coupon(to).map(|(_, until)| super::time::date(session, session.zone().day(until)));
        }
        "coupon_left" => {
            return coupon(to).map(|(_, until)| (until.since(session.now).max(0) / DAY_MS).to_string());
        }
        "deal_amount" => {
            return card.orders.first().map(|order| amount::money(session, order.price));
        }
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

fn coupon(to: For<'_>) -> Option<(&str, crate::domain::time::Timestamp)> {
    let live = |c: &&CardCoupon| matches!(c.state, IssueState::Reserved | IssueState::Pushed);
    to.coupon.or_else(|| to.card.coupons.iter().find(live).map(|c| (c.code.as_str(), c.until)))
}

fn product(session: &Session, card: &Card) -> Option<String> {
    let playbook = session.playbook()?;
    let code = playbook
        .fields
        .iter()
        .filter(|f| f.kind == FieldType::Product)
        .find_map(|f| recorded(card, None, &f.code))?;
    playbook.product(&code.as_str().into()).map(|p| super::named(session, &p.name))
}

/// The recorded value of a field: of the deals (open ones first), of the person spoken to, of the customer, of anybody.
pub fn recorded(card: &Card, person: Option<PersonId>, code: &FieldCode) -> Option<String> {
    let of_person = card.persons.iter().filter(|p| Some(p.id) == person).find_map(|p| p.fields.get(code));
    card.deals
        .iter()
        .find_map(|deal| deal.fields.get(code))
        .or(of_person)
        .or_else(|| card.fields.get(code))
        .or_else(|| card.persons.iter().find_map(|p| p.fields.get(code)))
        .filter(|value| !value.trim().is_empty())
        .cloned()
}

/// The recorded value of a field that sits on the customer or a member, not on a deal.
pub fn recorded_off_deals(card: &Card, code: &FieldCode) -> Option<String> {
    let own = card.fields.get(code).or_else(|| card.persons.iter().find_map(|p| p.fields.get(code)));
    own.filter(|value| !value.trim().is_empty()).cloned()
}

fn field(session: &Session, to: For<'_>, name: &str) -> Option<String> {
    let code = FieldCode::from(name);
    recorded(to.card, to.person, &code).map(|value| fact::shown(session, &code, &value))
}

fn role(session: &Session, card: &Card, name: &str) -> Option<String> {
    let playbook = session.playbook()?;
    let (code, called) = match name.strip_suffix("_call") {
        Some(code) => (code, true),
        None => (name.strip_suffix("_name")?, false),
    };
    let role = playbook.role(&RoleCode::from(code))?;
    let person = card.persons.iter().find(|person| person.roles.contains(&role.code))?;
    if person.name.trim().is_empty() {
        return None;
    }
    Some(if called { address(session, role, &person.name) } else { person.name.clone() })
}

/// How a person in a role is addressed.
fn address(session: &Session, role: &PersonRole, name: &str) -> String {
    role.address.as_ref().map_or_else(
        || name.to_owned(),
        |form| fill(form.of(tongue(session)), &|_| Some(name.to_owned())).to_string(),
    )
}

fn node(session: &Session, card: &Card, name: &str) -> Option<String> {
    let code = NodeCode::from(name.strip_suffix("_at")?);
    let booked = card.nodes.iter().find(|node| {
        node.node == code.as_str() && matches!(node.state, NodeState::Booked | NodeState::Reminded)
    })?;
    Some(super::time::when(session, booked.at))
}
