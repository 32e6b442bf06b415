//! `corral customer`: find, list, show, add, set, assign, forbid.

use serde_json::json;

use crate::cli::access;
use crate::cli::args::Customer;
use crate::cli::day::act;
use crate::cli::output::{self, Failure};
use crate::cli::session::{Local, near, strange, when};
use crate::cli::shapes;
use crate::domain::code::{FieldCode, RoleCode};
use crate::domain::id::CustomerId;
use crate::domain::lists::{CustomerKind, Entity};
use crate::domain::phone::{Region, parse};
use crate::intake::customer::{by_phone, by_wechat};
use crate::playbook::Playbook;
use crate::store::StoreError;
use crate::store::change::customer::{FieldOwner, NewContact, NewCustomer, NewPerson};
use crate::store::change::{Change, CustomerChange, WorkChange};
use crate::store::query::customer::{Card, Found, TimelineAsk};
use crate::store::query::{Answer, Query};
use crate::text::width::pad;

/// Timeline rows of a card printed without a screen.
const TIMELINE: usize = 200;

/// Runs a customer command.
pub fn run(local: &mut Local, customer: &Customer) -> Result<(), Failure> {
    match customer {
        Customer::Find { text, limit } => {
            let by = local.viewer()?;
            let query = Query::Find { text: text.clone(), by, limit: *limit };
            found(local, &query)
        }
        Customer::List { mine, after, limit } => {
            let by = local.viewer()?;
            let owner = mine.then_some(by.id);
            found(local, &Query::Customers { owner, after: *after, by, limit: *limit })
        }
        Customer::Show { customer } => show(local, *customer),
        Customer::Add { name, phone, wechat, source, owner } => {
            let new = new_customer(local, name, phone.as_deref(), wechat.as_deref(), owner.as_deref())?;
            let new = NewCustomer { source: source.clone(), ..new };
            act(local, Change::Customer(CustomerChange::Add(Box::new(new))))
        }
        Customer::Set { customer, fact: (field, value) } => set(local, *customer, field, value),
        Customer::Assign { customer, to } => {
            let to = if to == "none" { None } else { Some(local.user_named(to)?.id) };
            let change = CustomerChange::Assign { customers: vec![*customer], to, reason: String::new() };
            act(local, Change::Customer(change))
        }
        Customer::Grant(grant) => access::grant(local, grant),
        Customer::Revoke { customer, from, right, process, why } => {
            access::revoke(local, *customer, (from, *right, process), why)
        }
        Customer::Reveal { contact, why } => access::reveal(local, *contact, why),
        Customer::Forbid { customer, words } => act(
            local,
            Change::Work(WorkChange::DoNotContact { customer: *customer, until: None, words: words.clone() }),
        ),
    }
}

fn found(local: &mut Local, query: &Query) -> Result<(), Failure> {
    let zone = local.me()?.playbook.zone;
    let Answer::Found(Found { rows, more }) = local.ask(query)? else { return Err(strange()) };
    let shape = json!({ "rows": rows.iter().map(|row| shapes::customer(zone, row)).collect::<Vec<_>>(), "more": more });
    output::answer(local.json, &shape, || {
        rows.iter()
            .map(|row| {
                let owner = row.owner.as_ref().map_or("-", |(_, name)| name.as_str());
                format!("{}  {}  {}  {owner}", row.id, pad(&row.name, 16), pad(&row.phone, 16))
            })
            .collect()
    })
}

fn card(local: &mut Local, customer: CustomerId) -> Result<Card, Failure> {
    let by = local.viewer()?;
    match local.ask(&Query::Card { customer, by })? {
        Answer::Card(card) => Ok(*card),
        _ => Err(strange()),
    }
}

