//! Merge fields: what `{name}` in a playbook's text becomes for one customer.

use std::collections::BTreeMap;

use crate::domain::code::{FieldCode, PipelineCode, ProductCode};
use crate::domain::id::{CustomerId, DealId, PersonId, UserId};
use crate::domain::lists::{FieldType, NodeState, Tongue};
use crate::domain::money::Money;
use crate::domain::time::{DAY_MS, Timestamp};
use crate::playbook::Playbook;
use crate::playbook::model::{Bilingual, PersonRole};
use crate::playbook::plan::Known;
use crate::store::engine::Tx;
use crate::store::error::StoreError;
use crate::store::known::{self, Basics, Member};
use crate::{sql, values};

/// The merge fields beside the playbook's own field codes, and what they become.
pub const MERGE_FIELDS: &[(&str, &str)] = &[
    ("rep", "the name of who sends it"),
    ("rep_no", "the sign-in name of who sends it"),
    ("team", "the team of who sends it"),
    ("customer", "the customer's name"),
    ("name", "the name of the person it goes to, else the customer's"),
    ("child", "the first member who may not be contacted"),
    ("<role>_name", "the name of the member in a role"),
    ("<role>_call", "how the member in a role is addressed: the role's address with the name, else its name"),
    ("<node>_at", "the booked time of a node, else the last"),
    ("product", "the name of the deal's product"),
    ("deal_amount", "the deal's price: what was told, else the product's list price"),
    ("coupon_code", "the code of the coupon given"),
    ("coupon_until", "the last day it is valid"),
    ("coupon_left", "whole days it is still valid"),
];

/// Whose text, by whom, in which language.
#[derive(Debug, Clone, Copy)]
pub struct For<'a> {
    /// The method.
    pub playbook: &'a Playbook,
    /// The customer.
    pub customer: CustomerId,
    /// The person it goes to.
    pub person: Option<PersonId>,
    /// The deal it is about.
    pub deal: Option<DealId>,
    /// Who sends it.
    pub rep: UserId,
    /// The language.
    pub tongue: Tongue,
    /// When.
    pub now: Timestamp,
}

/// Every value there is for a customer, by merge-field name. What is not among them is empty.
pub fn merge_values(
    tx: Tx<'_>,
    ask: &For<'_>,
    basics: &Basics,
) -> Result<BTreeMap<String, String>, StoreError> {
    let known = known::rest(tx, ask.playbook, basics, (ask.now, None))?;
    let mut values = BTreeMap::new();
    of_fields(ask, &known, &mut values);
    of_rep(tx, ask, &mut values)?;
    of_members(tx, ask, &basics.members, &mut values)?;
    of_nodes(ask, &known, &mut values);
    of_coupon(tx, ask, &mut values)?;
    values.retain(|_, value| !value.trim().is_empty());
    Ok(values)
}

/// Adds the values of a coupon that is about to go out.
pub fn with_coupon(values: &mut BTreeMap<String, String>, ask: &For<'_>, (code, until): (&str, Timestamp)) {
    values.insert("coupon_code".to_owned(), code.to_owned());
    values.insert("coupon_until".to_owned(), ask.playbook.zone.day(until).to_string());
    values.insert("coupon_left".to_owned(), (until.since(ask.now).max(0) / DAY_MS).to_string());
}

fn of_fields(ask: &For<'_>, known: &Known, values: &mut BTreeMap<String, String>) {
    let deal = known.deals.iter().find(|deal| Some(deal.id) == ask.deal);
    let of_deal = deal.into_iter().flat_map(|deal| &deal.fields);
    for (code, stored) in known.fields.iter().chain(of_deal) {
        values.insert(code.0.clone(), shown(ask, code, stored));
    }
    let product = deal.and_then(|deal| {
        deal.fields.iter().find_map(|(code, value)| {
            let is_product = ask.playbook.field(code).is_some_and(|f| f.kind == FieldType::Product);
            is_product.then(|| ask.playbook.product(&ProductCode::from(value.as_str()))).flatten()
        })
    });
    if let Some(product) = product {
        values.insert("product".to_owned(), product.name.of(ask.tongue).to_owned());
        values.insert("deal_amount".to_owned(), product.price.to_string());
    }
    // a price that was told is the deal's own
    let told = deal.and_then(|deal| {
        deal.fields
            .iter()
            .find(|(code, _)| ask.playbook.field(code).is_some_and(|field| field.kind == FieldType::Money))
    });
    if let Some((code, stored)) = told {
        values.insert("deal_amount".to_owned(), shown(ask, code, stored));
    }
    if let Some(deal) = deal {
        let pipeline: &PipelineCode = &deal.pipeline;
        let name = ask.playbook.pipeline(pipeline).map(|pipeline| pipeline.name.of(ask.tongue).to_owned());
        values.insert("deal".to_owned(), name.unwrap_or_default());
    }
}

