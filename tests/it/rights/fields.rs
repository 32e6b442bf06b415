//! What every role sees and writes of every field and way of contact, tried on cards and changes.

use std::fmt::Write as _;

use corral::domain::id::{CustomerId, UserId};
use corral::domain::lists::Role;
use corral::domain::mask::HIDDEN;
use corral::store::change::customer::{FieldOwner, NewPerson};
use corral::store::change::{Change, CustomerChange, DealChange};
use corral::store::query::{Card, Query};
use corral::store::{Db, StoreError};

use crate::customers::{MORE, add, card, contact, household};
use crate::floor::Floor;

/// The rules the table is made of.
pub const RULES: &str = r#"
[[access.rules]]
roles = ["rep", "coach"]
fields = ["budget"]
right = "mask"

[[access.rules]]
roles = ["rep", "coach", "lead"]
fields = ["age"]
right = "read"

[[access.rules]]
roles = ["rep"]
fields = ["level"]
right = "hide"

[[access.rules]]
roles = ["rep", "coach"]
fields = ["doubt"]
right = "read"

[[access.rules]]
roles = ["rep"]
process = "extra"
fields = ["doubt"]
right = "write"

[[access.rules]]
roles = ["rep"]
contacts = ["phone", "wechat"]
right = "mask"

[[access.rules]]
roles = ["coach"]
contacts = ["wechat"]
right = "hide"
"#;

/// The method of the small floor with the rules of the table.
pub fn method() -> String {
    format!("{}{MORE}{RULES}", include_str!("../floor/small.toml"))
}

/// What of a row is looked at.
#[derive(Clone, Copy)]
enum What {
    Field(&'static str, &'static str),
    Deal(&'static str, &'static str, &'static str),
    Contact(&'static str),
}

const ROWS: &[What] = &[
    What::Field("budget", "468050"),
    What::Field("age", "41"),
    What::Field("level", "some"),
    What::Field("need", "快一点学会"),
    What::Deal("doubt", "main", "怕没时间"),
    What::Deal("doubt", "extra", "怕没时间"),
    What::Contact("phone"),
    What::Contact("wechat"),
];

/// The table.
pub fn table() -> String {
    let mut floor = Floor::with(&method());
    let mut text = "| Field | in | ".to_owned();
    text += &Role::ALL.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(" | ");
    let _ = writeln!(text, " |\n|---|---|{}", "---|".repeat(Role::ALL.len()));
    let mut columns: Vec<Vec<&'static str>> = Vec::new();
    for (place, role) in Role::ALL.iter().enumerate() {
        let user = floor.add_user(&format!("the_{role}"), role.as_str(), *role, Some("One"));
        let customer = customer(&mut floor, user, place);
        columns.push(ROWS.iter().map(|row| seen(&mut floor, user, customer, *row)).collect());
    }
    for (place, row) in ROWS.iter().enumerate() {
        let (name, within) = match row {
            What::Field(name, _) => (format!("`{name}`"), "–"),
            What::Deal(name, process, _) => (format!("`{name}`"), *process),
            What::Contact(kind) => (format!("a {kind} contact"), "–"),
        };
        let cells: Vec<&str> = columns.iter().map(|column| column[place]).collect();
        let _ = writeln!(text, "| {name} | {within} | {} |", cells.join(" | "));
    }
    text
}

fn customer(floor: &mut Floor, owner: UserId, place: usize) -> CustomerId {
    let mut new = household("刘梅", "", Some(owner));
    new.persons[0] = NewPerson {
        name: "刘梅".to_owned(),
        contacts: vec![
            contact("phone", &format!("1380013800{place}")),
            contact("wechat", &format!("liumei_{place}")),
        ],
        set: vec![("age".into(), "41".to_owned())],
        ..NewPerson::default()
    };
    new.set = vec![
        ("budget".into(), "4680.50".to_owned()),
        ("level".into(), "some".to_owned()),
        ("need".into(), "快一点学会".to_owned()),
    ];
    let customer = add(floor, Db::SYSTEM, new).unwrap();
    let opening = DealChange::Open { customer, pipeline: "extra".into() };
    floor.write(Db::SYSTEM, Change::Deal(opening)).unwrap();
    for deal in card(floor, Db::SYSTEM, customer).deals {
        let on = FieldOwner::Deal(deal.id);
        set(floor, Db::SYSTEM, (on, "doubt", "怕没时间")).unwrap();
    }
    customer
}

fn set(
    floor: &mut Floor,
    by: UserId,
    (on, field, value): (FieldOwner, &str, &str),
) -> Result<(), StoreError> {
    let (field, value) = (field.into(), value.to_owned());
    let change = CustomerChange::SetField { on, field, value, seen: None };
    floor.write(by, Change::Customer(change)).map(drop)
}

/// What somebody sees of a row, and whether it can be written: by trying to write what stands there.
fn seen(floor: &mut Floor, by: UserId, customer: CustomerId, what: What) -> &'static str {
    let ask = Query::Card { customer, by: floor.sees(by) };
    if matches!(floor.read(&ask), Err(StoreError::Forbidden { .. })) {
        return "–";
    }
    let seen = card(floor, by, customer);
    let whole = card(floor, Db::SYSTEM, customer);
    let (shown, stands, owner, field) = match what {
        What::Contact(kind) => {
            let of = |card: &Card| {
                let all = card.persons[0].contacts.iter();
                all.filter(|one| one.channel.as_str() == kind).map(|one| one.norm.clone()).next()
            };
            return said(of(&seen).as_ref(), of(&whole).as_ref().unwrap(), true);
        }
        What::Field(name, _)
            if seen.persons[0].fields.contains_key(name) || whole.persons[0].fields.contains_key(name) =>
        {
            (
                seen.persons[0].fields.get(name).cloned(),
                whole.persons[0].fields[name].clone(),
                FieldOwner::Person(whole.persons[0].id),
                name,
            )
        }
        What::Field(name, _) => {
            (seen.fields.get(name).cloned(), whole.fields[name].clone(), FieldOwner::Customer(customer), name)
        }
        What::Deal(name, pipeline, _) => {
            let of = |card: &Card| card.deals.iter().find(|deal| deal.pipeline.as_str() == pipeline).cloned();
            let (mine, all) = (of(&seen).unwrap(), of(&whole).unwrap());
            (mine.fields.get(name).cloned(), all.fields[name].clone(), FieldOwner::Deal(all.id), name)
        }
    };
    let (What::Field(_, value) | What::Deal(_, _, value)) = what else { unreachable!() };
    let written = match set(floor, by, (owner, field, if field == "budget" { "4680.50" } else { value })) {
        Ok(()) => true,
        Err(StoreError::Forbidden { what, .. }) => {
            assert!(what.contains(field), "the refusal names the field: {what}");
            false
        }
        Err(other) => panic!("{other}"),
    };
    let locked = match what {
        What::Deal(_, pipeline, _) => {
            let deal = seen.deals.iter().find(|deal| deal.pipeline.as_str() == pipeline).unwrap();
            deal.locked.contains_key(field)
        }
        _ => seen.locked.contains_key(field) || seen.persons[0].locked.contains_key(field),
    };
    assert_eq!(locked, shown.is_some() && !written, "the card says what is locked: {field}");
    said(shown.as_ref(), &stands, written)
}

fn said(shown: Option<&String>, stands: &str, written: bool) -> &'static str {
    match (shown, written) {
        (None, _) => "hide",
        (Some(shown), _) if shown != stands => {
            assert!(shown.contains(HIDDEN), "{shown}");
            "mask"
        }
        (Some(_), false) => "read",
        (Some(_), true) => "write",
    }
}