fn show(local: &mut Local, customer: CustomerId) -> Result<(), Failure> {
    let zone = local.me()?.playbook.zone;
    let card = card(local, customer)?;
    let ask = TimelineAsk { customer, by: local.viewer()?, before: None, limit: TIMELINE, channel: None };
    let Answer::Timeline(timeline) = local.ask(&Query::Timeline(ask))? else { return Err(strange()) };
    output::answer(local.json, &shapes::card(zone, &card, &timeline), || {
        let mut lines = vec![format!(
            "{}  {}  {}",
            card.id,
            card.name,
            card.owner.as_ref().map_or("-", |(_, n)| n.as_str())
        )];
        for person in &card.persons {
            let roles: Vec<&str> = person.roles.iter().map(RoleCode::as_str).collect();
            let contacts: Vec<String> =
                person.contacts.iter().map(|c| format!("{} {} ({})", c.channel, c.norm, c.state)).collect();
            lines.push(format!(
                "  {}  {}  {}",
                pad(&person.name, 10),
                pad(&roles.join(","), 20),
                contacts.join("  ")
            ));
        }
        for grant in &card.grants {
            let until = grant.until.map_or_else(String::new, |at| format!("  until {}", when(zone, at)));
            let share = if grant.share_bp > 0 { format!("  {} bp", grant.share_bp) } else { String::new() };
            lines.push(format!("  {}  {}  {}{share}{until}", grant.right, grant.user.1, grant.process));
        }
        for deal in &card.deals {
            let stage = deal.stage.as_ref().map_or("", |s| s.as_str());
            lines.push(format!("  deal {}  {}  {stage}  {}", deal.id, deal.pipeline, deal.state));
        }
        lines.extend(
            card.tasks.iter().map(|t| {
                format!("  task {}  {}  {}  {}", t.id, t.lane, when(zone, t.due_at), t.source.short())
            }),
        );
        lines
    })
}

fn set(local: &mut Local, customer: CustomerId, field: &str, value: &str) -> Result<(), Failure> {
    let playbook = local.me()?.playbook;
    let code = FieldCode::from(field);
    let Some(known) = playbook.field(&code) else {
        let hint = near(field, playbook.fields.iter().map(|f| f.code.as_str()));
        return Err(StoreError::NotFound { kind: "field", id: field.to_owned(), hint }.into());
    };
    let on = match known.on {
        Entity::Customer => FieldOwner::Customer(customer),
        Entity::Person => {
            let card = card(local, customer)?;
            let person = card
                .persons
                .first()
                .ok_or_else(|| Failure::failed("no_person", "the customer has no member"))?;
            FieldOwner::Person(person.id)
        }
        Entity::Opportunity | Entity::Order => {
            let card = card(local, customer)?;
            let deal =
                card.deals.first().ok_or_else(|| Failure::failed("no_deal", "the customer has no deal"))?;
            FieldOwner::Deal(deal.id)
        }
    };
    act(
        local,
        Change::Customer(CustomerChange::SetField { on, field: code, value: value.to_owned(), seen: None }),
    )
}

fn new_customer(
    local: &mut Local,
    name: &str,
    phone: Option<&str>,
    wechat: Option<&str>,
    owner: Option<&str>,
) -> Result<NewCustomer, Failure> {
    let me = local.me()?;
    let owner = match owner {
        Some("none") => None,
        Some(login) => Some(local.user_named(login)?.id),
        None => Some(me.user.id),
    };
    let contacts = contacts(&me.playbook, phone, wechat)?;
    Ok(NewCustomer {
        kind: CustomerKind::Household,
        name: String::new(),
        playbook: None,
        source: String::new(),
        city: String::new(),
        external_id: String::new(),
        owner,
        persons: vec![NewPerson { name: name.to_owned(), contacts, ..NewPerson::default() }],
        set: Vec::new(),
        note: String::new(),
        tags: Vec::new(),
        do_not_contact: false,
        created_at: None,
    })
}

/// Ways of contact as the store takes them: a phone in E.164, a WeChat id folded.
///
/// # Errors
/// When the phone cannot be read.
pub fn contacts(
    playbook: &Playbook,
    phone: Option<&str>,
    wechat: Option<&str>,
) -> Result<Vec<NewContact>, Failure> {
    let mut contacts = Vec::new();
    if let Some(raw) = phone {
        let region =
            Region::new(&playbook.region).map_err(|e| Failure::failed("bad_region", e.to_string()))?;
        contacts
            .push(by_phone(parse(raw, &region).map_err(|e| Failure::failed("bad_phone", e.to_string()))?));
    }
    contacts.extend(wechat.map(by_wechat));
    Ok(contacts)
}