/// A stored value as a customer reads it.
fn shown(ask: &For<'_>, code: &FieldCode, stored: &str) -> String {
    let Some(field) = ask.playbook.field(code) else { return stored.to_owned() };
    match field.kind {
        FieldType::Money => stored.parse().map_or_else(|_| stored.to_owned(), |fen| Money(fen).to_string()),
        FieldType::DateTime => stored.parse().map_or_else(|_| stored.to_owned(), |at| clock(ask, at)),
        FieldType::Enum => field
            .options
            .iter()
            .find(|option| option.code == stored)
            .map_or_else(|| stored.to_owned(), |option| option.name.of(ask.tongue).to_owned()),
        FieldType::Product => ask
            .playbook
            .product(&ProductCode::from(stored))
            .map_or_else(|| stored.to_owned(), |product| product.name.of(ask.tongue).to_owned()),
        _ => stored.to_owned(),
    }
}

/// A time in the business zone, to the minute.
fn clock(ask: &For<'_>, at: Timestamp) -> String {
    let zone = ask.playbook.zone;
    format!("{} {}", zone.day(at), zone.clock(at))
}

fn of_rep(tx: Tx<'_>, ask: &For<'_>, values: &mut BTreeMap<String, String>) -> Result<(), StoreError> {
    let rep = tx.one(sql!("SELECT name, login FROM person_user WHERE id = $1"), values![ask.rep], |row| {
        Ok((row.text(0)?.to_owned(), row.text(1)?.to_owned()))
    })?;
    if let Some((name, login)) = rep {
        values.insert("rep".to_owned(), name);
        values.insert("rep_no".to_owned(), login);
    }
    let day = ask.playbook.zone.day(ask.now);
    if let Some(team) = crate::store::actor::team_of(tx, ask.rep, day)? {
        let name = tx.one(sql!("SELECT name FROM team WHERE id = $1"), values![team], |row| {
            Ok(row.text(0)?.to_owned())
        })?;
        values.insert("team".to_owned(), name.unwrap_or_default());
    }
    Ok(())
}

fn of_members(
    tx: Tx<'_>,
    ask: &For<'_>,
    members: &[Member],
    values: &mut BTreeMap<String, String>,
) -> Result<(), StoreError> {
    let customer = tx.one(sql!("SELECT name FROM customer WHERE id = $1"), values![ask.customer], |row| {
        Ok(row.text(0)?.to_owned())
    })?;
    let customer = customer.unwrap_or_default();
    for role in &ask.playbook.roles {
        let Some(member) = members.iter().find(|member| member.roles.contains(&role.code)) else {
            continue;
        };
        values.insert(format!("{}_name", role.code), member.name.clone());
        values.insert(format!("{}_call", role.code), address(role, &member.name, ask.tongue));
    }
    let child = members.iter().find(|member| {
        member.roles.iter().any(|code| ask.playbook.role(code).is_some_and(|role| !role.contactable))
    });
    if let Some(child) = child {
        values.insert("child".to_owned(), child.name.clone());
    }
    let to = members.iter().find(|member| Some(member.id) == ask.person && !member.name.is_empty());
    values.insert("name".to_owned(), to.map_or_else(|| customer.clone(), |member| member.name.clone()));
    values.insert("customer".to_owned(), customer);
    Ok(())
}

/// How somebody is addressed: by the role's template with the name; by the role's name where the name is not known.
fn address(role: &PersonRole, name: &str, tongue: Tongue) -> String {
    let template: Option<&Bilingual> = role.address.as_ref();
    match template {
        Some(template) if !name.trim().is_empty() => template.of(tongue).replace("{name}", name),
        Some(template) if !template.of(tongue).contains("{name}") => template.of(tongue).to_owned(),
        None if !name.trim().is_empty() => name.to_owned(),
        _ => role.name.of(tongue).to_owned(),
    }
}

fn of_nodes(ask: &For<'_>, known: &Known, values: &mut BTreeMap<String, String>) {
    for kind in &ask.playbook.nodes {
        let mut of_kind: Vec<_> = known.nodes.iter().filter(|node| node.node == kind.code).collect();
        of_kind.sort_by_key(|node| (matches!(node.state, NodeState::Booked | NodeState::Reminded), node.at));
        if let Some(node) = of_kind.last() {
            values.insert(format!("{}_at", kind.code), clock(ask, node.at));
        }
    }
}

fn of_coupon(tx: Tx<'_>, ask: &For<'_>, values: &mut BTreeMap<String, String>) -> Result<(), StoreError> {
    let given = tx.one(
        sql!(
            "SELECT code, until FROM coupon_issue WHERE customer_id = $1 AND state = 'pushed' AND until > $2 \
             ORDER BY until NULLS FIRST, id LIMIT 1"
        ),
        values![ask.customer, ask.now],
        |row| Ok((row.text(0)?.to_owned(), Timestamp(row.int(1)?))),
    )?;
    if let Some((code, until)) = given {
        with_coupon(values, ask, (&code, until));
    }
    Ok(())
}
